"""How wide a text is without a font at hand, and how it is cut to fit.

Widths are those of a wide system font, so that what fits here fits everywhere.
"""

from __future__ import annotations

import unicodedata

_NARROW = frozenset("iljtfrI.,:;'|!()[]{}\"/\\ `")
_WIDE = frozenset("mwMW@%&—…→")


def width_of(text: str, size: float) -> float:
    """Width in pixels of a text at a font size in pixels; for bold letters, give a tenth more than the size.

    >>> width_of("iii", 10) < width_of("mmm", 10)
    True
    """
    return sum(_em(letter) for letter in text) * size


def _em(letter: str) -> float:
    if letter in _NARROW:
        return 0.36
    if letter in _WIDE:
        return 0.98
    if letter < "\u0300":
        return 0.7 if letter.isupper() else 0.6
    return 1.05 if unicodedata.east_asian_width(letter) in "WF" else 0.75


def clean(text: str) -> str:
    """The text on one line, without characters that XML and terminals cannot hold."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def cut(text: str, room: float, *, size: float) -> str:
    """The text, or as much of it as fits into `room` pixels with an ellipsis."""
    if width_of(text, size) <= room:
        return text
    left = room - _em("…") * size
    for index, letter in enumerate(text):
        left -= _em(letter) * size
        if left < 0:
            return text[:index].rstrip() + "…"
    return text


def wrap(text: str, room: float, *, size: float, lines: int) -> list[str]:
    """The text on at most so many lines; the last one is cut.

    >>> wrap("one two three", 50, size=12, lines=2)
    ['one two', 'three']
    """
    found: list[str] = []
    rest = clean(text)
    while rest and len(found) < lines - 1 and width_of(rest, size) > room:
        head = _head(rest, room, size=size)
        found.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return [*found, cut(rest, room, size=size)] if rest else found


def _head(text: str, room: float, *, size: float) -> str:
    """As many words as fit; when not even one does, as many letters."""
    used, space = 0.0, 0
    for index, letter in enumerate(text):
        used += _em(letter) * size
        if letter == " ":
            space = index
        if used > room:
            return text[: space or max(1, index)]
    return text
