"""One line that says what an action is about: the condition, the words, the queue, the data action."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ringback.documents import Node
from ringback.flows.model import Action

# Where the line comes from, by action type; the first path that holds something wins.
_PATHS: Mapping[str, tuple[str, ...]] = {
    "decision": ("condition",),
    "menu": ("audio",),
    "collectInput": ("inputAudio", "inputData"),
    "wait": ("duration",),
    "loop": ("loopCount",),
    "endTask": ("outputPath",),
    "updateData": ("statements",),
    "dataTableLookup": ("dataTable", "lookupValue"),
    "callData": ("category",),
    "callCommonModule": ("commonModule",),
    "setLanguage": ("language", "languageValue"),
}
_COMMON = (
    *("audio", "communication", "question", "messageBody", "prompt"),
    *("targetQueue", "targetUser", "targetNumber", "targetGroup", "targetFlow", "botFlow", "digitalBotFlow"),
    *("findName", "findId", "attributes", "slot", "slots", "scheduleGroup", "evaluationType", "schedule"),
    *("destination", "externalId", "screenPopScript", "exitReason", "duration", "condition", "statements"),
)
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
_WRAPPERS = ("tts", "exp", "lit", "var", "prompt", "name")
_EMPTY = ("noValue", "none")
_UNITS = {"hours": "h", "minutes": "min", "seconds": "s", "ms": "ms", "days": "d"}
_FIELD_ROWS, _FIELD_TEXT = 80, 600


def detail_of(action: Action) -> str:
    """The line of an action; "" when there is nothing to say."""
    if action.type == "callData":
        return _data_action(action.body)
    for path in (*_PATHS.get(action.type, ()), *_COMMON):
        node = action.body.get(path)
        if node is not None and (text := brief(node)):
            return text
    return ""


def _data_action(body: Node) -> str:
    """`category: {X: {dataAction: {NAME: …}}}`."""
    category = body.get("category")
    for _, member in category.items() if category is not None else ():
        called = member.get("dataAction")
        for name, _ in called.items() if called is not None else ():
            return name
    return ""


def spoken(text: str) -> str:
    """The words in an expression that makes audio or a message; the expression itself when it has none.

    >>> spoken('MakeCommunication("Hello", Flow.name)')
    'Hello'
    """
    words = [found for found in _LITERAL.findall(text) if found.strip()]
    return " … ".join(word.replace('\\"', '"').strip() for word in words) if words else text


def brief(node: Node) -> str:
    """A value as a person would name it: its words, its expression, the names in it.

    >>> from ringback.core.span import Span
    >>> here = Span("x", 1, 1)
    >>> brief(Node({"tts": Node("Hello", here)}, here))
    'Hello'
    """
    if node.is_list:
        return ", ".join(text for item in node if (text := brief(item)))
    if not node.is_map:
        return "" if node.value is None else " ".join((node.text or str(node.value)).split())
    if any(node.get(key) is not None for key in _EMPTY):
        return ""
    for key in _WRAPPERS:
        inner = node.get(key)
        if inner is not None:
            return brief(inner)
    return _mapping(node)


def _mapping(node: Node) -> str:
    variable = node.get("variable")
    if variable is not None:
        value = node.get("value")
        return f"{brief(variable)} = {brief(value)}" if value is not None else brief(variable)
    durations = [f"{brief(value)} {_UNITS[key]}" for key, value in node.items() if key in _UNITS]
    if durations:
        return " ".join(durations)
    # `statements: [{integer: {variable, value}}]`, `alternateSequences: {en-us: {tts}}`, `slot: {name}`.
    for key, inner in node.items():
        text = brief(inner) if inner.is_map else ""
        return text or key
    return ""


def fields_of(body: Node) -> list[tuple[str, str]]:
    """Path and text of each scalar of an action, nested actions left out; at most 80 rows."""
    rows: list[tuple[str, str]] = []
    for path, text in _leaves(body, ""):
        if len(rows) == _FIELD_ROWS:
            rows.append(("…", "more fields in the document"))
            break
        rows.append((path, text if len(text) <= _FIELD_TEXT else text[: _FIELD_TEXT - 1] + "…"))
    return rows


def _leaves(node: Node, path: str) -> Iterator[tuple[str, str]]:
    members: Iterator[tuple[str, Node]] = (
        node.items() if node.is_map else ((str(number), item) for number, item in enumerate(node, 1))
    )
    if node.is_map or node.is_list:
        for key, member in members:
            if key != "actions":
                yield from _leaves(member, f"{path}.{key}" if path else key)
    elif node.value is not None:
        yield path, node.text or str(node.value)
