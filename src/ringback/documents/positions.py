"""From an offset in the text that was read to a place in the text that the user wrote.

The two differ when names in the user's text were replaced before it was parsed: each replacement is an
`Edit`, and a place inside a replacement is the place of what was replaced.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from ringback.core.span import Span


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement: `[start, end)` of the text that is read was `[origin, origin_end)` of the user's."""

    start: int
    end: int
    origin: int
    origin_end: int


class Positions:
    """The places of one document.

    Args:
        text: what the user wrote.
        file: the document's name in messages.
        edits: the replacements made before reading, in order; none means that `text` itself is read.
    """

    def __init__(self, text: str, file: str, *, edits: Sequence[Edit] = ()) -> None:
        self.file = file
        self._text = text
        self._edits = tuple(edits)
        self._edit_starts = [edit.start for edit in edits]
        lines = text.split("\n")
        self._line_starts = [0, *accumulate(len(line) + 1 for line in lines)]
        self._lines = [line.removesuffix("\r") for line in lines]

    def span(self, start: int, end: int | None = None) -> Span:
        """The span of `[start, end)` of the text that is read, cut to its first line."""
        if self._edits:
            first, after = self._origin(start)
            last = after if end is None or end <= start else max(self._origin(end - 1)[1], after)
        else:
            first, last = start, end if end is not None and end > start else start + 1
        first = max(0, min(first, len(self._text)))
        line = bisect_right(self._line_starts, first) - 1
        text = self._lines[line]
        column = first - self._line_starts[line]
        length = max(1, min(last - first, len(text) - column))
        return Span(self.file, line + 1, column + 1, length, text)

    def _origin(self, offset: int) -> tuple[int, int]:
        """Where the character at `offset` begins and ends in the user's text."""
        index = bisect_right(self._edit_starts, offset) - 1
        if index < 0:
            return offset, offset + 1
        edit = self._edits[index]
        if offset < edit.end:
            return edit.origin, edit.origin_end
        moved = offset - edit.end + edit.origin_end
        return moved, moved + 1
