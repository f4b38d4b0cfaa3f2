"""Time and ids of the local platform; the seam that tests move.

`offset_ms` is a control document, so every worker sees the same moved clock.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from uuid import UUID, uuid4

OFFSET = "clock"  # name of the control document: {"offset_ms": n}


class Clock:
    """Milliseconds since 1970, plus an offset."""

    __slots__ = ("offset_ms",)

    def __init__(self) -> None:
        self.offset_ms = 0

    def __call__(self) -> int:
        """Now."""
        return time.time_ns() // 1_000_000 + self.offset_ms


def iso(ms: int) -> str:
    """A moment as the platform writes it: UTC, milliseconds, a literal Z (the Go SDK takes nothing else)."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


def from_iso(text: str) -> int:
    """Milliseconds of an ISO 8601 moment; without a zone it is UTC.

    Raises:
        ValueError: it is none.
    """
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def new_id() -> str:
    """A fresh UUID."""
    return str(uuid4())


def is_id(text: str) -> bool:
    """Whether it is a UUID as the platform writes them."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
