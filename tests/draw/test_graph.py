"""Which boxes and links a flow becomes."""

from __future__ import annotations

import pytest

from ringback.draw.details import brief, fields_of
from ringback.draw.families import ABOUT, below, class_of, family_of
from ringback.draw.graph import GREETING, HANDLING
from ringback.draw.style import FAMILY_COLOURS, LINK_COLOURS
from ringback.flows.actions import ACTIONS
from tests.draw.flows import archy, call, decide, drawn, jump, link_between, node, say


@pytest.mark.parametrize(
    ("type_", "family"),
    [
        ("playAudio", "says"),
        ("playSomethingNew", "says"),
        ("menu", "asks"),
        ("askForIntent", "asks"),
        ("switch", "decides"),
        ("callData", "data"),
        ("findQueue", "data"),
        ("updateData", "sets"),
        ("unheardOf", "sets"),
        ("menuTransferToAcd", "transfer"),
        ("endTask", "end"),
        ("jumpToMenu", "jump"),
        ("callTask", "jump"),
    ],
)
def test_families(type_: str, family: str) -> None:
    assert family_of(type_) == family


def test_every_action_has_a_family_with_colours() -> None:
    assert {family_of(type_) for type_ in ACTIONS} <= set(FAMILY_COLOURS) == set(ABOUT)


@pytest.mark.parametrize(
    ("type_", "written", "documented", "ways"),
    [
        ("playAudio", (), (), ()),
        ("decision", ("yes",), (), ("no",)),
        ("decision", ("yes", "no"), (), None),
        ("decision", (), (), ()),
        ("callData", ("success",), (), ("failure", "timeout")),
        ("transferToAcd", (), (), ("failure",)),
        ("transferToAcd", ("failure",), (), None),
        ("loop", ("loop",), (), ("done",)),
        ("disconnect", (), (), None),
        ("jumpToTask", (), (), None),
        ("switch", ("case1", "default"), ("case1", "case2", "default"), ("case2",)),
        ("unheardOf", ("a",), (), ("otherwise",)),
        ("unheardOf", ("a",), ("a", "b"), ("b",)),
    ],
)
def test_ways_to_the_action_below(
    type_: str, written: tuple[str, ...], documented: tuple[str, ...], ways: tuple[str, ...] | None
) -> None:
    assert below(type_, frozenset(written), documented=documented) == ways


@pytest.mark.parametrize(
    ("output", "kind"),
    [("failure", "failure"), ("notFound", "failure"), ("timeout", "timeout"), ("yes", "flow"), ("", "flow")],
)
def test_classes_of_outputs(output: str, kind: str) -> None:
    assert class_of(output) == kind


def test_an_output_without_actions_is_on_the_link_below() -> None:
    graph = drawn(archy({"t": [decide("Which?", [say("Yes")]), say("After")]}))
    link = link_between(graph, "Which?", "After")
    assert (link.label, link.kind, link.outputs) == ("no", "flow", ("no",))
    assert link_between(graph, "Yes", "After").label == ""


def test_failure_and_timeout_have_their_own_colours() -> None:
    outputs = {"failure": {"actions": [say("Failed")]}, "timeout": {"actions": [say("Late")]}}
    called = {
        "callData": {"name": "Look up", "category": {"C": {"dataAction": {"D": {}}}}, "outputs": outputs}
    }
    graph = drawn(archy({"t": [called, say("After")]}))
    assert link_between(graph, "Look up", "Failed").kind == "failure"
    assert link_between(graph, "Look up", "Late").kind == "timeout"
    assert link_between(graph, "Look up", "After").label == "success"
    assert len({LINK_COLOURS[kind] for kind in ("flow", "failure", "timeout", "jump")}) == 4
    assert graph.boxes["t#1"].detail == "D"


def test_jumps_and_calls_lead_to_the_head_of_the_lane() -> None:
    graph = drawn(archy({"one": [call("two"), jump("two")], "two": [say("Here")]}))
    assert [link.kind for link in graph.across()] == ["jump", "call", "jump"]
    assert link_between(graph, "Call", "lane two").target == ""
    assert link_between(graph, "Call", "Jump").kind == "flow"


