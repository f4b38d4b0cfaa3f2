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
_OPENING = frozenset("({[")
_CLOSING = {")": "(", "}": "{", "]": "["}


def read_arguments(cursor: Cursor, parsing: Parsing, *, name: str) -> tuple[tree.Argument, ...]:
    """The arguments that begin under the cursor; leaves it behind the closing bracket."""
    splitter = _Splitter(cursor, parsing)
    splitter.run()
    if any(splitter.open.values()):
        message = f"the arguments of {name}( are not closed"
        raise Unreadable(message, cursor.base + cursor.last, hint="check brackets, braces and quotes")
    return tuple(splitter.arguments)


class _Splitter:
    """The counts, and the argument that is being read.

    Attributes:
        kind: json, path, or '' while it is not known.
        text: what was read of it; a `)` right behind a `(` counts twice inside open brackets.
        start: where its first character stands.
    """

    def __init__(self, cursor: Cursor, parsing: Parsing) -> None:
        self.cursor = cursor
        self.parsing = parsing
        self.open = {"(": 1, "{": 0, "[": 0}
        self.quotes = 0
        self.kind = ""
        self.text: list[str] = []
        self.start = 0
        self.arguments: list[tree.Argument] = []

    def run(self) -> None:
        """Read up to the closing bracket."""
        cursor, before, done = self.cursor, "", False
        while cursor.inside(cursor.pos) and not done:
            char = cursor.text[cursor.pos]
            cursor.pos += 1
            if self.kind or char not in _WHITE:
                self._recognise(char)
                done = self._read(char, before)
                before = char

    def _recognise(self, char: str) -> None:
        if self.kind:
            return
        if char in _JSON_START or char.isdecimal():
            self.kind = "json"
        elif char in "$@":
            self.kind = "path"
        self.start = self.cursor.pos - 1

    def _read(self, char: str, before: str) -> bool:
        """Count one character; True when it closed the call."""
        self._count(char, before)
        if char == ")" and (self.open["("] < 0 or before == "("):
            self.text.append(char)
        closed = False
        between = self.quotes == self.open["{"] == self.open["["] == 0
        if char in "),":
            closed = between and self.open["("] == 0 and char == ")"
            if closed or (between and self.open["("] == 1):
                self._finish()
        if closed:
            self.parsing.token("punctuation", char, offset=self.cursor.base + self.cursor.pos - 1)
        elif self.kind and not (
            char == "," and not self.open["{"] and not self.open["["] and self.open["("] == 1
        ):
            self.text.append(char)
        return closed

    def _count(self, char: str, before: str) -> None:
        if char == '"':
            self.quotes += -1 if before != "\\" and self.quotes > 0 else 1
        elif char in _OPENING:
            self.open[char] += 1
        elif char in _CLOSING:
            opening = _CLOSING[char]
            if char != ")" and self.open[opening] == 0:
                place = self.cursor.base + self.cursor.pos - 1
                raise Unreadable(f"nothing is open that this {char} closes", place)
            self.open[opening] -= 1

    def _finish(self) -> None:
        kind, text, offset = self.kind, "".join(self.text), self.cursor.base + self.start
        if not kind:
            return
        self.kind = ""
        self.text.clear()
        at = (offset, len(text))
        if kind == "json":
            self.parsing.token("json", text, offset=offset)
            self.arguments.append(tree.JsonArgument(text, at=at))
        else:
            self.arguments.append(tree.PathArgument(self.parsing.path(text, offset, argument=True), at=at))
