"""Data actions as they are stored and as callers see them.

A stored body is the platform's Action with its templates inside, plus `integrationType` and `actionType`; one
that came in the plain form holds its document as well. Published actions and drafts are two kinds of entities
with the same ids.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ringback.core.errors import DefinitionError
from ringback.core.span import Span
from ringback.dataactions import DataAction
from ringback.dataactions.contract import Contract
from ringback.dataactions.flatten import flattened_schema
from ringback.dataactions.loaders.fields import spans_of
from ringback.dataactions.model import Schema
from ringback.dataactions.writing import to_export
from ringback.documents import read_json
from ringback.lint import lint
from ringback.platform import errors
from ringback.platform.call import Call
from ringback.platform.errors import ApiError
from ringback.platform.store.reader import Body, Key
from ringback.platform.upstream import ACTION, DRAFT, FUNCTIONS, action_of, document_of

PATH = "/api/v2/integrations/actions"
CUSTOM, AUTH = "custom", "customAuth"
FLATTENED_TYPES = {"str": "string", "int": "integer", "dec": "number", "bln": "boolean"}
DEFAULT_REQUEST, DEFAULT_SUCCESS = "${input.rawRequest}", "${rawResult}"
# What the platform is known to refuse; actions of public exports have the other faults that `ringback lint`
# calls errors, so the platform takes those (policy `data_action_validation`).
REFUSED = frozenset(("RB101", "RB105", "RB106", "RB130", "RB132", "RB145", "RB147"))
_FIELD = re.compile(r"([\w.\[\]$-]+)(?=:| must be | is missing| is empty)")
_KEY = re.compile(r'"(?:[^"\\]|\\.)*"\s*:')
_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
ERROR_SCHEMA: Schema = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "title": "Error",
    "type": "object",
    "properties": {
        "errorCode": _TEXT,
        "status": {"type": "integer"},
        "correlationId": _TEXT,
        "entityId": _TEXT,
        "entityName": _TEXT,
        "userMessage": _TEXT,
        "userParamsMessage": _TEXT,
        "userParams": {
            "type": "array",
            "items": {"type": "object", "properties": {"key": _TEXT, "value": _TEXT}},
        },
        "details": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": dict.fromkeys(("errorCode", "fieldName", "entityId", "entityName"), _TEXT),
            },
        },
    },
}


# ---- the store


def state_of(body: Mapping[str, Any]) -> str:
    """What lists filter by without reading bodies."""
    if body.get("actionType") == AUTH:
        return "auth"
    return "secure" if body.get("secure") else ""


def keys_of(body: Mapping[str, Any]) -> list[Key]:
    """By what an action is found."""
    return [("integration", str(body["integrationId"]))]


def add(call: Call, kind: str, *, body: Body) -> Body:
    """Store a new action or draft with its audit entry."""
    call.tx.add(kind, body, state=state_of(body), keys=keys_of(body))
    record(call, "Create", body=body)
    return body


def put(call: Call, kind: str, *, body: Body, before: Body | None, action: str = "Update") -> Body:
    """Store a changed action or draft with its audit entry; `before` is None where none was."""
    store = call.tx.add if before is None else call.tx.put
    store(kind, body, state=state_of(body), keys=keys_of(body))
    record(call, action, body=body, before=before)
    return body


def record(call: Call, action: str, *, body: Body, before: Body | None = None) -> None:
    """Append to the audit trail what was done to an action or a draft."""
    old = shown_to_audit(before) if before is not None else None
    call.audit(action, shown_to_audit(body), entity_type="Action", service="Integrations", before=old)


def shown_to_audit(body: Mapping[str, Any]) -> Body:
    """An action as the audit trail holds it: that its configuration changed, not what headers hold."""
    config = body.get("config") or {}
    request = {**(config.get("request") or {})}
    if request.get("headers"):
        request["headers"] = sorted(request["headers"])
    names = ("id", "name", "category", "integrationId", "secure", "version", "contract", "actionType")
    return {**{name: body[name] for name in names if name in body}, "config": {**config, "request": request}}


# ---- bodies


def clean_config(sent: Mapping[str, Any]) -> Body:
    """A configuration as it is stored: without the addresses of its templates."""
    config = {name: value for name, value in sent.items() if value is not None}
    for part, own in (("request", "requestTemplateUri"), ("response", "successTemplateUri")):
        if isinstance(config.get(part), dict):
            fields = config[part].items()
            config[part] = {name: value for name, value in fields if name != own and value is not None}
    return config


def clean_contract(sent: Mapping[str, Any]) -> Body:
    """A contract as it is stored: its two schemas."""
    output = sent["output"]
    return {
        "input": {"inputSchema": sent["input"]["inputSchema"]},
        "output": {"successSchema": output.get("successSchema", output.get("outputSchema"))},
    }


def contract_of(action: DataAction) -> Body:
    """The contract of a loaded document."""
    return {
        "input": {"inputSchema": dict(action.input_contract)},
        "output": {"successSchema": dict(action.output_contract)},
    }


def native_config(action: DataAction) -> Body:
    """The native configuration of a plain document; the platform counts whole seconds, from 1."""
    config: Body = to_export(action)["config"]
    if "timeoutSeconds" in config:
        config["timeoutSeconds"] = max(1, math.ceil(config["timeoutSeconds"]))
    return config


# ---- validation


def faults(body: Mapping[str, Any]) -> Iterator[ApiError]:
    """Why the platform would refuse to publish an action, each as the error that says so."""
    unusable = list(_unusable(body))
    if unusable:
        yield from unusable
        return
    try:
        action_of(body)
    except DefinitionError as error:
        yield malformed(error)
        return
    if body.get("actionType") == AUTH and (body.get("config") or {}).get("timeoutSeconds") is not None:
        message = "A custom auth action has no timeoutSeconds."
        yield errors.bad_request(message, field="config.timeoutSeconds")
    text = json.dumps(document_of(body))
    file = f"{body.get('name')}.json"
    reports = [each for each in lint(text, file=file, codes=REFUSED).reports if each.severity == "error"]
    places = spans_of(read_json(text, file=file)) if reports else {}
    for report in reports:
        finding = report.finding
        field = _place(places, finding.span, text=text)
        yield _refusal(finding.message, finding.hint, field=field, code=report.rule.code)


def _unusable(body: Mapping[str, Any]) -> Iterator[ApiError]:
    """A refusal for each schema of the contract that is none."""
    names = ("contract.input.inputSchema", "contract.output.successSchema")
    for name, schema in zip(names, schemas(body), strict=True):
        try:
            Contract(schema)
        except DefinitionError as error:
            yield _refusal(" ".join(error.message.split()), error.hint, field=name, code=error.code)


def check(body: Mapping[str, Any]) -> None:
    """ApiError 400 with every fault of an action that is to be published."""
    found = list(faults(body))
    if found:
        raise found[0].with_details(detail for other in found[1:] for detail in other.details)


def malformed(error: DefinitionError) -> ApiError:
    """400 that names the field of a document that is no data action."""
    match = _FIELD.match(error.message)
    return _refusal(error.message, error.hint, field=match.group(1) if match else "", code=error.code)


def _refusal(message: str, hint: str, *, field: str, code: str) -> ApiError:
    text = f"{message} ({hint})." if hint else f"{message}."
    error = errors.bad_request(text, field=field)
    for detail in error.details:
        detail["errorCode"] = code or "bad.request"
    return error


def _place(places: Mapping[str, Span], at: Span, *, text: str) -> str:
    """The dotted path of the field that holds a place of a text in one line.

    It is the last that starts before the place; at the name of a field, the one that follows.
    """
    key = _KEY.match(text, at.column - 1)
    if key:
        return min((span.column, path) for path, span in places.items() if span.column > key.end())[1]
    starts = [(span.column, path) for path, span in places.items() if span.column <= at.column]
    return max(starts)[1] if starts else ""


# ---- views


def uri(body: Mapping[str, Any], kind: str) -> str:
    """Where an action or a draft is."""
    return f"{PATH}/{body['id']}" + ("/draft" if kind == DRAFT else "")


def brief(body: Mapping[str, Any], kind: str) -> Body:
    """An action without contract and configuration."""
    names = ("id", "name", "integrationId", "category", "version", "secure")
    shown = {name: body[name] for name in names}
    if "plain" in body:
        shown["status"] = "published" if kind == ACTION else "draft"
        shown["description"] = body["plain"].get("description", "")
    return {**shown, "selfUri": uri(body, kind)}


def full(body: Mapping[str, Any], kind: str, *, flatten: bool = False) -> Body:
    """An action with contract and configuration; a plain one with its document."""
    shown = brief(body, kind)
    if "plain" in body:
        shown = {**body["plain"], **shown}
        if "description" not in body["plain"]:
            del shown["description"]
    shown["contract"] = contract(body, kind, flatten=flatten)
    shown["config"] = config_of(body, kind)
    return shown


def chosen(call: Call, body: Mapping[str, Any], *, kind: str) -> Body:
    """An action with what the call's `expand`, `includeConfig` and `flatten` ask for."""
    shown = full(body, kind, flatten=call.flag("flatten"))
    if "contract" not in str(call.query.get("expand") or "").split(","):
        del shown["contract"]
    if not call.flag("includeConfig"):
        del shown["config"]
    return shown


