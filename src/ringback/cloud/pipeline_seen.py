"""Which values of a file were seen before, in memory that has an end: what is over it lies in a file.

The first values stay in tables of `FirstSeen`. From `MOST_IN_MEMORY` on, those that come go into a database
of SQLite that has no name and is gone when it is closed; it keeps a few MiB of itself in memory.
"""

from __future__ import annotations

import sqlite3
from typing import Self

from ringback.contacts.duplicates import FirstSeen

# Values, of each kind (ids, addresses): some 2 MiB.
MOST_IN_MEMORY = 100_000
_CACHE_KIB = 8_192
_TABLE = "CREATE TABLE seen_{} (key INTEGER PRIMARY KEY, line INTEGER NOT NULL)"
_FIRST = "INSERT INTO seen_{} VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET line = line RETURNING line"


class Seen:
    """The row in which each value of one kind stood first."""

    def __init__(self, memory: Memory, *, number: int) -> None:
        self._memory, self._number = memory, number
        self._near = FirstSeen()
        self._left = memory.most
        self._far: sqlite3.Connection | None = None

    def first(self, value: str, row: int) -> int:
        """The row in which the value stood first: `row` itself when it is new, and then it is remembered."""
        if self._left:
            found = self._near.first(value, row)
            self._left -= found == row
            return found
        if found := self._near.known(value):
            return found
        if self._far is None:
            self._far = self._memory.database()
            self._far.execute(_TABLE.format(self._number))
        # The same hash as in memory: keyed anew in each process, so that nobody can choose values that meet.
        line: int = self._far.execute(_FIRST.format(self._number), (hash(value), row)).fetchone()[0]
        return line


class Memory:
    """What is remembered while one file is read; leaving the block forgets it.

    Args:
        most: values of each kind in memory.
    """

    def __init__(self, most: int = MOST_IN_MEMORY) -> None:
        self.most = most
        self._kinds = 0
        self._database: sqlite3.Connection | None = None

    def kind(self) -> Seen:
        """A place for one more kind of values."""
        self._kinds += 1
        return Seen(self, number=self._kinds)

    def database(self) -> sqlite3.Connection:
        """The database of what is over the limit."""
        if self._database is None:
            # Without a name: a file that only this connection has. Nothing of it outlives a crash.
            self._database = sqlite3.connect("", isolation_level=None)
            for said in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_CACHE_KIB}"):
                self._database.execute(f"PRAGMA {said}")
            self._database.execute("BEGIN")
        return self._database

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None
