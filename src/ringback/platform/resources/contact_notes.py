"""Notes of contacts and of external organisations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ringback.platform import errors, paging
from ringback.platform.call import Call
from ringback.platform.clock import new_id
from ringback.platform.resources import contact_search as searching
from ringback.platform.resources.contact_model import CONTACT, EXTERNAL_ORG, PATH, SERVICE
from ringback.platform.resources.contact_patch import patched
from ringback.platform.resources.external_contacts import resolved
from ringback.platform.routing import Routes
from ringback.platform.store import tables
from ringback.platform.store.reader import Body, Query, Reader, decode

routes = Routes()
NOTE = "external_note"
_LONGEST = 32_000
_AREAS = {
    "contact": (CONTACT, "contacts", "contactId"),
    "organization": (EXTERNAL_ORG, "organizations", "externalOrganizationId"),
}
_SET_BY_SERVER = frozenset(
    {"id", "selfUri", "createDate", "modifyDate", "entityId", "entityType", "division"}
)
_E = tables.entities.c
SHOWN = searching.Shown(NOTE)


def owner_of(store: Reader, kind: str, *, owner_id: str) -> Body:
    """The contact or organisation that notes belong to; ApiError 404."""
    return resolved(store, owner_id) if kind == "contact" else store.need(EXTERNAL_ORG, owner_id)


def add_note(call: Call, sent: Mapping[str, Any], *, kind: str, owner_id: str) -> Body:
    """A new note of a contact or organisation."""
    owner, identity, now = owner_of(call.store, kind, owner_id=owner_id), new_id(), call.now_iso()
    body: Body = {
        "id": identity,
        "entityId": owner["id"],
        "entityType": kind,
        **_given(sent),
        "division": owner["division"],
        "createDate": now,
        "modifyDate": now,
        "selfUri": f"{PATH}/{_AREAS[kind][1]}/{owner['id']}/notes/{identity}",
    }
    call.tx.add(NOTE, body, parent=owner["id"])
    call.audit("Create", body, entity_type="Note", service=SERVICE)
    return body


def _given(sent: Mapping[str, Any]) -> Body:
    text = str(sent.get("noteText") or "").strip()
    if not 1 <= len(text) <= _LONGEST:
        raise errors.bad_request(f"A note has 1 to {_LONGEST} characters.", field="noteText")
    author = str((sent.get("createdBy") or {}).get("id") or "")
    if not author:
        raise errors.bad_request("A note names the user who writes it.", field="createdBy.id")
    return {"noteText": text, "createdBy": {"id": author, "selfUri": f"/api/v2/users/{author}"}}


def save_note(call: Call, before: Body, *, sent: Mapping[str, Any]) -> Body:
    """Store a changed note."""
    after = {**before, **_given(sent), "modifyDate": call.now_iso()}
    call.tx.put(NOTE, after, parent=after["entityId"])
    call.audit("Update", after, entity_type="Note", service=SERVICE, before=before)
    return after


def remove_note(call: Call, body: Body) -> None:
    """Delete a note."""
    call.tx.remove(NOTE, body["id"], parent=body["entityId"])
    call.audit("Delete", body, entity_type="Note", service=SERVICE)


def note_anywhere(store: Reader, note_id: str) -> Body:
    """A note, whoever it belongs to; ApiError 404."""
    statement = sa.select(_E.body).where(_E.kind == NOTE, _E.state == "", _E.id == note_id)
    row = store.connection.execute(statement).first()
    if row is None:
        raise errors.not_found(NOTE, note_id)
    body: Body = decode(row[0])
    return body


def move_notes(call: Call, source: str, *, target: str) -> None:
    """Notes of a contact that is merged follow it (policy `merged_notes`)."""
    for body in call.store.find(Query(NOTE, parent=source)):
        call.tx.remove(NOTE, body["id"], parent=source)
        uri = f"{PATH}/contacts/{target}/notes/{body['id']}"
        call.tx.add(NOTE, {**body, "entityId": target, "selfUri": uri}, parent=target)


def _note(call: Call, kind: str) -> Body:
    owner = owner_of(call.store, kind, owner_id=call.path[_AREAS[kind][2]])
    return call.store.need(NOTE, call.path["noteId"], parent=owner["id"])


def _list(call: Call, kind: str) -> object:
    """Notes, the oldest first unless `sortOrder` says otherwise."""
    owner = owner_of(call.store, kind, owner_id=call.path[_AREAS[kind][2]])
    down = paging.descending(call)
    return paging.page(call, Query(NOTE, parent=owner["id"], order=("created",), descending=down))


def _create(call: Call, kind: str) -> object:
    """A new note."""
    return add_note(call, call.object(), kind=kind, owner_id=call.path[_AREAS[kind][2]])


def _replace(call: Call, kind: str) -> object:
    """Replace a note."""
    return save_note(call, _note(call, kind), sent=call.object())


def _patch(call: Call, kind: str) -> object:
    """Change single fields of a note."""
    before = _note(call, kind)
    changes = call.object().get("changes") or []
    sent = patched(before, changes, model="Note", fixed=_SET_BY_SERVER)
    return save_note(call, before, sent=sent)


def _delete(call: Call, kind: str) -> object:
    """Delete a note."""
    remove_note(call, _note(call, kind))
    return {}


def _serve(kind: str) -> None:
    _, area, parameter = _AREAS[kind]
    base = f"{PATH}/{area}/{{{parameter}}}/notes"
    for method, path, handler in (
        ("GET", base, _list),
        ("POST", base, _create),
        ("GET", f"{base}/{{noteId}}", _note),
        ("PUT", f"{base}/{{noteId}}", _replace),
        ("PATCH", f"{base}/{{noteId}}", _patch),
        ("DELETE", f"{base}/{{noteId}}", _delete),
    ):
        errors_ = (409,) if method == "PATCH" else ()
        routes.serve(method, path, errors=errors_)(_bound(handler, kind))


def _bound(handler: Any, kind: str) -> Any:
    def handle(call: Call) -> object:
        return handler(call, kind)

    handle.__doc__ = handler.__doc__ or "One note."
    return handle


_serve("contact")
_serve("organization")


@routes.get(f"{PATH}/scan/notes")
@routes.get(f"{PATH}/scan/notes/divisionviews/all")
def scan_notes(call: Call) -> object:
    """All notes, page by page with cursors."""
    return searching.scan(call, SHOWN)
