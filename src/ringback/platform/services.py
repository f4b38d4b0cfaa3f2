"""What lives as long as a worker: store, clock, threads, and what is remembered of rights and controls."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from ringback.platform.clock import OFFSET, Clock
from ringback.platform.exchange import Exchange
from ringback.platform.faults import FaultRule, active
from ringback.platform.group_writer import GroupWriter
from ringback.platform.journal import Journal
from ringback.platform.metrics import Metrics
from ringback.platform.request_log import line, wanted, write
from ringback.platform.rights import Principal, principal_of
from ringback.platform.routing import Route
from ringback.platform.settings import Settings
from ringback.platform.store.prepared import Prepared
from ringback.platform.store.reader import Reader
from ringback.platform.store.store import Store

UNNOTICED_SECONDS = 0.05  # in which a change of rights by another process may go unnoticed
POOL_THREADS = 32  # calls that wait for the network or run flows at the same time, per worker
_DATA_VERSION = Prepared(sa.text("PRAGMA data_version"))
RATE_LIMIT = "rate_limit"  # name of the control document


@dataclass(slots=True)
class Controls:
    """What steers the server, as one generation of the control documents says.

    Attributes:
        generation: number of the generation; -1 before the first.
        faults: rules of `faults`, those that are used up left out.
        rate_limit: document of `rate_limit`, None while it is off.
    """

    generation: int = -1
    faults: list[FaultRule] = field(default_factory=list)
    rate_limit: Any = None


class Services:
    """The worker's own things. One instance per process."""

    def __init__(self, settings: Settings, routes: list[Route]) -> None:
        self.settings = settings
        self.routes = routes
        self.clock = Clock()
        self.store = Store(settings.url, self.clock)
        # SQLite has one writer at a time anyway; PostgreSQL's queue at the head of the audit trail.
        self.writers = ThreadPoolExecutor(1 if self.store.embedded else 8, thread_name_prefix="write")
        self.grouped = GroupWriter(self.store, self.writers) if self.store.embedded else None
        self.pool = ThreadPoolExecutor(POOL_THREADS, thread_name_prefix="work")
        self.controls = Controls()
        self.journal = Journal(self.store, shared=settings.workers > 1)
        self.metrics = Metrics()
        self._principals: dict[str, Principal] = {}
        self._seen_version: dict[int, int] = {}
        self._seen_commits, self._look_again = -1, 0.0

    def refresh(self, reader: Reader) -> None:
        """Notice what other threads and workers changed of controls and rights."""
        if self.store.embedded:
            if self._nothing_new():
                return
            version = _DATA_VERSION.run(reader.connection).fetchone()[0]
            key = id(reader.connection)
            if self._seen_version.get(key) == version and self.controls.generation >= 0:
                return
            self._seen_version[key] = version
        generation = reader.control("generation") or 0
        if generation != self.controls.generation:
            self._principals.clear()
            self.clock.offset_ms = int((reader.control(OFFSET) or {}).get("offset_ms", 0))
            self.controls = Controls(generation, active(reader), reader.control(RATE_LIMIT))

    def _nothing_new(self) -> bool:
        """Whether the only worker has written nothing since it last looked, not long ago.

        Another process may write the same file, too: one more `serve`, or a test. It is noticed after
        `UNNOTICED_SECONDS`; what this process writes, at once.
        """
        if self.settings.workers > 1:
            return False
        commits, now = self.store.commits, time.monotonic()
        if commits == self._seen_commits and now < self._look_again:
            return True
        self._seen_commits, self._look_again = commits, now + UNNOTICED_SECONDS
        return False

    def principal(self, reader: Reader, token: str) -> Principal | None:
        """The holder of a token, from memory when nothing changed."""
        if (known := self._principals.get(token)) is None and (
            known := principal_of(reader, token)
        ) is not None:
            self._principals[token] = known
        return known

    def observe(self, exchange: Exchange, seconds: float) -> None:
        """Write a finished request into the journal, the metrics and the log."""
        self.metrics.count(exchange, seconds)
        if self.settings.log != "off" and wanted(self.settings.log, exchange):
            write(line(exchange, seconds, now=self.clock()))
        self.journal.note(exchange, took_ms=seconds * 1000)

    def close(self) -> None:
        """Let running work end, then close the store."""
        self.pool.shutdown(wait=True, cancel_futures=True)
        self.writers.shutdown(wait=True)
        self.store.close()
