"""Merging contacts, and enriching: find by identifiers, then insert, update, upsert or merge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ringback.contacts.native import EMAILS, PHONES
from ringback.contacts.payload import FIELDS as PLAIN_FIELDS
from ringback.platform import errors
from ringback.platform.call import Call, Reply
from ringback.platform.resources import contact_plain as plain
from ringback.platform.resources import external_contacts as contacts
from ringback.platform.resources import external_organizations as organizations
from ringback.platform.resources.contact_model import (
    EXTERNAL_ORG,
    PATH,
    SERVER,
    claim_of,
    clean,
    identifier,
    identifiers_of,
)
from ringback.platform.resources.contact_notes import move_notes
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body

routes = Routes()
MOST_MERGED, MOST_IN_SET = 25, 52
_LISTS = ("externalIds", "appleOpaqueIds", "identifiers")
_MOST_IN_LIST = 10


# ---- merge


def merge(call: Call, ids: Sequence[str], *, override: Mapping[str, Any] | None = None) -> Body:
    """Make one new, canonical contact of several; gives its stored body.

    The most recently changed contact wins a field; numbers and addresses that lose it move to free fields
    of their sort. What was merged stays readable as `unresolved`, and is no longer found.

    Raises:
        ApiError: 400 for too few or too many contacts; 404; 409 when the contacts are of several divisions.
    """
    sources = _sources(call, ids)
    members = _members(sources)
    fields = combined(sources)
    if override:
        fields |= clean(call, override, model=contacts.MODEL)
    gone = []
    for source in sources:
        # Its claims and search keys go to the new contact.
        call.tx.put("external_contact", source, state="merged", keys=(), claims=())
        gone.append(source)
    made = contacts.insert(call, fields, division=sources[0]["division"])
    references = [_reference(each) for each in [*members, made["id"]]]
    after = {
        **made,
        "canonicalContact": _reference(made["id"]),
        "mergeSet": references,
        "mergedFrom": [_reference(source["id"]) for source in gone],
    }
    call.tx.put("external_contact", after)
    for member in members:
        _lead(
            call,
            member,
            canonical=made["id"],
            references=references,
            direct={source["id"] for source in gone},
        )
    call.audit("Merge", after, entity_type=contacts.MODEL, service="ExternalContacts", before=made)
    return after


def _sources(call: Call, ids: Sequence[str]) -> list[Body]:
    found = [contacts.resolved(call.store, each) for each in dict.fromkeys(ids)]
    sources = list({body["id"]: body for body in found}.values())
    if not 2 <= len(sources) <= MOST_MERGED:
        raise errors.bad_request(f"2 to {MOST_MERGED} different contacts are merged.", field="contactIds")
    if len({body["division"]["id"] for body in sources}) > 1:
        raise errors.conflict("Contacts of several divisions cannot be merged.")
    return sources


def _members(sources: Sequence[Body]) -> list[str]:
    """The ids of everything that was ever merged into the sources, and of the sources."""
    ids = [each["id"] for body in sources for each in body.get("mergeSet") or [{"id": body["id"]}]]
    members = list(dict.fromkeys(ids))
    if len(members) + 1 > MOST_IN_SET:
        raise errors.bad_request(f"A merge set has at most {MOST_IN_SET} contacts.", field="contactIds")
    return members


def _reference(contact_id: str) -> Body:
    return {"id": contact_id, "selfUri": f"{contacts.CONTACTS}/{contact_id}"}


def _lead(call: Call, member: str, *, canonical: str, references: list[Body], direct: set[str]) -> None:
    """Let a merged contact point to the canonical one."""
    body = call.store.need("external_contact", member)
    if member in direct:
        body["mergedTo"] = _reference(canonical)
        move_notes(call, member, target=canonical)
    body |= {"canonicalContact": _reference(canonical), "mergeSet": references}
    call.tx.put("external_contact", body, state="merged", keys=(), claims=())


def combined(sources: Sequence[Body]) -> Body:
    """The fields of several contacts as one: the newest change first, losers into free fields."""
    newest = sorted(sources, key=lambda body: body["modifyDate"], reverse=True)
    made: Body = {}
    for body in newest:
        for name, value in body.items():
            if name not in SERVER and name not in PLAIN_FIELDS and name not in made:
                made[name] = value
    for name in _LISTS:
        every = [each for body in newest for each in body.get(name) or ()]
        if kept := [each for at, each in enumerate(every) if each not in every[:at]]:
            made[name] = kept if name == "identifiers" else kept[:_MOST_IN_LIST]
    for fields, key in ((PHONES, _phone_key), (EMAILS, _email_key)):
        _spread(made, newest, fields=fields, key=key)
    return made | _plain_part(newest)


def _plain_part(newest: Sequence[Body]) -> Body:
    first = next((body for body in newest if plain.is_plain(body)), None)
    return {name: first[name] for name in PLAIN_FIELDS if name in first} if first else {}


def _phone_key(value: Any) -> str:
    return str(value.get("e164") or value.get("display"))


def _email_key(value: Any) -> str:
    return str(value).casefold()


def _spread(
    made: Body, newest: Sequence[Body], *, fields: tuple[str, ...], key: Callable[[Any], str]
) -> None:
    """Put values that lost their own field into free fields of the same sort, as long as there are any."""
    known = {key(made[name]) for name in fields if name in made}
    for body in newest:
        for name in fields:
            free = next((each for each in fields if each not in made), None)
            if name in body and key(body[name]) not in known and free:
                made[free] = body[name]
                known.add(key(body[name]))


@routes.post(f"{PATH}/contacts/merge", errors=(404, 409))
def merge_contacts(call: Call) -> object:
    """Merge 2 to 25 contacts into a new one."""
    sent = call.object()
    return contacts.view(call, merge(call, sent["contactIds"], override=sent.get("valueOverride")))


@routes.post(f"{PATH}/merge/contacts", errors=(404, 409))
def merge_two(call: Call) -> object:
    """The older form: merge a contact into another; the result is a new one all the same."""
    sent = call.object()
    source, target = (
        contacts.resolved(call.store, sent[name])["id"] for name in ("sourceContactId", "targetContactId")
    )
    made = merge(call, [source, target])
    after = {
        **made,
        "mergeOperation": {
            "sourceContact": _reference(source),
            "targetContact": _reference(target),
            "resultingContact": _reference(made["id"]),
        },
    }
    call.tx.put("external_contact", after)
    return contacts.view(call, after)


# ---- enrich


class _DryRun(Exception):  # noqa: N818  no error: it undoes what was tried
    """Carries the answer out of a part of a transaction that is to leave nothing behind."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


