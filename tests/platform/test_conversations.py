"""Conversations of all media: create, read, list, change, end; who is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.platform.client import Answer, Client
from tests.platform.conftest import Server
from tests.platform.test_contacts import BASE, add, unique

PATH = "/api/v2/conversations"
QUEUE = "the queue"  # stands for the id of a queue that exists

# medium, request, who takes part
CREATED: list[tuple[str, dict[str, Any], list[str]]] = [
    ("calls", {"phoneNumber": "+12125550100", "callFromQueueId": QUEUE}, ["customer", "acd"]),
    ("calls", {"callUserId": "u1"}, ["agent"]),
    (
        "callbacks",
        {"callbackNumbers": ["+12125550100"], "queueId": QUEUE, "data": {"k": "v"}},
        ["customer", "acd"],
    ),
    (
        "callbacks",
        {"callbackNumbers": ["+12125550100"], "routingData": {"queueId": QUEUE}},
        ["customer", "acd"],
    ),
    ("callbacks", {"callbackNumbers": ["+12125550100"]}, ["customer"]),
    (
        "messages",
        {"queueId": QUEUE, "toAddress": "+12125550100", "toAddressMessengerType": "sms"},
        ["customer", "acd"],
    ),
    (
        "emails",
        {"provider": "PureCloud Email", "queueId": QUEUE, "toAddress": "a@example.com"},
        ["customer", "acd"],
    ),
]


@pytest.fixture(scope="module")
def queue(server: Server) -> str:
    with Client(server.origin) as api:
        api.login("ringback-local", "ringback-local")
        return str(api.post("/api/v2/routing/queues", {"name": unique("Queue ")}).ok()["id"])


@pytest.fixture
def api(api: Client, queue: str, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The client, putting the id of the queue where a request says `QUEUE`."""
    send = api.send

    def filled(method: str, path: str, **more: Any) -> Answer:
        if more.get("body"):
            more["body"] = json.loads(json.dumps(more["body"]).replace(QUEUE, queue))
        return send(method, path, **more)

    monkeypatch.setattr(api, "send", filled)
    return api


def create(api: Client, medium: str, sent: dict[str, Any]) -> str:
    made = api.post(f"{PATH}/{medium}", sent).ok()
    return str(made["conversation"]["id"] if medium == "callbacks" else made["id"])


@pytest.mark.parametrize(("medium", "sent", "purposes"), CREATED)
def test_from_its_beginning_to_its_end(
    api: Client, medium: str, sent: dict[str, Any], purposes: list[str]
) -> None:
    identity = create(api, medium, sent)
    kind = medium.removesuffix("s")
    view = api.get(f"{PATH}/{medium}/{identity}").ok()
    assert [each["purpose"] for each in view["participants"]] == purposes
    assert {each["state"] for each in view["participants"]} == {"connected"}
    whole = api.get(f"{PATH}/{identity}").ok()
    assert all(len(each[medium]) == 1 for each in whole["participants"])
    assert identity in [each["id"] for each in api.get(f"{PATH}/{medium}", pageSize=500).ok()["entities"]]
    listed = api.get(PATH, communicationType=kind, pageSize=500).ok()["entities"]
    assert identity in [each["id"] for each in listed]
    api.patch(f"{PATH}/{medium}/{identity}", {"state": "connected"}).refused(400)
    ended = api.patch(f"{PATH}/{medium}/{identity}", {"state": "disconnected"}).ok()
    assert ended["endTime"]
    assert {each["state"] for each in api.get(f"{PATH}/{medium}/{identity}").ok()["participants"]} == {
        "disconnected"
    }
    listed = api.get(PATH, communicationType=kind, pageSize=500).ok()["entities"]
    assert identity not in [each["id"] for each in listed]
    assert api.patch(f"{PATH}/{medium}/{identity}", {"state": "disconnected"}).ok() == ended


