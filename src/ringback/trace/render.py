"""Events as lines for people.

    lines = render(events, titles={"callData": "Call Data Action"})

What an action did comes before its `action_ran` event; here it stands below the action's line. The time in
front is virtual: minutes, seconds and tenths since the interaction began. Policies that decided something
stand together at the end.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from ringback.trace import events as ev
from ringback.trace.details import FAULTS, details
from ringback.trace.layout import WIDTH, Line, Segment, Style, clean, cut, fitted

_MARGIN = 9
_INDENT = "  "
_OUTPUT_STYLES: Mapping[str, Style] = MappingProxyType({"failure": "error", "timeout": "warning"})
_NAME = 44  # columns of an action's name
_PLACE = 28  # characters of a place in the source
# From so many lines on, only the first and the last are shown.
FOLD_AT, HEAD, TAIL = 600, 300, 100
# What may be noted between the end of an action and the beginning of the next.
_AFTERWARDS = (ev.LanguageSet,)
# Events that stand on lines of their own rather than below an action.
_APART = (ev.FlowStarted, ev.ContainerEntered, ev.ErrorHandlingStarted, ev.CallerHungUp, ev.FlowEnded)


def render(
    events: Iterable[ev.Event], *, titles: Mapping[str, str] | None = None, width: int = WIDTH
) -> Iterator[Line]:
    """Lines of at most `width` columns.

    Args:
        events: the trace of a run.
        titles: action type -> Architect's name for it; the type itself where it is missing.
        width: columns of the terminal.
    """
    writer = _Writer(titles or {}, width)
    for event in events:
        yield from writer.take(event)
    yield from writer.flush()
    yield from writer.closing()


def folded(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, without the middle of a trace that nobody would read."""
    every = list(lines)
    if len(every) <= FOLD_AT:
        yield from every
        return
    yield from every[:HEAD]
    left_out = f"… {len(every) - HEAD - TAIL:,} lines left out; --output-format events shows everything …"
    yield (Segment(" " * _MARGIN), Segment(left_out, "dim"))
    yield from every[-TAIL:]


class _Writer:
    """Collects what happens inside an action until the action ends."""

    def __init__(self, titles: Mapping[str, str], width: int) -> None:
        self.titles = titles
        self.width = width
        self.inside: list[ev.Event] = []
        self.last_time = ""
        self.ended: ev.ActionRef | None = None
        self.policies: dict[str, str] = {}

    def take(self, event: ev.Event) -> Iterator[Line]:
        """The lines that are certain after this event."""
        if isinstance(event, ev.PolicyUsed):
            self.policies[event.policy] = event.choice
        elif isinstance(event, ev.ActionRan):
            yield from self.action(event, event.at_ms - event.duration_ms, output=_output(event))
        elif isinstance(event, _APART) or event.action is None:
            yield from self.flush()
            yield from self.alone(event)
        else:
            if self.inside and self.inside[-1].action != event.action:
                yield from self.flush()
            self.inside.append(event)

    def flush(self) -> Iterator[Line]:
        """What an action did that never ended."""
        if self.ended is not None and all(self.belongs_to_ended(event) for event in self.inside):
            yield from self.below()
        elif self.inside:
            failed = any(isinstance(event, FAULTS) for event in self.inside)
            output = [Segment(" → error", "error")] if failed else []
            yield from self.action(self.inside[0], self.inside[0].at_ms, output=output)

    def action(self, event: ev.Event, began_ms: int, *, output: list[Segment]) -> Iterator[Line]:
        """The line of an action, and below it what it did."""
        if event.action is not None:
            heading = [*self.heading(event.action), *output]
            yield self.line(began_ms, heading, right=_place(event.source))
            self.ended = event.action if isinstance(event, ev.ActionRan) else None
        yield from self.below()

    def belongs_to_ended(self, event: ev.Event) -> bool:
        """Whether an event says something about the action whose line is written already."""
        return event.action == self.ended and isinstance(event, _AFTERWARDS)

    def below(self) -> Iterator[Line]:
        """What an action did, below its line."""
        inside, self.inside = self.inside, []
        for detail in inside:
            for segments in details(detail):
                yield self.line(detail.at_ms, [Segment(_INDENT), *segments])

    def heading(self, ref: ev.ActionRef) -> list[Segment]:
        """Name and kind of an action; once when they are the same."""
        title = self.titles.get(ref.type, ref.type)
        name = Segment(cut(clean(ref.name), _NAME), "action")
        return [name] if ref.name.lower() == title.lower() else [name, Segment(f" · {title}", "dim")]

    def alone(self, event: ev.Event) -> Iterator[Line]:
        """An event outside any action."""
        for segments in details(event):
            yield self.line(event.at_ms, segments)

    def closing(self) -> Iterator[Line]:
        """Which undocumented behaviour was decided by which policy."""
        used = ", ".join(f"{name}={choice}" for name, choice in sorted(self.policies.items()))
        if used:
            room = self.width - _MARGIN
            for text in textwrap.wrap(
                f"by policy, because undocumented: {used}", room, break_on_hyphens=False
            ):
                yield (Segment(" " * _MARGIN), Segment(text, "dim"))

    def line(self, at_ms: int, segments: Iterable[Segment], *, right: str = "") -> Line:
        """A line with its time, unless the line above has the same."""
        now = clock(at_ms)
        front = Segment(" " * _MARGIN) if now == self.last_time else Segment(f"{now:>7}  ", "time")
        self.last_time = now
        return fitted([front, *segments], right=right, width=self.width)


def clock(ms: int) -> str:
    """Virtual time as minutes, seconds and tenths.

    >>> clock(62_340)
    '1:02.3'
    """
    minutes, rest = divmod(ms, 60_000)
    return f"{minutes}:{rest // 1000:02}.{rest % 1000 // 100}"


def _output(event: ev.ActionRan) -> list[Segment]:
    if not event.output:
        return []
    style = _OUTPUT_STYLES.get(event.output, "output")
    return [Segment(" → ", "dim"), Segment(clean(event.output), style)]


def _place(source: str) -> str:
    """`flow.yaml:12` of `some/folder/flow.yaml:12`, the path inside an export; of a long name the end."""
    file, _, inside = source.partition("#/")
    name = clean(inside.rpartition(":")[0] or file.replace("\\", "/").rpartition("/")[2])
    return name if len(name) <= _PLACE else f"…{name[1 - _PLACE :]}"