Enrich = Callable[[Call, Mapping[str, Any]], Reply]


def enrich(call: Call, sent: Mapping[str, Any], *, using: Enrich) -> Reply:
    """Enrich, or only say what would come of it (`dryRun`)."""
    try:
        with call.tx.savepoint():
            reply = using(call, sent)
            if call.flag("dryRun"):
                raise _DryRun(reply)
            return reply
    except _DryRun as done:
        return done.reply


def enrich_contact(call: Call, sent: Mapping[str, Any]) -> Reply:
    """A ContactEnrichRequest: 201 with a new contact, 200 with a changed or merged one."""
    wanted, given = _wanted(call, sent), sent.get("contact") or {}
    found = _holders(sent, lambda each: contacts.holder_of(call, each))
    before = _target(sent["action"], found)
    if before is None:
        body = contacts.add(call, {**given, "division": sent.get("division")}, identifiers=wanted)
        return Reply(contacts.view(call, body), 201)
    if sent["action"] == "Merge" and len(found) > 1:
        before = merge(call, [body["id"] for body in found])
    after = _enriched(call, before, sent=sent, given=given, model=contacts.MODEL)
    after["identifiers"] = _with_claims(after, wanted)
    if (sent.get("options") or {}).get("promote"):
        after["type"] = "Curated"
    return Reply(contacts.view(call, contacts.change(call, before, after=after)), 200)


