"""JSON text as the platform's Java engine reads and writes it: compact, doubles in Java's form.

Jackson writes `1.0E7` where Python writes `10000000.0`; a value that goes through a data action must keep
the text that a template would see on the platform. Almost all documents hold no such number, so the fast
encoder runs first and its output is searched for what Java would write otherwise.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from ringback.core.errors import LimitError, RingbackError

MAX_DEPTH = 50  # architect-behaviour D.2: JSON nesting limit of configurations; also guards the stack
MAX_SHOWN = 10_000  # bytes of an unreadable body that a report shows

# In compact JSON a number follows one of `:[,` or stands alone, so text that looks like one costs nothing.
_UNLIKE_JAVA = re.compile(rb"[:\[,]-?(?:\d+(?:\.\d+)?e|\d{8,}\.|0\.000)")
_UNLIKE_JAVA_ALONE = re.compile(rb"-?(?:\d+(?:\.\d+)?e|\d{8,}\.|0\.000)")
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"')
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_MUST_ESCAPE = re.compile(r'["\\\x00-\x1f]')
_PLACE = re.compile(r"\(byte (\d+)\)")


class JsonTextError(RingbackError):
    """A text that is no JSON.

    Attributes:
        offset: 0-based character offset where reading stopped.
        line: 1-based line of that place.
        column: 1-based column of that place.
    """

    def __init__(self, message: str, *, offset: int, line: int, column: int) -> None:
        super().__init__(message)
        self.offset = offset
        self.line = line
        self.column = column


def decode(text: str | bytes) -> Any:
    """The value of a JSON text, at most `MAX_DEPTH` levels deep.

    Raises:
        JsonTextError: the text is no JSON; `line` and `column` say where.
        LimitError: `json_depth`, nested deeper than `MAX_DEPTH`.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    try:
        value = msgspec.json.decode(data)
    except msgspec.DecodeError as error:
        raise _bad(data, str(error)) from None
    except UnicodeDecodeError as error:
        raise _bad(data, f"the text is not UTF-8 (byte {error.start})") from None
    except RecursionError:
        raise _too_deep() from None
    if data.count(b"[") + data.count(b"{") > MAX_DEPTH and _deeper_than(data, MAX_DEPTH):
        raise _too_deep()
    return value


def encode(value: Any) -> str:
    """Compact JSON text with Java's number forms; keys keep their order, half a surrogate pair becomes `?`.

    >>> encode({"a": 10000000.0, "b": [1.5, None]})
    '{"a":1.0E7,"b":[1.5,null]}'
    """
    try:
        data = msgspec.json.encode(value)
    except UnicodeEncodeError:
        return encode(_whole(value))
    if b"\\u00" in data or _UNLIKE_JAVA.search(data) or _UNLIKE_JAVA_ALONE.match(data):
        return "".join(_parts(value))
    return data.decode("utf-8")


def _whole(value: Any) -> Any:
    """The value with every text as UTF-8 can hold it."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {_whole(key): _whole(item) for key, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list | tuple) else value


def java_double(number: float) -> str:
    """A double as `Double.toString` writes it.

    >>> [java_double(n) for n in (1e7, 1.5, 0.0001, 100.0, 12345678.5)]
    ['1.0E7', '1.5', '1.0E-4', '100.0', '1.23456785E7']
    """
    size = abs(number)
    if size == 0 or 1e-3 <= size < 1e7 or not math.isfinite(number):
        return repr(number)
    mantissa, exponent = _scientific(repr(number))
    return f"{mantissa}E{exponent}"


def _scientific(text: str) -> tuple[str, int]:
    """Mantissa with one digit before the point, and the exponent, of a number text."""
    sign = "-" if text.startswith("-") else ""
    plain, _, power = text.lstrip("-").partition("e")
    whole, _, fraction = plain.partition(".")
    digits = (whole + fraction).lstrip("0")
    leading = len(whole + fraction) - len(digits)
    exponent = len(whole) - leading - 1 + int(power or 0)
    digits = digits.rstrip("0") or "0"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}", exponent


def _parts(value: Any) -> list[str]:
    if isinstance(value, float):
        return [java_double(value)]
    if isinstance(value, str):
        return [f'"{_MUST_ESCAPE.sub(_escape, value)}"']
    if isinstance(value, dict):
        members = ("".join([*_parts(key), ":", *_parts(item)]) for key, item in value.items())
        return ["{", ",".join(members), "}"]
    if isinstance(value, list | tuple):
        return ["[", ",".join("".join(_parts(item)) for item in value), "]"]
    return [msgspec.json.encode(value).decode("utf-8")]


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"


def _deeper_than(data: bytes, limit: int) -> bool:
    """Whether a valid JSON text nests deeper; brackets in its strings only make the first guess worse."""
    return _peeled(data, limit) and _peeled(_STRING.sub(b"", data), limit)


def _peeled(data: bytes, limit: int) -> bool:
    """Whether brackets are left when `limit` levels of them are taken away from the inside."""
    brackets = data.translate(_ONE_KIND, _NO_BRACKETS)
    for _ in range(limit):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


def _too_deep() -> LimitError:
    return LimitError(
        f"JSON nested deeper than {MAX_DEPTH} levels",
        limit="json_depth",
        hint="the platform refuses such documents; ask the service for less",
    )


def _bad(data: bytes, message: str) -> JsonTextError:
    found = _PLACE.search(message)
    # msgspec has already read one character when it complains about what follows the value.
    late = 1 if "trailing characters" in message else 0
    before = data[: int(found.group(1)) - late] if found else data
    text = before.decode("utf-8", "replace")
    line_start = text.rfind("\n") + 1
    plain = _PLACE.sub("", message).removeprefix("JSON is malformed: ").strip()
    return JsonTextError(
        plain or "not JSON", offset=len(text), line=text.count("\n") + 1, column=len(text) - line_start + 1
    )
