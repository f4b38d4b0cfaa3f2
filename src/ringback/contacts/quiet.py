"""Quiet hours: when a channel must not be used, by the clock where the contact is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Quiet hours that leave no gap in two weeks never will.
_HORIZON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Hours:
    """A span of local time on some days; it may run over midnight and then belongs to the day it began.

    Attributes:
        days: names of `DAYS`.
        start: belongs to the span.
        end: does not; the same as `start` means a whole day.
    """

    days: frozenset[str]
    start: time
    end: time

    def end_of(self, local: datetime) -> datetime | None:
        """When the span around a local moment (without zone) ends; None outside every span.

        >>> Hours(frozenset(DAYS), time(21), time(8)).end_of(datetime(2025, 6, 2, 22, 10))
        datetime.datetime(2025, 6, 3, 8, 0)
        """
        today = datetime.combine(local.date(), self.end)
        if self.start < self.end:
            inside = self._on(local) and self.start <= local.time() < self.end
            return today if inside else None
        if self._on(local) and local.time() >= self.start:
            return today + timedelta(days=1)
        return today if self._on(local - timedelta(days=1)) and local.time() < self.end else None

    def _on(self, local: datetime) -> bool:
        return DAYS[local.weekday()] in self.days


@cache
def zone_of(name: str) -> ZoneInfo | None:
    """The time zone of a tz database name, or None."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def quiet_end(
    hours: Hours, zones: Sequence[str], *, now: datetime, every: bool
) -> tuple[datetime, str] | None:
    """When quiet hours that hold now end, and a zone where they hold; None when they do not hold.

    Args:
        hours: the span.
        zones: every zone where the contact may be.
        now: an aware moment.
        every: whether it must be quiet in every zone; else one is enough.
    """
    ends = [(end, zone) for zone in zones if (end := _end_in(hours, zone, now=now))]
    if not ends or (every and len(ends) < len(zones)):
        return None
    return min(ends) if every else max(ends)


def opens_at(now: datetime, quiet: Iterable[Callable[[datetime], datetime | None]]) -> datetime | None:
    """The first moment from `now` on when none of several quiet hours holds; None when there is none soon.

    Each of `quiet` gives the end of its span around a moment, or None outside.
    """
    rules, moment = list(quiet), now
    while moment - now < _HORIZON:
        ends = [end for rule in rules if (end := rule(moment))]
        if not ends:
            return moment
        # Where clocks go back a local end may lie before the moment: at least a minute passes.
        moment = max(*ends, moment + timedelta(minutes=1))
    return None


def _end_in(hours: Hours, zone: str, *, now: datetime) -> datetime | None:
    info = zone_of(zone)
    if info is None:
        return None
    end = hours.end_of(now.astimezone(info).replace(tzinfo=None))
    return end.replace(tzinfo=info).astimezone(UTC) if end else None
