"""Flows from one form into the other: what is written, what cannot be, and that both do the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringback import api
from ringback.flows.loaders import load_archy, load_flow, load_plain
from ringback.flows.model import Flow
from ringback.flows.writers import write_archy, write_plain
from ringback.trace.events import ErrorHandlingStarted
from tests.corpus import needs_corpus
from tests.flows.test_archy_loader import MENUS, VARIABLES
from tests.flows.test_export_corpus import EXPORTS
from tests.flows.test_loader_corpus import FLOWS, report
from tests.flows.test_plain_loader import LOOKUP

SCRIPTS = ["", "press 1; press 1", "press 2; press 3; press 9", "press 9"]


def outcome(flow: Flow, caller: str) -> Any:
    """How a run ends and what the caller heard; names of actions may differ."""
    run = api.simulate(flow, caller=caller)
    end = run.to_dict().get("end") or {}
    heard = [event.text for event in run.events if type(event).__name__ == "AudioPlayed"]
    return {key: member for key, member in end.items() if key != "action"}, heard


GRAPH = {
    "name": "Graph",
    "type": "voice",
    "initialAction": {"name": "Start", "type": "Start", "on": {"next": "Menu"}},
    "actions": [
        {
            "name": "Menu",
            "type": "Menu",
            "audio": "Press 1 or 2",
            "repeat": 1,
            "choices": {"1": "Set", "2": "Ask", "3": "end"},
            "on": {"default": "Bye"},
        },
        {"name": "Set", "type": "SetVariable", "set": {"points": 5}, "on": {"next": "Ask"}},
        {
            "name": "Ask",
            "type": "Decision",
            "condition": 'ToString($points) == "5" and "$points" != ""',
            "on": {"yes": "Many", "no": "end", "next": "Bye"},
        },
        {"name": "Many", "type": "PlayAudio", "text": "You have $points points", "on": {"next": "Again"}},
        {"name": "Again", "type": "loop", "loopCount": 2, "on": {"loop": "Turn", "next": "Bye"}},
        {"name": "Turn", "type": "PlayAudio", "text": "turn", "on": {"next": "Check"}},
        {"name": "Check", "type": "Decision", "condition": "true", "on": {"yes": "Again", "next": "Again"}},
        {"name": "Bye", "type": "PlayAudio", "text": "Good bye", "on": {"next": "end"}},
    ],
}


@pytest.mark.parametrize("caller", ["press 1", "press 2", "press 3", "", "press 8"])
def test_a_plain_graph_as_archy(caller: str) -> None:
    plain = load_plain(json.dumps(GRAPH), file="g.json")
    written = write_archy(plain)
    assert written.diagnostics == ()
    archy = load_archy(written.text, file="g.yaml")
    assert outcome(archy, caller) == outcome(plain, caller)


def test_names_of_variables() -> None:
    text = write_archy(load_plain(json.dumps(GRAPH), file="g.json")).text
    assert "name: Flow.points" in text
    # Texts inside expressions stay.
    assert 'ToString(Flow.points) == "5" and "$points" != ""' in text


def test_deep_plain_graphs_become_tasks() -> None:
    actions = [
        {
            "name": f"D{number}",
            "type": "Decision",
            "condition": "true",
            "on": {"yes": f"D{number + 1}", "next": "end"},
        }
        for number in range(40)
    ]
    last = {"name": "D40", "type": "PlayAudio", "text": "deep", "on": {"next": "end"}}
    plain = load_plain(json.dumps({"name": "Deep", "actions": [*actions, last]}), file="d.json")
    archy = load_archy(write_archy(plain).text, file="d.yaml")
    assert outcome(archy, "") == outcome(plain, "")
    assert len(archy.containers) > 3


def test_requests_that_archy_does_not_have() -> None:
    (found,) = write_archy(load_plain(json.dumps(LOOKUP), file="l.json")).diagnostics
    assert (found.code, found.severity) == ("RB045", "error")
    assert "Archy has no such request" in found.message


def test_an_empty_plain_flow() -> None:
    document = {"name": "E", "initialAction": {"type": "Start", "routing": {"queue": "Help"}}}
    plain = load_plain(json.dumps(document), file="e.json")
    assert outcome(load_archy(write_archy(plain).text, file="e"), "") == outcome(plain, "")


def errors(text: str) -> list[str]:
    """What a flow has that the plain form cannot say."""
    found = write_plain(load_flow(text, file="f")).diagnostics
    return [item.message for item in found if item.severity == "error"]


BODY = "  name: F\n  startUpRef: ./tasks/task[a]\n  tasks:\n    - task:\n        name: a\n        actions:\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("botFlow:\n" + BODY + "          - disconnect: {name: x}\n", "a botFlow flow has no plain form"),
        (
            "inboundCall:\n" + BODY + "          - callTask: {name: x, targetTaskRef: './tasks/task[a]'}\n",
            "the action 'x' (callTask) cannot be written: the plain form has no tasks that are called",
        ),
        (
            "inboundCall:\n"
            + BODY
            + "          - jumpToTask: {name: x, targetTaskRef: './tasks/task[a]', inputs: {}}\n",
            "the inputs of 'x' cannot be written: a jump is only an edge",
        ),
        (
            "inboundCall:\n" + BODY + "          - wonder: {name: x}\n",
            "the action type 'wonder' is not known to the plain form",
        ),
    ],
)
def test_what_the_plain_form_cannot_say(text: str, message: str) -> None:
    assert message in errors(text)


def test_names_in_the_plain_form_are_unique() -> None:
    actions = "".join("          - playAudio: {name: end, audio: {tts: x}}\n" for _ in range(3))
    document = json.loads(write_plain(load_flow("inboundCall:\n" + BODY + actions, file="f")).text)
    assert [action["name"] for action in document["actions"]] == ["end 2", "end 3", "end 4"]
    assert [action["on"]["next"] for action in document["actions"]] == ["end 3", "end 4", "end"]


@pytest.mark.parametrize("text", [MENUS.lstrip(), VARIABLES.lstrip()])
def test_small_flows_round_trip(text: str) -> None:
    flow = load_archy(text, file="f")
    written = write_archy(flow).text
    assert write_archy(load_archy(written, file="g")).text == written


def faulted(flow: Flow, caller: str) -> bool:
    events = api.simulate(flow, caller=caller).events
    return any(isinstance(event, ErrorHandlingStarted) for event in events)


@needs_corpus
def test_public_call_flows_do_the_same_in_every_form(capsys: pytest.CaptureFixture[str]) -> None:
    runs = flows = 0
    for path in [*FLOWS, *EXPORTS]:
        flow = load_flow(path.read_text(encoding="utf-8"), file=path.name)
        written = write_plain(flow)
        if flow.type != "inboundCall" or any(found.severity == "error" for found in written.diagnostics):
            continue
        flows += 1
        plain = load_flow(written.text, file="p.json")
        others = [
            plain,
            load_flow(write_archy(flow).text, file="a"),
            load_flow(write_archy(plain).text, file="b"),
        ]
        # The plain form has no error handling, and says so: there a run ends otherwise after a flow error.
        loses_handling = any("error handling" in found.message for found in written.diagnostics)
        for caller in SCRIPTS:
            expected = outcome(flow, caller)
            same = others[1:2] if loses_handling and faulted(flow, caller) else others
            runs += 1
            assert [outcome(other, caller) for other in same] == [expected] * len(same), (path.name, caller)
    report(capsys, f"{flows} public call flows do the same as Archy and plain documents in {runs} runs")
    assert flows > 40
