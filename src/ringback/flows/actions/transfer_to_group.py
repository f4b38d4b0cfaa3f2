"""transferToGroup: ring a group. Also as a menu's choice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, Step
from ringback.flows.actions.transfers import TRANSFER_FIELDS, named, transfer_step
from ringback.flows.effects import Transfer


def build(b: Builder) -> Step:
    """A NOT_SET group is a flow error; one where nobody answers leads to Failure."""
    group = b.value("targetGroup", "grp")

    def target(run: Any) -> Transfer:
        return named("transferToGroup", "group", value=group(run), field="target group")

    return transfer_step(b, target)


TRANSFER_TO_GROUP = ActionType(
    key="transferToGroup",
    title="Transfer to Group",
    about="Rings a group; when that works the flow is over, else Failure.",
    build=build,
    fields=(
        Field("targetGroup", "grp", required=True, about="The group."),
        Field("connectTimeout", "dur", about="How long to try."),
        Field("allowVoicemailRollover", "bln", about="Whether voicemail takes an unanswered call."),
        *TRANSFER_FIELDS,
    ),
    outputs=("failure",),
    source="scripting SDK: ActionTransferToGroup",
)
MENU_TRANSFER_TO_GROUP = replace(
    TRANSFER_TO_GROUP,
    key="menuTransferToGroup",
    title="Transfer to Group (menu choice)",
    about="A menu choice that rings a group.",
    policies=("menu_choice_returns",),
)
