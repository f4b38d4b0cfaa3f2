"""Jobs 2 to 4 over plain HTTP, as a program without any library of ours does them."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from typing import Any

import pytest

from tests.platform.client import Client
from tests.platform.conftest import Server
from tests.platform.flows_store import seed

CUSTOMERS = {
    "15551234567": {"customer_id": "CUST-001", "name": "Alice Smith", "loyalty_points": 1500, "is_vip": True},
    "15559876543": {"customer_id": "CUST-002", "name": "Bob Jones", "loyalty_points": 200, "is_vip": False},
}
UNKNOWN = {"customer_id": "UNKNOWN", "name": "Unknown Customer", "loyalty_points": 0, "is_vip": False}


class Crm(BaseHTTPRequestHandler):
    """`POST /api/v1/lookup`, and `/slow`, `/broken` beside it."""

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path == "/slow":
            sleep(2)
        digits = "".join(char for char in str(sent.get("phoneNumber") or "") if char.isdigit())
        status = 503 if self.path == "/broken" else 200 if digits else 400
        body = json.dumps(CUSTOMERS.get(digits, UNKNOWN) if status == 200 else {"error": "no"}).encode()
        with suppress(BrokenPipeError):  # the flow did not wait
            self.answer(status, body)

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def crm() -> Iterator[str]:
    service = ThreadingHTTPServer(("127.0.0.1", 0), Crm)
    thread = threading.Thread(target=service.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{service.server_port}"
    service.shutdown()
    service.server_close()
    thread.join(5)


def definition(url: str, queue: str, **more: Any) -> dict[str, Any]:
    """The document of job 2."""
    after = {"next": "Set Customer Name"}
    return {
        "name": f"Customer Lookup Flow {uuid.uuid4().hex[:8]}",
        "description": "Finds the customer who calls",
        "type": "voice",
        "initialAction": {
            "name": "Start",
            "type": "Start",
            "routing": {"queue": {"id": queue}},
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
                    "set": {"errorStatus": "Timeout", "errorMessage": "External API did not respond in time"},
                    "on": after,
                },
            },
        },
        "actions": [
            {
                "name": "Lookup Customer",
                "type": "GetExternalContactAction",
                "url": url,
                "timeout": 10000,
                "inputVariables": {"phoneNumber": "$phoneNumber"},
                "outputVariable": "customer_data",
            },
            {
                "name": "Set Customer Name",
                "type": "SetVariableAction",
                "set": {"customerName": "$customer_data.name"},
            },
        ],
    } | more


@pytest.fixture(scope="module")
def queue(server: Server) -> str:
    return seed(server.url, "queue", "Support of jobs")


def simulation(api: Client, flow_id: str, **more: Any) -> dict[str, Any]:
    context = {
        "from": "+15551234567",
        "to": "+15550000000",
        "channel": "voice",
        "mediaType": "voice",
        "conversationId": "simulated-conv-123",
    }
    sent = {"flowId": flow_id, "context": context} | more
    answer: dict[str, Any] = api.post("/api/v2/architect/simulations", sent).ok()
    return answer


def test_look_a_customer_up_from_a_flow(api: Client, crm: str, queue: str) -> None:
    created = api.post("/api/v2/architect/flows", definition(f"{crm}/api/v1/lookup", queue)).ok(201)
    ran = simulation(api, created["id"])
    assert (ran["status"], ran["flowId"], ran["conversationId"]) == (
        "completed",
        created["id"],
        "simulated-conv-123",
    )
    assert [step["nodeName"] for step in ran["trace"]] == [
        "Lookup Customer",
        "Set Customer Name",
        "Transfer to queue",
    ]
    lookup = ran["trace"][0]
    assert lookup["nodeType"] == "GetExternalContactAction"
    assert lookup["result"]["contact"]["name"] == "Alice Smith"
    assert lookup["result"]["contact"]["id"] == "CUST-001"
    assert lookup["result"]["contact"]["attributes"] == {"loyalty_points": 1500, "is_vip": True}
    assert ran["variables"]["customerName"] == "Alice Smith"
    assert ran["end"]["kind"] == "transferToAcd"
    assert ran["trace"][2]["result"]["transfer"]["accepted"] is True


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/broken", 503, None),
        ("/slow", "Timeout", "External API did not respond in time"),
    ],
)
def test_faults_of_the_crm(
    api: Client, crm: str, queue: str, path: str, status: Any, message: str | None
) -> None:
    document = definition(crm + path, queue)
    document["actions"][0]["timeout"] = 1000
    created = api.post("/api/v2/architect/flows", document).ok(201)
    ran = simulation(api, created["id"], timeout=10_000)
    assert ran["status"] == "completed"
    assert ran["variables"]["errorStatus"] == status
    assert message is None or ran["variables"]["errorMessage"] == message


def test_a_simulation_ends_when_its_time_is_over(api: Client, crm: str, queue: str) -> None:
    created = api.post("/api/v2/architect/flows", definition(f"{crm}/slow", queue)).ok(201)
    assert simulation(api, created["id"], timeout=300)["status"] == "timeout"


def test_waits_count_and_audio_does_not(api: Client) -> None:
    for type_, more, status in (
        ("PlayAudio", {"text": "word " * 100}, "completed"),
        ("Wait", {"duration": 6000}, "timeout"),
    ):
        actions = [{"name": "One", "type": type_} | more, {"name": "Bye", "type": "Disconnect"}]
        document = {"name": f"Long {uuid.uuid4().hex[:8]}", "type": "voice", "actions": actions}
        created = api.post("/api/v2/architect/flows", document).ok(201)
        assert simulation(api, created["id"])["status"] == status


def test_start_at_a_node(api: Client, crm: str, queue: str) -> None:
    created = api.post("/api/v2/architect/flows", definition(f"{crm}/api/v1/lookup", queue)).ok(201)
    nodes = {node["name"]: node for node in api.get(f"/api/v2/architect/flows/{created['id']}").ok()["nodes"]}
    assert set(nodes) >= {"Lookup Customer", "Set Customer Name", "Handle Error", "Handle Timeout"}
    assert nodes["Lookup Customer"]["type"] == "GetExternalContactAction"
    for node in nodes.values():
        ran = simulation(api, created["id"], nodeId=node["id"])
        assert ran["trace"][0]["nodeId"] == node["id"]


def test_a_contact_that_is_stored_in_another_notation(api: Client, queue: str) -> None:
    api.post(
        "/api/v2/externalcontacts/contacts",
        {"firstName": "Carla", "lastName": "Reyes", "workPhone": {"display": "(212) 555-0187"}},
    ).ok()
    document = definition("", queue)
    del document["actions"][0]["url"], document["actions"][0]["timeout"]
    del document["actions"][0]["inputVariables"]
    created = api.post("/api/v2/architect/flows", document).ok(201)
    for caller, name in (("+12125550187", "Carla Reyes"), ("+12125550111", None)):
        ran = simulation(api, created["id"], context={"from": caller, "channel": "voice"})
        contact = ran["trace"][0]["result"]["contact"]
        assert (contact and contact["name"]) == name


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"flowId": "nobody"}, "nobody"),
        ({"nodeId": "Lookup Custmer"}, "Lookup Customer"),
        ({"nodeId": "main"}, "container"),
        ({"nodeId": "Start"}, "container"),
        ({"timeout": 30_001}, "30000"),
        ({"timeout": 0}, "30000"),
        ({"context": {"from": "5551234567", "channel": "voice"}}, "E.164"),
        ({"context": {"from": "+15551234567", "to": "012", "channel": "voice"}}, "E.164"),
        ({"context": {"channel": "pigeon"}}, "pigeon"),
    ],
)
def test_what_a_simulation_refuses(
    api: Client, crm: str, queue: str, change: dict[str, Any], said: str
) -> None:
    created = api.post("/api/v2/architect/flows", definition(f"{crm}/api/v1/lookup", queue)).ok(201)
    body = api.post("/api/v2/architect/simulations", {"flowId": created["id"]} | change).refused(400)
    assert said in body["message"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"actions": [{"name": "Same", "type": "Disconnect"}, {"name": "Same", "type": "Disconnect"}]},
            "Same",
        ),
        ({"routing": {"queue": {"name": "Nowhere"}}, "initialAction": None}, "Nowhere"),
        ({"initialAction": {"name": "Start", "type": "Start", "on": {"next": "Nobody"}}}, "Nobody"),
        ({"type": "carrier pigeon"}, "carrier pigeon"),
    ],
)
def test_a_document_that_fails_names_the_key(
    api: Client, crm: str, queue: str, change: dict[str, Any], said: str
) -> None:
    document = definition(f"{crm}/api/v1/lookup", queue) | change
    document = {key: value for key, value in document.items() if value is not None}
    body = api.post("/api/v2/architect/flows", document).refused(400)
    assert said in body["message"]
    assert "flow.json:" in body["errors"][0]["message"]


def test_plain_http_only_to_this_machine(api: Client, queue: str) -> None:
    document = definition("http://crm.example.com/lookup", queue)
    assert "https" in api.post("/api/v2/architect/flows", document).refused(400)["message"]


# ---- job 4


def steps(**more: Any) -> dict[str, Any]:
    inner = {"type": "data-action", "name": "Lookup deep", "settings": {"timeout": 5}}
    return {
        "name": f"Slow {uuid.uuid4().hex[:8]}",
        "type": "voice",
        "steps": [
            {"type": "data-action", "name": "Lookup", "settings": {"timeout": 10}},
            {"name": "Inside", "steps": [inner]},
        ],
    } | more


@pytest.fixture(scope="module")
def looked_up(server: Server) -> None:
    for name in ("Lookup", "Lookup deep"):
        seed(server.url, "data_action", name, category="CRM")


@pytest.mark.usefixtures("looked_up")
def test_raise_a_timeout(api: Client) -> None:
    flow_id = api.post("/api/v2/architect/flows", steps()).ok(201)["id"]
    found = api.get(f"/api/v2/flows/{flow_id}").ok()
    assert (found["version"], found["type"], found["publishedVersion"]["id"]) == (1, "INBOUNDCALL", "1.0")
    found["steps"][1]["steps"][0]["settings"]["timeout"] = 25
    after = api.put(f"/api/v2/flows/{flow_id}/publish", found).ok()
    assert after["version"] == 2
    read = api.get(f"/api/v2/flows/{flow_id}").ok()
    assert read["steps"][1]["steps"][0]["settings"] == {"timeout": 25}
    # Somebody who read the version before is told so, and reads again.
    body = api.put(f"/api/v2/flows/{flow_id}/publish", found).refused(409, "version.conflict")
    assert body["messageParams"] == {"sent": "1", "current": "2"}


@pytest.mark.usefixtures("looked_up")
@pytest.mark.parametrize("seconds", [0.5, 31])
def test_a_timeout_out_of_range(api: Client, seconds: float) -> None:
    flow_id = api.post("/api/v2/architect/flows", steps()).ok(201)["id"]
    found = api.get(f"/api/v2/flows/{flow_id}").ok()
    found["steps"][0]["settings"]["timeout"] = seconds
    body = api.put(f"/api/v2/flows/{flow_id}/publish", found).refused(400, "invalid.value")
    assert "1 s to 30 s" in body["message"]
    assert "'Lookup'" in body["message"]


@pytest.mark.parametrize("form", ["json", "yaml", "archy"])
def test_documents_of_every_form(api: Client, form: str) -> None:
    name = f"Form {uuid.uuid4().hex[:8]}"
    texts = {
        "json": json.dumps(
            {"name": name, "type": "voice", "actions": [{"name": "Bye", "type": "Disconnect"}]}
        ),
        "yaml": f"name: {name}\ntype: voice\nactions:\n  - {{name: Bye, type: Disconnect}}\n",
        "archy": f"inboundCall:\n  name: {name}\n  startUpRef: ./tasks/task[m]\n  tasks:\n    - task:\n"
        "        name: M\n        refId: m\n        actions:\n          - disconnect: {name: Bye}\n",
    }
    media = "application/json" if form == "json" else "text/yaml"

    def send(method: str, path: str, text: str) -> Any:
        return api.send(method, path, content=text.encode(), headers={"content-type": media})

    created = send("POST", "/api/v2/architect/flows", texts[form]).ok(201)
    assert (created["name"], created["version"]) == (name, 1)
    assert [node["name"] for node in created["nodes"]] == ["Bye"]
    send("POST", "/api/v2/architect/flows", texts[form]).refused(409, "duplicate.name")
    path = f"/api/v2/architect/flows/{created['id']}"
    assert send("PUT", path, texts[form]).ok()["version"] == 2
    send("PUT", path, texts[form].replace("actions", "acts")).refused(400)
    assert api.get(path).ok()["version"] == 2
    listed = api.get("/api/v2/architect/flows", name=name).ok()["entities"]
    assert [each["id"] for each in listed] == [created["id"]]
    assert simulation(api, created["id"])["end"]["kind"] == "disconnect"
    assert api.delete(path).status == 204
    api.get(path).refused(410)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'{"a": }', b"just words", b"{}"])
def test_what_is_no_document(api: Client, content: bytes) -> None:
    for media in ("application/json", "text/yaml"):
        headers = {"content-type": media}
        api.send("POST", "/api/v2/architect/flows", content=content, headers=headers).refused(400)


@pytest.mark.usefixtures("looked_up")
def test_the_first_version_and_versions_that_are_none(api: Client) -> None:
    document = steps()
    flow = api.post("/api/v2/flows", {"name": document["name"], "type": "INBOUNDCALL"}).ok()
    path = f"/api/v2/flows/{flow['id']}/publish"
    nonsense: list[Any] = [None, "x", [], "inf", {}]
    for version in nonsense:
        api.put(path, document | {"version": version}).refused(400)
    api.put(path, document | {"version": 3}).refused(409)
    assert api.put(path, document | {"version": 0}).ok()["version"] == 1
    assert api.get(f"/api/v2/flows/{flow['id']}").ok()["steps"] == document["steps"]


def test_timeouts_of_a_flow_that_lists_actions(api: Client, crm: str, queue: str) -> None:
    """`steps` is a view of it; a change there is a change of the action."""
    created = api.post("/api/v2/architect/flows", definition(f"{crm}/api/v1/lookup", queue)).ok(201)
    found = api.get(f"/api/v2/flows/{created['id']}").ok()
    (step,) = found["steps"]
    assert (step["name"], step["settings"]) == ("Lookup Customer", {"timeout": 10})
    step["settings"]["timeout"] = 12
    after = api.put(f"/api/v2/flows/{created['id']}/publish", found).ok()
    assert after["actions"][0]["timeout"] == 12_000
    assert after["initialAction"] == found["initialAction"]
    found["steps"] = [{"type": "data-action", "name": "Lookup Custmer", "settings": {"timeout": 5}}]
    body = api.put(f"/api/v2/flows/{created['id']}/publish", found | {"version": 2}).refused(400)
    assert "'Lookup Customer'" in body["message"]
