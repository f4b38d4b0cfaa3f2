"""JSON Schema of a seed."""

from __future__ import annotations

from typing import Any

from ringback.platform.catalogue.schemas import type_schema
from ringback.platform.seed_sections import FREE, SECTIONS, Section
from ringback.platform.store.reader import Body

_NAME: Body = {"type": "string"}


def entry_schema(section: Section) -> dict[str, Any]:
    """The schema of one entry of a section."""
    if section.key in FREE:
        return {"type": "object", "description": section.about}
    properties: Body = {name: _of(kind) for name, kind in section.fields().items()}
    for key, ref in section.refs.items():
        one = {**_NAME, "description": f"A name of {ref.section}."}
        properties[key] = {"type": "array", "items": one} if ref.several else one
    properties |= dict(section.own)
    schema: Body = {"type": "object", "properties": properties, "additionalProperties": False}
    if section.required:
        schema["required"] = list(section.required)
    return schema


def _of(kind: str) -> dict[str, Any]:
    return type_schema(kind, lambda _model, _null: {"type": "object"})


def seed_schema() -> dict[str, Any]:
    """The schema of a seed (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An organisation for the local platform",
        "description": "What `ringback serve --seed` and POST /_ringback/seed put into an organisation.",
        "type": "object",
        "properties": {section.key: _section(section) for section in SECTIONS},
        "additionalProperties": False,
    }


def _section(section: Section) -> dict[str, Any]:
    entry = entry_schema(section)
    if section.one:
        return {**entry, "description": section.about}
    items: Body = {"anyOf": [_NAME, entry]} if section.required == ("name",) else entry
    return {"type": "array", "items": items, "description": section.about}
