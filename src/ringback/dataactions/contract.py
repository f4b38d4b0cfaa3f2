"""Contracts: JSON Schema (draft-04 unless the schema names another) with messages a person can act on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

import jsonschema_rs

from ringback.core.errors import DefinitionError
from ringback.core.policies import Policies
from ringback.dataactions.flatten import schema_type
from ringback.dataactions.model import Schema

MAX_VIOLATIONS = 20


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a value breaks its contract; `path` is like `$.items[0].id`."""

    path: str
    message: str
    rule: str

    def __str__(self) -> str:
        """`$.path: message`."""
        return f"{self.path}: {self.message}"


class Contract:
    """A compiled schema.

    Raises:
        DefinitionError: the schema is no usable JSON Schema.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._validator = _validator(json.dumps(schema)) if schema else None

    def check(self, value: Any) -> tuple[Violation, ...]:
        """How `value` breaks the contract, at most `MAX_VIOLATIONS` ways; empty when it keeps it."""
        if self._validator is None or self._validator.is_valid(value):
            return ()
        errors = islice(self._validator.iter_errors(value), MAX_VIOLATIONS)
        return tuple(_violation(error) for error in errors)

    def check_input(
        self, inputs: Mapping[str, Any], *, policies: Policies
    ) -> tuple[dict[str, Any], tuple[Violation, ...]]:
        """The input object that is sent, and how it breaks the contract.

        Values of None are NOT_SET: policy `not_set_data_action_input` leaves them out or keeps null.
        """
        sent = dict(inputs)
        if None in sent.values() and policies.get("not_set_data_action_input") == "omit":
            sent = {name: value for name, value in sent.items() if value is not None}
        return sent, self.check(sent)


def _violation(error: jsonschema_rs.ValidationError) -> Violation:
    rule = str(error.schema_path[-1]) if error.schema_path else ""
    return Violation(_path(error.instance_path), _short(error.message), rule)


@lru_cache(maxsize=512)
def _validator(text: str) -> Any:
    """A compiled schema, by its text; it never fetches a reference from anywhere."""
    schema = json.loads(text)
    try:
        if isinstance(schema, dict) and "draft-04" not in str(schema.get("$schema", "draft-04")):
            return jsonschema_rs.validator_for(schema, offline=True)
        return jsonschema_rs.Draft4Validator(schema, offline=True)
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        raise DefinitionError(
            f"the contract is no usable JSON Schema: {_short(str(error))}",
            hint="contracts hold type, properties, required and items; $ref is not allowed",
        ) from None


def from_text(name: str, text: str, *, contract: Schema) -> Any:
    """The input value that a command line text means under a contract: numbers and Booleans by type.

    A text that does not fit its type stays a text, so that the contract check names the problem.
    """
    member = contract.get("properties", {}).get(name, {})
    kind = schema_type(member) if isinstance(member, Mapping) else ""
    if kind == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind in ("integer", "number", "array", "object"):
        return _number_or_json(text, kind)
    return text


def _number_or_json(text: str, kind: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    types: Mapping[str, tuple[type, ...]] = {
        "integer": (int,), "number": (int, float), "array": (list,), "object": (dict,)
    }  # fmt: skip
    return value if isinstance(value, types[kind]) and not isinstance(value, bool) else text


def _path(parts: list[str | int]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)


def _short(message: str) -> str:
    return message if len(message) <= 300 else f"{message[:297]}..."
