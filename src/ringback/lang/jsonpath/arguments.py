"""Splits the arguments of a call.

Jayway finds the kind of an argument by its first character: a digit, `-`, `{` or `"` begins JSON, `$` or
`@` a path; anything else is skipped until one of these comes. Brackets, braces and double quotes (not single
ones) are counted, and a comma or the closing bracket ends an argument only where all counts are back at
nothing; an argument that is still open then is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringback.lang.jsonpath import tree
from ringback.lang.jsonpath.cursor import Cursor, Unreadable

if TYPE_CHECKING:
    from ringback.lang.jsonpath.parser import Parsing

_JSON_START = frozenset('{"-')
_WHITE = frozenset(" \t\n\r")
_OPENING = {"(": "(", "{": "{", "[": "["}
_CLOSING = {")": "(", "}": "{", "]": "["}


def read_arguments(cursor: Cursor, parsing: Parsing, name: str) -> tuple[tree.Argument, ...]:
    """The arguments that begin under the cursor; leaves it behind the closing bracket."""
    splitter = _Splitter(cursor, parsing)
    splitter.run()
    if any(splitter.open.values()):
        message = f"the arguments of {name}( are not closed"
        raise Unreadable(message, cursor.base + cursor.last, hint="check brackets, braces and quotes")
    return tuple(splitter.arguments)


class _Splitter:
    """The counts, and the argument that is being read: its kind ('' while unknown) and where it began."""

    def __init__(self, cursor: Cursor, parsing: Parsing) -> None:
        self.cursor = cursor
        self.parsing = parsing
        self.open = {"(": 1, "{": 0, "[": 0}
        self.quotes = 0
        self.kind = ""
        self.start = 0
        self.extra = 0
        self.arguments: list[tree.Argument] = []

    def run(self) -> None:
        """Read up to the closing bracket."""
        cursor, before, done = self.cursor, "", False
        while cursor.inside(cursor.pos) and not done:
            char = cursor.text[cursor.pos]
            cursor.pos += 1
            if self.kind or not self._skipped(char):
                done = self._read(char, before)
                before = char

    def _skipped(self, char: str) -> bool:
        if char in _WHITE:
            return True
        if char in _JSON_START or char.isdecimal():
            self.kind, self.start = "json", self.cursor.pos - 1
        elif char in "$@":
            self.kind, self.start = "path", self.cursor.pos - 1
        return False

    def _read(self, char: str, before: str) -> bool:
        """Count one character; True when it closed the call."""
        if char == '"':
            self.quotes += -1 if before != "\\" and self.quotes > 0 else 1
        elif char in _OPENING:
            self.open[char] += 1
        elif char in _CLOSING:
            self._close(char)
        if char not in "),":
            return False
        if self.quotes or self.open["{"] or self.open["["]:
            return False
        closed = self.open["("] == 0 and char == ")"
        if closed or self.open["("] == 1:
            closes_inner = char == ")" and not closed
            self._finish(self.cursor.pos - 1, closing=closes_inner and before == "(")
        if closed:
            self.parsing.token("punctuation", ")", self.cursor.base + self.cursor.pos - 1)
        return closed

    def _close(self, char: str) -> None:
        opening = _CLOSING[char]
        if char != ")" and self.open[opening] == 0:
            raise Unreadable(
                f"nothing is open that this {char} closes", self.cursor.base + self.cursor.pos - 1
            )
        self.open[opening] -= 1

    def _finish(self, end: int, *, closing: bool) -> None:
        kind, self.kind = self.kind, ""
        if not kind:
            return
        text = self.cursor.text[self.start : end] + (")" if closing else "")
        offset = self.cursor.base + self.start
        at = (offset, len(text))
        if kind == "json":
            self.parsing.token("json", text, offset)
            self.arguments.append(tree.JsonArgument(text, at))
        else:
            self.arguments.append(tree.PathArgument(self.parsing.path(text, offset), at))
