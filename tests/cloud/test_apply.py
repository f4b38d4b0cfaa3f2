"""Plans carried out against `ringback serve`: colleagues, conflicts, lost answers, refusals, the way back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ringback.cloud import Cloud
from ringback.cloud.flow_jobs import PublishRefusedError, export
from ringback.cloud.organisation import Organisation
from ringback.cloud.plan import circles
from ringback.cloud.rollback import find_target, roll_back
from ringback.core.errors import RemoteError, UsageError
from tests.cloud.organisations import ANA, FLOWS, Centre, colleague, ours, platform
from tests.cloud.test_project import TABLE
from tests.platform.conftest import Server

ACTIONS, TABLES = "/api/v2/integrations/actions", "/api/v2/flows/datatables"
FLOW = """\
inboundCall:
  name: NAME
  startUpRef: "/inboundCall/tasks/task[Main_10]"
  defaultLanguage: en-us
  supportedLanguages:
    en-us: {none: true}
  tasks:
    - task:
        name: Main
        refId: Main_10
        actions:
          - callData:
              name: Look up
              timeout: {lit: {seconds: 10}}
              category:
                CRM:
                  dataAction:
                    NAME action:
                      inputs:
                        id: {lit: "1"}
          - transferToAcd:
              name: To the queue
              targetQueue: {lit: {name: NAME queue}}
              preTransferAudio: {exp: 'ToAudioTTS("Wait")'}
              priority: {lit: 0}
          - disconnect:
              name: Disconnect
"""


def action(name: str, *, url: str = "https://crm.example.com/${input.id}") -> str:
    return json.dumps(
        {
            "name": name,
            "integrationType": "custom-rest-actions",
            "actionType": "custom",
            "secure": False,
            "config": {
                "request": {
                    "requestUrlTemplate": url,
                    "requestType": "GET",
                    "headers": {},
                    "requestTemplate": "",
                },
                "response": {
                    "translationMap": {"a": "$.a"},
                    "translationMapDefaults": {"a": '""'},
                    "successTemplate": '{"a": ${a}}',
                },
            },
            "contract": {
                "input": {
                    "inputSchema": {
                        "type": "object",
                        "required": ["id"],
                        "properties": {"id": {"type": "string"}},
                        "additionalProperties": True,
                    }
                },
                "output": {"successSchema": {"type": "object", "properties": {"a": {"type": "string"}}}},
            },
        }
    )


SETTINGS = "integration: CRM\nintegrations: [{name: CRM, type: custom-rest-actions}]\nqueues: [NAME queue]\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with platform(tmp_path_factory.mktemp("organisation")) as running:
        yield running


@pytest.fixture(scope="module")
def ana(server: Server) -> Iterator[Cloud]:
    with colleague(server) as cloud:
        yield cloud


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return " ".join(re.findall(r"[A-Za-z0-9]+", request.node.name))[5:]


@pytest.fixture
def centre(server: Server, name: str, tmp_path: Path) -> Iterator[Centre]:
    with ours(server) as cloud:
        found = Centre(tmp_path, cloud)
        found.write(
            ringback_DOT_yaml=SETTINGS.replace("NAME", name),
            flow_DOT_yaml=FLOW.replace("NAME", name),
            action_DOT_json=action(f"{name} action"),
        )
        yield found
        found.faults()


def edited(centre: Centre, name: str, **change: str) -> None:
    """The flow of the project with other texts."""
    text = FLOW.replace("NAME", name)
    for old, new in (("seconds: 10", f"seconds: {change['seconds']}"),):
        text = text.replace(old, new)
    centre.write(flow_DOT_yaml=text)


def publish_as(cloud: Cloud, flow: Any, *, seconds: int) -> None:
    """A colleague's new version."""
    path = f"{FLOWS}/{flow['id']}"
    body = cloud.get(path, {"view": "plain"}).json
    (step,) = [each for box in body["steps"] for each in box.get("steps", [box]) if "settings" in each]
    step["settings"]["timeout"] = seconds
    cloud.put(f"{path}/publish", body)


