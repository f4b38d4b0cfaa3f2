"""What the rules say of a contact at a moment; each refusal names its rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.contacts import NO_RULES, Contact, check, load_rules
from ringback.contacts.payload import CHANNELS
from ringback.contacts.quiet import DAYS, Hours, opens_at, quiet_end
from ringback.core.errors import InternalError
from ringback.core.policies import Policies
from tests.contacts.bodies import contacts

NEW_YORK, SPAIN, BERLIN, ANYWHERE = "+12125550123", "+34612345678", "+493012345678", "+15551234567"
# Monday, 10:00 in New York, 16:00 in Berlin and Madrid, 15:00 on the Canary Islands
NOON = datetime(2025, 6, 2, 14, 0, tzinfo=UTC)

RULES = """
country: US
doNotContact:
  - {name: national list, numbers: ["(212) 555-0199"], emails: [Bob@Example.com], externalIds: [EXT-BAD]}
  - {name: no calls, scope: channel, numbers: [+1 212 555 0100]}
blockedRegions:
  - {name: sanctions, regions: [kp], callingCodes: [+850, 53]}
  - {name: not France, channels: [sms], regions: [FR]}
consent:
  - {name: opt-in, channels: [sms], field: "consent.{channel}"}
channelChecks:
  - {name: no texts to land lines, channels: [sms], refuseTypes: [fixedLine]}
  - {name: chat is closed, channels: [chat], closed: true}
quietHours:
  - {name: evenings, channels: [voice], from: 21:00, to: 08:00}
  - {name: sundays, channels: [voice], days: [SU], from: 00:00, to: 00:00}
