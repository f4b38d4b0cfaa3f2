"""What a template prints, as far as it can be known without running it: texts and holes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from ringback.lang.velocity import tree as t


class Kind(Enum):
    """What a hole may be filled with."""

    TEXT = "an unescaped text"
    ESCAPED = "a text with escapes"
    NUMBER = "a number"
    BOOLEAN = "true or false"
    JSON = "a JSON value"
    LIST = "a JSON list"
    ITEM = "an item of a JSON list"
    UNKNOWN = "anything"


WILD = frozenset((Kind.TEXT, Kind.UNKNOWN, Kind.ESCAPED))
"""Kinds whose text may be any part of a JSON document."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Text that is always the same; `at` is its offset in the template."""

    text: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class Hole:
    """Text that depends on an input, a variable or a credential.

    Attributes:
        kind: what may stand there.
        scope: "input", "variable", "result", "credentials", "authResponse", or "" for anything else.
        name: the input's or variable's name.
        reference: what prints it.
        changed: whether a method was applied to it, so that its characters may differ from the value's.
        escape: the method of `$esc` that was applied to it; empty for none.
        default: what is printed instead when there is no value; None when nothing is known of it.
    """

    kind: Kind
    scope: str = ""
    name: str = ""
    reference: t.Reference | None = None
    changed: bool = False
    escape: str = ""
    default: Pieces | None = None

    @property
    def at(self) -> int:
        """The offset in the template of what prints it."""
        return self.reference.start if self.reference else 0


Piece: TypeAlias = Fixed | Hole
Pieces: TypeAlias = "tuple[Piece, ...]"


def fixed_text(pieces: Pieces) -> str | None:
    """The text of pieces without holes; None when there are holes."""
    if any(isinstance(piece, Hole) for piece in pieces):
        return None
    return "".join(piece.text for piece in pieces if isinstance(piece, Fixed))


def first_hole(pieces: Pieces) -> Hole | None:
    """The first hole."""
    return next((piece for piece in pieces if isinstance(piece, Hole)), None)
