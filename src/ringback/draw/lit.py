"""What a run took of a drawing: its steps in order, and the boxes and links that light up.

Read from the JSON of `ringback run --output-format json`, or from the lines of `--output-format events`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from ringback.core.errors import UsageError
from ringback.draw.graph import GREETING, HANDLING, Diagram, Link
from ringback.trace.events import ActionRef

# Events that still name the action that led to them.
_TRAILING = frozenset(
    {"container_entered", "flow_ended", "caller_hung_up", "flow_error_raised", "policy_used"}
)
_NO_TRACE = "write one with `ringback run FLOW --output-format json`"


class TraceEvent(msgspec.Struct, frozen=True):
    """The part of an event that a drawing needs; other keys and event types are let through."""

    type: str
    at_ms: int = 0
    action: ActionRef | None = None
    output: str | None = None
    how: str | None = None


class _Run(msgspec.Struct, frozen=True):
    trace: list[TraceEvent]


@dataclass(frozen=True, slots=True)
class Step:
    """One action of the run.

    Attributes:
        number: 1, 2, 3 …
        box: id of its box.
        at_ms: virtual time at which it began.
        output: the output it left by; "" for the way down.
        link: number of the link that it was left by; -1 for none.
    """

    number: int
    box: str
    at_ms: int
    output: str = ""
    link: int = -1


@dataclass(frozen=True, slots=True)
class Lit:
    """The steps of a run, and which links it took."""

    steps: tuple[Step, ...]
    links: frozenset[int]

    def numbers(self) -> Mapping[str, list[int]]:
        """Box -> numbers of its steps; the start has a box, but no number."""
        found: dict[str, list[int]] = {GREETING: []}
        for step in self.steps:
            found.setdefault(step.box, []).append(step.number)
        return found


def read_trace(text: str, *, file: str) -> list[TraceEvent]:
    """The events of a run.

    Raises:
        UsageError: the text is neither the JSON of a run nor lines of events.
    """
    try:
        if '"trace"' in text:
            return msgspec.json.decode(text, type=_Run).trace
        lines = [line for line in text.splitlines() if line.strip()]
        events = [msgspec.json.decode(line, type=TraceEvent) for line in lines]
    except msgspec.MsgspecError as error:
        raise UsageError(f"{file} is no trace of a run: {error}", hint=_NO_TRACE) from None
    if not events:
        raise UsageError(f"{file} holds no events", hint=_NO_TRACE)
    return events


def light(diagram: Diagram, events: Iterable[TraceEvent], *, file: str = "the trace") -> Lit:
    """The steps of a run in a diagram.

    Raises:
        UsageError: no event belongs to an action of this flow.
    """
    lighter = _Lighter(diagram)
    for event in events:
        lighter.take(event)
    if lighter.unknown and not lighter.steps:
        hint = f"draw the flow that the run was of; its actions are such as {lighter.unknown!r}"
        raise UsageError(f"{file} is of another flow than {diagram.name!r}", hint=hint)
    return Lit(tuple(lighter.steps), frozenset(lighter.links))


class _Lighter:
    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.steps: list[Step] = []
        self.links: set[int] = set()
        self.out: dict[str, list[Link]] = {}
        self.entries: dict[str, Link] = {}
        for link in diagram.links:
            if link.source:
                self.out.setdefault(link.source, []).append(link)
            else:
                self.entries[link.lane] = link
        self.current = GREETING
        self.closed = False
        self.calls: list[tuple[str, int]] = []
        self.unknown = ""

    def take(self, event: TraceEvent) -> None:
        """Follow the run by one event."""
        if event.type == "error_handling_started":
            self._arrive(HANDLING, event.at_ms)
            return
        if event.action is not None and not self._trails(event):
            self._at(event.action.id, event.at_ms)
        if event.type == "container_entered" and event.how == "call" and self.steps:
            self.calls.append((self.current, len(self.steps) - 1))
        if event.type == "action_ran" and event.action is not None:
            self._leave(event.action.id, event.output or "")

    def _trails(self, event: TraceEvent) -> bool:
        """Whether an event only follows from an action that has ended."""
        ended = self.closed and event.action is not None and event.action.id == self.current
        return ended and event.type in _TRAILING

    def _at(self, box: str, at_ms: int) -> None:
        if box not in self.diagram.boxes:
            self.unknown = self.unknown or box
            return
        if box == self.current and not self.closed:
            return
        # A task came back: the calling action goes on, it is no new step.
        waiting = next((index for index, (caller, _) in enumerate(self.calls) if caller == box), None)
        if waiting is None or (self.current == self.calls[-1][0] and not self.closed):
            self._arrive(box, at_ms)
        else:
            self.current, self.closed = box, False

    def _leave(self, box: str, output: str) -> None:
        if box != self.current or not self.steps:
            return
        index = len(self.steps) - 1
        if self.calls and self.calls[-1][0] == box:
            index = self.calls.pop()[1]
        step = self.steps[index]
        found = max(self.out.get(box, ()), key=lambda link: _fits(link, output), default=None)
        taken = found.number if found is not None and _fits(found, output) > 0 else -1
        if taken >= 0 and found is not None and found.kind != "call":
            self.steps[index] = Step(step.number, box, step.at_ms, output, taken)
        else:
            self.steps[index] = Step(step.number, box, step.at_ms, output)
        self.closed = True

    def _arrive(self, box: str, at_ms: int) -> None:
        link = self._link_to(box)
        if link is not None:
            self.links.add(link.number)
            if not link.target and link.lane in self.entries:
                self.links.add(self.entries[link.lane].number)
        self.steps.append(Step(len(self.steps) + 1, box, at_ms))
        self.current, self.closed = box, False

    def _link_to(self, box: str) -> Link | None:
        """The link by which the run came here from where it was; outputs decide between several."""
        lane = self.diagram.boxes[box].lane
        first = self.entries[lane].target if lane in self.entries else ""
        ways = [
            link
            for link in self.out.get(self.current, ())
            if link.target == box or (not link.target and link.lane == lane and box == first)
        ]
        left = next((step.output for step in reversed(self.steps) if step.box == self.current), "")
        return max(ways, key=lambda link: _fits(link, left), default=None)


def _fits(link: Link, output: str) -> int:
    """How well a link stands for an output: by name, else as the plain way down."""
    if output.lower() in (name.lower() for name in link.outputs):
        return 2
    return int(not output and link.outputs in ((), ("done",), ("failure",)))


def badge(numbers: Sequence[int]) -> str:
    """Step numbers in little room: the first two and the last.

    >>> badge([3]), badge([3, 7, 9, 12])
    ('3', '3·7…12')
    """
    if len(numbers) <= 3:
        return "·".join(str(number) for number in numbers)
    return f"{numbers[0]}·{numbers[1]}…{numbers[-1]}"
