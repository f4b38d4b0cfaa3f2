"""jumpToTask: go to a reusable task and do not come back. Also as a menu's choice."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Enter, Field, Next, Step


def build(b: Builder) -> Step:
    """Ends the current task; the target's variables start from their initial values and inputs."""
    container, inputs = b.container(), b.task_inputs("inputs")

    def begin(run: Any) -> Next:
        return Enter(container, inputs(run))

    return Step(begin)


_TARGET = Field("targetTaskRef", "task", "ref", required=True, about="The task.")
JUMP_TO_TASK = ActionType(
    key="jumpToTask",
    title="Jump to Reusable Task",
    about="Continues in another task; never returns.",
    build=build,
    fields=(
        _TARGET,
        Field("inputs.*", "any", about="Values of the task's input variables."),
        Field("taskInputs.*", "any", about="The same by its name in the scripting SDK."),
    ),
    ends=True,
    policies=("task_variable_lifetime",),
    source="scripting SDK: ActionJumpToTask",
)
MENU_JUMP_TO_TASK = ActionType(
    key="menuJumpToTask",
    title="Jump to Reusable Task (menu choice)",
    about="A menu choice that continues in a task.",
    build=build,
    fields=(_TARGET,),
    ends=True,
    source="scripting SDK: MenuChoice with ActionJumpToTask",
)
