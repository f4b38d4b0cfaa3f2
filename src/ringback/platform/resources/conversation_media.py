"""Calls, callbacks, messages and e-mails: create, read, list, end, and their participants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ringback.contacts.numbers import NumberError, parse_number
from ringback.platform import errors, paging
from ringback.platform.call import Call
from ringback.platform.clock import from_iso, in_utc, new_id
from ringback.platform.resources import conversation_model as model
from ringback.platform.resources.contact_model import country_of
from ringback.platform.resources.conversation_model import MEDIA, PATH, Party
from ringback.platform.resources.conversations import change_attributes, change_participant
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body

routes = Routes()


def _reference(body: Body, medium: str = "") -> Body:
    path = f"{PATH}/{medium}" if medium else PATH
    return {"id": body["id"], "selfUri": f"{path}/{body['id']}"}


def _waiting(queue_id: str, **media: Any) -> list[Party]:
    """The queue as a participant."""
    return [Party("acd", name="", queue_id=queue_id, media=media)] if queue_id else []


# ---- what all media have


def _serve(medium: str) -> None:
    base = f"{PATH}/{medium}"
    one = f"{base}/{{conversationId}}"
    party = f"{one}/participants/{{participantId}}"

    def listed(call: Call) -> object:
        found = model.active(call.store, MEDIA[medium][0])
        return paging.page_of(call, [model.media_view(body, medium) for body in found])

    def read(call: Call) -> object:
        return model.media_view(model.read(call.store, call.path["conversationId"], medium=medium), medium)

    def patch(call: Call) -> object:
        return _patch(call, medium)

    def patch_party(call: Call) -> object:
        change_participant(call, medium)
        return None

    def read_wrapup(call: Call) -> object:
        body = model.read(call.store, call.path["conversationId"], medium=medium)
        return model.wrapup_of(model.participant(body, call.path["participantId"]))

    def patch_attributes(call: Call) -> object:
        return change_attributes(call, medium)

    listed.__doc__ = f"The {medium} that go on."
    read.__doc__ = f"One of the {medium}."
    patch.__doc__ = f"Disconnect one of the {medium}."
    patch_party.__doc__ = "Change state, wrap-up or switches of a participant."
    patch_attributes.__doc__ = "Merge attributes into a participant."
    read_wrapup.__doc__ = "The wrap-up of a participant; empty before it has one."
    routes.get(base)(listed)
    routes.get(f"{party}/wrapup")(read_wrapup)
    routes.get(one)(read)
    routes.patch(one)(patch)
    routes.patch(party, status=202, errors=(409,))(patch_party)
    routes.patch(f"{party}/attributes", status=202)(patch_attributes)


def _patch(call: Call, medium: str) -> object:
    sent, before = call.object(), model.read(call.store, call.path["conversationId"], medium=medium)
    state = sent.get("state")
    if state not in (None, "disconnected"):
        raise errors.bad_request("The state can only be set to disconnected.", field="state")
    return model.end(call, before) if state else before


for _medium in MEDIA:
    _serve(_medium)


# ---- calls


@routes.post(f"{PATH}/calls")
def create_call(call: Call) -> object:
    """Call a number, a user or a queue; the client's call is outbound."""
    sent = call.body or {}
    others = [each for each in sent.get("participants") or () if each]
    number = sent.get("phoneNumber") or next(
        (each.get("address") for each in others if each.get("address")), ""
    )
    user = sent.get("callUserId") or next((each.get("userId") for each in others if each.get("userId")), "")
    queue = sent.get("callQueueId") or sent.get("callFromQueueId") or ""
    if not (number or user or queue):
        raise errors.bad_request("A call needs a phoneNumber, callUserId, callQueueId or participants.")
    customer = Party(
        "customer" if number else "agent" if user else "acd",
        address=str(number or ""),
        user_id=str(user or ""),
        queue_id="" if number else str(queue),
        contact_id=str(sent.get("externalContactId") or ""),
        attributes=sent.get("attributes") or {},
        media=_call_fields(sent),
    )
    parties = [customer, *(_waiting(str(queue)) if number else [])]
    return _reference(model.begin(call, "calls", parties=parties, direction="outbound"), "calls")


def _call_fields(sent: Mapping[str, Any]) -> Body:
    fields = {"muted": False, "confined": False, "recording": False, "recordingState": "none"}
    return {**fields, **({"uuiData": sent["uuiData"]} if sent.get("uuiData") else {})}


@routes.post(f"{PATH}/calls/{{conversationId}}", errors=(404,))
def place_call(call: Call) -> object:
    """Place the call of a callback."""
    before = model.read(call.store, call.path["conversationId"])
    customer, *others = before["participants"]
    state = {"id": new_id(), "state": "connected", "initialState": "dialing", "direction": "outbound"}
    made = {**state, **_call_fields({}), "held": False, "provider": MEDIA["calls"][1], "segments": []}
    changed = {**customer, "calls": [*customer["calls"], {**made, "connectedTime": call.now_iso()}]}
    changed["address"] = str(call.object()["callNumber"])
    return model.save(call, before, after={**before, "participants": [changed, *others]})


