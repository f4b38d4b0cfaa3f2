"""Methods of String and Character (Java 17). Positions count UTF-16 units, as Java's do."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from ringback.lang.velocity import javaregex
from ringback.lang.velocity.errors import MethodFailed
from ringback.lang.velocity.javaformat import format_text
from ringback.lang.velocity.limits import LIMITS, check_items, checked_text, over_limit
from ringback.lang.velocity.method import Method, Table
from ringback.lang.velocity.values import LISTS, ArrayValue, Char, Optional, Stream, text_of

_BLANKS = "".join(map(chr, range(33)))


def wide(text: str) -> str:
    """`text` with every character a UTF-16 unit."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    raw = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(raw[i] | raw[i + 1] << 8) for i in range(0, len(raw), 2))


def narrow(text: str) -> str:
    """The opposite of `wide`: surrogate pairs joined."""
    if text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def required(value: Any) -> str:
    """A String argument that must not be null."""
    if value is None:
        raise MethodFailed("NullPointerException", "a String argument is null")
    return str(value)


def _outside(detail: str) -> MethodFailed:
    return MethodFailed("StringIndexOutOfBoundsException", detail)


def substring(text: str, begin: int, end: int | None = None) -> str:
    """`substring`: the end is exclusive."""
    units = wide(text)
    last = len(units) if end is None else end
    if begin < 0 or last > len(units) or begin > last:
        raise _outside(f"begin {begin}, end {last}, length {len(units)}")
    return narrow(units[begin:last])


def _char_at(text: str, index: int) -> Char:
    units = wide(text)
    if not 0 <= index < len(units):
        raise _outside(f"String index out of range: {index}")
    return Char(units[index])


def _code_point_at(text: str, index: int) -> int:
    units = wide(text)
    if not 0 <= index < len(units):
        raise _outside(f"index {index}, length {len(units)}")
    return ord(narrow(units[index : index + 2])[0])


def _index_of(text: str, what: str | int, start: int = 0) -> int:
    return (
        wide(text).find(_needle(what), max(0, start)) if start <= len(wide(text)) or what else len(wide(text))
    )


def _last_index_of(text: str, what: str | int, start: int | None = None) -> int:
    needle = _needle(what)
    units = wide(text)
    if start is None:
        return units.rfind(needle)
    return -1 if start < 0 else units.rfind(needle, 0, start + len(needle))


def _needle(what: str | int | None) -> str:
    if isinstance(what, int):
        return wide(chr(what)) if 0 <= what <= 0x10FFFF else "\0" * 9
    return wide(required(what))


def _starts_with(text: str, prefix: str, offset: int = 0) -> bool:
    return offset >= 0 and wide(text).startswith(wide(required(prefix)), offset) and offset <= len(wide(text))


def _compare(text: str, other: str) -> int:
    first, second = wide(text), wide(required(other))
    for a, b in zip(first, second, strict=False):
        if a != b:
            return ord(a) - ord(b)
    return len(first) - len(second)


def fold(text: str) -> str:
    """How Java compares ignoring case: upper, then lower, character by character."""
    return "".join(_one(_one(char, str.upper), str.lower) for char in text)


def _one(char: str, change: Callable[[str], str]) -> str:
    changed = change(char)
    return changed if len(changed) == 1 else char


def no_cast(value: Any, other: Any) -> int:
    """`compareTo` with a value of another class."""
    if other is None:
        raise MethodFailed("NullPointerException", "the argument is null")
    raise MethodFailed(
        "ClassCastException", f"{text_of(other)!r} is of another class than {text_of(value)!r}"
    )


def _concat(text: str, other: str) -> str:
    return checked_text(text + required(other))


def _replace(text: str, old: str, new: str) -> str:
    old, new = required(old), required(new)
    grown = len(text) + (text.count(old) if old else len(text) + 1) * max(0, len(new) - len(old))
    if grown > LIMITS.output:
        raise over_limit("output", LIMITS.output, what="a replacement makes too long a text")
    return text.replace(old, new)


def _repeat(text: str, count: int) -> str:
    if count < 0:
        raise MethodFailed("IllegalArgumentException", f"count is negative: {count}")
    if len(text) * count > LIMITS.output:
        raise over_limit("output", LIMITS.output, what="a text is repeated too often")
    return text * count


