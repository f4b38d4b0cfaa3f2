"""The flat form of an output that Architect binds variables to (architect-behaviour D.3).

Nested objects join their names with dots; an array of objects becomes one parallel collection per leaf;
a dot inside a property name is written `__`. A top-level array of scalars is bound as `value`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ringback.core.policies import Policies
from ringback.dataactions.model import Schema

ROOT_ARRAY_NAME = "value"

_CODES: Mapping[str, str] = {"string": "str", "integer": "int", "number": "dec", "boolean": "bln"}


def flattened_schema(contract: Schema) -> dict[str, str]:
    """Flat output name to Architect's type code, in contract order.

    >>> flattened_schema({"type": "object", "properties": {"a": {"properties": {"b": {"type": "string"}}},
    ...     "v": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}}}})
    {'a.b': 'str', 'v.n': 'int_coll'}

    A property without a scalar type counts as a string.
    """
    return {name or ROOT_ARRAY_NAME: code for name, code in _leaves(contract, "", collection=False)}


def flatten(output: Any, contract: Schema, *, policies: Policies | None = None) -> dict[str, Any]:
    """Flat output name to value; collections are lists, a missing or null leaf is None.

    Leaves of the contract come first and are always present; members the contract does not name follow.
    Policy `null_leaf_in_flattened_array`: `not_set_item` keeps lists aligned, `drop` shortens them.
    """
    return flatten_as(output, flattened_schema(contract), policies=policies)


def flatten_as(output: Any, leaves: Mapping[str, str], *, policies: Policies | None = None) -> dict[str, Any]:
    """`flatten` with the flattened schema of the contract, for callers that keep it."""
    found: dict[str, Any] = {name: [] if code.endswith("_coll") else None for name, code in leaves.items()}
    parents = {name[:at] for name in leaves for at in range(len(name)) if name[at] == "."}
    for name, value in _values(output, ""):
        if value or name not in parents:  # an empty array or a null stands for leaves that are there already
            found[name or ROOT_ARRAY_NAME] = value
    for name, value in list(found.items()):
        if isinstance(value, list) and None in value:
            found[name] = _nulls(value, policies)
    return found


def _nulls(values: list[Any], policies: Policies | None) -> list[Any]:
    choice = (policies or Policies()).get("null_leaf_in_flattened_array")
    return [item for item in values if item is not None] if choice == "drop" else values


def _leaves(schema: Any, name: str, *, collection: bool) -> Iterator[tuple[str, str]]:
    if not isinstance(schema, Mapping):
        return
    properties = schema.get("properties")
    kind = schema_type(schema)
    if kind == "array":
        yield from _leaves(schema.get("items", {}), name, collection=True)
    elif isinstance(properties, Mapping) and kind in ("object", ""):
        for key, member in properties.items():
            yield from _leaves(member, _join(name, key), collection=collection)
    elif kind != "object" and (name or kind):  # an empty contract names nothing
        code = _CODES.get(kind, "str")
        yield name, f"{code}_coll" if collection else code


def schema_type(schema: Schema) -> str:
    """The one type a schema names, `null` aside; empty when it names none."""
    kind = schema.get("type", "")
    if isinstance(kind, Sequence) and not isinstance(kind, str):
        return next((str(item) for item in kind if item != "null"), "")
    return str(kind or "")


def _join(name: str, key: str) -> str:
    plain = str(key).replace(".", "__")
    return f"{name}.{plain}" if name else plain


def _values(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _values(member, _join(name, key))
    elif isinstance(value, list) and dict in map(type, value):
        yield from _parallel(value, name)
    else:
        yield name, value


def _parallel(items: list[Any], name: str) -> Iterator[tuple[str, list[Any]]]:
    rows = [dict(_values(item, name)) if isinstance(item, dict) else {} for item in items]
    for key in dict.fromkeys(key for row in rows for key in row):
        yield key, [row.get(key) for row in rows]
