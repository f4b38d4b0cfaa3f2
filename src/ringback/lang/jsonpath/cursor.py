"""A position in a piece of path text, with the look-ahead that Jayway's grammar needs.

Only the blank counts as white space. The piece may end before its text does (`last`): what was trimmed is
still readable, which is how the original reads one character too far without failing.
"""

from __future__ import annotations


class Unreadable(Exception):  # noqa: N818 - a signal of the parser; it leaves it as an InvalidPath
    """The text at `offset` is not what the grammar wants."""

    def __init__(self, message: str, offset: int, *, length: int = 1, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.length = length
        self.hint = hint


class OffText(Unreadable):
    """The text ends too early or holds a malformed literal.

    Jayway meets this as a plain Java exception. Unlike an `Unreadable` it is not forgiven inside a filter,
    where what cannot be read as an operator and its right side may still be a test of existence.
    """


class Cursor:
    """A piece of text at offset `base` of the whole path; `pos` and `last` count inside the piece."""

    __slots__ = ("base", "last", "pos", "text")

    def __init__(self, text: str, base: int) -> None:
        self.text = text
        self.base = base
        self.pos = 0
        self.last = len(text) - 1

    def at(self, index: int) -> str:
        """The character at `index`; OffText beyond the text."""
        if 0 <= index < len(self.text):
            return self.text[index]
        raise OffText("the text ends too early", self.base + len(self.text))

    def char(self) -> str:
        """The character under the cursor; OffText beyond the text."""
        return self.at(self.pos)

    def on(self, char: str) -> bool:
        """Whether `char` stands under the cursor, inside the piece."""
        return self.inside(self.pos) and self.text[self.pos] == char

    def inside(self, index: int) -> bool:
        """Whether `index` lies inside the piece."""
        return 0 <= index <= self.last

    def at_end(self) -> bool:
        """Whether nothing follows the character under the cursor."""
        return self.pos >= self.last

    def skip_blanks(self) -> Cursor:
        """Move to the next character that is no blank (but never beyond the last)."""
        while self.pos < self.last and self.text[self.pos] == " ":
            self.pos += 1
        return self

    def trim(self) -> None:
        """Leave out blanks at both ends."""
        self.skip_blanks()
        while self.last > self.pos and self.text[self.last] == " ":
            self.last -= 1

    def significant(self, index: int) -> int:
        """Index of the first character after `index` that is no blank; may lie outside the piece."""
        index += 1
        while self.inside(index) and self.text[index] == " ":
            index += 1
        return index

    def next_is(self, index: int, char: str) -> bool:
        """Whether the first character after `index` that is no blank is `char`."""
        return self.next_significant(index) == char

    def next_significant(self, index: int) -> str:
        """The first character after `index` that is no blank; a blank when there is none."""
        index = self.significant(index)
        return self.text[index] if self.inside(index) else " "

    def find_significant(self, index: int, char: str) -> int:
        """Index of the first non-blank after `index` when it is `char`, else -1; OffText beyond the text."""
        index = self.significant(index)
        return index if self.at(index) == char else -1

    def previous_significant(self, index: int) -> int:
        """Index of the last character before `index` that is no blank, or -1."""
        index -= 1
        while self.inside(index) and self.text[index] == " ":
            index -= 1
        return index if self.inside(index) else -1

    def unescaped(self, start: int, char: str) -> int:
        """Index of the next `char` after `start` without a backslash before it, or -1."""
        index = start + 1
        while self.inside(index):
            if self.text[index] == "\\":
                index += 1
            elif self.text[index] == char:
                return index
            index += 1
        return -1

    def closing(self, start: int, pair: str, *, patterns: bool = False) -> int:
        """Index of the bracket that closes the one at `start`, or -1 when there is none.

        Strings (with `patterns` also what stands between slashes) are skipped; the character right behind a
        string never begins the next. Unreadable when a string or pattern is not closed.
        """
        depth, index = 1, start + 1
        while self.inside(index):
            if self.text[index] in "'\"":
                index = self._behind(index)
            if patterns and self.at(index) == "/":
                index = self._behind(index)
            if self.at(index) == pair[0]:
                depth += 1
            elif self.at(index) == pair[1]:
                depth -= 1
                if depth == 0:
                    return index
            index += 1
        return -1

    def _behind(self, index: int) -> int:
        end = self.unescaped(index, self.text[index])
        if end < 0:
            raise Unreadable(f"the {self.text[index]} is not closed", self.base + index)
        return end + 1
