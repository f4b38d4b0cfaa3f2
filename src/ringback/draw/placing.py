"""Where the vertices of a lane stand from left to right.

Vertices that should stand straight below each other are tied into blocks: long wires first, then the main way
on from each box, then branches under their labels. Blocks are packed to the left, and then each moves towards
the median of what it is joined with, as far as its neighbours let it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from ringback.draw.layers import Chain, Grid, Vertex

_GAP, _BOX_GAP = 16.0, 34.0
_ROUNDS = 10


@dataclass(slots=True)
class _Block:
    """Vertices that share an x."""

    members: list[int]
    x: float = 0.0
    wanted: list[int] = field(default_factory=list)


def place(grid: Grid) -> float:
    """Set every vertex' x and give the width of the whole; the leftmost edge is at 0."""
    blocks, of = _blocks(grid)
    left, right = _neighbours(grid)
    _pack(grid, blocks, of=of, left=left)
    for upper, lower, _ in grid.steps():
        if of[upper] != of[lower]:
            blocks[of[upper]].wanted.append(lower)
            blocks[of[lower]].wanted.append(upper)
    for turn in range(_ROUNDS):
        _settle(grid, blocks, of=of, sides=(left, right), rightmost_first=turn % 2 == 0)
    for number, vertex in enumerate(grid.vertices):
        vertex.x = blocks[of[number]].x
    return _shift(grid.vertices)


def _shift(vertices: list[Vertex]) -> float:
    lowest = min((v.x - v.width / 2 for v in vertices), default=0.0)
    for vertex in vertices:
        vertex.x = round(vertex.x - lowest, 1)
    return max((v.x + v.width / 2 for v in vertices), default=0.0)


# ---- blocks


def _blocks(grid: Grid) -> tuple[list[_Block], list[int]]:
    """The blocks, and the block of each vertex."""
    position = {vertex: index for row in grid.rows for index, vertex in enumerate(row)}
    above: dict[int, int] = {}
    below: dict[int, int] = {}
    ties: dict[int, list[tuple[int, int]]] = {}
    for upper, lower in _wishes(grid):
        row = grid.vertices[upper].row
        tie = (position[upper], position[lower])
        if upper not in below and lower not in above and _fits(ties.setdefault(row, []), tie):
            insort(ties[row], tie)
            below[upper], above[lower] = lower, upper
    blocks: list[_Block] = []
    of = [-1] * len(grid.vertices)
    for vertex in (v for row in grid.rows for v in row):
        if vertex not in above:
            members = list(_down(vertex, below))
            for member in members:
                of[member] = len(blocks)
            blocks.append(_Block(members))
    return blocks, of


def _down(vertex: int, below: dict[int, int]) -> Iterator[int]:
    at: int | None = vertex
    while at is not None:
        yield at
        at = below.get(at)


def _fits(ties: list[tuple[int, int]], tie: tuple[int, int]) -> bool:
    """Whether a tie crosses none of those between the same rows."""
    index = bisect_left(ties, tie)
    return (index == 0 or ties[index - 1][1] < tie[1]) and (index == len(ties) or tie[1] < ties[index][1])


def _wishes(grid: Grid) -> list[tuple[int, int]]:
    """Pairs that should stand straight, the most important first."""
    ranked = [
        (_importance(grid, chain, upper=upper, lower=lower), index, upper, lower)
        for index, (upper, lower, chain) in enumerate(grid.steps())
    ]
    return [(upper, lower) for _, _, upper, lower in sorted(ranked)]


def _importance(grid: Grid, chain: Chain, *, upper: int, lower: int) -> int:
    first, second = grid.vertices[upper], grid.vertices[lower]
    if not first.box and not second.box:
        return 0
    bad = chain.link.kind in ("failure", "timeout")
    if chain.link.rank == 0 and not chain.back:
        return 2 if bad else 1
    return 4 if chain.back or bad else 3


# ---- packing


def _neighbours(grid: Grid) -> tuple[list[int], list[int]]:
    """The vertex to the left and to the right of each; -1 for none."""
    left, right = [-1] * len(grid.vertices), [-1] * len(grid.vertices)
    for row in grid.rows:
        for first, second in pairwise(row):
            left[second], right[first] = first, second
    return left, right


def _distance(first: Vertex, second: Vertex) -> float:
    gap = _BOX_GAP if first.box and second.box else _GAP
    return (first.width + second.width) / 2 + gap


def _pack(grid: Grid, blocks: list[_Block], *, of: list[int], left: list[int]) -> None:
    """Every block as far to the left as it goes."""
    waits = [0] * len(blocks)
    after: list[list[int]] = [[] for _ in blocks]
    for vertex, neighbour in enumerate(left):
        if neighbour >= 0:
            waits[of[vertex]] += 1
            after[of[neighbour]].append(of[vertex])
    ready = [number for number, count in enumerate(waits) if count == 0]
    for number in ready:
        block = blocks[number]
        block.x = max(_bounds(grid, blocks, of=of, block=block, side=left), default=0.0)
        for other in after[number]:
            waits[other] -= 1
            if waits[other] == 0:
                ready.append(other)


def _bounds(
    grid: Grid, blocks: list[_Block], *, of: list[int], block: _Block, side: list[int]
) -> Iterator[float]:
    """How far each neighbour on the left side lets a block go."""
    for member in block.members:
        vertex = grid.vertices[member]
        if side[member] < 0:
            yield vertex.width / 2
        else:
            other = side[member]
            yield blocks[of[other]].x + _distance(grid.vertices[other], vertex)


def _settle(
    grid: Grid,
    blocks: list[_Block],
    *,
    of: list[int],
    sides: tuple[list[int], list[int]],
    rightmost_first: bool,
) -> None:
    """Move each block towards the median of what it is joined with."""
    left, right = sides
    for block in sorted(blocks, key=lambda b: b.x, reverse=rightmost_first):
        if not block.wanted:
            continue
        wishes = sorted(blocks[of[other]].x for other in block.wanted)
        wish = (wishes[(len(wishes) - 1) // 2] + wishes[len(wishes) // 2]) / 2
        low = max(_bounds(grid, blocks, of=of, block=block, side=left))
        block.x = max(low, min(wish, _limit(grid, blocks, of=of, block=block, right=right)))


def _limit(grid: Grid, blocks: list[_Block], *, of: list[int], block: _Block, right: list[int]) -> float:
    ways = (
        blocks[of[right[member]]].x - _distance(grid.vertices[member], grid.vertices[right[member]])
        for member in block.members
        if right[member] >= 0
    )
    return min(ways, default=float("inf"))
