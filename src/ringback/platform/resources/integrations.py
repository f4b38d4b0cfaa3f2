"""Integrations: their state, their configuration, the client applications among them, webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringback.platform import errors, paging
from ringback.platform.call import Call
from ringback.platform.clock import new_id
from ringback.platform.collection import check_version
from ringback.platform.resources import action_auth, credentials
from ringback.platform.resources.integrations_types import (
    CLIENT_APP,
    INTEGRATION_TYPES,
    WEB_SERVICES,
    WEBHOOK,
    need_type,
    reference,
)
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Key, Query
from ringback.platform.upstream import INTEGRATION

routes = Routes()
PATH = "/api/v2/integrations"
ENABLED, DISABLED = "ENABLED", "DISABLED"
_WORDS = {ENABLED: ("ACTIVE", "Active"), DISABLED: ("INACTIVE", "Inactive")}
_WEBHOOK_TOKEN = "webhook"  # noqa: S105 - type of a claim
_OWN = "own_integration"


# ---- what other resources use


def make(
    call: Call, type_id: str, *, name: str = "", state: str = DISABLED, claims: tuple[Key, ...] = ()
) -> Body:
    """Store a new integration.

    Args:
        call: the call, in a transaction.
        type_id: id of its type.
        name: its name; the type's when empty.
        state: ENABLED or DISABLED.
        claims: unique keys, beside those of a webhook.
    """
    kind = need_type(type_id, named_by="integrationType.id")
    identity = new_id()
    body: Body = {
        "id": identity,
        "name": name or kind.name,
        "integrationType": reference(type_id),
        "intendedState": state,
        "notes": "",
        "attributes": {},
        "config": {"version": 1, "properties": {}, "advanced": {}, "notes": "", "credentials": {}},
        "dateState": call.now_iso(),
        "selfUri": f"{PATH}/{identity}",
    }
    if type_id == WEBHOOK:
        token = new_id()
        url = f"{call.origin}{PATH}/webhooks/{token}/events"
        body["attributes"] = {"webhookId": token, "invocationUrl": url}
        claims = (*claims, (_WEBHOOK_TOKEN, token))
    call.tx.add(INTEGRATION, body, claims=claims)
    _record(call, "Create", body=view(call, body))
    return body


def own(call: Call, type_id: str) -> Body:
    """The integration of a type that documents without an integration belong to; made and enabled at need.

    Policy `action_without_integration`.
    """
    holder = call.store.claimed_by(INTEGRATION, (_OWN, type_id))
    found = call.store.get(INTEGRATION, holder) if holder else None
    return found or make(call, type_id, state=ENABLED, claims=((_OWN, type_id),))


def view(call: Call, body: Body) -> Body:
    """An integration as callers see it; its configuration only when they ask to expand it."""
    shown = {name: value for name, value in body.items() if name not in ("config", "dateState")}
    code, effective = _WORDS[body["intendedState"]]
    message = f"The integration is {effective.lower()}."
    shown["reportedState"] = {
        "code": code,
        "effective": effective,
        "detail": {
            "localizableMessageCode": f"integration.{code.lower()}",
            "message": message,
            "messageWithParams": message,
            "messageParams": {},
        },
        "lastUpdated": body["dateState"],
    }
    if any(each.startswith("config") for each in call.query.get("expand") or ()):
        shown["config"] = {"current": configuration(call, body)}
    return shown


def configuration(call: Call, body: Body) -> Body:
    """The configuration of an integration as callers see it; none of its six fields is ever null."""
    config = body["config"]
    slots = {
        slot: credentials.reference(call.store, each["id"]) for slot, each in config["credentials"].items()
    }
    return {
        "id": body["id"],
        "name": body["name"],
        **config,
        "credentials": {slot: found for slot, found in slots.items() if found},
        "selfUri": f"{body['selfUri']}/config/current",
    }


def _record(call: Call, action: str, *, body: Body, before: Body | None = None) -> None:
    call.audit(action, body, entity_type="Integration", service="Integrations", before=before)


# ---- integrations


@routes.get(PATH)
def list_integrations(call: Call) -> object:
    """A page of integrations, by name."""
    ids = call.listed("ids") or None
    if credential := call.query.get("credentialId"):
        users = credentials.used_by(call.store, str(credential))
        ids = [each for each in users if ids is None or each in ids]
    number = call.query.get("nextPage") or call.query.get("previousPage")
    if number:
        call.query["pageNumber"] = page_token(str(number))
    query = Query(INTEGRATION, ids=ids)
    type_id, state = call.query.get("integrationType"), str(call.query.get("reportedState") or "").upper()
    if not (type_id or state):
        return paging.page(call, query, view=lambda body: view(call, body))
    shown = (view(call, body) for body in call.store.find(query))
    kept = [
        each
        for each in shown
        if type_id in (None, each["integrationType"]["id"]) and state in ("", each["reportedState"]["code"])
    ]
    return paging.page_of(call, kept)


def page_token(text: str) -> int:
    """The page that a token of `nextPage` or `previousPage` means: tokens of this server are page numbers."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1_000_000:
        raise errors.bad_request(f"{text[:50]!r} is no page token of this server.", field="nextPage")
    return int(text)


