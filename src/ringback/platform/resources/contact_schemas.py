"""Schemas of custom fields, of contacts and of organisations; what a custom field may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ringback.platform import errors
from ringback.platform.call import Call
from ringback.platform.catalogue.validation import is_date, is_datetime
from ringback.platform.clock import new_id
from ringback.platform.resources.contact_model import PATH, SERVICE, Faults
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Query, Reader

routes = Routes()
_KIND = {"CONTACT": "contact_schema", "EXTERNAL_ORGANIZATION": "organization_schema"}
_OLD = "data_schema_version"
# Numbers that the platform does not document (policy `schema_limits`).
LIMITS: Mapping[str, int] = {
    "minFieldNameCharacters": 1,
    "maxFieldNameCharacters": 100,
    "minFieldTitleCharacters": 1,
    "maxFieldTitleCharacters": 100,
    "minFieldDescriptionCharacters": 0,
    "maxFieldDescriptionCharacters": 1000,
    "minSchemaNameCharacters": 1,
    "maxSchemaNameCharacters": 100,
    "minSchemaDescriptionCharacters": 0,
    "maxSchemaDescriptionCharacters": 1000,
    "maxNumberOfSchemasPerOrg": 50,
    "maxNumberOfFieldsPerSchema": 100,
    "maxNumberOfFieldsPerOrg": 500,
}
_URL = re.compile(r"https?://\S+")
_REFERENCE = "#/definitions/"


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_tag(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


# core type -> (JSON type, longest text or largest number, check of a value)
_TYPES: Mapping[str, tuple[str, int, Callable[[Any], bool]]] = {
    "text": ("string", 100, _is_text),
    "longtext": ("string", 1000, _is_text),
    "url": ("string", 200, lambda value: _is_text(value) and bool(_URL.fullmatch(value))),
    "identifier": ("string", 100, _is_text),
    "enum": ("string", 100, _is_text),
    "date": ("string", 10, lambda value: _is_text(value) and is_date(value)),
    "datetime": ("string", 30, lambda value: _is_text(value) and is_datetime(value)),
    "integer": ("integer", 2**63 - 1, _is_whole),
    "number": ("number", 2**63 - 1, _is_number),
    "checkbox": ("boolean", 1, lambda value: isinstance(value, bool)),
    "tag": ("array", 20, _is_tag),
}


def core_type_of(field: Mapping[str, Any]) -> str:
    """The core type that a property of a schema refers to; "" when it is none."""
    inside = field.get("allOf")
    references = [field, *(inside if isinstance(inside, list) else ())]
    found = next((str(each["$ref"]) for each in references if isinstance(each, dict) and "$ref" in each), "")
    name = found.removeprefix(_REFERENCE)
    return name if name in _TYPES else ""


# ---- custom fields of entities


def check_custom_fields(store: Reader, body: Body, *, applies_to: str) -> None:
    """Check the custom fields of a contact or organisation against its schema, and pin the schema's version.

    Raises:
        ApiError: 400, there is no such schema, it is disabled, or a field does not fit it.
    """
    reference, values = body.get("schema"), body.get("customFields")
    if not reference:
        if values:
            raise errors.bad_request("Custom fields need a schema.", field="schema")
        return
    schema = store.get(_KIND[applies_to], str(reference.get("id") or ""))
    if schema is None:
        raise errors.bad_request(f"There is no schema {reference.get('id')}.", field="schema.id")
    if not schema["enabled"]:
        raise errors.bad_request("The schema is disabled.", field="schema.id")
    body["schema"] = {name: schema[name] for name in ("id", "name", "version", "selfUri")}
    _check_values(values or {}, schema["jsonSchema"])


def _check_values(values: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    faults, fields = Faults(), schema.get("properties") or {}
    for name in schema.get("required") or ():
        if values.get(name) is None:
            faults.add(f"customFields.{name}", "is required by the schema")
    for name, value in values.items():
        if name not in fields:
            faults.add(f"customFields.{name}", "is no field of the schema")
        elif value is not None and (reason := _fault(value, fields[name])):
            faults.add(f"customFields.{name}", reason)
    faults.check()


def _fault(value: Any, field: Mapping[str, Any]) -> str:
    kind = core_type_of(field)
    if not _TYPES[kind][2](value):
        return f"is no {kind}"
    size = value if kind in {"integer", "number"} else len(value) if kind != "checkbox" else 0
    low, high = _bounds(kind, field)
    if not low <= size <= high:
        return f"is outside {low} to {high}"
    options = field.get("enum") or []
    return f"must be one of {', '.join(map(str, options))}" if options and value not in options else ""


def _bounds(kind: str, field: Mapping[str, Any]) -> tuple[float, float]:
    if kind in {"integer", "number"}:
        low, high = field.get("minimum"), field.get("maximum")
        return (-(2**63) if low is None else low), (2**63 - 1 if high is None else high)
    low, high = ("minItems", "maxItems") if kind == "tag" else ("minLength", "maxLength")
    return field.get(low) or 0, min(field.get(high) or _TYPES[kind][1], _TYPES[kind][1])


# ---- routes


def _check_schema(sent: Mapping[str, Any]) -> None:
    document, faults = sent["jsonSchema"], Faults()
    name = str(sent.get("name") or document.get("title") or "").strip()
    fields = document.get("properties") or {}
    if not 1 <= len(name) <= LIMITS["maxSchemaNameCharacters"]:
        faults.add("name", f"must have 1 to {LIMITS['maxSchemaNameCharacters']} characters")
    if len(fields) > LIMITS["maxNumberOfFieldsPerSchema"]:
        faults.add("jsonSchema.properties", f"has more than {LIMITS['maxNumberOfFieldsPerSchema']} fields")
    for field, about in fields.items():
        if not isinstance(about, dict) or not core_type_of(about):
            known = ", ".join(_TYPES)
            faults.add(f"jsonSchema.properties.{field}", f"must refer to a core type: {known}")
        elif wrong := _wrong_bounds(about):
            faults.add(f"jsonSchema.properties.{field}.{wrong}", "is of the wrong type")
    for field in document.get("required") or ():
        if field not in fields:
            faults.add("jsonSchema.required", f"{field} is no field of the schema")
    faults.check()


def _wrong_bounds(about: Mapping[str, Any]) -> str:
    """The key of a property whose value cannot bound anything; "" when all can."""
    bounds = ("minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum")
    wrong = [name for name in bounds if about.get(name) is not None and not _is_number(about[name])]
    options = about.get("enum")
    return wrong[0] if wrong else "" if options is None or isinstance(options, list) else "enum"


@dataclass(frozen=True, slots=True)
class _Area:
    """The schemas of contacts, or of organisations."""

    base: str
    applies_to: str

    @property
    def kind(self) -> str:
        return _KIND[self.applies_to]

    def all(self, call: Call) -> object:
        """Every schema."""
        found = call.store.find(Query(self.kind))
        return {"entities": found, "total": len(found), "selfUri": self.base}

    def create(self, call: Call) -> object:
        """A new schema, version 1."""
        sent = call.object()
        _check_schema(sent)
        if call.store.count(Query(self.kind)) >= LIMITS["maxNumberOfSchemasPerOrg"]:
            raise errors.conflict(f"There are {LIMITS['maxNumberOfSchemasPerOrg']} schemas already.")
        identity = new_id()
        body = self._body(call, sent, identity=identity, version=1)
        call.tx.add(self.kind, body, claims=[("name", body["name"].casefold())])
        call.tx.add(_OLD, {**body, "id": "1"}, parent=identity)
        call.audit("Create", body, entity_type="DataSchema", service=SERVICE)
        return body

    def _body(self, call: Call, sent: Mapping[str, Any], *, identity: str, version: int) -> Body:
        return {
            "id": identity,
            "name": str(sent.get("name") or sent["jsonSchema"]["title"]).strip(),
            "version": version,
            "appliesTo": [self.applies_to],
            "enabled": sent.get("enabled") is not False,
            "createdBy": {"id": call.principal.client_id, "selfUri": ""},
            "dateCreated": call.now_iso(),
            "jsonSchema": {"$schema": "http://json-schema.org/draft-04/schema#", **sent["jsonSchema"]},
            "selfUri": f"{self.base}/{identity}",
        }

    def core_types(self, _call: Call) -> object:
        """The types that fields can have."""
        found = [_core_type(self.base, name) for name in _TYPES]
        return {"entities": found, "total": len(found), "selfUri": f"{self.base}/coretypes"}

    def core_type(self, call: Call) -> object:
        """One of the types that fields can have."""
        if call.path["coreTypeName"] not in _TYPES:
            raise errors.not_found("coretype", call.path["coreTypeName"])
        return _core_type(self.base, call.path["coreTypeName"])

    def limits(self, _call: Call) -> object:
        """What a schema may hold."""
        about = {"id": self.applies_to, "name": self.applies_to, "selfUri": f"{self.base}/limits"}
        return {**about, **LIMITS}

    def read(self, call: Call) -> object:
        """One schema."""
        return call.store.need(self.kind, call.path["schemaId"])

    def replace(self, call: Call) -> object:
        """A new version of a schema; the request names the one that it replaces."""
        sent, before = call.object(), call.store.need(self.kind, call.path["schemaId"])
        if sent["version"] != before["version"]:
            raise errors.version_conflict(sent["version"], before["version"])
        _check_schema(sent)
        after = self._body(call, sent, identity=before["id"], version=before["version"] + 1)
        call.tx.put(self.kind, after, claims=[("name", after["name"].casefold())])
        call.tx.add(_OLD, {**after, "id": str(after["version"])}, parent=before["id"])
        call.audit("Update", after, entity_type="DataSchema", service=SERVICE, before=before)
        return after

    def versions(self, call: Call) -> object:
        """Every version of a schema, the oldest first."""
        schema = call.store.need(self.kind, call.path["schemaId"])
        old = call.store.many(_OLD, map(str, range(1, schema["version"] + 1)), parent=schema["id"])
        found = [{**body, "id": schema["id"]} for body in old]
        return {"entities": found, "total": len(found), "selfUri": f"{schema['selfUri']}/versions"}

    def version(self, call: Call) -> object:
        """One version of a schema."""
        old = call.store.need(_OLD, call.path["versionId"], parent=call.path["schemaId"])
        return {**old, "id": call.path["schemaId"]}

    def delete(self, call: Call) -> object:
        """Delete a schema; the data of entities stay."""
        before = call.store.need(self.kind, call.path["schemaId"])
        call.tx.remove(self.kind, before["id"])
        call.tx.remove_all(_OLD, parent=before["id"])
        call.audit("Delete", before, entity_type="DataSchema", service=SERVICE)
        return None

    def serve(self) -> None:
        """Add the routes."""
        one = f"{self.base}/{{schemaId}}"
        routes.get(self.base)(self.all)
        routes.post(self.base, errors=(409,))(self.create)
        routes.get(f"{self.base}/coretypes")(self.core_types)
        routes.get(f"{self.base}/coretypes/{{coreTypeName}}")(self.core_type)
        routes.get(f"{self.base}/limits")(self.limits)
        routes.get(one)(self.read)
        routes.put(one, errors=(409,))(self.replace)
        routes.get(f"{one}/versions")(self.versions)
        routes.get(f"{one}/versions/{{versionId}}")(self.version)
        if self.applies_to == "CONTACT":
            routes.delete(one, status=204)(self.delete)


def _core_type(base: str, name: str) -> Body:
    kind, largest, _ = _TYPES[name]
    low, high = ("minimum", "maximum") if kind in {"integer", "number"} else ("minLength", "maxLength")
    limits = {low: {"min": 0, "max": largest}, high: {"min": 0, "max": largest}}
    return {
        "id": name,
        "name": name,
        "version": 1,
        "current": True,
        "schema": {"title": name, "description": f"A field of type {name}.", "type": [kind, "null"]},
        "validationFields": [] if kind in {"boolean", "array"} else [low, high],
        "validationLimits": {} if kind in {"boolean", "array"} else limits,
        "selfUri": f"{base}/coretypes/{name}",
    }


_Area(f"{PATH}/contacts/schemas", "CONTACT").serve()
_Area(f"{PATH}/organizations/schemas", "EXTERNAL_ORGANIZATION").serve()
