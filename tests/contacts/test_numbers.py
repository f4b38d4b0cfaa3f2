"""Telephone numbers, their zones, and e-mail addresses."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.contacts.emails import EmailError, parse_email, same_email
from ringback.contacts.numbers import (
    NumberError,
    exact_e164,
    main_region,
    number_type,
    parse_number,
    time_zones,
)

GOOD = [
    ("(212) 555-0123", "US", "+12125550123", "US"),
    ("+1 555 123 4567", None, "+15551234567", ""),
    ("tel:+12125550123", None, "+12125550123", "US"),
    ("0171 2345678", "DE", "+491712345678", "DE"),
    ("0171 2345678", "de", "+491712345678", "DE"),
    ("+44 20 7946 0958", "US", "+442079460958", "GB"),
    ("00 44 20 7946 0958", "DE", "+442079460958", "GB"),
    ("\uff12\uff11\uff125550123", "US", "+12125550123", "US"),
    ("+800 1234 5678", None, "+80012345678", "001"),
    ("06 1234 5678", "IT", "+390612345678", "IT"),  # Italy keeps its zero
]


@pytest.mark.parametrize(("text", "country", "e164", "region"), GOOD)
def test_good(text: str, country: str | None, e164: str, region: str) -> None:
    number = parse_number(text, country=country)
    assert (number.e164, number.region) == (e164, region)


BAD = [
    ("", "US", "empty"),
    ("   ", "US", "empty"),
    ("call me", "US", "not_a_number"),
    ("+", None, "not_a_number"),
    ("call 212 555 0123", "US", "letters"),
    ("1-800-FLOWERS", "US", "letters"),
    ("212 555 0123 x12", "US", "extension"),
    ("+12125550123;ext=12", None, "extension"),
    ("5550123", "US", "too_short"),
    ("12", "US", "too_short"),
    ("+1 212 555 01234567", None, "too_long"),
    ("+" + "1" * 300, None, "too_long"),
    ("2125550123", None, "unknown_country"),
    ("+999 123 456 789", None, "unknown_country"),
    ("2125550123", "XX", "unknown_country"),
    ("1.5551E+10", "US", "spreadsheet"),
]


@pytest.mark.parametrize(("text", "country", "code"), BAD)
def test_bad(text: str, country: str | None, code: str) -> None:
    with pytest.raises(NumberError) as caught:
        parse_number(text, country=country)
    assert caught.value.code == code


def test_a_message_says_what_to_write() -> None:
    with pytest.raises(NumberError) as caught:
        exact_e164("+1 555 123 4567")
    assert str(caught.value) == "'+1 555 123 4567' is not E.164; write +15551234567"
    assert exact_e164("+15551234567") == "+15551234567"


ZONES = [
    ("+12125550123", ("America/New_York",)),
    ("+34612345678", ("Atlantic/Canary", "Europe/Madrid")),
    ("+8821612345678", ()),  # satellite
]


@pytest.mark.parametrize(("e164", "zones"), ZONES)
def test_zones(e164: str, zones: tuple[str, ...]) -> None:
    assert time_zones(e164) == zones


def test_an_unassigned_number_may_be_anywhere_in_its_country() -> None:
    zones = time_zones("+15551234567")
    assert {"America/New_York", "America/Los_Angeles", "Pacific/Honolulu"} < set(zones)


def test_kind_and_country() -> None:
    assert number_type("+12125550123") == "fixedLineOrMobile"
    assert number_type("+493012345678") == "fixedLine"
    assert number_type("+15551234567") == "unknown"
    assert (main_region(1), main_region(44), main_region(999)) == ("US", "GB", "")


@pytest.mark.parametrize("region", ["US", "DE", "GB", "FR", "IT", "BR", "IN", "JP", "AU", "ZA"])
def test_national_notation_of_every_example(region: str) -> None:
    for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
        example = phonenumbers.example_number_for_type(region, kind)
        national = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
        e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        assert parse_number(national, country=region).e164 == e164


@given(st.text(max_size=300), st.sampled_from([None, "US", "DE"]))
def test_any_text_is_a_number_or_a_fault(text: str, country: str | None) -> None:
    try:
        number = parse_number(text, country=country)
    except NumberError:
        return  # every other exception fails
    assert parse_number(number.e164) == number
    assert parse_number(number.display).e164 == number.e164


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_what_passes_as_e164_reads_as_itself(text: str) -> None:
    try:
        number = parse_number(exact_e164(text))
    except NumberError:
        return  # every other exception fails
    assert number.e164 == text
    assert isinstance(time_zones(text), tuple)
    assert number_type(text)


EMAILS = [
    ("alice@example.com", "alice@example.com"),
    ("Alice@Example.COM", "Alice@example.com"),
    ("a.b+c@crm.test", "a.b+c@crm.test"),
    ("A@Corp.Local", "A@corp.local"),
    ("grün@bücher.example", "grün@bücher.example"),
]
NO_EMAILS = [
    "",
    "alice",
    "alice@",
    "@example.com",
    "a b@example.com",
    "a@localhost",
    "a@.local",
    "a@b c.local",
    "Al <a@b.test>",
    "a@example..com",
]
NO_EMAILS += [
    "Alice <a@example.com>",
    "a@[127.0.0.1]",
    "a@" + "x" * 300 + ".com",
    "a@example.com\n",
    "a\x00@x.com",
]


@pytest.mark.parametrize(("text", "normal"), EMAILS)
def test_emails(text: str, normal: str) -> None:
    assert parse_email(text) == normal


@pytest.mark.parametrize("text", NO_EMAILS)
def test_texts_that_are_no_emails(text: str) -> None:
    with pytest.raises(EmailError):
        parse_email(text)


def test_two_spellings_of_one_address() -> None:
    assert same_email(" Alice@EXAMPLE.com ") == same_email("alice@example.com")


@given(st.text())
def test_any_text_is_an_email_or_a_fault(text: str) -> None:
    try:
        normal = parse_email(text)
    except EmailError:
        return  # every other exception fails
    assert parse_email(normal) == normal
