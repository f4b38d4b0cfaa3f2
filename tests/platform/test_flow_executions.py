"""Executions really run workflows: data actions over a socket, tables, schedules, contacts, other flows."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any

import pytest

from ringback.platform.clock import from_iso
from ringback.platform.flows.executing import seen
from ringback.platform.flows.running import MAX_RUNNING
from tests.platform.client import Client
from tests.platform.conftest import Server
from tests.platform.flows_store import put
from tests.platform.test_flow_jobs_plain import crm  # noqa: F401 - a fixture
from tests.platform.test_flow_publish_jobs import job

BASE = "/api/v2/flows"
TAG = uuid.uuid4().hex[:8]

MODULE = """\
commonModule:
  name: Double {tag}
  defaultLanguage: en-us
  variables:
    - stringVariable: {{name: Common.in, initialValue: {{noValue: true}}, isInput: true}}
    - stringVariable: {{name: Common.out, initialValue: {{noValue: true}}, isOutput: true}}
  startUpTaskActions:
    - updateData:
        name: D
        statements:
          - string: {{variable: Common.out, value: {{exp: 'Append(Common.in, Common.in)'}}}}
    - endTask: {{name: Done}}
"""

WORKFLOW = """\
workflow:
  name: Everything {tag}
  startUpRef: ./states/state[start]
  defaultLanguage: en-us
  variables:
    - stringVariable: {{name: Flow.phone, initialValue: {{noValue: true}}, isInput: true}}
    - integerVariable: {{name: Flow.points, initialValue: {{noValue: true}}, isOutput: true}}
    - stringVariable: {{name: Flow.title, initialValue: {{noValue: true}}, isOutput: true}}
    - stringVariable: {{name: Flow.twice, initialValue: {{noValue: true}}, isOutput: true}}
    - stringVariable: {{name: Flow.agent, initialValue: {{noValue: true}}, isOutput: true}}
    - booleanVariable: {{name: Flow.open, initialValue: {{noValue: true}}, isOutput: true}}
    - externalContactCollectionVariable: {{name: Flow.found}}
    - integerVariable: {{name: Flow.contacts, initialValue: {{noValue: true}}, isOutput: true}}
  settingsErrorHandling: {{errorHandling: {{endWorkflow: {{none: true}}}}}}
  states:
    - state:
        name: Start
        refId: start
        actions:
          - callData:
              name: Ask the CRM
              timeout: {{lit: {{seconds: 5}}}}
              category:
                CRM:
                  dataAction:
                    CRM {tag}:
                      inputs: {{phoneNumber: {{exp: Flow.phone}}}}
                      successOutputs: {{loyaltyPoints: {{var: Flow.points}}}}
          - dataTableLookup:
              name: Row
              lookupValue: {{lit: gold}}
              dataTable:
                Tiers {tag}: {{foundOutputs: {{Title: {{var: Flow.title}}}}, failureOutputs: {{}}}}
          - callCommonModule:
              name: Call
              commonModule:
                Double {tag}:
                  ver_latestPublished:
                    inputs: {{Common.in: {{exp: Flow.title}}}}
                    outputs: {{Common.out: {{var: Flow.twice}}}}
          - updateData:
              name: Look around
              statements:
                - string: {{variable: Flow.agent, value: {{exp: 'FindUser("ann.{tag}@example.com").name'}}}}
          - evaluateSchedule:
              name: Hours
              evaluationType:
                schedule:
                  selectedSchedule: {{lit: {{name: Always {tag}}}}}
                  evaluate: {{now: true}}
              outputs:
                active:
                  actions:
                    - updateData:
                        name: Note
                        statements: [{{boolean: {{variable: Flow.open, value: {{lit: true}}}}}}]
          - searchExternalContacts:
              name: Search
              searchTerm: {{lit: "Smith{tag}"}}
              externalResults: {{var: Flow.found}}
          - updateData:
              name: Count
              statements:
                - integer: {{variable: Flow.contacts, value: {{exp: Count(Flow.found)}}}}
          - endWorkflow: {{name: End}}