@routes.post(PATH)
def create_integration(call: Call) -> object:
    """A new integration, DISABLED; without a name it is called as its type."""
    sent = call.body or {}
    type_id = str((sent.get("integrationType") or {}).get("id") or "")
    return view(call, make(call, type_id, name=str(sent.get("name") or "")))


@routes.get(PATH + "/clientapps")
def list_client_apps(call: Call) -> object:
    """The client applications of the organisation with their configuration."""
    return paging.page_of(call, [_app(call, body) for body in _apps(call)])


@routes.get(PATH + "/userapps")
def list_user_apps(call: Call) -> object:
    """The client applications that are enabled, for whoever asks."""
    enabled = [body for body in _apps(call) if body["intendedState"] == ENABLED]
    names = ("id", "name", "integrationType", "config", "selfUri")
    return paging.page_of(call, [{name: _app(call, body)[name] for name in names} for body in enabled])


def _apps(call: Call) -> list[Body]:
    return [
        body for body in call.store.find(Query(INTEGRATION)) if body["integrationType"]["id"] == CLIENT_APP
    ]


def _app(call: Call, body: Body) -> Body:
    current = configuration(call, body)
    parts = ("properties", "advanced", "name", "notes", "credentials")
    config = {"current": current, "effective": {name: current[name] for name in parts}}
    return {**view(call, body), "config": config}


@routes.get(PATH + "/{integrationId}")
def read_integration(call: Call) -> object:
    """One integration."""
    return view(call, call.store.need(INTEGRATION, call.path["integrationId"]))


@routes.patch(PATH + "/{integrationId}")
def change_state(call: Call) -> object:
    """Enable or disable an integration; everything else is part of its configuration."""
    before = call.store.need(INTEGRATION, call.path["integrationId"])
    state = (call.body or {}).get("intendedState") or before["intendedState"]
    if state not in _WORDS:
        message = f"An integration can be {ENABLED} or {DISABLED} here; to remove it, delete it."
        raise errors.bad_request(message, field="intendedState")
    after = {**before, "intendedState": state}
    if state != before["intendedState"]:
        after["dateState"] = call.now_iso()
    call.tx.put(INTEGRATION, after)
    _record(call, "Update", body=after, before=before)
    return view(call, after)


@routes.delete(PATH + "/{integrationId}")
def delete_integration(call: Call) -> object:
    """Delete an integration with its data actions; answers what it was."""
    body = call.store.need(INTEGRATION, call.path["integrationId"])
    shown = view(call, body)
    action_auth.remove_actions(call, body["id"])
    call.tx.remove(INTEGRATION, body["id"])
    _record(call, "Delete", body=shown)
    return shown


# ---- configuration


@routes.get(PATH + "/{integrationId}/config/current")
def read_configuration(call: Call) -> object:
    """The configuration of an integration."""
    return configuration(call, call.store.need(INTEGRATION, call.path["integrationId"]))


@routes.put(PATH + "/{integrationId}/config/current", errors=(409,))
def replace_configuration(call: Call) -> object:
    """Replace the configuration of its current version; its name becomes the integration's."""
    before = call.store.need(INTEGRATION, call.path["integrationId"])
    sent = call.object()
    check_version(before["config"], sent)
    slots = _slots(call, before, sent=sent.get("credentials") or {})
    config = {
        "version": before["config"]["version"] + 1,
        "properties": sent.get("properties") or {},
        "advanced": sent.get("advanced") or {},
        "notes": sent.get("notes") or "",
        "credentials": {slot: {"id": each["id"]} for slot, each in slots.items()},
    }
    after = {**before, "name": sent.get("name") or before["name"], "notes": config["notes"], "config": config}
    keys = [("credential", each["id"]) for each in slots.values()]
    call.tx.put(INTEGRATION, after, keys=keys)
    _record(call, "Update", body=after, before=before)
    if before["integrationType"]["id"] == WEB_SERVICES:
        action_auth.follow(call, after, kinds=[each["type"]["name"] for each in slots.values()])
    return configuration(call, after)


def _slots(call: Call, body: Body, *, sent: Mapping[str, Any]) -> dict[str, Body]:
    """The credentials of a configuration by slot; ApiError 400 for one that does not exist or fit."""
    known = INTEGRATION_TYPES[body["integrationType"]["id"]].slots
    found: dict[str, Body] = {}
    for slot, each in sent.items():
        if not each:
            continue
        field = f"credentials.{slot}"
        credential = credentials.reference(call.store, str(each.get("id") or ""))
        if credential is None:
            raise errors.bad_request(f"There is no credential {each.get('id')}.", field=f"{field}.id")
        types = known.get(slot)
        if types and credential["type"]["name"] not in types:
            message = f"The slot {slot} takes credentials of the types {', '.join(types)}."
            raise errors.bad_request(message, field=field)
        found[slot] = credential
    return found


# ---- webhooks


@routes.post(PATH + "/webhooks/{tokenId}/events", mode="read", public=True)
def take_event(call: Call) -> object:
    """Take an event of another system; who knows the token may send, and nothing happens with it here."""
    holder = call.store.claimed_by(INTEGRATION, (_WEBHOOK_TOKEN, call.path["tokenId"]))
    if holder is None:
        raise errors.not_found("webhook", call.path["tokenId"])
    if call.store.need(INTEGRATION, holder)["intendedState"] != ENABLED:
        raise errors.bad_request("The webhook's integration is not enabled.")
    return {"invocationId": new_id()}
