"""Flows that call each other, and what a world says about other flows and outcomes."""

from __future__ import annotations

import pytest

from ringback.core.errors import UsageError
from ringback.documents import DocumentErrors
from ringback.engine.calling import MAX_DEPTH
from ringback.engine.world_loader import load_world
from tests.engine.driving import program_of, run_flow

MODULE = """
commonModule:
  name: Again
  defaultLanguage: en-us
  startUpTaskActions:
    - callCommonModule: {name: Call, commonModule: {Again: {ver_latestPublished: {none: true}}}}
"""
CALL = """
inboundCall:
  name: Main
  startUpRef: ./tasks/task[main]
  defaultLanguage: en-us
  tasks:
    - task:
        name: Main
        refId: main
        actions:
          - sendResponse: {name: Send, messageBody: {lit: hello}}
          - callCommonModule: {name: Call, commonModule: {Again: {ver_latestPublished: {none: true}}}}
          - disconnect: {name: End}
"""


def test_modules_that_call_themselves_end() -> None:
    run = run_flow(
        program_of(CALL), {"world": {"flows": {"Again": "again.yaml"}}, "files": {"again.yaml": MODULE}}
    )
    whole = run.to_dict()
    limits = [event for event in whole["trace"] if event["type"] == "limit_reached"]
    assert [(event["limit"], event["value"]) for event in limits] == [("flow_depth", MAX_DEPTH)]
    assert [event["code"] for event in whole["trace"] if event["type"] == "flow_error_raised"] == [
        "FLOW_DEPTH"
    ]
    assert len([event for event in whole["trace"] if event["type"] == "flow_called"]) == MAX_DEPTH
    assert whole["end"] == {"kind": "disconnect", "action": "End"}


def test_the_ids_of_inner_actions_begin_with_the_flow() -> None:
    run = run_flow(
        program_of(CALL), {"world": {"flows": {"Again": "again.yaml"}}, "files": {"again.yaml": MODULE}}
    )
    inner = {event.action.id.partition("/")[0] for event in run.events if event.action is not None}
    assert "Again" in inner


def test_an_outcome_that_the_action_does_not_have() -> None:
    with pytest.raises(UsageError) as raised:
        run_flow(program_of(CALL), {"world": {"outcomes": {"Send": "maybe"}}})
    assert raised.value.message == "'Send' has no output 'maybe'"
    assert raised.value.hint == "it has: success, failure"


WRONG = [
    ("flows: {A: {path: x}}", "a flow names its file"),
    ("flows: {A: a.yaml}", "the file 'a.yaml' cannot be read here"),
    ("outcomes: {A: {way: x}}", "unknown key 'way' in the outcome of 'A'"),
    ("schedules: [{name: A, hours: 9}]", "a schedule has no 'hours'"),
    ("scheduleGroups: [{name: A, timeZone: Mars}]", "'Mars' is no time zone"),
    ("queues: [{name: A, estimatedWait: long}]", "'long' is no span of time"),
    ("queues: [{name: A, estimatedWait: 3x}]", "'3x' is no span of time"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_what_a_world_gets_wrong(text: str, message: str) -> None:
    with pytest.raises(DocumentErrors) as raised:
        load_world(text, file="world.yaml")
    assert message in raised.value.diagnostics[0].message


def test_a_flow_of_the_wrong_kind_is_not_called() -> None:
    world = load_world("flows: {A: a.yaml}", file="world.yaml", read=lambda _name: CALL)
    assert world.flow("a", ("inboundCall",)) is not None
    assert world.flow("a", ("commonModule",)) is None
    assert world.flow("b", ("commonModule",)) is None


def test_a_list_of_flows() -> None:
    world = load_world("flows: [A, B]", file="world.yaml")
    assert world.flows == {"a": None, "b": None}
