"""The tables of the store, as SQLAlchemy Core declares them.

Every resource of the API is one row of `entities`: what callers send back and forth is the JSON body, what
the store needs to find it stands in columns. `search_keys` holds what an entity can be found by, `claims`
what only one entity of a kind may hold.
"""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()
# The order of bytes in both databases, whatever the locale: prefixes are ranges of it.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

# Row 1 of `audit_head` is locked by each write, so that writers queue and the chain never forks.
HEAD = 1


def name_key(name: object) -> str:
    """Under which an entity is found by its name: in any case, without blanks at its ends.

    Names keep such blanks, and those that flows write are compared without them.
    """
    return str(name or "").strip().casefold()


entities = sa.Table(
    "entities",
    METADATA,
    sa.Column("kind", TEXT, primary_key=True),
    sa.Column("parent", TEXT, primary_key=True, default=""),  # such as the table of a row; "" for none
    sa.Column("id", TEXT, primary_key=True),
    sa.Column("name_key", TEXT, nullable=False, default=""),  # see `name_key`
    sa.Column("division_id", TEXT, nullable=False, default=""),
    sa.Column("state", TEXT, nullable=False, default=""),  # of the kind's own choosing, to filter by
    sa.Column("created", sa.BigInteger, nullable=False),  # ms since 1970
    sa.Column("modified", sa.BigInteger, nullable=False),
    sa.Column("body", TEXT, nullable=False),
    sa.Index("entities_by_name", "kind", "parent", "name_key", "id"),
    sa.Index("entities_by_state", "kind", "state", "id"),
    sqlite_with_rowid=False,
)

search_keys = sa.Table(
    "search_keys",
    METADATA,
    sa.Column("kind", TEXT, primary_key=True),
    sa.Column("key_type", TEXT, primary_key=True),
    sa.Column("value", TEXT, primary_key=True),
    sa.Column("id", TEXT, primary_key=True),
    sa.Index("search_keys_by_entity", "kind", "id"),
    sqlite_with_rowid=False,
)

claims = sa.Table(
    "claims",
    METADATA,
    sa.Column("kind", TEXT, primary_key=True),
    sa.Column("key_type", TEXT, primary_key=True),
    sa.Column("value", TEXT, primary_key=True),
    sa.Column("id", TEXT, nullable=False),
    sa.Index("claims_by_entity", "kind", "id"),
    sqlite_with_rowid=False,
)

audit = sa.Table(
    "audit",
    METADATA,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("service", TEXT, nullable=False),
    sa.Column("entity_type", TEXT, nullable=False),
    sa.Column("entity_id", TEXT, nullable=False),
    sa.Column("body", TEXT, nullable=False),  # the AuditLogMessage, canonical JSON
    sa.Column("hash", TEXT, nullable=False),
    sa.Index("audit_by_entity", "entity_id", "seq"),
    sa.Index("audit_by_time", "at"),
)

audit_head = sa.Table(
    "audit_head",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("hash", TEXT, nullable=False),
)

tokens = sa.Table(
    "tokens",
    METADATA,
    sa.Column("hash", TEXT, primary_key=True),  # SHA-256 of the token; the token itself is never stored
    sa.Column("client_id", TEXT, nullable=False),
    sa.Column("expires", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

blobs = sa.Table(
    "blobs",
    METADATA,
    sa.Column("id", TEXT, primary_key=True),
    sa.Column("purpose", TEXT, nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("content_type", TEXT, nullable=False),
    sa.Column("meta", TEXT, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=True),  # null until it was uploaded
)

events = sa.Table(
    "events",
    METADATA,
    sa.Column(
        "seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("topic", TEXT, nullable=False),
    sa.Column("body", TEXT, nullable=False),
    sqlite_autoincrement=True,
)

journal = sa.Table(
    "journal",
    METADATA,
    sa.Column(
        "seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("body", TEXT, nullable=False),
    sqlite_autoincrement=True,
)

# Small documents that steer the server: the clock's offset, faults, rate limits, the generation of
# permissions.
controls = sa.Table(
    "controls",
    METADATA,
    sa.Column("name", TEXT, primary_key=True),
    sa.Column("body", TEXT, nullable=False),
)

counters = sa.Table(
    "counters",
    METADATA,
    sa.Column("name", TEXT, primary_key=True),
    sa.Column("window", sa.BigInteger, primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
)
