"""How many contacts an organisation registers a minute, whoever sends them: a sliding log in the database.

The platform sees a request some time after it was allowed and before it was answered. So a request counts
from the moment when it is allowed until a whole window after its answer; one whose sender died counts until
a window after its lease. Between the first and the last of `limit + 1` arrivals more than a window must lie
then: the limit holds in every window, not only in those that begin with a minute.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from ringback.cloud import pipeline_tables as tables
from ringback.cloud.pipeline_store import PipelineStore, Transaction
from ringback.core.errors import UsageError

_RATE = re.compile(r"(?P<count>[1-9]\d{0,8})/(?:(?P<number>\d+(?:\.\d+)?)?(?P<unit>s|sec|min|m|h|hour))")
_UNITS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "hour": 3600}


@dataclass(frozen=True, slots=True)
class Rate:
    """So many registrations in each window of so many seconds."""

    count: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.count:,} in {self.seconds:g} s"


def parse_rate(text: str) -> Rate | None:
    """`100/min`, `10/s`, `30/10s`; None for `none`.

    >>> parse_rate("100/min")
    Rate(count=100, seconds=60.0)

    Raises:
        UsageError: it is written in another way.
    """
    if text == "none":
        return None
    found = _RATE.fullmatch(text.replace(" ", ""))
    if not found:
        raise UsageError(f"{text!r} is no rate", hint="for example 100/min, 10/s, 30/10s, or none")
    seconds = float(found["number"] or 1) * _UNITS[found["unit"]]
    if not seconds:
        raise UsageError(f"{text!r} is no rate: its window has no length", hint="for example 100/min")
    return Rate(int(found["count"]), seconds)


class Limiter:
    """The share of one process in an organisation's limit.

    Args:
        store: where the log is.
        organisation: whose limit.
        rate: None for no limit; pauses that the platform asked for hold all the same.
        hold: ms that a request may be under way at most.
    """

    def __init__(self, store: PipelineStore, organisation: str, *, rate: Rate | None, hold: int) -> None:
        self._store, self._organisation, self.rate, self._hold = store, organisation, rate, hold
        known = (sqlite_insert if store.embedded else pg_insert)(tables.limiters)
        with store.write() as transaction:
            mine = known.values(organisation=organisation, paused_until=0).on_conflict_do_nothing()
            transaction.connection.execute(mine)

    @property
    def _window(self) -> int:
        return int(self.rate.seconds * 1000) if self.rate else 0

    def free(self, transaction: Transaction, most: int) -> int:
        """How many registrations may be sent now, at most `most`; locks the limit."""
        limiter, sends = tables.limiters, tables.sends
        query = sa.select(limiter.c.paused_until).where(limiter.c.organisation == self._organisation)
        if not self._store.embedded and self.rate:
            query = query.with_for_update()
        paused = transaction.connection.execute(query).scalar_one()
        # The lock may have been waited for: the log is judged by a moment after that.
        now = self._store.moment(transaction.connection)
        if paused > now:
            return 0
        if not self.rate:
            return most
        mine = sends.c.organisation == self._organisation
        transaction.connection.execute(sends.delete().where(mine, sends.c.until <= now))
        used = transaction.connection.execute(sa.select(sa.func.sum(sends.c.count)).where(mine)).scalar() or 0
        return max(0, min(most, self.rate.count - int(used)))

    def take(self, transaction: Transaction, count: int) -> int:
        """Note registrations that will be sent at once; gives the number of the note, 0 without a limit."""
        if not self.rate:
            return 0
        now = self._store.moment(transaction.connection)
        until = now + self._hold + self._window
        values = {"organisation": self._organisation, "count": count, "until": until}
        made = transaction.connection.execute(tables.sends.insert().values(values))
        return int(made.inserted_primary_key[0]) if made.inserted_primary_key else 0

    def answered(self, transaction: Transaction, number: int, *, sent: int, late: int = 0) -> None:
        """A note's requests are answered: from now on it counts for one window.

        Args:
            transaction: to note it in.
            number: of the note.
            sent: how many were really sent.
            late: ms in which the platform may still carry them out, because their outcome is unknown.
        """
        if not number:
            return
        note = tables.sends.c.id == number
        if not sent:
            transaction.connection.execute(tables.sends.delete().where(note))
            return
        until = self._store.moment(transaction.connection) + self._window + late
        values = {"until": until, "count": sent}
        transaction.connection.execute(tables.sends.update().where(note).values(values))

    def pause(self, transaction: Transaction, milliseconds: int) -> None:
        """The platform asked everybody to wait."""
        limiter = tables.limiters
        mine = (limiter.c.organisation == self._organisation) & (
            limiter.c.paused_until < transaction.now + milliseconds
        )
        values = {"paused_until": transaction.now + milliseconds}
        transaction.connection.execute(limiter.update().where(mine).values(values))
