"""callTask: run a reusable task and come back."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Call, Exit, Field, Next, Step


def build(b: Builder) -> Step:
    """Runs the task with its inputs; End Task decides the output; its output variables are copied back.

    A path that the document does not write has no actions: the flow goes on below, not at Default.
    """
    container, inputs = b.container(), b.task_inputs("inputs")
    outputs, below = b.task_outputs("outputs"), b.down().target
    exits = {name.lower(): b.exit(name) for name in ("default", *b.action.outputs)}

    def begin(run: Any) -> Next:
        return Call(container, inputs(run))

    def resume(run: Any, values: Any) -> Next:
        # The session resumes a call with the task's output values and the path that it ended on.
        path, results = values
        for name, assign in outputs.items():
            assign(run, results.get(name))
        return exits.get(path.lower()) or Exit(path, below)

    return Step(begin, resume)


CALL_TASK = ActionType(
    key="callTask",
    title="Call Task",
    about="Runs a reusable task, copies its outputs, and continues on the output that the task ended with.",
    build=build,
    fields=(
        Field("targetTaskRef", "task", "ref", required=True, about="The task."),
        Field("inputs.*", "any", about="Values of the task's input variables."),
        Field("taskInputs.*", "any", about="The same by its name in the scripting SDK."),
        Field("taskOutputs.*", "any", "writes", about="Where the task's output variables go."),
    ),
    outputs=("default", "*"),
    policies=("task_variable_lifetime",),
    source="scripting SDK: ActionCallTask",
)
