"""Plain contact and native body, one from the other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.contacts import Contact, PayloadError
from ringback.contacts.native import from_native, is_native, native_phone, to_native
from tests.contacts.bodies import contacts


def phone(e164: str, country: str, *, sms: bool, display: str) -> dict[str, Any]:
    return {"display": display, "e164": e164, "countryCode": country, "userInput": e164, "acceptsSMS": sms}


def plain(**channels: str) -> Contact:
    return Contact("EXT-1", "Alice Smith", channels)


ALICE = phone("+12125550123", "US", sms=False, display="+1 212-555-0123")
ID = {"externalIds": [{"externalSource": {"name": "ringback"}, "value": "EXT-1"}]}
NAME = {"firstName": "Alice", "lastName": "Smith"}

PAIRS = [
    (plain(voice="+12125550123"), {"workPhone": ALICE}),
    (plain(voice="+12125550123", sms="+12125550123"), {"workPhone": {**ALICE, "acceptsSMS": True}}),
    (
        plain(voice="+12125550123", sms="+33100000001"),
        {"workPhone": ALICE, "cellPhone": phone("+33100000001", "FR", sms=True, display="+33 1 00 00 00 01")},
    ),
    (plain(sms="+12125550123"), {"otherPhone": {**ALICE, "acceptsSMS": True}}),
    (plain(email="alice@example.com"), {"workEmail": "alice@example.com"}),
    # A number that tells no country counts as one of the main country.
    (
        plain(voice="+15551234567"),
        {"workPhone": phone("+15551234567", "US", sms=False, display="+1 555-123-4567")},
    ),
]


@pytest.mark.parametrize(("contact", "fields"), PAIRS)
def test_both_ways(contact: Contact, fields: dict[str, Any]) -> None:
    assert to_native(contact) == {**NAME, **fields, **ID}
    assert from_native({**NAME, **fields, **ID}) == contact


PHONES = [
    # From the provider's acceptance test, which runs against the real platform.
    ({"display": "+33 1 00 00 00 01", "extension": 2}, "+33100000001", "FR", "+33 1 00 00 00 01"),
    ({"display": "(212) 555-0123"}, "+12125550123", "US", "+1 212-555-0123"),
    ({"display": "030 12345678", "normalizationCountryCode": "DE"}, "+493012345678", "DE", "+49 30 12345678"),
    (
        {"display": "030 12345678", "normalizationCountryCode": "+49"},
        "+493012345678",
        "DE",
        "+49 30 12345678",
    ),
    ({"e164": "+12125550123"}, "+12125550123", "US", "+1 212-555-0123"),
]


@pytest.mark.parametrize(("given_phone", "e164", "country", "display"), PHONES)
def test_phone_as_the_platform_writes_it(
    given_phone: dict[str, Any], e164: str, country: str, display: str
) -> None:
    made = native_phone(given_phone)
    assert (made["e164"], made["countryCode"], made["display"]) == (e164, country, display)
    assert made["userInput"] == given_phone.get("display", e164)
    assert made.get("extension") == given_phone.get("extension")


def test_a_phone_that_cannot_be_read_stays() -> None:
    assert native_phone({"display": "ask Bob", "e164": "+1"}) == {
        "display": "ask Bob",
        "userInput": "ask Bob",
    }


NATIVE = {
    "id": "6a1b",
    "firstName": "Vincent",
    "middleName": "Willem",
    "lastName": "van Gogh",
    "title": "painter",
    "homePhone": {**ALICE, "extension": 7},
    "cellPhone": phone("+33100000001", "FR", sms=True, display="+33 1 00 00 00 01"),
    "personalEmail": "vincent@example.com",
    "externalIds": [{"externalSource": {"id": "s1"}, "value": "CRM-7"}],
}


def test_what_only_the_native_body_holds_stays() -> None:
    contact = from_native(NATIVE, source={"id": "s1"})
    assert contact.name == "Vincent Willem van Gogh"
    assert dict(contact.channels) == {
        "voice": "+33100000001",
        "sms": "+33100000001",
        "email": "vincent@example.com",
    }
    assert contact.external_contact_id == "CRM-7"
    assert to_native(contact, NATIVE, source={"id": "s1"}) == NATIVE


def test_only_what_changed_is_written() -> None:
    contact = from_native(NATIVE)
    renamed = Contact(contact.external_contact_id, "Theo van Gogh", contact.channels)
    body = to_native(renamed, NATIVE)
    assert (body["firstName"], body["lastName"]) == ("Theo van", "Gogh")
    assert "middleName" not in body
    assert {
        key: body[key] for key in ("title", "homePhone", "cellPhone", "personalEmail", "externalIds")
    } == {key: NATIVE[key] for key in ("title", "homePhone", "cellPhone", "personalEmail", "externalIds")}


def test_plain_fields_that_no_native_body_holds() -> None:
    extra = {"channels": {"chat": "c"}, "metadata": {"a": "b"}, "initialMessage": "Hi"}
    contact = from_native({**NAME, **ID}, plain=extra)
    assert (contact.channels, contact.metadata, contact.initial_message) == ({"chat": "c"}, {"a": "b"}, "Hi")


def test_its_own_id_serves_as_external_id() -> None:
    assert from_native({**NAME, "id": "6a1b", "workEmail": "a@example.com"}).external_contact_id == "6a1b"


def test_faults_name_native_fields() -> None:
    with pytest.raises(PayloadError) as caught:
        from_native({"title": "x", "personalEmail": "nobody"})
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [
        ("externalIds", "required"),
        ("firstName", "required"),
        ("personalEmail", "bad_email"),
    ]


@pytest.mark.parametrize(
    ("body", "native"),
    [
        ({"firstName": "A"}, True),
        ({}, True),
        ({"name": "A"}, False),
        ({"channels": {}, "firstName": "A"}, False),
    ],
)
def test_which_form_a_body_has(body: dict[str, Any], native: bool) -> None:
    assert is_native(body) is native


@given(contacts())
def test_nothing_is_lost(contact: Contact) -> None:
    held = ("chat", "initialMessage", "interactionDurationSeconds", "metadata")
    body = contact.to_dict()
    extra = {key: body[key] for key in held if key in body}
    if "chat" in contact.channels:
        extra["channels"] = {"chat": contact.channels["chat"]}
    native = to_native(contact)
    assert from_native(native, plain=extra) == contact
    assert to_native(contact, native) == native


@given(st.lists(st.sampled_from(["Anna", "van", "Ó Briain", "X"]), min_size=1, max_size=3))
def test_names_in_any_native_parts_stay(parts: list[str]) -> None:
    fields = dict(zip(("firstName", "middleName", "lastName"), parts, strict=False))
    native = {**fields, "workEmail": "a@example.com", **ID}
    read = from_native(native)
    assert read.name == " ".join(parts)
    assert to_native(read, native) == native


@given(contacts(), contacts())
def test_a_changed_contact_comes_back_from_the_changed_body(before: Contact, after: Contact) -> None:
    changed = to_native(after, to_native(before))
    chat = {"channels": {"chat": after.channels["chat"]}} if "chat" in after.channels else {}
    read = from_native(changed, plain=chat | {"channels": chat.get("channels", {"chat": "none"})})
    assert (read.name, read.external_contact_id) == (after.name, after.external_contact_id)
    assert {**read.channels, "chat": ""} == {**after.channels, "chat": ""}
