r"""From a place in a scalar (an expression, a text) to the place in the document that holds it.

YAML writes `"a\nb"`, `'it''s'` or plain text; JSON always quotes. A scalar that was folded over several
lines, or that a substitution changed, is only known as a whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ringback.core.span import Span
from ringback.documents import Node
from ringback.lint.model import Edit

_ESCAPE = re.compile(r'\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|U[0-9a-fA-F]{8}|[0abtnvfre "/\\N_LP])')


@dataclass(frozen=True)  # without slots: the lines are counted once, when somebody asks
class Positions:
    """Places in one document."""

    text: str
    file: str

    @cached_property
    def lines(self) -> Sequence[int]:
        """The offset of each line."""
        return [0, *(found.end() for found in re.finditer("\n", self.text))]

    def span(self, node: Node, at: int, *, length: int) -> Span:
        """The place of `length` characters at an offset of a scalar; the scalar when that is unknown."""
        offsets = self.offsets(node)
        if offsets is None or at >= len(offsets) - 1:
            return node.span
        start, end = offsets[at], offsets[min(at + max(length, 1), len(offsets) - 1)]
        found = Span.at(self.text, start, file=node.span.file, length=max(1, end - start))
        longest = max(1, len(found.text) - found.column + 1)
        return (
            found
            if found.length <= longest
            else Span.at(self.text, start, file=node.span.file, length=longest)
        )

    def edit(self, node: Node, start: int, *, end: int, text: str) -> Edit | None:
        """The change of the document that replaces `[start, end)` of a scalar; None when that is not safe."""
        offsets = self.offsets(node)
        if offsets is None or end >= len(offsets):
            return None
        quote = self.text[offsets[0] - 1 : offsets[0]] if offsets[0] else ""
        return Edit(offsets[start], offsets[end], _written(text, quote, quoted=node.quoted))

    def offsets(self, node: Node) -> Sequence[int] | None:
        """The offset of each character of a scalar, and of its end; None when they cannot be told."""
        if not isinstance(node.value, str) or not 0 < node.span.line <= len(self.lines):
            return None
        start = self.lines[node.span.line - 1] + node.span.column - 1
        quote = self.text[start : start + 1]
        if quote == '"':
            return self._quoted(node.value, start + 1)
        if quote == "'":
            return self._single(node.value, start + 1)
        end = start + len(node.value)
        return range(start, end + 1) if self.text[start:end] == node.value else None

    def _quoted(self, value: str, at: int) -> Sequence[int] | None:
        found: list[int] = []
        for character in value:
            escape = _ESCAPE.match(self.text, at)
            if escape is None and self.text[at : at + 1] != character:
                return None
            found.append(at)
            at = escape.end() if escape else at + 1
        return [*found, at] if self.text[at : at + 1] == '"' else None

    def _single(self, value: str, at: int) -> Sequence[int] | None:
        found: list[int] = []
        for character in value:
            if self.text[at : at + 1] != character:
                return None
            found.append(at)
            at += 2 if self.text[at : at + 2] == "''" else 1
        return [*found, at] if self.text[at : at + 1] == "'" else None


def _written(text: str, quote: str, *, quoted: bool) -> str:
    if quoted and quote == '"':
        return json.dumps(text, ensure_ascii=False)[1:-1]
    return text.replace("'", "''") if quoted and quote == "'" else text
