"""Credentials of integrations.

What a credential holds goes into an entity of its own (`upstream.SECRET`) that no route reads, so that it is
in no answer, no audit entry and no event.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from ringback.platform import errors, paging
from ringback.platform.call import Call
from ringback.platform.clock import new_id
from ringback.platform.resources.integrations_types import CREDENTIAL_TYPES
from ringback.platform.routing import Routes
from ringback.platform.store import tables
from ringback.platform.store.reader import Body, Query, Reader
from ringback.platform.upstream import CREDENTIAL, INTEGRATION, SECRET

routes = Routes()
PATH = "/api/v2/integrations/credentials"


def reference(store: Reader, credential_id: str) -> Body | None:
    """A credential as the configuration of an integration shows it; None when there is none."""
    body = store.get(CREDENTIAL, credential_id)
    return {name: body[name] for name in ("id", "name", "type", "selfUri")} if body else None


def used_by(store: Reader, credential_id: str) -> list[str]:
    """The ids of the integrations that use a credential."""
    return store.ids_by_key(INTEGRATION, ("credential", credential_id))


def create(call: Call, sent: Mapping[str, Any]) -> Body:
    """A new credential from a request's body; gives what is stored of it beside its fields."""
    kind = _kind(sent)
    fields = _fields(kind, sent.get("credentialFields") or {})
    identity, now = new_id(), call.now_iso()
    body: Body = {
        "id": identity,
        "name": str(sent.get("name") or kind),
        "type": {"name": kind},
        "createdDate": now,
        "modifiedDate": now,
        "selfUri": f"{PATH}/{identity}",
    }
    call.tx.add(CREDENTIAL, body)
    call.tx.add(SECRET, {"id": identity, "fields": fields})
    _record(call, "Create", body=body)
    return body


def _record(call: Call, action: str, *, body: Body, before: Body | None = None) -> None:
    call.audit(action, body, entity_type="Credential", service="Integrations", before=before)


def _kind(sent: Mapping[str, Any]) -> str:
    kind = str((sent.get("type") or {}).get("name") or (sent.get("type") or {}).get("id") or "")
    if kind not in CREDENTIAL_TYPES:
        known = ", ".join(CREDENTIAL_TYPES)
        message = f"There is no credential type {kind[:100]!r}; known are: {known}."
        raise errors.bad_request(message, field="type.name")
    return kind


def _fields(kind: str, sent: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a credential; ApiError 400 names one that is missing or unknown, never a value."""
    wanted = CREDENTIAL_TYPES[kind].fields
    for name in wanted or ():
        if not sent.get(name):
            message = f"Credentials of the type {kind} need the field {name}."
            raise errors.bad_request(message, field=f"credentialFields.{name}", code="constraint.validation")
    for name in sent:
        if wanted is not None and name not in wanted:
            message = (
                f"Credentials of the type {kind} have no field {name[:100]}; they have: {', '.join(wanted)}."
            )
            raise errors.bad_request(message, field=f"credentialFields.{name}", code="invalid.property")
    return {name: str(value) for name, value in sent.items()}


@routes.get(PATH)
def list_credentials(call: Call) -> object:
    """A page of credentials, by name."""
    return paging.page(call, Query(CREDENTIAL))


@routes.post(PATH)
def create_credential(call: Call) -> object:
    """A new credential; its fields are never shown again."""
    return create(call, call.object())


@routes.get(PATH + "/listing")
def scroll(call: Call) -> object:
    """Credentials by id, from the one after `after` or up to the one before `before`."""
    size, key = call.query.get("pageSize") or paging.DEFAULT_SIZE, tables.entities.c.id
    after, before = str(call.query.get("after") or ""), str(call.query.get("before") or "")
    where = [key > after] if after else []
    where += [key < before] if before else []
    query = Query(CREDENTIAL, where=tuple(where), order=(), descending=bool(before and not after))
    found = call.store.find(query, limit=size + 1)
    page = found[:size]
    if query.descending:
        page = page[::-1]
    answer: Body = {"entities": page, "selfUri": call.route.path}
    if page and (len(found) > size or query.descending):
        answer["nextUri"] = f"{PATH}/listing?{urlencode({'after': page[-1]['id'], 'pageSize': size})}"
    if page and (after or (query.descending and len(found) > size)):
        answer["previousUri"] = f"{PATH}/listing?{urlencode({'before': page[0]['id'], 'pageSize': size})}"
    return answer


@routes.get(PATH + "/{credentialId}")
def read_credential(call: Call) -> object:
    """One credential, without its fields."""
    return call.store.need(CREDENTIAL, call.path["credentialId"])


@routes.put(PATH + "/{credentialId}")
def replace_credential(call: Call) -> object:
    """Rename a credential or set its fields anew; its type stays, and so do fields that are not sent."""
    before = call.store.need(CREDENTIAL, call.path["credentialId"])
    sent = call.object()
    kind = _kind(sent)
    if kind != before["type"]["name"]:
        message = f"The type of a credential cannot be changed; it is {before['type']['name']}."
        raise errors.bad_request(message, field="type.name")
    after = {**before, "name": str(sent.get("name") or before["name"]), "modifiedDate": call.now_iso()}
    if sent.get("credentialFields") is not None:
        fields = _fields(kind, sent["credentialFields"])
        call.tx.put(SECRET, {"id": before["id"], "fields": fields})
    call.tx.put(CREDENTIAL, after)
    _record(call, "Update", body=after, before=before)
    return after


@routes.delete(PATH + "/{credentialId}", status=204)
def delete_credential(call: Call) -> object:
    """Delete a credential that no integration uses."""
    body = call.store.need(CREDENTIAL, call.path["credentialId"])
    if users := used_by(call.store, body["id"]):
        message = (
            f"The credential is used by the integration {users[0]}; take it out of its configuration first."
        )
        raise errors.conflict(message).with_extra(entityId=users[0])
    call.tx.remove(CREDENTIAL, body["id"])
    call.tx.remove(SECRET, body["id"])
    _record(call, "Delete", body=body)
    return None
