"""External organisations, their contacts, identifiers and trustor; relationships of users to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringback.platform import errors, paging
from ringback.platform.call import Call
from ringback.platform.clock import new_id
from ringback.platform.collection import division_of
from ringback.platform.resources import contact_search as searching
from ringback.platform.resources import external_contacts as contacts
from ringback.platform.resources.contact_model import (
    CONTACT,
    EXTERNAL_ORG,
    OF_ORG,
    PATH,
    SERVER,
    SERVICE,
    TRUSTOR,
    claims_of,
    clean,
    identifiers_of,
    keys_of,
)
from ringback.platform.resources.contact_patch import patched
from ringback.platform.resources.contact_schemas import check_custom_fields
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body

routes = Routes()
MODEL = "ExternalOrganization"
RELATIONSHIP = "external_relationship"
ORGANIZATIONS, RELATIONSHIPS = f"{PATH}/organizations", f"{PATH}/relationships"
_ONE = f"{ORGANIZATIONS}/{{externalOrganizationId}}"
SHOWN = searching.Shown(EXTERNAL_ORG)
_MOST_MEMBERS = 1_000_000  # contacts that lose their organisation when it is deleted
RELATIONSHIPS_SHOWN = searching.Shown(RELATIONSHIP)


# ---- organisations


def add(call: Call, sent: Mapping[str, Any], **more: Any) -> Body:
    """A new organisation; gives its stored body."""
    body = {**_clean(call, sent), **more}
    check_custom_fields(call.store, body, applies_to="EXTERNAL_ORGANIZATION")
    identity, now = new_id(), call.now_iso()
    body |= {
        "id": identity,
        "division": division_of(call, sent.get("division")),
        "createDate": now,
        "modifyDate": now,
        "selfUri": f"{ORGANIZATIONS}/{identity}",
    }
    call.tx.add(EXTERNAL_ORG, body, keys=keys_of(body), claims=claims_of(body))
    call.audit("Create", body, entity_type=MODEL, service=SERVICE)
    return body


def _clean(call: Call, sent: Mapping[str, Any]) -> Body:
    body = clean(call, sent, model=MODEL)
    if not body.get("name"):
        raise errors.bad_request("The name of an external organization is required.", field="name")
    return body


def save(call: Call, before: Body, *, after: Body) -> Body:
    """Store a changed organisation with what it is found by."""
    after = {**after, "modifyDate": call.now_iso()}
    check_custom_fields(call.store, after, applies_to="EXTERNAL_ORGANIZATION")
    call.tx.put(EXTERNAL_ORG, after, keys=keys_of(after), claims=claims_of(after))
    call.audit("Update", after, entity_type=MODEL, service=SERVICE, before=before)
    call.tx.publish(f"v2.externalcontacts.organization.{after['id']}", after)
    return after


def replace(call: Call, before: Body, *, sent: Mapping[str, Any]) -> Body:
    """PUT: what the request leaves out is cleared."""
    kept = {name: value for name, value in before.items() if name in SERVER}
    return save(call, before, after={**_clean(call, sent), **kept})


def remove(call: Call, body: Body) -> None:
    """Delete an organisation with its notes and relationships; its contacts stay, without it."""
    for relationship in call.store.many(
        RELATIONSHIP, call.store.ids_by_key(RELATIONSHIP, (OF_ORG, body["id"]))
    ):
        remove_relationship(call, relationship)
    for before in call.store.many(
        CONTACT, call.store.ids_by_key(CONTACT, (OF_ORG, body["id"]), limit=_MOST_MEMBERS)
    ):
        after = {name: value for name, value in before.items() if name != "externalOrganization"}
        contacts.save(call, before, after=after)
    call.tx.remove(EXTERNAL_ORG, body["id"])
    call.tx.remove_all("external_note", parent=body["id"])
    call.audit("Delete", body, entity_type=MODEL, service=SERVICE)


def _organization(call: Call) -> Body:
    return call.store.need(EXTERNAL_ORG, call.path["externalOrganizationId"])


@routes.get(ORGANIZATIONS)
def list_organizations(call: Call) -> object:
    """Organisations that a text means; without one, the first of all."""
    text, trustors = call.query.get("q"), call.listed("trustorId")
    found = searching.search(call.store, EXTERNAL_ORG, text=text) if text else None
    if trustors:
        ids = [
            each
            for trustor in trustors
            for each in searching.ids_in_range(
                call.store, EXTERNAL_ORG, low=trustor, high=trustor, key_type=TRUSTOR
            )
        ]
        found = searching.Found([each for each in ids if found is None or each in found.ids])
    return searching.listing(
        call,
        found or searching.everything(call.store, EXTERNAL_ORG),
        of=SHOWN,
        divisions=call.listed("divisionIds"),
        order=str(call.query.get("sortOrder") or ""),
    )


@routes.post(ORGANIZATIONS, errors=(409,))
def create_organization(call: Call) -> object:
    """A new organisation."""
    return add(call, call.object())


@routes.get(_ONE)
def read_organization(call: Call) -> object:
    """One organisation."""
    return _organization(call)


@routes.put(_ONE, errors=(409,))
def replace_organization(call: Call) -> object:
    """Replace an organisation."""
    return replace(call, _organization(call), sent=call.object())


@routes.patch(_ONE, errors=(409,))
def patch_organization(call: Call) -> object:
    """Change single fields of an organisation."""
    before = _organization(call)
    edited = patched(before, call.object().get("changes") or [], model=MODEL, fixed=SERVER)
    touched = {name: value for name, value in edited.items() if value != before.get(name)}
    kept = {name: value for name, value in before.items() if name in edited and name not in touched}
    after = {**kept, **clean(call, touched, model=MODEL)}
    if not after.get("name"):
        raise errors.bad_request("The name of an external organization is required.", field="name")
    return save(call, before, after=after)


@routes.delete(_ONE)
def delete_organization(call: Call) -> object:
    """Delete an organisation."""
    remove(call, _organization(call))
    return {}


@routes.get(f"{_ONE}/contacts")
def list_contacts(call: Call) -> object:
    """The contacts of an organisation."""
    identity = _organization(call)["id"]
    found = searching.Found(
        searching.ids_in_range(call.store, CONTACT, low=identity, high=identity, key_type=OF_ORG)
    )
    if text := call.query.get("q"):
        meant = set(searching.search(call.store, CONTACT, text=text).ids)
        found = searching.Found([each for each in found.ids if each in meant])
    order = str(call.query.get("sortOrder") or "")
    return searching.listing(call, found, of=contacts.SHOWN, order=order)


@routes.get(f"{_ONE}/identifiers")
def list_identifiers(call: Call) -> object:
    """What an organisation has claimed."""
    return {"entities": identifiers_of(_organization(call))}


@routes.patch(f"{_ONE}/identifiers", errors=(409,))
def claim_identifier(call: Call) -> object:
    """Claim an identifier for an organisation, or release it."""
    before = _organization(call)
    after, each = contacts.claimed(call, before, sent=call.object())
    save(call, before, after=after)
    return each


@routes.post(f"{PATH}/identifierlookup/organizations", mode="read", errors=(404,))
def look_up(call: Call) -> object:
    """The organisation that has claimed an identifier."""
    sent = call.object()
    found = contacts.holder_of(call, sent, kind=EXTERNAL_ORG)
    if found is None:
        raise errors.not_found("identifier", str(sent["value"]))
    return found


@routes.put(f"{_ONE}/trustor/{{trustorId}}")
def link_trustor(call: Call) -> object:
    """Say which Genesys organisation an external one is."""
    before, trustor = _organization(call), call.path["trustorId"]
    link = {"id": trustor, "enabled": True, "dateCreated": call.now_iso()}
    save(call, before, after={**before, "trustor": link})
    return {
        "division": before["division"],
        "externalOrganizationId": before["id"],
        "trustorOrgId": trustor,
        "dateCreated": link["dateCreated"],
        "externalOrganizationUri": before["selfUri"],
    }


@routes.delete(f"{_ONE}/trustor", status=204)
def unlink_trustor(call: Call) -> object:
    """Take that back."""
    before = _organization(call)
    save(call, before, after={name: value for name, value in before.items() if name != "trustor"})
    return None


@routes.get(f"{PATH}/scan/organizations")
@routes.get(f"{PATH}/scan/organizations/divisionviews/all")
def scan_organizations(call: Call) -> object:
    """All organisations, page by page with cursors."""
    return searching.scan(call, SHOWN)


# ---- relationships


def _related(call: Call, sent: Mapping[str, Any]) -> Body:
    text, user = str(sent["relationship"]).strip(), str((sent["user"] or {}).get("id") or "")
    if not 1 <= len(text) <= 100:
        raise errors.bad_request("A relationship has 1 to 100 characters.", field="relationship")
    if not user:
        raise errors.bad_request("A relationship names its user.", field="user.id")
    identity = str((sent["externalOrganization"] or {}).get("id") or "")
    organization = call.store.get(EXTERNAL_ORG, identity)
    if organization is None:
        raise errors.bad_request(
            f"There is no external organization {identity}.", field="externalOrganization.id"
        )
    return {
        "user": {"id": user, "selfUri": f"/api/v2/users/{user}"},
        "externalOrganization": {name: organization[name] for name in ("id", "name", "selfUri")},
        "relationship": text,
        "division": organization["division"],
    }


def add_relationship(call: Call, sent: Mapping[str, Any]) -> Body:
    """A new relationship."""
    identity = new_id()
    body = {"id": identity, **_related(call, sent), "selfUri": f"{RELATIONSHIPS}/{identity}"}
    call.tx.add(RELATIONSHIP, body, keys=[(OF_ORG, body["externalOrganization"]["id"])])
    call.audit("Create", body, entity_type="Relationship", service=SERVICE)
    return body


def save_relationship(call: Call, before: Body, *, sent: Mapping[str, Any]) -> Body:
    """Store a changed relationship."""
    after = {**before, **_related(call, sent)}
    call.tx.put(RELATIONSHIP, after, keys=[(OF_ORG, after["externalOrganization"]["id"])])
    call.audit("Update", after, entity_type="Relationship", service=SERVICE, before=before)
    return after


def remove_relationship(call: Call, body: Body) -> None:
    """Delete a relationship."""
    call.tx.remove(RELATIONSHIP, body["id"])
    call.audit("Delete", body, entity_type="Relationship", service=SERVICE)


def _relationship(call: Call) -> Body:
    return call.store.need(RELATIONSHIP, call.path["relationshipId"])


@routes.get(f"{_ONE}/relationships")
def list_relationships(call: Call) -> object:
    """The relationships of users to an organisation."""
    ids = call.store.ids_by_key(RELATIONSHIP, (OF_ORG, _organization(call)["id"]))
    return paging.page_of(call, call.store.many(RELATIONSHIP, ids))


@routes.post(RELATIONSHIPS)
def create_relationship(call: Call) -> object:
    """A new relationship."""
    return add_relationship(call, call.object())


@routes.get(f"{RELATIONSHIPS}/{{relationshipId}}")
def read_relationship(call: Call) -> object:
    """One relationship."""
    return _relationship(call)


@routes.put(f"{RELATIONSHIPS}/{{relationshipId}}")
def replace_relationship(call: Call) -> object:
    """Replace a relationship."""
    return save_relationship(call, _relationship(call), sent=call.object())


@routes.patch(f"{RELATIONSHIPS}/{{relationshipId}}", errors=(409,))
def patch_relationship(call: Call) -> object:
    """Change single fields of a relationship."""
    before = _relationship(call)
    fixed = ("id", "selfUri", "division", "externalDataSources")
    edited = patched(before, call.object().get("changes") or [], model="Relationship", fixed=fixed)
    return save_relationship(call, before, sent=edited)


@routes.delete(f"{RELATIONSHIPS}/{{relationshipId}}")
def delete_relationship(call: Call) -> object:
    """Delete a relationship."""
    remove_relationship(call, _relationship(call))
    return {}


@routes.get(f"{PATH}/scan/relationships")
@routes.get(f"{PATH}/scan/relationships/divisionviews/all")
def scan_relationships(call: Call) -> object:
    """All relationships, page by page with cursors."""
    return searching.scan(call, RELATIONSHIPS_SHOWN)
