"""From a lane's links to rows of vertices: every link becomes a chain of vertices, one in each row it passes.

Rows come in pairs: boxes stand in even rows, labels of outputs in the odd row below them. A box stands below
everything that leads to it (longest path); links that go back up are found by a depth-first walk and run
beside the boxes from the row of their source to the row of their target. Odd rows without a label go away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ringback.draw.graph import Box, Link
from ringback.draw.text import clean, cut, width_of

BOX_WIDTH, LABEL_SIZE, LABEL_ROOM, LABEL_PADDING, WIRE_WIDTH = 196.0, 10.5, 150.0, 12.0, 6.0
# More branches than this do not stand beside each other.
FAN = 6


@dataclass(slots=True)
class Vertex:
    """A place in a row: a box, a label, or a wire that passes.

    Attributes:
        number: of the vertex in its grid.
        row: index of its row.
        box: id of its box; "" for labels and wires.
        link: number of the link that it belongs to; -1 for boxes.
        label: what is written here.
        width: of what stands here.
        order: position in the walk that found it, for a first ordering.
        x: of its middle.
    """

    number: int
    row: int
    box: str = ""
    link: int = -1
    label: str = ""
    width: float = WIRE_WIDTH
    order: int = 0
    x: float = 0.0


@dataclass(slots=True)
class Chain:
    """A link as vertices from its source to its target.

    A link back up goes from its source, or its label, sideways to a wire, up along it, and sideways to its
    target; the wire is shared by all that go back to one target.

    Attributes:
        turn: for a link back up, the position of the vertex where it turns sideways; else -1.
    """

    link: Link
    vertices: list[int]
    turn: int = -1

    @property
    def back(self) -> bool:
        """Whether it leads back up."""
        return self.turn >= 0


@dataclass(slots=True)
class Grid:
    """The rows of one lane."""

    vertices: list[Vertex] = field(default_factory=list)
    rows: list[list[int]] = field(default_factory=list)
    chains: list[Chain] = field(default_factory=list)
    of_box: dict[str, int] = field(default_factory=dict)

    def add(self, row: int, **facts: object) -> int:
        """A new vertex at the end of a row."""
        vertex = Vertex(len(self.vertices), row, **facts)  # type: ignore[arg-type]  # Vertex says what it takes
        self.vertices.append(vertex)
        return vertex.number

    def steps(self) -> Iterator[tuple[int, int, Chain]]:
        """Pairs of vertices in neighbouring rows that a chain joins, the upper one first; each pair once."""
        seen = set()
        for chain in self.chains:
            for first, second in zip(chain.vertices, chain.vertices[1:], strict=False):
                difference = self.vertices[second].row - self.vertices[first].row
                pair = (first, second) if difference > 0 else (second, first)
                if difference and pair not in seen:
                    seen.add(pair)
                    yield *pair, chain


def grid_of(
    boxes: Sequence[Box], links: Sequence[Link], *, entry: str = "", stubs: Sequence[Link] = ()
) -> Grid:
    """The rows of a lane.

    Args:
        boxes: in document order.
        links: those that stay inside, entries left out.
        entry: the box that the lane begins with; it stands in the first row.
        stubs: those that leave it and have a label; their chain ends at the label.
    """
    walk = _Walk([box.id for box in boxes], links, entry=entry)
    levels = _levels(walk)
    grid = Grid()
    for box in walk.preorder:
        grid.of_box[box] = grid.add(2 * levels[box], box=box, width=BOX_WIDTH, order=walk.order[box])
    for link in links:
        if link.number not in walk.back:
            _add_chain(grid, link, walk=walk)
    for target in walk.preorder:
        _add_bus(
            grid, [link for link in links if link.target == target and link.number in walk.back], walk=walk
        )
    for link in stubs:
        _add_stub(grid, link, walk=walk)
    _drop_empty_rows(grid)
    grid.rows = [[] for _ in range(max((v.row for v in grid.vertices), default=-1) + 1)]
    for vertex in sorted(grid.vertices, key=lambda v: (v.order, v.number)):
        grid.rows[vertex.row].append(vertex.number)
    return grid


class _Walk:
    """A depth-first walk over a lane: order of first sight, and which links lead back up."""

    def __init__(self, boxes: Sequence[str], links: Sequence[Link], *, entry: str) -> None:
        self.entry = entry
        self.out: dict[str, list[Link]] = {box: [] for box in boxes}
        for link in links:
            self.out[link.source].append(link)
        self.order: dict[str, int] = {}
        self.seen: dict[int, int] = {}
        self.back: set[int] = set()
        self.finished: list[str] = []
        reached = {link.target for link in links if link.target != link.source}
        first = [entry] if entry else []
        for box in [*first, *(box for box in boxes if box not in reached), *boxes]:
            if box not in self.order:
                self._visit(box)

    def _visit(self, root: str) -> None:
        """Without recursion: a task may be thousands of actions long."""
        clock = len(self.order) + len(self.seen)
        self.order[root] = clock
        open_: set[str] = {root}
        stack = [(root, iter(self.out[root]))]
        while stack:
            box, rest = stack[-1]
            link = next(rest, None)
            if link is None:
                open_.discard(box)
                self.finished.append(box)
                stack.pop()
                continue
            clock += 1
            self.seen[link.number] = clock
            if link.target in open_ or link.target == self.entry:
                self.back.add(link.number)
            elif link.target not in self.order:
                clock += 1
                self.order[link.target] = clock
                open_.add(link.target)
                stack.append((link.target, iter(self.out[link.target])))

    @property
    def last(self) -> int:
        """A number after every other of the walk."""
        return len(self.order) + len(self.seen)

    @property
    def preorder(self) -> list[str]:
        return sorted(self.order, key=self.order.__getitem__)

    def forward(self, box: str) -> list[Link]:
        return [link for link in self.out[box] if link.number not in self.back]


def _levels(walk: _Walk) -> dict[str, int]:
    """Longest path from above; many branches of one box take turns on several levels."""
    levels = dict.fromkeys(walk.order, 0)
    for box in reversed(walk.finished):
        ways = walk.forward(box)
        spread = min(3, (len(ways) + FAN - 1) // FAN)
        for position, link in enumerate(ways):
            below = levels[box] + 1 + (position % spread if spread else 0)
            levels[link.target] = max(levels[link.target], below)
    return levels


def _add_chain(grid: Grid, link: Link, *, walk: _Walk) -> None:
    source, target = grid.of_box[link.source], grid.of_box[link.target]
    top, bottom = grid.vertices[source].row, grid.vertices[target].row
    order = walk.seen[link.number]
    passed = [
        _wire(grid, row, link=link, label=link.label if row == top + 1 else "", order=order)
        for row in range(top + 1, bottom)
    ]
    grid.chains.append(Chain(link, [source, *passed, target]))


def _add_bus(grid: Grid, links: Sequence[Link], *, walk: _Walk) -> None:
    """The links back to one target: one wire beside the boxes, which each of them joins below its source."""
    if not links:
        return
    target = grid.of_box[links[0].target]
    order = max(walk.seen[link.number] for link in links)
    starts = []
    for link in links:
        start = [grid.of_box[link.source]]
        if link.label:
            start.append(_label(grid, link, order=walk.seen[link.number]))
        starts.append(start)
    lowest = max(grid.vertices[start[-1]].row for start in starts)
    highest = grid.vertices[target].row
    wire = {
        row: _wire(grid, row, link=links[0], label="", order=order) for row in range(lowest, highest - 1, -1)
    }
    for link, start in zip(links, starts, strict=True):
        up = [wire[row] for row in range(grid.vertices[start[-1]].row, highest - 1, -1)]
        grid.chains.append(Chain(link, [*start, *up, target], len(start) - 1))


def _add_stub(grid: Grid, link: Link, *, walk: _Walk) -> None:
    source = grid.of_box[link.source]
    grid.chains.append(Chain(link, [source, _label(grid, link, order=walk.last + link.number)]))


def _label(grid: Grid, link: Link, *, order: int) -> int:
    """The label of a link right below its source."""
    row = grid.vertices[grid.of_box[link.source]].row + 1
    return _wire(grid, row, link=link, label=link.label, order=order)


def _wire(grid: Grid, row: int, *, link: Link, label: str, order: int) -> int:
    shown = cut(clean(label), LABEL_ROOM, size=LABEL_SIZE)
    width = width_of(shown, LABEL_SIZE) + LABEL_PADDING if shown else WIRE_WIDTH
    return grid.add(row, link=link.number, label=shown, width=width, order=order)


def _drop_empty_rows(grid: Grid) -> None:
    """Odd rows that hold no label: their wires go."""
    last = max((v.row for v in grid.vertices), default=-1)
    labelled = {v.row for v in grid.vertices if v.label}
    kept = [row for row in range(last + 1) if row % 2 == 0 or row in labelled]
    number = {row: index for index, row in enumerate(kept)}
    renumbered: dict[int, int] = {}
    vertices: list[Vertex] = []
    for vertex in grid.vertices:
        if vertex.row in number:
            renumbered[vertex.number] = len(vertices)
            vertex.number, vertex.row = len(vertices), number[vertex.row]
            vertices.append(vertex)
    grid.vertices = vertices
    grid.of_box = {box: renumbered[old] for box, old in grid.of_box.items()}
    for chain in grid.chains:
        chain.vertices = [renumbered[old] for old in chain.vertices if old in renumbered]
