"""Times of Architect schedules: local moments and iCalendar recurrence rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ringback.engine.calendars import schedule_of
from ringback.platform import errors

_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?", re.ASCII)
_DATE = r"\d{8}(T\d{6}Z?)?"
_DAY = r"([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU)"


def _several(pattern: str) -> str:
    return f"{pattern}(,{pattern})*"


# RFC 5545, 3.3.10: each part and what it may hold.
_PARTS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.ASCII)
    for name, pattern in {
        "FREQ": "SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY",
        "UNTIL": _DATE,
        "COUNT": r"[1-9]\d{0,5}",
        "INTERVAL": r"[1-9]\d{0,5}",
        "BYSECOND": _several(r"([0-5]?\d|60)"),
        "BYMINUTE": _several(r"[0-5]?\d"),
        "BYHOUR": _several(r"([01]?\d|2[0-3])"),
        "BYDAY": _several(_DAY),
        "BYMONTHDAY": _several(r"[+-]?([1-9]|[12]\d|3[01])"),
        "BYYEARDAY": _several(r"[+-]?[1-9]\d{0,2}"),
        "BYWEEKNO": _several(r"[+-]?[1-9]\d?"),
        "BYMONTH": _several(r"([1-9]|1[0-2])"),
        "BYSETPOS": _several(r"[+-]?[1-9]\d{0,2}"),
        "WKST": "MO|TU|WE|TH|FR|SA|SU",
    }.items()
}


def local_moment(text: object, *, field: str) -> str:
    """A local moment as the platform writes it, with milliseconds and without a zone; ApiError 400."""
    wanted = "yyyy-MM-ddTHH:mm:ss.SSS, without a zone"
    if isinstance(text, str) and _LOCAL.fullmatch(text):
        try:
            return datetime.fromisoformat(text[:26]).isoformat(timespec="milliseconds")
        except ValueError:
            pass
    raise errors.bad_request(
        f"Dates must be specified as ISO-8601 strings: {wanted}.", field=field, code="invalid.date"
    )


def check_rule(text: str) -> None:
    """ApiError 400 for a text that is no recurrence rule."""
    seen: set[str] = set()
    for part in text.removeprefix("RRULE:").rstrip(";").split(";"):
        name, _, value = part.partition("=")
        pattern = _PARTS.get(name.upper())
        if pattern is None or name.upper() in seen or not pattern.fullmatch(value.upper()):
            raise errors.bad_request(f"[{part[:100]}] is no part of a recurrence rule.", field="rrule")
        seen.add(name.upper())
    if "FREQ" not in seen or {"UNTIL", "COUNT"} <= seen:
        raise errors.bad_request(
            "A recurrence rule needs FREQ, and ends by UNTIL or COUNT, not both.", field="rrule"
        )


def times_of(sent: Mapping[str, Any]) -> dict[str, str]:
    """Start, end and rule of a schedule, checked; ApiError 400.

    A rule that iCalendar has and flows cannot run on is refused too, rather than never being active.
    """
    times = {name: local_moment(sent.get(name), field=name) for name in ("start", "end")}
    if times["end"] <= times["start"]:
        raise errors.bad_request("A schedule starts before it ends.", field="end")
    if rule := sent.get("rrule"):
        check_rule(rule)
        times["rrule"] = rule
        try:
            schedule_of(times)
        except ValueError as error:
            raise errors.bad_request(
                f"The local platform cannot use {rule[:200]}: {error}.", field="rrule"
            ) from None
    return times
