"""The whole organisation at one moment, kept beside it, and the way back; and the way back to an empty one.

For tests: take a snapshot after seeding, restore it before each case.
"""

from __future__ import annotations

import zlib
from typing import Any

import msgspec
import sqlalchemy as sa

from ringback.platform import errors
from ringback.platform.clock import iso
from ringback.platform.store import append_only, tables
from ringback.platform.store.audit import GENESIS
from ringback.platform.store.reader import Body
from ringback.platform.store.transaction import Transaction

MAX_ROWS = 500_000  # rows of a snapshot; named in docs/limits.md
_PURPOSE = "snapshot"
# The journal belongs to the server, not to the organisation; snapshots do not hold snapshots.
_TABLES = tuple(table for table in tables.METADATA.sorted_tables if table.name != "journal")


def take(transaction: Transaction, name: str) -> Body:
    """Keep everything under a name, in place of an older snapshot of that name.

    Raises:
        ApiError: 400, there is too much to keep.
    """
    content: dict[str, list[list[Any]]] = {}
    for table in _TABLES:
        statement = sa.select(table).where(*_not_snapshots(table))
        content[table.name] = [list(row) for row in transaction.connection.execute(statement)]
    rows = sum(map(len, content.values()))
    if rows > MAX_ROWS:
        raise errors.bad_request(f"{rows} rows are over the limit of {MAX_ROWS} rows for a snapshot.")
    blobs = tables.blobs
    transaction.connection.execute(sa.delete(blobs).where(blobs.c.id == _id(name)))
    row = {
        "id": _id(name),
        "purpose": _PURPOSE,
        "created": transaction.now,
        "content_type": "application/octet-stream",
        "meta": "{}",
        "content": zlib.compress(msgspec.msgpack.encode(content), 1),
    }
    transaction.connection.execute(sa.insert(blobs).values(row))
    return {"name": name, "rows": rows, "dateCreated": iso(transaction.now)}


def restore(transaction: Transaction, name: str) -> Body:
    """Put everything back as it was; the audit trail goes on from there.

    Raises:
        ApiError: 404, there is no such snapshot.
    """
    blobs = tables.blobs
    packed = transaction.connection.execute(
        sa.select(blobs.c.content).where(blobs.c.id == _id(name))
    ).scalar()
    if packed is None:
        raise errors.not_found("snapshot", name)
    content = msgspec.msgpack.decode(zlib.decompress(packed))
    generation = transaction.control("generation") or 0
    empty(transaction)
    for table in _TABLES:
        names = [column.name for column in table.columns]
        rows = [dict(zip(names, values, strict=True)) for values in content.get(table.name, ())]
        if table is tables.audit_head:
            transaction.connection.execute(sa.update(table).values(rows[0]))
        elif rows:
            transaction.connection.execute(sa.insert(table), rows)
    transaction.begin_again()
    transaction.set_control("generation", generation)
    transaction.changed_rights()
    return {"name": name, "rows": sum(map(len, content.values()))}


def empty(transaction: Transaction) -> None:
    """Remove everything but the snapshots; the audit trail begins again."""
    append_only.lift(transaction.connection)
    for table in (*_TABLES, tables.journal):
        if table is not tables.audit_head:
            transaction.connection.execute(sa.delete(table).where(*_not_snapshots(table)))
    transaction.connection.execute(sa.update(tables.audit_head).values(seq=0, hash=GENESIS))
    append_only.protect(transaction.connection)
    transaction.begin_again()


def _not_snapshots(table: sa.Table) -> list[sa.ColumnElement[bool]]:
    return [table.c.purpose != _PURPOSE] if table is tables.blobs else []


def _id(name: str) -> str:
    return f"snapshot:{name}"
