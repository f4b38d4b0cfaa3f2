"""Schedules, schedule groups, emergency groups and call routes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ringback.engine.calendars import schedule_of
from ringback.platform.errors import ApiError
from ringback.platform.recurrence import check_rule, local_moment, times_of
from tests.platform.client import Client
from tests.platform.conftest import Server
from tests.platform.seeding import put

ARCHITECT = "/api/v2/architect"
NOBODY = "00000000-0000-4000-8000-000000000000"
TIMES = {"start": "2026-01-05T09:00:00.000", "end": "2026-01-05T17:00:00.000"}
NEW: dict[str, dict[str, Any]] = {
    "schedules": {**TIMES, "rrule": "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,TU,WE,TH,FR"},
    "schedulegroups": {"timeZone": "Europe/Berlin"},
    "emergencygroups": {"enabled": True},
    "ivrs": {"dnis": []},
}


def made(api: Client, where: str, name: str, **sent: Any) -> dict[str, Any]:
    answer: dict[str, Any] = api.post(f"{ARCHITECT}/{where}", {"name": name, **sent}).ok()
    return answer


@pytest.mark.parametrize("where", NEW)
def test_life(api: Client, where: str) -> None:
    one = made(api, where, f"Life {where}", **NEW[where])
    assert {name: one[name] for name in NEW[where]} == NEW[where]
    assert (one["version"], one["state"], one["division"]["name"]) == (1, "active", "Home")
    assert api.get(one["selfUri"]).ok() == one
    api.post(f"{ARCHITECT}/{where}", {"name": one["name"].upper(), **NEW[where]}).refused(409)
    again = api.put(one["selfUri"], {**one, "description": "changed"}).ok()
    assert (again["version"], again["description"]) == (2, "changed")
    api.put(one["selfUri"], {**one, "description": "late"}).refused(409, "version.conflict")
    assert api.get(f"{ARCHITECT}/{where}", name=f"life {where}").ok()["total"] == 1
    assert api.delete(one["selfUri"]).status == 204
    api.get(one["selfUri"]).refused(404)
    api.delete(one["selfUri"]).refused(404)


@pytest.mark.parametrize("where", ["schedules", "schedulegroups", "emergencygroups"])
def test_division_views(api: Client, where: str) -> None:
    one = made(api, where, f"Viewed {where}", **NEW[where])
    page = api.get(f"{ARCHITECT}/{where}/divisionviews", id=one["id"]).ok()
    assert [each["name"] for each in page["entities"]] == [f"Viewed {where}"]


def test_a_group_refers_to_schedules(api: Client) -> None:
    one = made(api, "schedules", "Grouped", **TIMES)
    group = made(api, "schedulegroups", "Grouping", openSchedules=[{"id": one["id"]}])
    assert group["openSchedules"] == [{"id": one["id"], "name": "Grouped", "selfUri": one["selfUri"]}]
    assert (group["closedSchedules"], group["holidaySchedules"]) == ([], [])
    found = api.get(f"{ARCHITECT}/schedulegroups", scheduleIds=one["id"]).ok()["entities"]
    assert [each["id"] for each in found] == [group["id"]]
    assert api.get(f"{ARCHITECT}/schedulegroups", scheduleIds=NOBODY).ok()["total"] == 0
    assert "Grouping" in api.delete(one["selfUri"]).refused(409, "resource.in.use")["message"]
    route = made(api, "ivrs", "Route", scheduleGroup={"id": group["id"]})
    api.delete(group["selfUri"]).refused(409)
    for each in (route, group, one):
        assert api.delete(each["selfUri"]).status == 204


def test_emergencies_and_routes_refer_to_flows(api: Client, server: Server) -> None:
    flow = put(server, "flow", name="Emergency flow", selfUri="/api/v2/flows/x")
    route = made(api, "ivrs", "Emergency route", dnis=["+13175550100"], openHoursFlow={"id": flow})
    assert route["openHoursFlow"]["name"] == "Emergency flow"
    assert "closedHoursFlow" not in route
    pair = {"emergencyFlow": {"id": flow}, "ivrs": [{"id": route["id"]}]}
    group = made(api, "emergencygroups", "Emergency", emergencyCallFlows=[pair])
    assert group["emergencyCallFlows"][0]["ivrs"][0]["name"] == "Emergency route"
    api.post(f"{ARCHITECT}/ivrs", {"name": "Same number", "dnis": ["+13175550100"]}).refused(409)


@pytest.mark.parametrize(
    ("where", "sent", "field"),
    [
        ("schedules", {"start": TIMES["start"]}, "end"),
        ("schedules", {"start": TIMES["end"], "end": TIMES["start"]}, "end"),
        ("schedules", {**TIMES, "start": "2026-01-05T09:00:00Z"}, "start"),
        ("schedules", {**TIMES, "start": "2026-02-30T09:00:00"}, "start"),
        ("schedules", {**TIMES, "rrule": "weekly"}, "rrule"),
        ("schedules", {**TIMES, "rrule": "FREQ=WEEKLY;BYDAY=XX"}, "rrule"),
        ("schedules", {**TIMES, "rrule": "INTERVAL=1"}, "rrule"),
        ("schedules", {**TIMES, "rrule": "FREQ=DAILY;INTERVAL=0"}, "rrule"),
        ("schedules", {**TIMES, "rrule": "FREQ=DAILY;FREQ=DAILY"}, "rrule"),
        ("schedules", {**TIMES, "rrule": "FREQ=DAILY;COUNT=2;UNTIL=20270101"}, "rrule"),
        ("schedulegroups", {"timeZone": "Mars/Olympus"}, "timeZone"),
        ("schedulegroups", {"timeZone": "../etc/passwd"}, "timeZone"),
        ("schedulegroups", {"closedSchedules": [{"id": NOBODY}]}, "closedSchedules.0"),
        ("emergencygroups", {"emergencyCallFlows": [{"ivrs": [{"id": NOBODY}]}]}, None),
        ("ivrs", {"scheduleGroup": {"id": NOBODY}}, "scheduleGroup"),
        ("ivrs", {"openHoursFlow": {"id": NOBODY}}, "openHoursFlow"),
    ],
)
def test_what_is_refused(api: Client, where: str, sent: dict[str, Any], field: str | None) -> None:
    body = api.post(f"{ARCHITECT}/{where}", {"name": "Refused", **sent}).refused(400)
    if field is not None:
        assert body["details"][0]["fieldName"] == field


def test_moments_are_written_with_milliseconds() -> None:
    assert local_moment("2026-01-05T09:00", field="start") == "2026-01-05T09:00:00.000"
    assert local_moment("2026-01-05T09:00:01.987654", field="start") == "2026-01-05T09:00:01.987"


PARTS = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])},
    optional={
        "INTERVAL": st.integers(1, 999).map(str),
        "BYDAY": st.lists(st.sampled_from(["MO", "WE", "SU"]), min_size=1, max_size=3).map(",".join),
        "BYMONTH": st.integers(1, 12).map(str),
        "BYMONTHDAY": st.integers(1, 31).map(str),
        "BYSETPOS": st.sampled_from(["1", "-1", "2,-2"]),
        "UNTIL": st.sampled_from(["20271231", "20271231T235959Z"]),
        "WKST": st.just("MO"),
    },
)
MOMENTS = st.datetimes(datetime.fromisoformat("1970-01-01"), datetime.fromisoformat("2100-01-01"))


@given(PARTS, MOMENTS, MOMENTS)
def test_every_rule_that_is_taken_can_be_run(parts: dict[str, str], start: datetime, now: datetime) -> None:
    sent = {
        "start": start.isoformat(),
        "end": start.replace(year=start.year + 1, day=1).isoformat(),
        "rrule": ";".join(f"{name}={value}" for name, value in parts.items()),
    }
    try:
        times = times_of(sent)
    except ApiError as refused:
        reason = refused.message
        times = {}
    assume(times or "BYSETPOS" not in parts)  # only rules by month take it
    assert times, reason
    schedule = schedule_of(times)
    assert schedule is not None
    assert schedule.active(now) in (True, False)
    assert times_of(times) == times


@pytest.mark.parametrize(
    ("rule", "runs"),
    [
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=TH;BYSETPOS=4", True),
        ("FREQ=MONTHLY;BYDAY=2MO,-1FR", True),
        ("FREQ=DAILY;COUNT=5", True),
        ("RRULE:FREQ=DAILY", True),
        ("FREQ=HOURLY", False),
        ("FREQ=YEARLY;BYYEARDAY=3", False),
    ],
)
def test_rules_that_flows_cannot_run_on_say_so(rule: str, runs: bool) -> None:
    check_rule(rule)
    if runs:
        assert times_of({**TIMES, "rrule": rule})["rrule"] == rule
    else:
        with pytest.raises(ApiError, match="local platform cannot use"):
            times_of({**TIMES, "rrule": rule})


@given(st.text(max_size=80) | st.from_regex(r"([A-Z]{3,8}=[0-9A-Z,+-]{0,8};?){1,4}", fullmatch=True))
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    try:
        check_rule(text)
    except ApiError:
        return
    assert "FREQ=" in text.upper()
