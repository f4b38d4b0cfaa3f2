"""What getExternalContact and searchExternalContacts share."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import FlowFault
from ringback.flows.effects import ContactsReply
from ringback.lang.expr.values import from_plain

CONTACT = "cpx_external_contact"


def contacts_of(reply: ContactsReply) -> tuple[Any, ...]:
    """The contacts as values; a failed search is a flow error, since these actions have no Failure path."""
    if reply.error:
        raise FlowFault("CONTACT_SEARCH_FAILED", reply.error)
    return tuple(from_plain(CONTACT, contact) for contact in reply.contacts)