"""

ACTION: dict[str, Any] = {
    "category": "CRM",
    "integrationType": "custom-rest-actions",
    "actionType": "custom",
    "secure": False,
    "version": 1,
    "config": {
        "request": {
            "requestUrlTemplate": "",
            "requestType": "POST",
            "headers": {"X-Key": "${credentials.apiKey}"},
            "requestTemplate": '{"phoneNumber": "${input.phoneNumber}"}',
        },
        "response": {
            "translationMap": {"points": "$.loyalty_points"},
            "translationMapDefaults": {},
            "successTemplate": '{"loyaltyPoints": ${points}}',
        },
    },
    "contract": {
        "input": {"inputSchema": {"type": "object", "properties": {"phoneNumber": {"type": "string"}}}},
        "output": {"successSchema": {"type": "object", "properties": {"loyaltyPoints": {"type": "integer"}}}},
    },
}


def data_action(server: Server, name: str, url: str) -> str:
    """A data action with an integration and credentials of its own."""
    secret = put(
        server.url, "credential", {"name": name, "type": {"name": "userDefined"}, "modifiedDate": "1"}
    )
    put(server.url, "credential_secret", {"id": secret, "fields": {"apiKey": "s3cret-key"}})
    config = {"version": 1, "credentials": {"basic": {"id": secret}}}
    kind = {"id": "custom-rest-actions"}
    body = {
        "name": name,
        "intendedState": "ENABLED",
        "integrationType": kind,
        "config": config,
        "dateState": "",
    }
    integration = put(server.url, "integration", body)
    action = json.loads(json.dumps(ACTION)) | {"name": name, "integrationId": integration}
    action["config"]["request"]["requestUrlTemplate"] = url
    return put(server.url, "data_action", action)


@pytest.fixture(scope="module")
def organisation(server: Server, crm: str) -> Iterator[str]:  # noqa: F811 - the fixture
    """What the workflow needs; its id."""
    with Client(server.origin) as api:
        api.login("ringback-local", "ringback-local")
        data_action(server, f"CRM {TAG}", f"{crm}/api/v1/lookup")
        column = {"type": "string", "title": "Title", "$id": "/properties/Title", "displayOrder": 1}
        schema = {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "type": "object",
            "required": ["key"],
            "additionalProperties": False,
            "properties": {
                "key": {"$id": "/properties/key", "type": "string", "title": "Name", "displayOrder": 0},
                "Title": column,
            },
        }
        table = api.post(f"{BASE}/datatables", {"name": f"Tiers {TAG}", "schema": schema}).ok()
        api.post(f"{table['selfUri']}/rows", {"key": "gold", "Title": "Gold member"}).ok()
        put(server.url, "user", {"name": "Ann Lee", "email": f"ann.{TAG}@example.com", "state": "active"})
        whole_day = {"start": "2020-01-01T00:00:00.000000", "end": "2020-01-02T00:00:00.000000"}
        api.post(
            "/api/v2/architect/schedules", {"name": f"Always {TAG}", "rrule": "FREQ=DAILY"} | whole_day
        ).ok()
        contacts = "/api/v2/externalcontacts/contacts"
        if not api.get(contacts, q=f"Smith{TAG}").ok()["entities"]:  # tests in another order begin anew
            phone = {"display": "+1 555 123 4567"}
            api.post(contacts, {"firstName": "Alice", "lastName": f"Smith{TAG}", "workPhone": phone}).ok()
        for text in (MODULE, WORKFLOW):
            done = job(api, text.format(tag=TAG))
            assert done["status"] == "Success", done
        yield done["flow"]["id"]


def wait(api: Client, execution: dict[str, Any]) -> dict[str, Any]:
    deadline = monotonic() + 20
    while monotonic() < deadline:
        found: dict[str, Any] = api.get(execution["selfUri"]).ok()
        if found["status"] != "RUNNING":
            return found
        sleep(0.02)
    raise AssertionError("the execution does not end")


def launch(api: Client, flow_id: str, **more: Any) -> dict[str, Any]:
    return wait(api, api.post(f"{BASE}/executions", {"flowId": flow_id} | more).ok())


def test_a_workflow_really_runs(api: Client, organisation: str) -> None:
    started = api.post(
        f"{BASE}/executions",
        {"flowId": organisation, "name": "mine", "inputData": {"Flow.phone": "+15551234567"}},
    ).ok()
    assert (started["name"], started["flowVersion"]["id"]) == ("mine", "1.0")
    done = wait(api, started)
    assert done["status"] == "COMPLETED", done
    assert done["outputData"] == {
        "Flow.points": 1500,
        "Flow.title": "Gold member",
        "Flow.twice": "Gold memberGold member",
        "Flow.agent": "Ann Lee",
        "Flow.open": True,
        "Flow.contacts": 1,
    }
    assert done["dateCompleted"] >= done["dateLaunched"]


def fetch(api: Client, entity: dict[str, Any]) -> dict[str, Any]:
    with Client(api.origin) as anybody:
        flow: dict[str, Any] = anybody.get(entity["downloadUri"]).ok()["flow"]
    return flow


def test_execution_data(api: Client, organisation: str) -> None:
    done = launch(api, organisation, inputData={"phone": "+15559876543"})
    result = api.get(f"{BASE}/instances/{done['id']}").ok()
    assert result["jobState"] == "Success"
    flow = fetch(api, result["entities"][0])
    assert (flow["flowId"], flow["flowType"], flow["flowVersion"]) == (organisation, "workflow", "1.0")
    items = [word for item in flow["execution"] for word in item]
    assert items[:2] == ["startedFlow", "startedTask"] or items[:2] == ["startedFlow", "startedState"]
    assert [word for word in items if word == "actionCallData"] == ["actionCallData"]
    (call,) = (item["actionCallData"] for item in flow["execution"] if "actionCallData" in item)
    assert call["inputs"] == {"phoneNumber": "+15559876543"}
    assert call["outputs"]["loyaltyPoints"] == 200
    assert call["outputPathId"] == "success"
    assert "s3cret-key" not in json.dumps(flow)
    many = api.post(f"{BASE}/instances/jobs", {"ids": [done["id"], str(uuid.uuid4())]}).ok()
    assert [each["failed"] for each in many["entities"]] == [False, True]
    assert api.get(f"{BASE}/instances/jobs/{many['id']}").ok() == many


def criteria(key: str, value: str, operator: str = "eq") -> dict[str, str]:
    return {"key": key, "operator": operator, "value": value}


def test_query(api: Client, organisation: str) -> None:
    done = launch(api, organisation, inputData={"phone": "+15559876543"})
    here = criteria("FlowId", organisation)
    cases: list[tuple[list[dict[str, Any]], bool]] = [
        ([{"criteria": here}], True),
        ([{"and": [here, criteria("FlowType", "workflow")]}], True),
        ([{"or": [criteria("FlowId", "x"), here]}], True),
        ([{"criteria": here}, {"not": [here]}], False),
        ([{"criteria": here}, {"criteria": criteria("FlowActionType", "CallData")}], True),
        ([{"criteria": here}, {"criteria": criteria("FlowActionType", "PlayAudio")}], False),
        ([{"criteria": here}, {"criteria": criteria("FlowStartDateTime", "2020", "gt")}], True),
        ([{"criteria": here}, {"criteria": criteria("FlowErrorReason", "", "not_null")}], False),
    ]
    for query, found in cases:
        listed = api.post(f"{BASE}/instances/query", {"query": query}).ok()["entities"]
        assert (done["id"] in [each["id"] for each in listed]) is found, query
    api.post(f"{BASE}/instances/query", {"query": [{"criteria": criteria("BotId", "x")}]}).refused(400)
    assert api.get(f"{BASE}/instances/querycapabilities").ok()["criteria"]


def test_log_levels(api: Client, organisation: str) -> None:
    own = f"{BASE}/{organisation}/instances/settings/loglevels"
    api.get(own).refused(404)
    level = {"logLevelCharacteristics": {"level": "Base"}}
    assert api.post(own, level).ok()["type"] == "workflow"
    api.post(own, level).refused(409)
    done = launch(api, organisation, inputData={"phone": "+15559876543"})
    flow = fetch(api, api.get(f"{BASE}/instances/{done['id']}").ok()["entities"][0])
    (call,) = (item["actionCallData"] for item in flow["execution"] if "actionCallData" in item)
    assert call.keys().isdisjoint({"inputs", "outputs", "actionName", "communications"})
    api.put(own, {"logLevelCharacteristics": {"level": "Disabled"}}).ok()
    quiet = launch(api, organisation, inputData={"phone": "+15559876543"})
    api.get(f"{BASE}/instances/{quiet['id']}").refused(404)
    assert api.get(f"{BASE}/instances/settings/loglevels").ok()["total"] >= 1
    assert api.delete(own).status == 204
    api.get(own).refused(404)


def test_the_organisations_own_switches(api: Client) -> None:
    default = f"{BASE}/instances/settings/loglevels/default"
    assert api.get(default).ok()["logLevelCharacteristics"]["level"] == "All"
    set_ = api.put(default, {"logLevelCharacteristics": {"level": "Notes"}}).ok()
    assert set_["logLevelCharacteristics"]["characteristics"]["variables"] is False
    assert api.delete(default).status == 204
    assert api.get(default).ok()["logLevelCharacteristics"]["level"] == "All"
    switch = f"{BASE}/instances/settings/executiondata"
    assert api.get(switch).ok()["enabled"] is True
    assert api.patch(switch, {"enabled": False}).ok()["enabled"] is False
    assert api.patch(switch, {"enabled": True}).ok()["enabled"] is True
    levels = api.get(f"{BASE}/instances/settings/loglevels/characteristics").ok()["logLevels"]
    assert [each["level"] for each in levels] == ["Disabled", "Base", "Notes", "VerboseNotes", "All"]


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"flowId": "nobody"}, 404, "not found"),
        ({"inputData": {"Flow.nobody": 1}}, 400, "Flow.phone"),
        ({"inputData": {"Flow.points": 1}}, 400, "Flow.phone"),
        ({"flowVersion": "9.0"}, 404, "not found"),
    ],
)
def test_what_is_not_launched(
    api: Client, organisation: str, sent: dict[str, Any], status: int, said: str
) -> None:
    body = api.post(f"{BASE}/executions", {"flowId": organisation} | sent).refused(status)
    assert said in body["message"]


def test_an_unpublished_flow_is_not_launched(api: Client) -> None:
    flow = api.post(BASE, {"name": f"Empty {TAG}", "type": "WORKFLOW"}).ok()
    api.post(f"{BASE}/executions", {"flowId": flow["id"]}).refused(409, "flow.not.published")
    call = api.post(BASE, {"name": f"Call {TAG}", "type": "INBOUNDCALL"}).ok()
    api.post(f"{BASE}/executions", {"flowId": call["id"]}).refused(400)


def test_a_flow_that_fails_says_why(api: Client) -> None:
    text = f"""\