def _split(text: str, pattern: str, limit: int = 0) -> ArrayValue:
    pieces = javaregex.split(text, required(pattern), limit=limit)
    check_items(len(pieces))
    return ArrayValue(pieces, "[Ljava.lang.String;")


def _bytes(text: str) -> ArrayValue:
    check_items(len(text))
    raw = text.encode("utf-8", "replace")
    return ArrayValue([byte - 256 if byte > 127 else byte for byte in raw], "[B")


def _characters(text: str) -> ArrayValue:
    check_items(len(text))
    return ArrayValue([Char(char) for char in wide(text)], "[C")


def _code_points(text: str) -> Stream:
    check_items(len(text))
    return Stream([ord(char) for char in wide(text)])


def _lines(text: str) -> Stream:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Stream(lines[:-1] if lines and not lines[-1] else lines)


def _region_matches(text: str, start: int, other: str, other_start: int, size: int) -> bool:
    return _region(text, start, other, other_start, size, fold_case=False)


def _region_matches_case(
    text: str,
    ignore: bool,
    start: int,
    other: str,
    other_start: int,
    size: int,
) -> bool:
    return _region(text, start, other, other_start, size, fold_case=ignore)


def _region(text: str, start: int, other: str, other_start: int, size: int, *, fold_case: bool) -> bool:
    first, second = wide(text), wide(required(other))
    if start < 0 or other_start < 0 or start + size > len(first) or other_start + size > len(second):
        return False
    a, b = first[start : start + size], second[other_start : other_start + size]
    return fold(a) == fold(b) if fold_case else a == b


def _lower(text: str) -> str:
    return text.lower()


def _upper(text: str) -> str:
    return checked_text(text.upper())


def _strip_set(text: str) -> str:
    return "".join({char for char in text if _is_java_space(char)})


def _is_java_space(char: str) -> bool:
    if char in "\u00a0\u2007\u202f":
        return False
    return char in "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f" or unicodedata.category(char) in {"Zs", "Zl", "Zp"}


def _join(_text: str, separator: str, *items: Any) -> str:
    values = list(items[0]) if len(items) == 1 and type(items[0]) in LISTS else list(items)
    if any(value is not None and type(value) is not str for value in values):
        raise MethodFailed("ClassCastException", "an item is no CharSequence")
    return checked_text(required(separator).join(text_of(value) for value in values))


def _value_of(_text: str, value: Any) -> str:
    if type(value) is ArrayValue and value.java_type == "[C":
        return narrow("".join(value))
    return text_of(value)


_ESCAPE_LETTERS = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "s": " "}


def _translate_escapes(text: str) -> str:
    out: list[str] = []
    position = 0
    while position < len(text):
        char = text[position]
        position += 1
        if char != "\\":
            out.append(char)
            continue
        letter = text[position : position + 1]
        position += 1
        if letter and letter in "01234567":
            digits = letter
            while len(digits) < 3 and text[position : position + 1] in set("01234567") and int(digits[0]) < 4:
                digits += text[position]
                position += 1
            out.append(chr(int(digits, 8)))
        elif letter in {"'", '"', "\\"}:
            out.append(letter)
        elif letter in _ESCAPE_LETTERS:
            out.append(_ESCAPE_LETTERS[letter])
        elif letter != "\n":
            raise MethodFailed("IllegalArgumentException", f"Invalid escape sequence: \\{letter}")
    return "".join(out)


def _format(_text: str, pattern: str, *values: Any) -> str:
    return format_text(required(pattern), list(values))


def _formatted(text: str, *values: Any) -> str:
    return format_text(text, list(values))


def _equals_ignoring_case(text: str, other: str | None) -> bool:
    return other is not None and fold(text) == fold(other)


