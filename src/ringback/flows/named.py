"""What a flow names of its organisation outside the fields of its actions.

`ringback.flows.needs` knows the literal resources of actions. Here are the others: prompts, the queue of the
error handling, resources that variables begin with or get, and names inside expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ringback.core.span import Span
from ringback.documents import Node
from ringback.flows.loaders.shapes import text_of
from ringback.flows.model import Action, Flow
from ringback.flows.needs import SECTION_OF
from ringback.lang.expr.types import code_of_kind, item_of

# Function -> type code of what it finds by name; it gives NOT_SET when there is none.
_FINDS: Mapping[str, str] = MappingProxyType(
    {
        "findqueue": "que",
        "finduser": "usr",
        "findgroup": "grp",
        "findskill": "skl",
        "findlanguageskill": "lac",
        "findschedule": "sch",
        "findschedulegroup": "sqg",
        "findemergencygroup": "emg",
    }
)
_FIND = re.compile(r'\b(find[a-z]+)\s*\(\s*("(?:[^"\\]|\\.)*")\s*[,)]', re.IGNORECASE)
_PROMPT = re.compile(r"(?<![\w.])prompt\.(\w+)", re.IGNORECASE)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_NESTED = frozenset(("outputs", "actions", "task"))


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that a flow names.

    Attributes:
        kind: type code, such as "que".
        name: as written.
        span: where; in an export the place of the action or the document.
        where: who names it, for people.
        looked_up: whether a function looks for it while the flow runs, and gives NOT_SET without it;
            everything else must exist before a flow is published.
    """

    kind: str
    name: str
    span: Span
    where: str
    looked_up: bool = False


def named(flow: Flow) -> Iterator[Named]:
    """What a flow names beside `needs`, each thing once."""
    seen: set[tuple[str, str, bool]] = set()
    for found in (*_values(flow), *_bodies(flow)):
        key = found.kind, found.name.strip().lower(), found.looked_up
        if key not in seen:
            seen.add(key)
            yield found


def _bodies(flow: Flow) -> Iterator[Named]:
    """Prompts, and names in expressions."""
    for action in flow.actions.values():
        yield from _walk(action.body, where=_who(action), place=action.span)
    for box in flow.containers.values():
        if box.body is not None and flow.form != "plain":
            yield from _walk(box.body, where=f"{box.kind} {box.name!r}", place=box.span)
    for node in (flow.greeting, flow.error_handling.audio, flow.error_handling.body, *flow.settings.values()):
        if node is not None:
            yield from _walk(node, where="the flow's settings")
    for variable in flow.variables:
        if variable.initial is not None:
            yield from _walk(variable.initial, where=f"variable {variable.name}")


def _walk(root: Node, *, where: str, place: Span | None = None) -> Iterator[Named]:
    waiting = [("", root)]
    while waiting:
        key, node = waiting.pop()
        if key in ("prompt", "exp") and isinstance(node.value, str):
            yield from _in_text(node, where=where, place=place)
        waiting += [(name, member) for name, member in node.items() if name not in _NESTED]
        waiting += [(key, item) for item in node]


def _in_text(node: Node, *, where: str, place: Span | None) -> Iterator[Named]:
    text, span = str(node.value), node.span if node.span.line or place is None else place
    for name in _PROMPT.findall(_STRING.sub('""', text)):
        yield Named("pmt", name, span, where)
    for function, quoted in _FIND.findall(text):
        kind = _FINDS.get(function.lower())
        if kind is not None:
            yield Named(kind, re.sub(r"\\(.)", r"\1", quoted[1:-1]), span, where, looked_up=True)


def _values(flow: Flow) -> Iterator[Named]:
    """Literal resources of variables and of the error handling."""
    for variable in (*flow.variables, *(each for box in flow.containers.values() for each in box.variables)):
        if variable.initial is not None:
            yield from _literals(variable.initial, variable.type, where=f"variable {variable.name}")
    for action in flow.actions.values():
        for statement in (action.body.get("statements") or ()) if action.type == "updateData" else ():
            for key, body in statement.items():
                value = body.get("value")
                if value is not None:
                    yield from _literals(
                        value, code_of_kind(key) or "", where=_who(action), place=action.span
                    )
    handling = flow.error_handling.body
    queue = handling.get("targetQueue") if handling is not None else None
    if queue is not None:
        yield from _literals(queue, "que", where="the error handling")


def _literals(value: Node, type_: str, *, where: str, place: Span | None = None) -> Iterator[Named]:
    """The names in `lit: {name: X}`, or in a list of those."""
    literal, kind = value.get("lit"), item_of(type_)
    if literal is None or kind not in SECTION_OF:
        return
    for item in (literal, *literal):
        node = (item.get("lit") or item).get("name")
        if node is not None and (name := text_of(node)):
            span = node.span if node.span.line or place is None else place
            yield Named(kind, name, span, where)


def _who(action: Action) -> str:
    return f"action {action.name!r}"
