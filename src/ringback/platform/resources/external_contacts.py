"""External contacts: create, read, change, delete, search, identifiers, promotion; native and plain form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringback.contacts.native import EMAILS, PHONES, is_native
from ringback.contacts.payload import FIELDS as PLAIN_FIELDS
from ringback.platform import errors
from ringback.platform.call import Call, Reply
from ringback.platform.clock import new_id
from ringback.platform.collection import division_of
from ringback.platform.errors import ApiError
from ringback.platform.resources import contact_plain as plain
from ringback.platform.resources import contact_search as searching
from ringback.platform.resources.contact_model import (
    CONTACT,
    EXTERNAL_ORG,
    PATH,
    PLAIN_ID,
    SERVER,
    SERVICE,
    claim_of,
    claims_of,
    clean,
    country_of,
    identifier,
    identifiers_of,
    keys_of,
    numbers_in,
)
from ringback.platform.resources.contact_patch import patched
from ringback.platform.resources.contact_schemas import check_custom_fields
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Reader

routes = Routes()
CONTACTS = f"{PATH}/contacts"
MODEL = "ExternalContact"
_MOST_REVERSE = 25
# Keys of a stored contact that is not answered as it stands: a plain one, and one that was merged. Quotes
# inside of texts are escaped, so no value looks like them.
_TO_BE_MADE = ('"externalContactId":', '"mergedTo":')


# ---- what other contact resources use


def stored(store: Reader, contact_id: str) -> Body | None:
    """The contact with an id, or with the external id of the plain form; as it is stored."""
    body = store.get(CONTACT, contact_id)
    if body is None and (holder := store.claimed_by(CONTACT, (PLAIN_ID, contact_id))):
        body = store.get(CONTACT, holder)
    return body


def resolved(store: Reader, contact_id: str) -> Body:
    """The same, led to the canonical contact when it was merged; ApiError 404."""
    body = stored(store, contact_id)
    if body is not None and "mergedTo" in body:
        body = store.get(CONTACT, body["canonicalContact"]["id"])
    if body is None:
        raise errors.not_found(CONTACT, contact_id)
    return body


def view(call: Call, body: Body) -> Body:
    """What callers see of a contact."""
    if plain.is_plain(body):
        body = plain.with_state(call.store, body, now=call.now)
    if call.query.get("expand") and "externalOrganization" in call.query["expand"]:
        reference = body.get("externalOrganization") or {}
        if full := call.store.get(EXTERNAL_ORG, str(reference.get("id") or "")):
            body = {**body, "externalOrganization": full}
    return body


SHOWN = searching.Shown(CONTACT, view)


def add(call: Call, sent: Mapping[str, Any], **more: Any) -> Body:
    """A new contact from a native body; `more` wins over it. Gives the stored body."""
    body = clean(call, sent, model=MODEL)
    check_custom_fields(call.store, body, applies_to="CONTACT")
    return insert(call, {**body, **more}, division=sent.get("division"))


def insert(call: Call, fields: Body, *, division: Mapping[str, Any] | None) -> Body:
    """Store a new contact of fields that are clean already."""
    identity, now = new_id(), call.now_iso()
    body: Body = {
        "id": identity,
        "type": "Curated",
        **fields,
        "division": division_of(call, None if (division or {}).get("id") == "*" else division),
        "createDate": now,
        "modifyDate": now,
        "selfUri": f"{CONTACTS}/{identity}",
    }
    try:
        call.tx.add(CONTACT, body, keys=keys_of(body), claims=claims_of(body))
    except ApiError as error:
        raise _claimed(error) from None
    call.audit("Create", body, entity_type=MODEL, service=SERVICE)
    return body


def save(call: Call, before: Body, *, after: Body, action: str = "Update") -> Body:
    """Store a changed contact with what it is found by."""
    after = {**after, "modifyDate": call.now_iso()}
    state = "merged" if "mergedTo" in after else ""
    try:
        call.tx.put(CONTACT, after, state=state, keys=keys_of(after), claims=claims_of(after))
    except ApiError as error:
        raise _claimed(error) from None
    call.audit(action, after, entity_type=MODEL, service=SERVICE, before=before)
    call.tx.publish(f"v2.externalcontacts.contact.{after['id']}", after)
    return after


def _claimed(error: ApiError) -> ApiError:
    """The store's refusal of a claim, in the words of contacts."""
    holder = error.extra.get("entityId", "")
    return errors.conflict(
        f"An identifier or external id is already claimed by contact {holder}.", code="identifier.claimed"
    ).with_extra(entityId=holder, entityName=CONTACT)


