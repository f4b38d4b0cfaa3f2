"""getExternalContact: read an external contact by id."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, FlowFault, Next, Step
from ringback.flows.actions.external_contacts import CONTACT, contacts_of
from ringback.flows.effects import ContactsReply, FindContacts


def build(b: Builder) -> Step:
    """Found writes the contact; Not Found leaves the variable as it was."""
    key, store = b.value("externalId", "str"), b.writes("externalResult")
    found, missing = b.exit("found"), b.exit("notFound")

    def begin(run: Any) -> Next:
        if (value := key(run)) is None:
            raise FlowFault("NOT_SET_OPERAND", "the id of the external contact is not set")
        return FindContacts("id", value)

    def resume(run: Any, reply: ContactsReply) -> Next:
        contacts = contacts_of(reply)
        if not contacts:
            return missing
        if store is not None:
            store(run, contacts[0])
        return found

    return Step(begin, resume)


GET_EXTERNAL_CONTACT = ActionType(
    key="getExternalContact",
    title="Get External Contact",
    about="Reads an external contact by its id.",
    build=build,
    fields=(
        Field("externalId", "str", required=True, about="The contact's id."),
        Field("externalResult", CONTACT, "writes", about="Where the contact goes."),
    ),
    outputs=("found", "notFound"),
    source="help: Get External Contact action",
)
