"""Statements that are compiled once per dialect and then handed to the driver as they are.

A look-up by primary key takes 4 µs in SQLite and 60 through SQLAlchemy's execution; the hot statements
of the store are therefore built with SQLAlchemy Core, compiled once, and run on the driver's own cursor.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


class Prepared:
    """One Core statement; `run(connection, name=value, …)` executes it on the driver's cursor."""

    __slots__ = ("_compiled", "statement")

    def __init__(self, statement: sa.sql.ClauseElement) -> None:
        self.statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def _for(self, connection: sa.Connection) -> _Compiled:
        dialect = connection.dialect
        if (known := self._compiled.get(dialect.name)) is None:
            known = self._compiled[dialect.name] = _Compiled(self.statement, dialect)
        return known

    def run(self, connection: sa.Connection, **values: object) -> Any:
        """Execute it; gives the driver's cursor.

        Args:
            connection: the connection whose transaction, if any, this is part of.
            values: one for each bind parameter.
        """
        compiled = self._for(connection)
        cursor = connection.connection.cursor()
        cursor.execute(compiled.text, compiled.arranged(values))
        return cursor

    def run_many(self, connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
        """Execute it once for each row."""
        compiled = self._for(connection)
        cursor = connection.connection.cursor()
        cursor.executemany(compiled.text, [compiled.arranged(row) for row in rows])


class _Compiled:
    """A statement in one dialect: its text, the order of its parameters, and those that it brings itself."""

    __slots__ = ("literals", "order", "text")

    def __init__(self, statement: sa.sql.ClauseElement, dialect: sa.Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        self.text = str(compiled)
        self.order = tuple(compiled.positiontup) if compiled.positiontup is not None else None
        self.literals = {name: value for name, value in compiled.params.items() if value is not None}

    def arranged(self, values: dict[str, Any]) -> Any:
        """The parameters as the driver wants them: by position or by name."""
        if self.literals:
            values = self.literals | values
        return values if self.order is None else [values[name] for name in self.order]


def insert(table: sa.Table) -> Prepared:
    """INSERT with one bind parameter per column, named as the column."""
    columns = [
        column for column in table.columns if not (column.autoincrement is True and column.primary_key)
    ]
    return Prepared(sa.insert(table).values({column.name: sa.bindparam(column.name) for column in columns}))
