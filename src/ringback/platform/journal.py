"""The journal of requests: the last ones, for tests that ask what a client really sent.

One worker keeps it in memory. Several write theirs into the database a few times a second, so that any of
them can answer for all.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa

from ringback.platform.call import Reply
from ringback.platform.clock import iso
from ringback.platform.store import tables
from ringback.platform.store.prepared import insert

if TYPE_CHECKING:
    from ringback.platform.exchange import Exchange
    from ringback.platform.store.store import Store

KEPT = 1_000  # requests; named in docs/limits.md
MAX_BODY = 4_096  # bytes of a request body that are kept
FLUSH_SECONDS = 0.2
# Bodies that may hold secrets are not kept at all.
_SECRET = ("/oauth/", "/credentials")
_OWN = "/_ringback/"
_ADD = insert(tables.journal)
_encode, _decode = msgspec.json.Encoder().encode, msgspec.json.decode


class Journal:
    """The last requests of all workers."""

    def __init__(self, store: Store, *, shared: bool) -> None:
        self.store, self.shared = store, shared
        self._last: deque[tuple[int, int, float, Exchange]] = deque(maxlen=KEPT)
        self._lock = threading.Lock()
        self._number = 0

    def note(self, exchange: Exchange, *, took_ms: float) -> None:
        """Remember one request; those that steer the server are not of interest."""
        if exchange.scope["path"].startswith(_OWN):
            return
        self._number += 1
        if exchange.call:  # what is kept must not keep ten megabytes
            exchange.call.raw, exchange.call.body = exchange.call.raw[:MAX_BODY], None
        exchange.reply = Reply()
        self._last.append((self._number, self.store.clock(), took_ms, exchange))

    def flush(self) -> None:
        """Write what is new into the database and forget the oldest there."""
        with self._lock:
            rows = [self._last.popleft() for _ in range(len(self._last))]
            if not rows:
                return
            with self.store.write() as transaction:
                added = [{"at": row[1], "body": _encode(_entry(row)).decode()} for row in rows]
                _ADD.run_many(transaction.connection, added)
                newest = sa.select(sa.func.max(tables.journal.c.seq)).scalar_subquery()
                transaction.connection.execute(
                    sa.delete(tables.journal).where(tables.journal.c.seq <= newest - KEPT)
                )

    def entries(self) -> list[dict[str, Any]]:
        """The requests that are kept, oldest first."""
        if not self.shared:
            return [_entry(row) for row in list(self._last)]
        self.flush()
        statement = sa.select(tables.journal.c.seq, tables.journal.c.body).order_by(tables.journal.c.seq)
        rows = self.store.read().connection.execute(statement)
        return [_decode(row.body) | {"id": row.seq} for row in rows]

    def forget(self) -> None:
        """Forget what this worker remembers."""
        self._last.clear()

    def clear(self) -> None:
        """Forget everything, of all workers."""
        self.forget()
        if self.shared:
            with self.store.write() as transaction:
                transaction.connection.execute(sa.delete(tables.journal))


def _entry(row: tuple[int, int, float, Exchange]) -> dict[str, Any]:
    number, at, took_ms, exchange = row
    scope, call = exchange.scope, exchange.call
    entry = {
        "id": number,
        "at": iso(at),
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode("latin-1"),
        "status": exchange.status,
        "durationMs": round(took_ms, 2),
        "clientId": call.principal.client_id if call else "",
        "correlationId": exchange.correlation_id,
    }
    if call and call.raw and not any(part in scope["path"] for part in _SECRET):
        entry["body"] = _body(call.raw)
    return entry


def _body(raw: bytes) -> Any:
    try:
        return _decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return raw.decode("utf-8", "replace")
