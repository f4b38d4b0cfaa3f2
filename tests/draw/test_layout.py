"""Nothing lies on anything else, every line ends where it should, and the same flow gives the same bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.bench_draw import generated
from hypothesis import HealthCheck, given, settings

from ringback.core.errors import RingbackError
from ringback.draw import draw
from ringback.draw.graph import diagram
from ringback.draw.sheet import layout
from ringback.flows.loaders import load_flow
from ringback.flows.model import Flow
from tests.cli.helpers import EXAMPLE
from tests.corpus import CORPUS, needs_corpus
from tests.draw.checks import hidden, problems
from tests.draw.flows import archy, decide, jump, link_between, say, wild_flows

FILES = sorted(path for folder in ("flows", "flow-exports") for path in (CORPUS / folder).glob("*.*"))


def loaded(path: Path) -> Flow:
    try:
        return load_flow(path.read_text(encoding="utf-8-sig"), file=path.name)
    except RingbackError:
        pytest.skip("no flow")


@needs_corpus
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name[:60])
def test_every_flow_of_the_corpus(path: Path) -> None:
    graph = diagram(loaded(path))
    picture = layout(graph)
    assert problems(graph, picture) == []
    assert hidden(graph, picture) == []


@pytest.mark.parametrize("name", ["flow.yaml", "flow.plain.json"])
def test_the_example(name: str) -> None:
    graph = diagram(loaded(EXAMPLE / name))
    picture = layout(graph)
    assert problems(graph, picture) == []
    assert hidden(graph, picture) == []


@pytest.mark.parametrize("actions", [60, 400])
def test_a_flow_with_deep_nesting_and_many_jumps(actions: int) -> None:
    flow = generated(actions)
    assert len(flow.actions) >= actions * 0.95
    graph = diagram(flow)
    picture = layout(graph)
    assert problems(graph, picture) == []
    assert hidden(graph, picture) == []


@given(flow=wild_flows())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_graph(flow: Flow) -> None:
    graph = diagram(flow)
    assert problems(graph, layout(graph)) == []


@given(flow=wild_flows())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_same_flow_gives_the_same_bytes(flow: Flow) -> None:
    for form in ("svg", "html", "mmd"):
        assert draw(flow, form) == draw(flow, form)


def test_what_just_goes_on_is_straight() -> None:
    graph = diagram(archy({"t": [say("A"), decide("B", [say("C"), say("D")]), say("E"), say("F")]}))
    picture = layout(graph)
    for source, target in [("A", "B"), ("C", "D"), ("D", "E"), ("E", "F")]:
        points = picture.paths[link_between(graph, source, target).number]
        assert len(points) == 2, (source, target)
    assert link_between(graph, "B", "E").label == "no"


def test_what_went_well_stands_left_of_what_failed() -> None:
    called = {
        "callData": {
            "name": "Look up",
            "category": {"C": {"dataAction": {"D": {"inputs": {}}}}},
            "outputs": {
                "timeout": {"actions": [say("Late")]},
                "failure": {"actions": [say("Failed")]},
                "success": {"actions": [say("Found")]},
            },
        }
    }
    graph = diagram(archy({"t": [called, say("End")]}))
    picture = layout(graph)
    x = {box.name: picture.boxes[box.id][0] for box in graph.boxes.values()}
    assert x["Look up"] == x["Found"] < x["Failed"] < x["Late"]


def test_jumps_to_one_task_share_one_arrow() -> None:
    tasks = {f"t{n}": [say(f"Say {n}"), jump("goal", f"Jump {n}")] for n in range(6)}
    graph = diagram(archy({**tasks, "goal": [say("Here")]}))
    picture = layout(graph)
    ends = {picture.paths[link.number][-1] for link in graph.across() if link.lane == "goal"}
    assert len(ends) == 1


def test_a_long_chain_needs_no_recursion() -> None:
    graph = diagram(archy({"t": [say(f"Say {n}") for n in range(3000)]}))
    assert len(layout(graph).boxes) == 3002


def test_many_choices_take_turns_on_several_rows() -> None:
    choices = [{"menuDisconnect": {"name": f"C{n}", "dtmf": f"digit_{n}"}} for n in range(10)]
    menu = {"menu": {"name": "M", "refId": "m", "audio": {"tts": "Choose"}, "choices": choices}}
    graph = diagram(archy({"t": [say("A")]}, menus=[menu]))
    picture = layout(graph)
    rows = {picture.boxes[box.id][1] for box in graph.boxes.values() if box.name.startswith("C")}
    assert len(rows) == 2
    assert problems(graph, picture) == []
