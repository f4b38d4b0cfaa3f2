"""Rate limits as the real platform has them: requests per token and minute. Off until a test turns them on.

The limit is the control document `rate_limit`: `{"perMinute": 300}`. Windows are the minutes of the clock, so
every worker counts into the same one.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from ringback.platform.store import tables
from ringback.platform.store.prepared import Prepared
from ringback.platform.store.store import Store

WINDOW_MS = 60_000
_C = tables.counters.c


def _upsert(dialect: str) -> Prepared:
    insert = (sqlite if dialect == "sqlite" else postgresql).insert(tables.counters)
    values = {"name": sa.bindparam("name"), "window": sa.bindparam("window"), "count": 1}
    statement = insert.values(values).on_conflict_do_update(
        index_elements=[_C.name, _C.window], set_={"count": _C.count + 1}
    )
    return Prepared(statement.returning(_C.count))


_COUNT = {dialect: _upsert(dialect) for dialect in ("sqlite", "postgresql")}
_FORGET = Prepared(sa.delete(tables.counters).where(_C.window < sa.bindparam("oldest")))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a token stands in the window.

    Attributes:
        count: its requests so far, with this one.
        allowed: the limit.
        reset: seconds to the window's end.
    """

    count: int
    allowed: int
    reset: int

    @property
    def exceeded(self) -> bool:
        """Whether this request is one too many."""
        return self.count > self.allowed

    def headers(self) -> dict[str, str]:
        """The headers that every answer carries."""
        return {
            "inin-ratelimit-count": str(min(self.count, self.allowed)),
            "inin-ratelimit-allowed": str(self.allowed),
            "inin-ratelimit-reset": str(self.reset),
        }


def count(store: Store, token: str, *, allowed: int) -> Standing:
    """Count one request of a token.

    Args:
        store: where the counters are.
        token: hash of the token.
        allowed: requests in a minute.
    """
    with store.write() as transaction:
        window = transaction.now // WINDOW_MS
        cursor = _COUNT[transaction.connection.dialect.name].run(
            transaction.connection, name=f"token:{token}", window=window
        )
        number = int(cursor.fetchone()[0])
        if number == 1:
            _FORGET.run(transaction.connection, oldest=window - 2)
        left = WINDOW_MS - transaction.now % WINDOW_MS
    return Standing(number, allowed, -(-left // 1000))
