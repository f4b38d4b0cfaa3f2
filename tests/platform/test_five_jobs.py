"""The five jobs of the project over plain HTTP, each read from its beginning to its end, refusals included.

Only an HTTP client and JSON: what any language can do.
"""

from __future__ import annotations

import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ringback.contacts.webhook import Receiver
from ringback.core.signing import Secret
from tests.platform.client import Client
from tests.platform.conftest import Server
from tests.platform.seeding import put

ACTIONS = "/api/v2/integrations/actions"
FLOWS = "/api/v2/architect/flows"
SIMULATIONS = "/api/v2/architect/simulations"
CONTACTS = "/api/v2/externalcontacts/contacts"
CUSTOMERS = {
    "15551234567": {"customer_id": "CUST-001", "name": "Alice Smith", "loyalty_points": 1500, "is_vip": True},
    "15559876543": {"customer_id": "CUST-002", "name": "Bob Jones", "loyalty_points": 200, "is_vip": False},
}
UNKNOWN = {"customer_id": "UNKNOWN", "name": "Unknown Customer", "loyalty_points": 0, "is_vip": False}
USER = {"userName": "John Doe", "userTier": "Gold", "balance": 1500.50}


class World:
    """The services around the contact centre: user data, the CRM's look-up, the CRM's webhook."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        self.fail: dict[str, int] = {}
        self.slow = threading.Event()
        world = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                world.take(self, None)
                self.answer(*world.user_data())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                world.take(self, body)
                if self.path == "/hook":
                    self.answer(204, None)
                else:
                    self.answer(*world.lookup(json.loads(body)))

            def answer(self, status: int, body: Any) -> None:
                content = b"" if body is None else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.origin = f"http://127.0.0.1:{self.server.server_port}"

    def take(self, request: BaseHTTPRequestHandler, body: bytes | None) -> None:
        self.asked.append((request.path, {k.lower(): v for k, v in request.headers.items()}, body))

    def user_data(self) -> tuple[int, Any]:
        return 200, {"statusCode": 200, "body": USER}

    def lookup(self, sent: Any) -> tuple[int, Any]:
        number = re.sub(r"\D", "", str(sent.get("phoneNumber") or ""))
        if not number:
            return 400, {"message": "phoneNumber is required"}
        if number in self.fail:
            if self.fail[number]:
                return self.fail[number], {"message": "out of order"}
            self.slow.wait(3)
        return 200, CUSTOMERS.get(number, UNKNOWN)

    def close(self) -> None:
        self.slow.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def world() -> Iterator[World]:
    running = World()
    yield running
    running.close()


def unique(name: str) -> str:
    return f"{name} {uuid.uuid4().hex[:8]}"


@pytest.fixture
def limited(server: Server, api: Client) -> Iterator[Callable[..., Client]]:
    """Clients with the permissions that are named, and no others."""
    made: list[Client] = []

    def make(*permissions: str) -> Client:
        policies = [
            {
                "domain": each.split(":")[0],
                "entityName": each.split(":")[1],
                "actionSet": [each.split(":")[2]],
            }
            for each in permissions
        ]
        role = api.post(
            "/api/v2/authorization/roles", {"name": unique("r"), "permissionPolicies": policies}
        ).ok()
        sent = {"name": unique("c"), "authorizedGrantType": "CLIENT-CREDENTIALS", "roleIds": [role["id"]]}
        body = api.post("/api/v2/oauth/clients", sent).ok()
        client = Client(server.origin)
        made.append(client)
        client.login(body["id"], body["secret"])
        return client

    yield make
    for client in made:
        client.pool.close()


# ---- 1


def user_data(world: World, **changed: Any) -> dict[str, Any]:
    """The document of the first job."""
    return {
        "name": "Fetch User Data External",
        "description": "Fetches user data from an external API",
        "request": {
            "method": "GET",
            "url": world.origin + "/user-data?userId=${userId}",
            "headers": {"Authorization": "Bearer ${externalApiKey}"},
            "body": None,
            "timeout": 5000,
        },
        "response": {
            "statusCodes": [200],
            "body": {"mapping": [{"variableName": "userName", "jsonPath": "$.body.userName"}]},
        },
        "inputVariables": [
            {"name": "userId", "description": "Who", "required": True},
            {"name": "externalApiKey", "description": "Key", "required": True},
        ],
        "outputVariables": [{"name": "userName", "description": "The name"}],
    } | changed


def test_job_1_call_an_external_api_from_a_data_action(api: Client, world: World) -> None:
    document = user_data(world)
    created = api.post(ACTIONS, document).ok()
    assert created["name"] == document["name"]
    assert created["id"]
    assert created["status"]
    one = f"{ACTIONS}/{created['id']}"

    read = api.get(one, includeConfig="true").ok()
    for key in ("request", "response", "inputVariables", "outputVariables"):
        assert read[key] == document[key], key
    assert created["id"] in [each["id"] for each in api.get(ACTIONS, name=document["name"]).ok()["entities"]]

    inputs = {"userId": "u 1&x", "externalApiKey": "k-123"}
    assert api.post(f"{one}/execute", inputs).ok() == {"userName": "John Doe"}
    path, headers, _ = world.asked[-1]
    assert path == "/user-data?userId=u%201%26x"
    assert headers["authorization"] == "Bearer k-123"

    shown = api.post(f"{one}/test", inputs).ok()
    assert shown["success"] is True
    assert api.delete(one).status == 204
    api.get(one).refused(404)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": None}, "name"),
        ({"request": {"method": "GET", "timeout": 5000}}, "request.url"),
        ({"request": {"method": "FETCH", "url": "https://x.example/", "timeout": 1}}, "request.method"),
        ({"request": {"method": "GET", "url": "https://x.example/", "timeout": "soon"}}, "request.timeout"),
        ({"outputVariables": [{"name": "userName"}, {"name": "userName"}]}, "outputVariables"),
        ({"inputVariables": [{"name": "externalApiKey"}]}, "userId"),
        ({"inputVariables": [{"name": "user id"}, {"name": "externalApiKey"}]}, "inputVariables"),
        (
            {"response": {"statusCodes": [200],
                          "body": {"mapping": [{"variableName": "userName", "jsonPath": "$.body[?("}]}}},
            "jsonPath",
        ),
        (
            {"response": {"statusCodes": [200],
                          "body": {"mapping": [{"variableName": "nobody", "jsonPath": "$.body"}]}}},
            "nobody",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_job_1_a_malformed_document_names_the_field(
    api: Client, world: World, changed: dict[str, Any], field: str
) -> None:
    body = api.post(ACTIONS, user_data(world, **changed)).refused(400)
    assert field in body["message"] + str(body["details"]), body


def test_job_1_what_is_missing_and_when_to_come_back(
    server: Server, api: Client, limited: Callable[..., Client], world: World
) -> None:
    with Client(server.origin) as nobody:
        assert "bearer token" in nobody.post(ACTIONS, user_data(world)).refused(401)["message"]
    with Client(server.origin, "made-up") as liar:
        assert "credentials" in liar.post(ACTIONS, user_data(world)).refused(401)["message"]
    refused = limited("integrations:action:view").post(ACTIONS, user_data(world)).refused(403)
    assert "integrations:action:add" in refused["message"]

    api.post(
        "/_ringback/faults", {"kind": "status", "status": 429, "path": ACTIONS, "count": 1, "retryAfter": 1}
    )
    busy = api.post(ACTIONS, user_data(world))
    busy.refused(429)
    assert busy.headers["retry-after"] == "1"
    assert api.post(ACTIONS, user_data(world)).status == 200


def test_job_1_a_mapping_that_does_not_match_says_how_far_its_path_got(api: Client, world: World) -> None:
    mapping = [{"variableName": "userName", "jsonPath": "$.body.user.name"}]
    document = user_data(world, response={"statusCodes": [200], "body": {"mapping": mapping}})
    one = f"{ACTIONS}/{api.post(ACTIONS, document).ok()['id']}"
    answer = api.post(f"{one}/execute", {"userId": "u", "externalApiKey": "k"})
    assert answer.status >= 400
    text = answer.content.decode()
    for part in ("userName", "$.body.user.name", "$.body"):
        assert part in text, text


# ---- 2 and 3


def queue(api: Client) -> str:
    return str(api.post("/api/v2/routing/queues", {"name": unique("Support")}).ok()["id"])


def queue_name(api: Client, queue_id: str) -> str:
    return str(api.get(f"/api/v2/routing/queues/{queue_id}").ok()["name"])


def customer_flow(world: World, queue_id: str, **changed: Any) -> dict[str, Any]:
    """The document of the second job."""
    after = {"next": "Set Customer Name"}
    return {
        "name": unique("Customer Lookup Flow"),
        "description": "Looks up the caller",
        "type": "voice",
        "initialAction": {
            "name": "Start",
            "type": "Start",
            "routing": {"queue": {"id": queue_id}},
            "on": {
                "next": "Lookup Customer",
                "onerror": {
                    "name": "Handle Error",
                    "type": "SetVariable",
                    "set": {"errorStatus": "$error.status", "errorMessage": "$error.message"},
                    "on": after,
                },
                "ontimeout": {
                    "name": "Handle Timeout",
                    "type": "SetVariable",
                    "set": {
                        "errorStatus": "Timeout",
                        "errorMessage": "External API did not respond in time",
                    },
                    "on": after,
                },
            },
        },
        "actions": [
            {
                "name": "Lookup Customer",
                "type": "GetExternalContactAction",
                "description": "Asks the CRM",
                "url": f"{world.origin}/api/v1/lookup",
                "timeout": 1000,
                "inputVariables": {"phoneNumber": "$phoneNumber"},
                "outputVariable": "customer_data",
            },
            {
                "name": "Set Customer Name",
                "type": "SetVariableAction",
                "set": {"customerName": "$customer_data.name"},
            },
        ],
    } | changed


def simulate(api: Client, flow_id: str, caller: str = "+15551234567", **more: Any) -> Any:
    context = {
        "from": caller,
        "to": "+15550000000",
        "channel": "voice",
        "mediaType": "voice",
        "conversationId": "simulated-conv-123",
    }
    return api.post(SIMULATIONS, {"flowId": flow_id, "timeout": 5000, "context": context, **more})


def test_job_2_look_a_customer_up_from_a_flow(api: Client, world: World) -> None:
    queue_id = queue(api)
    flow = api.post(FLOWS, customer_flow(world, queue_id)).ok(201)
    vip = simulate(api, flow["id"]).ok()
    assert (vip["status"], vip["variables"]["customerName"]) == ("completed", "Alice Smith")
    assert json.loads(world.asked[-1][2]) == {"phoneNumber": "+15551234567"}
    assert vip["end"]["target"] == {"type": "queue", "name": queue_name(api, queue_id)}
    assert simulate(api, flow["id"], "+15559876543").ok()["variables"]["customerName"] == "Bob Jones"
    assert simulate(api, flow["id"], "+12125550100").ok()["variables"]["customerName"] == "Unknown Customer"


def test_job_2_errors_and_timeouts_of_the_crm_take_their_ways(api: Client, world: World) -> None:
    flow = api.post(FLOWS, customer_flow(world, queue(api))).ok(201)
    world.fail = {"15551234567": 503, "15559876543": 0}
    broken = simulate(api, flow["id"]).ok()["variables"]
    assert str(broken["errorStatus"]) == "503"
    assert broken["errorMessage"]
    slow = simulate(api, flow["id"], "+15559876543").ok()["variables"]
    assert (slow["errorStatus"], slow["errorMessage"]) == ("Timeout", "External API did not respond in time")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda flow: flow["actions"].append(dict(flow["actions"][1])), "Set Customer Name"),
        (lambda flow: flow["initialAction"]["on"].update(next="Nowhere"), "Nowhere"),
        (lambda flow: flow["initialAction"]["routing"]["queue"].update(id=str(uuid.uuid4())), "queue"),
        (lambda flow: flow["actions"][0].update(url="http://crm.example/api/v1/lookup"), "https"),
        (lambda flow: flow["actions"][0].update(timeuot=5), "timeuot"),
    ],
    ids=["names are unique", "next names an action", "the queue exists", "https", "unknown key"],
)
def test_job_2_a_document_that_fails_its_checks_names_the_key(
    api: Client, world: World, change: Callable[[dict[str, Any]], None], words: str
) -> None:
    document = customer_flow(world, queue(api))
    change(document)
    body = api.post(FLOWS, document).refused(400)
    assert words in body["message"] + str(body["errors"]), body


def test_job_2_without_a_url_the_caller_is_looked_up_in_external_contacts(api: Client, world: World) -> None:
    name = unique("Carol")
    contact = {"firstName": name, "lastName": "Stone", "workPhone": {"display": "(212) 555-0177"}}
    identity = api.post(CONTACTS, contact).ok()["id"]
    document = customer_flow(world, queue(api))
    document["actions"][0].pop("url")
    document["actions"][1]["set"] = {"customerName": "$customer_data.name"}
    flow = api.post(FLOWS, document).ok(201)
    answer = simulate(api, flow["id"], "+12125550177").ok()
    step = next(each for each in answer["trace"] if each["nodeName"] == "Lookup Customer")
    assert set(step["result"]["contact"]) == {"id", "name", "email", "attributes"}
    assert (step["result"]["contact"]["id"], answer["status"]) == (identity, "completed")
    assert answer["variables"]["customerName"] == f"{name} Stone"
    nobody = simulate(api, flow["id"], "+12125550178").ok()
    step = next(each for each in nobody["trace"] if each["nodeName"] == "Lookup Customer")
    assert step["result"] == {"contact": None}


def test_job_3_simulate_the_flow(
    server: Server, api: Client, limited: Callable[..., Client], world: World
) -> None:
    flow = api.post(FLOWS, customer_flow(world, queue(api))).ok(201)
    answer = simulate(api, flow["id"]).ok()
    assert answer.keys() >= {"status", "flowId", "conversationId", "trace", "variables", "end"}
    assert answer["conversationId"] == "simulated-conv-123"
    for step in answer["trace"]:
        assert step.keys() >= {"nodeId", "nodeName", "nodeType", "result", "output", "at_ms", "duration_ms"}
    nodes = {each["name"]: each for each in api.get(f"{FLOWS}/{flow['id']}").ok()["nodes"]}
    assert {"Lookup Customer", "Set Customer Name", "Handle Error", "Handle Timeout"} <= nodes.keys()
    node = nodes["Set Customer Name"]["id"]
    assert [each["nodeName"] for each in simulate(api, flow["id"], nodeId=node).ok()["trace"]][:1] == [
        "Set Customer Name"
    ]

    assert "flowId" in str(simulate(api, str(uuid.uuid4())).refused(400))
    assert "nowhere" in simulate(api, flow["id"], nodeId="nowhere").refused(400)["message"]
    simulate(api, flow["id"], "5551234").refused(400)
    simulate(api, flow["id"], timeout=30_001).refused(400)
    with Client(server.origin) as nobody:
        simulate(nobody, flow["id"]).refused(401)
    reader = limited("architect:flow:read")
    assert "architect:flow:run" in simulate(reader, flow["id"]).refused(403, "missing.permissions")["message"]
    reader.get(f"{FLOWS}/{flow['id']}").ok()
    runner = limited("architect:flow:run")
    assert "architect:flow:read" in runner.get(f"{FLOWS}/{flow['id']}").refused(403)["message"]
    simulate(runner, flow["id"]).ok()


# ---- 4


def step_of(steps: Any, name: str) -> Any:
    """A step by its name, at any depth."""
    for each in steps:
        if each.get("name") == name:
            return each
        if found := step_of(each.get("steps") or (), name):
            return found
    return None


def test_job_4_raise_the_timeout_of_a_slow_data_action(
    api: Client, limited: Callable[..., Client], world: World
) -> None:
    action = api.post(ACTIONS, user_data(world, name=unique("Slow CRM"))).ok()
    call = {
        "type": "data-action",
        "name": "Ask the CRM",
        "dataAction": action["name"],
        "inputs": {"userId": "u", "externalApiKey": "k"},
        "settings": {"timeout": 5},
    }
    block = {"type": "container", "name": "Open", "steps": [call]}
    created = api.post(FLOWS, {"name": unique("Slow flow"), "type": "voice", "steps": [block]}).ok(201)
    path = f"/api/v2/flows/{created['id']}"

    editor = limited("architect:flow:view", "architect:flow:publish")
    mine, theirs = editor.get(path).ok(), api.get(path).ok()
    step_of(theirs["steps"], "Ask the CRM")["settings"]["timeout"] = 7
    api.put(f"{path}/publish", theirs).ok()

    for _ in range(3):  # read, change, publish; again when somebody was faster
        step_of(mine["steps"], "Ask the CRM")["settings"]["timeout"] = 20
        answer = editor.put(f"{path}/publish", mine)
        if answer.status != 409:
            break
        mine = editor.get(path).ok()
    assert answer.ok()["version"] == mine["version"] + 1
    assert step_of(editor.get(path).ok()["steps"], "Ask the CRM")["settings"]["timeout"] == 20
    editor.put(f"{path}/publish", mine).refused(409)

    current = editor.get(path).ok()
    for wrong in (0, 31):
        step_of(current["steps"], "Ask the CRM")["settings"]["timeout"] = wrong
        body = editor.put(f"{path}/publish", current).refused(400)
        assert re.search(r"above 0|\b1\b.*\b30\b", body["message"]), body["message"]
    viewer = limited("architect:flow:view")
    assert "architect:flow:publish" in viewer.put(f"{path}/publish", current).refused(403)["message"]
    assert "architect:flow:view" in limited("routing:queue:view").get(path).refused(403)["message"]


# ---- 5

RULES = """
doNotContact:
  - {name: five jobs, externalIds: [FIVE-DNC]}
