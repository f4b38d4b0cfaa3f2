"""The durable side of the contact pipeline: rows are added, claimed, recorded and counted.

Every change is one transaction together with its entry in the audit trail. A claim is a random text in the
row; who lost it (because its lease was over and another took the row up) can record nothing any more.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from ringback.cloud import pipeline_tables as tables
from ringback.cloud.pipeline_tables import CHECK, DONE, REGISTER, START
from ringback.cloud.pipeline_trail import Chain
from ringback.contacts.lifecycle import ROW_STEPS, step
from ringback.core.errors import RemoteError, UsageError

_ROWS = tables.contacts
_FIELDS = tuple(column for column in _ROWS.c if column.name not in ("step", "due", "changed"))


class ClaimLostError(Exception):
    """The lease of a row was over, and another worker has it now: this one stops working on it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A contact on its way, as it was claimed; the columns are described in `pipeline_tables`."""

    id: int
    organisation: str
    campaign: str
    external_id: str
    source: str
    line: int
    body: str
    until: int
    webhook: str
    state: str
    claim: str
    intent: str
    intent_at: int
    contact_id: str
    channel: str
    compliance: int
    conversation_id: str
    tries: int
    retries: int
    reason: str
    created: int
    trail_seq: int
    trail_hash: str

    @property
    def payload(self) -> dict[str, Any]:
        """The plain contact."""
        found: dict[str, Any] = msgspec.json.decode(self.body)
        return found

    @property
    def read(self) -> dict[str, Any]:
        """What the audit trail begins with."""
        known = ("organisation", "campaign", "external_id", "source", "line", "body", "created")
        return {name: getattr(self, name) for name in known}


@dataclass(frozen=True, slots=True)
class Change:
    """What a step made of a row.

    Attributes:
        action: for the audit trail.
        facts: for the audit trail.
        state: the new state; "" leaves it.
        step: what comes next; None leaves it.
        wait: ms until then.
        keep: whether the claim is kept, because the same worker goes on.
        values: other columns.
    """

    action: str
    facts: Mapping[str, Any]
    state: str = ""
    step: int | None = None
    wait: int = 0
    keep: bool = False
    values: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open transaction and its moment (ms since 1970, by the database's clock where it is shared)."""

    connection: sa.Connection
    now: int


