"""The order of the vertices in each row: that of the walk, bettered by barycentres as long as it helps.

The walk's order has no crossings for flows that are properly nested; only jumps within a lane bring some.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from ringback.draw.layers import Grid

_SWEEPS = 8


def order_rows(grid: Grid) -> None:
    """Reorder the rows so that fewer links cross; the best order that was seen stays."""
    up, down = _neighbours(grid)
    best, fewest = [list(row) for row in grid.rows], crossings(grid.rows, down)
    for sweep in range(_SWEEPS):
        if fewest == 0:
            break
        downwards = sweep % 2 == 0
        _sweep(grid.rows, up if downwards else down, downwards=downwards)
        found = crossings(grid.rows, down)
        if found < fewest:
            best, fewest = [list(row) for row in grid.rows], found
    grid.rows = best


def _neighbours(grid: Grid) -> tuple[list[list[int]], list[list[int]]]:
    """For each vertex, those that it is joined with in the row above and in the row below."""
    up: list[list[int]] = [[] for _ in grid.vertices]
    down: list[list[int]] = [[] for _ in grid.vertices]
    for upper, lower, _ in grid.steps():
        up[lower].append(upper)
        down[upper].append(lower)
    return up, down


def _sweep(rows: list[list[int]], towards: Sequence[Sequence[int]], *, downwards: bool) -> None:
    """Sort each row by the mean position of its neighbours in the row before it."""
    numbers = range(1, len(rows)) if downwards else range(len(rows) - 2, -1, -1)
    for number in numbers:
        before = rows[number - 1 if downwards else number + 1]
        position = {vertex: index for index, vertex in enumerate(before)}
        mean = {}
        for index, vertex in enumerate(rows[number]):
            known = [position[other] for other in towards[vertex] if other in position]
            mean[vertex] = sum(known) / len(known) if known else float(index)
        rows[number].sort(key=mean.__getitem__)


def crossings(rows: Sequence[Sequence[int]], down: Sequence[Sequence[int]]) -> int:
    """How many pairs of links cross between neighbouring rows."""
    total = 0
    for upper, lower in pairwise(rows):
        position = {vertex: index for index, vertex in enumerate(lower)}
        ends: list[int] = []
        for vertex in upper:
            here = sorted(position[other] for other in down[vertex])
            total += sum(len(ends) - bisect_right(ends, end) for end in here)
            for end in here:
                ends.insert(bisect_right(ends, end), end)
    return total
