"""The OpenAPI 3.1 document of what is served, made from the route table and the catalogue.

Components are the models that the routes use, once per place (see `catalogue.schemas`): `Queue` is the
answer, `Queue.input` a request, `Queue.partial` the body of a PATCH, `Queue.nested` the entity inside a body.
Answers are described as widely as the platform's clients read them: nothing is required, null may stand
anywhere, further fields may follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from ringback.platform.catalogue import Parameter, models
from ringback.platform.catalogue.query import range_of
from ringback.platform.catalogue.schemas import Place, Schema, below, inner, model_schema, type_schema
from ringback.platform.routing import Route

__all__ = ["document", "error_statuses"]

JSON = "application/json"
TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path, no password
_NAME = re.compile(r"\{([^}]*)\}")
_COMPONENTS = "#/components/schemas/"
_DEFS = "#/$defs/"
_SUFFIX: dict[Place, str] = {"input": ".input", "nested": ".nested", "output": ""}
_PLACES: dict[str, Place] = {"input": "input", "partial": "input", "nested": "nested"}
_OAUTH_ERROR: Schema = {
    "type": "object",
    "required": ["error"],
    "properties": {name: {"type": "string"} for name in ("error", "description", "error_description")},
}


def document(routes: Iterable[Route], *, base_url: str, version: str) -> dict[str, Any]:
    """The document.

    Args:
        routes: what is served.
        base_url: scheme and authority by which callers reach the server.
        version: of ringback.
    """
    components = _Components()
    paths: dict[str, dict[str, Any]] = {}
    templates: dict[str, str] = {}  # OpenAPI knows one template per place, whatever its parameters are called
    for route in sorted(routes, key=lambda each: (each.path, each.method)):
        template = templates.setdefault(_NAME.sub("{}", route.path), route.path)
        paths.setdefault(template, {})[route.method.lower()] = _operation(
            route, template, components=components
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ringback: a local Genesys Cloud Platform API",
            "version": version,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.schemas().items())),
            "responses": dict(sorted(components.responses.items())),
            "securitySchemes": _security_schemes(base_url),
        },
    }


def error_statuses(route: Route) -> tuple[int, ...]:
    """The statuses of refusals that a caller of a route may see."""
    operation = route.operation
    found = {400, 429, 500, *(status for status in route.errors if status >= 400)}
    if not route.public:
        found |= {401, 403} if operation.permissions else {401}
    if operation.path_parameters:
        found.add(404)
    if route.method not in {"GET", "HEAD"}:
        found |= {408, 409, 413} if route.raw else {408, 409, 413, 415}
    return tuple(sorted(found))


class _Components:
    """Schemas and answers that the operations refer to, each written once."""

    def __init__(self) -> None:
        self.responses: dict[str, Any] = {}
        self._schemas: dict[str, Schema] = {"OAuthError": _OAUTH_ERROR}
        self._waiting: list[tuple[str, str, Place]] = []
        self.component("ErrorBody", "output")

    def schemas(self) -> dict[str, Schema]:
        """Every schema, those that others refer to included."""
        while self._waiting:
            key, name, place = self._waiting.pop()
            partial = key.endswith(".partial")
            self._schemas[key] = model_schema(name, self.refer(place), place=place, partial=partial)
        self._schemas["ErrorBody"]["required"] = ["message", "code", "status"]
        return self._schemas

    def component(self, name: str, place: Place, *, partial: bool = False) -> Schema:
        """A reference to a model at a place."""
        key = name + (".partial" if partial else _SUFFIX[place])
        if key not in self._schemas:
            self._schemas[key] = {}
            self._waiting.append((key, name, place))
        return {"$ref": _COMPONENTS + key}

    def refer(self, outer: Place) -> Any:
        """How models inside a model at a place are referred to."""

        def refer(name: str, null: bool) -> Schema:
            found = self.component(name, below(outer, name))
            return {"anyOf": [found, {"type": "null"}]} if null else found

        return refer

    def of_type(self, kind: str, place: Place, *, partial: bool = False) -> Schema:
        """The schema of a request or an answer as a whole."""
        if inner(kind)[0] == "model":
            return self.component(kind, place, partial=partial)
        return type_schema(kind, self.refer(place), null=kind == "object")

    def own(self, schema: Schema, name: str) -> Schema:
        """A route's own schema; its `$defs` become components, models that it refers to are added."""
        for each, part in schema.get("$defs", {}).items():
            self._schemas[f"{name}.{each}"] = self._moved(part, name)
        moved = self._moved({key: part for key, part in schema.items() if key != "$defs"}, name)
        assert isinstance(moved, dict)
        return moved

    def error(self, status: int, *, oauth: bool) -> Schema:
        """A reference to the answer of a refusal."""
        key = f"OAuthError{status}" if oauth else f"Error{status}"
        body: Schema = {"$ref": _COMPONENTS + "ErrorBody"}
        if oauth:
            body = {"anyOf": [body, {"$ref": _COMPONENTS + "OAuthError"}]}
        answer: dict[str, Any] = {
            "description": HTTPStatus(status).phrase,
            "content": {JSON: {"schema": body}},
        }
        if status == 429:
            answer["headers"] = {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}
        self.responses.setdefault(key, answer)
        return {"$ref": f"#/components/responses/{key}"}

    def _moved(self, part: Any, name: str) -> Any:
        if isinstance(part, list):
            return [self._moved(each, name) for each in part]
        if not isinstance(part, dict):
            return part
        target = part.get("$ref")
        if isinstance(target, str) and target.startswith(_DEFS):
            return part | {"$ref": f"{_COMPONENTS}{name}.{target.removeprefix(_DEFS)}"}
        if isinstance(target, str) and target.startswith(_COMPONENTS):
            self._named(target.removeprefix(_COMPONENTS))
            return part
        return {key: self._moved(each, name) for key, each in part.items()}

    def _named(self, key: str) -> None:
        name, _, suffix = key.partition(".")
        if name in models():
            self.component(name, _PLACES.get(suffix, "output"), partial=suffix == "partial")


