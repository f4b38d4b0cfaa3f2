"""Outlines of the families of boxes, and lines with rounded corners, as SVG path data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ringback.draw.families import Family
from ringback.draw.lane import BOX_HEIGHT, Point
from ringback.draw.layers import BOX_WIDTH

_W, _H = int(BOX_WIDTH), int(BOX_HEIGHT)
_M = _H // 2
_RADIUS = 7.0


def _round(radius: int) -> str:
    w, h = _W - 2 * radius, _H - 2 * radius
    arc = f"a{radius},{radius} 0 0 1"
    return (
        f"M{radius},0h{w}{arc} {radius},{radius}v{h}{arc} -{radius},{radius}"
        f"h-{w}{arc} -{radius},-{radius}v-{h}{arc} {radius},-{radius}z"
    )


_OUTLINES: Mapping[Family, str] = {
    "says": _round(12),
    # a slanted sheet: in and out
    "asks": f"M12,0H{_W}L{_W - 12},{_H}H0z",
    # a flat hexagon, the room of a diamond being too small for words
    "decides": f"M13,0H{_W - 13}L{_W},{_M}L{_W - 13},{_H}H13L0,{_M}z",
    "data": _round(2),
    "sets": _round(2),
    # an arrow to somebody else
    "transfer": f"M0,0H{_W - 16}L{_W},{_M}L{_W - 16},{_H}H0z",
    "end": _round(_M),
    # a ribbon
    "jump": f"M0,0H{_W - 12}L{_W},{_M}L{_W - 12},{_H}H0L12,{_M}z",
    "start": _round(_M),
}
_MARKS: Mapping[Family, str] = {"data": f"M7,0V{_H}M{_W - 7},0V{_H}"}


def shape_of(family: Family) -> str:
    """The outline of a box, its upper left corner at 0, 0."""
    return _OUTLINES[family]


def marks_of(family: Family) -> str:
    """Further lines of a box; "" for most."""
    return _MARKS.get(family, "")


def rounded(points: Sequence[Point]) -> str:
    """A line of horizontal and vertical pieces with rounded corners.

    >>> rounded([(0, 0), (0, 20), (30, 20)])
    'M0,0L0,13Q0,20 7,20L30,20'
    """
    pieces = [f"M{_at(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_RADIUS, _length(before, corner) / 2, _length(corner, after) / 2)
        first, second = _towards(corner, before, by=radius), _towards(corner, after, by=radius)
        pieces.append(f"L{_at(first)}Q{_at(corner)} {_at(second)}")
    return "".join([*pieces, f"L{_at(points[-1])}"])


def _length(first: Point, second: Point) -> float:
    return abs(first[0] - second[0]) + abs(first[1] - second[1])


def _towards(start: Point, goal: Point, *, by: float) -> Point:
    whole = _length(start, goal) or 1.0
    return (
        start[0] + (goal[0] - start[0]) / whole * by,
        start[1] + (goal[1] - start[1]) / whole * by,
    )


def _at(point: Point) -> str:
    return ",".join(f"{value:.1f}".removesuffix(".0") for value in point)
