"""Characters: escapes, places, and how Java writes and counts text."""

from __future__ import annotations

import re

from ringback.core.span import Span
from ringback.lang.jsonpath.errors import At

_ESCAPES = {"r": "\r", "f": "\f", "t": "\t", "n": "\n", "b": "\b"}
_CODE = r"[+-]?[0-9a-fA-F]+"  # Integer.parseInt takes a sign


class EscapeError(ValueError):
    r"""A `\u` without four hexadecimal digits (JsonPathException in Jayway)."""


def span_of(path: str, at: At) -> Span:
    """The span of a piece of a path; offsets before its beginning count as the beginning."""
    start = max(at[0], 0)
    return Span.at(path, start, file="path", length=max(1, at[0] + at[1] - start))


def unescape(text: str) -> str:
    r"""Resolve `\n`, `\u0041` and the like; a backslash before any other character is dropped.

    >>> unescape(r"it\'s \u0041")
    "it's A"
    """
    if "\\" not in text:
        return text
    pieces: list[str] = []
    index = 0
    while index < len(text):
        char = text[index]
        index += 1
        if char != "\\" or index == len(text):
            pieces.append(char)
            continue
        char = text[index]
        index += 1
        if char == "u":
            pieces.append(_unicode(text[index : index + 4]))
            index += 4
        else:
            pieces.append(_ESCAPES.get(char, char))
    return joined("".join(pieces))


def _unicode(digits: str) -> str:
    if len(digits) < 4:
        return ""  # the text ends inside: Jayway drops what it has
    if not re.fullmatch(_CODE, digits):
        raise EscapeError(f"\\u{digits} is no character")
    return chr(int(digits, 16) % 0x10000)


def joined(text: str) -> str:
    """The text with surrogate pairs, as escapes write them, made one character; lone ones stay."""
    if text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        return text


def java_length(text: str) -> int:
    """Length in UTF-16 units, as Java counts it."""
    return len(text) if text.isascii() else len(text) + sum(char > "\uffff" for char in text)


def java_before(left: str, right: str) -> bool:
    """Whether `left` sorts before `right` by UTF-16 units."""
    if left.isascii() or right.isascii():
        return left < right
    return left.encode("utf-16-be", "surrogatepass") < right.encode("utf-16-be", "surrogatepass")


def java_double(value: float) -> str:
    """`Double.toString`: `15.0`, `1.0E7`, `1.0E-4`, `NaN`, `Infinity`; shortest digits, as from JDK 19 on.

    >>> java_double(1e7), java_double(0.001), java_double(1234567.0)
    ('1.0E7', '0.001', '1234567.0')
    """
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - the test for NaN
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"  # noqa: PLR0124 - not a number
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        text = repr(value)
        return text if "e" not in text else f"{value:f}"
    sign = "-" if value < 0 else ""
    digits, _, exponent = f"{abs(value)!r}".partition("e")
    return sign + _scientific(digits, int(exponent or 0))


def _scientific(digits: str, exponent: int) -> str:
    whole, _, fraction = digits.partition(".")
    significant = (whole + fraction).lstrip("0")
    point = len(whole) + exponent - (len(whole + fraction) - len(significant)) - 1
    significant = significant.rstrip("0") or "0"
    return f"{significant[0]}.{significant[1:] or '0'}E{point}"
