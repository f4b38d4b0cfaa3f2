"""The plain form of contacts: registered, validated by rules, asked for, started with."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.platform.client import Client
from tests.platform.test_contacts import BASE, CONTACTS, found, unique

RULES = f"{BASE}/rules"
STARTS = "/api/v2/conversations"


def plain(**more: Any) -> dict[str, Any]:
    return {
        "externalContactId": unique("EXT-"),
        "name": "Alice Smith",
        "channels": {"voice": "+12125550123", "sms": "+12125550123", "email": "alice@example.com"},
        **more,
    }


def settled(api: Client, external_id: str) -> dict[str, Any]:
    """The contact once it is no longer being validated."""
    deadline = time.monotonic() + 10
    while (body := api.get(f"{CONTACTS}/{external_id}").ok())["state"] in {"new", "validating"}:
        assert body["validationStatus"] == "pending"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return dict(body)


@pytest.fixture
def rules(api: Client) -> Iterator[Any]:
    """Sets the rules; they are taken away afterwards."""

    def put(document: Any) -> Any:
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        return api.send("PUT", RULES, content=content)

    yield put
    assert put(b"").status == 204


def test_from_new_to_validated(api: Client) -> None:
    sent = plain(metadata={"source": "crm"}, initialMessage="Hello", interactionDurationSeconds=60)
    made = api.post(CONTACTS, sent).ok(201)
    assert (made["state"], made["validationStatus"]) == ("new", "unknown")
    assert {name: made[name] for name in sent} == sent
    body = settled(api, sent["externalContactId"])
    assert (body["state"], body["validationStatus"]) == ("validated", "passed")
    assert body["channelAvailability"] == dict.fromkeys(sent["channels"], "available")
    assert body["validationFailureReason"] == ""
    assert api.get(f"{CONTACTS}/{made['id']}").ok() == body
    assert (body["firstName"], body["workPhone"]["e164"]) == ("Alice", "+12125550123")
    assert found(api, sent["externalContactId"]) == [made["id"]]


def test_an_id_that_exists(api: Client) -> None:
    sent = plain()
    made = api.post(CONTACTS, sent).ok(201)
    body = api.post(CONTACTS, plain(externalContactId=sent["externalContactId"])).refused(
        409, "contact.exists"
    )
    assert body["id"] == body["entityId"] == made["id"]
    assert body["externalContactId"] == sent["externalContactId"]


def test_one_of_many_registrations_at_once_wins(api: Client) -> None:
    sent = plain()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: api.post(CONTACTS, sent), range(16)))
    assert sorted(answer.status for answer in answers) == [201, *[409] * 15]
    assert len({answer.json["id"] for answer in answers}) == 1


def test_every_fault_is_told_at_once(api: Client) -> None:
    sent = plain(
        externalContactId="a b", name=" ", channels={"voice": "5551234567", "email": "x", "fax": "1"}
    )
    body = api.post(CONTACTS, sent | {"interactionDurationSeconds": 7201}).refused(400)
    assert {detail["fieldName"] for detail in body["details"]} == {
        "externalContactId",
        "name",
        "channels.voice",
        "channels.email",
        "channels.fax",
        "interactionDurationSeconds",
    }


def test_changes_in_either_form(api: Client) -> None:
    sent = plain()
    made = api.post(CONTACTS, sent).ok(201)
    change = {"field": "$.lastName", "action": "Update", "value": "Jones"}
    after = api.patch(made["selfUri"], {"changes": [change]}).ok()
    assert (after["name"], after["state"]) == ("Alice Jones", "validating")
    replaced = api.put(made["selfUri"], {**sent, "name": "Bob", "channels": {"chat": "bob-1"}}).ok()
    assert (replaced["firstName"], replaced["channels"]) == ("Bob", {"chat": "bob-1"})
    assert "workPhone" not in replaced
    api.put(made["selfUri"], {**sent, "externalContactId": "another"}).refused(400)
    read = api.get(made["selfUri"]).ok()
    assert api.put(made["selfUri"], {**read, "name": "Carl"}).ok()["firstName"] == "Carl"
    api.put(made["selfUri"], {**read, "firstName": "Dora"}).refused(400)
    assert settled(api, sent["externalContactId"])["channelAvailability"] == {"chat": "available"}


# name, rules, what fails it (None: nothing), channels that stay available
CASES = [
    ("no rule", {}, None, {"voice", "sms", "email"}),
    ("listed address", {"doNotContact": [{"name": "list", "emails": ["ALICE@example.com"]}]}, "list", set()),
    (
        "listed number, channel only",
        {"doNotContact": [{"name": "list", "scope": "channel", "numbers": ["+12125550123"]}]},
        None,
        {"email"},
    ),
    (
        "closed",
        {"channelChecks": [{"name": "shut", "channels": ["voice", "sms", "email"], "closed": True}]},
        "shut",
        set(),
    ),
    ("region", {"blockedRegions": [{"name": "us", "callingCodes": ["+1"]}]}, None, {"email"}),
]


@pytest.mark.parametrize(
    ("document", "rule", "open_"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_rules_decide(api: Client, rules: Any, document: Any, rule: str | None, open_: set[str]) -> None:
    assert rules(document).status == 204
    sent = plain()
    api.post(CONTACTS, sent).ok(201)
    body = settled(api, sent["externalContactId"])
    available = {name for name, word in body["channelAvailability"].items() if word == "available"}
    assert available == open_
    if rule is None:
        assert body["state"] == "validated"
        assert api.post(STARTS, {"contactId": body["id"]}).ok(201)["channel"] == next(
            each for each in ("voice", "sms", "email") if each in open_
        )
    else:
        assert (body["state"], body["validationStatus"]) == ("failed", "failed")
        assert f"'{rule}'" in body["validationFailureReason"]
        refusal = api.post(STARTS, {"contactId": sent["externalContactId"]}).refused(409, "contact.refused")
        assert f"'{rule}'" in refusal["message"]


def test_the_rules_document(api: Client, rules: Any) -> None:
    text = b"doNotContact:\n  - {name: list, externalIds: [EXT-1]}\n"
    assert rules(text).status == 204
    assert api.get(RULES).content == text
    refused = rules(b"doNotContct: []\n").refused(400, "rules.invalid")
    assert "did you mean 'doNotContact'" in refused["message"]
    assert rules(b"\xff").status == 400
    assert api.get(RULES).content == text


@pytest.mark.parametrize(
    ("sent", "channel", "medium"),
    [
        ({}, "voice", "calls"),
        ({"type": "outbound"}, "voice", "calls"),
        ({"type": "email"}, "email", "emails"),
        ({"type": "message"}, "sms", "messages"),
        ({"type": "callback"}, "voice", "callbacks"),
        ({"channel": "sms"}, "sms", "messages"),
    ],
)
def test_an_interaction_is_started(api: Client, sent: dict[str, Any], channel: str, medium: str) -> None:
    contact = api.post(CONTACTS, plain(initialMessage="Hello")).ok(201)
    metadata = {"source": "test", "timestamp": "now"}
    made = api.post(STARTS, {"contactId": contact["externalContactId"], "metadata": metadata, **sent}).ok(201)
    assert (made["channel"], made["contactId"], made["initialMessage"]) == (channel, contact["id"], "Hello")
    customer = api.get(made["selfUri"]).ok()["participants"][0]
    assert customer["externalContactId"] == contact["id"]
    assert customer["attributes"] == {**metadata, "initialMessage": "Hello"}
    assert len(customer[medium]) == 1


def test_a_native_contact_is_started_with_too(api: Client) -> None:
    contact = api.post(CONTACTS, {"firstName": "Native", "cellPhone": {"display": "212 555 0155"}}).ok()
    assert api.post(STARTS, {"contactId": contact["id"]}).ok(201)["channel"] == "voice"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 400),
        ({"contactId": "nothing"}, 404),
        ({"contactId": "known", "type": "fax"}, 400),
        ({"contactId": "known", "channel": "chat"}, 400),
        ({"contactId": "known", "metadata": {"a": 1}}, 400),
        ({"contactId": "empty"}, 400),
    ],
)
def test_starts_that_are_refused(api: Client, sent: dict[str, Any], status: int) -> None:
    known = {
        "known": api.post(CONTACTS, plain()).ok(201)["id"],
        "empty": api.post(CONTACTS, {"firstName": "Nobody"}).ok()["id"],
    }
    body = {**sent, "contactId": known.get(sent["contactId"], sent["contactId"])} if sent else sent
    api.post(STARTS, body).refused(status)
