"""wait: let time pass, as long as the flow may run."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, FlowFault, Next, Step
from ringback.flows.effects import Wait


def build(b: Builder) -> Step:
    """Virtual time moves on by the duration; one beyond the flow's running time is trimmed, or an error."""
    duration, down = b.duration("duration", "", -1), b.down()
    trim = b.value("trimDurationNearMaxRunningTime", "bln")

    def begin(run: Any) -> Next:
        ms = duration(run)
        if ms < 0:
            raise FlowFault("NOT_SET_OPERAND", "the duration of the wait is not set or negative")
        left = run.services.time_left()
        if ms <= left or run.services.policy("running_time") == "endless":
            return Wait(ms)
        if not trim(run):
            raise FlowFault("RUNNING_TIME", f"the flow may run for {left // 1000} s more, not {ms // 1000} s")
        return Wait(left)

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
    policies=("running_time",),
    source="scripting SDK: ActionWait",
)
