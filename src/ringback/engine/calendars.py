"""Schedules as the world describes them: is a schedule active, is a schedule group open?

A schedule has, like the platform's, a local `start` and `end` and an iCalendar `rrule`; shorter forms
are `days` with `from` and `to`, `dates` (whole days), and `active`, which holds at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_PARTS = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "UNTIL", "WKST"})
_KEYS = frozenset({"start", "end", "rrule", "days", "from", "to", "dates", "active", "email", "description"})


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence: `every` counts days, weeks, months or years; empty sets allow everything."""

    frequency: str
    every: int = 1
    days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
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
    return Rule(
        parts["FREQ"],
        int(parts.get("INTERVAL", "1")),
        frozenset(_day(word) for word in parts.get("BYDAY", "").split(",") if word),
        frozenset(int(word) for word in parts.get("BYMONTH", "").split(",") if word),
        frozenset(int(word) for word in parts.get("BYMONTHDAY", "").split(",") if word),
        until=datetime.strptime(until, "%Y%m%d").date() if until else None,  # noqa: DTZ007 - a local date
    )


def _day(word: str) -> int:
    code = word.strip().upper()[:2]
    if code not in DAYS or (len(word.strip()) == 3 and word.strip()[0].isdigit()):
        raise ValueError(f"{word!r} is no day of the week; write MO, TU, WE, TH, FR, SA or SU")
    return DAYS.index(code)


def _recurs(rule: Rule, first: date, *, day: date) -> bool:
    if rule.until is not None and day > rule.until:
        return False
    if (rule.days and day.weekday() not in rule.days) or (rule.months and day.month not in rule.months):
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
    if rule.frequency == "DAILY" or rule.days or rule.month_days:
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
