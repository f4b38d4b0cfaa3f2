"""Schedules: spans, recurrences, days, dates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ringback.engine.calendars import rule_of, schedule_of, zone_of

WEEK = {"start": "2025-01-06T09:00", "end": "2025-01-06T17:00", "rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}
CASES: list[tuple[dict[str, Any], str, bool]] = [
    (WEEK, "2025-01-06T09:00", True),
    (WEEK, "2025-01-06T17:00", False),
    (WEEK, "2025-01-10T16:59", True),
    (WEEK, "2025-01-11T12:00", False),
    (WEEK, "2025-01-03T12:00", False),
    ({**WEEK, "rrule": ""}, "2025-01-06T12:00", True),
    ({**WEEK, "rrule": ""}, "2025-01-13T12:00", False),
    ({**WEEK, "rrule": "FREQ=WEEKLY"}, "2025-01-13T12:00", True),
    ({**WEEK, "rrule": "FREQ=WEEKLY"}, "2025-01-14T12:00", False),
    ({**WEEK, "rrule": "FREQ=WEEKLY;INTERVAL=2"}, "2025-01-13T12:00", False),
    ({**WEEK, "rrule": "FREQ=WEEKLY;INTERVAL=2"}, "2025-01-20T12:00", True),
    ({**WEEK, "rrule": "FREQ=DAILY;UNTIL=20250108"}, "2025-01-08T12:00", True),
    ({**WEEK, "rrule": "RRULE:FREQ=DAILY;UNTIL=20250108T000000Z"}, "2025-01-09T12:00", False),
    ({**WEEK, "rrule": "FREQ=DAILY;INTERVAL=3"}, "2025-01-09T12:00", True),
    ({**WEEK, "rrule": "FREQ=MONTHLY"}, "2025-02-06T12:00", True),
    ({**WEEK, "rrule": "FREQ=MONTHLY"}, "2025-02-07T12:00", False),
    ({**WEEK, "rrule": "FREQ=MONTHLY;BYMONTHDAY=15"}, "2025-02-15T12:00", True),
    ({**WEEK, "rrule": "FREQ=YEARLY"}, "2026-01-06T12:00", True),
    ({**WEEK, "rrule": "FREQ=YEARLY"}, "2026-02-06T12:00", False),
    ({**WEEK, "rrule": "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25"}, "2025-12-25T12:00", True),
    # Thanksgiving, Memorial Day, the last weekday of the month, the first Monday of the year.
    ({**WEEK, "rrule": "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"}, "2026-11-26T12:00", True),
    ({**WEEK, "rrule": "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"}, "2026-11-19T12:00", False),
    ({**WEEK, "rrule": "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO"}, "2026-05-25T12:00", True),
    ({**WEEK, "rrule": "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO"}, "2026-05-18T12:00", False),
    ({**WEEK, "rrule": "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"}, "2025-05-30T12:00", True),
    ({**WEEK, "rrule": "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"}, "2025-05-29T12:00", False),
    ({**WEEK, "rrule": "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1"}, "2025-02-03T12:00", True),
    ({**WEEK, "rrule": "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1"}, "2025-02-10T12:00", False),
    ({**WEEK, "rrule": "FREQ=YEARLY;BYDAY=1MO"}, "2026-01-05T12:00", True),
    ({**WEEK, "rrule": "FREQ=YEARLY;BYDAY=-1WE"}, "2028-12-27T12:00", True),
    ({**WEEK, "rrule": "FREQ=MONTHLY;BYDAY=2TU,FR"}, "2025-02-14T12:00", True),
    ({**WEEK, "rrule": "FREQ=MONTHLY;BYDAY=2TU,FR"}, "2025-02-04T12:00", False),
    ({**WEEK, "rrule": "FREQ=DAILY;COUNT=3"}, "2025-01-08T12:00", True),
    ({**WEEK, "rrule": "FREQ=DAILY;COUNT=3"}, "2025-01-09T12:00", False),
    (
        {"start": "2025-01-06T22:00", "end": "2025-01-07T06:00", "rrule": "FREQ=DAILY"},
        "2025-01-09T03:00",
        True,
    ),
    ({"start": "2025-01-06T22:00", "end": "2025-01-09T06:00"}, "2025-01-08T03:00", True),
    ({"days": ["mo", "Tue"], "from": "09:00", "to": "12:00"}, "2025-01-07T10:00", True),
    ({"days": ["MO"], "from": "09:00", "to": "12:00"}, "2025-01-07T10:00", False),
    ({"days": ["MO"]}, "2025-01-06T23:59", True),
    ({"from": "22:00", "to": "06:00"}, "2025-01-06T05:00", True),
    ({"from": "22:00", "to": "06:00"}, "2025-01-06T12:00", False),
    ({"dates": ["2025-12-25"]}, "2025-12-25T00:00", True),
    ({"dates": ["2025-12-25"]}, "2025-12-26T00:00", False),
    ({"active": True}, "1999-01-01T00:00", True),
    ({"active": False}, "1999-01-01T00:00", False),
]


@pytest.mark.parametrize(("facts", "moment", "active"), CASES)
def test_active(facts: dict[str, Any], moment: str, active: bool) -> None:
    schedule = schedule_of(facts)
    assert schedule is not None
    assert schedule.active(datetime.fromisoformat(moment)) is active


def test_a_schedule_that_says_nothing_of_its_times() -> None:
    assert schedule_of({}) is None
    assert schedule_of({"description": "x"}) is None


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"hours": 1}, "a schedule has no 'hours'"),
    ({"start": "2025-01-06T09:00"}, "`start` before `end`"),
    ({"start": "2025-01-06T09:00", "end": "2025-01-06T08:00"}, "`start` before `end`"),
    ({"start": "2025-01-06T09:00Z", "end": "2025-01-06T10:00Z"}, "without a zone"),
    ({"start": "noon", "end": "2025-01-06T08:00"}, "Invalid isoformat"),
    ({"days": ["XX"]}, "'XX' is no day of the week"),
    ({**WEEK, "rrule": "FREQ=HOURLY"}, "a recurrence needs FREQ"),
    ({**WEEK, "rrule": "FREQ=DAILY;BYSETPOS=1"}, "BYSETPOS needs FREQ=MONTHLY, or"),
    ({**WEEK, "rrule": "FREQ=WEEKLY;BYDAY=1MO"}, "'1MO' needs FREQ=MONTHLY or YEARLY"),
    ({**WEEK, "rrule": "FREQ=MONTHLY;BYDAY=1XX"}, "'XX' is no day of the week"),
    ({**WEEK, "rrule": "FREQ=MONTHLY;BYDAY=0MO"}, "is no day of the week"),
    ({**WEEK, "rrule": "FREQ=DAILY;BYHOUR=1"}, "BYHOUR is not supported"),
]


@pytest.mark.parametrize(("facts", "message"), WRONG)
def test_what_cannot_be_read(facts: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        schedule_of(facts)


def test_a_rule_without_anything() -> None:
    with pytest.raises(ValueError, match="FREQ"):
        rule_of("")


def test_zones() -> None:
    assert zone_of("Europe/Berlin").key == "Europe/Berlin"
    for name in ("Mars/Olympus", "", "../x"):
        with pytest.raises(ValueError, match="is no time zone"):
            zone_of(name)
