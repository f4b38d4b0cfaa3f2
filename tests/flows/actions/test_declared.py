"""Actions of which only the outputs are known: the first output, or the one that the scenario says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringback.flows.actions.base import ActionType
from ringback.flows.actions.declared import DECLARED
from tests.engine.driving import program_of, run_flow

_each = pytest.mark.parametrize("action", DECLARED, ids=lambda action: action.key)


def _flow(action: ActionType) -> str:
    """A flow with the action; each output, and the way down, ends at a disconnect of its name."""
    outputs = {name: {"actions": [{"disconnect": {"name": name}}]} for name in _named(action)}
    body: dict[str, Any] = {"name": "Act", "outputs": outputs}
    for field in action.fields:
        place = body
        *way, last = [("Thing" if step == "*" else step) for step in field.path.split(".")]
        for step in way:
            place = place.setdefault(step, {})
        # A String takes what the scenario says; the types of the others need not be written here.
        kept = field.role == "writes" and field.type in ("str", "any")
        place[last] = {"var": "Flow.kept"} if kept else {"noValue": True}
    variables = [{"stringVariable": {"name": "Flow.kept", "initialValue": {"lit": "before"}}}]
    actions = [{action.key: body}, {"disconnect": {"name": "Below"}}]
    flow = {
        "name": "Declared",
        "startUpRef": "./tasks/task[main]",
        "defaultLanguage": "en-us",
        "variables": variables,
        "tasks": [{"task": {"name": "Main", "refId": "main", "actions": actions}}],
    }
    return json.dumps({"inboundCall": flow})


def _named(action: ActionType) -> list[str]:
    return [name for name in action.outputs if name != "*"] + (["Own"] if "*" in action.outputs else [])


def _ran(action: ActionType, outcome: Any) -> tuple[str, str, list[str]]:
    """The output that was taken, the end's action, the policies."""
    world = None if outcome is None else {"outcomes": {"Act": outcome}}
    run = run_flow(_program(action), {"world": world})
    told = [event for event in run.to_dict()["trace"] if event["type"] == "platform_told"]
    assert [event["kind"] for event in told] == [action.key]
    return told[0].get("output", ""), run.end["action"], run.to_dict()["policies"]


def _program(action: ActionType) -> Any:
    return program_of(_flow(action), "declared.yaml")


@_each
def test_the_first_output_by_policy(action: ActionType) -> None:
    output, end, policies = _ran(action, None)
    first = ("Own" if action.outputs[0] == "*" else action.outputs[0]) if action.outputs else ""
    assert (output, end) == (first, first or "Below")
    assert ("declared_output" in policies) is bool(action.outputs)


def test_a_bot_without_written_outputs_goes_on_below() -> None:
    actions = [{"callLexBot": {"name": "Act"}}, {"disconnect": {"name": "Below"}}]
    body = {
        "name": "Declared",
        "startUpRef": "./tasks/task[main]",
        "defaultLanguage": "en-us",
        "tasks": [{"task": {"name": "Main", "refId": "main", "actions": actions}}],
    }
    run = run_flow(program_of(json.dumps({"inboundCall": body}), "declared.yaml"), {})
    assert [event["output"] for event in run.to_dict()["trace"] if event["type"] == "platform_told"] == [
        "default"
    ]
    assert run.end["action"] == "Below"


@_each
def test_every_output_by_the_scenario(action: ActionType) -> None:
    for name in _named(action):
        assert _ran(action, name)[:2] == (name, name)


def test_values_of_the_scenario() -> None:
    action = next(item for item in DECLARED if item.key == "getRawSIPHeaders")
    world = {"outcomes": {"getRawSIPHeaders": {"values": {"rawSIPHeadersResult": "Via: x"}}}}
    run = run_flow(_program(action), {"world": world})
    assert run.variables["Flow.kept"] == "Via: x"