def replace(call: Call, before: Body, *, sent: Mapping[str, Any]) -> Body:
    """PUT: what the request leaves out is cleared."""
    _same_division(before, sent)
    if not is_native(sent):
        return _replace_plain(call, before, sent=sent)
    kept = {name: value for name, value in before.items() if name in SERVER}
    if plain.is_plain(before):
        kept |= {name: before[name] for name in PLAIN_FIELDS if name in before}
    after = {**kept, **clean(call, sent, model=MODEL)}
    if plain.is_plain(before):
        after.setdefault("externalIds", before.get("externalIds") or [])
    return change(call, before, after=after)


def _replace_plain(call: Call, before: Body, *, sent: Mapping[str, Any]) -> Body:
    # Whoever changes what they have read sends the native fields back as well.
    read = {name for name, value in before.items() if name not in PLAIN_FIELDS and sent.get(name) == value}
    contact = plain.read_plain({name: value for name, value in sent.items() if name not in read})
    if before.get("externalContactId", contact.external_contact_id) != contact.external_contact_id:
        raise errors.bad_request("The externalContactId cannot be changed.", field="externalContactId")
    native = {name: value for name, value in before.items() if name not in PLAIN_FIELDS}
    return save(call, before, after=plain.native_of(contact, native))


def change(call: Call, before: Body, *, after: Body) -> Body:
    """Store native fields that were changed, checked against the schema of custom fields."""
    check_custom_fields(call.store, after, applies_to="CONTACT")
    return save(call, before, after=plain.after_native_change(after))


def _same_division(before: Body, sent: Mapping[str, Any]) -> None:
    wanted = (sent.get("division") or {}).get("id") or before["division"]["id"]
    if wanted not in (before["division"]["id"], "*"):
        raise errors.bad_request("The division of a contact cannot be changed.", field="division.id")


def patch(call: Call, before: Body, *, sent: Mapping[str, Any]) -> Body:
    """PATCH with a list of changes; ApiError 400, 409 for a field and its parent."""
    native = {name: value for name, value in before.items() if name not in PLAIN_FIELDS}
    edited = patched(native, sent.get("changes") or [], model=MODEL, fixed=SERVER)
    # What was not touched stays as it is: a number keeps the text that it was typed as.
    touched = {name: value for name, value in edited.items() if value != native.get(name)}
    kept = {name: value for name, value in before.items() if name in edited and name not in touched}
    plain_only = {name: before[name] for name in PLAIN_FIELDS if name in before}
    return change(call, before, after={**kept, **plain_only, **clean(call, touched, model=MODEL)})


def remove(call: Call, body: Body) -> None:
    """Delete a contact with its notes, and what was merged into it (policy `merged_delete`)."""
    members = [each["id"] for each in body.get("mergeSet") or ()] or [body["id"]]
    for member in members:
        call.tx.remove(CONTACT, member)
        call.tx.remove_all("external_note", parent=member)
    call.audit("Delete", body, entity_type=MODEL, service=SERVICE)
    call.tx.publish(f"v2.externalcontacts.contact.{body['id']}", {"id": body["id"], "deleted": True})


# ---- routes


