"""What the contact pipeline relies on: plain contacts in bulk, and the conversations with a contact."""

from __future__ import annotations

from tests.platform.client import Client

BASE = "/api/v2/externalcontacts"


def test_plain_contacts_in_bulk(api: Client) -> None:
    plain = {"externalContactId": "PIPE-1", "name": "Ada Lovelace", "channels": {"chat": "ada"}}
    native = {"firstName": "Native"}
    bad = {"externalContactId": "PIPE-2", "name": "Bad", "channels": {"voice": "123"}}
    sent = {"entities": [plain, native, bad, plain]}
    first, second, third, fourth = api.post(f"{BASE}/bulk/contacts/add", sent).ok()["results"]
    assert (first["success"], first["entity"]["externalContactId"]) == (True, "PIPE-1")
    assert first["entity"]["state"] == "new"
    assert (second["success"], second["entity"]["firstName"]) == (True, "Native")
    assert (third["success"], third["status"], third["error"]["code"]) == (
        False,
        400,
        "constraint.validation",
    )
    assert (fourth["success"], fourth["status"], fourth["error"]["code"]) == (False, 409, "contact.exists")
    assert api.get(f"{BASE}/contacts/PIPE-1").ok()["channels"] == {"chat": "ada"}


def test_conversations_with_a_contact(api: Client) -> None:
    contact = {"externalContactId": "PIPE-3", "name": "Grace", "channels": {"chat": "grace"}}
    identity = api.post(f"{BASE}/contacts", contact).ok(201)["id"]
    path = f"{BASE}/contacts/PIPE-3/conversations"
    assert api.get(path).ok()["entities"] == []
    started = [
        api.post("/api/v2/conversations", {"contactId": identity, "metadata": {"source": name}}).ok(201)["id"]
        for name in ("one", "two")
    ]
    api.post(f"/api/v2/conversations/{started[0]}/disconnect").ok(202)
    found = api.get(path).ok()["entities"]
    assert sorted(each["id"] for each in found) == sorted(started)
    assert {each["participants"][0]["attributes"]["source"] for each in found} == {"one", "two"}
    api.get(f"{BASE}/contacts/PIPE-404/conversations").refused(404)
