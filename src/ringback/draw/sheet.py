"""The whole drawing: rows of lanes, and the links between lanes in the free strips around them.

Between two rows of lanes runs a horizontal channel, beside every lane a vertical gutter. A link across lanes
leaves its own lane below its box, goes along a gutter to the channel above the row of its target, and comes
down on the head of the target's lane. Links with the same goal share their lines, so that a lane that many
actions jump to has one line to its head. Nothing is ever drawn across a lane that has no part in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ringback.draw.graph import Diagram, Link
from ringback.draw.lane import Finisher, Label, LanePicture, Plan, Point, plan_lane, tidy
from ringback.draw.packing import pack

Goal: TypeAlias = tuple[str, str]
_MARGIN, _STRIP, _SPACING, _HEAD_PORT = 24.0, 16.0, 8.0, 26.0
_TITLE = 54.0
_ROUGH_GUTTER = 40.0


@dataclass(slots=True)
class Frame:
    """Where a lane stands."""

    x: float
    y: float
    width: float
    height: float


@dataclass(slots=True)
class Picture:
    """A finished drawing; y grows downwards, everything in pixels.

    Attributes:
        lanes: id -> its frame.
        boxes: id -> upper left corner.
        paths: link number -> its line from source to target.
    """

    width: float
    height: float
    lanes: dict[str, Frame] = field(default_factory=dict)
    boxes: dict[str, Point] = field(default_factory=dict)
    labels: list[Label] = field(default_factory=list)
    paths: dict[int, list[Point]] = field(default_factory=dict)


def layout(diagram: Diagram) -> Picture:
    """The picture of a diagram; the same diagram gives the same picture."""
    plans = [plan_lane(diagram, lane) for lane in diagram.lanes]
    return _Sheet(diagram, pack(diagram, plans)).draw()


@dataclass(slots=True)
class _Strip:
    """A channel or gutter: the stretch that each goal's line needs in it, and then its place.

    Lines of gutters that end in one channel from above and from below must not meet: `shift` prevents it.
    """

    shift: float = 0.0
    stretches: dict[Goal, list[float]] = field(default_factory=dict)
    track: dict[Goal, int] = field(default_factory=dict)
    start: float = 0.0

    def use(self, goal: Goal, *ends: float) -> None:
        self.stretches.setdefault(goal, []).extend(ends)

    def assign(self) -> None:
        """Lines that would lie on each other get places of their own."""
        last: list[float] = []
        for goal, ends in sorted(
            self.stretches.items(), key=lambda item: (min(item[1]), max(item[1]), item[0])
        ):
            low, high = min(ends), max(ends)
            free = next((index for index, end in enumerate(last) if end < low - 12), len(last))
            last[free : free + 1] = [high]
            self.track[goal] = free

    @property
    def size(self) -> float:
        lines = max(self.track.values(), default=-1) + 1
        return 2 * _STRIP + max(0, lines - 1) * _SPACING + self.shift

    def at(self, goal: Goal) -> float:
        return self.start + _STRIP + self.track[goal] * _SPACING + self.shift


@dataclass(frozen=True, slots=True)
class _Way:
    """The gutters that a link passes: (row, gutter) from its source to its target's channel."""

    link: Link
    row: int
    side: int
    gutters: tuple[tuple[int, int], ...]
    last: int