METHODS: Table = {
    "length": (Method("", lambda text: len(wide(text))),),
    "isEmpty": (Method("", lambda text: not text),),
    "isBlank": (Method("", lambda text: all(map(_is_java_space, text))),),
    "charAt": (Method("i", _char_at),),
    "codePointAt": (Method("i", _code_point_at),),
    "codePointCount": (Method("ii", lambda text, begin, end: len(substring(text, begin, end))),),
    "substring": (Method("i", substring), Method("ii", substring)),
    "subSequence": (Method("ii", substring),),
    "indexOf": (
        Method("i", _index_of),
        Method("s", _index_of),
        Method("ii", _index_of),
        Method("si", _index_of),
    ),
    "lastIndexOf": (
        Method("i", _last_index_of),
        Method("s", _last_index_of),
        Method("ii", _last_index_of),
        Method("si", _last_index_of),
    ),
    "contains": (Method("q", lambda text, other: required(other) in text),),
    "contentEquals": (Method("q", lambda text, other: required(other) == text),),
    "startsWith": (Method("s", _starts_with), Method("si", _starts_with)),
    "endsWith": (Method("s", lambda text, other: text.endswith(required(other))),),
    "equalsIgnoreCase": (Method("s", _equals_ignoring_case),),
    "compareTo": (Method("s", _compare), Method("o", no_cast)),
    "compareToIgnoreCase": (Method("s", lambda text, other: _compare(fold(text), fold(required(other)))),),
    "regionMatches": (Method("isii", _region_matches), Method("zisii", _region_matches_case)),
    "concat": (Method("s", _concat),),
    "replace": (Method("cc", _replace), Method("qq", _replace)),
    "replaceAll": (
        Method(
            "ss", lambda text, old, new: javaregex.replace(text, required(old), replacement=required(new))
        ),
    ),
    "replaceFirst": (
        Method(
            "ss",
            lambda text, old, new: javaregex.replace(text, required(old), replacement=required(new), count=1),
        ),
    ),
    "matches": (Method("s", lambda text, pattern: javaregex.matches(text, required(pattern))),),
    "split": (Method("s", _split), Method("si", _split)),
    "toLowerCase": (Method("", _lower),),
    "toUpperCase": (Method("", _upper),),
    "trim": (Method("", lambda text: text.strip(_BLANKS)),),
    "strip": (Method("", lambda text: text.strip(_strip_set(text) or "\n")),),
    "stripLeading": (Method("", lambda text: text.lstrip(_strip_set(text) or "\n")),),
    "stripTrailing": (Method("", lambda text: text.rstrip(_strip_set(text) or "\n")),),
    "repeat": (Method("i", _repeat),),
    "toCharArray": (Method("", _characters),),
    "getBytes": (Method("", _bytes),),
    "intern": (Method("", lambda text: text),),
    "lines": (Method("", _lines),),
    "chars": (Method("", _code_points),),
    "codePoints": (Method("", lambda text: Stream([ord(char) for char in text])),),
    "format": (Method("s*", _format),),
    "formatted": (Method("*", _formatted),),
    "join": (Method("qC", _join), Method("q+", _join)),
    "valueOf": (Method("o", _value_of),),
    "copyValueOf": (Method("o", _value_of),),
    "translateEscapes": (Method("", _translate_escapes),),
    "describeConstable": (Method("", Optional),),
}


def _numeric(char: str) -> int:
    digit = unicodedata.digit(char, -1)
    if digit >= 0:
        return digit
    lower = char.lower()
    return ord(lower) - 87 if "a" <= lower <= "z" else -1


CHARACTER_METHODS: Table = {
    "charValue": (Method("", lambda char: char),),
    "compareTo": (Method("c", lambda char, other: ord(char) - ord(other)), Method("o", no_cast)),
    "isDigit": (Method("c", lambda _char, other: other.isdecimal()),),
    "isLetter": (Method("c", lambda _char, other: other.isalpha()),),
    "isLetterOrDigit": (Method("c", lambda _char, other: other.isalpha() or other.isdecimal()),),
    "isUpperCase": (Method("c", lambda _char, other: other.isupper()),),
    "isLowerCase": (Method("c", lambda _char, other: other.islower()),),
    "isWhitespace": (Method("c", lambda _char, other: _is_java_space(other)),),
    "toUpperCase": (Method("c", lambda _char, other: Char(_one(other, str.upper))),),
    "toLowerCase": (Method("c", lambda _char, other: Char(_one(other, str.lower))),),
    "getNumericValue": (Method("c", lambda _char, other: _numeric(other)),),
    "valueOf": (Method("c", lambda _char, other: Char(other)),),
}
