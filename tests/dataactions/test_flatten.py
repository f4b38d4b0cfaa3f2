"""Flat outputs as Architect binds them."""

from __future__ import annotations

from typing import Any

import pytest

from ringback.core.policies import Policies
from ringback.dataactions.flatten import flatten, flattened_schema

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def obj(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def many(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


SCHEMAS = [
    ({}, {}),
    ({"$schema": "http://json-schema.org/draft-04/schema#"}, {}),
    (TEXT, {"value": "str"}),
    (obj(), {}),
    (obj(a=TEXT, b=NUMBER, c={"type": "number"}, d={"type": "boolean"}),
     {"a": "str", "b": "int", "c": "dec", "d": "bln"}),
    (obj(a=obj(b=TEXT)), {"a.b": "str"}),
    (obj(tags=many(TEXT)), {"tags": "str_coll"}),
    (obj(rows=many(obj(n=NUMBER, s=TEXT))), {"rows.n": "int_coll", "rows.s": "str_coll"}),
    (obj(**{"purecloud:2.0": TEXT}), {"purecloud:2__0": "str"}),
    (many(obj(id=TEXT, ok={"type": "boolean"})), {"id": "str_coll", "ok": "bln_coll"}),
    (many({"type": "number"}), {"value": "dec_coll"}),
    (obj(a={"type": ["null", "integer"]}), {"a": "int"}),
    (obj(a={}), {"a": "str"}),
    ({"properties": {"a": TEXT}}, {"a": "str"}),
    (obj(a={"type": "object"}), {}),
    (obj(a=many({})), {"a": "str_coll"}),
]  # fmt: skip


@pytest.mark.parametrize(("contract", "expected"), SCHEMAS)
def test_schemas(contract: dict[str, Any], expected: dict[str, str]) -> None:
    assert flattened_schema(contract) == expected


VALUES = [
    ({"a": {"b": "x"}}, obj(a=obj(b=TEXT)), {"a.b": "x"}),
    ({}, obj(a=TEXT, t=many(TEXT)), {"a": None, "t": []}),
    ({"a": None}, obj(a=TEXT), {"a": None}),
    ({"extra": 1}, obj(a=TEXT), {"a": None, "extra": 1}),
    ({"t": ["x", "y"]}, obj(t=many(TEXT)), {"t": ["x", "y"]}),
    ({"r": [{"n": 1, "s": "a"}, {"n": 2}]}, obj(r=many(obj(n=NUMBER, s=TEXT))),
     {"r.n": [1, 2], "r.s": ["a", None]}),
    ({"r": []}, obj(r=many(obj(n=NUMBER))), {"r.n": []}),
    ({"r": None, "a": None, "x": None}, obj(r=many(obj(n=NUMBER)), a=obj(b=obj(c=TEXT))),
     {"r.n": [], "a.b.c": None, "x": None}),
    ([{"id": "1"}, {"id": None}], many(obj(id=TEXT)), {"id": ["1", None]}),
    ([1, 2], many(NUMBER), {"value": [1, 2]}),
    ({"a.b": 1}, {}, {"a__b": 1}),
    ({"r": [{"x": {"y": 1}}, {"x": {"y": 2}}]}, obj(r=many(obj(x=obj(y=NUMBER)))), {"r.x.y": [1, 2]}),
]  # fmt: skip


@pytest.mark.parametrize(("output", "contract", "expected"), VALUES)
def test_values(output: Any, contract: dict[str, Any], expected: dict[str, Any]) -> None:
    assert flatten(output, contract) == expected


def test_null_leaves_may_shorten_collections() -> None:
    policies = Policies({"null_leaf_in_flattened_array": "drop"})
    output = {"r": [{"n": 1}, {"n": None}, {}]}
    assert flatten(output, obj(r=many(obj(n=NUMBER))), policies=policies) == {"r.n": [1]}
    assert policies.used == {"null_leaf_in_flattened_array": "drop"}
