"""The path of a run: which boxes and links light up, and how steps are numbered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ringback import api
from ringback.core.errors import RingbackError, UsageError
from ringback.draw import draw, read_trace
from ringback.draw.graph import Diagram, diagram
from ringback.draw.lit import Lit, TraceEvent, light
from ringback.flows.model import Flow
from ringback.trace.codec import event_line
from ringback.trace.events import ActionRef
from tests.cli.helpers import EXAMPLE
from tests.corpus import CORPUS, needs_corpus
from tests.draw.flows import archy, call, decide, jump, link_between, say


def simulated(flow: Flow, **more: object) -> tuple[Diagram, Lit]:
    run = api.simulate(flow, **more)  # type: ignore[arg-type]  # the arguments of simulate
    events = read_trace("\n".join(event_line(event) for event in run.events), file="run")
    graph = diagram(flow)
    return graph, light(graph, events)


def path(graph: Diagram, lit: Lit) -> list[str]:
    return [graph.boxes[step.box].name for step in lit.steps]


def taken(graph: Diagram, lit: Lit, source: str, target: str) -> bool:
    return link_between(graph, source, target).number in lit.links


def test_a_branch_and_what_follows() -> None:
    graph, lit = simulated(archy({"t": [decide("Which?", [say("Yes")], [say("No")]), say("After")]}))
    assert path(graph, lit) == ["Which?", "Yes", "After"]
    assert taken(graph, lit, "Flow", "lane t")
    assert taken(graph, lit, "lane t", "Which?")
    assert taken(graph, lit, "Which?", "Yes")
    assert taken(graph, lit, "Yes", "After")
    assert not taken(graph, lit, "Which?", "No")
    assert [(step.number, step.output) for step in lit.steps] == [(1, "yes"), (2, ""), (3, "")]


def test_an_empty_output_is_the_link_below() -> None:
    no = {
        "decision": {
            "name": "Which?",
            "condition": {"exp": "1 > 2"},
            "outputs": {"yes": {"actions": [say("Yes")]}},
        }
    }
    graph, lit = simulated(archy({"t": [no, say("After")]}))
    assert path(graph, lit) == ["Which?", "After"]
    assert taken(graph, lit, "Which?", "After")


def test_a_called_task_comes_back_without_a_new_number() -> None:
    flow = archy({"one": [call("two"), say("After")], "two": [say("Inside")]})
    graph, lit = simulated(flow)
    assert path(graph, lit) == ["Call", "Inside", "After"]
    for source, target in [("Call", "lane two"), ("lane two", "Inside"), ("Call", "After")]:
        assert taken(graph, lit, source, target)


def test_jumps_to_another_lane() -> None:
    graph, lit = simulated(
        archy({"one": [jump("two")], "two": [say("Here"), {"disconnect": {"name": "Bye"}}]})
    )
    assert path(graph, lit) == ["Jump", "Here", "Bye"]
    assert taken(graph, lit, "Jump", "lane two")


def test_turns_of_a_loop_have_numbers_of_their_own() -> None:
    loop = {
        "loop": {"name": "Loop", "loopCount": {"lit": 3}, "outputs": {"loop": {"actions": [say("Turn")]}}}
    }
    graph, lit = simulated(archy({"t": [loop, say("After")]}))
    assert path(graph, lit) == ["Loop", "Turn", "Loop", "Turn", "Loop", "Turn", "Loop", "After"]
    assert lit.numbers()["t#1"] == [1, 3, 5, 7]
    for source, target in [("Loop", "Turn"), ("Turn", "Loop"), ("Loop", "After")]:
        assert taken(graph, lit, source, target)
    svg = draw(archy({"t": [loop, say("After")]}), events=[])
    assert "traced" in svg


def test_the_menu_of_the_example() -> None:
    flow = api.load_flow(EXAMPLE / "flow.yaml")
    graph, lit = simulated(
        flow, world=str(EXAMPLE / "world.yaml"), start={"node": "Go to the menu"}, caller="press 9"
    )
    assert path(graph, lit) == ["Go to the menu", "Main menu", "Goodbye"]
    assert not taken(graph, lit, "Customer Lookup", "lane Look up the caller")
    assert len(lit.steps) == len({step.box for step in lit.steps})
    assert taken(graph, lit, "Main menu", "Goodbye")
    assert not taken(graph, lit, "Main menu", "Bookings")


def test_an_error_goes_through_the_error_handling() -> None:
    flow = archy({"t": [decide("Which?", [say("Yes")])]})
    events = [
        TraceEvent("container_entered", how="start"),
        TraceEvent("flow_error_raised", action=ActionRef("t#1", "Which?", "decision", "t")),
        TraceEvent("error_handling_started", action=ActionRef("t#1", "Which?", "decision", "t")),
    ]
    graph = diagram(flow)
    assert path(graph, light(graph, events)) == ["Which?", "On an error"]


def test_what_the_run_took_stands_out_in_the_svg() -> None:
    flow = archy({"t": [decide("Which?", [say("Yes")], [say("No")])]})
    run = api.simulate(flow)
    events = read_trace("\n".join(event_line(event) for event in run.events), file="run")
    root = ElementTree.fromstring(draw(flow, events=events))
    classes: Mapping[str, str] = {
        element.get("data-id", ""): element.get("class", "")
        for element in root.iter()
        if element.get("data-id")
    }
    assert "lit" in classes["t#1"].split()
    assert "lit" in classes["t#2"].split()
    assert "lit" not in classes["t#3"].split()
    assert [text.text for text in root.findall(".//*[@class='badge']/{http://www.w3.org/2000/svg}text")] == [
        "1",
        "2",
    ]


def test_json_and_lines_of_events_are_the_same() -> None:
    run = api.simulate(archy({"t": [say("A")]}))
    lines = "\n".join(event_line(event) for event in run.events)
    assert read_trace(json.dumps(run.to_dict()), file="a") == read_trace(lines, file="b")


@pytest.mark.parametrize("text", ["", "[]", "{}", "no json", '{"trace": 3}', '{"a": 1}\n'])
def test_what_is_no_trace(text: str) -> None:
    with pytest.raises(UsageError, match=r"run\.json (is no trace|holds no events)"):
        read_trace(text, file="run.json")


def test_a_trace_of_another_flow() -> None:
    events = [TraceEvent("action_ran", action=ActionRef("other#1", "A", "playAudio", "other"))]
    with pytest.raises(UsageError, match=r"run\.json is of another flow than 'Flow'") as caught:
        light(diagram(archy({"t": [say("A")]})), events, file="run.json")
    assert "other#1" in caught.value.hint


FLOWS = sorted((CORPUS / "flows").glob("*.yaml"))


@needs_corpus
@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.name[:60])
def test_runs_of_the_corpus_follow_links(file: Path) -> None:
    """Every step but a first one is reached by a link that is lit, or is a repeat of a menu."""
    try:
        flow = api.load_flow(file)
        graph, lit = simulated(flow)
    except RingbackError:
        pytest.skip("does not run")
    reached = {graph.links[number].target for number in lit.links}
    reached |= {step.box for step in lit.steps if graph.boxes[step.box].type in ("menu", "errorHandling")}
    reached |= {step.box for step in lit.steps[1:] if graph.boxes[step.box].type == "callTask"}
    assert {step.box for step in lit.steps} <= reached
