"""What only flows from plain documents have, written as they write it: look-ups, `set`, routing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ringback.documents import Node
from ringback.flows.keys import WRAPPERS
from ringback.flows.loaders.plain_fields import DEFAULT_TIMEOUT_MS
from ringback.flows.loaders.plain_types import CONTACT_LOOKUP, LOOKUP, SET_VARIABLE
from ringback.flows.loaders.plain_values import quoted
from ringback.flows.loaders.shapes import text_of
from ringback.flows.model import Action, Container

_READ = re.compile(r"\$[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\Z")
_CALL = re.compile(r'(?P<name>ToJson|JsonParse)\((?P<text>"(?:[^"\\]|\\.)*")\)\Z', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ROUTED = frozenset(["name", "targetQueue"])


def fields_of(action: Action) -> dict[str, Any] | None:
    """The fields of an action that the plain form writes in a way of its own; None for the others."""
    write = _WRITERS.get(action.type)
    return write(action.body) if write is not None else None


def _lookup(body: Node) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "GetExternalContactAction", "url": text_of(body.get("url"))}
    timeout = body.get("timeoutMs")
    if timeout is not None and timeout.value != DEFAULT_TIMEOUT_MS:
        found["timeout"] = timeout.value
    if (inputs := body.get("inputs")) is not None:
        found["inputVariables"] = {name: _simple(member) for name, member in inputs.items()}
    return found | _output(body)


def _contact_lookup(body: Node) -> dict[str, Any]:
    return {"type": "GetExternalContactAction"} | _output(body)


def _output(body: Node) -> dict[str, Any]:
    return {"outputVariable": text_of(body.at("outputVariable", "var")).removeprefix("$")}


def _simple(node: Node) -> Any:
    """An input: `$name.path` and texts without their wrapper."""
    read = text_of(node.get("exp"))
    if _READ.match(read):
        return read
    literal = node.get("lit")
    if literal is not None and isinstance(literal.value, str) and not literal.value.startswith("$"):
        return literal.value
    return node.plain()


def _set(body: Node) -> dict[str, Any] | None:
    """`set: {name: value}`; None for statements that it cannot say."""
    found: dict[str, Any] = {}
    for statement in body.get("statements") or ():
        inner = statement.get("json")
        name = text_of(inner.get("variable")) if inner is not None else ""
        value = inner.get("value") if inner is not None else None
        if value is None or not name.startswith("$") or name[1:] in found:
            return None
        found[name[1:]] = _json(value)
    return {"type": "SetVariable", "set": found} if found else None


def _json(node: Node) -> Any:
    """The value that the loader makes this expression of; what it does not make stays wrapped."""
    text = text_of(node.get("exp"))
    if text.startswith("$"):
        return text
    call = _CALL.match(text)
    if call is None:
        return node.plain()
    inner = _ESCAPE.sub(r"\1", call["text"][1:-1])
    if quoted(inner) != call["text"]:
        return node.plain()
    if call["name"] == "ToJson":
        return node.plain() if inner.startswith("$") else inner
    try:
        value = json.loads(inner)
    except ValueError:
        return node.plain()
    same = json.dumps(value, ensure_ascii=False) == inner
    wrapped = isinstance(value, dict) and WRAPPERS >= set(value) != set()
    return value if same and not isinstance(value, str) and not wrapped else node.plain()


_WRITERS: Mapping[str, Callable[[Node], dict[str, Any] | None]] = MappingProxyType(
    {LOOKUP: _lookup, CONTACT_LOOKUP: _contact_lookup, SET_VARIABLE: _set}
)


def ending(main: Container) -> tuple[Action | None, Any]:
    """The action that the loader put at the end of a plain flow, and the queue of its routing.

    A transfer is one when every way ends there, a disconnect when an output names the end. (None, None) when
    the flow has neither.
    """
    last = main.actions[-1] if main.actions else None
    if last is None or last.next is not None or last.outputs:
        return None, None
    keys = {key for key, _ in last.body.items()}
    others = [action for action in main.actions[:-1] if action.type != "jumpToMenu"]
    if last.type == "transferToAcd" and last.name == "Transfer to queue" and keys == _ROUTED:
        queue = last.body.get("targetQueue")
        if queue is not None and main.start is not None and all(other.next for other in others):
            return last, queue.plain()
    named = any(last.id in other.outputs.values() for other in others)
    if named and last.type == "disconnect" and last.name == "End" and keys == {"name"}:
        return last, None
    return None, None
