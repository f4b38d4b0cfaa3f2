"""evaluateSchedule: is a schedule active?"""

from __future__ import annotations

from typing import Any

from ringback.documents import Node
from ringback.flows.actions.base import ActionType, Builder, Field, FlowFault, Getter, Next, Step, constant

_SCHEDULE = "evaluationType.schedule"
_GROUP = "evaluationType.emergencyGroup"


def moment(b: Builder, node: Node | None) -> Getter:
    """When to look: `{now: true}`, or the UTC DateTime that stands in its place."""
    for name, member in node.items() if node is not None else ():
        if name != "now":
            return b.compile(member, "dtm")
    return constant(None)


def _first(b: Builder, *paths: str) -> str:
    return next((path for path in paths if b.has(path)), paths[-1])


def build(b: Builder) -> Step:
    """An emergency group that is named is looked at first; then the schedule in its time zone."""
    schedule = b.value(_first(b, f"{_SCHEDULE}.selectedSchedule", "schedule"), "sch")
    zone = b.value(f"{_SCHEDULE}.scheduleTimeZone", "str")
    bare = b.name(f"{_SCHEDULE}.evaluationTimeZone")
    group = b.value(_first(b, f"{_GROUP}.selectedEmergencyGroup", "emergencyGroup"), "emg")
    when = moment(b, b.node(f"{_SCHEDULE}.evaluate") or b.node("evaluate"))
    only_group = b.node(_GROUP) is not None or not b.has(
        _first(b, f"{_SCHEDULE}.selectedSchedule", "schedule")
    )
    active, inactive = b.exit("active"), b.exit("inactive")

    def begin(run: Any) -> Next:
        emergency = group(run)
        if emergency is not None and run.services.emergency(emergency):
            return active
        if only_group:
            return inactive
        if (wanted := schedule(run)) is None:
            raise FlowFault("NOT_SET_OPERAND", "the schedule is not set")
        return active if run.services.schedule_active(wanted, zone(run) or bare, when=when(run)) else inactive

    return Step(begin)


EVALUATE_SCHEDULE = ActionType(
    key="evaluateSchedule",
    title="Evaluate Schedule",
    about="Active when the schedule (or the emergency group) is, now or at a given moment, in its time zone.",
    build=build,
    fields=(
        Field(f"{_SCHEDULE}.selectedSchedule", "sch", about="The schedule."),
        Field(f"{_SCHEDULE}.scheduleTimeZone", "str", about="Name of the time zone."),
        Field(f"{_SCHEDULE}.evaluationTimeZone", "str", "word", about="The same as plain text."),
        Field(f"{_SCHEDULE}.evaluate.*", "dtm", about="now, or a UTC DateTime."),
        Field(f"{_GROUP}.selectedEmergencyGroup", "emg", about="An emergency group instead."),
        Field("emergencyGroup", "emg", about="An emergency group that is looked at first."),
        Field("schedule", "sch", about="The schedule, in the scripting SDK's spelling."),
        Field("evaluate.*", "dtm", about="now, or a UTC DateTime."),
    ),
    outputs=("active", "inactive"),
    policies=("schedule_without_times",),
    source="scripting SDK: ActionEvaluateSchedule",
)
