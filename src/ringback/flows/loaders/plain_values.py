"""Simple values of plain documents as the wrapped values that Architect's actions hold.

`"$name.path"` reads a variable; a text that is no expression is a literal; objects that are wrapped already
(`{"exp": …}`) stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Set

from ringback.documents import Node
from ringback.flows.keys import WRAPPERS
from ringback.flows.loaders.shapes import text_of

_READ = re.compile(r"\$([A-Za-z_]\w*)(?:\.[A-Za-z_]\w*)*")
_ENTITIES = frozenset(["que", "usr", "grp", "skl", "lac", "sch", "sqg", "emg"])
_BY_ID = {"que": "FindQueueById", "usr": "FindUserById"}


def made(value: Mapping[str, Node], place: Node) -> Node:
    """A mapping that stands where `place` stands."""
    return Node(value, place.span, dict.fromkeys(value, place.span))


def scalar(value: str | int | bool, place: Node) -> Node:
    """A scalar that stands where `place` stands."""
    return Node(value, place.span, quoted=isinstance(value, str), text=str(value))


def exp(text: str, place: Node) -> Node:
    """A wrapped expression."""
    return made({"exp": scalar(text, place)}, place)


def is_wrapped(node: Node) -> bool:
    """Whether a value is wrapped already."""
    keys = {key for key, _ in node.items()}
    return bool(keys) and keys <= WRAPPERS


def is_mixed(node: Node) -> bool:
    """Whether a value is wrapped and has other keys besides; Architect writes a `name` beside `lit`."""
    keys = {key for key, _ in node.items()}
    return bool(keys & WRAPPERS) and not keys <= WRAPPERS and not _names_literal(node)


def _names_literal(node: Node) -> bool:
    """Whether a value is `{"lit": {"name": …}, "name": …}`."""
    return {key for key, _ in node.items()} == {"lit", "name"}


def quoted(text: str) -> str:
    """A text as a literal of the expression language."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def variable(node: Node) -> Node:
    """A variable that an action writes: `name`, `$name`, `Flow.name` or `{"var": …}`."""
    if node.is_map:
        return node
    return made({"var": scalar(variable_name(text_of(node)), node)}, node)


def variable_name(written: str) -> str:
    """The name of a variable: plain names begin with `$`."""
    return written if written.startswith("$") or "." in written else f"${written}"


def json_value(node: Node) -> Node:
    """A value for a variable of type JSON."""
    if is_wrapped(node):
        return node
    if isinstance(node.value, str):
        return exp(node.value if node.value.startswith("$") else f"ToJson({quoted(node.value)})", node)
    return exp(f"JsonParse({quoted(json.dumps(node.plain(), ensure_ascii=False))})", node)


def value(node: Node, type_: str, *, variables: Set[str]) -> Node:
    """A field of the given type."""
    if is_wrapped(node) or _names_literal(node) or node.value is None:
        return node if node.value is not None else made({"noValue": scalar(value=True, place=node)}, node)
    if type_ in _ENTITIES:
        return _entity(node, type_)
    convert = _BY_TYPE.get(type_, _text)
    return convert(node, variables)


def _entity(node: Node, type_: str) -> Node:
    """`"VIP"`, `"$name"`, `{"name": …}` or `{"id": …}`."""
    if node.is_map:
        id_ = text_of(node.get("id"))
        if node.get("name") is None and id_ and type_ in _BY_ID:
            return exp(f"{_BY_ID[type_]}({quoted(id_)})", node)
        return made({"lit": node}, node)
    if text_of(node).startswith("$"):
        return exp(text_of(node), node)
    return made({"lit": made({"name": node}, node)}, node)


def _text(node: Node, _variables: Set[str]) -> Node:
    if text_of(node).startswith("$"):
        return exp(text_of(node), node)
    return made({"lit": node}, node)


def _expression(node: Node, _variables: Set[str]) -> Node:
    """Numbers and flags are literals, texts are expressions."""
    return exp(node.value, node) if isinstance(node.value, str) else made({"lit": node}, node)


def _duration(node: Node, _variables: Set[str]) -> Node:
    """Milliseconds, or an expression."""
    if isinstance(node.value, str):
        return exp(node.value, node)
    return made({"lit": made({"ms": node}, node)}, node)


def _audio(node: Node, variables: Set[str]) -> Node:
    """What is said; `$name.path` of a variable of the document is read into the text."""
    text = text_of(node)
    parts: list[str] = []
    end = 0
    for match in _READ.finditer(text):
        if f"${match[1]}".lower() in variables:
            parts += [quoted(text[end : match.start()]), f"ToString({match[0]})"]
            end = match.end()
    if not parts:
        return made({"tts": node}, node)
    parts.append(quoted(text[end:]))
    # Two operands at least: what is read may be not set, which Append takes and says nothing for.
    said = [part for part in parts[1:] if part != '""']
    return exp(f"ToAudioTTS(Append({', '.join([parts[0], *said])}))", node)


_BY_TYPE: Mapping[str, Callable[[Node, Set[str]], Node]] = {
    "aud": _audio,
    "bln": _expression,
    "int": _expression,
    "dec": _expression,
    "dur": _duration,
}
