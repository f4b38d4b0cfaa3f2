"""The OpenAPI document: valid, complete, and no stricter than the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from ringback.platform.call import Call
from ringback.platform.catalogue import Parameter, find, local, operations
from ringback.platform.openapi import document, error_statuses
from ringback.platform.routing import Route

BASE = "http://127.0.0.1:8080"
MODELS = "#/components/schemas/"
ROW = "#/$defs/row"


def answer(call: Call) -> object:
    return None


def route(method: str, path: str, **more: Any) -> Route:
    operation = find(method, path)
    assert operation is not None
    return Route(operation, answer, "read", **more)


def made(method: str, path: str, *, query: tuple[Parameter, ...] = (), **more: Any) -> Route:
    return Route(local(method, path, query=query), answer, "read", **more)


def described(each: Route) -> dict[str, Any]:
    found: dict[str, Any] = document([each], base_url=BASE, version="1")["paths"][each.path]
    return found[each.method.lower()]


def parameters(each: Route) -> dict[str, Any]:
    return {found["name"]: found for found in described(each)["parameters"]}


ALL = [Route(each, answer, "read", status=each.status, content_type=each.accept) for each in operations()]
LOCALS = [
    made("POST", "/api/v2/architect/simulations", status=201, request={
        "type": "object",
        "properties": {"flow": {"$ref": "#/$defs/flow"}, "queue": {"$ref": f"{MODELS}Queue.nested"}},
        "$defs": {"flow": {"type": "object", "properties": {"inner": {"$ref": "#/$defs/flow"}}}},
    }, response={"type": "object", "properties": {"rows": {"type": "array", "items": {"$ref": ROW}}},
                 "$defs": {"row": {"type": "string"}}}),
    made("PUT", "/api/v2/flows/{id}/publish", request="Flow"),
    made("POST", "/oauth/token", public=True, raw=True,
         request={"type": "object", "properties": {"grant_type": {"type": "string"}}}),
    made("PUT", "/_ringback/uploads/{id}", public=True, raw=True),
    made("GET", "/_ringback/requests", query=(Parameter("since", "datetime"), Parameter("ids", "list[int]"))),
]  # fmt: skip
WHOLE = document([*ALL, *LOCALS], base_url=BASE, version="0.1.0")


def references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for each in part.values():
            yield from references(each)
    elif isinstance(part, list):
        for each in part:
            yield from references(each)


def schema_references(part: object) -> set[str]:
    return {target.rpartition("/")[2] for target in references(part) if "/schemas/" in target}


class TestWhole:
    def test_it_is_valid(self) -> None:
        # Each resource of the catalogue once; all operations take the validator several seconds.
        groups = {each.operation.group: each for each in ALL}
        some = document([*groups.values(), *LOCALS], base_url=BASE, version="0.1.0")
        assert [str(error) for error in OpenAPIV31SpecValidator(some).iter_errors()] == []

    def test_every_operation_is_there_under_a_name_of_its_own(self) -> None:
        names = [each["operationId"] for methods in WHOLE["paths"].values() for each in methods.values()]
        assert len(names) == len(set(names)) == len(ALL) + len(LOCALS)

    def test_every_reference_leads_somewhere_and_nothing_is_left_over(self) -> None:
        components = WHOLE["components"]
        places = {
            f"#/components/{kind}/{name}" for kind in ("schemas", "responses") for name in components[kind]
        }
        assert set(references(WHOLE)) == places

    def test_every_schema_is_one(self) -> None:
        for name, schema in WHOLE["components"]["schemas"].items():
            jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema)
            assert schema, name

    def test_only_models_in_use(self) -> None:
        small = document([route("GET", "/api/v2/authorization/divisions/home")], base_url=BASE, version="1")
        assert "AuthzDivision" in small["components"]["schemas"]
        assert "Queue" not in small["components"]["schemas"]
        assert set(small["components"]["responses"]) == {"Error400", "Error401", "Error429", "Error500"}

    def test_it_is_json_and_the_same_each_time(self) -> None:
        again = document([*reversed(LOCALS), *reversed(ALL)], base_url=BASE, version="0.1.0")
        assert json.dumps(again) == json.dumps(WHOLE)

    def test_answers_are_never_stricter_than_the_server(self) -> None:
        schemas = WHOLE["components"]["schemas"]
        answers = [
            name for name in schemas if not name.endswith((".input", ".nested", ".partial", ".flow", ".row"))
        ]
        strict = {name for name in answers if "required" in schemas[name]}
        assert strict == {"ErrorBody", "OAuthError"}
        assert not any("additionalProperties" in schema for schema in schemas.values())

    def test_header(self) -> None:
        assert WHOLE["openapi"] == "3.1.0"
        assert WHOLE["info"]["version"] == "0.1.0"
        assert WHOLE["servers"] == [{"url": BASE}]
        flow = WHOLE["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]
        assert flow["tokenUrl"] == f"{BASE}/oauth/token"

    def test_one_template_per_place(self) -> None:
        routes = [route("GET", "/api/v2/flows/{flowId}"), made("PUT", "/api/v2/flows/{id}", request="Flow")]
        paths = document(routes, base_url=BASE, version="1")["paths"]
        assert list(paths) == ["/api/v2/flows/{flowId}"]
        assert paths["/api/v2/flows/{flowId}"]["put"]["parameters"][0]["name"] == "flowId"


class TestOperation:
    def test_a_real_one(self) -> None:
        found = described(route("PUT", "/api/v2/routing/queues/{queueId}", errors=(410,)))
        assert found["operationId"] == "put_routing_queue"
        assert found["summary"] == "put routing queue"
        assert found["tags"] == ["routing.queues"]
        assert found["security"] == [{"oauth2": []}, {"bearer": []}]
        assert found["x-inin-requires-permissions"] == {"type": "ANY", "permissions": ["routing:queue:edit"]}
        assert found["requestBody"]["required"] is True
        assert schema_references(found["requestBody"]) == {"QueueRequest.input"}
        assert schema_references(found["responses"]["200"]) == {"Queue"}
        errors = ["400", "401", "403", "404", "408", "409", "410", "413", "415", "429", "500"]
        assert list(found["responses"]) == ["200", *errors]
        assert "x-ringback-local" not in found

    def test_query_parameters(self) -> None:
        found = parameters(route("GET", "/api/v2/externalcontacts/scan/contacts"))
        assert (found["limit"]["schema"]["minimum"], found["limit"]["schema"]["maximum"]) == (10, 200)
        search = {
            each["name"]: each for each in described(route("GET", "/api/v2/users/search"))["parameters"]
        }
        assert search["q64"]["required"] is True
        assert (search["expand"]["style"], search["expand"]["explode"]) == ("form", False)

    def test_a_local_one(self) -> None:
        found = described(LOCALS[1])
        assert found["x-ringback-local"] is True
        assert schema_references(found["requestBody"]) == {"Flow.input"}

    def test_own_schemas_move_into_the_components(self) -> None:
        whole = document([LOCALS[0]], base_url=BASE, version="1")
        found = whole["paths"]["/api/v2/architect/simulations"]["post"]
        name = "local_post_architect_simulations"
        assert schema_references(found["requestBody"]) == {f"{name}.flow", "Queue.nested"}
        assert schema_references(found["responses"]["201"]) == {f"{name}.response.row"}
        assert whole["components"]["schemas"][f"{name}.flow"]["properties"]["inner"] == {
            "$ref": f"#/components/schemas/{name}.flow"
        }

    def test_the_token_route(self) -> None:
        found = described(LOCALS[2])
        assert found["security"] == []
        assert list(found["requestBody"]["content"]) == ["application/x-www-form-urlencoded"]
        assert found["responses"]["400"] == {"$ref": "#/components/responses/OAuthError400"}

    def test_raw_bodies(self) -> None:
        assert described(LOCALS[3])["requestBody"] == {"content": {"application/octet-stream": {}}}

    @pytest.mark.parametrize(
        ("each", "content"),
        [
            (route("DELETE", "/api/v2/oauth/clients/{clientId}", status=204), None),
            (route("HEAD", "/api/v2/tokens/me"), None),
            (route("DELETE", "/api/v2/externalcontacts/contacts/{id}"), {"application/json": {"schema": {}}}),
            (route("GET", "/api/v2/integrations/actions/{a}/templates/{f}", content_type="text/plain"),
             {"text/plain": {"schema": {"type": "string"}}}),
        ],
    )  # fmt: skip
    def test_content_of_answers(self, each: Route, content: dict[str, Any] | None) -> None:
        assert described(each)["responses"][str(each.status)].get("content") == content

    def test_a_patch_of_an_entity(self) -> None:
        each = route("PATCH", "/api/v2/conversations/calls/{id}")
        assert schema_references(described(each)["requestBody"]) == {"Conversation.partial"}
        schemas = document([each], base_url=BASE, version="1")["components"]["schemas"]
        assert "required" not in schemas["Conversation.partial"]

    def test_optional_bodies(self) -> None:
        assert described(route("POST", "/api/v2/integrations"))["requestBody"]["required"] is False

    def test_further_good_answers(self) -> None:
        found = described(route("POST", "/api/v2/externalcontacts/contacts", errors=(201,)))
        assert schema_references(found["responses"]["201"]) == {"ExternalContact"}

    def test_statuses_of_a_public_read(self) -> None:
        assert error_statuses(made("GET", "/_ringback/health", public=True)) == (400, 429, 500)


class TestSchemas:
    def check(self, name: str, value: object) -> bool:
        schema = {"$ref": f"#/components/schemas/{name}", "components": WHOLE["components"]}
        return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(value)

    @pytest.mark.parametrize(
        ("name", "value", "good"),
        [
            ("Queue", {"name": None, "division": None, "new": 1}, True),
            ("Queue", {"name": 5}, False),
            ("Queue", None, False),
            ("Note.input", {}, False),
            ("Note.input", {"createdBy": {"id": "u"}}, True),  # a reference needs no more
            ("Note.input", {"createdBy": None}, False),
            ("Note", {}, True),
            ("ExternalContact.input", {"type": "Odd"}, False),
            ("ExternalContact.input", {"type": None}, True),
            ("ErrorBody", {"message": "m", "code": "c", "status": 400, "errors": []}, True),
            ("ErrorBody", {"message": "m"}, False),
        ],
    )
    def test_what_they_say(self, name: str, value: object, good: bool) -> None:
        assert self.check(name, value) is good
