"""Checks of the input contract against the templates that use it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from ringback.lang.velocity.tools import TABLES
from ringback.lint.model import Finding, Fix
from ringback.lint.subject import Subject, Template, properties_of
from ringback.lint.walk import Use

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_RESERVED = frozenset(("orgId", "integrationId", "rawRequest"))
_ROOTS = ("input", "credentials", "authResponse", "rawResult", *TABLES)
_SCHEMA = ("contract", "input", "inputSchema")


def name_at(use: Use, name: str) -> int:
    """The offset of an input's name in its template."""
    step = use.reference.steps[0]
    found = use.reference.source.find(name, max(0, step.start - use.reference.start))
    return use.reference.start + max(found, 0)


def unknown_input(subject: Subject) -> Iterator[Finding]:
    """A template reads an input that the contract does not have."""
    for template, use, name in subject.input_uses():
        if not subject.inputs or name in subject.inputs or name in _RESERVED or _same(subject, name):
            continue
        close = get_close_matches(name, subject.inputs, n=1)
        known = f"did you mean {close[0]!r}" if close else f"the contract has {_listed(subject.inputs)}"
        yield Finding(
            template.span(name_at(use, name), len(name)),
            f"{template.label} uses the input {name!r}, which the contract does not have",
            f"{known}; otherwise add it to the input contract",
        )


def input_case(subject: Subject) -> Iterator[Finding]:
    """A name is written in another letter case than it is declared."""
    for template, use, name in subject.input_uses():
        declared = _same(subject, name)
        if name not in subject.inputs and declared:
            yield _case(template, name_at(use, name), written=name, declared=declared)
    for template in subject.templates:
        yield from _root_case(subject, template)


def _root_case(subject: Subject, template: Template) -> Iterator[Finding]:
    known = {*_ROOTS, *template.own_names, *subject.action.response.translation}
    for use in template.uses:
        root = use.reference.root
        declared = next((name for name in _ROOTS if name.lower() == root.lower()), None)
        if root not in known and declared and use.reference.steps:
            at = use.reference.start + use.reference.source.find(root)
            yield _case(template, at, written=root, declared=declared)
            yield from _member_case(subject, template, use=use) if declared == "input" else ()


def _member_case(subject: Subject, template: Template, *, use: Use) -> Iterator[Finding]:
    name = getattr(use.reference.steps[0], "name", "")
    declared = _same(subject, name)
    if name not in subject.inputs and declared:
        yield _case(template, name_at(use, name), written=name, declared=declared)


def _case(template: Template, at: int, *, written: str, declared: str) -> Finding:
    edit = template.place.edit(at, at + len(written), text=declared)
    return Finding(
        template.span(at, len(written)),
        f"{template.label} says {written!r}, but the name is {declared!r}: letter case counts",
        f"write {declared!r}",
        Fix(f"write {declared!r}", (edit,)) if edit else None,
    )


def _same(subject: Subject, name: str) -> str | None:
    """The declared input that differs from a name in letter case only."""
    found = [each for each in subject.inputs if each.lower() == name.lower() and each != name]
    return found[0] if len(found) == 1 else None


def _mentioned(subject: Subject) -> set[str]:
    """Used inputs in lower case, misspelled letter case forgiven: that has its own rule."""
    names = {name.lower() for name in subject.used_inputs}
    for template in subject.templates:
        for use in template.uses:
            if use.reference.root.lower() == "input" and use.reference.steps:
                names.add(str(getattr(use.reference.steps[0], "name", "")).lower())
    return names


def unused_input(subject: Subject) -> Iterator[Finding]:
    """No template uses an optional input."""
    for name in subject.inputs:
        if name not in subject.required and name.lower() not in _mentioned(subject):
            yield Finding(
                subject.places.key(*_SCHEMA, "properties", name).span(),
                f"no template uses the input {name!r}",
                _unused_hint(subject, name),
            )


def required_input_unused(subject: Subject) -> Iterator[Finding]:
    """No template uses a required input: the caller must give what never arrives."""
    for name in subject.inputs:
        if name in subject.required and name.lower() not in _mentioned(subject):
            yield Finding(
                subject.places.key(*_SCHEMA, "properties", name).span(),
                f"the input {name!r} is required, but no template uses it: the service never sees it",
                _unused_hint(subject, name),
            )


def _unused_hint(subject: Subject, name: str) -> str:
    if subject.action.request.method == "GET" and subject.action.request.body:
        return f"a GET sends no body: put ${{input.{name}}} into the URL, or remove the input"
    return f"put ${{input.{name}}} into the URL or the body, or remove the input"


def bad_input_name(subject: Subject) -> Iterator[Finding]:
    """An input name that the platform reserves or refuses."""
    for name in subject.inputs:
        span = subject.places.key(*_SCHEMA, "properties", name).span()
        if name in _RESERVED:
            yield Finding(
                span, f"the input name {name!r} is reserved: the action breaks", "choose another name"
            )
        elif not _NAME.fullmatch(name):
            message = f"the input name {name!r} is not allowed"
            yield Finding(span, message, "a letter, then letters, digits, - and _")
        elif "-" in name:
            message = f"no template can say ${{input.{name}}}: a hyphen ends a name in templates"
            yield Finding(span, message, "use _ instead of -", severity="warning")


def required_not_declared(subject: Subject) -> Iterator[Finding]:
    """A contract requires a property that it does not declare."""
    sides = (
        ("input", subject.action.input_contract, _SCHEMA),
        ("output", subject.action.output_contract, _OUTPUT),
    )
    for side, schema, path in sides:
        names = schema.get("required")
        properties = properties_of(schema)
        for name in names if isinstance(names, list) else ():
            if isinstance(name, str) and name not in properties:
                yield Finding(
                    subject.places.value(*path, "required").span(),
                    f"the {side} contract requires {name!r} but does not declare it",
                    "add the property, or take its name out of required",
                )


_OUTPUT = ("contract", "output", "successSchema")


def _listed(names: object) -> str:
    shown = sorted(map(str, names))[:6] if isinstance(names, (dict, frozenset)) else []
    return ", ".join(shown)
