"""Dates and durations: AddDays … Year, MakeDateTime, MakeDuration, RoundUp, Range.

Everything is UTC. Months and years are clamped to the last day of the target month.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from ringback.lang.expr.raw import EvaluationError, duration, milliseconds_of, moment
from ringback.lang.expr.signature import overload

_MINUTE = 60_000
# RoundUp without an interval: these, then multiples of the last (milliseconds).
_STEPS = (30_000, _MINUTE, 2 * _MINUTE, 5 * _MINUTE)


def _add(start: datetime, milliseconds: int) -> datetime:
    try:
        return moment(start + timedelta(milliseconds=milliseconds))
    except OverflowError:
        raise EvaluationError("the DateTime is outside 1800 to 2200", "OUT_OF_RANGE") from None


def _adding(unit: int) -> Callable[[datetime, int], datetime]:
    return lambda start, count: _add(start, count * unit)


def add_duration(start: datetime, length: timedelta) -> datetime:
    """The later moment; fractions of a second are dropped."""
    return _add(start, milliseconds_of(length))


def add_months(start: datetime, months: int) -> datetime:
    """The same day so many months later, or the last day of that month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1800 <= year <= 2200:
        raise EvaluationError(f"year {year} is outside 1800 to 2200", "OUT_OF_RANGE")
    last = calendar.monthrange(year, month + 1)[1]
    return moment(start.replace(year=year, month=month + 1, day=min(start.day, last)))


def add_years(start: datetime, years: int) -> datetime:
    """The same day so many years later; 29 February becomes the 28th."""
    return add_months(start, years * 12)


def difference(first: datetime, second: datetime) -> timedelta:
    """The first minus the second."""
    return duration(milliseconds_of(first - second))


def day_of_week(value: datetime) -> int:
    """Sunday 1 to Saturday 7."""
    return value.isoweekday() % 7 + 1


def week_number(value: datetime) -> int:
    """The ISO 8601 week, 1 to 53: the examples agree with it and it is the usual count that ends at 53."""
    return value.isocalendar().week


def make_datetime(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0
) -> datetime:
    """The moment in UTC; a date that does not exist is an error."""
    try:
        return moment(datetime(year, month, day, hour, minute, second, tzinfo=UTC))
    except (ValueError, OverflowError) as error:
        raise EvaluationError(f"no such date and time: {error}", "BAD_ARGUMENT") from None


