"""Schedules as the world describes them: is a schedule active, is a schedule group open?

A schedule has, like the platform's, a local `start` and `end` and an iCalendar `rrule`; shorter forms
are `days` with `from` and `to`, `dates` (whole days), and `active`, which holds at any time.
"""

from __future__ import annotations

import re
from calendar import isleap, monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_PARTS = frozenset(
    ["FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "COUNT", "UNTIL", "WKST"]
)
_DAY = re.compile(r"(?P<nth>[+-]?[1-9]\d?)?(?P<day>[A-Z]{2})[A-Z]*")
_KEYS = frozenset({"start", "end", "rrule", "days", "from", "to", "dates", "active", "email", "description"})


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence: `every` counts days, weeks, months or years; empty sets allow everything.

    Attributes:
        nth: (n, day of the week): the n-th of the month, or of the year in a yearly rule without months;
            counted from the end when n is negative.
        positions: which of a month's days that the rest allows count, from the end when negative.
        count: how often it comes; 0 for without end.
    """

    frequency: str
    every: int = 1
    days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    nth: frozenset[tuple[int, int]] = frozenset()
    positions: frozenset[int] = frozenset()
    count: int = 0
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a schedule is active, in local time.

    Attributes:
        always: a fixed answer; None when the times decide.
        start, end: the first span.
        rule: how it comes again; None for once.
        dates: whole days.
    """

    always: bool | None = None
    start: datetime | None = None
    end: datetime | None = None
    rule: Rule | None = None
    dates: frozenset[date] = frozenset()

    def active(self, local: datetime) -> bool:
        """Whether a local moment (without zone) lies in a span; the end of a span does not belong to it."""
        if self.always is not None:
            return self.always
        if local.date() in self.dates:
            return True
        if self.start is None or self.end is None:
            return False
        length = self.end - self.start
        # A span that began on an earlier day may last until now.
        for back in range(min(length.days, 31) + 2):
            began = datetime.combine(local.date() - timedelta(days=back), self.start.time())
            if began <= local < began + length and self._begins(began.date()):
                return True
        return False

    def _begins(self, day: date) -> bool:
        if self.start is None:
            return False
        first = self.start.date()
        return day == first if self.rule is None else day >= first and _recurs(self.rule, first, day=day)


def schedule_of(facts: Mapping[str, Any]) -> Schedule | None:
    """The schedule of a world entry; None when it says nothing of its times.

    Raises:
        ValueError: a part cannot be read.
    """
    if unknown := set(facts) - _KEYS:
        raise ValueError(f"a schedule has no {sorted(unknown)[0]!r}; it has: {', '.join(sorted(_KEYS))}")
    if not set(facts) & {"start", "rrule", "days", "dates", "active", "from"}:
        return None
    if isinstance(facts.get("active"), bool):
        return Schedule(always=facts["active"])
    dates = frozenset(date.fromisoformat(str(item)) for item in facts.get("dates") or ())
    if "days" in facts or "from" in facts:
        return _weekly(facts, dates)
    if "start" not in facts:
        return Schedule(dates=dates)
    start = datetime.fromisoformat(str(facts["start"]))
    end = datetime.fromisoformat(str(facts.get("end") or facts["start"]))
    if start.tzinfo is not None or end.tzinfo is not None or end <= start:
        raise ValueError("a schedule needs `start` before `end`, both local times without a zone")
    rule = rule_of(str(facts["rrule"])) if facts.get("rrule") else None
    return Schedule(None, start, end, rule, dates)


def _weekly(facts: Mapping[str, Any], dates: frozenset[date]) -> Schedule:
    days = frozenset(_day(str(word)) for word in facts.get("days") or DAYS)
    begin = time.fromisoformat(str(facts.get("from") or "00:00"))
    end = str(facts.get("to") or "24:00")
    first = datetime.combine(date(1970, 1, 1), begin)
    last = datetime.combine(date(1970, 1, 1), time(0) if end == "24:00" else time.fromisoformat(end))
    if last <= first:
        last += timedelta(days=1)
    return Schedule(None, first, last, Rule("DAILY", days=days), dates)


def rule_of(text: str) -> Rule:
    """An iCalendar recurrence such as FREQ=WEEKLY;BYDAY=MO,TU.

    Raises:
        ValueError: a part is not understood.
    """
    pairs = [part.partition("=") for part in text.removeprefix("RRULE:").split(";") if part]
    parts = {key.strip().upper(): value.strip().upper() for key, _, value in pairs}
    if unknown := set(parts) - _PARTS:
        raise ValueError(f"the recurrence part {sorted(unknown)[0]} is not supported")
    if parts.get("FREQ") not in _FREQUENCIES:
        raise ValueError("a recurrence needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
    until = parts.get("UNTIL", "")[:8]
    days, nth = _by_day(parts.get("BYDAY", ""), parts["FREQ"])
    return Rule(
        parts["FREQ"],
        int(parts.get("INTERVAL", "1")),
        days,
        _numbers(parts, "BYMONTH"),
        _numbers(parts, "BYMONTHDAY"),
        nth,
        _positions(parts),
        int(parts.get("COUNT", "0")),
        until=datetime.strptime(until, "%Y%m%d").date() if until else None,  # noqa: DTZ007 - a local date
    )


def _numbers(parts: Mapping[str, str], name: str) -> frozenset[int]:
    return frozenset(int(word) for word in parts.get(name, "").split(",") if word)


def _positions(parts: Mapping[str, str]) -> frozenset[int]:
    found = _numbers(parts, "BYSETPOS")
    if found and parts["FREQ"] != "MONTHLY" and not (parts["FREQ"] == "YEARLY" and "BYMONTH" in parts):
        raise ValueError("BYSETPOS needs FREQ=MONTHLY, or FREQ=YEARLY with BYMONTH")
    return found


def _by_day(text: str, frequency: str) -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    """Plain days of the week, and those with a number such as 4TH or -1MO."""
    days, nth = set(), set()
    for word in filter(None, text.split(",")):
        found = _DAY.fullmatch(word.strip())
        day = _day(found["day"] if found is not None else word)
        if found is None or found["nth"] is None:
            days.add(day)
        elif frequency in ("MONTHLY", "YEARLY"):
            nth.add((int(found["nth"]), day))
        else:
            raise ValueError(f"{word!r} needs FREQ=MONTHLY or YEARLY")
    return frozenset(days), frozenset(nth)


def _day(word: str) -> int:
    code = word.strip().upper()[:2]
    if code not in DAYS:
        raise ValueError(f"{word!r} is no day of the week; write MO, TU, WE, TH, FR, SA or SU")
    return DAYS.index(code)


def _recurs(rule: Rule, first: date, *, day: date) -> bool:
    if not _fits(rule, first, day=day):
        return False
    if not rule.count:
        return True
    days = (first + timedelta(days=number) for number in range((day - first).days))
    return sum(_fits(rule, first, day=each) for each in days) < rule.count


def _fits(rule: Rule, first: date, *, day: date) -> bool:
    """Whether the rule allows a day, however often it came before."""
    if not _allows(rule, first, day=day):
        return False
    if not rule.positions:
        return True
    month = [day.replace(day=number + 1) for number in range(monthrange(day.year, day.month)[1])]
    allowed = [each for each in month if _allows(rule, first, day=each)]
    place = allowed.index(day)
    return not rule.positions.isdisjoint({place + 1, place - len(allowed)})


def _is_nth(rule: Rule, day: date) -> bool:
    """Whether a day is one of the numbered days of the week."""
    if rule.frequency == "YEARLY" and not rule.months:
        number, length = day.timetuple().tm_yday, 366 if isleap(day.year) else 365
    else:
        number, length = day.day, monthrange(day.year, day.month)[1]
    ways = {(number - 1) // 7 + 1, -((length - number) // 7 + 1)}
    return any(wanted == day.weekday() and n in ways for n, wanted in rule.nth)


def _allows(rule: Rule, first: date, *, day: date) -> bool:
    if rule.until is not None and day > rule.until:
        return False
    if rule.nth and not (_is_nth(rule, day) or day.weekday() in rule.days):
        return False
    if not rule.nth and rule.days and day.weekday() not in rule.days:
        return False
    if rule.months and day.month not in rule.months:
        return False
    if rule.month_days and day.day not in rule.month_days:
        return False
    return _steps(rule.frequency, first, day=day) % rule.every == 0 and _same(rule, first, day=day)


def _steps(frequency: str, first: date, *, day: date) -> int:
    if frequency == "DAILY":
        return (day - first).days
    if frequency == "WEEKLY":
        return (day - first + timedelta(days=first.weekday())).days // 7
    if frequency == "MONTHLY":
        return (day.year - first.year) * 12 + day.month - first.month
    return day.year - first.year


def _same(rule: Rule, first: date, *, day: date) -> bool:
    """Without a BY part, the day is the first one's day of the week, month or year."""
    if rule.frequency == "DAILY" or rule.days or rule.month_days or rule.nth:
        return True
    if rule.frequency == "WEEKLY":
        return day.weekday() == first.weekday()
    if rule.frequency == "MONTHLY":
        return day.day == first.day
    return day.day == first.day and (bool(rule.months) or day.month == first.month)


def zone_of(name: Any) -> ZoneInfo:
    """A time zone by its tz database name.

    Raises:
        ValueError: there is none.
    """
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone") from error
