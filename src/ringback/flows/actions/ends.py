"""Actions that end a flow: endWorkflow, endState, exitBotFlow, the ends of surveys and work items."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, Finish, Next, Step
from ringback.flows.actions.told import facts


def _building(fields: tuple[Field, ...]) -> Any:
    def build(b: Builder) -> Step:
        """Ends the flow; what its fields say are facts of the end."""
        read, kind = facts(b, fields), b.action.type

        def begin(run: Any) -> Next:
            details = dict(run.services.bot_end()) if kind == "exitBotFlow" else {}
            return Finish(kind, details=tuple((details | read(run)).items()))

        return Step(begin)

    return build


def _end(key: str, title: str, *, about: str, tells: tuple[Field, ...] = (), by: str = "") -> ActionType:
    policies = (by,) if by else ()
    source = f"scripting SDK: Action{key[:1].upper()}{key[1:]}"
    return ActionType(key, title, about, _building(tells), tells, ends=True, policies=policies, source=source)


ENDS = (
    _end(
        "abortSurveyInvite",
        "Abort Survey Invite",
        about="Ends the flow without an invitation.",
        tells=(Field("disposition", "str", about="Why."),),
    ),
    _end(
        "completeSurveyInvite",
        "Complete Survey Invite",
        about="Ends the flow and sends the invitation.",
        tells=(
            Field("targetAddress", "str", about="Where it goes."),
            Field("targetAddressType", "str", about="Kind of address."),
            Field("inviteSubject", "str", about="Subject of the invitation."),
            Field("inviteBody", "str", about="Its text."),
            Field("reminderSubject", "str", about="Subject of the reminder."),
            Field("reminderBody", "str", about="Its text."),
        ),
    ),
    _end(
        "endState",
        "End State",
        about="Ends the state, and with it the flow; in a queue, the interaction goes on waiting.",
    ),
    _end(
        "endWorkflow",
        "End Workflow",
        about="Ends the workflow.",
        tells=(Field("exitReason", "str", about="Why."),),
    ),
    _end(
        "exitBotFlow",
        "Exit Bot Flow",
        about="Ends the bot flow; the calling flow goes on with its outputs, its intent and exit reason.",
        by="bot_exit_reason",
    ),
    _end("exitWorkitemFlow", "Exit Workitem Flow", about="Ends the work item flow."),
    _end(
        "returnToAgent", "Return to Agent", about="Ends the secure flow and gives the call back to the agent."
    ),
)
