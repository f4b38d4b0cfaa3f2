"""JSON Schema of data actions: Genesys' export JSON and the plain form."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ringback.dataactions.loaders.plain import MAX_TIMEOUT_MS
from ringback.dataactions.model import MAX_SUGGESTED_TIMEOUT, METHODS
from ringback.flows.schemas.parts import FLAG, TEXT, Definitions, Schema, a_list, an_object, described

_TEXT_OR_NULL: Mapping[str, Any] = MappingProxyType({"type": ["string", "null"]})
_SCALARS: Mapping[str, Any] = MappingProxyType(
    {
        "type": ["object", "null"],
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
    }
)
_LISTS = ("entities", "dataActions", "actions")
_NAME = r"^[A-Za-z0-9_]+$"


def data_action_schema() -> Schema:
    """The schema of a data action document: an export, the plain form, or a list of them."""
    defs = Definitions()
    native, plain = defs.ref("export", lambda: _export(defs)), defs.ref("plain", lambda: _plain(defs))
    # An editor then complains about the form that is meant, not about both.
    one: Schema = {
        "if": {"anyOf": [{"required": ["request"]}, {"required": ["inputVariables"]}]},
        "then": plain,
        "else": native,
    }
    many = {"type": "array", "items": one}
    listing = {
        "type": "object",
        "properties": dict.fromkeys(_LISTS, many),
    }
    single: Schema = {
        "if": {"anyOf": [{"required": [name]} for name in _LISTS]},
        "then": listing,
        "else": {"type": "object", **one},
    }
    schema: Schema = {"if": {"type": "array"}, "then": many, "else": single}
    about = "A data action as Genesys Cloud exports it, or in the plain form."
    return defs.document(schema, title="Data action", about=about)


# ---- export JSON


def _export(defs: Definitions) -> Schema:
    members = {
        "name": described({"type": "string", "minLength": 1}, "Unique within its category."),
        "integrationType": described(_TEXT_OR_NULL, "Such as custom-rest-actions or purecloud-data-actions."),
        "actionType": described(_TEXT_OR_NULL, "custom, static or customAuth."),
        "category": described(_TEXT_OR_NULL, "Where Architect lists it: the integration's name."),
        "integrationId": described(_TEXT_OR_NULL, "The id of the integration."),
        "secure": described({"type": ["boolean", "null"]}, "Whether inputs and outputs are secret."),
        "config": described(defs.ref("config", lambda: _config(defs)), "What is sent and how it is read."),
        "contract": described(defs.ref("contract", _contract), "Schemas of input and output."),
    }
    # The Platform API's body has more members (id, version, selfUri …).
    return an_object(members, required=["name", "config"], closed=False)


def _config(defs: Definitions) -> Schema:
    members = {
        "request": described(defs.ref("request", _request), "What is sent."),
        "response": described(defs.ref("response", _response), "How the answer becomes the output."),
        "timeoutSeconds": described(
            {"type": ["number", "null"], "minimum": 1, "maximum": MAX_SUGGESTED_TIMEOUT},
            f"The action's own limit in seconds, 1 to {MAX_SUGGESTED_TIMEOUT:g}.",
        ),
    }
    return an_object(members, null=True)


def _request() -> Schema:
    members = {
        "requestUrlTemplate": described(_TEXT_OR_NULL, "URL, a Velocity template."),
        "requestType": described({"enum": [*METHODS, None]}, "HTTP method."),
        "headers": described(_SCALARS, "Header name to value, Velocity templates."),
        "requestTemplate": described(_TEXT_OR_NULL, "Body, a Velocity template; GET never renders it."),
    }
    return an_object(members, null=True)


def _response() -> Schema:
    members = {
        "translationMap": described(_SCALARS, "Variable name to JSONPath."),
        "translationMapDefaults": described(_SCALARS, "Variable name to the JSON text without a match."),
        "successTemplate": described(_TEXT_OR_NULL, "The output as JSON, a Velocity template."),
    }
    return an_object(members, null=True)


def _contract() -> Schema:
    schema = {"type": ["object", "string", "null"]}
    given = an_object({"inputSchema": described(schema, "JSON Schema of the input.")}, null=True)
    names = ("successSchema", "outputSchema", "errorSchema")
    made = an_object({name: described(schema, "JSON Schema of the output.") for name in names}, null=True)
    return an_object({"input": given, "output": made}, null=True)


# ---- the plain form


def _plain(defs: Definitions) -> Schema:
    members = {
        "name": described({"type": "string", "minLength": 1}, "What flows call it."),
        "description": described(_TEXT_OR_NULL, "For people."),
        "integrationType": described(_TEXT_OR_NULL, "custom-rest-actions when it is not given."),
        "request": described(defs.ref("plainRequest", _plain_request), "What is sent."),
        "response": described(defs.ref("plainResponse", _plain_response), "How the answer is read."),
        "inputVariables": a_list(defs.ref("variable", _variable)),
        "outputVariables": a_list(defs.ref("variable", _variable)),
    }
    return an_object(members, required=["name", "request"], closed=False)


def _plain_request() -> Schema:
    members = {
        "method": described({"enum": [*METHODS, *(word.lower() for word in METHODS), None]}, "HTTP method."),
        "url": described({"type": "string", "minLength": 1}, "URL; ${x} names an input variable."),
        "headers": described(_SCALARS, "Header name to value; ${x} names an input variable."),
        "body": described({}, "Text, or JSON that is sent as it is; ${x} names an input variable."),
        "timeout": described(
            {"type": ["number", "null"], "minimum": 1, "maximum": MAX_TIMEOUT_MS}, "Milliseconds."
        ),
    }
    return an_object(members, required=["url"])


def _plain_response() -> Schema:
    mapping = an_object(
        {
            "variableName": described({"type": "string", "pattern": _NAME}, "An output variable."),
            "jsonPath": described({"type": "string", "minLength": 1}, "Where it stands in the answer."),
            "default": described({}, "Its value when the path matches nothing."),
        },
        required=["variableName", "jsonPath"],
    )
    status = {"type": "integer", "minimum": 100, "maximum": 599}
    members = {
        "statusCodes": described(a_list(status), "Statuses that count as success; every 2xx without it."),
        "body": an_object({"mapping": a_list(mapping)}, null=True),
    }
    return an_object(members, null=True)


def _variable() -> Schema:
    types = ["string", "integer", "number", "boolean", "object", "array", "", None]
    members = {
        "name": described({"type": "string", "pattern": _NAME}, "Letters, digits and underscores."),
        "type": described({"enum": types}, "Its JSON type."),
        "description": described(_TEXT_OR_NULL, "For people."),
        "required": described({**FLAG, "type": ["boolean", "null"]}, "Whether it must be given."),
        "items": described({}, "JSON Schema of the items of an array."),
        "default": dict(TEXT) | {"type": ["string", "number", "boolean", "null"]},
    }
    return an_object(members, required=["name"])
