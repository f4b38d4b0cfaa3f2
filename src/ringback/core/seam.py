"""The one seam for clock and randomness; ids follow from names, see `engine.world.made_id`.

Everything that would differ between two runs of the same program comes from a `Seam`, so that a test
or a simulation with the same seed gives the same bytes. Virtual time starts at `start` and moves only
when the engine moves it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random

# A moment that no one mistakes for now: simulations without --at start on a plain working day.
DEFAULT_START = datetime(2025, 6, 2, 10, 0, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Bound:
    """How long a run may take on the machine that runs it (limit `run_seconds`).

    Attributes:
        seconds: of the clock; infinite for as long as it takes.
        clock: seconds that only grow, such as `time.monotonic`.
        until: when the time is over; infinite before the run has begun.
    """

    seconds: float = math.inf
    clock: Callable[[], float] = float
    until: float = math.inf

    def begun(self) -> Bound:
        """The same from now on."""
        return replace(self, until=self.clock() + self.seconds)


@dataclass(frozen=True, slots=True)
class Seam:
    """Clock and random numbers of one run.

    Attributes:
        start: the moment at which virtual time begins (aware, UTC).
        seed: seed of the random numbers.
        bound: how long the run may take.
    """

    start: datetime = DEFAULT_START
    seed: int = 0
    bound: Bound = Bound()

    def random(self, number: int) -> float:
        """Random number `number` of the run, 0 <= x < 1; counted, so that a dumped session goes on alike."""
        return Random(f"{self.seed}:{number}").random()
