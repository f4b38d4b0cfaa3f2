"""Triggers that keep the audit trail append-only, in the database itself."""

from __future__ import annotations

import sqlalchemy as sa

_SQLITE = tuple(
    f"CREATE TRIGGER audit_no_{verb} BEFORE {verb} ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
    for verb in ("update", "delete")
)
_POSTGRESQL = (
    (
        "CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$ LANGUAGE plpgsql"
    ),
    (
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
    ),
)
_LIFT = {
    "sqlite": ("DROP TRIGGER IF EXISTS audit_no_update", "DROP TRIGGER IF EXISTS audit_no_delete"),
    "postgresql": ("DROP TRIGGER IF EXISTS audit_no_change ON audit",),
}


def protect(connection: sa.Connection) -> None:
    """Forbid UPDATE and DELETE on the audit table."""
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(statement)


def lift(connection: sa.Connection) -> None:
    """Allow them again: for `reset` and `restore`, whose new trail says so in its first entry."""
    for statement in _LIFT[connection.dialect.name]:
        connection.exec_driver_sql(statement)
