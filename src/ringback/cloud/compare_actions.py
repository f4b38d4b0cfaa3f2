"""What a data action means, apart from how its document says it.

What does not count: ids, versions and URIs that the platform sets; line ends, and white space at the end of a
template; the order of keys and of `required`; parts of a schema that say nothing (`$schema`, an empty
description, `additionalProperties: true`); the form of the document.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ringback.dataactions.model import DataAction

WHOLE_INPUT = "${input.rawRequest}"
# Says nothing: metadata of schemas, and what is so without being said.
_SILENT: Mapping[str, tuple[Any, ...]] = {
    "description": ("", None),
    "title": ("", None),
    "additionalProperties": (True, {}),
    "required": ([],),
    "properties": ({},),
    "definitions": ({},),
    "default": (None,),
}
_METADATA = frozenset(("$schema", "$id", "id", "$comment"))


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a data action belongs: its integration by id, its category."""

    integration: str
    category: str


def meaning_of_action(action: DataAction, placed: Placed) -> dict[str, Any]:
    """A data action as plain data."""
    request, response = action.request, action.response
    found = {
        "integration": placed.integration,
        "category": placed.category,
        "secure": action.secure,
        "method": request.method,
        "url": _template(request.url or ""),
        "headers": {name: _template(value) for name, value in request.headers.items()},
        "body": _template(WHOLE_INPUT if request.body is None else request.body),
        "translation": dict(response.translation),
        "defaults": {name: _json(text) for name, text in response.defaults.items()},
        "success template": _template(response.success_template),
        "timeout": f"{action.timeout:g} s" if action.timeout else None,
        "input": schema(action.input_contract),
        "output": schema(action.output_contract),
    }
    if request.method == "GET" and found["body"] == WHOLE_INPUT:
        found["body"] = ""  # GET never sends it
    # Headers stay, empty ones as well: a plan shows each by its name, and hides those that hold credentials.
    return {
        key: value for key, value in found.items() if key == "headers" or value not in (None, "", {}, False)
    }


def _template(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip()


def _json(text: str) -> Any:
    """A default as the value that it is; text that is no JSON stays text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def schema(value: Any, *, names: bool = False) -> Any:
    """A JSON Schema without what says nothing.

    Args:
        value: the schema, or a part of it.
        names: its keys are names of properties, not words of JSON Schema.
    """
    if isinstance(value, list):
        return [schema(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    found: dict[str, Any] = {}
    for key, inner in value.items():
        if not names and (key in _METADATA or inner in _SILENT.get(key, ())):
            continue
        if key == "required" and isinstance(inner, list) and not names:
            found[key] = sorted(map(str, inner))
        else:
            found[key] = schema(inner, names=not names and key in ("properties", "definitions"))
    return found
