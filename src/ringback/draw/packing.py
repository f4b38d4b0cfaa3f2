"""Which lanes stand beside each other: rows of lanes, in the order in which the flow comes to them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ringback.draw.graph import Diagram
from ringback.draw.lane import Plan

# Width to height that a drawing should come near to.
_SHAPE = 1.7
_BETWEEN = 60.0


def pack(diagram: Diagram, plans: Sequence[Plan]) -> list[list[Plan]]:
    """The lanes in rows; the number of rows brings the drawing nearest to the shape of a screen."""
    ordered = [plan for name in _order(diagram) for plan in plans if plan.lane.id == name]
    best: list[list[Plan]] = [ordered]
    fewest = math.inf
    for count in range(1, len(ordered) + 1):
        rows = _rows(ordered, count)
        misfit = _misfit(rows)
        if misfit < fewest - 1e-9:
            best, fewest = rows, misfit
    return best


def _order(diagram: Diagram) -> list[str]:
    """Lanes as a walk along the links between them finds them, those that nothing leads to last."""
    leads: dict[str, list[str]] = {lane.id: [] for lane in diagram.lanes}
    for link in diagram.across():
        leads[diagram.boxes[link.source].lane].append(link.lane)
    found: dict[str, None] = {}
    stack = [lane.id for lane in reversed(diagram.lanes)]
    # An error's target comes after what the flow does when all goes well.
    while stack:
        lane = stack.pop()
        if lane not in found:
            found[lane] = None
            stack += [other for other in reversed(leads[lane]) if other not in found]
    return list(found)


def _rows(ordered: Sequence[Plan], count: int) -> list[list[Plan]]:
    """About `count` rows of about the same width."""
    whole = sum(plan.width + _BETWEEN for plan in ordered)
    room = max(whole / count, *(plan.width + _BETWEEN for plan in ordered))
    rows: list[list[Plan]] = [[]]
    used = 0.0
    for plan in ordered:
        if rows[-1] and used + plan.width + _BETWEEN > room * 1.08:
            rows.append([])
            used = 0.0
        rows[-1].append(plan)
        used += plan.width + _BETWEEN
    return rows


def _misfit(rows: Sequence[Sequence[Plan]]) -> float:
    """How far from the wished shape, and how much of the sheet would be empty."""
    width = max(sum(plan.width + _BETWEEN for plan in row) for row in rows)
    height = sum(max(plan.height for plan in row) + _BETWEEN for row in rows)
    full = sum(plan.width * plan.height for row in rows for plan in row)
    return abs(math.log(width / height / _SHAPE)) + 0.5 * math.log(width * height / full)
