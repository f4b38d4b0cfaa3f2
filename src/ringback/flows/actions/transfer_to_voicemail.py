"""transferToVoicemail: let the caller leave a message. Also as a menu's choice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, FlowFault, Step
from ringback.flows.actions.transfers import TRANSFER_FIELDS, transfer_step
from ringback.flows.effects import Transfer
from ringback.lang.expr.values import plain, to_text

# where the message goes: (key in the document, field of the target, type)
_TARGETS = (("queue", "targetQueue", "que"), ("user", "targetUser", "usr"), ("group", "targetGroup", "grp"))


def _where(b: Builder) -> tuple[str, str, str]:
    for target in _TARGETS:
        if b.node(f"destination.{target[0]}") is not None:
            return target
    return b.fail("a voicemail goes to a queue, a user or a group", b.node("destination"))


def build(b: Builder) -> Step:
    """No queue in an in-queue flow is the current one; callback number and name are told for queues only."""
    kind, field, type_ = _where(b)
    at = f"destination.{kind}"
    given, greeting = b.value(f"{at}.{field}", type_), b.text(f"{at}.voicemailGreeting")
    number, callee = b.value(f"{at}.callbackNumber", "phn"), b.value(f"{at}.calleeName", "str")
    current = kind == "queue" and not b.has(f"{at}.{field}") and b.flow_type.lower().startswith("inqueue")

    def target(run: Any) -> Transfer:
        wanted = run.built_in("Call.CurrentQueue") if current else given(run)
        if wanted is None:
            raise FlowFault("NOT_SET_OPERAND", f"the {field} of the voicemail is not set")
        facts = {"greeting": greeting(run), "calleeName": callee(run)}
        facts["callbackNumber"] = to_text("phn", phone) if (phone := number(run)) is not None else None
        details = {name: plain("str", value) for name, value in facts.items() if value}
        return Transfer("transferToVoicemail", kind, wanted.name or "", wanted.id or "", details)

    return transfer_step(b, target)


TRANSFER_TO_VOICEMAIL = ActionType(
    key="transferToVoicemail",
    title="Transfer to Voicemail",
    about="Hands the call to the voicemail of a queue, user or group; when that works the flow is over.",
    build=build,
    fields=(
        Field("destination.queue.targetQueue", "que", about="A queue; none is the current one."),
        Field("destination.queue.callbackNumber", "phn", about="Where to call back."),
        Field("destination.queue.calleeName", "str", about="Whom to call back."),
        Field("destination.*.voicemailGreeting", "aud", about="What the caller hears."),
        Field("destination.user.targetUser", "usr", about="A user."),
        Field("destination.group.targetGroup", "grp", about="A group."),
        *TRANSFER_FIELDS,
    ),
    outputs=("failure",),
    source="scripting SDK: ActionTransferToVoicemail",
)
MENU_TRANSFER_TO_VOICEMAIL = replace(
    TRANSFER_TO_VOICEMAIL,
    key="menuTransferToVoicemail",
    title="Transfer to Voicemail (menu choice)",
    about="A menu choice that hands the call to voicemail.",
    policies=("menu_choice_returns",),
)