def enrich_organization(call: Call, sent: Mapping[str, Any]) -> Reply:
    """An ExternalOrganizationEnrichRequest."""
    wanted, given = _wanted(call, sent), sent.get("externalOrganization") or {}
    found = _holders(sent, lambda each: contacts.holder_of(call, each, kind=EXTERNAL_ORG))
    before = _target(sent["action"], found)
    if before is None:
        body = organizations.add(call, {**given, "division": sent.get("division")}, identifiers=wanted)
        return Reply(body, 201)
    after = _enriched(call, before, sent=sent, given=given, model=organizations.MODEL)
    after["identifiers"] = _with_claims(after, wanted)
    return Reply(organizations.save(call, before, after=after), 200)


def _wanted(call: Call, sent: Mapping[str, Any]) -> list[Body]:
    members = sent.get("matchingIdentifiers") or []
    if not sent.get("action"):
        raise errors.bad_request("The action is required.", field="action")
    if not 1 <= len(members) <= 25:
        raise errors.bad_request("1 to 25 matching identifiers are needed.", field="matchingIdentifiers")
    return [{**identifier(call, each), "dateCreated": call.now_iso()} for each in members]


def _holders(sent: Mapping[str, Any], find: Callable[[Mapping[str, Any]], Body | None]) -> list[Body]:
    division = sent.get("division")
    found = [find({"division": division, **each}) for each in sent["matchingIdentifiers"]]
    return list({body["id"]: body for body in found if body is not None}.values())


def _target(action: str, found: Sequence[Body]) -> Body | None:
    """The entity to change, None for a new one; ApiError when the action does not allow it."""
    if action == "Insert" and found:
        raise errors.conflict(
            f"An identifier is already claimed by {found[0]['id']}.", code="identifier.claimed"
        ).with_extra(entityId=found[0]["id"])
    if action == "Update" and not found:
        raise errors.not_found("identifier", "matchingIdentifiers")
    return found[0] if found else None


def _with_claims(body: Body, wanted: Sequence[Body]) -> list[Body]:
    known = {claim_of(each, body) for each in identifiers_of(body)}
    more = [each for each in wanted if claim_of(each, body) not in known]
    return [*(body.get("identifiers") or ()), *more]


def _enriched(
    call: Call, before: Body, *, sent: Mapping[str, Any], given: Mapping[str, Any], model: str
) -> Body:
    """The entity with the request's data, combined as its field rules say."""
    rules = sent.get("fieldRules") or {}
    single = {
        str(rule.get("field") or "").removeprefix("$.").partition(".")[0]: rule
        for rule in rules.get("rules") or ()
    }
    made, after = clean(call, given, model=model), dict(before)
    names = [*made, *(name for name in single if name not in made)]
    for name in (each for each in names if each not in SERVER):
        rule = single.get(name, {})
        action = rule.get("action") or rules.get("defaultAction") or "PreferProvided"
        arrays = rule.get("arrayAction") or rules.get("defaultArrayAction") or "Fill"
        value = _chosen(before.get(name), made.get(name), action=action, arrays=arrays)
        if value is None:
            after.pop(name, None)
        else:
            after[name] = value
    return after


def _chosen(old: Any, new: Any, *, action: str, arrays: str) -> Any:
    if isinstance(old, list) and isinstance(new, list) and arrays != "Replace":
        both = [*old, *(each for each in new if each not in old)]
        if arrays == "Extend" and len(both) > _MOST_IN_LIST:
            raise errors.bad_request(f"A list would have more than {_MOST_IN_LIST} items.")
        return both[:_MOST_IN_LIST]
    if action == "AlwaysUseProvided":
        return new
    return (
        (old if old is not None else new) if action == "PreferExisting" else (new if new is not None else old)
    )


@routes.post(f"{PATH}/contacts/enrich", errors=(201, 404, 409))
def enrich_one(call: Call) -> object:
    """Find a contact by identifiers and change it, or make it."""
    return enrich(call, call.object(), using=enrich_contact)


@routes.post(f"{PATH}/organizations/enrich", errors=(201, 404, 409))
def enrich_one_organization(call: Call) -> object:
    """Find an organisation by identifiers and change it, or make it."""
    return enrich(call, call.object(), using=enrich_organization)
