"""Many contacts, organisations, notes or relationships in one request, each with its own success."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ringback.contacts.native import is_native
from ringback.platform import errors
from ringback.platform.call import Call, Reply
from ringback.platform.catalogue.validation import check_body
from ringback.platform.errors import ApiError
from ringback.platform.resources import contact_notes as notes
from ringback.platform.resources import external_contacts as contacts
from ringback.platform.resources import external_organizations as organizations
from ringback.platform.resources.contact_merge import enrich, enrich_contact, enrich_organization
from ringback.platform.resources.contact_model import CONTACT, EXTERNAL_ORG, PATH
from ringback.platform.resources.contact_plain import newly
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body

routes = Routes()
# The platform documents the bound of enrich alone; the other is a limit of our own, named in docs/limits.md.
MOST, MOST_ENRICHED = 100, 10
One = Callable[[Call, Mapping[str, Any]], object]


def bulk(call: Call, one: One, *, most: int = MOST) -> Body:
    """Do one thing for each entity of the request; what fails leaves the others alone.

    Args:
        call: the call; in a write each entity is a part of the transaction of its own.
        one: gives an entity, a `Reply` with its status, or None.
        most: entities that a request may have.
    """
    entities = call.object().get("entities") or []
    if len(entities) > most:
        raise errors.bad_request(f"A bulk request has at most {most} entities.", field="entities")
    results = [_result(call, one, sent=each or {}) for each in entities]
    failed = [at for at, result in enumerate(results) if not result["success"]]
    return {"results": results, "errorCount": len(failed), "errorIndexes": failed}


def _result(call: Call, one: One, *, sent: Mapping[str, Any]) -> Body:
    try:
        if call.route.mode == "write":
            with call.tx.savepoint():
                made = one(call, sent)
        else:
            made = one(call, sent)
    except ApiError as error:
        return {
            "id": str(sent.get("id") or ""),
            "success": False,
            "status": error.status,
            "error": {
                "code": error.code,
                "message": error.message,
                "status": error.status,
                "retryable": error.status in (409, 429, 503),
                "details": [
                    {"fieldName": detail.get("fieldName", ""), "message": error.message}
                    for detail in error.details
                ],
                "entity": sent,
            },
        }
    reply = made if isinstance(made, Reply) else Reply(made)
    entity = reply.body if isinstance(reply.body, dict) else {}
    known = {"id": str(sent.get("id") or entity.get("id") or ""), "success": True, "status": reply.status}
    return {**known, "entity": entity} if entity else known


def _checked(model: str, one: One) -> One:
    """Entities inside a bulk request are not checked before; what they lack is their own fault."""

    def checked(call: Call, sent: Mapping[str, Any]) -> object:
        for fault in check_body(model, sent)[:1]:
            raise errors.bad_request(fault.reason, field=fault.field, code=fault.code)
        return one(call, sent)

    return checked


@dataclass(frozen=True, slots=True)
class _Sort:
    """What can be done with one sort of entity."""

    area: str
    model: str
    read: One
    add: One
    change: One
    drop: One


def _id(sent: Mapping[str, Any]) -> str:
    identity = str(sent.get("id") or "")
    if not identity:
        raise errors.bad_request("The id is required.", field="id")
    return identity


def _read_contact(call: Call, sent: Mapping[str, Any]) -> object:
    return contacts.view(call, contacts.resolved(call.store, _id(sent)))


def _add_contact(call: Call, sent: Mapping[str, Any]) -> object:
    if not is_native(sent):
        return newly(contacts.add_plain(call, sent))
    return contacts.view(call, contacts.add(call, sent))


def _change_contact(call: Call, sent: Mapping[str, Any]) -> object:
    return contacts.view(call, contacts.replace(call, contacts.resolved(call.store, _id(sent)), sent=sent))


def _drop_contact(call: Call, sent: Mapping[str, Any]) -> object:
    contacts.remove(call, contacts.resolved(call.store, _id(sent)))
    return None


def _read_unresolved(call: Call, sent: Mapping[str, Any]) -> object:
    body = contacts.stored(call.store, _id(sent))
    if body is None:
        raise errors.not_found(CONTACT, _id(sent))
    return contacts.view(call, body)


def _read_organization(call: Call, sent: Mapping[str, Any]) -> object:
    return call.store.need(EXTERNAL_ORG, _id(sent))


def _change_organization(call: Call, sent: Mapping[str, Any]) -> object:
    return organizations.replace(call, call.store.need(EXTERNAL_ORG, _id(sent)), sent=sent)


def _drop_organization(call: Call, sent: Mapping[str, Any]) -> object:
    organizations.remove(call, call.store.need(EXTERNAL_ORG, _id(sent)))
    return None


def _read_note(call: Call, sent: Mapping[str, Any]) -> object:
    return notes.note_anywhere(call.store, _id(sent))


def _add_note(call: Call, sent: Mapping[str, Any]) -> object:
    kind = str(sent.get("entityType") or "")
    if kind not in {"contact", "organization"}:
        raise errors.bad_request("A note names contact or organization.", field="entityType")
    return notes.add_note(call, sent, kind=kind, owner_id=str(sent.get("entityId") or ""))


def _change_note(call: Call, sent: Mapping[str, Any]) -> object:
    return notes.save_note(call, notes.note_anywhere(call.store, _id(sent)), sent=sent)


def _drop_note(call: Call, sent: Mapping[str, Any]) -> object:
    notes.remove_note(call, notes.note_anywhere(call.store, _id(sent)))
    return None


def _read_relationship(call: Call, sent: Mapping[str, Any]) -> object:
    return call.store.need(organizations.RELATIONSHIP, _id(sent))


def _change_relationship(call: Call, sent: Mapping[str, Any]) -> object:
    return organizations.save_relationship(
        call, call.store.need(organizations.RELATIONSHIP, _id(sent)), sent=sent
    )


def _drop_relationship(call: Call, sent: Mapping[str, Any]) -> object:
    organizations.remove_relationship(call, call.store.need(organizations.RELATIONSHIP, _id(sent)))
    return None


_SORTS = (
    _Sort("contacts", "ExternalContact", _read_contact, _add_contact, _change_contact, _drop_contact),
    _Sort(
        "organizations",
        "ExternalOrganization",
        _read_organization,
        organizations.add,
        _change_organization,
        _drop_organization,
    ),
    _Sort("notes", "Note", _read_note, _add_note, _change_note, _drop_note),
    _Sort(
        "relationships",
        "Relationship",
        _read_relationship,
        organizations.add_relationship,
        _change_relationship,
        _drop_relationship,
    ),
)


def _serve(path: str, one: One, *, about: str, reads: bool = False, most: int = MOST) -> None:
    def handle(call: Call) -> object:
        return bulk(call, one, most=most)

    handle.__doc__ = about
    routes.post(f"{PATH}/bulk/{path}", mode="read" if reads else "write")(handle)


for _sort in _SORTS:
    _serve(_sort.area, _sort.read, about=f"Several {_sort.area} by their ids.", reads=True)
    _serve(f"{_sort.area}/add", _checked(_sort.model, _sort.add), about=f"Several new {_sort.area}.")
    _serve(
        f"{_sort.area}/update", _checked(_sort.model, _sort.change), about=f"Replace several {_sort.area}."
    )
    _serve(f"{_sort.area}/remove", _sort.drop, about=f"Delete several {_sort.area}.")

for _area, _read in (("contacts", _read_contact), ("organizations", _read_organization)):
    _serve(
        f"{_area}/divisionviews", _read, about=f"Several {_area} by their ids, of any division.", reads=True
    )
_serve(
    "contacts/unresolved", _read_unresolved, about="Several contacts as they were before merging.", reads=True
)


def _enrich_contact(call: Call, sent: Mapping[str, Any]) -> object:
    return enrich(call, sent, using=enrich_contact)


def _enrich_organization(call: Call, sent: Mapping[str, Any]) -> object:
    return enrich(call, sent, using=enrich_organization)


_ENRICH: Sequence[tuple[str, str, One]] = (
    ("contacts", "ContactEnrichRequest", _enrich_contact),
    ("organizations", "ExternalOrganizationEnrichRequest", _enrich_organization),
)
for _area, _model, _one in _ENRICH:
    _serve(f"{_area}/enrich", _checked(_model, _one), about=f"Enrich several {_area}.", most=MOST_ENRICHED)
