"""Time and chance of a client: the machine's own, or virtual ones from a `Seam`.

Everything that waits asks a `Clock`, so that a test of minutes of waiting takes none and the jitter of a seed
is the same every time.
"""

from __future__ import annotations

import itertools
import random
import threading
import time
from typing import Protocol

from ringback.core.seam import Seam


class Clock(Protocol):
    """What a client needs to know about time."""

    def now(self) -> float:
        """Seconds since 1970, for moments that are written down."""
        ...

    def elapsed(self) -> float:
        """Seconds since some beginning; never goes back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let time go by."""
        ...

    def random(self) -> float:
        """The next random number, 0 <= x < 1."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def elapsed(self) -> float:
        """Seconds since some beginning."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Really waits."""
        time.sleep(seconds)

    def random(self) -> float:
        """A number that nobody can foresee: clients that failed together must not come back together."""
        return random.random()


class VirtualClock:
    """Time that moves only when somebody sleeps; usable from several threads.

    Attributes:
        slept: every wait, in seconds, in order.
    """

    def __init__(self, seam: Seam | None = None) -> None:
        self._seam = seam or Seam()
        self._numbers = itertools.count()
        self._passed = 0.0
        self._lock = threading.Lock()
        self.slept: list[float] = []

    def now(self) -> float:
        """The seam's start plus what was slept."""
        return self._seam.start.timestamp() + self._passed

    def elapsed(self) -> float:
        """What was slept."""
        return self._passed

    def sleep(self, seconds: float) -> None:
        """Moves time."""
        with self._lock:
            self._passed += seconds
            self.slept.append(seconds)

    def random(self) -> float:
        """The seam's next number."""
        return self._seam.random(next(self._numbers))