# ---- callbacks


@routes.post(f"{PATH}/callbacks")
def create_callback(call: Call) -> object:
    """Ask for a callback, now or later."""
    sent = call.object()
    numbers = _numbers(call, sent)
    queue = str(sent.get("queueId") or (sent.get("routingData") or {}).get("queueId") or "")
    fields = _callback_fields(call, sent, numbers=numbers)
    customer = Party(
        "customer",
        name=str(sent.get("callbackUserName") or ""),
        address=numbers[0],
        attributes=sent.get("data") or {},
        media=fields,
    )
    body = model.begin(call, "callbacks", parties=[customer, *_waiting(queue, **fields)], direction="inbound")
    return _created(body, "ACD" if queue else "EXTERNAL")


def _created(body: Body, kind: str) -> Body:
    found = [each["callbacks"][0]["id"] for each in body["participants"] if each["callbacks"]]
    return {"conversation": _reference(body), "callbackIdentifiers": [{"type": kind, "id": found[-1]}]}


def _numbers(call: Call, sent: Mapping[str, Any]) -> Sequence[str]:
    numbers = [str(each).strip() for each in sent.get("callbackNumbers") or ()]
    if not numbers or not all(numbers):
        raise errors.bad_request("A callback needs a number.", field="callbackNumbers")
    if sent.get("validateCallbackNumbers"):
        country = sent.get("countryCode") or country_of(call.store)
        for at, number in enumerate(numbers):
            try:
                parse_number(number, country=country)
            except NumberError as error:
                raise errors.bad_request(str(error), field=f"callbackNumbers.{at}") from None
    return numbers


def _callback_fields(call: Call, sent: Mapping[str, Any], *, numbers: Sequence[str]) -> Body:
    names = ("callbackUserName", "callbackScheduledTime", "scriptId", "callerId", "callerIdName")
    given = {name: sent[name] for name in names if sent.get(name)}
    fields = {
        "callbackNumbers": list(numbers),
        "skipEnabled": False,
        "timeoutSeconds": 0,
        "externalCampaign": False,
    }
    return {**fields, "state": "connected", **given, **_scheduled(call, sent)}


def _scheduled(call: Call, sent: Mapping[str, Any]) -> Body:
    """The moment of a callback and the state that follows from it; empty without one."""
    moment = sent.get("callbackScheduledTime")
    if not moment:
        return {}
    later = from_iso(moment) > call.now
    return {"callbackScheduledTime": in_utc(moment), "state": "scheduled" if later else "connected"}


@routes.patch(f"{PATH}/callbacks", errors=(404,))
def patch_callback(call: Call) -> object:
    """Give a callback another time, number or agent."""
    sent = call.object()
    before = model.read(call.store, sent["conversationId"], medium="callbacks")
    changes = _scheduled(call, sent)
    if (queue := sent.get("queueId")) and call.store.get("queue", queue) is None:
        raise errors.bad_request(f"There is no queue {queue}.", field="queueId")
    if sent.get("callbackNumbers"):
        changes["callbackNumbers"] = list(_numbers(call, sent))
    parties = [
        {**each, "callbacks": [{**own, **changes} for own in each["callbacks"]]}
        | ({"queueId": sent["queueId"]} if sent.get("queueId") and each["purpose"] == "acd" else {})
        for each in before["participants"]
    ]
    return _created(model.save(call, before, after={**before, "participants": parties}), "ACD")


# ---- messages


@routes.post(f"{PATH}/messages")
def create_message(call: Call) -> object:
    """Begin a messaging conversation from a queue."""
    sent = call.object()
    customer = _addressee(sent, to=str(sent["toAddress"]))
    parties = [customer, *_waiting(str(sent["queueId"]), type=sent["toAddressMessengerType"], messages=[])]
    return _reference(model.begin(call, "messages", parties=parties, direction="outbound"), "messages")


def _addressee(sent: Mapping[str, Any], *, to: str, **media: Any) -> Party:
    fields = {"type": sent["toAddressMessengerType"], "messages": [], "toAddress": {"addressNormalized": to}}
    contact = str(sent.get("externalContactId") or "")
    return Party("customer", address=to, contact_id=contact, media={**fields, **media})


@routes.post(f"{PATH}/messages/agentless")
def send_message(call: Call) -> object:
    """Send one message without an agent; nothing leaves this machine."""
    sent, identity = call.object(), new_id()
    to = str(sent.get("toAddress") or sent.get("externalContactId") or "")
    if not to:
        raise errors.bad_request("A message needs a toAddress or externalContactId.", field="toAddress")
    if sent["toAddressMessengerType"] == "sms" and not sent.get("textBody"):
        raise errors.bad_request("An SMS needs a textBody.", field="textBody")
    messages = [_message(call, identity, text=sent.get("textBody"))]
    customer = _addressee(sent, to=to, messages=messages)
    body = model.begin(call, "messages", parties=[customer], direction="outbound")
    return {
        "id": identity,
        "conversationId": body["id"],
        "fromAddress": sent["fromAddress"],
        "toAddress": to,
        "messengerType": sent["toAddressMessengerType"],
        "useExistingActiveConversation": bool(sent.get("useExistingActiveConversation")),
        "timestamp": call.now_iso(),
        "selfUri": f"{PATH}/messages/{body['id']}/messages/{identity}",
    }


