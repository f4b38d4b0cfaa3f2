"""Flows: create, read, list, lock, versions, publish, history, delete."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.platform.client import Client
from tests.platform.conftest import Server
from tests.platform.flows_store import other_client, told

BASE = "/api/v2/flows"


def fresh(stem: str = "flow") -> str:
    return f"{stem} {uuid.uuid4().hex[:8]}"


@pytest.fixture
def other(server: Server, api: Client) -> Iterator[Client]:
    """A second client with every permission."""
    with other_client(api, server.origin, name="Second hand") as client:
        yield client


@pytest.fixture
def flow(api: Client) -> dict[str, Any]:
    created: dict[str, Any] = api.post(BASE, {"name": fresh(), "type": "WORKFLOW", "description": "d"}).ok()
    return created


def workflow(name: str, text: str = "hello") -> dict[str, Any]:
    """The configuration of a small workflow."""
    action = {
        "updateData": {
            "name": "Set",
            "statements": [{"string": {"variable": "Flow.said", "value": {"lit": text}}}],
        }
    }
    state = {
        "name": "Start",
        "refId": "start",
        "actions": [action, {"endWorkflow": {"name": "End"}}],
    }
    variables = [
        {
            "stringVariable": {
                "name": "Flow.said",
                "initialValue": {"noValue": True},
                "isInput": True,
                "isOutput": True,
            }
        }
    ]
    body = {
        "name": name,
        "defaultLanguage": "en-us",
        "supportedLanguages": {"en-us": {"none": True}},
        "variables": variables,
        "settingsErrorHandling": {"errorHandling": {"endWorkflow": {"none": True}}},
        "startUpRef": "./states/state[start]",
        "states": [{"state": state}],
    }
    return {"workflow": body}


def test_create_read_change(api: Client, flow: dict[str, Any]) -> None:
    assert api.get(flow["selfUri"]).ok() == flow
    assert (flow["type"], flow["active"], flow["deleted"]) == ("WORKFLOW", False, False)
    assert flow["division"]["name"] == "Home"
    name = fresh("renamed")
    changed = api.put(flow["selfUri"], {"name": name, "description": "other"}).ok()
    assert (changed["name"], changed["description"]) == (name, "other")
    assert changed["currentOperation"]["actionName"] == "UPDATE"
    # The old name is free, the new one is not, but for another type.
    api.post(BASE, {"name": flow["name"], "type": "WORKFLOW"}).ok()
    api.post(BASE, {"name": name.upper(), "type": "WORKFLOW"}).refused(409, "duplicate.name")
    api.post(BASE, {"name": name, "type": "INBOUNDCALL"}).ok()


@pytest.mark.parametrize(
    ("body", "field"),
    [({"type": "WORKFLOW"}, "name"), ({"name": " ", "type": "WORKFLOW"}, "name"), ({"name": "x"}, "type")],
)
def test_what_a_flow_needs(api: Client, body: dict[str, Any], field: str) -> None:
    assert api.post(BASE, body).refused(400)["details"][0]["fieldName"] == field


def test_filters(api: Client) -> None:
    mark = uuid.uuid4().hex[:8]
    made = {
        name: api.post(BASE, {"name": f"{mark} {name}", "type": type_, "description": f"about {name}"}).ok()
        for name, type_ in (("a", "WORKFLOW"), ("b", "INBOUNDCALL"), ("c", "SECURECALL"))
    }
    api.post(f"{BASE}/actions/checkout", flow=made["a"]["id"]).ok()
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "abc"),
        ({"type": "workflow"}, "a"),
        ({"type": "workflow,inboundcall"}, "ab"),
        ({"id": made["b"]["id"]}, "b"),
        ({"description": "about b"}, "b"),
        ({"nameOrDescription": f"{mark} c"}, "c"),
        ({"secure": "true"}, "c"),
        ({"lockedByClientId": "ringback-local"}, "a"),
        ({"lockedBy": "ringback-local"}, "a"),
        ({"editableBy": "somebody"}, "bc"),
        ({"publishVersionId": "1.0"}, ""),
        ({"publishedAfter": "2020-01-01T00:00:00Z"}, ""),
        ({"divisionId": made["a"]["division"]["id"]}, "abc"),
        ({"divisionId": str(uuid.uuid4())}, ""),
        ({"sortOrder": "desc"}, "cba"),
        ({"sortBy": "type"}, "bca"),
        ({"virtualAgentEnabled": "true"}, ""),
    ]
    for query, expected in cases:
        found = api.get(BASE, **{"name": f"*{mark}*"} | query).ok()
        assert "".join(each["name"][-1] for each in found["entities"]) == expected, query
    assert api.get(BASE, name=mark, pageSize=2).ok()["pageCount"] == 2
    assert [
        each["name"][-1] for each in api.get(f"{BASE}/divisionviews", name=mark).ok()["entities"]
    ] == list("abc")
    looked = api.get(f"{BASE}/lookup", id=made["c"]["id"]).ok()["entities"]
    assert [each["id"] for each in looked] == [made["c"]["id"]]
    api.get(BASE, publishedAfter="yesterday").refused(400, "invalid.date")


def test_a_lock_has_a_holder(api: Client, other: Client, flow: dict[str, Any]) -> None:
    actions, query = f"{BASE}/actions", {"flow": flow["id"]}
    assert api.post(f"{actions}/checkout", **query).ok()["lockedClient"]["name"] == "ringback local"
    api.post(f"{actions}/checkout", **query).ok()
    refused = [
        other.post(f"{actions}/{name}", **query) for name in ("checkout", "checkin", "revert", "deactivate")
    ]
    refused += [other.put(flow["selfUri"], {"name": flow["name"]}), other.delete(flow["selfUri"])]
    refused.append(other.post(f"{flow['selfUri']}/versions", workflow(flow["name"])))
    for answer in refused:
        assert "ringback local" in answer.refused(409, "flow.locked")["message"]
    assert "lockedClient" not in other.post(f"{actions}/unlock", **query).ok()
    assert other.post(f"{actions}/checkout", **query).ok()["lockedClient"]["name"] == "Second hand"


def test_versions(api: Client, flow: dict[str, Any]) -> None:
    actions, query = f"{BASE}/actions", {"flow": flow["id"]}
    api.post(f"{actions}/publish", **query).refused(409, "flow.no.version")
    api.get(f"{flow['selfUri']}/latestconfiguration").refused(404)
    api.post(f"{actions}/checkout", **query).ok()
    first = api.post(f"{flow['selfUri']}/versions", workflow(flow["name"])).ok()
    assert (first["id"], first["type"], type(first["dateCreated"])) == ("1.0", "SAVE", int)
    assert api.get(flow["selfUri"]).ok()["savedVersion"]["id"] == "1.0"
    done = api.post(f"{actions}/checkin", **query).ok()
    assert (done["complete"], done["actionName"], done["actionStatus"]) == (True, "CHECKIN", "SUCCESS")
    checked_in = api.get(flow["selfUri"]).ok()
    assert checked_in["checkedInVersion"]["id"] == "1.0"
    assert "savedVersion" not in checked_in
    assert "lockedClient" not in checked_in
    assert api.post(f"{actions}/publish", **query, version="1.0").ok()["actionStatus"] == "SUCCESS"
    published = api.get(flow["selfUri"]).ok()
    assert (published["publishedVersion"]["id"], published["active"]) == ("1.0", True)
    assert published["publishedVersion"]["datePublished"].endswith("Z")
    second = api.post(f"{flow['selfUri']}/versions", workflow(flow["name"], "again")).ok()
    assert second["id"] == "2.0"
    listed = api.get(f"{flow['selfUri']}/versions").ok()
    assert [(each["id"], each["type"]) for each in listed["entities"]] == [
        ("2.0", "SAVE"),
        ("1.0", "PUBLISH"),
    ]
    assert "savedVersion" not in api.post(f"{actions}/revert", **query).ok()
    for place, text in (("versions/1.0/configuration", "hello"), ("latestconfiguration", "again")):
        configuration = api.get(f"{flow['selfUri']}/{place}").ok()
        statement = configuration["workflow"]["states"][0]["state"]["actions"][0]["updateData"]["statements"][
            0
        ]
        assert statement["string"]["value"]["lit"] == text
    assert api.get(f"{flow['selfUri']}/versions/1.0").ok()["inputSchema"]["properties"].keys() == {
        "Flow.said"
    }
    assert api.get(f"{flow['selfUri']}/versions/1.0/health").ok()["intents"] == []
    for missing in (
        "versions/9.0",
        "versions/9.0/configuration",
        "versions/1.0/intents/x/health?language=en-us",
    ):
        api.get(f"{flow['selfUri']}/{missing}").refused(404)
    assert api.post(f"{actions}/deactivate", **query).ok()["active"] is False


def test_a_version_with_errors_is_not_published(api: Client, flow: dict[str, Any]) -> None:
    document = workflow(flow["name"])
    document["workflow"]["states"][0]["state"]["actions"][0]["updateData"]["statements"][0]["string"][
        "value"
    ] = {"exp": "Flow.nobody + 1"}
    api.post(f"{flow['selfUri']}/versions", document).ok()
    done = api.post(f"{BASE}/actions/publish", flow=flow["id"]).ok()
    assert done["actionStatus"] == "FAILURE"
    assert "Flow.nobody" in done["errorMessage"]
    assert "flow.yaml:" in done["errorMessage"]
    after = api.get(flow["selfUri"]).ok()
    assert after["currentOperation"]["actionStatus"] == "FAILURE"
    assert "publishedVersion" not in after


@pytest.mark.parametrize(
    ("configuration", "said"),
    [
        ({"commonModule": {"name": "x"}}, "no tasks"),
        ({"no": "flow"}, "flow"),
        ({"inboundCall": {}}, "no name"),
    ],
)
def test_what_is_no_version(
    api: Client, flow: dict[str, Any], configuration: dict[str, Any], said: str
) -> None:
    assert said in api.post(f"{flow['selfUri']}/versions", configuration).refused(400)["message"]


def test_deleted_is_gone(api: Client, flow: dict[str, Any]) -> None:
    assert api.delete(flow["selfUri"]).status == 204
    api.get(flow["selfUri"]).refused(410, "gone")
    assert api.get(flow["selfUri"], deleted="true").ok()["deleted"] is True
    api.delete(flow["selfUri"]).refused(410)
    api.post(f"{BASE}/actions/checkout", flow=flow["id"]).refused(410)
    assert api.get(BASE, id=flow["id"]).ok()["entities"] == []
    assert len(api.get(BASE, id=flow["id"], deleted="true").ok()["entities"]) == 1
    again = api.post(BASE, {"name": flow["name"], "type": "WORKFLOW"}).ok()
    assert api.send("DELETE", BASE, query={"id": again["id"]}).ok()["actionName"] == "DELETE"
    api.get(again["selfUri"]).refused(410)
    api.get(f"{BASE}/{uuid.uuid4()}").refused(404, "not.found")


def test_history(api: Client, flow: dict[str, Any]) -> None:
    for action in ("checkout", "revert"):
        api.post(f"{BASE}/actions/{action}", flow=flow["id"]).ok()
    job = api.post(f"{flow['selfUri']}/history").ok()
    assert job["actionName"] == "HISTORY"
    found = api.get(f"{flow['selfUri']}/history/{job['id']}", sortOrder="asc").ok()
    assert [each["action"] for each in found["entities"]] == ["CREATE", "CHECKOUT", "REVERT"]
    assert found["entities"][0]["client"]["name"] == "ringback local"
    only = api.get(f"{flow['selfUri']}/history/{job['id']}", action="checkout").ok()
    assert [each["action"] for each in only["entities"]] == ["CHECKOUT"]
    api.get(f"{flow['selfUri']}/history/{uuid.uuid4()}").refused(404)


@pytest.mark.parametrize("path", ["milestones", "outcomes"])
def test_milestones_and_outcomes(api: Client, path: str) -> None:
    name = fresh(path)
    created = api.post(f"{BASE}/{path}", {"name": name, "description": "far"}).ok()
    assert api.get(created["selfUri"]).ok()["name"] == name
    api.post(f"{BASE}/{path}", {"name": name.upper()}).refused(409)
    api.put(created["selfUri"], {"name": name, "description": "near"}).ok()
    for query in ({"name": name}, {"nameOrDescription": name}, {"id": created["id"]}):
        found = api.get(f"{BASE}/{path}", **query).ok()["entities"]
        assert [each["description"] for each in found] == ["near"]
    assert api.get(f"{BASE}/{path}/divisionviews", name=name).ok()["total"] == 1
    api.get(f"{BASE}/{path}/{uuid.uuid4()}").refused(404)
    if path == "milestones":
        assert api.delete(created["selfUri"]).ok() == {}
        api.get(created["selfUri"]).refused(404)


@pytest.mark.parametrize(
    ("method", "path", "body", "permission"),
    [
        ("POST", "/api/v2/architect/simulations", {"flowId": "x"}, "architect:flow:run"),
        ("GET", "/api/v2/architect/flows", None, "architect:flow:read"),
        ("GET", "/api/v2/flows/x", None, "architect:flow:view"),
        ("PUT", "/api/v2/flows/x/publish", {"version": 1}, "architect:flow:publish"),
        ("POST", "/api/v2/flows/jobs", {}, "architect:job:create"),
    ],
)
def test_what_is_missing_is_named(
    server: Server, api: Client, method: str, path: str, body: Any, permission: str
) -> None:
    with other_client(api, server.origin, name="May nothing", permissions=[]) as nobody:
        assert (
            permission in nobody.send(method, path, body=body).refused(403, "missing.permissions")["message"]
        )


@pytest.mark.parametrize(
    ("granted", "method", "path", "body"),
    [
        ("view:flow", "GET", "/api/v2/flows/x", None),
        ("admin:flow", "PUT", "/api/v2/flows/x/publish", {"version": 1}),
    ],
)
def test_short_words_for_permissions(
    server: Server, api: Client, granted: str, method: str, path: str, body: Any
) -> None:
    with other_client(api, server.origin, name=granted, permissions=[granted]) as client:
        client.send(method, path, body=body).refused(404)


def test_every_change_is_told_and_audited(server: Server, api: Client, flow: dict[str, Any]) -> None:
    api.post(f"{BASE}/actions/checkout", flow=flow["id"]).ok()
    api.post(f"{flow['selfUri']}/versions", workflow(flow["name"])).ok()
    api.post(f"{BASE}/actions/publish", flow=flow["id"]).ok()
    api.delete(flow["selfUri"])
    events = told(server.url, f"v2.flows.{flow['id']}")
    done = [each["currentOperation"]["actionName"] for each in events]
    assert done == ["CREATE", "CHECKOUT", "SAVE", "PUBLISH", "DELETE"]
    assert [each["deleted"] for each in events] == [False] * 4 + [True]
    assert not any(name.startswith("_") for each in events for name in each)
