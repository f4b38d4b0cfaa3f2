"""Reading the audit trail of a contact back, and whether it is whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import msgspec
import sqlalchemy as sa

from ringback.cloud import pipeline_tables as tables
from ringback.cloud.pipeline_store import PipelineStore, Row
from ringback.cloud.pipeline_trail import Entry

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Trail:
    """What was done with a contact in one campaign.

    Attributes:
        row: the contact as it stands.
        entries: in order; the first is what was read.
        broken_at: number of the first entry that does not hold; None when all do.
    """

    row: Row
    entries: tuple[Entry, ...]
    broken_at: int | None

    def to_dict(self) -> dict[str, Any]:
        """The trail as JSON."""
        row = self.row
        return {
            "externalContactId": row.external_id,
            "id": row.contact_id,
            "campaign": row.campaign,
            "organisation": row.organisation,
            "state": row.state,
            "conversationId": row.conversation_id,
            "intact": self.broken_at is None,
            "brokenAt": self.broken_at,
            "head": row.trail_hash,
            "entries": [entry.to_dict() for entry in self.entries],
        }

    def lines(self) -> Iterator[str]:
        """The trail as text."""
        row = self.row
        known_as = row.contact_id or "not registered"
        yield f"{row.external_id} ({known_as}), campaign {row.campaign}: {row.state}"
        for entry in self.entries:
            known: dict[str, Any] = entry.to_dict()
            facts = ", ".join(
                f"{name} {_shown(value)}" for name, value in known["facts"].items() if value not in ("", None)
            )
            first = f"  {known['at']}  {entry.action:<14} "
            # JSON has few spaces: it is cut where the line ends.
            yield from wrap(first + facts, WIDTH, subsequent_indent=" " * len(first)) or [first.rstrip()]
        if self.broken_at is None:
            yield f"  the trail is whole; last hash {row.trail_hash}"
        else:
            yield f"  the trail was CHANGED: entry {self.broken_at} does not hold"


def trails_of(store: PipelineStore, contact: str) -> list[Trail]:
    """The trails of an external id or an id of the platform, oldest first."""
    return [_trail(store, row) for row in store.find(contact)]


def _trail(store: PipelineStore, row: Row) -> Trail:
    table = tables.trail
    known = (table.c.seq, table.c.at, table.c.action, table.c.body, table.c.hash)
    query = sa.select(*known).where(table.c.contact == row.id).order_by(table.c.seq)
    with store.read() as transaction:
        entries = [Entry(*found) for found in transaction.connection.execute(query)]
    first = store.chain.first(row.read)
    broken = store.chain.broken_at(first, entries, head=(row.trail_seq, row.trail_hash))
    facts = {"source": row.source, "line": row.line, "contact": msgspec.json.decode(row.body)}
    read = Entry(0, row.created, "read", msgspec.json.encode(facts).decode(), first)
    return Trail(row, (read, *entries), broken)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
