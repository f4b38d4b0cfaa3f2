"""What the CRM is told, when a delivery is tried again, and how a receiver takes it once.

A delivery that fails is tried again after 5 s, 10 s, 20 s … up to an hour, each a little earlier or later by
chance, until a day has passed; then it is a dead letter. The receiver has 10 s to answer.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

import msgspec

from ringback.core.seam import Seam
from ringback.core.signing import TOLERANCE_SECONDS, Secret, SignatureError, verify
from ringback.core.signing import sign as sign_body

EVENT = "contact_interaction_created"
# Seconds until a delivery without an answer counts as failed, as Genesys' open messaging does.
TIMEOUT_SECONDS = 10.0

_FIRST_DELAY = 5.0
_LONGEST_DELAY = 3_600.0
_DAY = 86_400.0
# A delay is 80 to 120 % of its nominal length, so that a receiver that comes back is not hit by all at once.
_JITTER = 0.2

Result = Literal["delivered", "retry", "dead"]


@dataclass(frozen=True, slots=True)
class InteractionCreated:
    """The event `contact_interaction_created`.

    Attributes:
        latency_ms: from the row being read, or the request, to the answer of the platform.
        at: when it happened, aware.
        channel: over which the contact is reached.
        compliance_checked: whether rules were asked.
    """

    contact_id: str
    conversation_id: str
    latency_ms: int
    at: datetime
    channel: str
    compliance_checked: bool
    success: bool = True

    def to_dict(self) -> dict[str, Any]:
        """The body as JSON."""
        moment = self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {
            "event": EVENT,
            "contact_id": self.contact_id,
            "conversation_id": self.conversation_id,
            "success": self.success,
            "latency_ms": self.latency_ms,
            "timestamp": moment,
            "audit_log": {
                "action": "interaction_initiated",
                "channel": self.channel,
                "compliance_checked": self.compliance_checked,
            },
        }

    def body(self) -> bytes:
        """The bytes that are signed and sent; the same event gives the same bytes."""
        return msgspec.json.encode(self.to_dict())


def headers_of(body: bytes, secrets: Iterable[Secret], *, webhook_id: str, at: datetime) -> dict[str, str]:
    """All headers of one try: content type, id, time and signatures (none without secrets)."""
    known = tuple(secrets)
    headers = {"content-type": "application/json", "webhook-id": webhook_id}
    if not known:
        return headers | {"webhook-timestamp": str(int(at.timestamp()))}
    return headers | sign_body(body, known, webhook_id=webhook_id, timestamp=int(at.timestamp()))


def result_of(status: int | None) -> Result:
    """What an answer means: 2xx is delivered; none (a time-out), 408, 425, 429 and 5xx are tried again.

    >>> [result_of(status) for status in (204, None, 429, 503, 302, 410)]
    ['delivered', 'retry', 'retry', 'retry', 'dead', 'dead']
    """
    if status is None or status in (408, 425, 429) or 500 <= status <= 599:
        return "retry"
    return "delivered" if 200 <= status <= 299 else "dead"


def retry_delay(
    tries: int, *, elapsed: float, chance: float, retry_after: float | None = None
) -> float | None:
    """Seconds until the next try, or None when a day is over.

    Args:
        tries: how many there were, at least 1.
        elapsed: seconds since the first of them.
        chance: a random number, 0 <= x < 1.
        retry_after: what the receiver asked for; never waited for less.

    >>> [retry_delay(tries, elapsed=0, chance=0.5) for tries in (1, 2, 3, 20)]
    [5.0, 10.0, 20.0, 3600.0]
    """
    nominal = min(_FIRST_DELAY * 2 ** min(tries - 1, 32), _LONGEST_DELAY)
    delay = max(nominal * (1 - _JITTER + 2 * _JITTER * chance), retry_after or 0.0)
    return delay if elapsed + delay <= _DAY else None


def retry_chance(seam: Seam, webhook_id: str, *, tries: int) -> float:
    """The random number of one try of one delivery: the same in every run with the same seed."""
    return seam.random(zlib.crc32(f"{webhook_id}:{tries}".encode()))


class SeenIds(Protocol):
    """Where a receiver remembers deliveries; a database table with the id as key will do."""

    def has(self, webhook_id: str) -> bool:
        """Whether the delivery was handled."""

    def add(self, webhook_id: str) -> None:
        """Remember that it was; best in the transaction that handles it."""


class MemoryIds:
    """Remembers the last deliveries of this process.

    Attributes:
        most: how many; 100,000 take about 15 MB. Senders try again for a day, so it should hold a day's.
    """

    def __init__(self, most: int = 100_000) -> None:
        self.most = most
        self._ids: OrderedDict[str, None] = OrderedDict()

    def has(self, webhook_id: str) -> bool:
        """Whether the delivery was handled."""
        return webhook_id in self._ids

    def add(self, webhook_id: str) -> None:
        """Remember it, and forget the oldest when there are too many."""
        self._ids[webhook_id] = None
        self._ids.move_to_end(webhook_id)
        while len(self._ids) > self.most:
            self._ids.popitem(last=False)

    def __len__(self) -> int:
        return len(self._ids)


@dataclass(frozen=True, slots=True)
class Received:
    """A delivery whose signature holds.

    Attributes:
        id: the same for every try.
        event: the parsed body.
        repeated: whether it was handled already; answer 2xx and do nothing.
    """

    id: str
    event: Mapping[str, Any]
    repeated: bool


class Receiver:
    """Verifies deliveries and tells repeats apart.

    >>> receiver = Receiver([Secret("correct horse battery staple")])
    >>> receiver.receive({}, b"{}", now=0.0)
    Traceback (most recent call last):
    ringback.core.signing.SignatureError: the header webhook-id is missing
    """

    def __init__(
        self,
        secrets: Iterable[Secret | str],
        seen: SeenIds | None = None,
        *,
        tolerance: float = TOLERANCE_SECONDS,
    ) -> None:
        self._secrets = [one if isinstance(one, Secret) else Secret(one) for one in secrets]
        self._seen: SeenIds = MemoryIds() if seen is None else seen
        self._tolerance = tolerance

    def receive(self, headers: Mapping[str, str], body: bytes, *, now: float) -> Received:
        """Verify a delivery; `done` afterwards says that it was handled.

        Args:
            headers: of the request, names in any case.
            body: the bytes as they came.
            now: seconds since 1970.

        Raises:
            SignatureError: it is not from who holds a secret, too old, or its body is no JSON object.
        """
        webhook_id = verify(headers, body, secrets=self._secrets, now=now, tolerance=self._tolerance)
        try:
            event = msgspec.json.decode(body)
        except (msgspec.DecodeError, RecursionError):
            event = None
        if not isinstance(event, dict):
            raise SignatureError("the body is no JSON object", code="bad_body")
        return Received(webhook_id, event, self._seen.has(webhook_id))

    def done(self, received: Received) -> None:
        """Remember a delivery, after it was handled: a crash before then lets the next try handle it."""
        self._seen.add(received.id)

    def handle(
        self,
        headers: Mapping[str, str],
        body: bytes,
        *,
        now: float,
        action: Callable[[Mapping[str, Any]], None],
    ) -> bool:
        """Verify a delivery and call `action` with its event unless it is a repeat; whether it was called.

        Raises:
            SignatureError: as for `receive`; whatever `action` raises, and then the next try counts.
        """
        received = self.receive(headers, body, now=now)
        if received.repeated:
            return False
        action(received.event)
        self.done(received)
        return True
