"""JSON as json-smart reads it in its permissive mode, for JSON inside paths.

Beyond JSON it accepts single quotes, text without quotes, surplus and missing commas in arrays, leading
zeros, `-` for 0, and anything behind the first complete value.
"""

from __future__ import annotations

import re

from ringback.core.jsontypes import Json
from ringback.lang.jsonpath import limits
from ringback.lang.jsonpath.text import joined

_BLANK = frozenset(" \t\r\n")
_NUMBER = re.compile(r"(?=[-\d])-?\d*(\.\d*)?([eE]([+-]\d*|\d+))?", re.ASCII)
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "b": "\b"}
_WORDS = {"null": None, "true": True, "false": False, "NaN": float("nan")}
_END = ""


class LenientJsonError(ValueError):
    """Even json-smart cannot read the text."""


def read_lenient(text: str) -> Json:
    """The value at the beginning of `text`; LenientJsonError when there is none."""
    return _Reader(text).value(_END, 0)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0

    def char(self) -> str:
        """The next character that is no blank, or '' at the end."""
        while self.pos < len(self.text) and self.text[self.pos] in _BLANK:
            self.pos += 1
        return self.text[self.pos : self.pos + 1]

    def value(self, stops: str, depth: int) -> Json:
        """The value under the cursor; text without quotes ends before one of `stops`."""
        if depth > limits.PATH_NESTING:
            raise limits.exceeded("jsonpath_nesting")
        char = self.char()
        if char == "{":
            return self._object(depth)
        if char == "[":
            return self._array(depth)
        if char and char in "'\"":
            return self._string(char)
        if char == _END and not stops:
            return ""
        if char == _END or char in ":}]":
            raise LenientJsonError(f"unexpected {char or 'end'} at {self.pos}")
        return _meaning(self._bare(stops))

    def _array(self, depth: int) -> list[Json]:
        self.pos += 1
        items: list[Json] = []
        while (char := self.char()) != "]":
            if char == ",":
                self.pos += 1
            else:
                items.append(self.value(",]", depth + 1))
        self.pos += 1
        return items

    def _object(self, depth: int) -> dict[str, Json]:
        self.pos += 1
        result: dict[str, Json] = {}
        while (char := self.char()) != "}":
            if char == ",":
                self.pos += 1
                continue
            if char == _END or char in ":{[]":
                raise LenientJsonError(f"unexpected {char or 'end'} at {self.pos}")
            key = self._string(char) if char in "'\"" else self._bare(":")
            if self.char() != ":":
                raise LenientJsonError(f"expected ':' at {self.pos}")
            self.pos += 1
            result[key] = self.value(",}", depth + 1)
            if self.char() not in (",", "}"):
                raise LenientJsonError(f"unexpected {self.char() or 'end'} at {self.pos}")
        self.pos += 1
        return result

    def _bare(self, stops: str) -> str:
        start = self.pos
        while self.pos < len(self.text) and self.text[self.pos] not in (stops or "\x00"):
            self.pos += 1
        return self.text[start : self.pos].strip(" \t\r\n")

    def _string(self, quote: str) -> str:
        self.pos += 1
        pieces: list[str] = []
        while self.pos < len(self.text):
            char = self.text[self.pos]
            self.pos += 1
            if char == quote:
                return joined("".join(pieces))
            if char == "\\":
                pieces.append(self._escape())
            else:
                pieces.append(char)
        raise LenientJsonError("a string is not closed")

    def _escape(self) -> str:
        char = self.text[self.pos : self.pos + 1]
        self.pos += 1
        width = {"u": 4, "x": 2}.get(char, 0)
        if not width:
            return _ESCAPES.get(char, char if char in "'\"\\/" else "")
        digits = self.text[self.pos : self.pos + width]
        self.pos += width
        if not re.fullmatch(f"[0-9a-fA-F]{{{width}}}", digits):
            raise LenientJsonError(f"\\{char}{digits} is no character")
        return chr(int(digits, 16))


def _meaning(word: str) -> Json:
    if word in _WORDS:
        return _WORDS[word]
    if not _NUMBER.fullmatch(word):
        return word
    if word == "-":
        return 0
    try:
        return float(word) if any(char in word for char in ".eE") else int(word)
    except ValueError:
        raise LenientJsonError(f"{word[:40]} is no number") from None
