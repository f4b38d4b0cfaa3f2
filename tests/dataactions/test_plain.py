"""The plain form of job 1."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringback.core.errors import DefinitionError
from ringback.dataactions import CannedTransport, execute, load_data_action, response_of
from tests.dataactions.documents import PLAIN, action_of, changed


def test_the_document_of_the_tutorials() -> None:
    action = action_of(PLAIN)
    assert action.form == "plain"
    assert (action.name, action.description, action.timeout) == (
        "Fetch User Data External",
        "Reads a user",
        5.0,
    )
    assert action.request.method == "GET"
    assert action.request.url == "https://api.example.com/user-data?userId=${esc.uriEncode(${input.userId})}"
    assert action.request.headers == {"Authorization": "Bearer ${input.externalApiKey}"}
    assert action.request.body is None
    assert action.response.translation == {"userName": "$.body.userName"}
    assert action.response.success_template == '{"userName": ${userName}}'
    assert action.response.status_codes == (200,)
    assert action.input_contract["required"] == ["userId", "externalApiKey"]
    assert list(action.input_contract["properties"]) == ["userId", "externalApiKey"]
    assert action.output_contract["properties"] == {"userName": {"description": "the name"}}


def variable(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, **more}


REWRITES: list[tuple[str, Any, str]] = [
    ("url", "${userId}/x", "${input.userId}/x"),
    ("url", "https://x.example/${userId}", "https://x.example/${esc.uriEncode(${input.userId})}"),
    ("url", "https://x.example/${opt}", "https://x.example/$!{esc.uriEncode($!{input.opt})}"),
    ("url", "https://x.example/${input.userId}", "https://x.example/${input.userId}"),
    ("url", "https://x.example/a##b", "https://x.example/a${esc.hash}${esc.hash}b"),
    ("body", '{"a": "${userId}"}', '{"a": "${esc.jsonEncode(${input.userId})}"}'),
    ("body", '{"a": ${userId}}', '{"a": ${input.userId}}'),
    ("body", {"a": "${userId}", "n": 1.5}, '{"a":"${esc.jsonEncode(${input.userId})}","n":1.5}'),
    ("body", "a=${userId}", "a=${input.userId}"),
    ("body", '{"a\\"": ${userId}}', '{"a\\"": ${input.userId}}'),
]


@pytest.mark.parametrize(("field", "value", "expected"), REWRITES)
def test_references_get_the_escape_of_their_place(field: str, value: Any, expected: str) -> None:
    document = changed(PLAIN, f"request.{field}", value)
    document = changed(document, "inputVariables", [*PLAIN["inputVariables"], variable("opt")])
    action = load_data_action(json.dumps(document), file="p.json")
    assert getattr(action.request, field) == expected


def test_a_default_of_a_mapping_is_json() -> None:
    path = "response.body.mapping.0"
    entry = {"variableName": "userName", "jsonPath": "$.x", "default": "none"}
    assert load_data_action(json.dumps(changed(PLAIN, path, entry)), file="p").response.defaults == {
        "userName": '"none"'
    }


def test_names_that_start_with_a_digit() -> None:
    document = changed(PLAIN, "outputVariables", [variable("1st"), variable("_1st")])
    mapping = [{"variableName": name, "jsonPath": f"$.{name}"} for name in ("1st", "_1st")]
    document = changed(document, "response.body.mapping", mapping)
    document = changed(document, "inputVariables.0.name", "2nd")
    document = changed(document, "request.url", "https://x.example/${2nd}")
    action = load_data_action(json.dumps(document), file="p")
    inputs = {"2nd": "b", "externalApiKey": "k"}
    transport = CannedTransport([response_of({"body": {"1st": 1, "_1st": 2}})])
    report = execute(action, inputs, transport=transport)
    assert report.found.url == "https://x.example/b"
    assert report.output == {"1st": 1, "_1st": 2}


ERRORS: list[tuple[str, Any, str, str]] = [
    ("name", ..., "name is missing", "RB101"),
    ("request.url", ..., "request.url is missing", "RB101"),
    ("request.url", "ftp://x", "request.url: 'ftp://x' is no http or https URL", "RB101"),
    ("request.method", "FETCH",
     "request.method must be one of GET, POST, PUT, PATCH, DELETE, HEAD, not 'FETCH'", "RB101"),
    ("request.timeout", "5", "request.timeout must be a number from 1 to 60000, not a text", "RB101"),
    ("request.timeout", 0, "request.timeout must be from 1 to 60000, not 0", "RB101"),
    ("request.headers", [], "request.headers must be an object, not a list", "RB101"),
    ("request", ..., "request is missing", "RB101"),
    ("response.statusCodes", 200, "response.statusCodes must be a list, not a number", "RB101"),
    ("response.statusCodes", ["200"],
     "response.statusCodes[0] must be an HTTP status from 100 to 599, not a text", "RB101"),
    ("response.body.mapping", {}, "response.body.mapping must be a list, not an object", "RB101"),
    ("response.body.mapping.0.jsonPath", ..., "response.body.mapping[0].jsonPath is missing", "RB101"),
    ("inputVariables.0", "userId", "inputVariables[0] must be an object, not a text", "RB101"),
    ("inputVariables.0.required", "yes",
     "inputVariables[0].required must be true or false, not a text", "RB101"),
    ("inputVariables.0.type", "text",
     "inputVariables[0].type must be one of string, integer, number, boolean, object, array, not 'text'",
     "RB101"),
    ("request.url", "https://x/${nobody}",
     "request.url: variable 'nobody' is used but not declared", "RB103"),
    ("request.headers.X-A", "${nobody}",
     "request.headers.X-A: variable 'nobody' is used but not declared", "RB103"),
    ("request.headers.Authorization", "Bearer ${input.nobody}",
     "request.headers.Authorization: variable 'nobody' is used but not declared", "RB103"),
    ("request.body", {"a": "${nobody}"}, "request.body: variable 'nobody' is used but not declared", "RB103"),
    ("request.body", "${input.nobody}", "request.body: variable 'nobody' is used but not declared", "RB103"),
    ("response.body.mapping.0.variableName", "nobody",
     "response.body.mapping[0].variableName: variable 'nobody' is used but not declared", "RB103"),
    ("inputVariables.1.name", "userId",
     "inputVariables[1].name: variable 'userId' is declared twice, first on line 27", "RB104"),
    ("outputVariables", [variable("userName"), variable("userName")],
     "outputVariables[1].name: variable 'userName' is declared twice, first on line 38", "RB104"),
    ("response.body.mapping", [{"variableName": "userName", "jsonPath": "$.a"}] * 2,
     "response.body.mapping[1].variableName: variable 'userName' is mapped twice", "RB104"),
    ("inputVariables.0.name", "user-id", "inputVariables[0].name: 'user-id' is no variable name", "RB105"),
    ("outputVariables.0.name", "user name",
     "outputVariables[0].name: 'user name' is no variable name", "RB105"),
    ("request.url", "https://x/${user-id}", "request.url: 'user-id' is no variable name", "RB105"),
    ("request.url", "https://x/${}", "request.url: '' is no variable name", "RB105"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "message", "code"), ERRORS)
def test_errors_name_the_field(path: str, value: Any, message: str, code: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_data_action(json.dumps(changed(PLAIN, path, value), indent=1), file="p.json")
    assert (caught.value.message, caught.value.code) == (message, code)
    assert caught.value.span is not None
    assert caught.value.span.line > 0


def test_an_illegal_path_is_named_with_its_place() -> None:
    document = changed(PLAIN, "response.body.mapping.0.jsonPath", "$$.id")
    with pytest.raises(DefinitionError) as caught:
        load_data_action(json.dumps(document, indent=1), file="p.json")
    assert caught.value.code == "RB102"
    assert caught.value.message.startswith("response.body.mapping[0].jsonPath: '$$.id' is no legal JSONPath:")
    assert caught.value.span is not None
    assert '"$$.id"' in caught.value.span.text


@pytest.mark.parametrize("header", ["Authorization", "x-api-key"])
def test_an_undeclared_name_in_a_secret_header_is_a_credential(header: str) -> None:
    action = action_of(changed(PLAIN, "request.headers", {header: "Bearer ${userId} ${theirKey}"}))
    assert action.request.headers == {header: "Bearer ${input.userId} ${credentials.theirKey}"}
