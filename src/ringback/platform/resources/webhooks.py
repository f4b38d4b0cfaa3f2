"""Webhooks out: who wants to hear of which event, and how deliveries went. Local operations.

An event becomes one delivery for each subscriber in the transaction that makes it happen; `deliveries` sends
them. A secret is shown once, when it is made or set.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import msgspec

from ringback.contacts.webhook import EVENT
from ringback.core.errors import UsageError
from ringback.core.signing import Secret
from ringback.dataactions.hosts import origin_of
from ringback.platform import errors, paging
from ringback.platform.call import Call
from ringback.platform.clock import new_id
from ringback.platform.collection import Collection
from ringback.platform.deliveries import DELIVERY, SECRET, WEBHOOK, due
from ringback.platform.routing import Local, Routes
from ringback.platform.store.reader import Body, Query

routes = Routes()
EVENTS = (EVENT,)
_PATH = "/api/v2/webhooks"
_VIEW, _EDIT = (Local(permissions=(f"ringback:webhook:{action}",)) for action in ("view", "edit"))
_SHOWN = 100
WEBHOOKS = Collection(
    WEBHOOK,
    _PATH,
    "Webhook",
    "Integrations",
    defaults={"enabled": True, "events": list(EVENTS), "description": ""},
)
_REQUEST: Body = {
    "type": "object",
    "required": ["url"],
    "properties": {
        "name": {"type": ["string", "null"], "maxLength": 200},
        "description": {"type": ["string", "null"], "maxLength": 1000},
        "url": {"type": "string", "maxLength": 2000},
        "events": {"type": ["array", "null"], "items": {"type": "string", "enum": list(EVENTS)}},
        "enabled": {"type": ["boolean", "null"]},
        "secret": {"type": ["string", "null"], "minLength": 1, "maxLength": 200},
    },
}


def announce(call: Call, event: str, *, payload: bytes) -> int:
    """Put a delivery of an event into the outbox for each subscriber; gives how many there are."""
    found = [hook for hook in call.store.find(Query(WEBHOOK)) if hook["enabled"] and event in hook["events"]]
    for hook in found:
        body: Body = {
            "id": f"msg_{new_id()}",
            "webhookId": hook["id"],
            "event": event,
            "state": "due",
            "tries": 0,
            "dateCreated": call.now_iso(),
            "payload": payload.decode(),
        }
        call.tx.add(DELIVERY, body, parent=hook["id"], state=due(call.now))
    return len(found)


def _given(call: Call) -> Body:
    sent: Body = {
        name: value for name, value in call.object().items() if value is not None and name != "secret"
    }
    given: Body = {
        name: sent[name] for name in ("name", "description", "url", "events", "enabled") if name in sent
    }
    try:
        origin_of(given["url"])
    except UsageError as error:
        raise errors.bad_request(str(error), field="url") from None
    return {"name": given["url"], **given}


def _secret(call: Call, *, make: bool) -> str:
    """The secret of a request; a fresh one when it names none and one is needed."""
    given = call.object().get("secret")
    if given is None:
        return Secret.of(os.urandom(32)).text if make else ""
    try:
        return Secret(str(given)).text
    except UsageError as error:
        raise errors.bad_request(error.message, field="secret") from None


@routes.get(_PATH, local=_VIEW)
def list_webhooks(call: Call) -> object:
    """Every webhook."""
    return paging.page(call, Query(WEBHOOK))


@routes.post(_PATH, local=_EDIT, status=201, errors=(409,), request=_REQUEST)
def create_webhook(call: Call) -> object:
    """A new webhook; the answer shows its secret, and nothing will again."""
    given, secret = _given(call), _secret(call, make=True)
    body = WEBHOOKS.create(call, given)
    call.tx.add(SECRET, {"id": body["id"], "secret": secret})
    return {**body, "secret": secret}


@routes.get(f"{_PATH}/{{webhookId}}", local=_VIEW)
def read_webhook(call: Call) -> object:
    """One webhook."""
    return WEBHOOKS.read(call, call.path["webhookId"])


@routes.put(f"{_PATH}/{{webhookId}}", local=_EDIT, errors=(409,), request=_REQUEST)
def replace_webhook(call: Call) -> object:
    """Replace a webhook; without a secret in the request the old one stays."""
    given, secret = _given(call), _secret(call, make=False)
    body = WEBHOOKS.replace(call, call.path["webhookId"], sent=given)
    if not secret:
        return body
    call.tx.put(SECRET, {"id": body["id"], "secret": secret})
    return {**body, "secret": secret}


@routes.delete(f"{_PATH}/{{webhookId}}", local=_EDIT, status=204)
def delete_webhook(call: Call) -> object:
    """Delete a webhook with what was still to be delivered to it."""
    body = WEBHOOKS.delete(call, call.path["webhookId"])
    call.tx.remove(SECRET, body["id"])
    call.tx.remove_all(DELIVERY, parent=body["id"])
    return None


@routes.get(f"{_PATH}/{{webhookId}}/deliveries", local=_VIEW)
def list_deliveries(call: Call) -> object:
    """The newest hundred deliveries to a webhook, with their tries."""
    hook = WEBHOOKS.read(call, call.path["webhookId"])
    newest = Query(DELIVERY, parent=hook["id"], order=("created",), descending=True)
    found = [_shown(body) for body in call.store.find(newest, limit=_SHOWN)]
    return {"entities": found, "total": len(found)}


def _shown(body: Mapping[str, Any]) -> Body:
    return {**body, "payload": msgspec.json.decode(body["payload"])}


@routes.post(f"{_PATH}/{{webhookId}}/deliveries/{{deliveryId}}/redeliver", local=_EDIT, status=202)
def redeliver(call: Call) -> object:
    """Send a delivery again, a dead letter too, with the same id."""
    hook = WEBHOOKS.read(call, call.path["webhookId"])
    before = call.store.need(DELIVERY, call.path["deliveryId"], parent=hook["id"])
    after = {**before, "state": "due", "tries": 0}
    after.pop("dateFirstTry", None)
    call.tx.put(DELIVERY, after, parent=hook["id"], state=due(call.now))
    call.audit("Update", after, entity_type="WebhookDelivery", service="Integrations", before=before)
    return _shown(after)