def test_ways_out_of_loops() -> None:
    loop = {
        "loop": {
            "name": "Loop",
            "loopCount": {"lit": 3},
            "outputs": {
                "loop": {
                    "actions": [
                        decide("Enough?", [{"loopExit": {"name": "Out"}}]),
                        {"loopNext": {"name": "Again"}},
                    ]
                }
            },
        }
    }
    graph = drawn(archy({"t": [loop, say("After")]}))
    assert link_between(graph, "Out", "After").outputs == ("loopExit",)
    assert link_between(graph, "Again", "Loop").outputs == ("loopNext",)
    assert link_between(graph, "Loop", "After").label == "done"


def test_choices_of_a_menu_show_their_keys() -> None:
    choices = [
        {"menuJumpToTask": {"name": "Sales", "dtmf": "digit_1", "targetTaskRef": "./tasks/task[t]"}},
        {"menuDisconnect": {"name": "Bye", "speechRecTerms": {"en-us": {"terms": ["bye", "good bye"]}}}},
        {"menuDisconnect": {"name": "Star", "dtmf": "digit_star"}},
    ]
    menu = {"menu": {"name": "Main", "refId": "m", "audio": {"tts": "Choose"}, "choices": choices}}
    graph = drawn(archy({"t": [say("A")]}, menus=[menu]))
    labels = {name: link_between(graph, "Main", name).label for name in ("Sales", "Bye", "Star")}
    assert labels == {"Sales": "1", "Bye": "“bye”", "Star": "*"}
    assert link_between(graph, "Main", "Bye").full == "“bye”, “bye”, “good bye”"


def test_cases_of_a_switch_show_their_condition() -> None:
    cases = [
        {"case": {"value": {"exp": "Flow.x == 1"}, "actions": [say("One")]}},
        {"case": {"value": {"exp": "Flow.x == 2"}}},
    ]
    switch = {
        "switch": {
            "name": "Which?",
            "evaluate": {"firstTrue": {"default": {"actions": [say("Else")]}, "cases": cases}},
        }
    }
    graph = drawn(archy({"t": [switch, say("After")]}))
    link = link_between(graph, "Which?", "One")
    assert (link.label, link.full) == ("Flow.x == 1", "case1: Flow.x == 1")
    assert link_between(graph, "Which?", "After").label == "Flow.x == 2"


def test_the_first_lane_says_how_the_flow_begins_and_what_it_does_on_an_error() -> None:
    graph = drawn(archy({"t": [say("A")]}))
    assert graph.lanes[0].boxes == (GREETING, HANDLING)
    assert graph.boxes[HANDLING].detail == "Disconnect"
    assert link_between(graph, "Flow", "lane t").kind == "jump"
    assert [lane.is_start for lane in graph.lanes] == [False, True]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"tts": "Hello\n there"}, "Hello there"),
        ({"exp": "Flow.x > 1"}, "Flow.x > 1"),
        ({"lit": {"name": "Sales"}}, "Sales"),
        ({"lit": {"minutes": 1, "seconds": 30}}, "1 min 30 s"),
        ({"noValue": True}, ""),
        (
            [{"string": {"variable": "Flow.a", "value": {"lit": "x"}}}, {"integer": {"variable": "Flow.b"}}],
            "Flow.a = x, Flow.b",
        ),
        ({"alternateSequences": {"en-us": {"tts": "Hi"}}}, "Hi"),
        ({"My table": {"none": True}}, "My table"),
        (None, ""),
        ({}, ""),
    ],
)
def test_values_in_few_words(value: object, text: str) -> None:
    assert brief(node(value)) == text


def test_fields_leave_nested_actions_out() -> None:
    body = {
        "name": "A",
        "timeout": {"lit": 3},
        "outputs": {"failure": {"actions": [say("B")], "enabled": True}},
    }
    assert fields_of(node(body)) == [("name", "A"), ("timeout.lit", "3"), ("outputs.failure.enabled", "True")]
    many = fields_of(node({f"k{n}": "v" for n in range(200)}))
    assert len(many) == 81
    assert many[-1][0] == "…"
