"""One lane laid out by itself: boxes, labels and the lines between them; its upper left corner is (0, 0)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ringback.draw.graph import Diagram, Lane, Link
from ringback.draw.layers import BOX_WIDTH, Chain, Grid, Vertex, grid_of
from ringback.draw.ordering import order_rows
from ringback.draw.placing import place
from ringback.draw.tracks import SPACING, Gap, Net

Point: TypeAlias = tuple[float, float]

HEAD, BOX_HEIGHT, LABEL_HEIGHT = 44.0, 58.0, 17.0
_PADDING, _LEAST = 22.0, 230.0
_ABOVE_BOX, _ABOVE_LABEL, _BELOW_ROW = 14.0, 5.0, 7.0


@dataclass(slots=True)
class Plan:
    """A lane whose rows are known; which side its outgoing links leave by is decided later."""

    lane: Lane
    grid: Grid
    links: list[Link]
    entry: str
    width: float

    @property
    def height(self) -> float:
        """About how high it will be."""
        return HEAD + len(self.grid.rows) * (BOX_HEIGHT + 30) * 0.75 + 40


@dataclass(slots=True)
class Label:
    """The text of an output where it stands: middle and width."""

    link: int
    text: str
    x: float
    y: float
    width: float


@dataclass(slots=True)
class LanePicture:
    """A finished lane; points are relative to its corner.

    Attributes:
        boxes: upper left corner of each box.
        paths: link number -> its line, from box to box.
        exits: link number -> its line from the box to the lane's border.
        entries: box -> the line from the lane's border to it.
    """

    width: float
    height: float
    boxes: dict[str, Point] = field(default_factory=dict)
    labels: list[Label] = field(default_factory=list)
    paths: dict[int, list[Point]] = field(default_factory=dict)
    exits: dict[int, list[Point]] = field(default_factory=dict)
    entries: dict[str, list[Point]] = field(default_factory=dict)


def plan_lane(diagram: Diagram, lane: Lane) -> Plan:
    """Rows, order and x of everything in a lane."""
    inside = diagram.inside(lane.id)
    links = [link for link in inside if link.source]
    entry = next((link.target for link in inside if not link.source), "")
    stubs = [link for link in diagram.across() if link.label and diagram.boxes[link.source].lane == lane.id]
    grid = grid_of([diagram.boxes[box] for box in lane.boxes], links, entry=entry, stubs=stubs)
    order_rows(grid)
    width = max(place(grid) + 2 * _PADDING, _LEAST)
    _centre(grid, width)
    return Plan(lane, grid, inside, entry, width)


def _centre(grid: Grid, width: float) -> None:
    """Move the content to the middle of the lane."""
    left = min((v.x - v.width / 2 for v in grid.vertices), default=0.0)
    right = max((v.x + v.width / 2 for v in grid.vertices), default=0.0)
    shift = round((width - (right - left)) / 2 - left, 1)
    for vertex in grid.vertices:
        vertex.x = round(vertex.x + shift, 1)


class Finisher:
    """Puts the lines of a lane in place.

    Args:
        plan: the lane.
        leaving: links that leave it -> -1 for its left side, 1 for its right.
        coming: boxes that links from elsewhere lead to; they come from the left.
    """

    def __init__(self, plan: Plan, leaving: Mapping[Link, int], *, coming: Sequence[str]) -> None:
        self.plan = plan
        self.grid = plan.grid
        self.leaving = leaving
        self.coming = coming
        self.gaps = [Gap() for _ in range(len(self.grid.rows) + 1)]
        self.tops: list[float] = []
        self.rows: list[float] = []
        self.used = {chain.link.source for chain in self.grid.chains}
        self.ends = {chain.link.number: chain.vertices[-1] for chain in self.grid.chains}

    def finish(self) -> LanePicture:
        """The lane with everything in it."""
        self._collect()
        picture = LanePicture(self.plan.width, self._heights())
        for vertex in self.grid.vertices:
            self._put(vertex, picture)
        for chain in self.grid.chains:
            if chain.link not in self.leaving:
                picture.paths[chain.link.number] = tidy(self._path(chain))
        for link in self.plan.links:
            if not link.source:
                picture.paths[link.number] = self._entry_path(link)
        for link in self.leaving:
            picture.exits[link.number] = tidy(self._exit(link))
        for box in self.coming:
            picture.entries[box] = tidy(self._coming(box))
        return picture

    # ---- nets

    def _collect(self) -> None:
        for upper, lower, _ in self.grid.steps():
            net = self._net(upper, lower)
            net.tops.add(self.grid.vertices[upper].x)
            net.bottoms.add(self.grid.vertices[lower].x)
        for chain in self.grid.chains:
            if chain.back:
                self._turns(chain)
        if self.plan.entry:
            first = self._vertex(self.plan.entry)
            net = self.gaps[first.row].net(("to", first.number))
            net.bottoms.add(first.x)
            net.tops.add(first.x)
        for link, side in self.leaving.items():
            net = self._exit_net(link)
            net.tops.add(self._port(link))
            net.sides.add(self.plan.width if side > 0 else 0.0)
        for box in self.coming:
            target = self._vertex(box)
            net = self.gaps[target.row].net(("to", target.number))
            net.bottoms.add(target.x)
            net.sides.add(0.0)

    def _net(self, upper: int, lower: int) -> Net:
        """One net for all that leave a box above a row of labels, or reach a box below it."""
        row = self.grid.vertices[lower].row
        key = ("from", upper) if self._is_label_row(row) else ("to", lower)
        return self.gaps[row].net(key)

    def _is_label_row(self, row: int) -> bool:
        return not any(self.grid.vertices[number].box for number in self.grid.rows[row])

    def _turns(self, chain: Chain) -> None:
        """The two ends of a link back up: it leaves its source below and comes to its target from above."""
        below, above = self._turn_below(chain), self._turn_above(chain)
        vertices = self.grid.vertices
        below.tops |= {vertices[number].x for number in chain.vertices[chain.turn : chain.turn + 2]}
        above.bottoms |= {vertices[number].x for number in chain.vertices[-2:]}

    def _turn_below(self, chain: Chain) -> Net:
        """The net below the source or its label; that of the source's other ways on, if it has any there."""
        source = self.grid.vertices[chain.vertices[chain.turn]]
        gap = self.gaps[source.row + 1]
        together = source.row + 1 < len(self.grid.rows) and self._is_label_row(source.row + 1)
        key = ("from", source.number) if together else ("turn", chain.link.target)
        return gap.net(key)

    def _turn_above(self, chain: Chain) -> Net:
        target = self.grid.vertices[chain.vertices[-1]]
        return self.gaps[target.row].net(("to", target.number))

    def _start_of(self, link: Link) -> Vertex:
        """Where a link that leaves the lane starts: its label, or its box."""
        return self.grid.vertices[self.ends.get(link.number, self.grid.of_box[link.source])]

    def _exit_net(self, link: Link) -> Net:
        return self.gaps[self._start_of(link).row + 1].net(("out", link.goal, self.leaving[link]))

    def _port(self, link: Link) -> float:
        """A box with other ways on has a port of its own for the way out."""
        start = self._start_of(link)
        shared = start.box and start.box in self.used
        return start.x + (self.leaving[link] * BOX_WIDTH / 4 if shared else 0.0)

    # ---- heights

    def _heights(self) -> float:
        y = HEAD
        for index, gap in enumerate(self.gaps):
            last = index == len(self.grid.rows)
            lines = gap.assign()
            self.tops.append(y + _BELOW_ROW)
            y += _BELOW_ROW + max(0, lines - 1) * SPACING
            if not last:
                y += _ABOVE_LABEL if self._is_label_row(index) else _ABOVE_BOX
                self.rows.append(y)
                y += self._row_height(index)
        return y + 14

    def _row_height(self, row: int) -> float:
        return LABEL_HEIGHT if self._is_label_row(row) else BOX_HEIGHT

    def _line(self, gap: int, net: Net) -> float:
        return self.tops[gap] + max(net.track, 0) * SPACING

    # ---- pieces

    def _vertex(self, box: str) -> Vertex:
        return self.grid.vertices[self.grid.of_box[box]]

    def _put(self, vertex: Vertex, picture: LanePicture) -> None:
        y = self.rows[vertex.row]
        if vertex.box:
            picture.boxes[vertex.box] = (vertex.x - BOX_WIDTH / 2, y)
        elif vertex.label:
            middle = y + self._row_height(vertex.row) / 2
            picture.labels.append(Label(vertex.link, vertex.label, vertex.x, middle, vertex.width))

    def _path(self, chain: Chain) -> list[Point]:
        source, target = self.grid.vertices[chain.vertices[0]], self.grid.vertices[chain.vertices[-1]]
        points = [(source.x, self.rows[source.row] + BOX_HEIGHT)]
        for index, (one, two) in enumerate(zip(chain.vertices, chain.vertices[1:], strict=False)):
            if index == chain.turn:
                points += self._sideways(one, two, net=self._turn_below(chain))
            elif chain.back and index == len(chain.vertices) - 2:
                points += self._sideways(one, two, net=self._turn_above(chain), above=True)
            else:
                points += self._step(one, two)
        return [*points, (target.x, self.rows[target.row])]

    def _sideways(self, one: int, two: int, *, net: Net, above: bool = False) -> list[Point]:
        first, second = self.grid.vertices[one], self.grid.vertices[two]
        y = self._line(first.row + (not above), net)
        return [(first.x, y), (second.x, y)]

    def _step(self, one: int, two: int) -> list[Point]:
        first, second = self.grid.vertices[one], self.grid.vertices[two]
        upper, lower = (one, two) if first.row < second.row else (two, one)
        y = self._line(max(first.row, second.row), self._net(upper, lower))
        return [(first.x, y), (second.x, y)]

    def _entry_path(self, link: Link) -> list[Point]:
        first = self._vertex(link.target)
        return [(first.x, HEAD), (first.x, self.rows[first.row])]

    def _exit(self, link: Link) -> list[Point]:
        start = self._start_of(link)
        points = []
        if not start.box:
            box = self._vertex(link.source)
            points = [(box.x, self.rows[box.row] + BOX_HEIGHT), *self._step(box.number, start.number)]
        x, top = self._port(link), self.rows[start.row] + (BOX_HEIGHT if start.box else 0)
        # The lanes on both sides of a gutter often have rows at one height; their lines must not meet.
        to_right = self.leaving[link] > 0
        y = self._line(start.row + 1, self._exit_net(link)) + (0 if to_right else SPACING / 2)
        border = self.plan.width if to_right else 0.0
        return [*points, (x, top), (x, y), (border, y)]

    def _coming(self, box: str) -> list[Point]:
        target = self._vertex(box)
        y = self._line(target.row, self.gaps[target.row].net(("to", target.number)))
        return [(0.0, y), (target.x, y), (target.x, self.rows[target.row])]


def tidy(points: Sequence[Point]) -> list[Point]:
    """The line without points that lie on the way between their neighbours."""
    found: list[Point] = []
    for point in points:
        if found and found[-1] == point:
            continue
        if len(found) > 1 and _in_line(found[-2], found[-1], last=point):
            found[-1] = point
        else:
            found.append(point)
    return found


def _in_line(first: Point, middle: Point, *, last: Point) -> bool:
    along_x = first[1] == middle[1] == last[1]
    along_y = first[0] == middle[0] == last[0]
    return along_x or along_y
