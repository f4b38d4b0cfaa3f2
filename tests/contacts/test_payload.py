"""The plain contact: every fault of a body at once, and back."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from typing import Any

import pytest
from hypothesis import given

import ringback.contacts
from ringback.contacts import Contact, PayloadError, contact_faults, parse_contact
from tests.contacts.bodies import BODY, contacts, json_values

MODULES = [module.name for module in pkgutil.iter_modules(ringback.contacts.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"ringback.contacts.{name}")).failed == 0


def test_a_whole_body() -> None:
    contact = parse_contact(BODY)
    assert contact == Contact(
        external_contact_id="EXT-9928374",
        name="Alice Smith",
        channels={"voice": "+15551234567", "email": "alice@example.com", "chat": "alice-42"},
        initial_message="Hello",
        interaction_duration_seconds=600,
        metadata={"source": "crm"},
    )
    assert contact.to_dict() == BODY


def test_defaults() -> None:
    small = {"externalContactId": "a", "name": "A", "channels": {"chat": "a"}}
    assert parse_contact(small).to_dict() == {**small, "interactionDurationSeconds": 300}
    nulls = {"initialMessage": None, "metadata": None, "interactionDurationSeconds": None}
    assert parse_contact({**small, **nulls, "channels": {"chat": "a", "voice": None}}) == parse_contact(small)


def test_what_the_platform_adds_is_taken_back() -> None:
    answer = {**BODY, "id": "1", "state": "new", "validationStatus": "unknown", "selfUri": "/x"}
    assert parse_contact(answer) == parse_contact(BODY)


# change of the good body -> field, code of each fault
FAULTS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"externalContactId": None}, [("externalContactId", "required")]),
    ({"externalContactId": ""}, [("externalContactId", "empty")]),
    ({"externalContactId": "a" * 256}, [("externalContactId", "too_long")]),
    ({"externalContactId": "a b"}, [("externalContactId", "bad_characters")]),
    ({"externalContactId": "a\n"}, [("externalContactId", "bad_characters")]),
    ({"externalContactId": "ä"}, [("externalContactId", "bad_characters")]),
    ({"externalContactId": 7}, [("externalContactId", "wrong_type")]),
    ({"name": None}, [("name", "required")]),
    ({"name": "  "}, [("name", "empty")]),
    ({"name": "x" * 256}, [("name", "too_long")]),
    ({"name": f" {'x' * 256} "}, [("name", "too_long")]),
    ({"name": ["x"]}, [("name", "wrong_type")]),
    ({"name": "a\x00"}, [("name", "unstorable_character")]),
    ({"name": "a\ud800"}, [("name", "unstorable_character")]),
    ({"channels": None}, [("channels", "required")]),
    ({"channels": {}}, [("channels", "required")]),
    ({"channels": {"voice": None}}, [("channels", "required")]),
    ({"channels": "voice"}, [("channels", "wrong_type")]),
    ({"channels": {"fax": "1"}}, [("channels.fax", "unknown_field")]),
    ({"channels": {"voice": "555"}}, [("channels.voice", "not_e164")]),
    ({"channels": {"voice": "+1 555 123 4567"}}, [("channels.voice", "not_e164")]),
    ({"channels": {"sms": "+1555"}}, [("channels.sms", "too_short")]),
    ({"channels": {"sms": ""}}, [("channels.sms", "empty")]),
    ({"channels": {"email": "alice"}}, [("channels.email", "bad_email")]),
    ({"channels": {"chat": 1}}, [("channels.chat", "wrong_type")]),
    ({"initialMessage": 1}, [("initialMessage", "wrong_type")]),
    ({"interactionDurationSeconds": "300"}, [("interactionDurationSeconds", "wrong_type")]),
    ({"interactionDurationSeconds": True}, [("interactionDurationSeconds", "wrong_type")]),
    ({"interactionDurationSeconds": 1.5}, [("interactionDurationSeconds", "wrong_type")]),
    ({"interactionDurationSeconds": 0}, [("interactionDurationSeconds", "out_of_range")]),
    ({"interactionDurationSeconds": 7201}, [("interactionDurationSeconds", "out_of_range")]),
    ({"metadata": []}, [("metadata", "wrong_type")]),
    ({"metadata": {"a": 1, "b": None}}, [("metadata.a", "wrong_type"), ("metadata.b", "wrong_type")]),
    ({"nmae": "x"}, [("nmae", "unknown_field")]),
    (
        {"externalContactId": "a b", "name": "", "channels": {"voice": "555", "email": "x"}, "metadata": 1},
        [
            ("externalContactId", "bad_characters"),
            ("name", "empty"),
            ("channels.voice", "not_e164"),
            ("channels.email", "bad_email"),
            ("metadata", "wrong_type"),
        ],
    ),
]


@pytest.mark.parametrize(("change", "faults"), FAULTS)
def test_every_fault_is_reported(change: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    body = {**BODY, **change}
    assert [(fault.field, fault.code) for fault in contact_faults(body)] == faults
    with pytest.raises(PayloadError) as caught:
        parse_contact(body)
    assert caught.value.faults == contact_faults(body)
    assert all(str(fault) in caught.value.message for fault in caught.value.faults)


REASONS = [
    ({"nmae": "x"}, "nmae: is no field of a contact; did you mean 'name'?"),
    (
        {"interactionDurationSeconds": 9000},
        "interactionDurationSeconds: is 9000; 1 to 7,200 seconds are allowed",
    ),
    ({"channels": {}}, "channels: at least one of voice, sms, email, chat is required"),
    ({"name": 1}, "name: must be a text, not a number"),
    (
        {"channels": {"voice": "555"}},
        "channels.voice: '555' is not E.164; it begins with + and the calling code",
    ),
]


@pytest.mark.parametrize(("change", "text"), REASONS)
def test_reasons_for_people(change: dict[str, Any], text: str) -> None:
    assert [str(fault) for fault in contact_faults({**BODY, **change})] == [text]


@pytest.mark.parametrize("duration", [1, 300, 7200])
def test_durations(duration: int) -> None:
    body = {**BODY, "interactionDurationSeconds": duration}
    assert parse_contact(body).interaction_duration_seconds == duration


@given(contacts())
def test_a_contact_comes_back(contact: Contact) -> None:
    assert parse_contact(contact.to_dict()) == contact


@given(json_values())
def test_any_json_is_a_contact_or_has_faults(value: Any) -> None:
    for body in (value, {**BODY, "channels": value}, {**BODY, "metadata": value, "name": value}):
        faults = contact_faults(body)
        if not faults:
            assert parse_contact(body).channels
        assert all(fault.code and fault.reason for fault in faults)
