"""The one seam for clock, ids and randomness.

Everything that would differ between two runs of the same program comes from a `Seam`, so that a test
or a simulation with the same seed gives the same bytes. Virtual time starts at `start` and moves only
when the engine moves it.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

# A moment that no one mistakes for now: simulations without --at start on a plain working day.
DEFAULT_START = datetime(2025, 6, 2, 10, 0, 0, tzinfo=UTC)


@dataclass(slots=True)
class Seam:
    """Clock, ids and random numbers of one run.

    Attributes:
        start: the moment at which virtual time begins (aware, UTC).
        seed: seed of ids and random numbers.
    """

    start: datetime = DEFAULT_START
    seed: int = 0
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def new_id(self) -> str:
        """A version 4 GUID made from the seed."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))