@routes.get(CONTACTS, errors=(400,))
def list_contacts(call: Call) -> object:
    """Contacts that a text means; without one, the first of all."""
    found = (
        searching.search(call.store, CONTACT, text=call.query["q"])
        if call.query.get("q")
        else searching.everything(call.store, CONTACT)
    )
    order = str(call.query.get("sortOrder") or "")
    return searching.listing(call, found, of=SHOWN, divisions=call.listed("divisionIds"), order=order)


@routes.post(CONTACTS, errors=(201, 409))
def create_contact(call: Call) -> object:
    """A new contact: 200 for the native form, 201 for the plain one."""
    sent = call.object()
    if is_native(sent):
        return add(call, sent)
    return Reply(plain.newly(add_plain(call, sent)), 201)


def add_plain(call: Call, sent: Mapping[str, Any]) -> Body:
    """A new contact from a plain body; ApiError 409 when its external id exists. Gives the stored body."""
    contact = plain.read_plain(sent)
    if holder := call.store.claimed_by(CONTACT, (PLAIN_ID, contact.external_contact_id)):
        raise errors.conflict(
            f"A contact with the externalContactId {contact.external_contact_id} exists: {holder}.",
            code="contact.exists",
        ).with_extra(
            id=holder, entityId=holder, entityName=CONTACT, externalContactId=contact.external_contact_id
        )
    return insert(call, plain.native_of(contact), division=sent.get("division"))


@routes.post(f"{CONTACTS}/search", mode="read", errors=(400,))
def search_contacts(call: Call) -> object:
    """A search with its conditions in the body."""
    sent = call.object()
    call.query |= searching.window_of(sent)
    if sent.get("expand"):
        call.query["expand"] = sent["expand"]
    asked = (sent.get("operation") or {}).get("simpleSearch") or {}
    ids = [str(each) for each in asked.get("ids") or ()]
    if len(ids) > 100:
        raise errors.bad_request("At most 100 ids can be searched.", field="operation.simpleSearch.ids")
    if asked.get("query"):
        found = searching.search(call.store, CONTACT, text=asked["query"])
    else:
        found = searching.Found(ids) if ids else searching.everything(call.store, CONTACT)
    return searching.listing(
        call,
        found,
        of=SHOWN,
        divisions=sent.get("divisionIds") or (),
        order=next(iter(asked.get("sortOrder") or ()), ""),
        keep=(lambda body: body["id"] in ids) if ids else None,
    )


@routes.get(f"{CONTACTS}/{{contactId}}")
def read_contact(call: Call) -> object:
    """One contact; a merged one gives the canonical one (policy `merged_contact`)."""
    text = call.store.raw(CONTACT, call.path["contactId"])
    if text and not call.query and not any(mark in text for mark in _TO_BE_MADE):
        return Reply(text.encode())  # as it is stored: the most frequent call need not parse it
    return view(call, resolved(call.store, call.path["contactId"]))


@routes.get(f"{CONTACTS}/{{contactId}}/unresolved")
def read_unresolved(call: Call) -> object:
    """One contact as it was before it was merged."""
    body = stored(call.store, call.path["contactId"])
    if body is None:
        raise errors.not_found(CONTACT, call.path["contactId"])
    return view(call, body)


@routes.put(f"{CONTACTS}/{{contactId}}", errors=(409,))
def replace_contact(call: Call) -> object:
    """Replace a contact."""
    return view(call, replace(call, resolved(call.store, call.path["contactId"]), sent=call.object()))


@routes.patch(f"{CONTACTS}/{{contactId}}", errors=(409,))
def patch_contact(call: Call) -> object:
    """Change single fields of a contact."""
    return view(call, patch(call, resolved(call.store, call.path["contactId"]), sent=call.object()))


@routes.delete(f"{CONTACTS}/{{contactId}}")
def delete_contact(call: Call) -> object:
    """Delete a contact."""
    remove(call, resolved(call.store, call.path["contactId"]))
    return {}


@routes.post(f"{CONTACTS}/{{contactId}}/promotion")
def promote_contact(call: Call) -> object:
    """Ephemeral or identified becomes curated; a curated contact stays as it is."""
    before = resolved(call.store, call.path["contactId"])
    if before["type"] == "Curated":
        return view(call, before)
    return view(call, save(call, before, after={**before, "type": "Curated"}))


