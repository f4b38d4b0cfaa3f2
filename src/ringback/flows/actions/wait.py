"""wait: let time pass."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, FlowFault, Next, Step
from ringback.flows.effects import Wait


def build(b: Builder) -> Step:
    """Virtual time moves on by the duration."""
    duration, down = b.duration("duration", "", -1), b.down()

    def begin(run: Any) -> Next:
        ms = duration(run)
        if ms < 0:
            raise FlowFault("NOT_SET_OPERAND", "the duration of the wait is not set or negative")
        return Wait(ms)

    return Step(begin, lambda _run, _reply: down)


WAIT = ActionType(
    key="wait",
    title="Wait",
    about="Lets time pass before the next action.",
    build=build,
    fields=(
        Field("duration", "dur", required=True, about="How long."),
        Field(
            "trimDurationNearMaxRunningTime", "bln", about="Shorten a wait beyond the flow's running time."
        ),
    ),
    source="scripting SDK: ActionWait",
)