def _message(call: Call, identity: str, *, text: object) -> Body:
    fields = {"messageId": identity, "messageStatus": "sent", "messageSegmentCount": 1}
    return {**fields, "messageTime": call.now_iso(), "textBody": str(text or "")}


@routes.post(f"{PATH}/messages/{{conversationId}}/communications/{{communicationId}}/messages")
def add_message(call: Call) -> object:
    """Send a message in a conversation."""
    before, identity = model.read(call.store, call.path["conversationId"], medium="messages"), new_id()
    wanted, made = call.path["communicationId"], _message(call, identity, text=call.object()["textBody"])
    for party in before["participants"]:
        own = party["messages"]
        if any(each["id"] == wanted for each in own):
            changed = [
                {**each, "messages": [*each.get("messages", ()), made]} if each["id"] == wanted else each
                for each in own
            ]
            after = model.with_participant(before, {**party, "messages": changed})
            model.save(call, before, after=after)
            return _message_data(before, made)
    raise errors.not_found("communication", wanted)


@routes.get(f"{PATH}/messages/{{conversationId}}/messages/{{messageId}}")
def read_message(call: Call) -> object:
    """One message of a conversation."""
    body, wanted = (
        model.read(call.store, call.path["conversationId"], medium="messages"),
        call.path["messageId"],
    )
    for party in body["participants"]:
        for each in party["messages"]:
            for made in each.get("messages", ()):
                if made["messageId"] == wanted:
                    return _message_data(body, made)
    raise errors.not_found("message", wanted)


def _message_data(body: Body, made: Body) -> Body:
    kind = next(
        each["type"] for party in body["participants"] for each in party["messages"] if "type" in each
    )
    return {
        "id": made["messageId"],
        "timestamp": made["messageTime"],
        "direction": "outbound",
        "messengerType": kind,
        "status": made["messageStatus"],
        "toAddress": body["address"],
        "textBody": made["textBody"],
        "conversationId": body["id"],
        "selfUri": f"{PATH}/messages/{body['id']}/messages/{made['messageId']}",
    }


# ---- e-mails


@routes.post(f"{PATH}/emails")
def create_email(call: Call) -> object:
    """Begin an e-mail conversation."""
    sent = call.object()
    if sent.get("queueId") and sent.get("flowId"):
        raise errors.bad_request("queueId and flowId exclude each other.", field="flowId")
    outbound = str(sent.get("direction") or "OUTBOUND").upper() == "OUTBOUND"
    side = "to" if outbound else "from"
    fields = {"subject": str(sent.get("subject") or ""), "messagesSent": int(outbound), "spam": False}
    customer = Party(
        "customer",
        name=str(sent.get(f"{side}Name") or ""),
        address=str(sent.get(f"{side}Address") or ""),
        contact_id=str(sent.get("externalContactId") or ""),
        attributes=sent.get("attributes") or {},
        media={**fields, "autoGenerated": False, "provider": sent["provider"]},
    )
    parties = [customer, *_waiting(str(sent.get("queueId") or ""), **fields)]
    body = model.begin(call, "emails", parties=parties, direction="outbound" if outbound else "inbound")
    return model.media_view(body, "emails")


@routes.post(f"{PATH}/emails/agentless", errors=(404,))
def send_email(call: Call) -> object:
    """Send one e-mail without an agent; nothing leaves this machine."""
    sent, identity = call.object(), new_id()
    if len(sent["toAddresses"]) != 1:
        raise errors.bad_request("One recipient is supported.", field="toAddresses")
    to = sent["toAddresses"][0] or {}
    fields = {
        "subject": str(sent.get("subject") or ""),
        "messagesSent": 1,
        "spam": False,
        "messageId": identity,
    }
    customer = Party(
        "customer", name=str(to.get("name") or ""), address=str(to.get("email") or ""), media=fields
    )
    conversation = sent.get("conversationId")
    if not conversation:
        conversation = model.begin(call, "emails", parties=[customer], direction="outbound")["id"]
    else:
        model.read(call.store, conversation, medium="emails")
    names = ("senderType", "fromAddress", "toAddresses", "replyToAddress", "subject")
    kept = {name: sent[name] for name in names if sent.get(name)}
    about = {"id": identity, "conversationId": conversation, "dateCreated": call.now_iso()}
    return {**kept, **about, "selfUri": f"{PATH}/emails/{conversation}/messages/{identity}"}
