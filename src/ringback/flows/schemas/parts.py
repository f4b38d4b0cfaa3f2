"""Pieces that every schema is put together from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

DRAFT = "https://json-schema.org/draft/2020-12/schema"

Schema: TypeAlias = dict[str, Any]

TEXT: Mapping[str, Any] = {"type": "string"}
FLAG: Mapping[str, Any] = {"type": "boolean"}
ANYTHING: Mapping[str, Any] = {}


@dataclass(slots=True)
class Definitions:
    """The `$defs` of a schema; each is made when it is first referred to."""

    made: dict[str, Schema] = field(default_factory=dict)

    def ref(self, name: str, build: Callable[[], Schema]) -> Schema:
        """A reference to a definition; one that refers to itself is fine."""
        if name not in self.made:
            self.made[name] = {}
            self.made[name] = build()
        return {"$ref": f"#/$defs/{name}"}

    def document(self, schema: Schema, *, title: str, about: str) -> Schema:
        """The whole schema."""
        head = {"$schema": DRAFT, "title": title, "description": about}
        return {**head, **schema, "$defs": dict(sorted(self.made.items()))}


def described(schema: Mapping[str, Any], about: str, *, title: str = "") -> Schema:
    """The schema with a title and a description, which an editor shows."""
    words = {key: text for key, text in (("title", title), ("description", about)) if text}
    return {**words, **schema}


def an_object(
    properties: Mapping[str, Schema], *, required: Iterable[str] = (), closed: bool = True, null: bool = False
) -> Schema:
    """An object; `closed` marks keys that are not listed, `null` allows a key without a value."""
    schema: Schema = {"type": ["object", "null"] if null else "object", "properties": dict(properties)}
    if needed := sorted(required):
        schema["required"] = needed
    if closed:
        schema["additionalProperties"] = False
    return schema


def a_list(items: Schema, *, null: bool = True) -> Schema:
    """A list; a key without a value counts as an empty one."""
    return {"type": ["array", "null"] if null else "array", "items": items}


def single_key(properties: Mapping[str, Schema], *, bare: bool = False) -> Schema:
    """An item of a list that is a mapping with exactly one of the keys; `bare` allows the key as a word."""
    schema: Schema = {**an_object(properties), "minProperties": 1, "maxProperties": 1}
    if bare:
        # What is said of objects holds for objects only, so an editor names the key that is wrong.
        schema |= {"type": ["object", "string"], "if": {"type": "string"}}
        schema["then"] = {"enum": sorted(properties)}
    return schema
