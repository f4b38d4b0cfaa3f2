"""Whole calls against hand-written Python functions of the same logic.

The look-up call greets, calls a data action that a canned answer serves, decides by what came back, notes it
as participant data and transfers. The baselines read the same JSON text and keep the same facts, without a
trace. "from Session" leaves out the summary JSON that `ringback run` prints.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from ringback.dataactions.transport import CannedTransport, Response
from ringback.engine.caller import parse_caller
from ringback.engine.data_calls import DataCalls
from ringback.engine.driver import ScriptedDriver
from ringback.engine.interaction import Interaction
from ringback.engine.program import Program, compile_flow
from ringback.engine.run import run_session
from ringback.engine.session import Session
from ringback.engine.world import World
from ringback.flows.effects import CallDataAction, DataActionReply, Effect, Reply
from ringback.flows.loaders.archy import load_archy

LOOK_UP = """inboundCall:
  name: Look up
  startUpRef: ./tasks/task[main]
  defaultLanguage: en-us
  initialGreeting: {tts: Welcome}
  variables:
    - stringVariable: {name: Flow.name, initialValue: {noValue: true}}
    - integerVariable: {name: Flow.points, initialValue: {lit: 0}}
    - booleanVariable: {name: Flow.vip, initialValue: {lit: false}}
  tasks:
    - task:
        name: Main
        refId: main
        actions:
          - callData:
              name: Look up
              category:
                CRM:
                  dataAction:
                    Customer:
                      inputs: {phone: {exp: Call.Ani}}
                      successOutputs:
                        name: {var: Flow.name}
                        points: {var: Flow.points}
                        vip: {var: Flow.vip}
              outputs:
                failure: {actions: [{disconnect: {name: Sorry}}]}
          - decision:
              name: Is VIP
              condition: {exp: Flow.vip and Flow.points > 1000}
              outputs:
                yes:
                  actions:
                    - setParticipantData:
                        name: Note
                        attributes: [{attribute: {name: {lit: name}, value: {exp: Flow.name}}}]
                    - transferToAcd: {name: To VIP, targetQueue: {lit: {name: VIP}}, priority: {lit: 5}}
          - transferToAcd: {name: To all, targetQueue: {lit: {name: General}}}
"""
LOOP = """inboundCall:
  name: Loop
  startUpRef: ./tasks/task[main]
  defaultLanguage: en-us
  variables:
    - integerVariable: {name: Flow.n, initialValue: {lit: 0}}
  tasks:
    - task:
        name: Main
        refId: main
        actions:
          - loop:
              name: Loop
              loopCount: {lit: 99}
              outputs:
                loop:
                  actions:
                    - decision:
                        name: Even
                        condition: {exp: Flow.n % 2 == 0}
                        outputs:
                          yes: {actions: [{updateData: {name: By one, statements: [{integer: {variable: Flow.n, value: {exp: Flow.n + 1}}}]}}]}
                          no: {actions: [{updateData: {name: By three, statements: [{integer: {variable: Flow.n, value: {exp: Flow.n + 3}}}]}}]}
          - disconnect: {name: End}
"""  # noqa: E501 - a document
ANSWER = {"name": "Ann", "points": 1500, "vip": True}
BODY = json.dumps(ANSWER).encode()
CALLER = Interaction("+12125550123", "+13175550100")


class OneAnswer(ScriptedDriver):
    """A driver that has the data action's reply ready."""

    reply = DataActionReply(outputs=dict(ANSWER))

    def answer(self, session: Session, effect: Effect) -> Reply:
        return self.reply if isinstance(effect, CallDataAction) else super().answer(session, effect)


def _canned(world: World) -> ScriptedDriver:
    calls = DataCalls(world, {"customer": CannedTransport([Response(200, {}, BODY)], repeat=True)})
    return ScriptedDriver(world, calls, parse_caller(""))


def _full(program: Program, world: World) -> Any:
    return run_session(program, _canned(world), CALLER).to_dict()["end"]


def _traced(program: Program, world: World) -> Any:
    return run_session(program, _canned(world), CALLER).end


def _quiet(program: Program, world: World) -> Any:
    driver = OneAnswer(world, DataCalls(world))
    session = Session(program, world, CALLER, trace=False)
    effect = session.advance()
    while effect is not None:
        effect = session.advance(driver.answer(session, effect))
    end = session.end
    return {"kind": end.finish.kind} if end is not None else {}


def look_up_by_hand(caller: str) -> dict[str, Any]:
    """The same call as a Python function."""
    said, participant = ["Welcome"], {}
    json.dumps({"phone": caller})
    answer = json.loads(BODY)
    if answer["vip"] and answer["points"] > 1000:
        participant["name"] = answer["name"]
        return {"kind": "transferToAcd", "queue": "VIP", "said": said, "participant": participant}
    return {"kind": "transferToAcd", "queue": "General", "said": said, "participant": participant}


def loop_by_hand(_caller: str) -> dict[str, Any]:
    """The loop as a Python function."""
    n = 0
    for _ in range(99):
        n += 1 if n % 2 == 0 else 3
    return {"kind": "disconnect", "n": n}


def rate(function: Callable[[], Any], *, seconds: float = 0.25) -> float:
    """Calls per second, the best of three runs."""
    best = 0.0
    for _ in range(3):
        count, start = 0, time.perf_counter()
        while (spent := time.perf_counter() - start) < seconds:
            for _ in range(20):
                function()
            count += 20
        best = max(best, count / spent)
    return best


Runner = Callable[[Program, World], Any]
CASES: tuple[tuple[str, str, Runner, Callable[[str], Any]], ...] = (
    ("look-up call, trace and summary JSON", LOOK_UP, _full, look_up_by_hand),
    ("look-up call, full trace", LOOK_UP, _traced, look_up_by_hand),
    ("look-up call, no trace, reply at hand", LOOK_UP, _quiet, look_up_by_hand),
    ("298 actions in a loop, full trace", LOOP, _traced, loop_by_hand),
    ("298 actions in a loop, no trace", LOOP, _quiet, loop_by_hand),
)


def run() -> list[tuple[str, float, float, float]]:
    """Case, our calls per second, the baseline's, how many times longer ours takes."""
    rows = []
    for name, text, ours, baseline in CASES:
        program, world = compile_flow(load_archy(text, file="bench.yaml")), World()
        assert ours(program, world)["kind"] == baseline(CALLER.from_)["kind"], name
        fast = rate(lambda ours=ours, program=program, world=world: ours(program, world))
        reference = rate(lambda baseline=baseline: baseline(CALLER.from_))
        rows.append((name, fast, reference, reference / fast))
    return rows


if __name__ == "__main__":
    for case, ours_per_second, baseline_per_second, ratio in run():
        print(f"{case:<40} {ours_per_second:>12,.0f} /s {baseline_per_second:>12,.0f} /s {ratio:6.1f}")