def config_of(body: Mapping[str, Any], kind: str) -> Body:
    """The configuration with the addresses of its templates."""
    config, base = body.get("config") or {}, f"{uri(body, kind)}/templates"
    request = {**(config.get("request") or {}), "requestTemplateUri": f"{base}/requesttemplate.vm"}
    if body.get("integrationType") != FUNCTIONS:
        request.setdefault("requestUrlTemplate", "")
    response = {**(config.get("response") or {}), "successTemplateUri": f"{base}/successtemplate.vm"}
    return {**config, "request": request, "response": response}


def contract(body: Mapping[str, Any], kind: str, *, flatten: bool) -> Body:
    """The contract with the addresses of its schemas; with `flatten` the flat schemas instead."""
    base = f"{uri(body, kind)}/schemas"
    sent, given = schemas(body)
    found: Body = {
        "input": {"inputSchemaUri": f"{base}/input.json"},
        "output": {"successSchemaUri": f"{base}/success.json", "errorSchemaUri": f"{base}/error.json"},
    }
    if not flatten:
        found["input"]["inputSchema"] = sent
        found["output"] |= {"successSchema": given, "errorSchema": ERROR_SCHEMA}
        return found
    found["input"]["inputSchemaFlattened"] = flat(sent)
    found["output"] |= {
        "successSchemaFlattened": _document(given),
        "errorSchemaFlattened": _document(ERROR_SCHEMA),
    }
    return found


def schemas(body: Mapping[str, Any]) -> tuple[Schema, Schema]:
    """The schemas of input and output."""
    found = body["contract"]
    return found["input"]["inputSchema"], found["output"]["successSchema"]


def flat(schema: Schema) -> Body:
    """The flat schema of a schema: one property per name that Architect binds."""
    properties = {name: _flat_type(code) for name, code in flattened_schema(schema).items()}
    required = schema.get("required")
    kept = [name for name in properties if name in required] if isinstance(required, list) else []
    found: Body = {"type": "object", "properties": properties}
    return {**found, "required": kept} if kept else found


def _flat_type(code: str) -> Body:
    kind = {"type": FLATTENED_TYPES.get(code.removesuffix("_coll"), "string")}
    return {"type": "array", "items": kind} if code.endswith("_coll") else kind


def _document(schema: Schema) -> Body:
    flattened = flat(schema)
    arrays = [name for name, each in flattened["properties"].items() if each["type"] == "array"]
    return {"schema": flattened, "arrayProperties": arrays}
