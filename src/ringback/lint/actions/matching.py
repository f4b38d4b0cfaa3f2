"""What the success template prints, held against the output contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ringback.lint.pieces import Hole
from ringback.lint.shapes import HoleShape, ListShape, ObjectShape, ScalarShape, Shape, TextShape
from ringback.lint.subject import Subject

_TYPES: Mapping[type, tuple[str, ...]] = {
    bool: ("boolean",),
    int: ("integer", "number"),
    float: ("number",),
    str: ("string",),
    list: ("array",),
    dict: ("object",),
    type(None): ("null",),
}
_NAMES: Mapping[type, str] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


@dataclass(frozen=True, slots=True)
class Meeting:
    """A hole of the success template as a whole JSON value, and the schema that stands at its place.

    Attributes:
        hole: what is printed.
        schema: the contract's schema there; empty when it says nothing.
        path: the place in the output, such as `$.user.id`.
    """

    hole: Hole
    schema: Mapping[str, Any]
    path: str

    @property
    def name(self) -> str:
        """The variable that is printed; empty for none."""
        return self.hole.name


@dataclass(frozen=True, slots=True)
class Clash:
    """A fixed part of the success template that the contract never accepts."""

    shape: Shape
    schema: Mapping[str, Any]
    path: str


def meetings(subject: Subject) -> tuple[Meeting, ...]:
    """Every hole that is a value of the output, over all ways through the template."""
    return tuple(found for found in _all(subject) if isinstance(found, Meeting))


def clashes(subject: Subject) -> tuple[Clash, ...]:
    """Every fixed value that the contract refuses, over all ways through the template."""
    return tuple(found for found in _all(subject) if isinstance(found, Clash))


def _all(subject: Subject) -> Iterator[Meeting | Clash]:
    for outcome in subject.answers:
        if outcome.shape is not None:
            yield from _meet(outcome.shape, subject.action.output_contract, path="$")


def _meet(shape: Shape, schema: Any, *, path: str) -> Iterator[Meeting | Clash]:
    rule = schema if isinstance(schema, Mapping) else {}
    if isinstance(shape, HoleShape):
        if shape.alone:
            yield Meeting(shape.hole, rule, path)
        return
    if not _fits(shape, rule):
        yield Clash(shape, rule, path)
    elif isinstance(shape, ObjectShape):
        for member in shape.members:
            if member.name is not None:
                yield from _meet(member.value, _property(rule, member.name), path=f"{path}.{member.name}")
    elif isinstance(shape, ListShape):
        for index, item in enumerate(shape.items):
            yield from _meet(item, rule.get("items"), path=f"{path}[{index}]")


def _property(schema: Mapping[str, Any], name: str) -> Any:
    properties = schema.get("properties")
    return properties.get(name) if isinstance(properties, Mapping) else None


def _fits(shape: Shape, schema: Mapping[str, Any]) -> bool:
    sample: Any = {ObjectShape: {}, ListShape: [], TextShape: ""}.get(type(shape))
    return wants(schema, shape.value if isinstance(shape, ScalarShape) else sample)


def type_names(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The types that a schema allows; empty when it allows all."""
    kind = schema.get("type")
    if isinstance(kind, str):
        return (kind,) if kind else ()
    return tuple(map(str, kind)) if isinstance(kind, list) else ()


def wants(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether a schema allows the type of a value."""
    kinds = type_names(schema)
    if isinstance(value, float) and value.is_integer() and "integer" in kinds:
        return True
    return not kinds or bool(set(kinds) & set(_TYPES.get(type(value), ())))


def kind_name(value: Any) -> str:
    """What a value is, in words."""
    return _NAMES.get(type(value), "a value")