def test_everything_then_nothing(centre: Centre, name: str) -> None:
    first = centre.plan()
    verbs = {(step.item.kind, step.verb) for step in first.todo}
    assert {("queue", "create"), ("data action", "create"), ("flow", "create")} <= verbs
    report = centre.apply()
    assert (report.failed, report.left) == (None, ())
    assert centre.flow(name)["publishedVersion"]["id"] == "1.0"
    again = centre.plan()
    assert (again.todo, again.counts["none"]) == ((), len(again.steps))
    assert centre.apply().done == []
    assert (centre.versions(name), len(centre.actions(f"{name} action"))) == (1, 1)
    assert centre.actions(f"{name} action")[0]["version"] == 1


def test_a_change_of_each(centre: Centre, name: str) -> None:
    centre.apply()
    edited(centre, name, seconds="12")
    centre.write(action_DOT_json=action(f"{name} action", url="https://crm2.example.com/${input.id}"))
    plan = centre.plan()
    shown = {step.item.kind: [(c.where, c.old, c.new) for c in step.changes] for step in plan.todo}
    assert shown == {
        "data action": [
            ("url", "https://crm.example.com/${input.id}", "https://crm2.example.com/${input.id}")
        ],
        "flow": [("task Main > actions > Look up > timeout > lit", "10 s", "12 s")],
    }
    assert {step.version for step in plan.todo} == {"1", "1.0"}
    assert [words for _, words in centre.apply().done] == [
        "published as version 2",
        "published as version 2.0",
    ]
    assert centre.plan().todo == ()


def test_a_colleagues_lock_stays(centre: Centre, name: str, ana: Cloud) -> None:
    centre.apply()
    ana.post(f"{FLOWS}/actions/checkout", query={"flow": centre.flow(name)["id"]})
    assert centre.plan().todo == (), "what is as it should be needs no lock"
    edited(centre, name, seconds="12")
    (blocked,) = centre.plan().blocked
    (block,) = blocked.blocks
    assert (block.reason, block.holder, block.message) == ("lock", ANA, f"it is locked by {ANA}")
    assert len(centre.plan("somebody else").blocked) == 1
    assert centre.versions(name) == 1
    assert centre.apply(ANA).failed is None
    assert (centre.versions(name), centre.flow(name).get("lockedClient")) == (2, None)


def test_a_colleagues_draft_stays(centre: Centre, name: str, ana: Cloud) -> None:
    centre.apply()
    flow_id = centre.flow(name)["id"]
    draft = ana.get(f"{FLOWS}/{flow_id}/versions/1.0/configuration").json
    draft["inboundCall"]["description"] = "Ana's unfinished work"
    ana.post(f"{FLOWS}/{flow_id}/versions", draft)
    edited(centre, name, seconds="12")
    (blocked,) = centre.plan().blocked
    assert [(block.reason, block.holder) for block in blocked.blocks] == [("draft", ANA)]
    assert centre.apply(ANA.upper()).failed is None
    published = export(centre.cloud, flow_id)
    assert ("seconds: 12" in published, "unfinished" in published) == (True, False)


def test_a_lock_between_plan_and_apply(centre: Centre, name: str, ana: Cloud) -> None:
    centre.apply()
    edited(centre, name, seconds="12")
    plan = centre.plan()
    ana.post(f"{FLOWS}/actions/checkout", query={"flow": centre.flow(name)["id"]})
    report = centre.apply(plan=plan)
    assert report.error is not None
    assert report.error.message == f"it is locked by {ANA}"
    assert centre.versions(name) == 1


def test_a_colleagues_edit_between_plan_and_apply(centre: Centre, name: str, ana: Cloud) -> None:
    centre.apply()
    edited(centre, name, seconds="12")
    plan = centre.plan()
    publish_as(ana, centre.flow(name), seconds=20)
    report = centre.apply(plan=plan)
    assert report.error is not None
    assert (
        report.error.message == "somebody changed it since the plan was made (version 2.0 is published now)"
    )
    (step,) = centre.plan().todo
    assert [(change.old, change.new) for change in step.changes] == [("20 s", "12 s")]
    assert centre.versions(name) == 2


def test_somebody_made_the_same_change(centre: Centre, name: str, ana: Cloud) -> None:
    centre.apply()
    edited(centre, name, seconds="12")
    plan = centre.plan()
    publish_as(ana, centre.flow(name), seconds=12)
    assert [words for _, words in centre.apply(plan=plan).done] == ["was so already"]
    assert centre.versions(name) == 2


