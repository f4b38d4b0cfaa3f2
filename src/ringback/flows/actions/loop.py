"""loop, loopNext, loopExit: repeat the actions of the loop path."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, FlowFault, LoopState, Next, Step
from ringback.trace.events import LoopTurned

MAX_TURNS = 99


def _turns(run: Any, count: int | None) -> int:
    if count is None:
        raise FlowFault("NOT_SET_OPERAND", "the loop count is not set")
    if count > MAX_TURNS:
        run.services.policy("loop_count_above_99")
    return min(count, MAX_TURNS)


def _check_literal(b: Builder) -> None:
    """A literal count has to be at most 99 (scripting SDK); a computed one is cut by policy."""
    literal = b.node("loopCount.lit")
    if literal is not None and isinstance(literal.value, int) and literal.value > MAX_TURNS:
        b.fail(f"a literal loop count is at most {MAX_TURNS}, not {literal.value}", literal)


def build(b: Builder) -> Step:
    """The count is read once, when the loop is reached; the index variable counts from 0."""
    _check_literal(b)
    count, index = b.value("loopCount", "int", default=1), b.writes("currentIndex")
    body, down = b.exit("loop"), b.down()
    empty = body.target == down.target

    def begin(run: Any) -> Next:
        state = run.loop()
        state = (
            LoopState(0, _turns(run, count(run)))
            if state is None
            else LoopState(state.index + 1, state.count)
        )
        if state.index >= state.count or empty:
            run.set_loop(None)
            return down
        run.set_loop(state)
        if index is not None:
            index(run, state.index)
        run.emit(LoopTurned(index=state.index, count=state.count))
        return body

    return Step(begin)


def build_next(b: Builder) -> Step:
    """Go back to the loop for its next turn."""
    again = b.exit("loopNext")
    return Step(lambda _run: again)


def build_exit(b: Builder) -> Step:
    """Leave the loop: continue below it."""
    leave, around = b.exit("loopExit"), b.exit("loopNext").target

    def begin(run: Any) -> Next:
        run.leave_loop(around)
        return leave

    return Step(begin)


LOOP = ActionType(
    key="loop",
    title="Loop",
    about="Runs the loop path a number of times (default 1, at most 99; below 1: not at all).",
    build=build,
    fields=(
        Field("loopCount", "int", about="Number of turns."),
        Field("currentIndex", "int", "writes", about="Counts the turns from 0."),
    ),
    outputs=("loop",),
    policies=("loop_count_above_99",),
    source="scripting SDK: ActionLoop",
)
LOOP_NEXT = ActionType(
    key="loopNext",
    title="Next Loop",
    about="Starts the next turn of the loop around it.",
    build=build_next,
    ends=True,
    source="scripting SDK: ActionLoopNext",
)
LOOP_EXIT = ActionType(
    key="loopExit",
    title="Exit Loop",
    about="Leaves the loop around it.",
    build=build_exit,
    ends=True,
    source="scripting SDK: ActionLoopExit",
)
