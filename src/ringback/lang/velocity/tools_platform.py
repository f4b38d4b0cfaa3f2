"""The tools that only Genesys Cloud has; what its help pages leave open is a policy in docs/velocity.md."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from decimal import Decimal
from json.encoder import encode_basestring
from json.scanner import make_scanner
from typing import Any, cast

from ringback.lang.velocity.doubles import double_text
from ringback.lang.velocity.errors import MethodFailed
from ringback.lang.velocity.limits import LIMITS, checked_text, over_limit
from ringback.lang.velocity.method import Method, Table
from ringback.lang.velocity.methods_text import required
from ringback.lang.velocity.tools_escape import uri_encode, url
from ringback.lang.velocity.values import LISTS, text_of

_DECODER = json.JSONDecoder(parse_float=Decimal)
_SCAN: Callable[[str, int], tuple[Any, int]] = cast("Any", make_scanner)(_DECODER)
_SOSL_RESERVED = re.compile(r"[?&|!{}\[\]()^~*:\\\"'+\-]")
_NOT_DIGIT = re.compile(r"[^0-9]")
_PHONE_FIELDS = ("telephone1", "telephone2", "mobilephone")


def _base64(_tool: Any, value: Any) -> str | None:
    if value is None:
        return None
    return checked_text(base64.b64encode(text_of(value).encode("utf-8", "replace")).decode())


ENCODING_METHODS: Table = {"base64": (Method("o", _base64),)}


def read_json(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        MethodFailed: it is no JSON.
    """
    try:
        if text.startswith("["):  # nearly every text that a tool is given
            value, end = _SCAN(text, 0)
            if end == len(text):
                return value
        return _DECODER.decode(text)
    except (ValueError, RecursionError, StopIteration) as error:
        raise MethodFailed("JsonParseException", f"the argument is no JSON: {error}") from None


def json_text(value: Any, depth: int = 0) -> str:
    """The JSON text of a value, without blanks."""
    if depth > LIMITS.nesting:
        raise over_limit("nesting", LIMITS.nesting, what="a value nests too deeply")
    if type(value) is str:
        return encode_basestring(value)
    if isinstance(value, Decimal):
        return double_text(float(value))
    if isinstance(value, dict):
        pairs = (f"{json_text(text_of(key))}:{json_text(item, depth + 1)}" for key, item in value.items())
        return f"{{{','.join(pairs)}}}"
    if isinstance(value, (list, tuple)):
        return f"[{','.join(json_text(item, depth + 1) for item in value)}]"
    return json.dumps(value)


def _array(value: Any) -> list[Any]:
    items = read_json(value) if type(value) is str else value if type(value) in LISTS else None
    if not isinstance(items, (list, tuple)):
        raise MethodFailed("IllegalArgumentException", "the argument is no JSON array")
    return list(items)


def _first_from_array(_tool: Any, array: Any) -> str:
    if array is None:
        raise MethodFailed("IllegalArgumentException", "the array is null")
    items = _array(array)
    return json_text(items[0]) if items else ""


def _first_or_default(_tool: Any, array: Any, default: Any) -> str | None:
    items = [] if array is None else _array(array)
    if items:
        return json_text(items[0])
    return None if default is None else text_of(default)


def _first_nonnull(_tool: Any, *values: Any) -> str:
    """Null is an unset variable, and the JSON text `null`."""
    found = next((value for value in values if value is not None and text_of(value) != "null"), None)
    return "null" if found is None else text_of(found)


def _move_keys(_tool: Any, source: Any, key: Any) -> str | None:
    """`{"a": {"x": 1}}` and "id" give `[{"id":"a","x":1}]`."""
    if source is None:
        return None
    value = source if isinstance(source, dict) else read_json(text_of(source))
    if not isinstance(value, dict):
        raise MethodFailed("IllegalArgumentException", "the argument is no JSON object")
    name = text_of(key)
    objects = [
        {name: own, **(item if isinstance(item, dict) else {"value": item})} for own, item in value.items()
    ]
    return checked_text(json_text(objects))


SUCCESS_TEMPLATE_METHODS: Table = {
    "firstFromArray": (Method("o", _first_from_array), Method("oo", _first_or_default)),
    "firstNonnull": (Method("*", _first_nonnull),),
    "moveKeysIntoArrayOfObjects": (
        Method("o", lambda tool, source: _move_keys(tool, source, "key")),
        Method("oo", _move_keys),
    ),
}


def _optional_parameter(_tool: Any, name: Any, value: Any) -> str:
    if value is None or text_of(value) == "":
        return ""
    return checked_text(f"{uri_encode(required(name))}={url(text_of(value))}")


URL_METHODS: Table = {"optionalQueryParam": (Method("so", _optional_parameter),)}


def _escape_reserved(_tool: Any, value: Any) -> str | None:
    return None if value is None else checked_text(_SOSL_RESERVED.sub(r"\\\g<0>", text_of(value)))


SALESFORCE_METHODS: Table = {"escReserved": (Method("o", _escape_reserved),)}


def _phone_filter(_tool: Any, phone: Any, *fields: Any) -> str | None:
    """Each field compared with the number as given and with its digits alone, joined by `or`."""
    if phone is None:
        return None
    given = text_of(phone).strip()
    variants = list(dict.fromkeys([given, _NOT_DIGIT.sub("", given)]))
    names = [text_of(field) for field in fields] or list(_PHONE_FIELDS)
    tests = [
        f"{name} eq '{variant.replace(chr(39), chr(39) * 2)}'"
        for name in names
        for variant in variants
        if variant
    ]
    return checked_text(" or ".join(tests))


DYNAMICS_METHODS: Table = {"phoneNumberFilter": (Method("o*", _phone_filter),)}
