"""Where something stands in a user's text, and how to point at it."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a text: 1-based line and column, with the line itself for the caret message.

    Attributes:
        file: name of the document as the user knows it (a path, or "expression").
        line: 1-based line number.
        column: 1-based column, counted in characters.
        length: number of characters to underline; at least 1.
        text: the whole source line without its line break; empty when unknown.
    """

    file: str
    line: int
    column: int
    length: int = 1
    text: str = ""

    @classmethod
    def at(cls, source: str, offset: int, *, file: str, length: int = 1) -> Span:
        """The span of `length` characters at 0-based `offset` in `source`.

        >>> Span.at("points + ", 7, file="x")
        Span(file='x', line=1, column=8, length=1, text='points + ')
        """
        offset = max(0, min(offset, len(source)))
        start = source.rfind("\n", 0, offset) + 1
        end = source.find("\n", offset)
        text = source[start : end if end >= 0 else len(source)].rstrip("\r")
        line = source.count("\n", 0, offset) + 1
        return cls(file, line, offset - start + 1, max(1, length), text)

    @property
    def where(self) -> str:
        """`file:line:column`, the form that editors and terminals make clickable."""
        return f"{self.file}:{self.line}:{self.column}"

    def named(self, file: str) -> Span:
        """The same place under another document name."""
        return replace(self, file=file)

    def caret(self, width: int = 96) -> str:
        """Two lines: the source line (cut to `width` around the place) and a caret under it."""
        if not self.text:
            return ""
        start = max(0, self.column - 1 - width // 2) if len(self.text) > width else 0
        shown = self.text[start : start + width].replace("\t", " ")
        under = min(self.length, max(1, len(shown) - (self.column - 1 - start)))
        return f"{shown}\n{' ' * (self.column - 1 - start)}{'^' * under}"
