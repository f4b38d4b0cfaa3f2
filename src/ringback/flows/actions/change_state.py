"""changeState: go on in another state."""

from __future__ import annotations

from ringback.flows.actions.base import ActionType, Field
from ringback.flows.actions.jump_to_menu import build

CHANGE_STATE = ActionType(
    key="changeState",
    title="Change State",
    about="Continues in another state, whose variables start afresh; never returns.",
    build=build,
    fields=(Field("targetStateRef", "state", "ref", required=True, about="The state."),),
    ends=True,
    policies=("task_variable_lifetime",),
    source="scripting SDK: ActionChangeState",
)