@pytest.mark.parametrize("how", ["delete", "disconnect", "participant"])
def test_ways_to_end(api: Client, how: str) -> None:
    identity = create(api, "calls", {"phoneNumber": "+12125550100", "callFromQueueId": QUEUE})
    customer = api.get(f"{PATH}/{identity}").ok()["participants"][0]["id"]
    if how == "delete":
        assert api.delete(f"{PATH}/{identity}").status == 204
    elif how == "disconnect":
        assert api.post(f"{PATH}/{identity}/disconnect").status == 202
    else:
        sent = {"state": "disconnected"}
        assert api.patch(f"{PATH}/calls/{identity}/participants/{customer}", sent).status == 202
    whole = api.get(f"{PATH}/{identity}").ok()
    assert whole["endTime"]
    assert all("endTime" in each for each in whole["participants"])


def test_a_participant_that_leaves_alone(api: Client) -> None:
    identity = create(api, "calls", {"phoneNumber": "+12125550100", "callFromQueueId": QUEUE})
    customer, queue = (each["id"] for each in api.get(f"{PATH}/{identity}").ok()["participants"])
    path = f"{PATH}/{identity}/participants"
    assert api.patch(f"{path}/{queue}", {"state": "disconnected"}).status == 202
    assert "endTime" not in api.get(f"{PATH}/{identity}").ok()
    api.patch(f"{path}/{queue}", {"held": True}).refused(409)
    assert api.patch(f"{path}/{queue}", {"wrapup": {"code": "done", "notes": "n"}}).status == 202
    assert api.patch(f"{path}/{customer}", {"held": True, "muted": True}).status == 202
    view = api.get(f"{PATH}/calls/{identity}").ok()["participants"]
    assert (view[0]["held"], view[0]["muted"], view[1]["wrapup"]["code"]) == (True, True, "done")
    for each in (f"{path}/{queue}", f"{path}/{queue}".replace(PATH, f"{PATH}/calls")):
        assert api.get(f"{each}/wrapup").ok()["notes"] == "n"
    assert api.get(f"{path}/{customer}/wrapup").ok() == {}
    api.patch(f"{path}/nothing", {"held": True}).refused(404)


@pytest.mark.parametrize("medium", ["calls", "callbacks", "messages", "emails"])
def test_attributes_are_merged(api: Client, medium: str) -> None:
    sent = next(each[1] for each in CREATED if each[0] == medium)
    identity = create(api, medium, sent)
    party = api.get(f"{PATH}/{medium}/{identity}").ok()["participants"][0]["id"]
    path = f"{PATH}/{medium}/{identity}/participants/{party}/attributes"
    api.patch(path, {"attributes": {"a": "1", "b": "2"}}).ok(202)
    after = api.patch(path, {"attributes": {"a": "3"}}).ok(202)["attributes"]
    assert (after["a"], after["b"]) == ("3", "2")
    other = path.replace(f"/{medium}/", "/")
    assert api.patch(other, {"attributes": {"b": None}}).content == b""
    assert "b" not in api.get(f"{PATH}/{medium}/{identity}").ok()["participants"][0]["attributes"]


@pytest.mark.parametrize(
    ("medium", "sent"),
    [
        ("calls", {}),
        ("callbacks", {"callbackNumbers": []}),
        ("callbacks", {"callbackNumbers": ["12"], "validateCallbackNumbers": True}),
        ("messages", {"queueId": QUEUE, "toAddress": "+1", "toAddressMessengerType": "pigeon"}),
        ("emails", {"queueId": QUEUE}),
        ("emails", {"provider": "x", "queueId": "nothing"}),
        ("callbacks", {"callbackNumbers": ["+12125550100"], "queueId": "nothing"}),
        ("emails", {"provider": "x", "queueId": QUEUE, "flowId": QUEUE}),
        ("messages/agentless", {"fromAddress": "+1", "toAddressMessengerType": "sms", "toAddress": "+2"}),
    ],
)
def test_requests_that_are_refused(api: Client, medium: str, sent: dict[str, Any]) -> None:
    api.post(f"{PATH}/{medium}", sent).refused(400)


