"""The store: opens the database, brings it up to date, hands out readers and transactions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import sqlalchemy as sa

from ringback.platform.store.engines import open_engine
from ringback.platform.store.migrate import upgrade
from ringback.platform.store.reader import Reader
from ringback.platform.store.transaction import Transaction


class Store:
    """One database, for all threads of this process.

    Each thread keeps one connection to read and one to write for as long as it lives: opening one costs
    far more than a look-up.
    """

    def __init__(self, url: str, clock: Callable[[], int]) -> None:
        """Open a database that `prepare` has brought up to date.

        Args:
            url: as `open_engine` takes it.
            clock: ms since 1970.
        """
        self.engine = open_engine(url)
        self.clock = clock
        # Transactions of this process that are committed; whoever remembers something compares.
        self.commits = 0
        # SQLite: reads take microseconds and need no thread of their own.
        self.embedded = self.engine.dialect.name == "sqlite"
        self._local = threading.local()
        self._open: list[sa.Connection] = []
        self._lock = threading.Lock()

    def _connection(self, name: str) -> sa.Connection:
        connection: sa.Connection | None = getattr(self._local, name, None)
        # A file's connection does not break; one to a server may.
        if connection is None or (not self.embedded and (connection.closed or connection.invalidated)):
            connection = self.engine.connect()
            if name == "reading" or self.embedded:
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            setattr(self._local, name, connection)
            with self._lock:
                self._open.append(connection)
        return connection

    def read(self) -> Reader:
        """A reader on this thread's connection."""
        return Reader(self._connection("reading"))

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """One transaction: committed when the block ends, undone when it raises.

        Writers queue: SQLite's by BEGIN IMMEDIATE, PostgreSQL's at the head of the audit trail. So no
        two of them read the same version of an entity and both write it.
        """
        connection = self._connection("writing")
        if self.embedded:
            with _sqlite_transaction(connection):
                yield Transaction(connection, self.clock())
        else:
            with connection.begin():
                yield Transaction(connection, self.clock())
        self.commits += 1

    @contextmanager
    def group(self) -> Iterator[Callable[[], AbstractContextManager[Transaction]]]:
        """Several transactions that reach the disk together; for SQLite, whose commits wait for the disk.

        Gives a function: each of its blocks is a transaction of its own, undone alone when it raises. Nothing
        of any of them is there before the group's block has ended.
        """
        connection = self._connection("writing")

        @contextmanager
        def one() -> Iterator[Transaction]:
            driver = connection.connection.cursor()
            driver.execute("SAVEPOINT one")
            try:
                yield Transaction(connection, self.clock())
            except BaseException:
                driver.execute("ROLLBACK TO one")
                raise
            finally:
                driver.execute("RELEASE one")

        with _sqlite_transaction(connection):
            yield one
        self.commits += 1

    def close(self) -> None:
        """Close every connection of every thread."""
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()
        self.engine.dispose()


@contextmanager
def _sqlite_transaction(connection: sa.Connection) -> Iterator[None]:
    driver = connection.connection.cursor()
    driver.execute("BEGIN IMMEDIATE")
    try:
        yield
        driver.execute("COMMIT")
    except BaseException:
        if driver.connection.in_transaction:  # a full disk undoes it by itself
            driver.execute("ROLLBACK")
        raise


def prepare(url: str) -> None:
    """Create the tables of an empty database, or migrate an older one.

    Raises:
        UsageError: the database belongs to a newer ringback, or cannot be opened.
    """
    engine = open_engine(url)
    try:
        upgrade(engine)
    finally:
        engine.dispose()
