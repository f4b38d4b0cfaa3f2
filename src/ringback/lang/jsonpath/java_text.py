"""How Java prints JSON values: what `concat` puts together.

The recorded answers come from json-smart: an array prints as JSON, an object as `{key=value}`.
"""

from __future__ import annotations

from ringback.core.jsontypes import Json
from ringback.lang.jsonpath import limits
from ringback.lang.jsonpath.text import java_double

_SHORT = {
    '"': '\\"',
    "\\": "\\\\",
    "/": "\\/",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}


class KeySet:
    """What `keys()` answers: a Java Set, which no other function or operator takes for a list."""

    __slots__ = ("names",)

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names


def to_string(value: Json | KeySet, depth: int = 0) -> str:
    """`toString()` of a value.

    >>> to_string({"a": [1, None, "x"], "b": 1.0})
    '{a=[1,null,"x"], b=1.0}'
    """
    if isinstance(value, str):
        return value
    if isinstance(value, KeySet):
        return f"[{', '.join(value.names)}]"
    if isinstance(value, dict):
        _check(depth)
        return "{" + ", ".join(f"{key}={to_string(item, depth + 1)}" for key, item in value.items()) + "}"
    return _json(value, depth)


def _json(value: Json, depth: int) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return java_double(value)
    if isinstance(value, str):
        return f'"{"".join(_escaped(char) for char in value)}"'
    _check(depth)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_json(k, 0)}:{_json(v, depth + 1)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_json(item, depth + 1) for item in value) + "]"
    return str(value)


def _escaped(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if char < " " or "\x7f" <= char <= "\x9f" or "\u2000" <= char <= "\u20ff":
        return f"\\u{ord(char):04X}"
    return char


def _check(depth: int) -> None:
    if depth > limits.DOCUMENT_DEPTH // 4:  # each level is a Python call
        raise limits.exceeded("jsonpath_document_depth")
