"""Export JSON in its variants."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringback.core.errors import DefinitionError
from ringback.dataactions import load_data_action, load_data_actions
from tests.dataactions.documents import EXPORT, action_of, changed

VARIANTS: list[tuple[str, Any, str, Any]] = [
    ("actionType", None, "action_type", "custom"),
    ("actionType", ..., "action_type", "custom"),
    ("actionType", "static", "action_type", "static"),
    ("integrationType", None, "integration_type", ""),
    ("category", "CRM", "category", "CRM"),
    ("integrationId", "i-1", "integration_id", "i-1"),
    ("secure", True, "secure", True),
    ("secure", ..., "secure", False),
    ("contract", ..., "input_contract", {}),
    ("contract", None, "output_contract", {}),
    ("config.timeoutSeconds", 20, "timeout", 20.0),
    ("contract.output", {"outputSchema": {"type": "object"}}, "output_contract", {"type": "object"}),
    ("contract.output.successSchema", '{"type": "array"}', "output_contract", {"type": "array"}),
]


@pytest.mark.parametrize(("path", "value", "field", "expected"), VARIANTS)
def test_variants(path: str, value: Any, field: str, expected: Any) -> None:
    document = changed(EXPORT, path, value)
    action = load_data_action(json.dumps(document), file="a.json")
    assert getattr(action, field) == expected
    assert action.origin.document == document


@pytest.mark.parametrize("value", [None, ...])
def test_missing_parts_of_the_configuration(value: Any) -> None:
    document = EXPORT
    for path in ("requestTemplate", "requestUrlTemplate", "headers"):
        document = changed(document, f"config.request.{path}", value)
    for path in ("translationMap", "translationMapDefaults", "successTemplate"):
        document = changed(document, f"config.response.{path}", value)
    action = load_data_action(json.dumps(document), file="a.json")
    assert (action.request.url, action.request.body, action.request.headers) == (None, None, {})
    assert (action.response.translation, action.response.defaults) == ({}, {})
    assert action.response.success_template == "${rawResult}"


def test_name_and_config_are_enough() -> None:
    action = load_data_action('{"name": "x", "config": {}}', file="a.json")
    assert (action.name, action.request.method, action.input_contract) == ("x", "GET", {})


ERRORS: list[tuple[str, Any, str]] = [
    ("name", ..., "name is missing"),
    ("name", "", "name is empty"),
    ("name", 5, "name must be a text, not a number"),
    ("config", [], "config must be an object, not a list"),
    ("config.request.requestType", "FETCH",
     "config.request.requestType must be one of GET, POST, PUT, PATCH, DELETE, HEAD, not 'FETCH'"),
    ("config.request.headers", ["a"], "config.request.headers must be an object, not a list"),
    ("config.request.headers", {"a": []}, "config.request.headers.a must be a text, not a list"),
    ("config.request.requestUrlTemplate", {},
     "config.request.requestUrlTemplate must be a text, not an object"),
    ("config.response.translationMap.name", {},
     "config.response.translationMap.name must be a text, not an object"),
    ("config.response.successTemplate", 1, "config.response.successTemplate must be a text, not a number"),
    ("config.timeoutSeconds", 0, "config.timeoutSeconds must be from 1 to 60, not 0"),
    ("config.timeoutSeconds", True, "config.timeoutSeconds must be a number from 1 to 60, not true or false"),
    ("contract.input.inputSchema", "{", "contract.input.inputSchema must be an object, not a text"),
    ("contract.output.successSchema", 3, "contract.output.successSchema must be an object, not a number"),
    ("secure", "yes", "secure must be true or false, not a text"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "message"), ERRORS)
def test_errors_name_the_field_and_the_place(path: str, value: Any, message: str) -> None:
    text = json.dumps(changed(EXPORT, path, value), indent=1)
    with pytest.raises(DefinitionError) as caught:
        load_data_action(text, file="a.json")
    assert caught.value.message == message
    assert caught.value.code == "RB101"
    assert caught.value.span is not None
    assert caught.value.span.file == "a.json"
    last = path.rpartition(".")[2]
    if value is not ...:
        lines = text.splitlines()
        found = lines[caught.value.span.line - 1]
        assert f'"{last}"' in found or f'"{last}"' in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "a.json holds no data action, not one"),
        ("{}", "the document is no data action: neither `config` (native) nor `request` (plain) is there"),
        ("7", "the document is no data action: neither `config` (native) nor `request` (plain) is there"),
        ("[7]", "the document is no data action: neither `config` (native) nor `request` (plain) is there"),
        ('[{"name": "a", "config": {}}, {"name": "b", "config": {}}]',
         "a.json holds 2 data actions ('a', 'b'), not one"),
    ],
)  # fmt: skip
def test_documents_that_are_not_one_action(text: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_data_action(text, file="a.json")
    assert caught.value.message == message


def test_listings() -> None:
    listing = {"entities": [EXPORT, changed(EXPORT, "name", "second")]}
    names = [action.name for action in load_data_actions(json.dumps(listing), file="a.json")]
    assert names == ["Look up customer", "second"]


def test_actions_compare_by_what_they_say() -> None:
    assert action_of(EXPORT) == load_data_action(json.dumps(EXPORT), file="elsewhere.json")
    assert action_of(EXPORT) != action_of(EXPORT, name="other")