"""


@pytest.fixture
def rules(api: Client) -> Iterator[None]:
    """The rules are the organisation's: set for one test."""
    headers = {"content-type": "application/yaml"}
    assert (
        api.send("PUT", "/api/v2/externalcontacts/rules", content=RULES.encode(), headers=headers).status
        == 204
    )
    yield
    api.send("PUT", "/api/v2/externalcontacts/rules", content=b"", headers=headers)


def plain(identity: str, **changed: Any) -> dict[str, Any]:
    return {
        "externalContactId": identity,
        "name": "Jane Doe",
        "channels": {"voice": "+15551234567", "email": "jane@example.com"},
        "initialMessage": "Hello",
        "interactionDurationSeconds": 300,
        "metadata": {"campaign": "five"},
    } | changed


def settled(api: Client, identity: str) -> Any:
    """A contact once its validation is over."""
    for _ in range(50):
        body = api.get(f"{CONTACTS}/{identity}").ok()
        if body["validationStatus"] in ("passed", "failed"):
            return body
        time.sleep(0.05)
    raise AssertionError(body)


@pytest.mark.usefixtures("rules")
def test_job_5_register_check_start_and_tell_the_crm(api: Client, world: World) -> None:
    hook = api.post("/api/v2/webhooks", {"name": unique("crm"), "url": f"{world.origin}/hook"}).ok(201)
    identity = f"EXT-{uuid.uuid4().hex[:8]}"
    created = api.post(CONTACTS, plain(identity)).ok(201)
    assert created["state"] == "new"
    again = api.post(CONTACTS, plain(identity)).refused(409)
    assert again["id"] == created["id"]

    checked = settled(api, identity)
    assert checked["validationStatus"] == "passed"
    assert checked["channelAvailability"] == {"voice": "available", "email": "available"}
    assert settled(api, created["id"])["externalContactId"] == identity

    started = api.post(
        "/api/v2/conversations",
        {
            "contactId": created["id"],
            "type": "voice",
            "initialMessage": "Hello",
            "metadata": {"source": "five jobs", "timestamp": "2025-06-02T10:00:00Z"},
        },
    ).ok(201)
    told = delivered(world)
    headers, content = told
    event = json.loads(content)
    assert event["event"] == "contact_interaction_created"
    assert (event["contact_id"], event["conversation_id"]) == (created["id"], started["id"])
    assert event["success"] is True
    assert event["latency_ms"] >= 0
    assert event["timestamp"].endswith("Z")
    assert event["audit_log"] == {
        "action": "interaction_initiated",
        "channel": "voice",
        "compliance_checked": True,
    }
    received = Receiver([Secret(hook["secret"])]).receive(headers, content, now=time.time())
    assert received.event == event
    api.delete(hook["selfUri"])
    assert {"Create"} <= audited(api, created["id"])
    assert api.get("/_ringback/audit/verify").ok()["intact"] is True