class _Sheet:
    def __init__(self, diagram: Diagram, rows: Sequence[Sequence[Plan]]) -> None:
        self.diagram = diagram
        self.rows = rows
        self.plans = [plan for row in rows for plan in row]
        self.place = {plan.lane.id: (r, c) for r, row in enumerate(rows) for c, plan in enumerate(row)}
        self.lefts: dict[str, float] = {}
        self.channels = [_Strip() for _ in rows]
        self.gutters = {
            (r, c): _Strip(r % 2 * _SPACING / 2) for r, row in enumerate(rows) for c in range(len(row) + 1)
        }
        self.frames: dict[str, Frame] = {}
        self.pictures: dict[str, LanePicture] = {}

    def draw(self) -> Picture:
        """Widths and lines depend on each other, so rough positions decide which lines share a place."""
        self._set_lefts()
        ways = [self._way(link) for link in self.diagram.across()]
        for way in ways:
            self._use_channels(way)
        for channel in self.channels:
            channel.assign()
        self._finish_lanes(ways)
        height = self._set_tops()
        for way in ways:
            self._use_gutters(way)
        for gutter in self.gutters.values():
            gutter.assign()
        self._set_lefts()
        picture = Picture(self._width(), height)
        self._gather(picture)
        for way in ways:
            picture.paths[way.link.number] = tidy(self._route(way))
        return picture

    # ---- from left to right

    def _set_lefts(self) -> None:
        for r, row in enumerate(self.rows):
            x = _MARGIN
            for c, plan in enumerate(row):
                x = self._gutter_from(r, c, x=x)
                self.lefts[plan.lane.id] = x
                x += plan.width
            self._gutter_from(r, len(row), x=x)

    def _gutter_from(self, row: int, column: int, *, x: float) -> float:
        """Put a gutter at x and give its right end; outermost gutters that nobody uses take no room."""
        gutter = self.gutters[row, column]
        gutter.start = x
        if not gutter.track:
            rough = not self.frames
            inner = 0 < column < len(self.rows[row])
            return x + (_ROUGH_GUTTER if rough else 2 * _STRIP if inner else 0)
        return x + gutter.size

    def _width(self) -> float:
        ends = (
            self._gutter_from(r, len(row), x=self.gutters[r, len(row)].start)
            for r, row in enumerate(self.rows)
        )
        return max(ends) + _MARGIN

    # ---- ways

    def _goal_x(self, goal: Goal) -> float:
        """Where a goal's line comes down: on the lane's head, or in the gutter left of it."""
        lane, box = goal
        if box:
            row, column = self.place[lane]
            gutter = self.gutters[row, column]
            return gutter.at(goal) if gutter.track else gutter.start + _ROUGH_GUTTER / 2
        return self.lefts[lane] + _HEAD_PORT

    def _way(self, link: Link) -> _Way:
        row, column = self.place[self.diagram.boxes[link.source].lane]
        last = self.place[link.lane][0]
        goal_x = self._goal_x(link.goal)
        plan = self.rows[row][column]
        side = 1 if goal_x > self.lefts[plan.lane.id] + plan.width / 2 else -1
        between = range(row - 1, last - 1, -1) if last < row else range(row + 1, last)
        passed = tuple((r, self._nearest(r, goal_x)) for r in between)
        return _Way(link, row, side, ((row, column + (side > 0)), *passed), last)

    def _nearest(self, row: int, x: float) -> int:
        return min(range(len(self.rows[row]) + 1), key=lambda c: abs(self.gutters[row, c].start + 20 - x))

    def _hops(self, way: _Way) -> Iterable[tuple[int, tuple[int, int], tuple[int, int] | None]]:
        """Each channel on the way, the gutter that it is reached by, and the one that it is left by."""
        for index, (row, column) in enumerate(way.gutters):
            following = way.gutters[index + 1] if index + 1 < len(way.gutters) else None
            yield (row if way.last <= row else row + 1), (row, column), following

    def _use_channels(self, way: _Way) -> None:
        goal = way.link.goal
        for channel, (row, column), following in self._hops(way):
            here = self.gutters[row, column].start + 20
            there = self.gutters[following].start + 20 if following is not None else self._goal_x(goal)
            self.channels[channel].use(goal, here, there)

    def _use_gutters(self, way: _Way) -> None:
        goal = way.link.goal
        y = self._exit(way)[-1][1]
        for channel, gutter, _ in self._hops(way):
            self.gutters[gutter].use(goal, y, self.channels[channel].at(goal))
            y = self.channels[channel].at(goal)
        if goal[1]:
            self.gutters[self.place[goal[0]]].use(goal, y, self._entry(goal)[0][1])

    # ---- lanes

    def _finish_lanes(self, ways: Iterable[_Way]) -> None:
        leaving: dict[str, dict[Link, int]] = {}
        coming: dict[str, dict[str, None]] = {}
        for way in ways:
            leaving.setdefault(self.diagram.boxes[way.link.source].lane, {})[way.link] = way.side
            if way.link.target:
                coming.setdefault(way.link.lane, {})[way.link.target] = None
        for plan in self.plans:
            name = plan.lane.id
            finisher = Finisher(plan, leaving.get(name, {}), coming=list(coming.get(name, {})))
            self.pictures[name] = finisher.finish()

    def _set_tops(self) -> float:
        y = _TITLE
        for channel, row in zip(self.channels, self.rows, strict=True):
            channel.start = y
            y += channel.size
            for plan in row:
                picture = self.pictures[plan.lane.id]
                self.frames[plan.lane.id] = Frame(0, y, picture.width, picture.height)
            y += max(self.pictures[plan.lane.id].height for plan in row)
        return y + _MARGIN

    def _gather(self, picture: Picture) -> None:
        for plan in self.plans:
            name = plan.lane.id
            frame, inner = self.frames[name], self.pictures[name]
            frame.x = self.lefts[name]
            picture.lanes[name] = frame
            picture.boxes.update({box: (x + frame.x, y + frame.y) for box, (x, y) in inner.boxes.items()})
            for label in inner.labels:
                picture.labels.append(
                    Label(label.link, label.text, label.x + frame.x, label.y + frame.y, label.width)
                )
            for number, points in inner.paths.items():
                picture.paths[number] = self._moved(points, frame)

    @staticmethod
    def _moved(points: Sequence[Point], frame: Frame) -> list[Point]:
        return [(x + frame.x, y + frame.y) for x, y in points]

    # ---- lines between lanes

    def _exit(self, way: _Way) -> list[Point]:
        lane = self.diagram.boxes[way.link.source].lane
        return self._moved(self.pictures[lane].exits[way.link.number], self._frame(lane))

    def _entry(self, goal: Goal) -> list[Point]:
        return self._moved(self.pictures[goal[0]].entries[goal[1]], self._frame(goal[0]))

    def _frame(self, lane: str) -> Frame:
        frame = self.frames[lane]
        return Frame(self.lefts[lane], frame.y, frame.width, frame.height)

    def _route(self, way: _Way) -> list[Point]:
        goal = way.link.goal
        points = self._exit(way)
        y = points[-1][1]
        for channel, gutter, _ in self._hops(way):
            x = self.gutters[gutter].at(goal)
            points += [(x, y), (x, self.channels[channel].at(goal))]
            y = self.channels[channel].at(goal)
        x = self._goal_x(goal)
        points.append((x, y))
        if not goal[1]:
            return [*points, (x, self.frames[goal[0]].y)]
        entry = self._entry(goal)
        return [*points, (x, entry[0][1]), *entry]