workflow:
  name: Fails {TAG}
  startUpRef: ./states/state[start]
  defaultLanguage: en-us
  variables:
    - integerVariable: {{name: Flow.zero, initialValue: {{lit: 0}}, isInput: true}}
    - decimalVariable: {{name: Flow.out, initialValue: {{noValue: true}}, isOutput: true}}
  settingsErrorHandling: {{errorHandling: {{endWorkflow: {{none: true}}}}}}
  states:
    - state:
        name: Start
        refId: start
        actions:
          - updateData:
              name: Divide
              statements: [{{decimal: {{variable: Flow.out, value: {{exp: 1.0 / Flow.zero}}}}}}]
          - endWorkflow: {{name: End}}
"""
    done = launch(api, job(api, text)["flow"]["id"])
    assert done["status"] == "FAILED", done
    assert done["flowErrorInfo"]["message"]


def test_who_depends_on_whom(api: Client, organisation: str) -> None:
    base = "/api/v2/architect/dependencytracking"
    query = {"id": organisation, "version": "1.0", "objectType": "WORKFLOW"}
    found = api.get(f"{base}/consumedresources", **query).ok()
    assert {(each["type"], each["name"]) for each in found["entities"]} == {
        ("DATAACTION", f"CRM {TAG}"),
        ("DATATABLE", f"Tiers {TAG}"),
        ("COMMONMODULEFLOW", f"Double {TAG}"),
        ("SCHEDULE", f"Always {TAG}"),
    }
    table = next(each for each in found["entities"] if each["type"] == "DATATABLE")
    only = api.get(f"{base}/consumedresources", **query, resourceType="DATATABLE").ok()
    assert [each["id"] for each in only["entities"]] == [table["id"]]
    users = api.get(f"{base}/consumingresources", id=table["id"], objectType="DATATABLE").ok()
    assert [(each["id"], each["type"], each["version"]) for each in users["entities"]] == [
        (organisation, "WORKFLOW", "1.0")
    ]
    shown = api.get(f"{base}/object", id=table["id"], objectType="DATATABLE", consumingResources="true").ok()
    assert [each["id"] for each in shown["consumingResources"]] == [organisation]
    named = api.get(base, name=f"Everything {TAG}", consumedResources="true").ok()
    assert [len(each["consumedResources"]) for each in named["entities"]] == [4]
    assert api.get(f"{base}/build").ok()["status"] == "OPERATIONAL"
    assert api.post(f"{base}/build").status == 202
    assert api.get(f"{base}/types/workflow").ok()["versioned"] is True
    assert api.get(f"{base}/types").ok()["total"] > 50
    api.get(f"{base}/types/nothing").refused(404)
    api.get(f"{base}/object", id="nobody").refused(404)
    api.get(f"{base}/consumedresources", **query | {"objectType": "PIGEON"}).refused(400)
    # The module is published again: who calls it is told; it cannot be deleted while it is called.
    assert job(api, MODULE.format(tag=TAG))["status"] == "Success"
    updated = api.get(
        f"{base}/updatedresourceconsumers", name=f"Everything {TAG}", consumedResources="true"
    ).ok()
    assert [each["name"] for each in updated["entities"][0]["consumedResources"]] == [f"Double {TAG}"]
    module = api.get(BASE, name=f"Double {TAG}").ok()["entities"][0]
    api.delete(module["selfUri"]).refused(409, "flow.in.use")
    assert api.get(f"{base}/deletedresourceconsumers", name=f"Everything {TAG}").ok()["entities"] == []


def test_native_flow_in_the_plain_view(api: Client, organisation: str) -> None:
    """A timeout of a native flow is raised like that of a plain one; everything else stays as it was."""
    before = api.get(f"{BASE}/{organisation}/latestconfiguration").ok()
    found = api.get(f"{BASE}/{organisation}", view="plain").ok()
    (box,) = found["steps"]
    assert box["steps"][0]["settings"] == {"timeout": 5}
    box["steps"][0]["settings"]["timeout"] = 20
    after = api.put(f"{BASE}/{organisation}/publish", found).ok()
    assert after["version"] == found["version"] + 1
    now = api.get(f"{BASE}/{organisation}/latestconfiguration").ok()
    action = now["workflow"]["states"][0]["state"]["actions"][0]["callData"]
    assert action.pop("timeout") == {"lit": {"seconds": 20}}
    before["workflow"]["states"][0]["state"]["actions"][0]["callData"].pop("timeout")
    assert now == before
    assert "steps" not in api.get(f"{BASE}/{organisation}").ok()
    box["steps"][0]["settings"]["timeout"] = 61
    body = api.put(f"{BASE}/{organisation}/publish", found | {"version": after["version"]}).refused(400)
    assert "1 s to" in body["message"]


def test_who_uses_what_is_gone(api: Client) -> None:
    tag = uuid.uuid4().hex[:8]
    queue = api.post("/api/v2/routing/queues", {"name": f"Short-lived {tag}"}).ok()
    actions = [{"name": "Hand over", "type": "TransferToQueue", "queue": {"name": queue["name"]}}]
    document = {"name": f"Uses {tag}", "type": "voice", "actions": actions}
    flow_id = api.post("/api/v2/architect/flows", document).ok(201)["id"]
    assert api.delete(queue["selfUri"], forceDelete="true").status in (200, 204)
    path = "/api/v2/architect/dependencytracking/deletedresourceconsumers"
    (found,) = api.get(path, name=f"Uses {tag}", consumedResources="true").ok()["entities"]
    assert (found["id"], found["consumedResources"][0]["deleted"]) == (flow_id, True)
    assert api.get(path, name=f"Uses {tag}", consumedResourceType="DATATABLE").ok()["entities"] == []


def test_an_execution_that_the_server_did_not_live_to_end() -> None:
    execution = {"status": "RUNNING", "dateLaunched": "2026-01-01T00:00:00.000Z"}
    launched = from_iso(execution["dateLaunched"])
    assert seen(execution, launched + 80_000)["status"] == "RUNNING"
    assert seen(execution, launched + 91_000)["status"] == "TERMINATED"


def test_more_runs_than_a_worker_does(api: Client, crm: str) -> None:  # noqa: F811 - the fixture
    actions = [{"name": "Slow", "type": "GetExternalContactAction", "url": f"{crm}/slow"}]
    document = {"name": f"Busy {uuid.uuid4().hex[:8]}", "type": "voice", "actions": actions}
    sent = {"flowId": api.post("/api/v2/architect/flows", document).ok(201)["id"], "timeout": 1500}
    sent["context"] = {"from": "+15551234567"}
    with ThreadPoolExecutor(MAX_RUNNING + 4) as many:
        path = "/api/v2/architect/simulations"
        answers = list(many.map(lambda _: api.post(path, sent), range(MAX_RUNNING + 4)))
    assert {each.status for each in answers} == {200, 429}
    assert all(each.headers["retry-after"] for each in answers if each.status == 429)
    assert api.post(path, sent | {"timeout": 100}).ok()["status"] == "timeout"
