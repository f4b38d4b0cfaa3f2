"""digitalMenu: choices as buttons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ringback.documents import Node
from ringback.flows.actions.asking import KNOWLEDGE_FIELD, POLICIES, QUESTION_FIELDS, Asking
from ringback.flows.actions.base import ActionType, Builder, Exit, Field, Next, Step

_RESERVED = frozenset({"maxNoInputs", "maxNoMatches", "knowledge"})


def _values(node: Node | None) -> Iterator[str]:
    """The literal values of every button, in document order."""
    for key, member in node.items() if node is not None else ():
        if (
            key == "value"
            and (text := member.get("lit")) is not None
            and not text.is_map
            and not text.is_list
        ):
            yield text.text or str(text.value)
        else:
            yield from _values(member)
    for item in node or ():
        yield from _values(item)


def build(b: Builder) -> Step:
    """The choice that is said, or its number; the selection stays as it was when nothing is chosen."""
    outputs = [name for name in b.action.outputs if name not in _RESERVED]
    names = list(dict.fromkeys([*_values(b.node("chooser")), *_values(b.node("choices")), *outputs]))
    exits: dict[str, Exit] = {name.lower(): b.exit(name) for name in names}
    store = b.writes("selection")

    def understand(run: Any, text: str) -> Next | None:
        said = text.lower()
        if said.isdecimal() and said not in exits and 1 <= int(said) <= len(names):
            said = names[int(said) - 1].lower()
        if said not in exits:
            return None
        if store is not None:
            store(run, next(name for name in names if name.lower() == said))
        return exits[said]

    options = {name.lower(): name for name in names}
    return Asking(b, "choice", options, knowledge=True).step(understand)


DIGITAL_MENU = ActionType(
    key="digitalMenu",
    title="Digital Menu",
    about="Offers choices as buttons; the chosen one decides the output.",
    build=build,
    fields=(
        *QUESTION_FIELDS,
        Field("chooser", "any", about="The buttons or cards."),
        Field("choices", "any", about="The choices, in another spelling."),
        Field("selection", "str", "writes", about="Where the choice goes."),
        KNOWLEDGE_FIELD,
    ),
    outputs=("maxNoInputs", "maxNoMatches", "knowledge", "*"),
    policies=POLICIES,
    source="scripting SDK: ActionDigitalMenu; exports",
)
