"""Places in a document as text, and what to say when nothing stands at one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ringback.lang.jsonpath.errors import Loc, Missing
from ringback.lang.jsonpath.steps import shown

_PLAIN = r"[^\W\d][\w-]*"
_SHOWN_KEYS = 12


class CallMark:
    """In a place: what a function made of the value there."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


def _keys(loc: Loc) -> list[object]:
    keys: list[object] = []
    while loc is not None:
        loc, key = loc
        keys.append(key)
    return keys[::-1]


def jayway_path(loc: Loc, root: str) -> str:
    """The place as Jayway writes it under AS_PATH_LIST: `$['a'][0]['b', 'c']`; nothing is escaped."""
    return root + "".join(_jayway_key(key) for key in _keys(loc))


def _jayway_key(key: object) -> str:
    if isinstance(key, CallMark):
        return f".{key.name}"
    if isinstance(key, int):
        return f"[{key}]"
    names = key if isinstance(key, tuple) else (key,)
    return "[" + ", ".join(f"'{name}'" for name in names) + "]"


def readable_path(loc: Loc) -> str:
    """The place as people write it: `$.rows[0]['first name']`."""
    return "$" + "".join(_readable_key(key) for key in _keys(loc))


def _readable_key(key: object) -> str:
    if isinstance(key, CallMark):
        return f".{key.name}()"
    if isinstance(key, str) and re.fullmatch(_PLAIN, key):
        return f".{key}"
    if isinstance(key, str):
        return f"[{_quoted(key)}]"
    return _jayway_key(key)


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def missing_message(missing: Missing) -> tuple[str, str]:
    """Message and hint: which key or index is missing where, and what is there instead."""
    model, key, where = missing.model, missing.key, readable_path(missing.loc)
    if isinstance(key, int):
        return _no_item(model, key, where=where), ""
    if key is None:
        return f"nothing is found below {where}", ""
    names = key if isinstance(key, tuple) else (key,)
    wanted = " and ".join(_quoted(str(name)) for name in names)
    if not isinstance(model, dict):
        hint = "select an item first: [0], [*] or [?(…)]" if isinstance(model, (list, tuple)) else ""
        return f"{where} is {shown(model)}, not an object: it has no key {wanted}", hint
    return f"{where} has no key {wanted}; {_existing(model)}", _similar(model, str(names[0]))


def _no_item(model: Any, index: int, *, where: str) -> str:
    if not isinstance(model, (list, tuple)):
        return f"{where} is {shown(model)}, not an array: it has no item [{index}]"
    return f"{where} has {len(model)} {'item' if len(model) == 1 else 'items'}: there is no item [{index}]"


def _existing(model: dict[str, Any]) -> str:
    if not model:
        return "it is empty"
    names = list(_some(model))
    rest = f" and {len(model) - len(names)} more" if len(model) > len(names) else ""
    return f"it has {', '.join(names)}{rest}"


def _some(model: dict[str, Any]) -> Iterator[str]:
    for name, _ in zip(model, range(_SHOWN_KEYS), strict=False):
        yield _quoted(str(name))


def _similar(model: dict[str, Any], name: str) -> str:
    """The key that differs in case alone: the most frequent slip."""
    folded = name.casefold()
    match = next((key for key in model if key.casefold() == folded), None)
    return f"keys are case-sensitive: {_quoted(match)} exists" if match else ""
