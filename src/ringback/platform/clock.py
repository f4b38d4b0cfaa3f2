"""Time and ids of the local platform; the seam that tests move.

`offset_ms` is a control document, so every worker sees the same moved clock.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from os import urandom
from uuid import UUID, uuid4

_MASK_48 = (1 << 48) - 1
_RANDOM_V7 = (1 << 76) - 1  # uuid4 has set the variant in there
# What `uuid4` does, in a third of its time: every answer has such an id.
_V4 = 4 << 76 | 2 << 62
_RANDOM_V4 = (1 << 128) - 1 & ~(0xF << 76) & ~(3 << 62)
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


def in_utc(text: str) -> str:
    """A moment of a request as answers hold it, such as Python's `2030-01-01T00:00:00+00:00`; see `iso`."""
    return iso(from_iso(text))


def new_id() -> str:
    """A fresh UUID."""
    text = (int.from_bytes(urandom(16), "big") & _RANDOM_V4 | _V4).to_bytes(16, "big").hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def timed_id(ms: int) -> str:
    """A fresh UUID of version 7 (RFC 9562), which holds a moment: what `moment_of` gives back."""
    return str(UUID(int=(ms & _MASK_48) << 80 | 7 << 76 | uuid4().int & _RANDOM_V7))


def moment_of(text: str) -> int | None:
    """The moment of a `timed_id`, ms since 1970; None when it is another text."""
    try:
        identity = UUID(text)
    except ValueError:
        return None
    return identity.int >> 80 if identity.version == 7 else None


def is_id(text: str) -> bool:
    """Whether it is a UUID as the platform writes them."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
