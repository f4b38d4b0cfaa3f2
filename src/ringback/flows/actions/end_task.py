"""endTask: end the task through a named output."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, Next, Return, Step


def build(b: Builder) -> Step:
    """The output path's name ignores case; without one it is Default."""
    path = b.name("outputPath.name") or "default"

    def begin(_run: Any) -> Next:
        return Return(path)

    return Step(begin)


END_TASK = ActionType(
    key="endTask",
    title="End Task",
    about="Ends the task; the Call Task action goes on at the named output.",
    build=build,
    fields=(Field("outputPath.name", "output path", "word", about="The task's output path."),),
    ends=True,
    source="scripting SDK: ActionEndTask",
)
