"""Contracts."""

from __future__ import annotations

from typing import Any

import pytest

from ringback.core.errors import DefinitionError
from ringback.core.policies import Policies
from ringback.dataactions.contract import MAX_VIOLATIONS, Contract, from_text

SCHEMA = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "n": {"type": "integer"},
        "x": {"type": "number"},
        "ok": {"type": "boolean"},
        "rows": {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}},
    },
}

VIOLATIONS: list[tuple[Any, list[str]]] = [
    ({"id": "1"}, []),
    ({"id": "1", "more": 1}, []),
    ({}, ['$: "id" is a required property']),
    ({"id": 1, "n": "2"}, ['$.id: 1 is not of type "string"', '$.n: "2" is not of type "integer"']),
    ({"id": "1", "rows": [{"a": "x"}, {"a": 1}]}, ['$.rows[1].a: 1 is not of type "string"']),
    ([], ['$: [] is not of type "object"']),
]


@pytest.mark.parametrize(("value", "messages"), VIOLATIONS)
def test_violations(value: Any, messages: list[str]) -> None:
    assert sorted(str(item) for item in Contract(SCHEMA).check(value)) == messages


def test_no_contract_accepts_everything() -> None:
    assert Contract({}).check({"any": "thing"}) == ()


def test_the_number_of_violations_is_bounded() -> None:
    contract = Contract({"type": "array", "items": {"type": "string"}})
    assert len(contract.check(list(range(1000)))) == MAX_VIOLATIONS


def test_draft_04_is_the_rule_unless_the_schema_names_another() -> None:
    draft4 = {"type": "number", "minimum": 1, "exclusiveMinimum": True}
    assert [item.rule for item in Contract(draft4).check(1)] == ["exclusiveMinimum"]
    draft7 = {"$schema": "http://json-schema.org/draft-07/schema#", "type": "number", "exclusiveMinimum": 1}
    assert [item.rule for item in Contract(draft7).check(1)] == ["exclusiveMinimum"]


@pytest.mark.parametrize(
    "schema",
    [{"type": "text"}, {"$ref": "https://example.com/schema.json"}, {"properties": []}, {"required": "id"}],
)
def test_schemas_that_cannot_be_used(schema: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError, match="the contract is no usable JSON Schema"):
        Contract(schema)


def test_inputs_that_are_not_set_are_left_out() -> None:
    sent, violations = Contract(SCHEMA).check_input({"id": None, "n": 1}, policies=Policies())
    assert sent == {"n": 1}
    assert [str(item) for item in violations] == ['$: "id" is a required property']


TEXTS = [
    ("id", "5", "5"),
    ("n", "5", 5),
    ("n", "5.5", "5.5"),
    ("n", "true", "true"),
    ("x", "5", 5),
    ("x", "5.5", 5.5),
    ("x", "five", "five"),
    ("ok", "TRUE", True),
    ("ok", "false", False),
    ("ok", "1", "1"),
    ("rows", '[{"a": 1}]', [{"a": 1}]),
    ("unknown", "5", "5"),
]


@pytest.mark.parametrize(("name", "text", "value"), TEXTS)
def test_command_line_texts(name: str, text: str, value: Any) -> None:
    found = from_text(name, text, contract=SCHEMA)
    assert found == value
    assert type(found) is type(value)