class PipelineStore:
    """One database of the pipeline, for all threads of this process."""

    def __init__(
        self, url: str, *, chain: Chain | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        """Open it and make its tables.

        Args:
            url: as `open_engine` takes it.
            chain: of the audit trails.
            clock: seconds since 1970; PostgreSQL's own is used there, because machines share it.

        Raises:
            UsageError: it cannot be opened, or belongs to a newer ringback.
        """
        self.engine = tables.open_engine(url)
        self.chain = chain or Chain()
        self._clock = clock
        self._local = threading.local()
        self._open: list[sa.Connection] = []
        # SQLite has one writer; waiting here is fair, its busy handler is not.
        self._writer = threading.RLock()
        self.owner = f"{_machine()}:{os.getpid()}:{_started(os.getpid())}"
        try:
            with self.write() as transaction:
                tables.prepare(transaction.connection)
        except sa.exc.DBAPIError as error:
            raise UsageError(
                f"--db cannot be opened: {_said(error)}", hint="check file, rights, address"
            ) from None

    @property
    def embedded(self) -> bool:
        """Whether it is SQLite."""
        return self.engine.dialect.name == "sqlite"

    def _connection(self) -> sa.Connection:
        connection: sa.Connection | None = getattr(self._local, "connection", None)
        if connection is None or connection.closed or connection.invalidated:
            connection = self.engine.connect()
            if self.embedded:
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            self._local.connection = connection
            with self._writer:
                self._open.append(connection)
        return connection

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Transaction]:
        """One transaction: committed when the block ends, undone when it raises.

        Args:
            durable: whether it must outlive a power cut, and not just the end of this process. SQLite waits
                for the disk then, and everything before is safe as well; PostgreSQL always does.
        """
        connection = self._connection()
        if not self.embedded:
            with connection.begin():
                yield Transaction(connection, self.moment(connection))
            return
        with self._writer:
            driver = connection.connection.cursor()
            driver.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            driver.execute("BEGIN IMMEDIATE")
            try:
                yield Transaction(connection, self.moment(connection))
            except BaseException:
                driver.execute("ROLLBACK")
                raise
            driver.execute("COMMIT")

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A look at what is committed."""
        connection = self._connection()
        if self.embedded:
            yield Transaction(connection, self.moment(connection))
            return
        with connection.begin():
            yield Transaction(connection, self.moment(connection))

    def moment(self, connection: sa.Connection) -> int:
        """Now, in ms since 1970."""
        if self.embedded:
            return int(self._clock() * 1000)
        moment = sa.extract("epoch", sa.func.clock_timestamp()) * 1000
        return int(connection.execute(sa.select(moment)).scalar_one())

    def close(self) -> None:
        """Close every connection of every thread."""
        with self._writer:
            for connection in self._open:
                connection.close()
            self._open.clear()
        self.engine.dispose()

    # ---- rows come in

    def add(self, rows: Sequence[Mapping[str, Any]]) -> int:
        """Take contacts in; those that the campaign has already stay as they are. Gives how many are new.

        Args:
            rows: organisation, campaign, external_id, source, line, body, until, webhook, and what differs
                from a row that was just read.
        """
        insert = (sqlite_insert if self.embedded else pg_insert)(_ROWS).on_conflict_do_nothing()
        with self.write() as transaction:
            now = transaction.now
            fresh = {"state": "read", "step": REGISTER, "due": now, "created": now, "changed": now}
            given = [{**fresh, **row} for row in rows]
            for row in given:
                row["trail_hash"] = self.chain.first(_read(row))
            if not given:
                return 0
            if self.embedded:
                return transaction.connection.execute(insert, given).rowcount
            # psycopg does not count what many rows at once came to.
            return len(transaction.connection.execute(insert.returning(_ROWS.c.id), given).all())

    # ---- work

    def claim(
        self, transaction: Transaction, organisation: str, *, at: int, lease: int, most: int = 1
    ) -> list[Row]:
        """Take up rows that are due.

        Args:
            transaction: to do it in.
            organisation: whose.
            at: the step they are at.
            lease: ms until they become visible again.
            most: how many.
        """
        known = (_ROWS.c.organisation == organisation) & (_ROWS.c.step == at)
        query = sa.select(*_FIELDS).where(known & (_ROWS.c.due <= transaction.now))
        query = query.order_by(_ROWS.c.due, _ROWS.c.id).limit(most)
        if not self.embedded:
            query = query.with_for_update(skip_locked=True)
        found = [Row(**row) for row in transaction.connection.execute(query).mappings()]
        if not found:
            return []
        claim = f"{self.owner}#{uuid.uuid4().hex}"
        # A registration is sent right after this; a start is announced with the check's result.
        values: dict[str, Any] = {"claim": claim, "due": transaction.now + lease}
        if at == REGISTER:
            values |= {"intent": "register", "intent_at": transaction.now}
        ids = [row.id for row in found]
        transaction.connection.execute(_ROWS.update().where(_ROWS.c.id.in_(ids)).values(values))
        return [replace(row, claim=claim) for row in found]

    def record(
        self, changes: Sequence[tuple[Row, Change]], *, lease: int, durable: bool = False
    ) -> list[Row | None]:
        """Write down what became of claimed rows, each with its entry in the trail.

        Args:
            changes: rows and what became of them.
            lease: ms for which a claim that is kept holds.
            durable: see `write`.

        Returns:
            The rows as they are now; None where the claim was lost.
        """
        with self.write(durable=durable) as transaction:
            return [self.recorded(transaction, row, change=each, lease=lease) for row, each in changes]

    def recorded(self, transaction: Transaction, row: Row, *, change: Change, lease: int) -> Row | None:
        """The same for one row, in a transaction that is open."""
        entry = self.chain.entry(
            (row.trail_seq, row.trail_hash), at=transaction.now, action=change.action, facts=change.facts
        )
        values: dict[str, Any] = {**(change.values or {}), "changed": transaction.now}
        values |= {"trail_seq": entry.seq, "trail_hash": entry.hash}
        if change.state not in ("", row.state):
            values["state"] = step(ROW_STEPS, row.state, to=change.state)
        if not change.keep:
            values["claim"] = ""
        due = transaction.now + (lease if change.keep else change.wait)
        moved = values | {"due": due} | ({} if change.step is None else {"step": change.step})
        mine = (_ROWS.c.id == row.id) & (_ROWS.c.claim == row.claim)
        if not transaction.connection.execute(_ROWS.update().where(mine).values(moved)).rowcount:
            return None
        transaction.connection.execute(tables.trail.insert().values(_entry_values(row.id, entry)))
        values.pop("changed")
        return replace(row, **values)

    def note(self, transaction: Transaction, contact: int, *, action: str, facts: Mapping[str, Any]) -> None:
        """Add an entry to the trail of a contact that nobody needs to have claimed."""
        query = sa.select(_ROWS.c.trail_seq, _ROWS.c.trail_hash).where(_ROWS.c.id == contact)
        if not self.embedded:
            query = query.with_for_update()
        before = transaction.connection.execute(query).one()
        entry = self.chain.entry((before[0], before[1]), at=transaction.now, action=action, facts=facts)
        transaction.connection.execute(tables.trail.insert().values(_entry_values(contact, entry)))
        head = {"trail_seq": entry.seq, "trail_hash": entry.hash}
        transaction.connection.execute(_ROWS.update().where(_ROWS.c.id == contact).values(head))

    def free_dead(self, *, settle: int) -> int:
        """Give free what processes of this machine had that live no more; how many pieces of work.

        Args:
            settle: ms for which a row with an intent waits: the platform may still be carrying out what the
                process sent before it died, and a look-up would come too early.
        """
        freed = 0
        for table in (_ROWS, tables.deliveries):
            with self.read() as transaction:
                query = sa.select(table.c.claim).distinct().where(table.c.claim != "")
                dead = [claim for (claim,) in transaction.connection.execute(query) if _is_dead(claim)]
            if dead:
                freed += self._free(table, table.c.claim.in_(dead), settle=settle)
        return freed

    def release(self, *, settle: int) -> None:
        """Give free what this process has; at its end, so that the next one need not wait for the lease.

        Args:
            settle: as for `free_dead`: it may end because it could not write down what it sent.
        """
        for table in (_ROWS, tables.deliveries):
            mine = table.c.claim.startswith(f"{self.owner}#", autoescape=True)
            self._free(table, mine, settle=settle)

    def _free(self, table: sa.Table, which: sa.ColumnElement[bool], *, settle: int) -> int:
        with self.write() as transaction:
            # A moment in ms is no INTEGER of PostgreSQL.
            now, later = (sa.literal(transaction.now + more, sa.BigInteger) for more in (0, settle))
            due = sa.case((_ROWS.c.intent != "", later), else_=now) if table is _ROWS else now
            freeing = table.update().where(which).values(claim="", due=due)
            return transaction.connection.execute(freeing).rowcount

    def resume(self, organisation: str, campaign: str, *, until: int, webhook: str, only: str = "") -> int:
        """Put what stopped, broke or was wanted only in part back to work; gives how many rows that were.

        Args:
            organisation: whose.
            campaign: which.
            until: the last step that is wanted now.
            webhook: URL that is wanted now; "" for none.
            only: an external id; "" means all.
        """
        mine = (_ROWS.c.organisation == organisation) & (_ROWS.c.campaign == campaign)
        idle = mine & (_ROWS.c.step == DONE)
        if only:
            idle &= _ROWS.c.external_id == only
        known = _ROWS.c.contact_id != ""
        plans = (
            (idle & (_ROWS.c.state == "broken") & ~known, REGISTER),
            (idle & (_ROWS.c.state == "broken") & known & (_ROWS.c.intent == "start"), START),
            (idle & (_ROWS.c.state == "broken") & known & (_ROWS.c.intent != "start"), CHECK),
            (idle & _ROWS.c.state.in_(("stopped", "registered", "exists")), CHECK),
            (idle & (_ROWS.c.state == "checked"), START),
        )
        with self.write() as transaction:
            values = {"due": transaction.now, "tries": 0, "until": until, "webhook": webhook}
            return sum(
                transaction.connection.execute(
                    _ROWS.update().where(where).values({**values, "step": at})
                ).rowcount
                for where, at in plans
                if at <= until
            )

    # ---- what is known

    def counts(self, organisation: str, campaign: str) -> dict[str, int]:
        """State -> contacts of a campaign."""
        mine = (_ROWS.c.organisation == organisation) & (_ROWS.c.campaign == campaign)
        query = sa.select(_ROWS.c.state, sa.func.count()).where(mine).group_by(_ROWS.c.state)
        with self.read() as transaction:
            return {row[0]: row[1] for row in transaction.connection.execute(query)}

    def open_rows(self, organisation: str, *, only: str = "") -> bool:
        """Whether a contact of the organisation waits for a step, or one with an external id."""
        mine = (_ROWS.c.organisation == organisation) & (_ROWS.c.step > DONE)
        query = sa.select(_ROWS.c.id).where(mine & (_ROWS.c.external_id == only) if only else mine).limit(1)
        with self.read() as transaction:
            return transaction.connection.execute(query).first() is not None

    def queue_depth(self, organisation: str) -> int:
        """Contacts of the organisation that wait for a step."""
        mine = (_ROWS.c.organisation == organisation) & (_ROWS.c.step > DONE)
        query = sa.select(sa.func.count()).where(mine)
        with self.read() as transaction:
            return int(transaction.connection.execute(query).scalar_one())

    def waiting(self, organisation: str, *, at: int, most: int) -> int:
        """How many contacts wait for one step, counted up to `most`."""
        some = (
            sa.select(_ROWS.c.id).where(_ROWS.c.organisation == organisation, _ROWS.c.step == at).limit(most)
        )
        with self.read() as transaction:
            query = sa.select(sa.func.count()).select_from(some.subquery())
            return int(transaction.connection.execute(query).scalar_one())

    def find(self, contact: str) -> list[Row]:
        """The rows of an external id or an id of the platform, oldest first."""
        named = (_ROWS.c.external_id == contact) | (_ROWS.c.contact_id == contact)
        query = sa.select(*_FIELDS).where(named).order_by(_ROWS.c.id)
        with self.read() as transaction:
            return [Row(**row) for row in transaction.connection.execute(query).mappings()]

    def in_state(self, organisation: str, campaign: str, *, source: str, state: str) -> Iterator[Row]:
        """The rows of a file in a state, in its order, a page at a time."""
        mine = (_ROWS.c.organisation == organisation) & (_ROWS.c.campaign == campaign)
        after = 0
        while True:
            wanted = mine & (_ROWS.c.source == source) & (_ROWS.c.state == state) & (_ROWS.c.id > after)
            query = sa.select(*_FIELDS).where(wanted).order_by(_ROWS.c.id).limit(500)
            with self.read() as transaction:
                page = [Row(**row) for row in transaction.connection.execute(query).mappings()]
            if not page:
                return
            yield from page
            after = page[-1].id


def database_error(error: sa.exc.DBAPIError) -> RemoteError:
    """What a database that failed in the midst of work means for a person; no password stands in it."""
    hint = "nothing is lost: when the database is back, go on with --resume"
    return RemoteError(f"the pipeline's database failed: {_said(error)}", hint=hint)


def _said(error: sa.exc.DBAPIError) -> str:
    return " ".join(str(error.orig).split())[:300]


def _read(row: Mapping[str, Any]) -> dict[str, Any]:
    known = ("organisation", "campaign", "external_id", "source", "line", "body", "created")
    return {name: row[name] for name in known}


def _entry_values(contact: int, entry: Any) -> dict[str, Any]:
    known = {"at": entry.at, "action": entry.action, "body": entry.body, "hash": entry.hash}
    return {"contact": contact, "seq": entry.seq, **known}


@cache
def _machine() -> str:
    """Where numbers of processes mean the same: a host's name is shared by containers and by copies."""
    known = [socket.gethostname()]
    for read in (_boot, _process_names):
        with suppress(OSError):
            known.append(read())
    return "/".join(part.replace(":", "_").replace("#", "_") for part in known)


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _process_names() -> str:
    return str(Path("/proc/self/ns/pid").stat().st_ino)


def _started(pid: int) -> str:
    """When a process began, in the system's own units: numbers of processes are used again. "" if unknown."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]


def _is_dead(claim: str) -> bool:
    """Whether a claim belongs to a process of this machine that lives no more."""
    host, pid, began = claim.partition("#")[0].split(":")
    if host != _machine() or not Path("/proc/self/stat").exists():
        return False  # its lease will end
    return _started(int(pid)) != began
