"""Opening the database: SQLite in WAL mode with full synchronisation, or PostgreSQL.

A write that was answered with 2xx must be on disk: `synchronous=FULL` makes SQLite wait for it at each
commit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ringback.core.errors import UsageError

BUSY_MS = 30_000  # how long a writer of another process is waited for
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={BUSY_MS}",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "cache_size=-16000",  # 16 MB for each connection
    "mmap_size=67108864",  # 64 MB; what is mapped counts as memory of the process
)


def open_engine(url: str) -> sa.Engine:
    """An engine for `sqlite:///FILE` or `postgresql://…`; a bare path means SQLite.

    Raises:
        UsageError: another kind of database, or PostgreSQL without its driver.
    """
    try:
        parsed = sa.make_url(url if "://" in url else f"sqlite:///{url}")
    except sa.exc.ArgumentError as error:
        raise UsageError(
            f"--db {url!r} is no database URL", hint="sqlite:///FILE or postgresql://…"
        ) from error
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        return _postgresql(parsed)
    raise UsageError(
        f"--db {parsed.get_backend_name()}: only SQLite and PostgreSQL are supported",
        hint="sqlite:///FILE or postgresql://user@host/name",
    )


def _sqlite(url: sa.URL) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        raise UsageError("the local platform needs a database file", hint="--db sqlite:///FILE")
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"the folder of the database {url.database} cannot be made: {error.strerror}", hint="see --db"
        ) from error
    # Each thread keeps its connections for good (see Store), so no pool hands them around.
    engine = sa.create_engine(
        url, poolclass=sa.NullPool, connect_args={"check_same_thread": False, "timeout": 30}
    )

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say so
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _postgresql(url: sa.URL) -> sa.Engine:
    try:
        return sa.create_engine(
            url.set(drivername="postgresql+psycopg"),
            poolclass=sa.NullPool,
            connect_args={"prepare_threshold": 3},
        )
    except ModuleNotFoundError as error:
        raise UsageError(
            "PostgreSQL needs the driver psycopg", hint="pip install 'ringback[postgres]'"
        ) from error