def test_a_conflict_of_an_action_is_read_again(centre: Centre, name: str) -> None:
    centre.apply()
    centre.write(action_DOT_json=action(f"{name} action", url="https://crm2.example.com/${input.id}"))
    centre.faults({"kind": "conflict", "method": "PATCH", "path": f"{ACTIONS}/*/draft", "count": 2})
    assert centre.apply().failed is None
    assert [words for phase, _, words in centre.told].count("published as version 2") == 1
    assert sum(phase == "again" for phase, _, _ in centre.told) == 2
    assert (centre.plan().todo, centre.actions(f"{name} action")[0]["version"]) == ((), 2)


def test_conflicts_without_end(centre: Centre, name: str) -> None:
    centre.apply()
    centre.write(action_DOT_json=action(f"{name} action", url="https://crm2.example.com/${input.id}"))
    edited(centre, name, seconds="12")
    centre.faults({"kind": "conflict", "method": "PATCH", "path": f"{ACTIONS}/*/draft"})
    report = centre.apply()
    assert report.failed is not None
    assert (report.failed.item.kind, [step.item.kind for step in report.left]) == ("data action", ["flow"])
    assert sum(phase == "again" for phase, _, _ in centre.told) == 3
    centre.faults()
    assert [step.item.kind for step, _ in centre.apply().done] == ["data action", "flow"]
    assert centre.plan().todo == ()


@pytest.mark.parametrize("kind", ["lost", "reset"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{ACTIONS}/drafts"),
        ("POST", f"{ACTIONS}/*/draft/publish"),
        ("POST", "/api/v2/flows/jobs"),
        ("PUT", "/_ringback/*"),
        ("POST", "/api/v2/routing/queues"),
    ],
)
def test_a_lost_answer_makes_nothing_twice(
    centre: Centre, name: str, kind: str, method: str, path: str
) -> None:
    centre.faults({"kind": kind, "method": method, "path": path, "count": 1})
    report = centre.apply()
    assert report.failed is None, report.error
    assert (centre.plan().todo, centre.versions(name)) == ((), 1)
    (found,) = centre.actions(f"{name} action")
    assert found["version"] == 1
    queues = centre.cloud.entities("/api/v2/routing/queues", {"name": f"{name} queue"})
    assert len(list(queues)) == 1


def test_a_draft_that_says_something_else(centre: Centre, name: str) -> None:
    centre.apply()
    (there,) = centre.actions(f"{name} action")
    draft = centre.cloud.post(f"{ACTIONS}/{there['id']}/draft").json
    changed = {"version": draft["version"], "category": "Ana's"}
    centre.cloud.patch(f"{ACTIONS}/{there['id']}/draft", changed)
    assert centre.plan().todo == ()
    centre.write(action_DOT_json=action(f"{name} action", url="https://crm2.example.com/${input.id}"))
    (blocked,) = centre.plan().blocked
    assert [(block.reason, block.holder) for block in blocked.blocks] == [("draft", f"draft:{name} action")]
    assert centre.apply(f"draft:{name} action").failed is None
    assert centre.plan().todo == ()


def test_what_the_platform_says_is_at_the_line_of_the_file(centre: Centre, name: str) -> None:
    plan = centre.plan()
    centre.faults({"kind": "status", "status": 400, "method": "POST", "path": "/api/v2/routing/queues"})
    report = centre.apply(plan=plan)
    assert report.error is not None
    assert f"{name} queue" in [step.item.name for step in (report.failed, *report.left) if step]
    centre.faults()
    # The queue goes between plan and publication: only the platform can know.
    centre.apply(plan=plan)
    (queue,) = centre.cloud.entities("/api/v2/routing/queues", {"name": f"{name} queue"})
    edited(centre, name, seconds="12")
    planner = centre.planner()
    later = planner.plan(planner.project.items)
    centre.cloud.delete(f"/api/v2/routing/queues/{queue['id']}", {"forceDelete": True})
    report = centre.apply(plan=later)
    assert isinstance(report.error, PublishRefusedError)
    (problem,) = report.error.problems
    line = (centre.folder / "flow.yaml").read_text().splitlines()[problem.line - 1]
    assert (problem.file, "targetQueue" in line) == ("flow.yaml", True)
    assert f"no queue '{name} queue'" in problem.message
    assert centre.versions(name) == 1


