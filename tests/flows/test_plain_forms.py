"""Plain documents with `nodes` and `steps`: the same model as `actions`, written back, run, and refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback import api
from ringback.core.errors import DefinitionError
from ringback.dataactions.faults import transport_of
from ringback.dataactions.transport import Transport
from ringback.engine.run import Run
from ringback.flows.loaders import form_of, load_archy, load_flow, load_plain
from ringback.flows.model import Flow
from ringback.flows.timeouts import read_timeouts
from ringback.flows.writers import write_archy, write_plain
from ringback.lint.runner import lint
from ringback.trace.events import AudioPlayed
from tests.flows.cases import document_cases
from tests.flows.flow_meaning import differences, meaning
from tests.flows.test_plain_loader import LOOKUP
from tests.flows.test_writers_forms import GRAPH, outcome

STEPS: dict[str, Any] = {
    "name": "Balance",
    "version": 7,
    "steps": [
        {"type": "play-audio", "name": "Hello", "settings": {"audio": "Hello"}},
        {
            "type": "data-action",
            "name": "Get balance",
            "settings": {"timeout": 12, "inputs": {"phone": "$phoneNumber"}, "outputs": {"amount": "amount"}},
            "on": {
                "failure": [
                    {"type": "play-audio", "name": "Sorry", "settings": {"audio": "Sorry"}},
                    {"type": "disconnect", "name": "Leave"},
                ],
                "timeout": "Bye",
            },
        },
        {
            "type": "loop",
            "name": "Twice",
            "settings": {"loop_count": 2},
            "steps": [
                {"type": "play-audio", "name": "Turn", "text": "turn"},
                {
                    "type": "decision",
                    "name": "Rich",
                    "settings": {"condition": "IsSet($amount)"},
                    "steps": [{"type": "play-audio", "name": "Rich you are", "text": "rich"}],
                },
            ],
        },
        {
            "type": "group",
            "name": "Closing",
            "steps": [
                {"name": "Note", "set": {"done": True}},
                {"steps": [{"type": "play-audio", "name": "Bye", "text": "Bye"}], "name": "Words"},
            ],
        },
    ],
}
# The same as actions.
ACTIONS: dict[str, Any] = {
    "name": "Balance",
    "actions": [
        {"type": "playAudio", "name": "Hello", "audio": "Hello"},
        {
            "type": "callData",
            "name": "Get balance",
            "dataAction": "Get balance",
            "timeout": 12000,
            "inputs": {"phone": "$phoneNumber"},
            "outputs": {"amount": "amount"},
            "on": {"failure": "Sorry", "timeout": "Bye", "next": "Twice"},
        },
        {"type": "playAudio", "name": "Sorry", "audio": "Sorry"},
        {"type": "disconnect", "name": "Leave", "on": {"next": "Twice"}},
        {"type": "loop", "name": "Twice", "loopCount": 2, "on": {"loop": "Turn", "next": "Note"}},
        {"type": "playAudio", "name": "Turn", "text": "turn"},
        {
            "type": "decision",
            "name": "Rich",
            "condition": "IsSet($amount)",
            "on": {"yes": "Rich you are", "next": "Twice"},
        },
        {"type": "playAudio", "name": "Rich you are", "text": "rich", "on": {"next": "Twice"}},
        {"type": "setVariable", "name": "Note", "set": {"done": True}},
        {"type": "playAudio", "name": "Bye", "text": "Bye"},
    ],
}
# The same as nodes: flat, with ids, and two of them share a name.
NODES: dict[str, Any] = {
    "id": "f-1",
    "name": "Balance",
    "type": "INBOUNDCALL",
    "selfUri": "/api/v2/architect/flows/f-1",
    "nodes": [
        {"id": "0", "type": "Start", "on": {"next": "1"}},
        {"id": "1", "type": "PlayAudioAction", "name": "Say", "audio": "one", "next": "3"},
        {"id": "2", "type": "PlayAudioAction", "name": "Say", "audio": "two", "next": None},
        {"id": "3", "type": "Decision", "name": "Ask", "condition": "true", "on": {"yes": "2"}, "next": "4"},
        {"id": "4", "type": "Disconnect", "name": "Leave"},
    ],
}
DOCUMENTS = {"steps": STEPS, "nodes": NODES, "actions": ACTIONS, "lookup": LOOKUP, "graph": GRAPH}


def load(document: object) -> Flow:
    return load_plain(json.dumps(document), file="f.json")


def same(left: Flow, right: Flow) -> list[Any]:
    """What two flows say differently."""
    return list(differences(meaning(left), meaning(right)))


def heard(flow: Flow, **given: Any) -> list[str]:
    return said(api.simulate(flow, **given))


def said(run: Run) -> list[str]:
    return [event.text for event in run.events if isinstance(event, AudioPlayed)]


def test_steps_are_actions() -> None:
    assert same(load(STEPS), load(ACTIONS)) == []


def test_steps_run() -> None:
    flow = load(STEPS)
    assert heard(flow) == ["Hello", "turn", "rich", "turn", "rich", "Bye"]
    broken = {"Get balance": fault("status:503")}
    assert heard(flow, replies=broken) == ["Hello", "Sorry"]
    late = {"Get balance": fault("timeout")}
    run = api.simulate(flow, replies=late)
    assert said(run) == ["Hello", "Bye"]
    assert run.to_dict()["duration_ms"] >= 12_000


def fault(spec: str) -> Transport:
    return transport_of(spec, read=lambda _spec: "")


def test_nodes_keep_their_ids_and_may_share_names() -> None:
    flow = load(NODES)
    assert list(flow.actions) == ["1", "2", "3", "4"]
    assert flow.actions["3"].outputs == {"yes": "2"}
    assert (flow.type, flow.actions["2"].next) == ("inboundCall", None)
    run = api.simulate(flow, start={"node": "3"})
    assert said(run) == ["two"]


def test_nodes_beside_actions_are_only_a_view() -> None:
    view = [{"id": "x", "name": "Other", "type": "Disconnect"}]
    assert same(load(ACTIONS | {"nodes": view}), load(ACTIONS)) == []
    assert same(load(STEPS | {"nodes": view}), load(STEPS)) == []


def test_a_definition_without_a_name_is_called_by_its_id_or_file() -> None:
    steps = [{"type": "disconnect", "name": "x"}]
    assert load({"version": 1, "id": "f-9", "steps": steps}).name == "f-9"
    assert load({"version": 1, "steps": steps}).name == "f"


def test_nodes_and_steps_in_yaml_and_snake_case() -> None:
    step = "type: data_action, name: A, settings: {timeout: 2.5, data_action: {name: B}}"
    text = f"version: 3\nsteps:\n  - {{{step}}}\n"
    assert form_of(text) == "plain"
    (action,) = load_flow(text, file="a.yaml").actions.values()
    assert action.body.at("timeout", "lit", "ms").value == 2500  # type: ignore[union-attr]
    assert action.body.at("category", "Data Actions", "dataAction", "B") is not None
    nodes = "nodes:\n  - {id: a, type: play_audio, text: Hi, on_error: null}\n"
    with pytest.raises(DefinitionError, match="has no output 'failure'"):
        load_flow(nodes, file="a.yaml")
    assert form_of("nodes: []\n") == "plain"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_load_write_load(name: str) -> None:
    flow = load(DOCUMENTS[name])
    written = write_plain(flow)
    assert written.diagnostics == ()
    again = load_plain(written.text, file="f.json")
    paths = [path for path, *_ in same(flow, again)]
    # Names become unique where ids told actions apart.
    assert paths == (["/containers/main/actions/1/name"] if name == "nodes" else [])
    assert write_plain(again).text == written.text


@pytest.mark.parametrize("name", ["steps", "nodes", "actions", "graph"])
@pytest.mark.parametrize("caller", ["", "press 1", "press 2"])
def test_as_archy(name: str, caller: str) -> None:
    flow = load(DOCUMENTS[name])
    written = write_archy(flow)
    assert written.diagnostics == ()
    archy = load_archy(written.text, file="f.yaml")
    assert outcome(archy, caller) == outcome(flow, caller)
    assert same(load_archy(write_archy(archy).text, file="f.yaml"), archy) == []


def test_a_name_beside_a_literal_is_what_architect_writes() -> None:
    queue = {"lit": {"name": "VIP"}, "name": "VIP"}
    flow = load({"name": "F", "actions": [{"name": "A", "type": "transferToAcd", "queue": queue}]})
    (action,) = flow.actions.values()
    assert action.body.get("targetQueue").plain() == queue  # type: ignore[union-attr]
    assert api.simulate(flow).end["target"] == {"type": "queue", "name": "VIP"}


def test_values_of_set_come_back() -> None:
    values: dict[str, Any] = {
        "a": 1,
        "b": [True, None, {"x": "y"}],
        "c": "text",
        "d": "$a.b",
        "e": {"lit": 1, "z": 2},
    }
    document = {"name": "F", "actions": [{"name": "A", "set": values}]}
    written = json.loads(write_plain(load(document)).text)
    assert written["actions"][0]["set"] == values
    assert "variables" not in written


def test_branches_that_meet_stay_in_the_loop() -> None:
    def say(name: str) -> dict[str, Any]:
        return {"type": "play-audio", "name": name, "text": name}

    decision = {
        "type": "decision",
        "name": "D",
        "condition": "true",
        "steps": [say("yes")],
        "on": {"no": [say("no")]},
    }
    loop = {"type": "loop", "name": "L", "loopCount": 2, "steps": [decision, say("both")]}
    flow = load({"steps": [loop, say("end")]})
    written = write_archy(flow)
    archy = load_archy(written.text, file="f.yaml")
    assert (written.diagnostics, len(archy.containers)) == ((), 1)
    assert heard(archy) == heard(flow) == ["yes", "both", "yes", "both", "end"]


def test_a_way_into_a_loop_from_outside_cannot_be_written() -> None:
    loop = {"type": "loop", "name": "L", "loopCount": 2, "steps": [{"name": "A", "set": {"x": 1}}]}
    (found,) = write_archy(load({"steps": [{"name": "B", "set": {"x": 1}, "next": "A"}, loop]})).diagnostics
    assert (found.code, found.severity) == ("RB045", "error")
    assert found.message == "the loop 'L' cannot be written: ways from outside lead into its body"


def test_timeouts_of_steps_inside_outputs() -> None:
    inner = {"type": "data-action", "name": "Inner", "settings": {"timeout": 3}}
    text = json.dumps({"version": 1, "steps": [{"type": "x", "name": "X", "on": {"a": [inner], "b": inner}}]})
    found = read_timeouts(text, file="s.json")
    assert [(step.id, step.timeout_ms) for step in found.steps] == [
        ("/steps/0/on/a/0", 3000),
        ("/steps/0/on/b", 3000),
    ]


def test_the_body_of_a_loop_is_known_without_nesting() -> None:
    def bodies(document: object) -> dict[str, str]:
        actions = load(document).actions
        return {a.name: actions[a.parent].name for a in actions.values() if a.parent is not None}

    assert bodies(STEPS) == dict.fromkeys(("Turn", "Rich", "Rich you are"), "Twice")
    assert bodies(ACTIONS) == bodies(STEPS)
    inner = {"type": "loop", "name": "In", "loopCount": 2, "steps": [{"name": "X", "set": {"x": 1}}]}
    steps = [
        {"type": "loop", "name": "Out", "loopCount": 2, "steps": [inner, {"name": "Y", "set": {"x": 1}}]}
    ]
    assert bodies({"steps": steps}) == {"In": "Out", "X": "In", "Y": "Out"}


@pytest.mark.parametrize("document", [STEPS, NODES])
def test_lint_knows_them(document: dict[str, Any]) -> None:
    checked = lint(json.dumps(document), file="f.json")
    assert checked.kind == "flow"
    assert {report.rule.code for report in checked.reports if report.severity == "error"} == set()


def test_worst_waits_of_steps_follow_the_flow() -> None:
    def step(name: str, seconds: int, **more: Any) -> dict[str, Any]:
        return {"type": "data-action", "name": name, "settings": {"timeout": seconds}, **more}

    steps = [
        step("A", 5, on={"failure": [step("B", 7), {"type": "disconnect", "name": "Out"}]}),
        {"type": "loop", "name": "L", "settings": {"loopCount": 3}, "steps": [step("C", 2)]},
        step("D", 1),
    ]
    found = read_timeouts(json.dumps({"version": 1, "steps": steps}), file="s.json")
    waits = {step.name: step.wait.ms // 1000 for step in found.steps}
    assert waits == {"A": 5, "B": 12, "C": 11, "D": 12}
    unknown = json.dumps({"version": 1, "steps": [*steps, {"type": "jigsaw", "name": "J"}]})
    assert [step.wait.ms // 1000 for step in read_timeouts(unknown, file="s.json").steps] == [5, 12, 14, 15]


@pytest.mark.parametrize(("document", "message"), document_cases("plain_forms_errors.txt"))
def test_what_is_refused(document: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_plain(document, file="flow.json")
    assert str(caught.value) == message


# ---- any document


def _step(name: str, draw: st.DrawFn, depth: int) -> dict[str, Any]:
    """A step of some kind, with steps inside it where its kind holds any."""
    kinds = ["play-audio", "set", "data-action", "menu", "end"]
    kind = draw(st.sampled_from(kinds if depth > 2 else [*kinds, "loop", "decision", "group", "lookup"]))
    target = st.sampled_from(["end", None, "S0", "S1", "S2"])
    inner = _steps(draw, f"{name}i", depth + 1) if kind in ("loop", "decision", "group") else []
    match kind:
        case "play-audio":
            found: dict[str, Any] = {
                "type": kind,
                "settings": {"text": draw(st.sampled_from(["Hi", "$x", "a $x.y"]))},
            }
        case "set":
            values = st.sampled_from([1, "t", "$x.y", None, [1, {"a": "b"}], 'q"\\', True])
            found = {"set": {draw(st.sampled_from(["x", "y"])): draw(values)}}
        case "data-action":
            found = {"type": kind, "settings": {"timeout": draw(st.integers(1, 30)), "outputs": {"o": "x"}}}
            found["on"] = {"failure": _steps(draw, f"{name}f", depth + 1), "timeout": draw(target)}
        case "menu":
            found = {"type": kind, "audio": "Press", "choices": {"1": draw(target), "yes": "S0"}}
            found |= draw(st.sampled_from([{}, {"default": "S1"}]))
        case "end":
            found = {"type": "disconnect"}
        case "loop":
            found = {"type": kind, "settings": {"loopCount": draw(st.integers(1, 3))}, "steps": inner}
        case "decision":
            found = {"type": kind, "condition": "IsSet($x)", "steps": inner, "on": {"no": draw(target)}}
        case "lookup":
            found = {"url": "https://crm.example/x", "outputVariable": "x", "onerror": draw(target)}
        case _:
            found = {"type": "group", "steps": inner}
    if draw(st.booleans()) and kind != "menu":
        found["next"] = draw(target)
    return {"name": name, **found}


def _steps(draw: st.DrawFn, prefix: str, depth: int) -> list[dict[str, Any]]:
    return [_step(f"{prefix}{number}", draw, depth) for number in range(draw(st.integers(0, 3)))]


@st.composite
def step_documents(draw: st.DrawFn) -> dict[str, Any]:
    """Documents with `steps` at several depths; the first three steps exist, so that every target does."""
    steps = [_step(f"S{number}", draw, 0) for number in range(3)] + _steps(draw, "T", 1)
    routing = draw(st.sampled_from([{}, {"routing": {"queue": "VIP"}}]))
    variables = [{"jsonVariable": {"name": "$x"}}]
    return {"name": "Any", "version": 1, "variables": variables, "steps": steps, **routing}


@settings(max_examples=25)
@given(step_documents())
def test_any_document_comes_back_and_does_the_same(document: dict[str, Any]) -> None:
    flow = load(document)
    again = load_plain(write_plain(flow).text, file="f.json")
    assert same(flow, again) == []
    written = write_archy(flow)
    archy = load_archy(written.text, file="f.yaml") if not written.diagnostics else again
    for caller in ("", "press 1; press 1"):
        done = outcome(flow, caller)
        assert outcome(again, caller) == done
        # Jumps count as actions: a flow that goes round for ever stops elsewhere.
        if api.simulate(flow, caller=caller).status != "limit":
            assert outcome(archy, caller) == done
