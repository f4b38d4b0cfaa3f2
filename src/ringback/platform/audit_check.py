"""Checking the audit trail of a database that no server need have open."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from ringback.core.errors import UsageError
from ringback.platform.store.audit import Verdict, verify
from ringback.platform.store.engines import open_engine


def verify_audit(url: str) -> Verdict:
    """The verdict on the chain of a database's trail.

    Raises:
        UsageError: there is no such database, or it is none of ringback's.
    """
    file = sa.make_url(url).database if url.startswith("sqlite") else None
    if file and not Path(file).is_file():
        raise UsageError(f"there is no database {file}", hint="see --db")
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return verify(connection)
    except sa.exc.DBAPIError as error:
        name = engine.url.render_as_string()
        raise UsageError(f"the database {name} cannot be read: {error.orig}", hint="see --db") from error
    finally:
        engine.dispose()
