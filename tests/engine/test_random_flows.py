"""Random small flows of the implemented actions end, always the same way, and can be dumped anywhere."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringback.core.seam import DEFAULT_START, Seam
from ringback.engine.caller import parse_caller
from ringback.engine.data_calls import DataCalls
from ringback.engine.driver import ScriptedDriver
from ringback.engine.dumping import dump
from ringback.engine.interaction import Interaction
from ringback.engine.program import Program, compile_flow
from ringback.engine.run import Run, run_session
from ringback.engine.session import Session
from ringback.engine.world import World
from ringback.flows.loaders.archy import load_archy
from tests.engine.driving import in_lock_step, shown, transport, world_of

_TASKS, _MENUS = ("t0", "t1", "t2"), ("m0", "m1")
_INTEGERS = (
    "Flow.i",
    "Flow.i + 1",
    "Flow.i * Flow.j",
    "Count(Flow.list)",
    "Flow.list[Flow.i]",
    "ToInt(Flow.s)",
    "Task.n",
)
_BOOLEANS = ("Flow.b", "!Flow.b", "Flow.i > Flow.j", "IsSet(Flow.s)", "Flow.i / Flow.j > 1", "Flow.i == 3")
_STRINGS = ("Flow.s", "ToString(Flow.i)", 'Append(Flow.s, "x")', "Left(Flow.s, 2)", "Call.Ani", "Flow.q.name")
_AUDIO = st.sampled_from(
    [{"tts": "hello"}, {"tts": ""}, {"prompt": "Prompt.x"}, *({"exp": f"ToAudioTTS({s})"} for s in _STRINGS)]
)
_KEYS = st.sampled_from([f"digit_{n}" for n in range(1, 10)])


def _exp(texts: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from([{"exp": text} for text in texts])


_INTEGER = _exp(_INTEGERS) | st.integers(-3, 120).map(lambda n: {"lit": n})
# A literal count above 99 is refused when the flow is compiled.
_LOOP_COUNT = _INTEGER.filter(lambda value: value.get("lit", 0) <= 99)
_FLOW_INTEGER = _INTEGER.filter(lambda value: "Task" not in str(value))
_STRING = _exp(_STRINGS) | st.sampled_from([{"lit": "4"}, {"lit": ""}, {"noValue": True}])
_QUEUE = st.sampled_from(
    [{"lit": {"name": "VIP"}}, {"lit": {"name": "Full"}}, {"exp": "FindQueue(Flow.s)"}, {"exp": "Flow.q"}]
)


def _statements() -> st.SearchStrategy[list[Any]]:
    def one(kind: str, name: str, value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return value.map(lambda chosen: {kind: {"variable": name, "value": chosen}})

    lists = _exp(("AddItem(Flow.list, 1)", "MakeList(1, 2, 3)"))
    options = [
        one("integer", "Flow.i", _INTEGER),
        one("integer", "Flow.j", _INTEGER),
        one("integer", "Task.n", _INTEGER),
        one("string", "Flow.s", _STRING),
        one("boolean", "Flow.b", _exp(_BOOLEANS)),
        one("integerCollection", "Flow.list", lists),
        one("queue", "Flow.q", _QUEUE),
    ]
    return st.lists(st.one_of(options), min_size=1, max_size=3)


def _ref(kind: str, names: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from([f"./{kind}s/{kind}[{name}]" for name in names])


def _data_action(draw: Any) -> dict[str, Any]:
    called = {
        "inputs": {"i": draw(_INTEGER), "s": draw(_STRING)},
        "successOutputs": {"s": {"var": "Flow.s"}, "i": {"var": "Flow.i"}},
        "failureOutputs": {"status": {"var": "Flow.j"}},
    }
    return {"category": {"C": {"dataAction": {draw(st.sampled_from(["Good", "Bad", "Late"])): called}}}}


def _simple(draw: Any, type_: str) -> dict[str, Any]:
    """The fields of an action without branches."""
    match type_:
        case "playAudio":
            return {"audio": draw(_AUDIO)}
        case "updateData":
            return {"statements": draw(_statements())}
        case "setParticipantData":
            return {"attributes": [{"attribute": {"name": draw(_STRING), "value": draw(_STRING)}}]}
        case "getParticipantData":
            return {"attributes": [{"attribute": {"name": draw(_STRING), "variable": "Flow.s"}}]}
        case "setLanguage":
            return {"language": draw(st.sampled_from(["en-us", "es-us", "fr-fr"]))}
        case "wait":
            return {"duration": {"exp": f"MakeDuration(0, 0, 0, {draw(st.sampled_from(_INTEGERS))})"}}
        case "jumpToTask":
            return {"targetTaskRef": draw(_ref("task", _TASKS)), "inputs": {"Task.n": draw(_INTEGER)}}
        case "jumpToMenu":
            return {"targetMenuRef": draw(_ref("menu", _MENUS))}
        case "endTask":
            return {"outputPath": {"name": draw(st.sampled_from(["default", "Other", "other"]))}}
    return {}


def _branching(draw: Any, type_: str) -> dict[str, Any]:
    """The fields of an action with branches."""
    match type_:
        case "decision":
            return {"condition": draw(_exp(_BOOLEANS))}
        case "loop":
            return {"loopCount": draw(_LOOP_COUNT), "currentIndex": {"var": "Flow.j"}}
        case "callData":
            return _data_action(draw)
        case "callTask":
            outputs = {"Task.n": {"var": "Flow.i"}}
            return {"targetTaskRef": draw(_ref("task", _TASKS)), "taskOutputs": outputs}
        case "collectInput":
            return {"inputData": {"var": "Flow.s"}, "digits": {"exact": draw(st.integers(1, 4))}}
        case "transferToAcd":
            return {"targetQueue": draw(_QUEUE), "preTransferAudio": draw(_AUDIO)}
        case "dataTableLookup":
            table = {"T": {"foundOutputs": {"s": {"var": "Flow.s"}}, "failureOutputs": {}}}
            return {"lookupValue": draw(_STRING), "dataTable": table}
        case "searchExternalContacts":
            return {"searchTerm": draw(_STRING), "externalResults": {"var": "Flow.contacts"}}
    return {}


_OUTPUTS = {
    "decision": ("yes", "no"),
    "loop": ("loop",),
    "callData": ("success", "failure", "timeout"),
    "callTask": ("default", "Other"),
    "collectInput": ("success", "failure"),
    "transferToAcd": ("failure",),
    "dataTableLookup": ("found", "notFound", "failure"),
    "searchExternalContacts": ("matchExact", "matchMultiple", "notFound"),
}
_WITH_FIELDS = ("playAudio", "updateData", "setParticipantData", "getParticipantData", "setLanguage", "wait")
_SIMPLE = (*_WITH_FIELDS, "jumpToTask", "jumpToMenu", "endTask", "disconnect")


@st.composite
def _actions(draw: Any, depth: int = 0, *, in_loop: bool = False) -> list[dict[str, Any]]:
    types = [*_SIMPLE, *(["loopNext", "loopExit"] if in_loop else []), *(_OUTPUTS if depth < 3 else ())]
    return [_action(draw, type_, depth, in_loop=in_loop) for type_ in draw(_few(types))]


def _few(types: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(types), max_size=3)


def _action(draw: Any, type_: str, depth: int, *, in_loop: bool) -> dict[str, Any]:
    if type_ not in _OUTPUTS:
        return {type_: {"name": type_, **_simple(draw, type_)}}
    inside = in_loop or type_ == "loop"
    outputs = {
        output: {"actions": draw(_actions(depth + 1, in_loop=inside))}
        for output in _OUTPUTS[type_]
        if draw(st.booleans())
    }
    return {type_: {"name": type_, **_branching(draw, type_), "outputs": outputs}}


@st.composite
def _menu(draw: Any, name: str) -> dict[str, Any]:
    choices: list[Any] = []
    for key in draw(st.lists(_KEYS, min_size=1, max_size=3, unique=True)):
        type_ = draw(st.sampled_from(["menuTask", "menuDisconnect", "menuTransferToAcd", "menuJumpToTask"]))
        own: dict[str, Any] = {"name": key, "dtmf": key}
        if type_ == "menuTask":
            own["task"] = {"variables": [_TASK_N], "actions": draw(_actions(2))}
        elif type_ == "menuTransferToAcd":
            own["targetQueue"] = draw(_QUEUE)
        elif type_ == "menuJumpToTask":
            own["targetTaskRef"] = draw(_ref("task", _TASKS))
        choices.append({type_: own})
    menu: dict[str, Any] = {"name": name, "refId": name, "audio": draw(_AUDIO), "choices": choices}
    return {"menu": menu | {"settingsMenu": {"repeatCount": draw(_FLOW_INTEGER)}}}


def _variable(kind: str, name: str, initial: Any) -> dict[str, Any]:
    return {f"{kind}Variable": {"name": name, "initialValue": initial, "isInput": True, "isOutput": True}}


_TASK_N = _variable("integer", "Task.n", {"lit": 1})


@st.composite
def _flows(draw: Any) -> str:
    start = draw(_ref("task", _TASKS) | _ref("menu", _MENUS))
    handlings: list[Any] = [
        {"disconnect": {"none": True}},
        {"jumpToTask": {"targetTaskRef": "./tasks/task[t2]"}},
        {"jumpToMenu": {"targetMenuRef": "./menus/menu[m1]"}},
        {"queue": {"targetQueue": {"exp": "Flow.q"}}},
    ]
    variables = [
        _variable("integer", "Flow.i", draw(_FLOW_INTEGER)),
        _variable("integer", "Flow.j", {"noValue": True}),
        _variable("string", "Flow.s", {"lit": "VIP"}),
        _variable("boolean", "Flow.b", {"lit": draw(st.booleans())}),
        _variable("integerCollection", "Flow.list", {"noValue": True}),
        _variable("queue", "Flow.q", {"noValue": True}),
        _variable("externalContactCollection", "Flow.contacts", {"noValue": True}),
    ]
    tasks = [
        {"task": {"name": name, "refId": name, "variables": [_TASK_N], "actions": draw(_actions())}}
        for name in _TASKS
    ]
    flow = {
        "name": "random",
        "defaultLanguage": "en-us",
        "supportedLanguages": {"en-us": {}, "es-us": {}},
        "initialGreeting": draw(_AUDIO),
        "startUpRef": start,
        "variables": variables,
        "settingsErrorHandling": {"errorHandling": draw(st.sampled_from(handlings))},
        "menus": [draw(_menu(name)) for name in _MENUS],
        "tasks": tasks,
    }
    return json.dumps({"inboundCall": flow})


_WORLD: dict[str, Any] = {
    "queues": ["VIP", {"name": "Full", "accepts": False}],
    "dataTables": {"T": {"key": "k", "rows": [{"k": "4", "s": "four"}]}},
    "contacts": [{"id": "c", "firstName": "Vip"}],
    "dataActions": {
        "Good": {"reply": {"status": 200, "body": {"s": "Full", "i": 3}}},
        "Bad": {"reply": "status:500"},
        "Late": {"reply": "timeout"},
    },
}
_STEPS = ["press 1", "press 2", "press 12", "press #", "say hello", "wait 3s", "wait 20s"]
_CALLER = st.tuples(st.lists(st.sampled_from(_STEPS), max_size=6), st.sampled_from([[], ["hangup"]])).map(
    lambda parts: "; ".join([*parts[0], *parts[1]])
)
_LIMITS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def _driver(world: World, caller: str) -> ScriptedDriver:
    return ScriptedDriver(world, DataCalls(world, {"unused": transport("timeout")}), parse_caller(caller))


def _program(text: str) -> Program:
    return compile_flow(load_archy(text, file="random.yaml"))


def _run(program: Program, caller: str, seed: int) -> Run:
    world = world_of(_WORLD, {})
    return run_session(
        program, _driver(world, caller), Interaction("+12125550123"), seam=Seam(DEFAULT_START, seed)
    )


@_LIMITS
@given(text=_flows(), caller=_CALLER, seed=st.integers(0, 3))
def test_it_ends_and_does_it_again_the_same_way(text: str, caller: str, seed: int) -> None:
    program = _program(text)
    first = _run(program, caller, seed)
    assert first.status in ("ended", "limit")
    assert first.session.actions_run <= 11_000
    assert [event.id for event in first.events] == list(range(1, len(first.events) + 1))
    assert [event.previous_id for event in first.events] == list(range(len(first.events)))
    times = [event.at_ms for event in first.events]
    assert times == sorted(times)
    json.dumps(first.to_dict())
    again = _run(program, caller, seed)
    assert shown(list(again.events)) == shown(list(first.events))
    assert dump(again.session) == dump(first.session)


@_LIMITS
@given(text=_flows(), caller=_CALLER)
def test_it_can_be_written_down_anywhere(text: str, caller: str) -> None:
    world = world_of(_WORLD, {})
    session = Session(_program(text), world, Interaction("+12125550123"))
    in_lock_step(session, session.advance(), _driver(world, caller).answer)
    assert session.ended
