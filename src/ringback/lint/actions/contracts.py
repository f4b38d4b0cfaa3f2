"""Checks of the contracts themselves: what Genesys Cloud refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ringback.core.errors import DefinitionError
from ringback.dataactions.contract import Contract
from ringback.lint.model import Finding
from ringback.lint.shapes import MOST_NESTING
from ringback.lint.subject import Subject

_SIDES = {"input": ("contract", "input", "inputSchema"), "output": ("contract", "output", "successSchema")}
_INPUT_TYPES = frozenset(("string", "integer", "number", "boolean", "null"))
_TYPES = _INPUT_TYPES | {"object", "array"}

Step = tuple[str, ...]


def contract_refused(subject: Subject) -> Iterator[Finding]:
    """A contract uses what the platform refuses."""
    for side, path in _SIDES.items():
        schema = subject.action.input_contract if side == "input" else subject.action.output_contract
        if schema:
            named = tuple(_named(subject, side, path=path, schema=schema))
            yield from named or _unusable(subject, schema, path=path)


def _named(subject: Subject, side: str, *, path: Step, schema: Mapping[str, Any]) -> Iterator[Finding]:
    if side == "input":
        yield from _input_root(subject, schema, path=path)
    for place, part in _schemas(schema, (), depth=0):
        yield from _part(subject, side, path=(*path, *place), schema=part)


def _unusable(subject: Subject, schema: Mapping[str, Any], *, path: Step) -> Iterator[Finding]:
    """A contract that is no JSON Schema in a way that has no finding of its own."""
    try:
        Contract(schema)
    except DefinitionError as error:
        yield Finding(subject.places.value(*path).span(), error.message, error.hint)


def _input_root(subject: Subject, schema: Mapping[str, Any], *, path: Step) -> Iterator[Finding]:
    kinds = _kinds(schema)
    if kinds and "object" not in kinds:
        span = subject.places.value(*path, "type").span()
        yield Finding(span, f"the input contract must be an object, not {kinds[0]}", 'write "type": "object"')
    for name, member in _members(schema):
        for kind in _kinds(member):
            if kind in ("object", "array"):
                span = subject.places.value(*path, "properties", name, "type").span()
                message = f"the input {name!r} is of type {kind}: inputs are texts, numbers and Booleans"
                yield Finding(span, message, "make it a string that holds JSON, and print it outside quotes")


def _part(subject: Subject, side: str, *, path: Step, schema: Mapping[str, Any]) -> Iterator[Finding]:
    for kind in _kinds(schema):
        if kind not in _TYPES:
            span = subject.places.value(*path, "type").span()
            known = ", ".join(sorted(_TYPES))
            yield Finding(
                span, f"the {side} contract has a type {kind!r} that does not exist", f"types: {known}"
            )
    if "$ref" in schema:
        span = subject.places.key(*path, "$ref").span()
        yield Finding(
            span, f"the {side} contract holds $ref, which contracts may not", "write the schema out"
        )
    if isinstance(schema.get("required"), bool):
        span = subject.places.value(*path, "required").span()
        hint = "list the names in required of the object around it"
        yield Finding(span, "required is true or false here, as in JSON Schema draft 3", hint)
    items = schema.get("items")
    if side == "output" and isinstance(items, Mapping) and "array" in _kinds(items):
        span = subject.places.value(*path, "items").span()
        yield Finding(span, "the output contract has a list of lists, which the platform refuses", _FLATTEN)


_FLATTEN = "flatten it in the success template, or give the inner lists names in objects"


def _schemas(
    schema: Mapping[str, Any], path: Step, *, depth: int
) -> Iterator[tuple[Step, Mapping[str, Any]]]:
    """A schema and those inside it."""
    yield path, schema
    if depth > MOST_NESTING:
        return
    for name, member in _members(schema):
        yield from _schemas(member, (*path, "properties", name), depth=depth + 1)
    items = schema.get("items")
    if isinstance(items, Mapping):
        yield from _schemas(items, (*path, "items"), depth=depth + 1)


def _members(schema: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    properties = schema.get("properties")
    found = properties.items() if isinstance(properties, Mapping) else ()
    return [(str(name), member) for name, member in found if isinstance(member, Mapping)]


def _kinds(schema: Mapping[str, Any]) -> tuple[str, ...]:
    kind = schema.get("type")
    if isinstance(kind, list):
        return tuple(map(str, kind))
    return (str(kind),) if kind else ()


def too_nested(subject: Subject) -> Iterator[Finding]:
    """JSON of more than 50 levels, in the document, the body or the success template."""
    if (depth := _depth(subject.original)) > MOST_NESTING:
        yield Finding(subject.places.value().span(), _too_deep("the document", depth), _HINT)
    for template in (subject.body, subject.success):
        if template is not None and (depth := _brackets(template.text)) > MOST_NESTING:
            yield Finding(template.place.span(), _too_deep(template.label, depth), _HINT)


_HINT = "the platform refuses it; send less at once"


def _too_deep(what: str, depth: int) -> str:
    return f"{what} nests {depth} levels deep; the limit is {MOST_NESTING}"


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level := [item for node in level for item in _inside(node)]:
        depth += 1
    return depth


def _inside(node: Any) -> list[Any]:
    if isinstance(node, Mapping):
        return list(node.values())
    return list(node) if isinstance(node, list) else []


def _brackets(text: str) -> int:
    """The deepest nesting of brackets outside quotes and references."""
    deepest = depth = 0
    quoted = False
    for index, char in enumerate(text):
        if char == '"' and text[index - 1 : index] != "\\":
            quoted = not quoted
        elif not quoted and char in "[{" and text[index - 1 : index] not in ("$", "!"):
            depth += 1
            deepest = max(deepest, depth)
        elif not quoted and char in "]}":
            depth = max(0, depth - 1)
    return deepest
