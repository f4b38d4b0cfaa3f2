"""The three forms in which a data action comes in: the platform's own body, export JSON, the plain form.

An export names the type of its integration, a plain document names none: both then belong to an integration
of that type which the platform makes for them (policy `action_without_integration`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ringback.core.errors import DefinitionError
from ringback.dataactions import DataAction, load_data_action
from ringback.platform import errors
from ringback.platform.call import Call
from ringback.platform.catalogue.validation import check_body
from ringback.platform.resources import integrations
from ringback.platform.resources.action_model import (
    CUSTOM,
    clean_config,
    clean_contract,
    contract_of,
    malformed,
    native_config,
)
from ringback.platform.resources.integrations_types import INTEGRATION_TYPES, WEB_SERVICES
from ringback.platform.store.reader import Body
from ringback.platform.upstream import INTEGRATION

PLAIN_KEYS = frozenset(("request", "response", "inputVariables", "outputVariables"))
_OF_ENTITY = frozenset(("id", "name", "category", "integrationId", "secure", "version", "status", "selfUri"))
_MODEL = "PostActionInput"
# A body of the platform's own model, an export, a plain document: what each needs is checked here.
_TEXT, _OBJECT = {"type": ["string", "null"]}, {"type": ["object", "null"]}
_LIST = {"type": ["array", "null"]}
REQUEST: Body = {
    "type": "object",
    "description": "An action as the Platform API takes it (category, integrationId, config, contract), an "
    "export with its integrationType, or a plain document (request, response, inputVariables, …).",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        **dict.fromkeys(("category", "integrationId", "integrationType", "actionType", "description"), _TEXT),
        "secure": {"type": ["boolean", "null"]},
        **dict.fromkeys(("config", "contract", "request", "response"), _OBJECT),
        **dict.fromkeys(("inputVariables", "outputVariables"), _LIST),
    },
}


def is_plain(sent: Mapping[str, Any]) -> bool:
    """Whether a body is a plain document."""
    if "config" in sent or "contract" in sent:
        return False
    return bool(PLAIN_KEYS & set(sent)) or not ("integrationId" in sent and "category" in sent)


def fields_of(call: Call, sent: Body) -> Body:
    """The stored fields of a new action, whatever its form; ApiError 400 names the field that is wrong."""
    if is_plain(sent):
        return _plain(call, sent)
    if "integrationType" in sent or "actionType" in sent:
        return _export(call, sent)
    _refuse_faults(sent)
    body = _body(_integration(call, sent), sent)
    return {**body, "config": clean_config(sent["config"]), "contract": clean_contract(sent["contract"])}


def plain_fields(document: Body) -> Body:
    """What a plain document becomes: itself, and its native twin."""
    if "request" not in document:
        message = "request is missing: it holds method, url, headers, body and timeout."
        raise errors.bad_request(message, field="request", code="constraint.validation")
    action = load(document)
    plain = {name: value for name, value in document.items() if name not in _OF_ENTITY}
    return {"plain": plain, "config": native_config(action), "contract": contract_of(action)}


def load(document: Mapping[str, Any]) -> DataAction:
    """The data action of a document; ApiError 400 with its field."""
    try:
        return load_data_action(json.dumps(document), file="body.json")
    except DefinitionError as error:
        raise malformed(error) from None


def check_name(sent: Mapping[str, Any]) -> None:
    """ApiError 400 for a name or category that is blank."""
    for field in ("name", "category"):
        if sent.get(field) is not None and not str(sent[field]).strip():
            message = f"The {field} of a data action must not be empty."
            raise errors.bad_request(message, field=field, code="constraint.validation")


def _plain(call: Call, sent: Body) -> Body:
    fields = plain_fields(sent)  # first: a document that is refused makes no integration
    return {**_body(_integration(call, sent, type_id=_type_id(sent.get("integrationType"))), sent), **fields}


def _export(call: Call, sent: Body) -> Body:
    action = load(sent)
    if action.action_type == "static":
        raise errors.bad_request(
            "Static actions belong to the platform and cannot be created.", field="actionType"
        )
    body = _body(_integration(call, sent, type_id=_type_id(action.integration_type)), sent)
    return {**body, "config": clean_config(sent.get("config") or {}), "contract": contract_of(action)}


def _type_id(named: str | None) -> str:
    """The type of integration that a document names."""
    if (named or WEB_SERVICES) not in INTEGRATION_TYPES:
        known = ", ".join(INTEGRATION_TYPES)
        message = f"There is no integration type {named!r}; known are: {known}."
        raise errors.bad_request(message, field="integrationType")
    return named or WEB_SERVICES


def _refuse_faults(sent: Body) -> None:
    faults = check_body(_MODEL, sent)
    if faults:
        error = errors.bad_request(faults[0].reason, field=faults[0].field, code=faults[0].code)
        raise error.with_details({"errorCode": each.code, "fieldName": each.field} for each in faults[1:])


def _integration(call: Call, sent: Mapping[str, Any], *, type_id: str = "") -> Body:
    wanted = sent.get("integrationId")
    if not wanted and type_id:
        return integrations.own(call, type_id)
    found = call.store.get(INTEGRATION, str(wanted))
    if found is None:
        raise errors.bad_request(f"There is no integration {str(wanted)[:100]}.", field="integrationId")
    return found


def _body(integration: Body, sent: Mapping[str, Any]) -> Body:
    check_name(sent)
    return {
        "name": sent["name"],
        "category": sent.get("category") or integration["name"],
        "integrationId": integration["id"],
        "integrationType": integration["integrationType"]["id"],
        "actionType": CUSTOM,
        "secure": bool(sent.get("secure")),
    }
