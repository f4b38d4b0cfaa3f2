"""Custom auth actions: the platform makes one for each integration that logs in by itself.

Policy `custom_auth_action`: what a new one says, and that it goes when the integration no longer needs it.
"""

from __future__ import annotations

from collections.abc import Iterable

from ringback.platform.call import Call
from ringback.platform.resources.action_model import AUTH, add, record
from ringback.platform.store.reader import Body
from ringback.platform.upstream import ACTION, DRAFT, auth_action_id

FUNCTION = "action_function"
OAUTH = "userDefinedOAuth"
_CONFIG: Body = {
    "request": {
        "requestUrlTemplate": "${credentials.loginUrl}",
        "requestType": "POST",
        "headers": {
            "Authorization": 'Basic $encoding.base64("${credentials.clientId}:${credentials.clientSecret}")',
            "Content-Type": "application/x-www-form-urlencoded",
        },
        "requestTemplate": "grant_type=client_credentials",
    },
    "response": {"translationMap": {}, "translationMapDefaults": {}, "successTemplate": "${rawResult}"},
}


def follow(call: Call, integration: Body, *, kinds: Iterable[str]) -> None:
    """Make or remove the custom auth action of an integration whose credentials are of these types."""
    action_id = auth_action_id(integration["id"])
    known = call.store.get(ACTION, action_id)
    if OAUTH in kinds and known is None:
        add(call, ACTION, body=_new(action_id, integration))
    elif OAUTH not in kinds and known is not None:
        remove(call, known)


def _new(action_id: str, integration: Body) -> Body:
    schema = {"type": "object", "properties": {}, "additionalProperties": True}
    return {
        "id": action_id,
        "name": f"{integration['name']} Auth",
        "category": integration["name"],
        "integrationId": integration["id"],
        "integrationType": integration["integrationType"]["id"],
        "actionType": AUTH,
        "secure": False,
        "version": 1,
        "config": _CONFIG,
        "contract": {"input": {"inputSchema": schema}, "output": {"successSchema": schema}},
    }


def remove(call: Call, body: Body) -> None:
    """Delete an action with its draft and functions."""
    for kind in (ACTION, DRAFT):
        call.tx.remove(kind, body["id"])
        call.tx.remove(FUNCTION, body["id"], parent=kind)
    record(call, "Delete", body=body)


def remove_actions(call: Call, integration_id: str) -> None:
    """Delete every action and draft of an integration."""
    for kind in (ACTION, DRAFT):
        while ids := call.store.ids_by_key(kind, ("integration", integration_id)):
            for body in call.store.many(kind, ids):
                remove(call, body)
