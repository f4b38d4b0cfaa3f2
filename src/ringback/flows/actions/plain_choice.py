"""plainChoice: a choice of a menu of plain flow documents, which leads to an action of the flow."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import OPEN_END, ActionType, Builder, Finish, Goto, Next, Step


def build(b: Builder) -> Step:
    """Goes on at the action that the choice names; a choice that names the end is an open end."""
    target = b.down().target

    def begin(run: Any) -> Next:
        if target != OPEN_END:
            return Goto(target)
        run.services.policy("open_end")
        return Finish("disconnect")

    return Step(begin)


PLAIN_CHOICE = ActionType(
    key="plainChoice",
    title="Menu choice (plain form)",
    about="A menu choice that leads to an action of the flow.",
    build=build,
    policies=("open_end",),
    source="plain flow documents",
)
