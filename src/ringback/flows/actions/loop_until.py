"""loopUntil: repeat actions until a condition holds."""

from __future__ import annotations

from typing import Any

from ringback.documents import Node
from ringback.flows.actions.base import ActionType, Builder, Exit, Field, Getter, LoopState, Next, Step
from ringback.flows.actions.loop import MAX_TURNS
from ringback.trace.events import LoopTurned


def _cases(b: Builder) -> list[tuple[Getter, Exit]]:
    """The conditions in order, each with the output of its name."""
    found = []
    for number, item in enumerate(b.node("untilCases") or b.node("cases") or (), start=1):
        case: Node = item.get("case") or item
        value, name = case.get("value"), case.get("name")
        if value is None:
            b.fail("an until case needs a value", item)
        output = (name.text or str(name.value)) if name is not None else f"case{number}"
        found.append((b.compile(value, "bln"), b.exit(output)))
    return found


def build(b: Builder) -> Step:
    """The conditions are looked at after each turn (policy); too many turns leave through Loops Max."""
    count, index = b.value("maxLoopCount", "int", default=MAX_TURNS), b.writes("currentIndex")
    body, cases, most = b.exit("loop"), _cases(b), b.exit("loopsMax")

    def begin(run: Any) -> Next:
        state = run.loop()
        if state is None:
            run.services.policy("loop_until_test")
            state = LoopState(0, min(count(run) or 0, MAX_TURNS))
        else:
            hit = next((leave for holds, leave in cases if holds(run)), None)
            if hit is not None:
                run.set_loop(None)
                return hit
            state = LoopState(state.index + 1, state.count)
        if state.index >= state.count:
            run.set_loop(None)
            return most
        run.set_loop(state)
        if index is not None:
            index(run, state.index)
        run.emit(LoopTurned(index=state.index, count=state.count))
        return body

    return Step(begin)


LOOP_UNTIL = ActionType(
    key="loopUntil",
    title="Loop Until",
    about="Repeats the loop path until a case holds, at most 99 times; then Loops Max.",
    build=build,
    fields=(
        Field("maxLoopCount", "int", about="Most turns, 99 by default."),
        Field("currentIndex", "int", "writes", about="Counts the turns from 0."),
        Field("untilCases.*.case.value", "bln", about="Condition of a case."),
    ),
    outputs=("loop", "loopsMax", "*"),
    policies=("loop_until_test",),
    source="help: Loop Until action",
)
