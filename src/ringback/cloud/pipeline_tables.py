"""The tables of the contact pipeline, and how their database is opened.

One row of `contacts` is one durable piece of work: its `step` says what comes next, `due` when it may be
taken up, `claim` who has it. A row that was taken up becomes visible again when its lease is over (`due`
lies that far ahead), so whoever dies loses nothing. `intent` names the change that may have been sent
already: whoever takes up a row with an intent looks at the platform before it writes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ringback.core.errors import UsageError

METADATA = sa.MetaData()
VERSION = 1
# What comes next for a row; 0 is nothing.
DONE, REGISTER, CHECK, START = range(4)
BUSY_MS = 30_000  # how long a writer of another process is waited for
_LOCK = 7_461_001  # PostgreSQL: who makes the tables
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")

contacts = sa.Table(
    "pipeline_contacts",
    METADATA,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("organisation", sa.Text, nullable=False),  # origin of its API
    sa.Column("campaign", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),  # name of the file
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False),  # the plain contact, JSON
    sa.Column("until", sa.Integer, nullable=False),  # the last step that is wanted
    sa.Column("webhook", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # of lifecycle.ROW_STEPS
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("due", sa.BigInteger, nullable=False),  # ms since 1970
    sa.Column("claim", sa.Text, nullable=False, default=""),
    sa.Column("intent", sa.Text, nullable=False, default=""),
    sa.Column("intent_at", sa.BigInteger, nullable=False, default=0),
    sa.Column("contact_id", sa.Text, nullable=False, default=""),
    sa.Column("channel", sa.Text, nullable=False, default=""),
    sa.Column("compliance", sa.Integer, nullable=False, default=0),
    sa.Column("conversation_id", sa.Text, nullable=False, default=""),
    sa.Column("tries", sa.Integer, nullable=False, default=0),  # of the step that comes next
    sa.Column("retries", sa.Integer, nullable=False, default=0),  # of all steps
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("changed", sa.BigInteger, nullable=False),
    sa.Column("trail_seq", sa.Integer, nullable=False, default=0),
    sa.Column("trail_hash", sa.Text, nullable=False),
    sa.UniqueConstraint("organisation", "campaign", "external_id"),
    sa.Index("pipeline_contacts_due", "organisation", "step", "due", "id"),
    sa.Index("pipeline_contacts_id", "external_id"),
    # What is being worked on is a handful of rows among a million.
    sa.Index(
        "pipeline_contacts_claim",
        "claim",
        sqlite_where=sa.text("claim <> ''"),
        postgresql_where=sa.text("claim <> ''"),
    ),
)

imports = sa.Table(
    "pipeline_imports",
    METADATA,
    sa.Column("organisation", sa.Text, primary_key=True),
    sa.Column("campaign", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, primary_key=True),  # SHA-256 of the file
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("began", sa.BigInteger, nullable=False),
    sa.Column("finished", sa.BigInteger, nullable=False, default=0),
)

deliveries = sa.Table(
    "pipeline_deliveries",
    METADATA,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("contact", sa.BigInteger, nullable=False),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),  # deliveries of one of them keep their order
    sa.Column("webhook_id", sa.Text, nullable=False, unique=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # pending, delivered, dead
    sa.Column("due", sa.BigInteger, nullable=False),
    sa.Column("claim", sa.Text, nullable=False, default=""),
    sa.Column("tries", sa.Integer, nullable=False, default=0),
    sa.Column("first_try", sa.BigInteger, nullable=False, default=0),
    sa.Column("status", sa.Integer, nullable=False, default=0),  # of the last answer; 0 is none
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Index("pipeline_deliveries_due", "organisation", "state", "due", "id"),
    sa.Index("pipeline_deliveries_order", "external_id", "state", "id"),
)

trail = sa.Table(
    "pipeline_trail",
    METADATA,
    sa.Column("contact", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

sends = sa.Table(
    "pipeline_sends",
    METADATA,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("until", sa.BigInteger, nullable=False),
    sa.Index("pipeline_sends_until", "organisation", "until"),
)

# One row for each organisation; locking it makes its senders queue.
limiters = sa.Table(
    "pipeline_limiters",
    METADATA,
    sa.Column("organisation", sa.Text, primary_key=True),
    sa.Column("paused_until", sa.BigInteger, nullable=False, default=0),
)

schema = sa.Table("pipeline_schema", METADATA, sa.Column("version", sa.Integer, primary_key=True))


def open_engine(url: str) -> sa.Engine:
    """An engine for `sqlite:///FILE` or `postgresql://…`; a bare path means SQLite.

    SQLite runs in WAL mode; `PipelineStore.write` says when it waits for the disk.

    Raises:
        UsageError: another kind of database, or PostgreSQL without its driver.
    """
    try:
        parsed = sa.make_url(url if "://" in url else f"sqlite:///{url}")
    except sa.exc.ArgumentError:
        raise UsageError("--db is no database URL", hint="sqlite:///FILE or postgresql://…") from None
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        return _sqlite(parsed)
    if kind != "postgresql":
        hint = "sqlite:///FILE or postgresql://user@host/name"
        raise UsageError(f"--db {kind}: only SQLite and PostgreSQL are supported", hint=hint)
    try:
        return sa.create_engine(parsed.set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    except ModuleNotFoundError:
        hint = "pip install 'ringback[postgres]'"
        raise UsageError("PostgreSQL needs the driver psycopg", hint=hint) from None


def _sqlite(url: sa.URL) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        raise UsageError("the pipeline needs a database file", hint="--db sqlite:///FILE")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say so
        for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=WAL"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def prepare(connection: sa.Connection) -> None:
    """Make the tables where they are missing.

    Raises:
        UsageError: the database belongs to a newer ringback.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    METADATA.create_all(connection)
    found = connection.execute(sa.select(schema.c.version)).scalar()
    if found is None:
        connection.execute(schema.insert().values(version=VERSION))
    elif found > VERSION:
        raise UsageError("the pipeline's database belongs to a newer ringback", hint="update ringback")
