"""Writing the store: one transaction, which ends with its audit entries or leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import sqlalchemy as sa

from ringback.platform.errors import conflict
from ringback.platform.store import tables
from ringback.platform.store.audit import chained
from ringback.platform.store.prepared import Prepared, insert
from ringback.platform.store.reader import Body, Key, Reader

encode = msgspec.json.Encoder().encode
_E = tables.entities.c
_SAME = (
    _E.kind == sa.bindparam("at_kind"),
    _E.parent == sa.bindparam("at_parent"),
    _E.id == sa.bindparam("at_id"),
)
_INSERT = insert(tables.entities)
_COLUMNS = ("name_key", "division_id", "state", "modified", "body")
_UPDATE = Prepared(
    sa.update(tables.entities).where(*_SAME).values({name: sa.bindparam(name) for name in _COLUMNS})
)
_DELETE = Prepared(sa.delete(tables.entities).where(*_SAME))
_ADD_KEY, _ADD_CLAIM, _ADD_AUDIT = insert(tables.search_keys), insert(tables.claims), insert(tables.audit)
EVENTS_KEPT = 10_000  # events that stay at least; a listener that is further behind has lost some
_ADD_EVENT = Prepared(
    sa.insert(tables.events)
    .values({name: sa.bindparam(name) for name in ("at", "topic", "body")})
    .returning(tables.events.c.seq)
)
_DROP_EVENTS = Prepared(sa.delete(tables.events).where(tables.events.c.seq <= sa.bindparam("until")))
_DROP = {
    table.name: Prepared(
        sa.delete(table).where(table.c.kind == sa.bindparam("at_kind"), table.c.id == sa.bindparam("at_id"))
    )
    for table in (tables.search_keys, tables.claims)
}
_HEAD = {
    # SQLite's BEGIN IMMEDIATE has already made the writers queue; PostgreSQL queues them at this row.
    "sqlite": Prepared(sa.select(tables.audit_head.c.seq, tables.audit_head.c.hash)),
    "postgresql": Prepared(sa.select(tables.audit_head.c.seq, tables.audit_head.c.hash).with_for_update()),
}
_SET_HEAD = Prepared(
    sa.update(tables.audit_head).values(seq=sa.bindparam("seq_now"), hash=sa.bindparam("hash_now"))
)
_SET_CONTROL = Prepared(
    sa.update(tables.controls)
    .where(tables.controls.c.name == sa.bindparam("at_name"))
    .values(body=sa.bindparam("body"))
)
_ADD_CONTROL = insert(tables.controls)


class Transaction(Reader):
    """What a write handler sees. It reads its own writes; an exception undoes them all."""

    __slots__ = ("_head", "now")

    def __init__(self, connection: sa.Connection, now: int) -> None:
        """Begin; `now` is the moment of everything written here, ms since 1970."""
        super().__init__(connection)
        self.now = now
        self.begin_again()

    def begin_again(self) -> None:
        """Read the head of the audit trail, which the next entry follows; in PostgreSQL, wait for it."""
        self._head: tuple[int, str] = _HEAD[self.connection.dialect.name].run(self.connection).fetchone()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the transaction that an exception undoes by itself, as one entity of a bulk request."""
        head = self._head
        self.connection.exec_driver_sql("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT part")
            self.connection.exec_driver_sql("RELEASE SAVEPOINT part")
            self._head = head
            raise
        self.connection.exec_driver_sql("RELEASE SAVEPOINT part")

    def add(
        self,
        kind: str,
        body: Body,
        *,
        parent: str = "",
        state: str = "",
        keys: Iterable[Key] = (),
        claims: Iterable[Key] = (),
    ) -> Body:
        """Put in a new entity; its id, name and division are taken from the body.

        Raises:
            ApiError: 409, another entity of the kind holds one of the claims.
        """
        _INSERT.run(
            self.connection,
            kind=kind,
            parent=parent,
            id=body["id"],
            created=self.now,
            **self._columns(body, state),
        )
        self._set_keys(kind, body["id"], keys=keys, claims=claims)
        return body

    def put(
        self,
        kind: str,
        body: Body,
        *,
        parent: str = "",
        state: str = "",
        keys: Iterable[Key] | None = None,
        claims: Iterable[Key] | None = None,
    ) -> Body:
        """Replace the body of an entity that exists; keys and claims stay as they are when they are None."""
        at = {"at_kind": kind, "at_parent": parent, "at_id": body["id"]}
        _UPDATE.run(self.connection, **at, **self._columns(body, state))
        if keys is not None:
            _DROP["search_keys"].run(self.connection, at_kind=kind, at_id=body["id"])
        if claims is not None:
            _DROP["claims"].run(self.connection, at_kind=kind, at_id=body["id"])
        self._set_keys(kind, body["id"], keys=keys or (), claims=claims or ())
        return body

    def remove(self, kind: str, entity_id: str, *, parent: str = "") -> None:
        """Delete an entity with its keys and claims."""
        _DELETE.run(self.connection, at_kind=kind, at_parent=parent, at_id=entity_id)
        for statement in _DROP.values():
            statement.run(self.connection, at_kind=kind, at_id=entity_id)

    def remove_all(self, kind: str, *, parent: str) -> None:
        """Delete every entity of a kind under a parent; such entities have no keys."""
        self.connection.execute(sa.delete(tables.entities).where(_E.kind == kind, _E.parent == parent))

    def _columns(self, body: Body, state: str) -> dict[str, Any]:
        division = body.get("division")
        return {
            "name_key": tables.name_key(body.get("name")),
            "division_id": str(division.get("id") or "") if isinstance(division, dict) else "",
            "state": state,
            "modified": self.now,
            "body": encode(body).decode(),
        }

    def _set_keys(self, kind: str, entity_id: str, *, keys: Iterable[Key], claims: Iterable[Key]) -> None:
        rows = [
            {"kind": kind, "key_type": key, "value": value, "id": entity_id}
            for key, value in dict.fromkeys(keys)
        ]
        if rows:
            _ADD_KEY.run_many(self.connection, rows)
        for key_type, value in dict.fromkeys(claims):
            if holder := self.claimed_by(kind, (key_type, value)):
                raise conflict(f"{key_type} {value!r} is in use by {kind} {holder}").with_extra(
                    entityId=holder
                )
            _ADD_CLAIM.run(self.connection, kind=kind, key_type=key_type, value=value, id=entity_id)

    def record(self, entry: Body, *, service: str, entity_type: str, entity_id: str) -> None:
        """Append an entry to the audit trail."""
        seq, text = self._head[0] + 1, encode(entry).decode()
        digest = chained(self._head[1], seq, body=text)
        _ADD_AUDIT.run(
            self.connection,
            seq=seq,
            at=self.now,
            service=service,
            entity_type=entity_type,
            entity_id=entity_id,
            body=text,
            hash=digest,
        )
        _SET_HEAD.run(self.connection, seq_now=seq, hash_now=digest)
        self._head = seq, digest

    def publish(self, topic: str, body: Body) -> None:
        """Tell those who listen to a notification topic, once this transaction is committed."""
        row = _ADD_EVENT.run(self.connection, at=self.now, topic=topic, body=encode(body).decode()).fetchone()
        if row[0] % EVENTS_KEPT == 0:
            _DROP_EVENTS.run(self.connection, until=row[0] - EVENTS_KEPT)

    def set_control(self, name: str, body: object) -> None:
        """Set a control document."""
        text = encode(body).decode()
        if not _SET_CONTROL.run(self.connection, at_name=name, body=text).rowcount:
            _ADD_CONTROL.run(self.connection, name=name, body=text)

    def changed_rights(self) -> None:
        """Make every worker forget what it knows of tokens, permissions and controls."""
        self.set_control("generation", (self.control("generation") or 0) + 1)
