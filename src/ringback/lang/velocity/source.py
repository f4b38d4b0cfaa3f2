"""Where a piece of template text stands: whole templates, and templates inside double-quoted strings."""

from __future__ import annotations

from dataclasses import dataclass

from ringback.core.span import Span


@dataclass(frozen=True, slots=True)
class Source:
    """A text to parse and its place in the whole template.

    Attributes:
        text: the text to parse.
        name: what errors call the template.
        whole: the whole template, for line numbers.
        base: offset in `whole` of the first character of `text`.
        doubled: offsets in `text` of quotes that are written doubled in `whole`.
        depth: how many strings it stands in.
    """

    text: str
    name: str = "template"
    whole: str = ""
    base: int = 0
    doubled: tuple[int, ...] = ()
    depth: int = 0

    @classmethod
    def of(cls, text: str, name: str) -> Source:
        """The source of a whole template."""
        return cls(text, name, text)

    def at(self, offset: int) -> int:
        """The offset in the whole template of an offset in this text."""
        return self.base + offset + sum(quote < offset for quote in self.doubled)

    def span(self, offset: int, *, length: int = 1) -> Span:
        """The span of `length` characters at an offset in this text."""
        return Span.at(self.whole, self.at(offset), file=self.name, length=length)

    def inside(self, value: str, raw: str, *, start: int) -> Source:
        """The source of the content of a string literal whose quote stands at `start`."""
        doubled: tuple[int, ...] = ()
        if len(raw) != len(value) and '""' in raw:
            pieces = raw.split('""')
            sizes = [len(piece) + 1 for piece in pieces[:-1]]
            doubled = tuple(sum(sizes[: index + 1]) - 1 for index in range(len(sizes)))
        return Source(value, self.name, self.whole, self.at(start) + 1, doubled, self.depth + 1)
