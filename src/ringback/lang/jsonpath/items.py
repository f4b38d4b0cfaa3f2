"""The items of a list on one side of `in`, `contains`, `=~` or a set operator.

Strings in a list are read again: quotes around them and escapes go, what is JSON becomes JSON text, and what
is a path can equal nothing. Lists and objects inside a list cannot be converted at all (JsonPathException).
"""

from __future__ import annotations

from functools import lru_cache

from ringback.core.errors import DefinitionError
from ringback.lang.jsonpath.errors import Failed, Refused
from ringback.lang.jsonpath.lenient_json import LenientJsonError, read_lenient
from ringback.lang.jsonpath.parser import parse_with_tokens
from ringback.lang.jsonpath.text import EscapeError, unescape
from ringback.lang.jsonpath.values import PATH_ITEM, JsonText, Value, json_value, kind_of


def items_of(value: Value) -> list[Value] | None:
    """The converted items of an array; None for everything else."""
    items = json_value(value) if kind_of(value) == "json" else None
    if not isinstance(items, (list, tuple)):
        return None
    return [_item(item) if isinstance(item, (str, list, dict, tuple)) else item for item in items]


def required_items(value: Value) -> list[Value] | None:
    """As `items_of`, but InvalidPathException for what is neither array nor object."""
    if kind_of(value) != "json":
        raise Refused("the operator needs a list")
    return items_of(value)


def _item(item: object) -> Value:
    if not isinstance(item, str):
        raise Failed("a list or object inside a list cannot be compared")
    if item.isalnum():  # by far most items: nothing to read in them
        return item
    text = item.strip(" \t\r\n")
    if text[:1] in ("$", "@") and _is_path(item):
        return PATH_ITEM
    if len(text) > 1 and text[0] + text[-1] in ("[]", "{}") and _is_json(text):
        return JsonText(item)
    if len(item) > 1 and item[0] == item[-1] and item[0] in "'\"":
        item = item[1:-1]
    try:
        return unescape(item)
    except EscapeError as error:
        raise Failed(str(error)) from None


@lru_cache(maxsize=256)
def _is_path(text: str) -> bool:
    try:
        parse_with_tokens(text)
    except DefinitionError:
        return False
    return True


def _is_json(text: str) -> bool:
    try:
        read_lenient(text)
    except LenientJsonError:
        return False
    return True
