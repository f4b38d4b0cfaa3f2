"""transferToFlow, transferToFlowSecure: hand the call to another flow. Also as menu choices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, FlowFault, Step
from ringback.flows.actions.transfers import TRANSFER_FIELDS, transfer_step
from ringback.flows.effects import Transfer


def build(b: Builder) -> Step:
    """A flow that is not there leads to Failure; variables are not carried, participant data is."""
    kind = "transferToFlow" if "Secure" not in b.action.type else "transferToFlowSecure"
    name = b.name("targetFlow.name") or b.name("targetFlow")
    data = b.value("invocationData", "str")

    def target(run: Any) -> Transfer:
        if not name:
            raise FlowFault("NOT_SET_OPERAND", "the target flow of the transfer is not set")
        given = data(run)
        return Transfer(kind, "flow", name, details={"invocationData": given} if given else {})

    return transfer_step(b, target)


_FIELDS = (
    Field("targetFlow.name", "flow", "name", about="The flow."),
    Field("connectTimeout", "dur", about="How long to try."),
    Field("invocationData", "str", about="Text that the flow reads as Flow.InvocationData."),
    *TRANSFER_FIELDS,
)
TRANSFER_TO_FLOW = ActionType(
    key="transferToFlow",
    title="Transfer to Flow",
    about="Hands the call to another published flow; when that works this flow is over, else Failure.",
    build=build,
    fields=_FIELDS,
    outputs=("failure",),
    source="scripting SDK: ActionTransferToFlow",
)
TRANSFER_TO_FLOW_SECURE = replace(
    TRANSFER_TO_FLOW,
    key="transferToFlowSecure",
    title="Transfer to Secure Flow",
    about="Hands the call to a secure flow; when that works this flow is over, else Failure.",
    source="scripting SDK: ActionTransferToFlowSecure",
)
MENU_TRANSFER_TO_FLOW = replace(
    TRANSFER_TO_FLOW,
    key="menuTransferToFlow",
    title="Transfer to Flow (menu choice)",
    about="A menu choice that hands the call to another flow.",
    policies=("menu_choice_returns",),
)
MENU_TRANSFER_TO_FLOW_SECURE = replace(
    TRANSFER_TO_FLOW_SECURE,
    key="menuTransferToFlowSecure",
    title="Transfer to Secure Flow (menu choice)",
    about="A menu choice that hands the call to a secure flow.",
    policies=("menu_choice_returns",),
)
