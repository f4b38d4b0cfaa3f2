"""The audit trail: one entry per write, in the same transaction, chained by hash.

Each hash covers the hash before it, so a row that was changed, removed or put in later breaks the chain from
there on; `verify` finds the place.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from ringback.platform.store import tables

GENESIS = "0" * 64
_BATCH = 10_000


def chained(previous: str, seq: int, *, body: str) -> str:
    """The hash of an entry: SHA-256 over the hash before it, its number and its canonical JSON."""
    return hashlib.sha256(f"{previous}\n{seq}\n{body}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found.

    Attributes:
        entries: how many hold, from the first.
        broken_at: the first that does not; None when all do.
        reason: what is wrong with it.
        head: hash of the last entry that holds.
    """

    entries: int
    broken_at: int | None = None
    reason: str = ""
    head: str = GENESIS


def verify(connection: sa.Connection) -> Verdict:
    """Walk the whole chain from its first entry to its head; others may write meanwhile."""
    seq, previous, seen = 0, GENESIS, -1
    while True:
        statement = (
            sa.select(tables.audit).where(tables.audit.c.seq > seq).order_by(tables.audit.c.seq).limit(_BATCH)
        )
        rows = connection.execute(statement).all()
        for row in rows:
            if row.seq != seq + 1:
                return Verdict(seq, seq + 1, f"entry {seq + 1} is missing", previous)
            if row.hash != chained(previous, row.seq, body=row.body):
                return Verdict(seq, row.seq, f"entry {row.seq} was changed after it was written", previous)
            seq, previous = row.seq, row.hash
        if len(rows) == _BATCH:
            continue
        head = connection.execute(sa.select(tables.audit_head)).one()
        if head.seq <= seq or seen == seq:
            break
        seen = seq  # written since the rows were read, unless none follows
    if (head.seq, head.hash) != (seq, previous):
        reason = f"the chain ends at entry {seq}, its head says {head.seq}"
        return Verdict(seq, seq + 1, reason, previous)
    return Verdict(seq, head=previous)
