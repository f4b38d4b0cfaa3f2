"""The audit trail of a contact: a chain of hashes, so that a changed, missing or added entry shows.

Each entry's hash covers the one before it; the first covers what was read. The row of the contact holds the
number and hash of the last entry, so that cutting the end off shows as well. Who can write to the database
can also compute every hash anew, unless the chain has a key (`RINGBACK_AUDIT_KEY`) that is kept elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

_encode = msgspec.json.Encoder(order="sorted").encode
KEY_VARIABLE = "RINGBACK_AUDIT_KEY"


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of a contact.

    Attributes:
        seq: from 1; 0 is what was read.
        at: ms since 1970.
        action: what was done, past tense.
        body: facts, JSON.
        hash: hexadecimal.
    """

    seq: int
    at: int
    action: str
    body: str
    hash: str

    def to_dict(self) -> dict[str, Any]:
        """The entry as JSON."""
        moment = datetime.fromtimestamp(self.at / 1000, UTC).isoformat(timespec="milliseconds")
        known = {"seq": self.seq, "at": moment.replace("+00:00", "Z"), "action": self.action}
        return {**known, "facts": msgspec.json.decode(self.body), "hash": self.hash}


class Chain:
    """Makes and checks the hashes of trails.

    Args:
        key: of the chain; empty for plain hashes.
    """

    def __init__(self, key: str = "") -> None:
        self._key = key.encode()

    def first(self, read: Mapping[str, Any]) -> str:
        """The hash of what was read."""
        return self._hash(_encode(dict(read)))

    def entry(self, before: tuple[int, str], *, at: int, action: str, facts: Mapping[str, Any]) -> Entry:
        """The entry after the one with a number and a hash."""
        seq, body = before[0] + 1, _encode(dict(facts)).decode()
        return Entry(seq, at, action, body, self._link(before[1], seq, at=at, action=action, body=body))

    def broken_at(self, first: str, entries: Iterable[Entry], *, head: tuple[int, str]) -> int | None:
        """The number of the first entry that does not hold, or None.

        Args:
            first: hash of what was read.
            entries: in order.
            head: number and hash of the last entry, as the contact's row has them.
        """
        seq, known = 0, first
        for each in entries:
            made = self._link(known, each.seq, at=each.at, action=each.action, body=each.body)
            if each.seq != seq + 1 or made != each.hash:
                return seq + 1
            seq, known = each.seq, each.hash
        return None if (seq, known) == head else seq + 1

    def _link(self, before: str, seq: int, *, at: int, action: str, body: str) -> str:
        return self._hash(_encode([before, seq, at, action, body]))

    def _hash(self, data: bytes) -> str:
        if self._key:
            return hmac.digest(self._key, data, hashlib.sha256).hex()
        return hashlib.sha256(data).hexdigest()
