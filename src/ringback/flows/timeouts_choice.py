"""What `--set 'NAME=10s'` means: the step, the timeout, and whether it is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from ringback.core.errors import UsageError
from ringback.dataactions.model import MAX_SUGGESTED_TIMEOUT
from ringback.documents import suggestion
from ringback.flows.timeouts import TimedStep, Timeouts

_DURATION = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>ms|s|sec|seconds|m|min|minutes)?\Z")
_UNITS_MS: Mapping[str, int] = MappingProxyType(
    {"ms": 1, "s": 1_000, "sec": 1_000, "seconds": 1_000, "m": 60_000, "min": 60_000, "minutes": 60_000}
)
_NATIVE_MAX_MS = int(MAX_SUGGESTED_TIMEOUT * 1000)
_PLAIN_MAX_MS = 30_000
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Range:
    """The timeouts that are allowed, in milliseconds, both ends included.

    >>> str(Range(1_000, 30_000))
    '1 s to 30 s'
    """

    low: int
    high: int

    def __str__(self) -> str:
        """`1 s to 30 s`."""
        return f"{in_words(self.low)} to {in_words(self.high)}"


NATIVE = Range(1_000, _NATIVE_MAX_MS)
PLAIN = Range(1_000, _PLAIN_MAX_MS)


def in_words(milliseconds: int) -> str:
    """A duration in the shortest exact form.

    >>> in_words(90_000), in_words(60_000), in_words(1_500), in_words(250)
    ('90 s', '60 s', '1.5 s', '0.25 s')
    """
    return f"{milliseconds / 1000:.3f}".rstrip("0").rstrip(".") + " s"


def duration_ms(text: str) -> int:
    """Milliseconds of `10s`, `1500ms`, `1m` or `10` (seconds).

    Raises:
        UsageError: it is no duration, or no whole number of milliseconds.
    """
    match = _DURATION.match(text.strip())
    exact = Decimal(match["number"]) * _UNITS_MS[match["unit"] or "s"] if match else Decimal("0.5")
    if match is None or exact != int(exact):
        raise UsageError(f"{text.strip()!r} is no duration", hint="write it like 10s, 1500ms or 1m")
    return int(exact)


def range_of(text: str) -> Range:
    """The range of `1s..30s`.

    Raises:
        UsageError: it is no range, or empty.
    """
    low, dots, high = text.partition("..")
    if not dots:
        raise UsageError(f"--allow-range {text!r} is no range", hint="write it like 1s..30s")
    found = Range(duration_ms(low), duration_ms(high))
    if not 0 < found.low <= found.high:
        raise UsageError(f"--allow-range {text!r} is empty", hint="write the smaller one first: 1s..30s")
    return found


def changes_of(
    found: Timeouts, wanted: Iterable[str], *, every: bool = False, allowed: Range | None = None
) -> dict[str, int]:
    """Id of each step -> milliseconds, for texts like `NAME=10s`.

    Args:
        found: the document.
        wanted: the texts.
        every: a name that several steps have means all of them.
        allowed: instead of 1 to 60 s for Architect's own steps and 1 to 30 s for plain ones.

    Raises:
        UsageError: no such name, several steps of that name, a step that is set twice, a timeout that is not
            allowed; the message says which names, ids or limits there are.
    """
    changes: dict[str, int] = {}
    for text in wanted:
        name, equals, duration = text.rpartition("=")
        if not equals or not name.strip():
            raise UsageError(f"--set {text!r} is not NAME=TIMEOUT", hint="for example: --set 'Look up=10s'")
        milliseconds = duration_ms(duration)
        for step in chosen(found.steps, name.strip(), every=every):
            limits = allowed or (NATIVE if step.native else PLAIN)
            if not limits.low <= milliseconds <= limits.high:
                raise _not_allowed(step, milliseconds, limits=limits)
            if step.id in changes:
                raise UsageError(f"--set names the step {step.name!r} ({step.id}) twice")
            changes[step.id] = milliseconds
    return changes


def _not_allowed(step: TimedStep, milliseconds: int, *, limits: Range) -> UsageError:
    return UsageError(
        f"{in_words(milliseconds)} is not allowed for {step.name!r}: a timeout is {limits}",
        hint="--allow-range sets other limits",
    )


def chosen(steps: tuple[TimedStep, ...], name: str, *, every: bool = False) -> tuple[TimedStep, ...]:
    """The steps that a name means: `NAME`, `NAME#id`, an id, or `container/NAME`.

    Raises:
        UsageError: there is none, or there are several and `every` is False.
    """
    found = tuple(step for step in steps if step.name == name)
    found = found or tuple(step for step in steps if name in (step.id, f"{step.name}#{step.id}"))
    found = found or tuple(step for step in steps if name == f"{step.container}/{step.name}")
    found = found or tuple(step for step in steps if step.name.casefold() == name.casefold())
    if not found:
        raise _no_such_step(steps, name)
    if len(found) > 1 and not every:
        ids = "\n".join(f"    {step.name}#{step.id}  (line {step.span.line})" for step in found[:_SHOWN])
        raise UsageError(
            f"{len(found)} steps are called {name!r}:\n{ids}", hint="name one of these, or add --all"
        )
    return found


def _no_such_step(steps: tuple[TimedStep, ...], name: str) -> UsageError:
    names = list(dict.fromkeys(step.name for step in steps))
    if not names:
        return UsageError(f"there is no step {name!r}: the flow calls no data action")
    near = suggestion(name, names, what="steps")
    more = f", … ({len(names) - _SHOWN} more)" if len(names) > _SHOWN else ""
    listed = ", ".join(repr(other) for other in names[:_SHOWN]) + more
    return UsageError(
        f"there is no data action step {name!r}; there are: {listed}",
        hint=near if near.startswith("did") else "",
    )
