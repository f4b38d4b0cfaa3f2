"""The body of an action from the fields that its type declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ringback.flows.actions import ACTIONS
from ringback.flows.actions.base import Field
from ringback.flows.schemas import values
from ringback.flows.schemas.parts import ANYTHING, FLAG, TEXT, Definitions, Schema, an_object, described

_WORDS: Mapping[str, Schema] = {
    "int": {"type": ["integer", "object"]},
    "bln": {"type": ["boolean", "object"]},
}
# A place in the flow: /inboundCall/tasks/task[Main_10], ./menus/menu[main].
REFERENCE = r"^[^\[]*\w+\[.*\]$"
# Places whose keys are all declared; another key there is marked.
_COMPLETE = frozenset(
    ["category.*", "category.*.dataAction.*", "dataTable.*", "attributes.*", "attributes.*.attribute"]
)
# Keys that are words of their own where any name may stand: `evaluate: {now: true}`.
_WORD_KEYS: Mapping[str, tuple[str, ...]] = {"evaluate": ("now",)}
_KINDS = ("task", "menu", "state", "bot")


@dataclass(slots=True)
class _Place:
    """A step of field paths: the field that ends here, and what stands below (`*`: any name or index)."""

    declared: Field | None = None
    below: dict[str, _Place] = field(default_factory=dict)

    def add(self, declared: Field, path: list[str]) -> None:
        if not path:
            self.declared = declared
            return
        self.below.setdefault(path[0], _Place()).add(declared, path[1:])


def properties(type_: str, defs: Definitions) -> dict[str, Schema]:
    """The schema of each declared property of an action type; nothing when the type is not registered."""
    action = ACTIONS.get(type_)
    top = _Place()
    for declared in action.fields if action is not None else ():
        top.add(declared, declared.path.split("."))
    return {key: _schema(place, defs, path=key) for key, place in top.below.items()}


def required(type_: str) -> list[str]:
    """The properties without which an action of the type cannot run."""
    action = ACTIONS.get(type_)
    fields = action.fields if action is not None else ()
    return [declared.path for declared in fields if declared.required and "." not in declared.path]


def _schema(place: _Place, defs: Definitions, *, path: str) -> Schema:
    """What stands at a place."""
    about = place.declared.about if place.declared is not None else ""
    if not place.below:
        return described(_leaf(place.declared, defs), about)
    members = {
        key: _schema(below, defs, path=f"{path}.{key}") for key, below in place.below.items() if key != "*"
    }
    members |= {key: dict(FLAG) for key in _WORD_KEYS.get(path.rpartition(".")[2], ()) if key not in members}
    if (each := place.below.get("*")) is not None:
        below = _schema(each, defs, path=f"{path}.*")
        schema = an_object(members) | {"type": ["object", "array", "null"], "items": below}
        return described(schema | {"additionalProperties": below}, about)
    members |= {key: dict(FLAG) for key in ("none", "noValue") if key not in members}
    return described(an_object(members, closed=path in _COMPLETE, null=True), about)


def _leaf(declared: Field | None, defs: Definitions) -> Schema:
    if declared is None:
        return dict(ANYTHING)
    if declared.role == "value":
        return values.value(declared.type, defs)
    if declared.role == "writes":
        return values.variable(defs)
    if declared.role == "ref" and declared.type in _KINDS:
        return {"type": "string", "pattern": REFERENCE}
    if declared.role == "word":
        return dict(_WORDS.get(declared.type, {"type": ["string", "object"]}))
    return {"type": ["string", "object", "null"]} if declared.role == "name" else dict(TEXT)
