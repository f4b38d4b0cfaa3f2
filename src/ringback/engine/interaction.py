"""What is known about an interaction when it reaches the flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from ringback.engine import messages, queueing
from ringback.flows.builtins import BUILT_INS

CHANNELS = ("voice", "message", "email", "chat", "workflow")


class Moment(Protocol):
    """The parts of a session that built-in variables show."""

    language: str
    services: Any
    world: Any
    program: Any


_IN_QUEUE: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "Call.CurrentQueue": queueing.current_queue,
        "Call.PositionInQueue": queueing.position,
        "Call.EstimatedWaitTime": queueing.estimated_wait,
    }
)


@dataclass(frozen=True, slots=True)
class Interaction:
    """Caller, called address, channel and identifiers.

    Attributes:
        from_: the caller's address, E.164 for calls; "" when unknown.
        to: the called address.
        channel: "voice", "message", "email", "chat" or "workflow".
        conversation_id: GUID of the conversation.
        variables: (name, raw value) set before the flow starts (`--set`).
        participant_data: attributes that the participant brings.
        queue: name of the queue in which the interaction waits (in-queue flows); "" when unknown.
        text: what the customer wrote first (message, e-mail).
        built_ins: raw values for further built-in variables, by their name.
    """

    from_: str = ""
    to: str = ""
    channel: str = "voice"
    conversation_id: str = "00000000-0000-4000-8000-000000000001"
    variables: tuple[tuple[str, Any], ...] = ()
    participant_data: Mapping[str, str] = field(default_factory=dict)
    queue: str = ""
    text: str = ""
    built_ins: Mapping[str, Any] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """The JSON that the first event shows."""
        return {
            "from": self.from_,
            "to": self.to,
            "channel": self.channel,
            "conversationId": self.conversation_id,
        }

    def built_in(self, name: str, moment: Moment) -> Any:
        """The raw value of a built-in variable; NOT_SET when this interaction has none."""
        if name in self.built_ins:
            return self.built_ins[name]
        if name.endswith(".ConversationId"):
            return self.conversation_id
        match name:
            case "Call.Ani":
                return self.from_ or None
            case "Call.CalledAddress" | "Call.CalledAddressOriginal":
                return self.to or None
            case "Call.Language" | "Flow.CurrentLanguage":
                return moment.language
            case "Flow.StartDateTimeUtc":
                return moment.services.start.replace(microsecond=0)
            case "Flow.IsTest":
                return True
            case "Flow.Version":
                return "1.0"
            case "Message.IsNewConversation":
                return True
        found = _IN_QUEUE[name](moment) if name in _IN_QUEUE else messages.brought(name, self, moment=moment)
        if found is not None:
            return found
        return () if BUILT_INS[name][0].endswith("_coll") else None