"""
LOADED = load_rules(RULES, file="rules.yaml")


def person(metadata: dict[str, str] | None = None, **channels: str) -> Contact:
    return Contact("EXT-1", "Alice", channels, metadata=metadata or {})


VERDICTS: list[tuple[str, Contact, str, str, dict[str, str]]] = [
    ("a good number", person(voice=NEW_YORK), "passed", "", {"voice": "available"}),
    (
        "a listed number, whatever the channel",
        person(sms="+12125550199", email="a@example.com"),
        "failed",
        "national list",
        dict.fromkeys(("sms", "email"), "do-not-contact 'national list': its sms address is listed"),
    ),
    (
        "a listed address in another case",
        person(email="bob@EXAMPLE.com"),
        "failed",
        "national list",
        {"email": "do-not-contact 'national list': its email address is listed"},
    ),
    (
        "a listed id",
        Contact("ext-bad", "Alice", {"voice": NEW_YORK}),
        "failed",
        "national list",
        {"voice": "do-not-contact 'national list': its external id is listed"},
    ),
    (
        "a list that refuses an address alone",
        person(voice="+12125550100", email="a@example.com"),
        "passed",
        "",
        {"voice": "do-not-contact 'no calls': its voice address is listed", "email": "available"},
    ),
    (
        "a calling code",
        person(voice="+85021234567"),
        "failed",
        "sanctions",
        {"voice": "blocked region 'sanctions': numbers of +850 are blocked"},
    ),
    (
        "a country on one channel",
        person({"consent.sms": "yes"}, sms="+33612345678"),
        "failed",
        "not France",
        {"sms": "blocked region 'not France': FR is blocked"},
    ),
    (
        "no consent",
        person(sms=NEW_YORK),
        "failed",
        "opt-in",
        {"sms": "consent 'opt-in': consent is not given (metadata 'consent.sms')"},
    ),
    (
        "consent that was asked for",
        person({"consent.sms": "Asked"}, sms=NEW_YORK),
        "pending",
        "opt-in",
        {"sms": "consent 'opt-in': consent is asked for, not given yet (metadata 'consent.sms')"},
    ),
    ("consent", person({"consent.sms": " YES "}, sms=NEW_YORK), "passed", "", {"sms": "available"}),
    (
        "a list of channels",
        person({"consent.sms": "Voice, SMS"}, sms=NEW_YORK),
        "passed",
        "",
        {"sms": "available"},
    ),
    (
        "a refusal that names the channel",
        person({"consent.sms": "no sms"}, sms=NEW_YORK),
        "failed",
        "opt-in",
        {"sms": "consent 'opt-in': consent is not given (metadata 'consent.sms')"},
    ),
    (
        "a kind of line",
        person({"consent.sms": "yes"}, sms=BERLIN),
        "failed",
        "no texts to land lines",
        {"sms": "channel check 'no texts to land lines': the number is of type fixedLine"},
    ),
    (
        "a closed channel",
        person(chat="x"),
        "failed",
        "chat is closed",
        {"chat": "channel check 'chat is closed': chat is closed"},
    ),
    (
        "waiting on one channel, refused on the other",
        person({"consent.sms": "asked"}, sms=NEW_YORK, chat="x"),
        "pending",
        "opt-in",
        {
            "sms": "consent 'opt-in': consent is asked for, not given yet (metadata 'consent.sms')",
            "chat": "channel check 'chat is closed': chat is closed",
        },
    ),
]


@pytest.mark.parametrize(
    ("contact", "status", "rule", "channels"), [case[1:] for case in VERDICTS], ids=[c[0] for c in VERDICTS]
)
def test_verdict(contact: Contact, status: str, rule: str, channels: dict[str, str]) -> None:
    verdict = check(contact, LOADED, now=NOON)
    assert (verdict.status, verdict.rule, dict(verdict.availability)) == (status, rule, channels)
    assert rule in verdict.reason
    assert verdict.clear is ("available" in channels.values())


def test_without_rules() -> None:
    assert check(person(voice=NEW_YORK), None, now=NOON).status == "unknown"
    assert check(person(voice=NEW_YORK), NO_RULES, now=NOON).status == "passed"
    assert check(person(voice=NEW_YORK), load_rules("", file="r.yaml"), now=NOON).status == "passed"


def test_the_first_available_channel() -> None:
    contact = Contact("a", "A", {"voice": "+12125550100", "email": "a@example.com", "chat": "x"})
    verdict = check(contact, LOADED, now=NOON)
    assert verdict.first_channel == "email"
    open_channels = check(person(voice=NEW_YORK, email="a@example.com"), NO_RULES, now=NOON)
    assert open_channels.policies == ("first_channel",)


def test_a_moment_has_a_time_zone() -> None:
    with pytest.raises(InternalError):
        check(person(voice=NEW_YORK), NO_RULES, now=NOON.replace(tzinfo=None))


def test_everything_that_was_said_is_kept() -> None:
    verdict = check(person(sms=BERLIN), LOADED, now=NOON)
    assert [said.rule for said in verdict.refusals["sms"]] == ["opt-in", "no texts to land lines"]


QUIET = "quietHours: [{name: evenings, from: 21:00, to: 08:00, channels: [voice, sms, email]}]"


def quiet(text: str = QUIET, *, at: datetime, policies: dict[str, str] | None = None, **given: Any) -> Any:
    contact = person(given.pop("metadata", None), **given)
    return check(contact, load_rules(text, file="r.yaml"), now=at, policies=Policies(policies or {}))


def local(zone: str, hour: int, minute: int = 0, *, day: int = 2, month: int = 6) -> datetime:
    return datetime(2025, month, day, hour, minute, tzinfo=ZoneInfo(zone))


EVENINGS = [(20, 59, True), (21, 0, False), (23, 59, False), (0, 0, False), (7, 59, False), (8, 0, True)]


@pytest.mark.parametrize(("hour", "minute", "free"), EVENINGS)
@pytest.mark.parametrize(("number", "zone"), [(NEW_YORK, "America/New_York"), (BERLIN, "Europe/Berlin")])
def test_quiet_by_the_clock_of_the_number(number: str, zone: str, hour: int, minute: int, free: bool) -> None:
    verdict = quiet(at=local(zone, hour, minute), voice=number)
    assert verdict.clear is free
    if not free:
        clock = f"{hour:02}:{minute:02}"
        assert verdict.reason == f"quiet hours 'evenings': it is {clock} in {zone}"
        assert verdict.until == local(zone, 8, day=3 if hour > 12 else 2)


def test_quiet_in_any_zone_refuses() -> None:
    # 08:30 in Madrid, 07:30 on the Canary Islands: the number may be in either.
    at = local("Europe/Madrid", 8, 30)
    verdict = quiet(at=at, voice=SPAIN)
    place = "it is 07:30 in Atlantic/Canary, one of 2 time zones where the contact may be"
    assert verdict.reason == f"quiet hours 'evenings': {place}"
    assert verdict.until == local("Atlantic/Canary", 8)
    assert verdict.policies == ("quiet_hours_status", "quiet_hours_zones")
    lenient = {"quiet_hours_zones": "all_quiet"}
    assert quiet(at=at, voice=SPAIN, policies=lenient).clear
    assert not quiet(at=local("Europe/Madrid", 23, 30), voice=SPAIN, policies=lenient).clear


def test_a_zone_that_the_metadata_or_the_rule_names() -> None:
    at = local("America/New_York", 10)
    assert not quiet(at=at, voice=ANYWHERE).clear  # before dawn in Hawaii
    assert quiet(at=at, voice=ANYWHERE, metadata={"timeZone": "America/New_York"}).clear
    assert not quiet(at=at, voice=ANYWHERE, metadata={"timeZone": "Nowhere/Land"}).clear
    zones = QUIET.replace("}]", ', zones: {"+1": Pacific/Honolulu, "+1555": America/New_York}}]')
    assert quiet(zones, at=at, voice=ANYWHERE).clear
    assert not quiet(zones, at=at, voice=NEW_YORK).clear


def test_e_mail_rests_where_the_number_is() -> None:
    at = local("America/New_York", 22)
    assert (
        quiet(at=at, email="a@example.com", voice=NEW_YORK).availability["email"].endswith("America/New_York")
    )
    alone = quiet(at=at, email="a@example.com")
    assert alone.reason == "quiet hours 'evenings': the contact's time zone is not known"
    assert alone.until is None
    assert quiet(at=at, email="a@example.com", policies={"quiet_hours_unknown_zone": "open"}).clear


def test_status_of_rest() -> None:
    at = local("America/New_York", 22)
    assert quiet(at=at, voice=NEW_YORK).status == "failed"
    assert quiet(at=at, voice=NEW_YORK, policies={"quiet_hours_status": "pending"}).status == "pending"


def test_hours_belong_to_the_day_on_which_they_began() -> None:
    friday = "quietHours: [{name: f, days: [FR], from: 22:00, to: 06:00}]"
    # The 6th of June 2025 is a Friday.
    free = [
        quiet(friday, at=local("America/New_York", hour, day=day), voice=NEW_YORK).clear
        for day, hour in ((6, 5), (6, 22), (7, 5), (7, 6), (7, 22))
    ]
    assert free == [True, False, False, True, True]


def test_rests_that_follow_each_other() -> None:
    text = """quietHours:
      - {name: nights, from: 21:00, to: 08:00}
      - {name: sundays, days: [SU], from: 00:00, to: 00:00}
      - {name: mornings, days: [MO], from: 08:00, to: 10:00}"""
    verdict = quiet(text, at=local("America/New_York", 22, day=7), voice=NEW_YORK)  # a Saturday
    assert verdict.until == local("America/New_York", 10, day=9)


@pytest.mark.parametrize(
    ("span", "now", "opens"),
    [
        # To the second: a span that ends in a few seconds ends then, not a minute later.
        (("21:00", "08:00"), "2025-06-03T11:59:59Z", "2025-06-03T12:00:00Z"),
        # New York goes forward from 02:00 to 03:00 at 07:00 UTC: nobody's clock ever shows 02:30.
        (("22:00", "02:30"), "2025-03-09T06:59:00Z", "2025-03-09T07:00:00Z"),
        (("22:00", "02:30"), "2025-03-09T07:00:00Z", None),
        # It goes back from 02:00 to 01:00 at 06:00 UTC: 01:15 comes twice.
        (("22:00", "01:30"), "2025-11-02T05:15:00Z", "2025-11-02T05:30:00Z"),
        (("22:00", "01:30"), "2025-11-02T05:45:00Z", None),
        (("22:00", "01:30"), "2025-11-02T06:15:20Z", "2025-11-02T06:30:00Z"),
    ],
)
def test_until_where_clocks_change(span: tuple[str, str], now: str, opens: str | None) -> None:
    text = f"quietHours: [{{name: n, from: '{span[0]}', to: '{span[1]}'}}]"
    verdict = quiet(text, at=datetime.fromisoformat(now), voice=NEW_YORK)
    assert verdict.until == (datetime.fromisoformat(opens) if opens else None)
    ends = [said.until for each in verdict.refusals.values() for said in each]
    assert ends == ([datetime.fromisoformat(opens)] if opens else [])


def test_rest_without_end() -> None:
    verdict = quiet("quietHours: [{name: always, from: 00:00, to: 00:00}]", at=NOON, voice=NEW_YORK)
    assert (verdict.clear, verdict.until) == (False, None)


def test_no_moment_when_something_else_refuses_as_well() -> None:
    text = QUIET + "\nconsent: [{name: c, channels: [voice]}]"
    assert quiet(text, at=local("America/New_York", 22), voice=NEW_YORK).until is None


@pytest.mark.parametrize(("month", "day"), [(3, 9), (11, 2)], ids=["clocks go forward", "clocks go back"])
def test_clocks_that_change(month: int, day: int) -> None:
    text = "quietHours: [{name: night, from: 01:30, to: 02:30}]"
    start = local("America/New_York", 0, day=day, month=month).astimezone(UTC)
    for minutes in range(0, 300, 10):
        verdict = quiet(text, at=start + timedelta(minutes=minutes), voice=NEW_YORK)
        clock = (
            (start + timedelta(minutes=minutes)).astimezone(ZoneInfo("America/New_York")).strftime("%H:%M")
        )
        assert verdict.clear is not ("01:30" <= clock < "02:30")
        if verdict.until:
            assert verdict.until > start + timedelta(minutes=minutes)
            assert quiet(text, at=verdict.until, voice=NEW_YORK).clear


times = st.times().map(lambda moment: moment.replace(microsecond=0))
# Hypothesis wants the bounds naive and adds the zone.
_FROM, _TO = datetime(2024, 1, 1), datetime(2026, 1, 1)  # noqa: DTZ001 - see above
moments = st.datetimes(_FROM, _TO, timezones=st.just(UTC))


@given(st.sets(st.sampled_from(DAYS), min_size=1), times, times, moments)
def test_the_moment_of_opening_is_open_and_the_first(
    days: set[str], start: Any, end: Any, now: datetime
) -> None:
    hours, zones = Hours(frozenset(days), start, end), ("America/New_York", "Asia/Kathmandu")

    def ends(moment: datetime) -> datetime | None:
        found = quiet_end(hours, zones, now=moment, every=False)
        return found[0] if found else None

    opening = opens_at(now, [ends])
    if opening is None:
        assert ends(now) is not None
    else:
        assert ends(opening) is None
        assert (opening == now) is (ends(now) is None)


@given(contacts(), moments)
def test_every_refusal_names_its_rule(contact: Contact, now: datetime) -> None:
    verdict = check(contact, LOADED, now=now)
    assert list(verdict.availability) == [channel for channel in CHANNELS if channel in contact.channels]
    for said in (said for each in verdict.refusals.values() for said in each):
        assert f"'{said.rule}'" in said.reason
    assert verdict.clear is (verdict.status == "passed")
    assert check(contact, LOADED, now=now) == verdict