def _operation(route: Route, template: str, *, components: _Components) -> dict[str, Any]:
    operation = route.operation
    found: dict[str, Any] = {
        "operationId": operation.operation_id,
        "summary": operation.summary,
        "tags": [operation.group],
        "parameters": [*_path_parameters(template), *map(_query_parameter, operation.query)],
        "responses": _responses(route, components),
        "security": [] if route.public else [{"oauth2": []}, {"bearer": []}],
    }
    if body := _request_body(route, components):
        found["requestBody"] = body
    if operation.permissions:
        needed = {"type": operation.permissions_mode, "permissions": list(operation.permissions)}
        found["x-inin-requires-permissions"] = needed
    marks = {"deprecated": operation.deprecated, "x-ringback-local": operation.local}
    return found | {name: True for name, holds in marks.items() if holds}


def _path_parameters(template: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in _NAME.findall(template)
    ]


def _query_parameter(parameter: Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {"name": parameter.name, "in": "query", "schema": _query_schema(parameter)}
    if parameter.required:
        found["required"] = True
    if parameter.type.startswith("list["):
        found |= {"style": "form", "explode": False}
    return found


def _query_schema(parameter: Parameter) -> Schema:
    schema = type_schema(parameter.type, _no_model, enum=parameter.enum)
    if parameter.type == "int":
        low, high = range_of(parameter)
        schema |= {"minimum": low, "maximum": high}
    return schema


def _no_model(name: str, null: bool) -> Schema:
    raise LookupError(f"a query parameter cannot hold {name}{' or null' if null else ''}")


def _request_body(route: Route, components: _Components) -> dict[str, Any] | None:
    operation, schema = route.operation, route.request or route.operation.request
    if route.method in {"GET", "HEAD"} or (schema is None and not route.raw):
        return None
    if schema is None:
        return {"content": {"application/octet-stream": {}}}
    if isinstance(schema, dict):
        media = "application/x-www-form-urlencoded" if route.raw else JSON
        own = components.own(schema, operation.operation_id)
        return {"required": True, "content": {media: {"schema": own}}}
    described = components.of_type(schema, "input", partial=operation.partial)
    required = bool(route.request) or operation.request_required
    return {"required": required, "content": {JSON: {"schema": described}}}


def _responses(route: Route, components: _Components) -> dict[str, Any]:
    good = sorted({route.status, *(status for status in route.errors if status < 400)})
    found = {str(status): _good(route, status, components=components) for status in good}
    oauth = route.path == TOKEN_PATH
    return found | {str(status): components.error(status, oauth=oauth) for status in error_statuses(route)}


def _good(route: Route, status: int, *, components: _Components) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    schema = _answer_schema(route, components)
    if status in {204, 304} or schema is None or route.method == "HEAD":
        return answer
    return answer | {"content": {route.content_type: {"schema": schema}}}


def _answer_schema(route: Route, components: _Components) -> Schema | None:
    operation = route.operation
    if route.response is not None:
        return components.own(route.response, f"{operation.operation_id}.response")
    if route.content_type != JSON:
        return {"type": "string"}
    return components.of_type(operation.response, "output") if operation.response else None


def _security_schemes(base_url: str) -> dict[str, Any]:
    flow = {"tokenUrl": base_url + TOKEN_PATH, "scopes": {}}
    return {
        "oauth2": {"type": "oauth2", "flows": {"clientCredentials": flow}},
        "bearer": {"type": "http", "scheme": "bearer"},
    }
