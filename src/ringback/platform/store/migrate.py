"""Bringing a database up to date with Alembic; done once, before the first worker starts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError

from ringback.core.errors import UsageError


def upgrade(engine: sa.Engine) -> None:
    """Apply the migrations that a database lacks, all in one transaction.

    Raises:
        UsageError: it cannot be opened, or a newer ringback wrote it.
    """
    config = Config()
    config.set_main_option("script_location", "ringback.platform.store:migrations")
    config.set_main_option("path_separator", "os")
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise UsageError(
            f"another version of ringback wrote the database {engine.url.render_as_string()}: {error}",
            hint="use that version, or another file with --db",
        ) from error
    except sa.exc.DBAPIError as error:
        raise UsageError(
            f"the database {engine.url.render_as_string()} cannot be opened: {error.orig}"
        ) from error
