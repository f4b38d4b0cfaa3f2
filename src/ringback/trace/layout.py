"""Lines of styled text: what a renderer gives, whatever shows it (a terminal, a page, a test).

A line is a tuple of segments; a style is a word of this module, never a colour. Text of users and of
services is made harmless here: control characters could move a terminal's cursor.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

WIDTH = 100

Style: TypeAlias = Literal[
    "plain", "dim", "time", "action", "output", "said", "heard", "name", "value", "http", "warning", "error",
    "good", "heading",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a line in one style."""

    text: str
    style: Style = "plain"


Line: TypeAlias = tuple[Segment, ...]


def columns(text: str) -> int:
    """How many columns a text takes in a terminal.

    >>> columns("abc"), columns("日本")
    (3, 4)
    """
    if text.isascii():
        return len(text)
    return sum(_columns_of(character) for character in text)


def _columns_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def clean(text: str) -> str:
    r"""The text on one line: white space is a blank, other control characters are shown as escapes.

    >>> clean("one\n two\x1b[31m")
    'one two\\x1b[31m'
    """
    spaced = " ".join(text.split())
    if spaced.isprintable():
        return spaced
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in spaced)


def cut(text: str, width: int) -> str:
    """At most `width` columns; … stands for what is cut off.

    >>> cut("Welcome back", 8)
    'Welcome…'
    """
    if columns(text) <= width:
        return text
    kept, used = [], 1
    for character in text:
        used += _columns_of(character)
        if used > width:
            break
        kept.append(character)
    return "".join(kept) + "…"


def fitted(segments: Iterable[Segment], *, right: str = "", width: int = WIDTH) -> Line:
    """The segments cut to the width; `right` at the right edge when there is room for it."""
    line: list[Segment] = []
    room = width
    for segment in segments:
        text = cut(segment.text, room)
        if text:
            line.append(Segment(text, segment.style))
        room -= columns(text)
        if room <= 0:
            break
    if right and room >= columns(right) + 2:
        line.append(Segment(" " * (room - columns(right)) + right, "dim"))
    return tuple(line)


def text_of(line: Line) -> str:
    """The line without styles."""
    return "".join(segment.text for segment in line)


def shown(value: Any, width: int = 60) -> str:
    """A value of a variable in brief; NOT_SET for none.

    >>> shown("Alice"), shown(None), shown([1, 2])
    ('"Alice"', 'NOT_SET', '[1, 2]')
    """
    if value is None:
        return "NOT_SET"
    return cut(clean(json.dumps(value, ensure_ascii=False, default=str)), width)
