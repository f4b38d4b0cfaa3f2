"""transferToUser: hand the call to a user. Also as a menu's choice."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, Step
from ringback.flows.actions.transfers import TRANSFER_FIELDS, named, transfer_step
from ringback.flows.effects import Transfer


def build(b: Builder) -> Step:
    """A NOT_SET user is a flow error; one who does not answer leads to Failure."""
    user = b.value("targetUser", "usr")

    def target(run: Any) -> Transfer:
        return named("transferToUser", "user", value=user(run), field="target user")

    return transfer_step(b, target)


_FIELDS = (
    Field("targetUser", "usr", required=True, about="The user."),
    Field("connectTimeout", "dur", about="How long to try."),
    Field("allowVoicemailRollover", "bln", about="Whether voicemail takes an unanswered call."),
    Field("alertOnTransfer", "bln", about="Whether the user is alerted."),
    *TRANSFER_FIELDS,
)
TRANSFER_TO_USER = ActionType(
    key="transferToUser",
    title="Transfer to User",
    about="Hands the call to a user; when that works the flow is over, else Failure.",
    build=build,
    fields=_FIELDS,
    outputs=("failure",),
    source="scripting SDK: ActionTransferToUser",
)
MENU_TRANSFER_TO_USER = ActionType(
    key="menuTransferToUser",
    title="Transfer to User (menu choice)",
    about="A menu choice that hands the call to a user.",
    build=build,
    fields=_FIELDS,
    outputs=("failure",),
    policies=("menu_choice_returns",),
    source="scripting SDK: ActionTransferToUser of a menu",
)
