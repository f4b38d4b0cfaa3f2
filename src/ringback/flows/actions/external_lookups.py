"""getExternalOrganization, promoteExternalContact, associateExternalContact: from the world's contacts.

A scenario can say the output instead, and values for what the action writes.
"""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, FlowFault, Next, Setter, Step
from ringback.flows.actions.bindings import bindings, write
from ringback.flows.actions.external_contacts import CONTACT
from ringback.flows.actions.told import ERROR_FIELDS, error_of, names_of, written_by
from ringback.flows.effects import ContactsReply, FindContacts, FindOrganization, Tell, Told
from ringback.lang.expr.values import from_plain

_ORGANIZATION = "cpx_external_organization"
_MISSING = {"errorType": "ExternalContactNotFound", "errorMessage": "there is no external contact of this id"}


def _asked(kind: str, key: str) -> FindOrganization | FindContacts:
    return FindOrganization(key) if kind == _ORGANIZATION else FindContacts("id", key)


def _step(b: Builder, *, kind: str, fields: tuple[Field, ...], outputs: tuple[str, str]) -> Step:
    key = b.value("externalContactId" if b.has("externalContactId") else "externalId", "str")
    store, keeps = b.writes("externalResult"), written_by(b, fields)
    failed, names, (good, bad) = bindings(b, b.node("failureOutputs")), names_of(b), map(b.exit, outputs)

    def begin(run: Any) -> Next:
        if (value := key(run)) is None:
            raise FlowFault("NOT_SET_OPERAND", "the id of the external contact or organization is not set")
        if run.services.outcome(*names) is not None:
            return Tell(b.action.type, names, {"id": value}, outputs)
        return _asked(kind, value)

    def told(run: Any, reply: Told) -> Next:
        if reply.output == bad.output:
            write(run, failed, outputs=error_of(reply))
            return bad
        write(run, tuple(item for item in keeps if item.output in reply.values), outputs=reply.values)
        return good

    def resume(run: Any, reply: Told | ContactsReply) -> Next:
        if isinstance(reply, Told):
            return told(run, reply)
        if reply.error:
            raise FlowFault("CONTACT_SEARCH_FAILED", reply.error)
        if not reply.contacts:
            write(run, failed, outputs=_MISSING)
            return bad
        _keep(run, store, value=from_plain(kind, reply.contacts[0]))
        return good

    return Step(begin, resume)


def _keep(run: Any, store: Setter | None, *, value: Any) -> None:
    if store is not None:
        store(run, value)


def _look_up(
    key: str, title: str, *, about: str, kind: str, fields: tuple[Field, ...], outputs: tuple[str, str]
) -> ActionType:
    def build(b: Builder) -> Step:
        """Writes the result when there is one; else its variable keeps its value. NOT_SET ids raise."""
        return _step(b, kind=kind, fields=fields, outputs=outputs)

    source = f"scripting SDK: Action{key[:1].upper()}{key[1:]}"
    return ActionType(key, title, about, build, fields, outputs, source=source)


GET_EXTERNAL_ORGANIZATION = _look_up(
    "getExternalOrganization",
    "Get External Organization",
    about="Reads an external organization by its id, from the contacts that belong to it.",
    kind=_ORGANIZATION,
    fields=(
        Field("externalId", "str", required=True, about="The organization's id."),
        Field("externalResult", _ORGANIZATION, "writes", about="Where the organization goes."),
    ),
    outputs=("found", "notFound"),
)
PROMOTE_EXTERNAL_CONTACT = _look_up(
    "promoteExternalContact",
    "Promote External Contact",
    about="Makes a contact a curated one; Failure when there is none of that id.",
    kind=CONTACT,
    fields=(
        Field("externalId", "str", required=True, about="The contact's id."),
        Field("externalResult", CONTACT, "writes", about="Where the contact goes."),
        *ERROR_FIELDS,
    ),
    outputs=("success", "failure"),
)
ASSOCIATE_EXTERNAL_CONTACT = _look_up(
    "associateExternalContact",
    "Associate External Contact",
    about="Links the conversation with a contact, when there is one of that id.",
    kind=CONTACT,
    fields=(
        Field("externalContactId", "str", about="The contact's id."),
        Field("externalId", "str", about="The same by another name."),
    ),
    outputs=("found", "notFound"),
)
