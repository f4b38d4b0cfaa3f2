r"""Java regular expressions on top of the `regex` package, with a time limit.

Java and `regex` write most things alike. What differs and is translated here: `\h`, `\R`, `\z` and
`\Z`, POSIX
classes `\p{Alpha}` …, quotation `\Q…\E`, nested character classes and their intersection, back references to
groups that are not there, and `$1` or `${name}` in replacements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any

from ringback.lang.velocity.errors import MethodFailed
from ringback.lang.velocity.limits import LIMITS, over_limit

_POSIX: Mapping[str, str] = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "ASCII": r"\x00-\x7F",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": r"!-/:-@\[-`{-~",
    "Graph": "!-~",
    "Print": " -~",
    "Blank": r" \t",
    "Cntrl": r"\x00-\x1F\x7F",
    "XDigit": "0-9a-fA-F",
    "Space": r" \t\n\x0B\f\r",
    "javaLowerCase": r"\p{Ll}",
    "javaUpperCase": r"\p{Lu}",
    "javaWhitespace": r"\s",
    "IsAlphabetic": r"\p{Alphabetic}",
    "IsDigit": r"\p{Nd}",
    "IsLatin": r"\p{Script=Latin}",
    "IsUppercase": r"\p{Lu}",
    "IsLowercase": r"\p{Ll}",
    "IsPunctuation": r"\p{P}",
    "IsWhite_Space": r"\s",
}
_CLASSES: Mapping[str, tuple[str, str]] = {
    "d": ("0-9", ""),
    "w": ("a-zA-Z_0-9", ""),
    "s": (r" \t\n\x0B\f\r", ""),
    "h": (r" \t\xA0\u1680\u180E\u2000-\u200A\u202F\u205F\u3000", ""),
    "v": (r"\n\x0B\f\r\x85\u2028\u2029", ""),
}
_ESCAPES: Mapping[str, str] = {
    "e": r"\x1B",
    "z": r"\Z",
    "Z": r"(?=(?:\r\n|[\n\r\x85\u2028\u2029])?\Z)",
    "A": r"\A",
}
_GROUP = re.compile(r"(?<!\\)\((?!\?(?!<[A-Za-z]))")
_QUANTIFIER = re.compile(r"\{[0-9]+(?:,[0-9]*)?\}")
_NAMED_REFERENCE = re.compile(r"<([A-Za-z][A-Za-z0-9]*)>")
_REPLACEMENT = re.compile(r"\\(.?)|\$(?:([0-9]+)|\{([A-Za-z][A-Za-z0-9]*)\}|())", re.DOTALL)


def _engine() -> Any:
    # Loaded when the first pattern is compiled: importing it takes longer than the whole of this package.
    return import_module("regex")


class _Translator:
    """Rewrites one Java pattern."""

    __slots__ = ("groups", "parts", "pattern", "pos")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.pos = 0
        self.parts: list[str] = []
        self.groups = len(_GROUP.findall(pattern))

    def run(self) -> str:
        """The pattern for the `regex` package (version 1 behaviour)."""
        while self.pos < len(self.pattern):
            char = self.pattern[self.pos]
            if char == "\\":
                self.parts.append(self._escape(inside=False))
            elif char == "[":
                self.parts.append(self._class())
            elif char == "$":
                self.pos += 1
                self.parts.append(r"(?:(?=(?:\r\n|[\n\r\x85\u2028\u2029])?\Z)|(?!)$)")
            elif char == "{":
                self.parts.append(self._quantifier())
            elif self.pattern.startswith("(?#", self.pos):
                raise _bad_pattern(self.pattern, "Unknown inline modifier")
            else:
                self.pos += 1
                self.parts.append(char)
        return "".join(self.parts)

    def _quantifier(self) -> str:
        found = _QUANTIFIER.match(self.pattern, self.pos)
        if found is None:
            raise _bad_pattern(self.pattern, "Illegal repetition")
        self.pos = found.end()
        return found[0]

    def _back_reference(self, digit: str) -> str:
        """A group by number; as many digits as there are groups for; none such never matches."""
        number = digit
        while (
            self.pattern[self.pos : self.pos + 1].isdigit()
            and int(number + self.pattern[self.pos]) <= self.groups
        ):
            number += self.pattern[self.pos]
            self.pos += 1
        return rf"(?:\{number})" if int(number) <= self.groups else "(?!)"

    def _escape(self, *, inside: bool) -> str:
        pattern, start = self.pattern, self.pos
        if start + 1 >= len(pattern):
            raise _bad_pattern(pattern, "Unexpected internal error")
        char = pattern[start + 1]
        self.pos += 2
        if char == "Q":
            end = pattern.find("\\E", self.pos)
            quoted = pattern[self.pos : end if end >= 0 else len(pattern)]
            self.pos = end + 2 if end >= 0 else len(pattern)
            return "".join(re.escape(item) for item in quoted)
        if char in "pP":
            return self._property(negated=char == "P", inside=inside)
        if char.lower() in _CLASSES:
            return _set(_CLASSES[char.lower()][0], negated=char.isupper(), inside=inside)
        if char == "x" and pattern.startswith("{", self.pos):
            end = pattern.find("}", self.pos)
            code = int(pattern[self.pos + 1 : end], 16)
            self.pos = end + 1
            return re.escape(chr(code))
        if char == "R" and not inside:
            return r"(?:\r\n|[\n\x0B\f\r\x85\u2028\u2029])"
        if char == "c" and self.pos < len(pattern):
            self.pos += 1
            return re.escape(chr(ord(pattern[self.pos - 1]) ^ 64))
        if char == "0":
            return self._octal()
        if char == "E":
            return ""
        if char in "123456789" and not inside:
            return self._back_reference(char)
        if char == "k" and (named := _NAMED_REFERENCE.match(pattern, self.pos)):
            self.pos = named.end()
            return f"(?P={named[1]})"
        if char.isascii() and char.isalpha() and char not in "abBfntruxGkAzZexX":
            raise _bad_pattern(pattern, "Illegal/unsupported escape sequence")
        return _ESCAPES.get(char, "\\" + char)

    def _octal(self) -> str:
        found = re.compile("[0-3]?[0-7]{1,2}").match(self.pattern, self.pos)
        if found is None:
            raise _bad_pattern(self.pattern, "Illegal octal escape sequence")
        self.pos = found.end()
        return re.escape(chr(int(found[0], 8)))

    def _property(self, *, negated: bool, inside: bool) -> str:
        pattern = self.pattern
        if pattern.startswith("{", self.pos):
            end = pattern.find("}", self.pos)
            if end < 0:
                raise _bad_pattern(pattern, "Unclosed character family")
            name = pattern[self.pos + 1 : end]
            self.pos = end + 1
        else:
            name = pattern[self.pos : self.pos + 1]
            self.pos += 1
        if name in _POSIX:
            return _set(_POSIX[name], negated=negated, inside=inside)
        name = name.removeprefix("Is").removeprefix("In") if len(name) > 3 else name
        return f"\\{'P' if negated else 'p'}{{{name}}}"

    def _class(self) -> str:
        """A character class; nested ones and `&&` are written as `regex` writes set operations."""
        out = ["["]
        self.pos += 1
        if self.pattern.startswith("^", self.pos):
            out.append("^")
            self.pos += 1
        first = True
        while True:
            char = self.pattern[self.pos : self.pos + 1]
            if not char:
                raise _bad_pattern(self.pattern, "Unclosed character class")
            if char == "]" and not first:
                self.pos += 1
                return "".join([*out, "]"])
            out.append(self._class_item(char))
            first = False

    def _class_item(self, char: str) -> str:
        if char == "\\":
            return self._escape(inside=True)
        if char == "[":
            return self._class()
        if self.pattern.startswith("&&", self.pos):
            self.pos += 2
            return "&&"
        self.pos += 1
        doubled = char in "|~-" and self.pattern.startswith(char, self.pos)
        return "\\" + char if char in "|~&]" or doubled else char


def _set(content: str, *, negated: bool, inside: bool) -> str:
    if inside and not negated:
        return content
    return f"[{'^' if negated else ''}{content}]"


def _bad_pattern(pattern: str, message: str) -> MethodFailed:
    return MethodFailed("PatternSyntaxException", f"{message} in {pattern!r}")


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> Any:
    """The compiled form of a Java regular expression.

    Raises:
        MethodFailed: Java's PatternSyntaxException.
    """
    if len(pattern) > 10_000:
        raise over_limit("pattern", 10_000, what="a regular expression is too long")
    engine = _engine()
    try:
        return engine.compile(_Translator(pattern).run(), engine.VERSION1)
    except (engine.error, ValueError, OverflowError, RecursionError) as error:
        raise _bad_pattern(pattern, str(error)) from None


def _timed(run: Callable[[], Any]) -> Any:
    try:
        return run()
    except TimeoutError:
        raise over_limit(
            "regex_seconds", LIMITS.regex_seconds, what="a regular expression takes too long"
        ) from None


def matches(text: str, pattern: str) -> bool:
    """`String.matches`: the whole text."""
    compiled = compile_pattern(pattern)
    return _timed(lambda: compiled.fullmatch(text, timeout=LIMITS.regex_seconds)) is not None


def replace(text: str, pattern: str, *, replacement: str, count: int = 0) -> str:
    """`String.replaceAll`, or with `count` 1 `String.replaceFirst`."""
    compiled = compile_pattern(pattern)
    expand = _expander(replacement, compiled)
    size = 0

    def bounded(found: Any) -> str:
        nonlocal size
        piece = expand(found)
        size += len(piece)
        if size > LIMITS.output:
            raise over_limit("output", LIMITS.output, what="a replacement makes too long a text")
        return piece

    return str(_timed(lambda: compiled.sub(bounded, text, count=count, timeout=LIMITS.regex_seconds)))


def _expander(replacement: str, compiled: Any) -> Callable[[Any], str]:
    if "$" not in replacement and "\\" not in replacement:
        return lambda _found: replacement

    def expand(found: Any) -> str:
        return _REPLACEMENT.sub(lambda part: _expanded(part, found, groups=compiled.groups), replacement)

    return expand


def _expanded(part: re.Match[str], found: Any, *, groups: int) -> str:
    if part[4] is not None:
        raise MethodFailed("IllegalArgumentException", "Illegal group reference")
    if part[3] is not None:
        try:
            return found[part[3]] or ""
        except IndexError:
            raise MethodFailed("IllegalArgumentException", f"No group with name {{{part[3]}}}") from None
    if part[2] is None:
        if not part[1]:
            raise MethodFailed("IllegalArgumentException", "character to be escaped is missing")
        return part[1]
    number = part[2]
    taken = 1
    if int(number[0]) > groups:
        raise MethodFailed("IndexOutOfBoundsException", f"No group {number[0]}")
    while taken < len(number) and int(number[: taken + 1]) <= groups:
        taken += 1
    return (found[int(number[:taken])] or "") + number[taken:]


def split(text: str, pattern: str, *, limit: int = 0) -> list[str]:
    """`String.split`: no leading empty text from an empty match, no trailing empty texts unless asked."""
    compiled = compile_pattern(pattern)
    pieces: list[str] = []
    start = 0

    def cut() -> None:
        nonlocal start
        for found in compiled.finditer(text, timeout=LIMITS.regex_seconds):
            if 0 < limit <= len(pieces) + 1:
                break
            if found.end() == 0:
                continue
            pieces.append(text[start : found.start()])
            start = found.end()

    _timed(cut)
    if not pieces and start == 0:
        return [text]
    pieces.append(text[start:])
    if limit == 0:
        while pieces and not pieces[-1]:
            pieces.pop()
    return pieces