def audited(api: Client, identity: str) -> set[str]:
    """What the audit trail says was done with an entity."""
    day = time.strftime("%Y-%m-%d", time.gmtime())
    filters = [{"property": "EntityId", "value": identity}]
    sent = {
        "interval": f"{day}T00:00:00.000Z/{day}T23:59:59.999Z",
        "serviceName": "ExternalContacts",
        "filters": filters,
    }
    found = api.post("/api/v2/audits/query/realtime", sent).ok()["entities"]
    return {each["action"] for each in found}


def delivered(world: World) -> tuple[dict[str, str], bytes]:
    """The delivery of a webhook, which comes after the answer."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for path, headers, body in list(world.asked):
            if path == "/hook":
                return headers, body
        time.sleep(0.05)
    raise AssertionError("nothing came")


@pytest.mark.usefixtures("rules")
def test_job_5_a_contact_that_must_not_be_reached_stops_it(api: Client) -> None:
    created = api.post(CONTACTS, plain("FIVE-DNC")).ok(201)
    checked = settled(api, "FIVE-DNC")
    assert checked["validationStatus"] == "failed"
    assert "five jobs" in checked["validationFailureReason"]
    body = api.post("/api/v2/conversations", {"contactId": created["id"], "type": "voice"}).refused(409)
    assert "five jobs" in body["message"]
    api.delete(f"{CONTACTS}/{created['id']}")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"externalContactId": "a b"}, "externalContactId"),
        ({"externalContactId": "x" * 256}, "externalContactId"),
        ({"name": ""}, "name"),
        ({"channels": {}}, "channels"),
        ({"channels": {"voice": "5551234"}}, "channels.voice"),
        ({"channels": {"email": "nobody"}}, "channels.email"),
        ({"interactionDurationSeconds": 7201}, "interactionDurationSeconds"),
        ({"metadata": {"a": 1}}, "metadata"),
    ],
)
def test_job_5_a_bad_payload_names_the_field_and_the_reason(
    api: Client, changed: dict[str, Any], field: str
) -> None:
    body = api.post(CONTACTS, plain("FIVE-BAD", **changed)).refused(400)
    assert any(each["fieldName"].startswith(field) for each in body["details"]), body
    assert len(body["message"]) > len(field)


def test_job_5_a_lost_answer_makes_no_second_contact_and_429_says_when(api: Client) -> None:
    import httpcore  # noqa: PLC0415

    identity = f"EXT-{uuid.uuid4().hex[:8]}"
    api.post("/_ringback/faults", {"kind": "lost", "path": CONTACTS, "method": "POST", "count": 1}).ok()
    with pytest.raises((httpcore.NetworkError, httpcore.RemoteProtocolError)):
        api.post(CONTACTS, plain(identity))
    known = api.post(CONTACTS, plain(identity)).refused(409)
    assert api.get(f"{CONTACTS}/{identity}").ok()["id"] == known["id"]
    api.post(
        "/_ringback/faults", {"kind": "status", "status": 429, "path": CONTACTS, "count": 1, "retryAfter": 2}
    )
    busy = api.post(CONTACTS, plain(f"{identity}-2"))
    busy.refused(429)
    assert busy.headers["retry-after"] == "2"


def test_job_5_the_native_body_of_the_sdk_and_a_search_by_number(api: Client) -> None:
    last = unique("Native")
    sent = {"firstName": "Nat", "lastName": last, "workPhone": {"display": "+1 212-555-0142"}}
    created = api.post(CONTACTS, sent).ok()
    found = api.get(CONTACTS, q="(212) 555-0142").ok()["entities"]
    assert created["id"] in [each["id"] for each in found]


def test_a_lost_connection_leaves_the_database_its_locks(server: Server, api: Client) -> None:
    """Another process that opens and closes the database must not take the server's log away."""
    import httpcore  # noqa: PLC0415

    api.post("/_ringback/faults", {"kind": "reset", "path": CONTACTS, "method": "POST", "count": 1}).ok()
    with pytest.raises((httpcore.NetworkError, httpcore.RemoteProtocolError)):
        api.post(CONTACTS, plain("FIVE-LOCK"))
    for _ in range(2):
        name = unique("from outside")
        put(server, "skill", name=name, state="active", version="1")
        assert api.get("/api/v2/routing/skills", name=name).ok()["total"] == 1
