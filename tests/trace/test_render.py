"""The readable trace: what a person sees for each kind of event."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from ringback.trace import events as ev
from ringback.trace.details import details
from ringback.trace.layout import Segment, columns, text_of
from ringback.trace.render import FOLD_AT, HEAD, TAIL, clock, folded, render

LOOKUP = ev.ActionRef("task#1", "Lookup Customer", "callData", "Main")
HTTP = {"method": "POST", "url": "https://crm.example.com/lookup", "request": '{"phoneNumber":"+1555"}'}
ANSWER = {"status": 200, "response": '{\n  "name": "Alice"\n}'}

# An event, and the lines that a person reads about it.
CASES: list[tuple[ev.Event, list[str]]] = [
    (
        ev.FlowStarted(flow="Main", flow_type="inboundCall", interaction={"from": "+1555", "to": "+1666"}),
        ["Main · inboundCall · from +1555 to +1666"],
    ),
    (
        ev.FlowStarted(flow="Main", flow_type="workflow", interaction={}),
        ["Main · workflow · from an unknown number"],
    ),
    (ev.ContainerEntered(container="Main", kind="task", how="start"), ["task Main"]),
    (ev.ContainerEntered(container="Main", kind="task", how="error"), ["task Main (error handling)"]),
    (ev.ActionRan(output="yes"), []),
    (ev.AudioPlayed(text="Hello\nyou"), ["flow: Hello you"]),
    (
        ev.InputAwaited(kind="menu", timeout_ms=5000, options={"1": "Sales", "2": "Help", "buy": "Sales"}),
        ["listens 5 s for 1/buy Sales, 2 Help"],
    ),
    (ev.InputAwaited(kind="digits", timeout_ms=2500), ["listens 2,500 ms for digits"]),
    (ev.InputReceived(digits="12"), ["caller: presses 12"]),
    (ev.InputReceived(speech="sales"), ['caller: says "sales"']),
    (
        ev.InputReceived(digits="7", accepted=False, reason="not on the menu"),
        ["caller: presses 7 (not on the menu)"],
    ),
    (ev.InputReceived(accepted=False, reason="nothing in time"), ["caller: nothing in time"]),
    (ev.VariableSet(name="Flow.Points", value=1500, was=None), ["Flow.Points NOT_SET → 1500"]),
    (
        ev.ParticipantDataSet(name="tier", value="gold", was=None),
        ['participant tier → "gold"'],
    ),
    (
        ev.ParticipantDataSet(name="tier", value="gold", was="tin"),
        ['participant tier "tin" → "gold"'],
    ),
    (
        ev.DataActionCalled(name="L", category="C", inputs={"id": 5, "at": "x"}, timeout_ms=1000),
        ['asks "L" with id = 5, at = "x" within 1 s'],
    ),
    (ev.DataActionCalled(name="L", category="C", inputs={}), ['asks "L" with no inputs']),
    (
        ev.DataActionReplied(
            name="L", status="success", duration_ms=1200, http=HTTP | ANSWER, answered_by="live"
        ),
        [
            'POST https://crm.example.com/lookup {"phoneNumber": "+1555"}',
            'HTTP 200 in 1,200 ms (live) {"name": "Alice"}',
        ],
    ),
    (
        ev.DataActionReplied(name="L", status="timeout", duration_ms=1000, http=HTTP, answered_by="reply"),
        [
            'POST https://crm.example.com/lookup {"phoneNumber": "+1555"}',
            "no answer within 1,000 ms (prepared reply)",
        ],
    ),
    (
        ev.DataActionReplied(
            name="L",
            status="failure",
            duration_ms=3,
            http=HTTP | {"status": 503, "response": "down"},
            error={"errorCode": "service.unavailable", "status": 503, "userMessage": "It is down"},
        ),
        [
            'POST https://crm.example.com/lookup {"phoneNumber": "+1555"}',
            "HTTP 503 in 3 ms down",
            "service.unavailable 503 It is down",
        ],
    ),
    (
        ev.DataActionReplied(
            name="L", status="success", duration_ms=0, outputs={"n": 1}, answered_by="permissive"
        ),
        ["answer n = 1 (made up)"],
    ),
    (
        ev.TableLookedUp(table="Hours", key="main", status="found", row={"open": True}),
        ['Hours["main"] found {"open": true}'],
    ),
    (
        ev.TableLookedUp(table="Hours", key="main", status="failure", error="no such table"),
        ['Hours["main"] failure no such table'],
    ),
    (
        ev.ContactsFound(by="term", key="+1555", count=1, contacts=[{"firstName": "Ann", "lastName": "Lee"}]),
        ["contacts by term +1555: 1 found Ann Lee"],
    ),
    (ev.ContactsFound(by="id", key="x", count=0), ["contacts by id x: nobody found"]),
    (ev.LanguageSet(language="de-de", was="en-us"), ["language en-us → de-de"]),
    (
        ev.TransferAttempted(kind="transferToAcd", target_type="queue", target="VIP", accepted=True),
        ['to queue "VIP"'],
    ),
    (
        ev.TransferAttempted(
            kind="transferToAcd",
            target_type="queue",
            target="VIP",
            accepted=False,
            error_type="TransferFailed",
            error_message="closed",
        ),
        ['to queue "VIP" refused: TransferFailed closed'],
    ),
    (ev.TimeWaited(ms=2000), ["2 s pass"]),
    (ev.PlatformTold(kind="setUUIData", facts={"uuiData": "x"}), ['tells setUUIData uuiData = "x"']),
    (
        ev.PlatformTold(kind="sendResponse", output="failure", decided_by="scenario"),
        ["tells sendResponse failure (as the scenario says)"],
    ),
    (
        ev.ScheduleEvaluated(schedule="Site", local_time="2025-01-06T10:00", status="open", active=["Week"]),
        ["schedule Site at 2025-01-06T10:00: open (Week)"],
    ),
    (
        ev.FlowCalled(flow="Lang", flow_type="commonModule", inputs={"Common.in": 1}),
        ["commonModule Lang (called) Common.in = 1"],
    ),
    (
        ev.FlowReturned(flow="Lang", output="default", values={"Common.out": 2}),
        ["back from Lang default Common.out = 2"],
    ),
    (ev.LoopTurned(index=0, count=3), ["turn 1 of 3"]),
    (
        ev.FlowErrorRaised(
            code="NOT_SET_OPERAND", message="it is NOT_SET", field="audio", expression="Flow.x"
        ),
        ["error NOT_SET_OPERAND it is NOT_SET", "in audio: Flow.x"],
    ),
    (ev.ErrorHandlingStarted(handling="jumpToTask", target="Sorry"), ["error handling jumpToTask Sorry"]),
    (ev.ActionUnsupported(hint="no dialing"), ["no dialing"]),
    (ev.FunctionUnsupported(function="Foo", expression="Foo(1)"), ["not supported yet: Foo Foo(1)"]),
    (
        ev.LimitReached(limit="actions", value=10_000, message="too many"),
        ["limit actions of 10,000 reached: too many"],
    ),
    (
        ev.PolicyUsed(policy="open_end", choice="disconnect"),
        ["undocumented, by policy open_end = disconnect"],
    ),
    (ev.CallerHungUp(), ["caller: hangs up"]),
    (
        ev.FlowEnded(kind="transferToAcd", target_type="queue", target="VIP", details={"priority": 5}),
        ['ended: transferToAcd to queue "VIP" (priority 5)'],
    ),
    (ev.FlowEnded(kind="disconnect", status="limit"), ["limit: disconnect"]),
]


@pytest.mark.parametrize(("event", "lines"), CASES, ids=lambda value: type(value).__name__)
def test_details(event: ev.Event, lines: list[str]) -> None:
    assert ["".join(part.text for part in line) for line in details(event)] == lines


def test_every_event_type_has_a_case() -> None:
    assert {type(event) for event, _ in CASES} == set(get_args(ev.AnyEvent))


def event(
    type_: type[ev.Event], at_ms: int, *, action: ev.ActionRef | None = LOOKUP, **facts: Any
) -> ev.Event:
    return type_(at_ms=at_ms, action=action, source="some/flow.yaml:12" if action else "", **facts)


def text(*events: ev.Event, **options: Any) -> list[str]:
    return [text_of(line).rstrip() for line in render(events, **options)]


def test_what_an_action_did_stands_below_it() -> None:
    lines = text(
        event(ev.FlowStarted, 0, action=None, flow="F", flow_type="inboundCall", interaction={}),
        event(ev.VariableSet, 1500, name="Flow.x", value=1, was=0),
        event(ev.ActionRan, 1500, output="success", duration_ms=500),
        event(ev.FlowEnded, 1500, kind="disconnect"),
        titles={"callData": "Call Data Action"},
    )
    assert lines == [
        " 0:00.0  F · inboundCall · from an unknown number",
        " 0:01.0  Lookup Customer · Call Data Action → success" + " " * 35 + "flow.yaml:12",
        " 0:01.5    Flow.x 0 → 1",
        "         ended: disconnect",
    ]


def test_an_action_that_failed_never_ended() -> None:
    lines = text(
        event(ev.FlowErrorRaised, 0, code="C", message="m"),
        event(ev.ErrorHandlingStarted, 0, handling="disconnect"),
    )
    assert lines[0].startswith(" 0:00.0  Lookup Customer · callData → error")
    assert lines[1:] == ["           error C m", "         error handling disconnect"]


def test_a_hang_up_in_the_middle_of_an_action() -> None:
    lines = text(event(ev.AudioPlayed, 0, text="Hi"), event(ev.CallerHungUp, 500))
    assert lines == [
        " 0:00.0  Lookup Customer · callData" + " " * 53 + "flow.yaml:12",
        "           flow: Hi",
        "         caller: hangs up".replace("         ", " 0:00.5  "),
    ]


def test_name_and_title_that_are_the_same_stand_once() -> None:
    lines = text(event(ev.ActionRan, 0), titles={"callData": "lookup customer"})
    assert lines[0].startswith(" 0:00.0  Lookup Customer   ")


def test_a_data_action_is_named_unless_its_action_has_the_same_name() -> None:
    called = event(ev.DataActionCalled, 0, name="Lookup Customer", category="C", inputs={"n": 1})
    assert text(called)[1].strip() == "asks with n = 1"
    called = event(ev.DataActionCalled, 0, name="Find", category="C", inputs={"n": 1})
    assert text(called)[1].strip() == 'asks "Find" with n = 1'


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("flow.yaml:12", "flow.yaml:12"),
        ("a\\b\\flow.yaml:12", "flow.yaml:12"),
        ("/a/b/organisation-team-project-main-flow.yaml:123", "…-project-main-flow.yaml:123"),
        ("/a/b/x.i3WorkFlow#/flowSequenceItemList/0/actionList/3:1", "…enceItemList/0/actionList/3"),
        ("", ""),
    ],
)
def test_the_place_in_the_source(source: str, place: str) -> None:
    line = text(ev.ActionRan(action=LOOKUP, source=source))[0]
    assert line.endswith(f"  {place}" if place else " · callData")


def test_what_is_noted_after_an_action_stands_below_it() -> None:
    lines = text(event(ev.ActionRan, 0), event(ev.LanguageSet, 0, language="de-de", was="en-us"))
    assert lines[1:] == ["           language en-us → de-de"]


def test_policies_stand_at_the_end() -> None:
    used = [
        event(ev.PolicyUsed, 0, policy=name, choice="some_long_choice")
        for name in ("menu_invalid_key", "decision_not_set", "menu_invalid_key", "task_variable_lifetime")
    ]
    lines = text(*used, event(ev.FlowEnded, 0, action=None, kind="disconnect"))
    assert lines == [
        " 0:00.0  ended: disconnect",
        "         by policy, because undocumented: decision_not_set=some_long_choice,",
        "         menu_invalid_key=some_long_choice, task_variable_lifetime=some_long_choice",
    ]


def test_a_called_task_names_its_caller() -> None:
    entered = event(ev.ContainerEntered, 0, container="Ask", kind="task", how="call")
    assert text(entered) == [" 0:00.0  task Ask (called by Lookup Customer)"]


def test_errors_have_their_own_style() -> None:
    failed = next(render([event(ev.ActionRan, 0, output="failure")]))
    assert Segment("failure", "error") in failed
    late = next(render([event(ev.ActionRan, 0, output="timeout")]))
    assert Segment("timeout", "warning") in late


@pytest.mark.parametrize("width", [60, 100])
def test_no_line_is_too_wide(width: int) -> None:
    long = ev.ActionRef("a", "name " * 40, "callData", "Main")
    lines = render(
        [
            event(ev.AudioPlayed, 0, action=long, text="word " * 100),
            event(ev.VariableSet, 0, action=long, name="Flow.x", value="日" * 200, was="y" * 200),
            event(ev.ActionRan, 0, action=long, output="out " * 30),
        ],
        width=width,
    )
    assert max(columns(text_of(line)) for line in lines) <= width


@pytest.mark.parametrize(
    ("ms", "shown"), [(0, "0:00.0"), (59_999, "0:59.9"), (60_000, "1:00.0"), (3_600_000, "60:00.0")]
)
def test_clock(ms: int, shown: str) -> None:
    assert clock(ms) == shown


def test_a_long_trace_is_folded() -> None:
    short = [(Segment(str(number)),) for number in range(FOLD_AT)]
    assert list(folded(short)) == short
    every = [text_of(line) for line in folded([*short, (Segment("last"),)])]
    assert len(every) == HEAD + 1 + TAIL
    assert every[HEAD].strip() == "… 201 lines left out; --output-format events shows everything …"
    assert every[-1] == "last"
