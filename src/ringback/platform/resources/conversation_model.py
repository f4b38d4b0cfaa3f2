"""Conversations: how they are stored, how each medium shows them, and what ends them.

One body holds the whole conversation, each participant with the communications of its media; the media's own
views (`CallConversation` and its siblings) are made of it. Nobody answers: a conversation begins with its
customer connected, waiting in the queue if it names one (policy `new_conversation`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ringback.platform import errors
from ringback.platform.call import Call
from ringback.platform.clock import in_utc, new_id
from ringback.platform.collection import division_of
from ringback.platform.store.reader import Body, Key, Query, Reader

CONVERSATION = "conversation"
PATH = "/api/v2/conversations"
SERVICE = "Conversations"
OF_CONTACT = "external_contact"
# medium as paths name it -> (communication type, provider)
MEDIA: Mapping[str, tuple[str, str]] = {
    "calls": ("call", "Edge"),
    "callbacks": ("callback", "PureCloud Callback"),
    "messages": ("message", "PureCloud Messaging"),
    "emails": ("email", "PureCloud Email"),
}
ENDED = frozenset({"disconnected", "terminated"})
_SWITCHES = ("held", "muted", "confined", "recording", "wrapupSkipped")
# Fields of a communication that belong to it alone; the rest shows in the medium's view.
_OWN = frozenset({"id", "initialState", "segments", "self", "other"})
# States of communications that the participants of the media's views do not have.
_SHOWN_STATES = {"scheduled": "none"}
_LISTS = ("calls", "callbacks", "chats", "cobrowsesessions", "emails", "messages", "screenshares", "videos")


@dataclass(frozen=True, slots=True)
class Party:
    """Who takes part.

    Attributes:
        purpose: customer, acd, agent, …
        name: for people.
        address: number or e-mail address.
        queue_id: the queue that it waits in.
        user_id: the user that it is.
        contact_id: the external contact that it is.
        attributes: participant data.
        media: fields of its communication.
    """

    purpose: str
    name: str = ""
    address: str = ""
    queue_id: str = ""
    user_id: str = ""
    contact_id: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    media: Mapping[str, Any] = field(default_factory=dict)


def begin(call: Call, medium: str, *, parties: Iterable[Party], direction: str, **more: Any) -> Body:
    """Store a new conversation with its audit entry and events; gives its body.

    Args:
        call: the call, in a transaction.
        medium: a key of `MEDIA`.
        parties: the customer first.
        direction: inbound or outbound, seen from the customer.
        more: further fields of the conversation.
    """
    identity = new_id()
    participants = [_participant(call, each, medium=medium, direction=direction) for each in parties]
    division = division_of(call, None)
    body: Body = {
        "id": identity,
        "startTime": call.now_iso(),
        "address": participants[0].get("address", ""),
        "participants": participants,
        "recordingState": "NONE",
        "state": "connected",
        "divisions": [{"division": division, "entities": []}],
        "securePause": False,
        **more,
        "selfUri": f"{PATH}/{identity}",
    }
    call.tx.add(CONVERSATION, body, state=MEDIA[medium][0], keys=_keys_of(body))
    call.audit("Create", body, entity_type="Conversation", service=SERVICE)
    publish(call, body)
    return body


def _participant(call: Call, party: Party, *, medium: str, direction: str) -> Body:
    kind, provider = MEDIA[medium]
    state = party.media.get("state", "connected")
    named = {
        "name": party.name,
        "address": party.address,
        "queueId": party.queue_id,
        "queueName": _queue_name(call.store, party.queue_id),
        "userId": party.user_id,
        "externalContactId": party.contact_id,
    }
    communication = {
        "id": new_id(),
        "state": state,
        "initialState": state,
        "direction": direction,
        "held": False,
        "provider": provider,
        "segments": [],
        **({} if state == "scheduled" else {"connectedTime": call.now_iso()}),
        **party.media,
    }
    return {
        "id": new_id(),
        "purpose": party.purpose,
        "participantType": "External" if party.purpose == "customer" else "Internal",
        "startTime": call.now_iso(),
        "connectedTime": call.now_iso(),
        "wrapupRequired": False,
        "mediaRoles": ["full"],
        "attributes": {name: str(value) for name, value in party.attributes.items()},
        **{name: value for name, value in named.items() if value},
        **{name: [] for name in _LISTS},
        f"{kind}s": [communication],
    }


def _queue_name(store: Reader, identity: str) -> str:
    """The name of the queue that a participant waits in; ApiError 400 when there is none."""
    if not identity:
        return ""
    queue = store.get("queue", identity)
    if queue is None:
        raise errors.bad_request(f"There is no queue {identity}.", field="queueId")
    return str(queue["name"])


def read(store: Reader, conversation_id: str, *, medium: str = "") -> Body:
    """A conversation, of one medium if named; ApiError 404."""
    body = store.need(CONVERSATION, conversation_id)
    if medium and not any(each.get(medium) for each in body["participants"]):
        raise errors.not_found(CONVERSATION, conversation_id)
    return body


def active(store: Reader, medium: str = "") -> list[Body]:
    """The conversations that go on, of one medium (call, callback, …) if named."""
    kinds = [medium] if medium else [kind for kind, _ in MEDIA.values()]
    return store.find(Query(CONVERSATION, states=kinds, order=("created",)))


def save(call: Call, before: Body, *, after: Body) -> Body:
    """Store a changed conversation; it ends with its last participant."""
    if "endTime" not in after and all("endTime" in each for each in after["participants"]):
        after = {**after, "endTime": call.now_iso(), "state": "disconnected"}
    kind = "ended" if "endTime" in after else _medium_of(after)
    call.tx.put(CONVERSATION, after, state=kind, keys=_keys_of(after))
    call.audit("Update", after, entity_type="Conversation", service=SERVICE, before=before)
    publish(call, after)
    return after


def with_contact(store: Reader, contact_id: str) -> list[Body]:
    """The conversations with a contact, those that are over too; oldest first."""
    found = store.many(CONVERSATION, store.ids_by_key(CONVERSATION, (OF_CONTACT, contact_id)))
    return sorted(found, key=lambda body: (body["startTime"], body["id"]))


def _keys_of(body: Body) -> list[Key]:
    parties = body["participants"]
    return [(OF_CONTACT, identity) for each in parties if (identity := each.get("externalContactId"))]


def _medium_of(body: Body) -> str:
    return next(
        kind for medium, (kind, _) in MEDIA.items() if any(each.get(medium) for each in body["participants"])
    )


def publish(call: Call, body: Body) -> None:
    """Tell the topics of the conversation, its queues and its users."""
    topics = {f"v2.conversations.{body['id']}"}
    for each in body["participants"]:
        topics |= {f"v2.users.{each['userId']}.conversations"} if each.get("userId") else set()
        topics |= {f"v2.routing.queues.{each['queueId']}.conversations"} if each.get("queueId") else set()
    for topic in sorted(topics):
        call.tx.publish(topic, body)


# ---- participants


def participant(body: Body, participant_id: str) -> Body:
    """One participant; ApiError 404."""
    parties: list[Body] = body["participants"]
    found = next((each for each in parties if each["id"] == participant_id), None)
    if found is None:
        raise errors.not_found("participant", participant_id)
    return found


def with_participant(body: Body, changed: Body) -> Body:
    """The conversation with one participant changed; when its customer leaves, it ends for all."""
    participants = [changed if each["id"] == changed["id"] else each for each in body["participants"]]
    if changed["purpose"] == "customer" and "endTime" in changed:
        participants = [left(each, changed["endTime"]) for each in participants]
    return {**body, "participants": participants}


def left(party: Body, moment: str, *, how: str = "client") -> Body:
    """A participant that has left; one that had left before stays as it is."""
    if "endTime" in party:
        return party
    ended = {
        medium: [
            {**each, "state": "disconnected", "disconnectedTime": moment, "disconnectType": how}
            for each in party[medium]
        ]
        for medium in MEDIA
        if party.get(medium)
    }
    return {**party, **ended, "endTime": moment}


def changed_party(call: Call, party: Body, *, sent: Mapping[str, Any]) -> Body:
    """A participant after a MediaParticipantRequest.

    Raises:
        ApiError: 409, it has left, and the request asks for more than its wrap-up.
    """
    after = dict(party)
    if wrapup := sent.get("wrapup"):
        given = {name: value for name, value in wrapup.items() if value is not None}
        given["endTime"] = in_utc(given["endTime"]) if "endTime" in given else call.now_iso()
        after["wrapup"] = given
    state = str(sent.get("state") or "")
    switched = {name: sent[name] for name in _SWITCHES if sent.get(name) is not None}
    if "endTime" in party:
        if switched or (state and state not in ENDED):
            raise errors.conflict("The participant has left the conversation.")
        return after
    if "wrapupSkipped" in switched:
        after["wrapupSkipped"] = switched.pop("wrapupSkipped")
    if state in ENDED:
        return left(after, call.now_iso())
    changes = {**switched, **({"state": state} if state else {})}
    for medium in MEDIA:
        after[medium] = [{**each, **changes} for each in after.get(medium) or ()]
    return after


def wrapup_of(party: Body) -> Body:
    """The AssignedWrapupCode of a participant."""
    names = ("code", "notes", "tags", "durationSeconds", "endTime")
    wrapup = party.get("wrapup") or {}
    return {name: wrapup[name] for name in names if name in wrapup}


def with_attributes(party: Body, sent: Mapping[str, Any]) -> Body:
    """A participant with attributes merged in; null takes one away."""
    merged = {**party["attributes"], **(sent.get("attributes") or {})}
    return {**party, "attributes": {name: str(value) for name, value in merged.items() if value is not None}}


def end(call: Call, before: Body) -> Body:
    """Disconnect everybody; a conversation that is over stays as it is."""
    if "endTime" in before:
        return before
    parties = [left(each, call.now_iso()) for each in before["participants"]]
    return save(call, before, after={**before, "participants": parties})


# ---- views


def media_view(body: Body, medium: str) -> Body:
    """A conversation as one medium shows it, its participants with their communication taken in."""
    shared = ("id", "startTime", "endTime", "divisions", "address")
    view = {name: body[name] for name in shared if name in body}
    parties = [_media_party(each, medium) for each in body["participants"] if each.get(medium)]
    if medium == "calls":
        view |= {"recordingState": "none", "securePause": False}
    return {
        **view,
        "participants": parties,
        "otherMediaUris": _other_media(body, medium),
        "recentTransfers": [],
        "selfUri": f"{PATH}/{medium}/{body['id']}",
    }


def _other_media(body: Body, medium: str) -> list[str]:
    others = [
        each for each in MEDIA if each != medium and any(party.get(each) for party in body["participants"])
    ]
    return [f"{PATH}/{each}/{body['id']}" for each in others]


def _media_party(party: Body, medium: str) -> Body:
    communication = party[medium][-1]
    plain = ("id", "name", "address", "startTime", "connectedTime", "endTime", "purpose", "attributes")
    more = ("wrapupRequired", "mediaRoles", "wrapup", "wrapupSkipped")
    view = {name: value for name, value in communication.items() if name not in _OWN}
    view["state"] = _SHOWN_STATES.get(view["state"], view["state"])
    view |= {name: party[name] for name in (*plain, *more) if name in party}
    for name, kind, path in (
        ("user", "userId", "/api/v2/users"),
        ("queue", "queueId", "/api/v2/routing/queues"),
        ("externalContact", "externalContactId", "/api/v2/externalcontacts/contacts"),
    ):
        if identity := party.get(kind):
            view[name] = {"id": identity, "selfUri": f"{path}/{identity}"}
    return view
