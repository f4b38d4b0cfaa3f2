"""Flows to draw: random graphs, nested or wild, and small ones with names that hurt."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from ringback.core.span import Span
from ringback.documents import Node
from ringback.draw.graph import Diagram, diagram
from ringback.draw.lit import TraceEvent
from ringback.flows.loaders.archy import load_archy
from ringback.flows.model import Action, Container, ErrorHandling, Flow
from ringback.trace.events import ActionRef

SPAN = Span("flow.yaml", 3, 5)
# What a name may hold when a document escapes it.
EVIL = "<b>&amp; \"quoted\" 'single' ]]> </script> -- #quot; | ` \\ \x07 \ufffe 日本語 " + "x" * 500
_TYPES = (
    *("playAudio", "updateData", "decision", "callData", "transferToAcd", "disconnect", "jumpToTask"),
    *("callTask", "loop", "loopNext", "loopExit", "switch", "collectInput", "endTask", "somethingNew"),
)
_OUTPUTS = ("yes", "no", "success", "failure", "timeout", "case1", "default", "loop", "a long, long name" * 4)
_LONG = "A longer name for an action than one line holds"
# JSON can escape one half of a surrogate pair.
_NAMES = st.sampled_from(["Say hello", "", _LONG, EVIL, "half \ud800 of a pair"])


def node(value: Any) -> Node:
    """Plain Python as a document."""
    if isinstance(value, dict):
        return Node({key: node(member) for key, member in value.items()}, SPAN)
    if isinstance(value, list):
        return Node(tuple(node(item) for item in value), SPAN)
    return Node(value, SPAN)


@st.composite
def wild_flows(draw: Any) -> Flow:
    """Any graph that the model can hold: cycles, links to anywhere, empty lanes, actions nobody reaches."""
    lanes = [f"lane{index}" for index in range(draw(st.integers(1, 4)))]
    names = {lane: [f"{lane}#{n}" for n in range(draw(st.integers(0, 9)))] for lane in lanes}
    everything = [name for lane in lanes for name in names[lane]]
    anywhere = st.sampled_from(everything) if everything else st.nothing()
    containers = {}
    for lane in lanes:
        near = st.sampled_from(names[lane]) if names[lane] else anywhere
        actions = tuple(
            draw(_action(name, lane, targets=near | anywhere, lanes=lanes)) for name in names[lane]
        )
        kind = draw(st.sampled_from(["task", "menu", "state"]))
        start = None if kind == "menu" or not actions else draw(near)
        containers[lane] = Container(lane, draw(_NAMES), kind, start, actions, body=node({}), span=SPAN)
    handling = ErrorHandling("jumpToTask", draw(st.sampled_from([*lanes, "nowhere", None])))
    return Flow(
        draw(_NAMES), "inboundCall", draw(st.sampled_from(lanes)), containers, error_handling=handling
    )


@st.composite
def _action(draw: Any, name: str, lane: str, *, targets: Any, lanes: list[str]) -> Action:
    type_ = draw(st.sampled_from(_TYPES))
    target = draw(st.sampled_from([*lanes, "nowhere"])) if "Task" in type_ else None
    return Action(
        name,
        draw(_NAMES),
        type_,
        node({"name": "x", "outputs": {"failure": {}}}),
        draw(st.none() | targets),
        draw(st.dictionaries(st.sampled_from(_OUTPUTS), targets, max_size=4)),
        target,
        container=lane,
        span=SPAN,
    )


def archy(tasks: dict[str, list[Any]], *, menus: list[Any] | None = None, name: str = "Flow") -> Flow:
    """A call flow of tasks; the first is its start."""
    body = {
        "name": name,
        "startUpRef": f"./tasks/task[{next(iter(tasks))}]",
        "defaultLanguage": "en-us",
        "tasks": [{"task": {"name": key, "refId": key, "actions": value}} for key, value in tasks.items()],
        "menus": menus or [],
    }
    return load_archy(json.dumps({"inboundCall": body}, indent=1), file="flow.yaml")


def say(name: str, words: str = "Hello") -> dict[str, Any]:
    return {"playAudio": {"name": name, "audio": {"tts": words}}}


def decide(name: str, yes: list[Any], no: list[Any] | None = None) -> dict[str, Any]:
    outputs = {"yes": {"actions": yes}} | ({"no": {"actions": no}} if no is not None else {})
    return {"decision": {"name": name, "condition": {"exp": "1 < 2"}, "outputs": outputs}}


def jump(task: str, name: str = "Jump") -> dict[str, Any]:
    return {"jumpToTask": {"name": name, "targetTaskRef": f"./tasks/task[{task}]"}}


def call(task: str, name: str = "Call") -> dict[str, Any]:
    return {"callTask": {"name": name, "targetTaskRef": f"./tasks/task[{task}]"}}


def link_between(drawing: Diagram, source: str, target: str) -> Any:
    """The link between two boxes by their names; "lane NAME" is the head of a lane."""
    lanes = {lane.id: lane.name for lane in drawing.lanes}
    for link in drawing.links:
        from_ = drawing.boxes[link.source].name if link.source else f"lane {lanes[link.lane]}"
        to = drawing.boxes[link.target].name if link.target else f"lane {lanes[link.lane]}"
        if (from_, to) == (source, target):
            return link
    raise AssertionError(f"no link from {source} to {target}")


def event(drawing: Diagram, type_: str, name: str, **facts: Any) -> TraceEvent:
    """An event at the action of that name."""
    box = next(box for box in drawing.boxes.values() if box.name == name)
    return TraceEvent(type_, action=ActionRef(box.id, box.name, box.type, box.lane), **facts)


def drawn(flow: Flow) -> Diagram:
    return diagram(flow)