# ---- identifiers


@routes.get(f"{CONTACTS}/{{contactId}}/identifiers")
def list_identifiers(call: Call) -> object:
    """What a contact has claimed."""
    return {"entities": identifiers_of(resolved(call.store, call.path["contactId"]))}


@routes.patch(f"{CONTACTS}/{{contactId}}/identifiers", errors=(409,))
def claim_identifier(call: Call) -> object:
    """Claim an identifier for a contact, or release it."""
    sent = call.object()
    before = resolved(call.store, call.path["contactId"])
    changed, each = claimed(call, before, sent=sent)
    save(call, before, after=changed)
    return each


def claimed(call: Call, before: Body, *, sent: Mapping[str, Any]) -> tuple[Body, Body]:
    """(the entity after an IdentifierClaimRequest, the identifier)."""
    each = identifier(call, sent["identifier"])
    key = claim_of(each, before)
    own = list(before.get("identifiers") or ())
    known = next((other for other in identifiers_of(before) if claim_of(other, before) == key), None)
    if sent["operation"] == "Claim":
        made = known or {**each, "dateCreated": call.now_iso()}
        return ({**before, "identifiers": [*own, made]} if known is None else before), made
    if known is None:
        raise errors.not_found("identifier", each["value"])
    kept = {
        name: [other for other in members if claim_of({"type": "ExternalId", **other}, before) != key]
        for name, members in (("identifiers", own), ("externalIds", before.get("externalIds") or []))
        if name in before
    }
    return {**before, **kept}, known


def holder_of(call: Call, sent: Mapping[str, Any], *, kind: str = CONTACT) -> Body | None:
    """The entity that has claimed an identifier, in its division (the home division when it names none)."""
    each = identifier(call, sent)
    division = division_of(call, sent.get("division"))
    holder = call.store.claimed_by(kind, claim_of(each, {"division": division}))
    return call.store.get(kind, holder) if holder else None


@routes.post(f"{PATH}/identifierlookup/contacts", mode="read", errors=(404,))
@routes.post(f"{PATH}/identifierlookup", mode="read", errors=(404,))
def look_up(call: Call) -> object:
    """The contact that has claimed an identifier."""
    sent = call.object()
    found = holder_of(call, sent)
    if found is None:
        raise errors.not_found("identifier", str(sent["value"]))
    return view(call, found)


@routes.get(f"{PATH}/reversewhitepageslookup")
def reverse_look_up(call: Call) -> object:
    """Contacts with an e-mail address, number or Twitter name; at most 25."""
    text = str(call.query["lookupVal"]).replace("\0", " ").strip()
    numbers = numbers_in(text, country_of(call.store))
    wanted = {*numbers, text.removeprefix("@").casefold()}
    ids = [
        each
        for term in sorted(wanted)
        for each in searching.ids_in_range(call.store, CONTACT, low=term, high=term)
    ]
    division = call.query.get("divisionId")
    found = [
        body
        for body in call.store.many(CONTACT, dict.fromkeys(ids))
        if _has_address(body, wanted) and division in (None, "*", body["division"]["id"])
    ]
    return {"contacts": [view(call, body) for body in found[:_MOST_REVERSE]]}


def _has_address(body: Body, wanted: set[str]) -> bool:
    own = {str(body[field]).casefold() for field in EMAILS if body.get(field)}
    own |= {body[field]["e164"] for field in PHONES if (body.get(field) or {}).get("e164")}
    own.add(str((body.get("twitterId") or {}).get("screenName") or "").removeprefix("@").casefold())
    return bool(own & wanted)


@routes.get(f"{PATH}/scan/contacts")
@routes.get(f"{PATH}/scan/contacts/divisionviews/all")
def scan_contacts(call: Call) -> object:
    """All contacts, page by page with cursors."""
    return searching.scan(call, SHOWN)