def test_flows_in_a_circle(centre: Centre, name: str) -> None:
    (centre.folder / "action.json").unlink()
    jump = (
        "          - transferToFlow:\n              name: Over\n"
        "              targetFlow: {name: 'NAME OTHER'}\n"
    )
    text = FLOW[: FLOW.index("          - callData")] + jump + FLOW[FLOW.index("          - disconnect") :]
    texts = [text.replace("name: NAME\n", f"name: {name} {mine}\n") for mine in "ab"]
    both = [text.replace("NAME OTHER", f"{name} {other}") for text, other in zip(texts, "ba", strict=True)]
    centre.write(flow_DOT_yaml=both[0], other_DOT_yaml=both[1])
    assert len(circles(centre.plan().steps)) == 1
    assert centre.apply().failed is None
    assert centre.plan().todo == ()
    assert (centre.versions(f"{name} a"), centre.versions(f"{name} b")) == (1, 1)


@pytest.mark.parametrize("kind", ["lost", "reset"])
@pytest.mark.parametrize("path", [TABLES, f"{TABLES}/*/rows"])
def test_a_table_and_its_rows_once(centre: Centre, name: str, kind: str, path: str) -> None:
    centre.write(
        hours_DOT_yaml=TABLE.replace("Hours", name),
        hours_DOT_csv="key,Open,Lines\nBerlin,no,3\nParis/1,yes,4\n",
    )
    centre.faults({"kind": kind, "method": "POST", "path": path, "count": 1})
    assert centre.apply().failed is None
    assert centre.plan().todo == ()
    (table,) = [body for body in centre.cloud.entities(TABLES) if body["name"] == name]
    centre.cloud.post(f"{TABLES}/{table['id']}/rows", {"key": "Rome", "Lines": 9})
    centre.write(hours_DOT_csv="key,Open,Lines\nBerlin,yes,3\nParis/1,yes,4\n")
    (step,) = centre.plan().todo
    assert [(change.where, change.old, change.new) for change in step.changes] == [
        ("row Berlin > Open", "false", "true")
    ]
    assert step.notes == ("rows in the organisation only, which stay: 1",)
    assert centre.apply().failed is None
    assert centre.plan().todo == ()


def test_every_form_of_document(centre: Centre, name: str) -> None:
    """The plain form and Terraform; the local platform takes look-ups by URL, which Architect has not."""
    plain_action = {
        "name": f"{name} plain",
        "request": {"method": "GET", "url": "https://crm.example/${userId}", "headers": {}, "timeout": 5000},
        "response": {"body": {"mapping": [{"variableName": "a", "jsonPath": "$.body.a"}]}},
        "inputVariables": [{"name": "userId", "required": True}],
        "outputVariables": [{"name": "a"}],
    }
    lookup = {"name": "Look", "url": "https://crm.example/lookup", "outputVariable": "customer"}
    plain_flow = {
        "name": f"{name} plain",
        "type": "voice",
        "initialAction": {"name": "Start", "type": "Start", "on": {"next": "Look"}},
        "actions": [lookup],
    }
    terraform = f'''resource "genesyscloud_integration_action" "x" {{
  name           = "{name} terraform"
  category       = "Web"
  integration_id = genesyscloud_integration.crm.id
  contract_input = jsonencode({{"type" = "object", "properties" = {{"id" = {{"type" = "string"}}}}}})
  contract_output = jsonencode({{"type" = "object", "properties" = {{}}}})
  config_request {{
    request_url_template = "https://crm.example/$${{input.id}}"
    request_type         = "GET"
    request_template     = "$${{input.rawRequest}}"
  }}
  config_response {{
    success_template = "$${{rawResult}}"
  }}
}}
'''
    centre.write(
        plain_DOT_json=json.dumps(plain_action), flow_DOT_json=json.dumps(plain_flow), t_DOT_tf=terraform
    )
    report = centre.apply()
    assert report.failed is None, report.error
    names = {step.item.name for step, _ in report.done}
    assert {f"{name} plain", f"{name} terraform"} <= names
    assert centre.plan().todo == ()
    assert centre.flow(f"{name} plain")["type"] == "INBOUNDCALL"


