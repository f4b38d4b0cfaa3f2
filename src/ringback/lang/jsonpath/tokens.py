"""The pieces of a path text, for colouring and for `explain`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TokenKind = Literal[
    "root", "dot", "scan", "key", "index", "slice", "wildcard", "function", "punctuation",
    "filter", "logical", "operator", "string", "number", "boolean", "null", "pattern", "json",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """One piece: what it is, its text, and the 0-based offset at which it begins."""

    kind: TokenKind
    text: str
    offset: int

    @property
    def end(self) -> int:
        """Offset right behind the piece."""
        return self.offset + len(self.text)
