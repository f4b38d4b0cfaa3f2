"""evaluateScheduleGroup: open, closed, holiday or emergency?"""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, Next, Step
from ringback.flows.actions.evaluate_schedule import moment


def build(b: Builder) -> Step:
    """The emergency group first, then the group's schedules in the order of the policy `schedule_order`."""
    group, emergency = b.value("scheduleGroup", "sqg"), b.value("emergencyGroup", "emg")
    when, store = moment(b, b.node("evaluate")), b.writes("inServiceSchedules")
    exits = {name: b.exit(name) for name in ("open", "closed", "holiday", "emergency")}

    def begin(run: Any) -> Next:
        alarm = emergency(run)
        if alarm is not None and run.services.emergency(alarm):
            return exits["emergency"]
        wanted = group(run)
        if wanted is None:
            return exits[run.services.policy("no_schedule_group")]
        status, names = run.services.schedule_group(wanted, when=when(run))
        if store is not None:
            store(run, tuple(names))
        return exits[status]

    return Step(begin)


EVALUATE_SCHEDULE_GROUP = ActionType(
    key="evaluateScheduleGroup",
    title="Evaluate Schedule Group",
    about="Emergency, Holiday, Closed or Open, now or at a given moment, in the group's time zone.",
    build=build,
    fields=(
        Field("scheduleGroup", "sqg", about="The group."),
        Field("emergencyGroup", "emg", about="An emergency group that is looked at first."),
        Field("evaluate.*", "dtm", about="now, or a UTC DateTime."),
        Field("inServiceSchedules", "str_coll", "writes", about="Where the active schedules' names go."),
    ),
    outputs=("open", "closed", "holiday", "emergency"),
    policies=("schedule_order", "schedule_without_times", "no_schedule_group"),
    source="scripting SDK: ActionEvaluateScheduleGroup; the order is a policy",
)