def make_duration(days: int, hours: int, minutes: int, seconds: int, milliseconds: int = 0) -> timedelta:
    """The sum of the parts, which may have different signs."""
    return duration((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds)


def _weekday_in(first: datetime, days: int, *, weekday: int, occurrence: int) -> datetime | None:
    """The n-th weekday (from the end when negative) among so many days; None when there is none."""
    offset = (weekday - day_of_week(first)) % 7
    found = list(range(offset, days, 7))
    if not 1 <= abs(occurrence) <= len(found):
        return None
    return first + timedelta(days=found[occurrence - 1 if occurrence > 0 else occurrence])


def weekday_of_year(weekday: int, occurrence: int, year: int, *clock: int) -> datetime | None:
    """The n-th weekday of a year, at midnight or at hour, minute, second; NOT_SET when it does not exist."""
    first = make_datetime(year, 1, 1, *clock)
    return _weekday_in(
        first, 366 if calendar.isleap(year) else 365, weekday=_weekday(weekday), occurrence=occurrence
    )


def weekday_of_month(weekday: int, occurrence: int, year: int, month: int, *clock: int) -> datetime | None:
    """The n-th weekday of a month, at midnight or at hour, minute, second; NOT_SET when it does not exist."""
    first = make_datetime(year, month, 1, *clock)
    return _weekday_in(
        first, calendar.monthrange(year, month)[1], weekday=_weekday(weekday), occurrence=occurrence
    )


def _weekday(value: int) -> int:
    if not 1 <= value <= 7:
        raise EvaluationError(f"day of the week {value} is outside 1 to 7", "BAD_ARGUMENT")
    return value


def _multiple(value: int, interval: int) -> timedelta:
    if interval <= 0:
        raise EvaluationError("the interval has to be longer than nothing", "BAD_ARGUMENT")
    return duration(-(-value // interval) * interval)


def round_up(value: timedelta) -> timedelta:
    """Up to 30 seconds, 1, 2, 5 minutes, then to multiples of 5 minutes."""
    return round_up_to(value, duration(_STEPS[-1]), tuple(map(duration, _STEPS)))


def round_up_to(
    value: timedelta, interval: timedelta, listed: tuple[timedelta | None, ...] = ()
) -> timedelta:
    """Up to the first listed Duration that is not shorter, else to a multiple of the interval."""
    for one in listed:
        if one is not None and one >= value:
            return one
    return _multiple(milliseconds_of(value), milliseconds_of(interval))


def bounds(value: timedelta, interval: timedelta) -> tuple[timedelta, timedelta]:
    """The Duration less and plus the interval."""
    middle, width = milliseconds_of(value), milliseconds_of(interval)
    return duration(middle - width), duration(middle + width)


def now(env: Any) -> datetime:
    """The (virtual) current moment."""
    return moment(env.services.now())


_CLOCK = "hour int[0..23], minute int[0..59], second int[0..59]"
_IN_YEAR = "dayOfWeek int[1..7], occurrence int[-53..53]~, year int[1800..2200]"
_IN_MONTH = "dayOfWeek int[1..7], occurrence int[-5..5]~, year int[1800..2200], month int[1..12]"
_DATE = "year int[1800..2200], month int[1..12], day int[1..31]"

DATES = (
    overload("AddDays", "(start dtm, days int) -> dtm", _adding(24 * 60 * _MINUTE)),
    overload("AddDuration", "(start dtm, duration dur) -> dtm", add_duration),
    overload("AddHours", "(start dtm, hours int) -> dtm", _adding(60 * _MINUTE)),
    overload("AddMinutes", "(start dtm, minutes int) -> dtm", _adding(_MINUTE)),
    overload("AddMonths", "(start dtm, months int) -> dtm", add_months),
    overload("AddSeconds", "(start dtm, seconds int) -> dtm", _adding(1000)),
    overload("AddYears", "(start dtm, years int) -> dtm", add_years),
    overload("DateTimeDiff", "(first dtm, second dtm) -> dur", difference),
    overload("Day", "(value dtm) -> int", lambda value: value.day),
    overload("DayOfWeek", "(value dtm) -> int", day_of_week),
    overload("GetCurrentDateTimeUtc", "() -> dtm", now, style="context"),
    overload("GetDayOfWeekOccurrence", f"({_IN_YEAR}) -> dtm", weekday_of_year),
    overload("GetDayOfWeekOccurrence", f"({_IN_MONTH}) -> dtm", weekday_of_month),
    overload("GetDayOfWeekOccurrence", f"({_IN_YEAR}, {_CLOCK}) -> dtm", weekday_of_year),
    overload("GetDayOfWeekOccurrence", f"({_IN_MONTH}, {_CLOCK}) -> dtm", weekday_of_month),
    overload("Hour", "(value dtm) -> int", lambda value: value.hour),
    overload("MakeDateTime", f"({_DATE}, {_CLOCK}) -> dtm", make_datetime),
    overload("MakeDateTime", f"({_DATE}) -> dtm", make_datetime),
    overload("MakeDuration", "(days int, hours int, minutes int, seconds int) -> dur", make_duration),
    overload(
        "MakeDuration",
        "(days int, hours int, minutes int, seconds int, milliseconds int) -> dur",
        make_duration,
    ),
    overload("Minute", "(value dtm) -> int", lambda value: value.minute),
    overload("Month", "(value dtm) -> int", lambda value: value.month),
    overload("Range", "(duration dur, interval dur) -> dur_coll", bounds),
    overload("RoundUp", "(duration dur) -> dur", round_up),
    overload("RoundUp", "(duration dur, interval dur) -> dur", round_up_to),
    overload("RoundUp", "(duration dur, interval dur, listed dur_coll) -> dur", round_up_to),
    overload("Second", "(value dtm) -> int", lambda value: value.second),
    overload("WeekNum", "(value dtm) -> int", week_number),
    overload("Year", "(value dtm) -> int", lambda value: value.year),
)
