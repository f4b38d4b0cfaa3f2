"""What a session keeps of the containers that run, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ringback.flows.actions.base import Finish, LoopState

# What follows when the outermost container of a flow runs off its end; calls disconnect.
OPEN_ENDS: Mapping[str, str] = MappingProxyType(
    {
        "workflow": "endWorkflow",
        "workitem": "exitWorkitemFlow",
        "botFlow": "exitBotFlow",
        "digitalBot": "exitBotFlow",
        "digitalBotFlow": "exitBotFlow",
        "voice": "exitBotFlow",
        "inboundChat": "endState",
        "inboundEmail": "endState",
        "inboundShortMessage": "endState",
        "inqueueEmail": "endState",
        "inqueueShortMessage": "endState",
        "surveyInvite": "endState",
        "emailSend": "endState",
    }
)


# Flows whose texts are read, not heard.
DIGITAL = frozenset(
    {
        "digitalBot",
        "digitalBotFlow",
        "emailSend",
        "inboundChat",
        "inboundEmail",
        "inboundShortMessage",
        "inqueueEmail",
        "inqueueShortMessage",
    }
)

# Flows of calls that are no bots.
VOICE = frozenset({"inboundCall", "outboundCall", "inqueueCall", "secureCall", "voicemail", "voiceSurvey"})

# The attributes of a session: with more than thirty, a dictionary would make every access slower.
SESSION = tuple(
    (  # noqa: SIM905 - thirty words read better than thirty lines
        "action_limit actions_run at_ms begun child counted default_language depth end"
        " event_count events"
        " failures flow frames handling intent interaction language memo moved node over_limit"
        " participant_data program queue_turns reading recurred said secure_values services started_ms task"
        " waiting world"
    ).split()
)


@dataclass(slots=True)
class Frame:
    """A task or menu that is running.

    Attributes:
        room: index of its container.
        values: its variables' raw values, in slot order.
        back: index of the callTask node to return to; -1 when nothing called it.
        called_ms: when that callTask began.
        loops: node index of a loop -> where it stands.
        next_language: what Set Language asked for, in force when this task ends.
    """

    room: int
    values: list[Any]
    back: int = -1
    called_ms: int = 0
    loops: dict[int, LoopState] = field(default_factory=dict)
    next_language: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """How the flow ended; `status` is "ended", "failed", or "limit" once it ran into the action limit."""

    finish: Finish
    action: str
    status: str = "ended"
