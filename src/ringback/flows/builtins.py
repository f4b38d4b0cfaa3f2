"""Read-only variables that every flow of a channel has (`Call.Ani`, `Flow.StartDateTimeUtc` …).

Names, types and identifiers come from public exports (`sysref` nodes) and the help page on built-in
variables; those without an identifier there get one in the same style.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# name -> (type code, identifier in Architect's configuration tree)
BUILT_INS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "Call.Ani": ("str", "__CALL_ANI__"),
        "Call.CalledAddress": ("str", "__CALL_CALLED_ADDRESS__"),
        "Call.CalledAddressOriginal": ("str", "__CALL_CALLED_ADDRESS_ORIGINAL__"),
        "Call.Contact": ("con", "__FLOW_CONTACT__"),
        "Call.ConversationId": ("str", "__CALL_CONVERSATION_ID__"),
        "Call.CurrentQueue": ("que", "__CALL_CURRENT_QUEUE__"),
        "Call.CustomerExternalOrganizationID": ("str", "__CALL_CUSTOMER_EXTERNAL_ORGANIZATION_ID__"),
        "Call.EstimatedWaitTime": ("dur", "__CALL_ESTIMATED_WAIT_TIME__"),
        "Call.ExternalContactId": ("str", "__CALL_EXTERNAL_CONTACT_ID__"),
        "Call.Language": ("str", "__CALL_LANGUAGE__"),
        "Call.PositionInQueue": ("int", "__CALL_POSITION_IN_QUEUE__"),
        "Call.RemoteName": ("str", "__CALL_REMOTE_NAME__"),
        "Call.UUIData": ("str", "__CALL_UUI_DATA__"),
        "Chat.ConversationId": ("str", "__CHAT_CONVERSATION_ID__"),
        "Chat.Guest": ("cpx_chat_guest", "__CHAT_GUEST__"),
        "Email.ConversationId": ("str", "__EMAIL_CONVERSATION_ID__"),
        "Email.Message": ("cpx_email", "__EMAIL_MESSAGE__"),
        "Flow.CurrentLanguage": ("str", "__FLOW_CURRENT_LANGUAGE__"),
        "Flow.HoldPrompt": ("pmt", "__FLOW_HOLD_PROMPT__"),
        "Flow.InvocationData": ("str", "__FLOW_INVOCATION_DATA__"),
        "Flow.IsTest": ("bln", "__FLOW_IS_TEST__"),
        "Flow.StartDateTimeUtc": ("dtm", "__FLOW_START_DATE_TIME_UTC__"),
        "Flow.Version": ("str", "__FLOW_VERSION__"),
        "Message.ConversationId": ("str", "__MESSAGE_CONVERSATION_ID__"),
        "Message.IsNewConversation": ("bln", "__MESSAGE_IS_NEW_CONVERSATION__"),
        "Message.Message": ("cpx_short_message", "__MESSAGE_MESSAGE__"),
        "Survey.ConversationId": ("str", "__SURVEY_CONVERSATION_ID__"),
        "Survey.Url": ("str", "__SURVEY_URL__"),
        "Workitem.EventType": ("str", "__EVENT_TYPE__"),
        "Workitem.Workitem": ("cpx_workitem", "__WORKITEM_WORKITEM__"),
    }
)
_BY_LOWER: Mapping[str, str] = MappingProxyType({name.lower(): name for name in BUILT_INS})


def built_in(name: str) -> str:
    """The name of a built-in variable as Architect spells it; "" for other names.

    >>> built_in("call.ani"), built_in("Flow.points")
    ('Call.Ani', '')
    """
    return _BY_LOWER.get(name.strip().lower(), "")
