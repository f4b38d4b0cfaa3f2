"""JSON Schema (2020-12) of the catalogue's types, in the forms in which they are needed.

A model stands in one of three places, and what is required of it differs:

- `input`: the body of a request. Its required fields are asked for.
- `nested`: an entity inside a body. It refers to something that exists (`{"id": …}`), or is one of a bulk
  request, which answers for each entity by itself; its required fields are not asked for.
- `output`: an answer. Nothing is required and null stands anywhere, so that no answer breaks the document.

A model that is no entity (no `selfUri`), such as a contract or routing data, is in both `input` and `nested`
as in `input`. Unknown fields are allowed everywhere, as the platform ignores them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from ringback.platform.catalogue import Field, is_entity, models

__all__ = ["Place", "Refer", "Schema", "below", "inner", "model_schema", "schema_of", "type_schema"]

Schema = dict[str, Any]
Place = Literal["input", "nested", "output"]
Refer = Callable[[str, bool], Schema]
"""(model, null is allowed) → the schema that stands for it."""

# int: what a 64-bit column holds; the platform's numbers are Java's.
_SCALARS: dict[str, Schema] = {
    "str": {"type": "string"},
    "int": {"type": "integer", "format": "int64", "minimum": -(2**63), "maximum": 2**63 - 1},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "datetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
}
_NOT_NULL = ["object", "array", "string", "number", "boolean"]


def inner(kind: str) -> tuple[Literal["list", "dict", "model", "scalar"], str]:
    """A type taken apart: list and its items, dict and its values, or a name alone."""
    if kind.startswith("list[") and kind.endswith("]"):
        return "list", kind[5:-1]
    if kind.startswith("dict(str, ") and kind.endswith(")"):
        return "dict", kind[10:-1]
    return ("model" if kind in models() else "scalar"), kind


def below(place: Place, name: str) -> Place:
    """The place of a model that stands inside another one."""
    if place == "output":
        return "output"
    return "nested" if is_entity(name) else "input"


def type_schema(kind: str, refer: Refer, *, enum: tuple[str, ...] = (), null: bool = False) -> Schema:
    """The schema of a type.

    Args:
        kind: a type in the notation of `Field.type`.
        refer: gives the schema that stands for a model.
        enum: allowed texts, of the items when the type is a list.
        null: whether null is allowed beside the type.

    Raises:
        LookupError: the catalogue knows no such type.
    """
    shape, part = inner(kind)
    if shape == "model":
        return refer(part, null)
    if shape == "list":
        return _or_null({"type": "array", "items": type_schema(part, refer, enum=enum)}, null=null)
    if shape == "dict":
        return _or_null(
            {"type": "object", "additionalProperties": type_schema(part, refer, null=True)}, null=null
        )
    if part == "object":
        return {} if null else {"type": _NOT_NULL}
    if part not in _SCALARS:
        raise LookupError(f"{part} is no type of the catalogue")
    return _or_null(_SCALARS[part] | ({"enum": list(enum)} if enum else {}), null=null)


def model_schema(name: str, refer: Refer, *, place: Place, partial: bool = False) -> Schema:
    """The schema of a model's own object.

    Args:
        name: the model.
        refer: gives the schema that stands for a model inside it.
        place: see the module.
        partial: of a PATCH: only `version` can be required.
    """
    fields = models()[name]
    required = [
        each for each, field in fields.items() if place == "input" and _asked(each, field, partial=partial)
    ]
    schema: Schema = {
        "type": "object",
        "properties": {
            each: type_schema(field.type, refer, enum=field.enum, null=each not in required)
            for each, field in fields.items()
            if place == "output" or not field.read_only
        },
    }
    return schema | ({"required": required} if required else {})


def schema_of(kind: str, *, partial: bool = False) -> Schema:
    """One schema with everything it needs in `$defs`, for checking a request's body.

    A model in `$defs` allows null itself and whoever wants none says so beside the `$ref`: unlike `anyOf`,
    that keeps the place of a fault inside it.

    Args:
        kind: a type in the notation of `Field.type`.
        partial: of a PATCH, see `model_schema`.

    Raises:
        LookupError: the catalogue knows no such type.
    """
    waiting: list[str] = []

    def refer(name: str, null: bool) -> Schema:
        waiting.append(name)
        return {"$ref": f"#/$defs/{name}"} | ({} if null else {"type": "object"})

    whole = inner(kind)[0] == "model"
    root = model_schema(kind, refer, place="input", partial=partial) if whole else type_schema(kind, refer)
    definitions: dict[str, Schema] = {}
    while waiting:
        name = waiting.pop()
        if name not in definitions:
            definitions[name] = {}
            definitions[name] = _or_null(model_schema(name, refer, place=below("input", name)), null=True)
    return root | ({"$defs": definitions} if definitions else {})


def _asked(name: str, field: Field, *, partial: bool) -> bool:
    return field.required and not field.read_only and (not partial or name == "version")


def _or_null(schema: Schema, *, null: bool) -> Schema:
    if not null:
        return schema
    wider = schema | {"type": [schema["type"], "null"]}
    return wider | {"enum": [*schema["enum"], None]} if "enum" in schema else wider