def test_a_name_that_ends_in_a_blank(centre: Centre, name: str) -> None:
    """Architect keeps the blank; public data actions and flows have such names."""
    centre.write(
        action_DOT_json=action(f"{name} action "),
        flow_DOT_yaml=FLOW.replace("NAME action:", '"NAME action ":').replace("NAME", name),
    )
    report = centre.apply()
    assert report.failed is None, report.error
    assert (centre.plan().todo, len(centre.actions(f"{name} action "))) == ((), 1)
    assert [body["name"] for body in centre.cloud.entities(ACTIONS, {"name": f"{name} action "})] == [
        f"{name} action "
    ]
    (flow,) = [body for body in centre.cloud.entities(FLOWS) if body["name"] == name]
    centre.faults({"dataAction": f"{name} action ", "reply": "status:503"})
    run = {"flowId": flow["id"], "context": {"from": "+15551234567"}}
    answer = centre.cloud.post("/api/v2/architect/simulations", run).json
    (step,) = [node for node in answer["trace"] if node["nodeName"] == "Look up"]
    assert step["result"]["error"]["status"] == 503, "the action runs"


def test_look_ups_by_url_are_not_for_a_real_organisation(centre: Centre, name: str) -> None:
    lookup = {"name": "Look", "url": "https://crm.example/lookup"}
    start = {"name": "Start", "type": "Start", "on": {"next": "Look"}}
    document = {"name": name, "type": "voice", "initialAction": start, "actions": [lookup]}
    centre.write(flow_DOT_yaml="{}", flow_DOT_json=json.dumps(document))
    planner = centre.planner()
    planner.organisation._local = False
    found = [step for step in planner.plan(planner.project.items).blocked if step.item.kind == "flow"]
    assert [block.reason for block in found[0].blocks] == ["unsupported"]
    assert "flow.json:1: the action 'Look' (plainLookup) cannot be written" in found[0].blocks[0].message


def test_missing_things_are_named_with_their_place(centre: Centre, name: str) -> None:
    centre.write(ringback_DOT_yaml="{}")
    (centre.folder / "action.json").unlink()
    (step,) = centre.plan().blocked
    found = sorted(block.message.partition(";")[0] for block in step.blocks)
    assert found == [
        f"the data action '{name} action' is neither in the organisation nor in what is applied",
        f"the queue '{name} queue' is neither in the organisation nor in what is applied",
    ]
    assert "(flow.yaml:" in step.blocks[0].message


def test_lint_errors_block(centre: Centre, name: str) -> None:
    centre.write(flow_DOT_yaml=FLOW.replace("NAME", name).replace('ToAudioTTS("Wait")', 'ToAudioTTS("Wait"'))
    plan = centre.plan()
    assert plan.found[0].severity == "error"
    assert [(step.item.kind, step.blocks[0].reason) for step in plan.blocked] == [("flow", "lint")]


# ---- the way back


def test_roll_back_and_forth(centre: Centre, name: str, ana: Cloud) -> None:
    centre.apply()
    edited(centre, name, seconds="12")
    centre.apply()
    organisation = Organisation(centre.cloud)
    target = find_target(organisation, name)
    assert (target.current, target.version) == ("2.0", "1.0")
    assert roll_back(organisation, target) == "3.0"
    flow_id = centre.flow(name)["id"]
    assert "seconds: 10" in export(centre.cloud, flow_id)
    (step,) = centre.plan().todo
    assert [(change.old, change.new) for change in step.changes] == [("10 s", "12 s")]
    assert find_target(organisation, flow_id).version == "2.0"
    assert find_target(organisation, name, version="1").version == "1.0"
    with pytest.raises(RemoteError, match="somebody published"):
        roll_back(organisation, target)
    ana.post(f"{FLOWS}/actions/checkout", query={"flow": flow_id})
    held = find_target(organisation, flow_id)
    with pytest.raises(RemoteError, match=f"it is locked by {ANA}"):
        held.check(organisation, taken=["me"])
    held.check(organisation, taken=[ANA])


def test_nothing_to_roll_back_to(centre: Centre, name: str) -> None:
    centre.apply()
    organisation = Organisation(centre.cloud)
    with pytest.raises(UsageError, match="no published version before this one"):
        find_target(organisation, name)
    with pytest.raises(UsageError, match="no version 9"):
        find_target(organisation, name, version="9")
    with pytest.raises(UsageError, match="there is no flow"):
        find_target(organisation, "Nobody's")
