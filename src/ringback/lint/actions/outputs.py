"""Checks of the success template against JSON and the output contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ringback.lint.actions.matching import clashes, kind_name, type_names
from ringback.lint.model import Finding
from ringback.lint.pieces import Hole, Kind
from ringback.lint.shapes import ListShape, ObjectShape, ScalarShape, Shape, TextShape, parts
from ringback.lint.subject import Subject

_SCHEMA = ("contract", "output", "successSchema")
_SAMPLES: Mapping[type, Any] = {ObjectShape: {}, ListShape: [], TextShape: ""}


def success_not_json(subject: Subject) -> Iterator[Finding]:
    """The success template gives no JSON, whatever the service answers or in one of its branches."""
    problems = [outcome.problem for outcome in subject.answers if outcome.problem is not None]
    if not problems:
        return
    always = len(problems) == len(subject.answers)
    for problem in {problem.at: problem for problem in problems}.values():
        when = "is no JSON for any answer" if always else "is no JSON in one of its branches"
        yield Finding(
            subject.success.span(problem.at),
            f"the success template {when}: {problem.message}",
            _hint(subject, problem.message),
            severity=None if always else "warning",
        )
        if always:
            return


def _hint(subject: Subject, message: str) -> str:
    text = subject.success.text.strip()
    if text == "{rawResult}":
        return "write ${rawResult}"
    if message.startswith("the JSON value ends"):
        return "a bracket or brace too many"
    return "the platform parses what the template prints; see the line with ringback action run"


def value_in_quotes(subject: Subject) -> Iterator[Finding]:
    """A translated value inside quotes: it is JSON text and brings its own."""
    seen = set()
    for outcome in subject.answers:
        shapes = () if outcome.shape is None else parts(outcome.shape)
        for hole in (hole for shape in shapes if isinstance(shape, TextShape) for hole in shape.holes):
            if hole.at not in seen and _brings_quotes(hole):
                seen.add(hole.at)
                yield _in_quotes(subject, hole)


def _brings_quotes(hole: Hole) -> bool:
    return hole.kind in (Kind.JSON, Kind.LIST, Kind.ITEM) and bool(hole.scope)


def _in_quotes(subject: Subject, hole: Hole) -> Finding:
    assert hole.reference is not None
    source = hole.reference.source
    return Finding(
        subject.success.span(hole.at, len(source)),
        f"{source} stands in quotes, but a text brings its own: that is no JSON",
        f"write {source} without quotes around it, or $esc.jsonString({source}) inside a longer text",
    )


def output_never_produced(subject: Subject) -> Iterator[Finding]:
    """The contract names an output that the success template never prints."""
    required = subject.action.output_contract.get("required")
    for name in subject.outputs:
        if all(name not in names for names in _produced(subject)) and _produced(subject):
            needed = isinstance(required, list) and name in required
            then = "the action fails its own contract" if needed else "it is never set in Architect"
            yield Finding(
                subject.places.key(*_SCHEMA, "properties", name).span(),
                f"the success template never prints the output {name!r}: {then}",
                f'add "{name}": ${{…}} to the success template, or remove the property',
                severity="error" if needed else None,
            )


def _produced(subject: Subject) -> tuple[frozenset[str], ...]:
    """The members of the output on each way; none when a way's members cannot be told."""
    found = []
    for outcome in subject.answers:
        shape = outcome.shape
        if not isinstance(shape, ObjectShape) or shape.open or any(m.name is None for m in shape.members):
            return ()
        found.append(frozenset(member.name for member in shape.members if member.name is not None))
    return tuple(found)


def output_not_declared(subject: Subject) -> Iterator[Finding]:
    """The success template prints an output that the contract does not name."""
    schema = subject.action.output_contract
    refused = schema.get("additionalProperties") is False
    if not subject.outputs and not refused:
        return
    seen: set[str] = set()
    for outcome in subject.answers:
        for member in outcome.shape.members if isinstance(outcome.shape, ObjectShape) else ():
            if member.name is not None and member.name not in subject.outputs and member.name not in seen:
                seen.add(member.name)
                then = "the contract refuses it" if refused else "Architect cannot see it"
                yield Finding(
                    subject.success.span(member.at, len(member.name) + 2),
                    f"the output {member.name!r} is not in the output contract: {then}",
                    "add it to the contract, or remove it from the template",
                    severity="error" if refused else None,
                )


def output_breaks_contract(subject: Subject) -> Iterator[Finding]:
    """A fixed part of the success template has another type than the contract wants."""
    seen = set()
    for clash in clashes(subject):
        if clash.path not in seen:
            seen.add(clash.path)
            yield Finding(
                subject.success.span(clash.shape.at),
                f"the success template prints {_kind(clash.shape)} at {clash.path}, "
                f"but the output contract wants {' or '.join(type_names(clash.schema))}",
                "change the template or the contract",
            )


def _kind(shape: Shape) -> str:
    return kind_name(shape.value if isinstance(shape, ScalarShape) else _SAMPLES[type(shape)])
