"""Quiet hours: when a channel must not be used, by the clock where the contact is."""

from __future__ import annotations

from bisect import bisect_left
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
        moment = max(ends)
    return None


def _end_in(hours: Hours, zone: str, *, now: datetime) -> datetime | None:
    info = zone_of(zone)
    if info is None:
        return None
    local = now.astimezone(info)
    end = hours.end_of(local.replace(tzinfo=None))
    return _reached(end, info, fold=local.fold) if end else None


def _reached(end: datetime, zone: ZoneInfo, *, fold: int) -> datetime:
    """The moment when a clock shows a local time, or has jumped over it.

    Args:
        end: local, without zone.
        zone: of the clock.
        fold: which of two hours of one name it is now, where clocks go back; the end lies in the same.
    """
    moment = end.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == end:
        return moment
    # Clocks go forward over it: the end is the moment of that.
    early, late = (end.replace(tzinfo=zone, fold=each).astimezone(UTC) for each in (1, 0))
    minute = timedelta(minutes=1)
    minutes = range((late - early) // minute)
    jumped = bisect_left(
        minutes, True, key=lambda n: (early + n * minute).astimezone(zone).replace(tzinfo=None) >= end
    )
    return early + jumped * minute
