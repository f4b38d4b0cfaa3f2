"""The demo's customer look-up against SpiffWorkflow, which runs the same logic as BPMN.

A step is a thing that somebody drew and that was executed: on our side an action (the initial greeting is
none), on SpiffWorkflow's a script task or a gateway. What an engine adds on its own (joins, containers,
effects), and start and end events, count on neither side. A VIP's call has 6 of our steps and 8 of theirs, so
the ratio of calls, which needs no such choice, is shown too.

Both read their documents before the clock starts, begin a new instance for each call, and get the look-up's
reply as values from a function. The last rows pay for what only we do: the data action's templates, contract
and JSON. SpiffWorkflow keeps its tree of tasks, and no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from bench.bench_engine import rate
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

import ringback
from ringback.engine.caller import parse_caller
from ringback.engine.data_calls import DataCalls
from ringback.engine.driver import ScriptedDriver
from ringback.engine.interaction import Interaction
from ringback.engine.program import compile_flow
from ringback.engine.run import Run, run_session
from ringback.engine.session import Session
from ringback.flows.effects import CallDataAction, DataActionReply, Effect, Reply
from ringback.trace.events import ActionRan, AudioPlayed

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parent / "examples" / "customer_lookup"
COLUMNS = ("ours", "SpiffWorkflow", "times faster")
PROCESS = "customer_lookup"
DRAWN = ("ScriptTask", "ExclusiveGateway")
CALLER = Interaction("+15551234567")
ALICE = {"customerId": "CUST-001", "customerName": "Alice Smith", "loyaltyPoints": 1500, "isVip": True}
BOB = {"customerId": "CUST-002", "customerName": "Bob Jones", "loyaltyPoints": 200, "isVip": False}
NOBODY = {"customerId": "UNKNOWN", "customerName": "Unknown", "loyaltyPoints": 0, "isVip": False}
# What the look-up gives (or the path that it takes), and the keys that the caller presses.
CALLS: tuple[tuple[Mapping[str, Any] | str, str], ...] = (
    (ALICE, ""),
    (BOB, "1"),
    (BOB, "7"),
    (NOBODY, "2"),
    ("failure", "9"),
    ("timeout", ""),
)
PROGRAM = compile_flow(ringback.load_flow(EXAMPLE / "flow.yaml"))
WORLD = ringback.load_world(EXAMPLE / "world.yaml")
NOTHING = parse_caller("")


def _specification() -> Any:
    parser = BpmnParser()
    parser.add_bpmn_file(str(HERE / "customer_lookup.bpmn"))
    return parser.get_spec(PROCESS)


SPECIFICATION = _specification()


class AtHand(ScriptedDriver):
    """A driver that has the data action's reply ready, as SpiffWorkflow's function has."""

    reply = DataActionReply(outputs=dict(ALICE))

    def answer(self, session: Session, effect: Effect) -> Reply:
        return self.reply if isinstance(effect, CallDataAction) else super().answer(session, effect)


def ours(reply: DataActionReply = AtHand.reply, keys: str = "") -> Run:
    """One call with a full trace."""
    driver = AtHand(
        WORLD, DataCalls(WORLD), parse_caller([f"press {key}" for key in keys]) if keys else NOTHING
    )
    driver.reply = reply
    return run_session(PROGRAM, driver, CALLER)


def ours_quiet() -> Session:
    """One call without a trace."""
    return _driven(AtHand(WORLD, DataCalls(WORLD), NOTHING))


def _driven(driver: ScriptedDriver) -> Session:
    session = Session(PROGRAM, WORLD, CALLER, trace=False)
    effect = session.advance()
    while effect is not None:
        effect = session.advance(driver.answer(session, effect))
    return session


def ours_whole() -> Run:
    """One call with a full trace, through the data action's document and its canned HTTP answer."""
    return run_session(PROGRAM, ScriptedDriver(WORLD, DataCalls(WORLD), NOTHING), CALLER)


def theirs(reply: Mapping[str, Any] | None = None, keys: Iterable[str] = "") -> Any:
    """One call as a BPMN workflow."""
    pressed, answer = iter(keys), dict(reply or {"result": "success", **ALICE})
    names = {"look_up": lambda _ani: answer, "press": lambda: next(pressed, ""), "ani": CALLER.from_}
    workflow = BpmnWorkflow(SPECIFICATION, script_engine=PythonScriptEngine(TaskDataEnvironment(names)))
    workflow.do_engine_steps()
    return workflow


def same_logic() -> None:
    """Stops when the two sides do not say and do the same in any of the calls."""
    for reply, keys in CALLS:
        if isinstance(reply, str):
            run = ours(DataActionReply(status=reply, error={"status": 500}), keys)
            other = theirs({"result": reply, "status": 500}, keys).data
        else:
            run, other = (
                ours(DataActionReply(outputs=dict(reply)), keys),
                theirs({"result": "success", **reply}, keys).data,
            )
        said = [event.text for event in run.events if isinstance(event, AudioPlayed)]
        target = run.end.get("target")
        end = f"{run.end['kind']} {target['name']}" if target else run.end["kind"]
        assert (said, end) == (other["said"], other["end"]), (reply, keys)
        assert run.session.participant_data == other["participant"], (reply, keys)


def steps_of(run: Run) -> int:
    """Actions that were executed."""
    return sum(isinstance(event, ActionRan) for event in run.events)


def their_steps(workflow: Any) -> int:
    """Script tasks and gateways that were executed."""
    done = workflow.get_tasks(state=TaskState.COMPLETED)
    return sum(type(task.task_spec).__name__ in DRAWN for task in done)


def run() -> list[tuple[str, float, float, float]]:
    """Rows of case, our figure, SpiffWorkflow's, ratio."""
    same_logic()
    here, there = steps_of(ours()), their_steps(theirs())
    cases: tuple[tuple[str, Callable[[], object], str], ...] = (
        ("full trace", ours, ", target 10"),
        ("no trace", ours_quiet, ", target 20"),
        ("full trace, templates and JSON too", ours_whole, ""),
    )
    other, rows = rate(theirs), []
    for name, work, target in cases:
        calls = rate(work)
        rows.append((f"steps/s, {name}{target}", calls * here, other * there, calls * here / (other * there)))
        rows.append((f"calls/s, {name}", calls, other, calls / other))
    return rows
