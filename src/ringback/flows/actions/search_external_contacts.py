"""searchExternalContacts: find external contacts by a term."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, FlowFault, Next, Step
from ringback.flows.actions.external_contacts import CONTACT, contacts_of
from ringback.flows.effects import ContactsReply, FindContacts


def build(b: Builder) -> Step:
    """One hit leaves through Exact Match with the contact at index 0, several through Multiple."""
    term, store = b.value("searchTerm", "str"), b.writes("externalResults")
    one, many, none = b.exit("matchExact"), b.exit("matchMultiple"), b.exit("notFound")

    def begin(run: Any) -> Next:
        if (value := term(run)) is None:
            raise FlowFault("NOT_SET_OPERAND", "the term of the external contact search is not set")
        return FindContacts("term", value)

    def resume(run: Any, reply: ContactsReply) -> Next:
        contacts = contacts_of(reply)
        if contacts and store is not None:
            store(run, contacts)
        return none if not contacts else one if len(contacts) == 1 else many

    return Step(begin, resume)


SEARCH_EXTERNAL_CONTACTS = ActionType(
    key="searchExternalContacts",
    title="Search External Contacts",
    about="Finds external contacts: Exact Match for one, Multiple for several, Not Found.",
    build=build,
    fields=(
        Field("searchTerm", "str", required=True, about="A name, number, address or id."),
        Field("externalResults", f"{CONTACT}_coll", "writes", about="Where the contacts go."),
    ),
    outputs=("matchExact", "matchMultiple", "notFound"),
    source="help: Search External Contacts action",
)