def test_a_callback_for_later(api: Client) -> None:
    when = "2090-01-02T03:04:05.000Z"
    of_python = "2090-01-02T04:04:05+01:00"
    sent = {"callbackNumbers": ["+12125550100"], "callbackScheduledTime": of_python, "queueId": QUEUE}
    made = api.post(f"{PATH}/callbacks", sent).ok()
    assert made["callbackIdentifiers"][0]["type"] == "ACD"
    identity = made["conversation"]["id"]
    customer = api.get(f"{PATH}/callbacks/{identity}").ok()["participants"][0]
    # Participants of the callback's view have no state "scheduled"; an SDK would call it outdated.
    assert (customer["state"], customer["callbackScheduledTime"]) == ("none", when)
    whole = api.get(f"{PATH}/{identity}").ok()["participants"][0]["callbacks"][0]
    assert (whole["state"], whole["callbackScheduledTime"]) == ("scheduled", when)
    change = {"conversationId": identity, "agentId": "a", "callbackNumbers": ["+12125550199"]}
    assert api.patch(f"{PATH}/callbacks", change).ok()["conversation"]["id"] == identity
    assert api.get(f"{PATH}/callbacks/{identity}").ok()["participants"][0]["callbackNumbers"] == [
        "+12125550199"
    ]
    placed = api.post(f"{PATH}/calls/{identity}", {"callNumber": "+12125550199"}).ok()
    assert len(placed["participants"][0]["calls"]) == 1
    assert api.get(f"{PATH}/calls/{identity}").ok()["otherMediaUris"] == [f"{PATH}/callbacks/{identity}"]


def test_messages_of_a_conversation(api: Client) -> None:
    sent = {"fromAddress": "+1", "toAddress": "+2", "toAddressMessengerType": "sms", "textBody": "one"}
    made = api.post(f"{PATH}/messages/agentless", sent).ok()
    assert api.get(made["selfUri"]).ok()["textBody"] == "one"
    identity = made["conversationId"]
    communication = api.get(f"{PATH}/{identity}").ok()["participants"][0]["messages"][0]["id"]
    path = f"{PATH}/messages/{identity}/communications"
    second = api.post(f"{path}/{communication}/messages", {"textBody": "two"}).ok()
    assert (second["messengerType"], second["status"]) == ("sms", "sent")
    assert api.get(second["selfUri"]).ok() == second
    api.post(f"{path}/nothing/messages", {"textBody": "two"}).refused(404)
    api.get(f"{PATH}/messages/{identity}/messages/nothing").refused(404)


def test_an_email_without_an_agent(api: Client) -> None:
    sent = {
        "senderType": "Outbound",
        "fromAddress": {"email": "a@example.com"},
        "toAddresses": [{"email": "b@example.com", "name": "B"}],
        "subject": "Hi",
    }
    made = api.post(f"{PATH}/emails/agentless", sent).ok()
    assert api.get(f"{PATH}/emails/{made['conversationId']}").ok()["participants"][0]["subject"] == "Hi"
    api.post(f"{PATH}/emails/agentless", sent | {"toAddresses": []}).refused(400)
    api.post(f"{PATH}/emails/agentless", sent | {"conversationId": "nothing"}).refused(404)


def test_a_contact_is_associated(api: Client) -> None:
    contact = add(api, firstName=unique("Assoc"))
    identity = create(api, "calls", {"phoneNumber": "+12125550100"})
    communication = api.get(f"{PATH}/{identity}").ok()["participants"][0]["calls"][0]["id"]
    path = f"{BASE}/conversations/{identity}"
    sent = {"conversationId": identity, "communicationId": communication, "mediaType": "CALL"}
    assert api.put(path, sent | {"externalContactId": contact["id"]}).status == 202
    party = api.get(f"{PATH}/calls/{identity}").ok()["participants"][0]
    assert party["externalContact"]["id"] == contact["id"]
    assert api.put(path, sent).status == 202
    assert "externalContact" not in api.get(f"{PATH}/calls/{identity}").ok()["participants"][0]
    api.put(path, sent | {"communicationId": "nothing"}).refused(404)
    api.put(path, sent | {"conversationId": "nothing"}).refused(400)
    api.put(path, sent | {"externalContactId": "nothing"}).refused(404)


def test_other_media_and_recordings(api: Client) -> None:
    identity = create(api, "calls", {"phoneNumber": "+12125550100"})
    api.get(f"{PATH}/emails/{identity}").refused(404)
    assert api.get(f"{PATH}/{identity}/recordingmetadata").ok() == []
    api.get(f"{PATH}/nothing").refused(404)
