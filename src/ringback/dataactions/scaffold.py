"""A working data action from one sample request and its answer.

The output has the shape of the answer: each text, number and Boolean of its objects is a variable of the
translation map with a default of its type, lists go over whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from ringback.core.errors import UsageError
from ringback.dataactions.scaffold_request import (
    Choice,
    Inputs,
    body_template,
    header_templates,
    is_platform,
    literal,
    type_of,
    url_template,
)
from ringback.dataactions.scaffold_sample import Sample

DEFAULT_TIMEOUT = 10  # seconds; a caller hears nothing meanwhile
DRAFT = "http://json-schema.org/draft-04/schema#"

_DEFAULTS = {"string": '""', "integer": "0", "number": "0", "boolean": "false", "array": "[]"}
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TAKEN = frozenset(
    (
        *("input", "credentials", "authResponse", "rawResult", "esc", "math", "encoding", "urlTool"),
        *("successTemplateUtils", "salesforce", "msdynamics", "foreach", "true", "false"),
    )
)
_MOST_LEVELS = 20  # of objects in an answer; far below the platform's 50 for the whole document


@dataclass(frozen=True, slots=True)
class Scaffold:
    """The new action.

    Attributes:
        document: its export document.
        inputs: input name to its value in the sample.
        credentials: credential name to its value in the sample; secret.
        choices: what was decided, in order.
    """

    document: Mapping[str, Any]
    inputs: Mapping[str, Any]
    credentials: Mapping[str, str]
    choices: tuple[Choice, ...]

    @property
    def text(self) -> str:
        """The document as JSON text."""
        return json.dumps(self.document, indent=2, ensure_ascii=False) + "\n"


def scaffold(
    sample: Sample, response: Any, *, name: str, category: str = "", inputs: Mapping[str, str] | None = None
) -> Scaffold:
    """The action that sends a request like the sample and understands an answer like `response`.

    Args:
        sample: the request.
        response: the JSON value that the service answered.
        name: the action's name.
        category: its category; empty for none.
        inputs: input name to the value of the sample that it stands for; an empty value keeps it fixed.

    Raises:
        UsageError: a value of `inputs` that the request does not have, or an answer that is no JSON object,
            list or scalar of at most `_MOST_LEVELS` levels.
    """
    found = Inputs(inputs or {})
    request = _request(sample, found)
    found.check()
    answer = _Answer()
    config = {"request": request, "response": answer.read(response), "timeoutSeconds": _timeout(sample)}
    document: dict[str, Any] = {"name": name}
    if category:
        document["category"] = category
    document |= {
        "integrationType": "purecloud-data-actions" if is_platform(sample) else "custom-rest-actions",
        "actionType": "custom",
        "config": config,
        "contract": {
            "input": {"inputSchema": _input_schema(found.found)},
            "output": {"successSchema": {"$schema": DRAFT, **answer.schema}},
        },
        "secure": False,
    }
    return Scaffold(document, found.found, found.credentials, (*found.choices, *answer.choices))


def _timeout(sample: Sample) -> int:
    return DEFAULT_TIMEOUT if sample.timeout is None else min(60, max(1, round(sample.timeout)))


def _request(sample: Sample, inputs: Inputs) -> dict[str, Any]:
    request: dict[str, Any] = {
        "requestUrlTemplate": url_template(sample, inputs),
        "requestType": sample.method,
        "headers": header_templates(sample, inputs),
    }
    body = body_template(sample, inputs)
    request["requestTemplate"] = "" if body is None and sample.method != "GET" else body
    return {key: value for key, value in request.items() if value is not None}


def _input_schema(values: Mapping[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "$schema": DRAFT,
        "type": "object",
        "properties": {name: {"type": type_of(value)} for name, value in values.items()},
    }
    return {**schema, "required": list(values)} if values else schema


@dataclass(slots=True)
class _Answer:
    """What an answer becomes: variables, defaults, template and contract."""

    paths: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    schema: dict[str, Any] = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)

    def read(self, response: Any) -> dict[str, Any]:
        """`config.response`."""
        if isinstance(response, Mapping) and any(_kept(item) for item in response.values()):
            template, self.schema = self.object(response, ("$",))
        elif isinstance(response, (Mapping, list)):
            template, self.schema = "${rawResult}", schema_of(response)
        else:
            schema = {"value": schema_of(response)}
            template, self.schema = '{"value": ${rawResult}}', {"type": "object", "properties": schema}
        return {
            "translationMap": self.paths,
            "translationMapDefaults": self.defaults,
            "successTemplate": template,
        }

    def object(self, value: Mapping[str, Any], path: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
        """The template and the schema of an object of the answer."""
        if len(path) > _MOST_LEVELS:
            raise UsageError(f"the answer nests deeper than {_MOST_LEVELS} levels")
        rows, properties = [], {}
        for key, item in value.items():
            if not _kept(item):
                self.choices.append(Choice("left out", _path_text((*path, key)), where=_reason(item)))
                continue
            text, properties[key] = self.member(item, (*path, key))
            rows.append(f"{'  ' * len(path)}{literal(json.dumps(key, ensure_ascii=False))}: {text}")
        template = "{\n" + ",\n".join(rows) + f"\n{'  ' * (len(path) - 1)}}}"
        return template, {"type": "object", "properties": properties, "additionalProperties": True}

    def member(self, item: Any, path: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
        if isinstance(item, Mapping):
            return self.object(item, path)
        name = self.variable(path)
        self.paths[name] = _path_text(path)
        self.defaults[name] = _DEFAULTS[type_of(item)]
        return f"${{{name}}}", schema_of(item)

    def variable(self, path: tuple[str, ...]) -> str:
        """A free variable name: the last key, with those before it where that is needed."""
        parts = [re.sub(r"\W+", "_", key, flags=re.ASCII).strip("_") or "value" for key in path[1:]]
        for count in range(1, len(parts) + 1):
            name = _identifier("_".join(parts[-count:]))
            if name not in self.paths and name not in _TAKEN:
                return name
        number = 2
        while f"{name}_{number}" in self.paths:
            number += 1
        return f"{name}_{number}"


def _identifier(text: str) -> str:
    return text if text[:1].isalpha() else f"value_{text}"


def _kept(item: Any) -> bool:
    """Whether a member of the answer has a type that a contract can say."""
    if isinstance(item, Mapping):
        return any(_kept(each) for each in item.values())
    if isinstance(item, list):
        return not any(isinstance(each, list) for each in item)
    return item is not None


def _reason(item: Any) -> str:
    if item is None:
        return "null in the sample, so its type is not known"
    return (
        "a list of lists, which contracts cannot say"
        if isinstance(item, list)
        else "an object without values"
    )


def _path_text(path: tuple[str, ...]) -> str:
    return path[0] + "".join(_step(key) for key in path[1:])


def _step(key: str) -> str:
    if _PLAIN_KEY.fullmatch(key):
        return f".{key}"
    escaped = key.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"


def schema_of(value: Any) -> dict[str, Any]:
    """The contract of a value: types, members, items; nothing is required.

    >>> schema_of({"a": [1, 2.5]})["properties"]["a"]
    {'type': 'array', 'items': {'type': 'number'}}
    """
    if isinstance(value, Mapping):
        properties = {key: schema_of(item) for key, item in value.items() if _kept(item)}
        return {"type": "object", "properties": properties, "additionalProperties": True}
    if isinstance(value, list):
        items = merged(schema_of(item) for item in value)
        return {"type": "array", "items": items if value else {"type": "string"}}
    return {} if value is None else {"type": type_of(value)}


def merged(schemas: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """One schema that the values of all the given ones keep; without types where theirs differ."""
    return reduce(_both, schemas, next(schemas, {}))


def _both(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    kinds = {first.get("type"), second.get("type")}
    if kinds == {"integer", "number"}:
        return {"type": "number"}
    if kinds == {"object"}:
        names = {**first["properties"], **second["properties"]}
        both = {
            name: _both(first["properties"].get(name, schema), second["properties"].get(name, schema))
            for name, schema in names.items()
        }
        return {**first, "properties": both}
    if kinds == {"array"}:
        return {"type": "array", "items": _both(first["items"], second["items"])}
    return first if len(kinds) == 1 else {}  # also when one of them is null
