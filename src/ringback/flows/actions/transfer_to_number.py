"""transferToNumber: hand the call to a telephone number. Also as a menu's choice."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, FlowFault, Step
from ringback.flows.actions.transfers import TRANSFER_FIELDS, transfer_step
from ringback.flows.effects import Transfer


def build(b: Builder) -> Step:
    """The number is a String; an unset or empty one is a flow error."""
    number = b.value("targetNumber", "str")

    def target(run: Any) -> Transfer:
        if not (wanted := number(run)):
            raise FlowFault("NOT_SET_OPERAND", "the target number of the transfer is not set")
        return Transfer("transferToNumber", "number", wanted)

    return transfer_step(b, target)


_FIELDS = (
    Field("targetNumber", "str", required=True, about="The number."),
    Field("connectTimeout", "dur", about="How long to try."),
    Field("releaseLinkTransfer", "bln", about="Whether the carrier takes the call over."),
    *TRANSFER_FIELDS,
)
TRANSFER_TO_NUMBER = ActionType(
    key="transferToNumber",
    title="Transfer to Number",
    about="Hands the call to a number; when that works the flow is over, else Failure.",
    build=build,
    fields=_FIELDS,
    outputs=("failure",),
    source="scripting SDK: ActionTransferToNumber",
)
MENU_TRANSFER_TO_NUMBER = ActionType(
    key="menuTransferToNumber",
    title="Transfer to Number (menu choice)",
    about="A menu choice that hands the call to a number.",
    build=build,
    fields=_FIELDS,
    outputs=("failure",),
    policies=("menu_choice_returns",),
    source="scripting SDK: ActionTransferToNumber of a menu",
)
