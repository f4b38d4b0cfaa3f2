"""Action lists and menu choices of Archy YAML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from ringback.flows.actions import ACTIONS
from ringback.flows.keys import ACTION_KEYS, CONTAINER_KEYS, UNSEEN, VARIABLE_KEYS
from ringback.flows.loaders.graph import title_of
from ringback.flows.schemas import fields, values
from ringback.flows.schemas.parts import (
    ANYTHING,
    FLAG,
    TEXT,
    Definitions,
    Schema,
    a_list,
    an_object,
    described,
    single_key,
)
from ringback.lang.expr.types import COLLECTION, TYPES, code_of_kind, kind_of

_ABOUT = MappingProxyType(
    {
        "name": "What the action is called in Architect.",
        "outputs": "What happens on each path; a path that is not here continues with the action below.",
        "none": "Nothing is set.",
        "refId": "How references name it: ./menus/menu[refId].",
        "description": "For people.",
        "variables": "Its own variables.",
        "actions": "What it does, in order.",
    }
)
# Every key of an action or a choice; parts of plain documents and the menu itself have none in Archy YAML.
ACTION_TYPES = (
    *ACTION_KEYS,
    *(key for key in ACTIONS if key not in ACTION_KEYS and key != "menu" and not key.startswith("plain")),
)
# Other spellings of kinds that documents have.
_OTHER_KINDS = ("acdSkill", "phone")


def action_list(defs: Definitions) -> Schema:
    """A list of actions."""
    return defs.ref("actions", lambda: described(a_list(_item(defs, choices=False)), "Actions, in order."))


def choice_list(defs: Definitions) -> Schema:
    """The choices of a menu."""
    return defs.ref("choices", lambda: described(a_list(_item(defs, choices=True)), "What can be chosen."))


def _item(defs: Definitions, *, choices: bool) -> Schema:
    types = [type_ for type_ in ACTION_TYPES if type_.startswith("menu") is choices]
    return single_key({type_: action(type_, defs) for type_ in types}, bare=not choices)


def action(type_: str, defs: Definitions) -> Schema:
    """The body of an action or a menu choice."""
    return defs.ref(f"action-{type_}", lambda: _body(type_, defs))


def _body(type_: str, defs: Definitions) -> Schema:
    known = ACTIONS.get(type_)
    declared = fields.properties(type_, defs)
    members: dict[str, Schema] = {}
    for key in sorted(known.keys if known is not None else ACTION_KEYS[type_]):
        members[key] = declared.get(key) or described(ANYTHING, _ABOUT.get(key, ""))
    members |= {"name": described(TEXT, _ABOUT["name"]), "none": described(FLAG, _ABOUT["none"])}
    members["outputs"] = outputs(type_, defs)
    for key, build in _SPECIAL.get(type_, {}).items():
        members[key] = described(build(defs), members[key].get("description", ""))
    # No public flow shows the others: a key that no table has may be right.
    schema = an_object(members, closed=type_ in ACTION_KEYS and type_ not in UNSEEN, null=True)
    about = known.about if known is not None else "Not simulated yet: running into it ends the run."
    return described(schema, about, title=known.title if known is not None else title_of(type_))


# ---- outputs


def outputs(type_: str, defs: Definitions) -> Schema:
    """The `outputs` of an action: those that its type declares, or any when that is not known."""
    known = ACTIONS.get(type_)
    path = defs.ref("output", lambda: _output(defs))
    if known is None or "*" in known.outputs:
        listed = a_list(single_key_of_any(_named_output(defs)), null=False)
        each = {"anyOf": [path, listed, values.variable(defs)]}
        declared = {name: path for name in (known.outputs if known else ()) if "*" not in name}
        free = {"type": ["object", "null"], "properties": declared, "additionalProperties": each}
        return described({"anyOf": [free, listed]}, _ABOUT["outputs"])
    members = {name: path for name in known.outputs if "*" not in name} | {"none": dict(FLAG)}
    return described(an_object(members, null=True), _ABOUT["outputs"])


def single_key_of_any(schema: Schema) -> Schema:
    """An item with one key, whatever it is called."""
    return {"type": "object", "additionalProperties": schema, "minProperties": 1, "maxProperties": 1}


def _output(defs: Definitions) -> Schema:
    members = {
        "actions": described(action_list(defs), "What happens on this path."),
        "enabled": described(FLAG, "Whether the path is in use."),
        "none": described(FLAG, _ABOUT["none"]),
        "name": dict(TEXT),
        "value": dict(ANYTHING),
    }
    return described(an_object(members, null=True), "A path out of the action.")


def _named_output(defs: Definitions) -> Schema:
    return an_object({"name": dict(TEXT), "actions": action_list(defs), "enabled": dict(FLAG)}, closed=False)


# ---- variables


def variable_list(defs: Definitions) -> Schema:
    """The declarations of variables."""
    return defs.ref(
        "variables", lambda: a_list(single_key(dict(_kinds(defs, "Variable", build=_declaration))))
    )


def _kinds(
    defs: Definitions, suffix: str, *, build: Callable[[str, Definitions], Schema]
) -> Iterator[tuple[str, Schema]]:
    """Every kind of variable with its schema by type code; the key has the suffix behind it."""
    codes = [code for code, info in TYPES.items() if info.kind]
    named = [(kind_of(code) or "", code) for code in codes]
    named += [(kind, code_of_kind(kind) or "any") for kind in _OTHER_KINDS]
    for kind, code in named:
        yield f"{kind}{suffix}", build(code, defs)
        yield f"{kind}Collection{suffix}", build(f"{code}{COLLECTION}", defs)


def _declaration(type_: str, defs: Definitions) -> Schema:
    return defs.ref(f"variable-{type_}", lambda: _declared(type_, defs))


def _declared(type_: str, defs: Definitions) -> Schema:
    members: dict[str, Schema] = {key: dict(FLAG) for key in sorted(VARIABLE_KEYS)}
    members |= {
        "name": described(
            {"type": "string", "pattern": r"^[A-Za-z]+\.\S"}, "With its scope: Flow.points, Task.queue."
        ),
        "description": described(TEXT, "For people."),
        "initialValue": described(values.value(type_, defs), "What it holds at the start."),
    }
    return an_object(members, required=["name"])


def _statements(defs: Definitions) -> Schema:
    """`- string: {variable: Flow.x, value: …}`."""

    def statement(type_: str, _defs: Definitions) -> Schema:
        members = {"variable": values.variable(defs), "value": values.value(type_, defs)}
        return an_object(members, required=["variable", "value"])

    return described(
        a_list(single_key(dict(_kinds(defs, "", build=statement)))), "Assignments, top to bottom."
    )


# ---- what the fields do not say


def container(kind: str, defs: Definitions) -> Schema:
    """A task, state, bot or menu."""
    return defs.ref(kind, lambda: _container(kind, defs))


def _container(kind: str, defs: Definitions) -> Schema:
    members: dict[str, Schema] = {
        key: described(ANYTHING, _ABOUT.get(key, "")) for key in sorted(CONTAINER_KEYS[kind])
    }
    members |= {key: described(TEXT, _ABOUT[key]) for key in ("name", "refId", "description")}
    members["variables"] = described(variable_list(defs), _ABOUT["variables"])
    if kind == "menu":
        members |= {"choices": choice_list(defs), "audio": values.value("aud", defs)}
    else:
        members["actions"] = described(action_list(defs), _ABOUT["actions"])
    return described(an_object(members), "", title=kind.capitalize())


def _switch(defs: Definitions) -> Schema:
    """`{firstTrue: {default, cases}}` or `{firstMatch: {<kind>: {value, default, cases}}}`."""
    path = defs.ref("output", lambda: _output(defs))

    def style(type_: str, *, match: bool) -> Schema:
        case = an_object(
            {"value": values.value(type_, defs), "actions": action_list(defs), "name": dict(TEXT)},
            required=["value"],
        )
        members = {"default": path, "cases": a_list(single_key({"case": case}))}
        return an_object(members | ({"value": values.value(type_, defs)} if match else {}))

    by_kind = {"type": "object", "additionalProperties": style("any", match=True)}
    inline = {**style("any", match=True), "required": ["value"]}
    first_match = {"anyOf": [inline, {**by_kind, "minProperties": 1, "maxProperties": 1}]}
    members = {"firstTrue": style("bln", match=False), "firstMatch": first_match}
    return described({**an_object(members), "minProperties": 1, "maxProperties": 1}, "What decides.")


def _task(defs: Definitions) -> Schema:
    return container("task", defs)


def _menu(defs: Definitions) -> Schema:
    return container("menu", defs)


_SPECIAL: Mapping[str, Mapping[str, Callable[[Definitions], Schema]]] = MappingProxyType(
    {
        "switch": {"evaluate": _switch},
        "updateData": {"statements": _statements},
        "menuTask": {"task": _task},
        "menuSubMenu": {"menu": _menu, "subMenu": _menu, "choices": choice_list},
    }
)
