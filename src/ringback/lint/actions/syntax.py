"""Checks of the templates as texts: syntax, dollars that are missing or too many, tools that do not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from ringback.lang.velocity import tree as t
from ringback.lang.velocity.tools import TABLES
from ringback.lint.model import Finding, Fix
from ringback.lint.subject import Subject, Template

_BARE = re.compile(r"(?<![$!\\\w])\{((?:input|credentials|authResponse)\.[A-Za-z][\w.]*|rawResult)\}")
_DOUBLE = re.compile(r"\$\$!?\{")
_CALL = re.compile(
    r"\.(?:replace|replaceAll|replaceFirst|trim|toLowerCase|toUpperCase|substring|split|length)\("
)


def template_syntax(subject: Subject) -> Iterator[Finding]:
    """A template that Velocity cannot read."""
    for template in subject.templates:
        error = template.error
        if error is not None:
            at = _offset(template.text, error)
            length = error.span.length if error.span else 1
            hint = error.hint or "the action fails when it renders this template"
            yield Finding(template.span(at, length), f"{template.label}: {error.message}", hint)


def _offset(text: str, error: object) -> int:
    span = getattr(error, "span", None)
    if span is None:
        return 0
    lines = text.split("\n")[: span.line - 1]
    return sum(len(line) + 1 for line in lines) + int(span.column) - 1


def missing_dollar(subject: Subject) -> Iterator[Finding]:
    """`{input.x}` without its dollar is plain text."""
    for template in subject.templates:
        for match in _BARE.finditer(template.text):
            edit = template.place.edit(match.start(), match.start(), text="$")
            yield Finding(
                template.span(match.start(), len(match[0])),
                f"{template.label} prints {match[0]} as it is: the $ before the brace is missing",
                f"write ${match[0]}",
                Fix("add the $", (edit,)) if edit else None,
            )


def stray_character(subject: Subject) -> Iterator[Finding]:
    """A second dollar, a second brace or a call behind `${x}` is printed as it is."""
    for template in subject.templates:
        for match in _DOUBLE.finditer(template.text):
            yield Finding(
                template.span(match.start(), 1),
                f"{template.label} prints a dollar before the value: {match[0]} has one $ too many",
                "write one $; two belong into Terraform files only, where $${ stands for ${",
            )
        yield from _stray_braces(template)
        yield from _stray_calls(template)


def _stray_calls(template: Template) -> Iterator[Finding]:
    """`${x}.trim()`: a call behind the brace is text."""
    for use in template.uses:
        end = use.reference.end
        call = _CALL.match(template.text, end) if use.printed and use.reference.formal else None
        if call:
            yield Finding(
                template.span(end, len(call[0]) - 1),
                f"{template.label} prints {call[0]}…) as it is: the call stands behind the brace",
                f"put the call inside: {use.reference.source[:-1]}{call[0]}…)}}",
            )


def _stray_braces(template: Template) -> Iterator[Finding]:
    if template.tree is None:
        return
    for use in template.uses:
        end = use.reference.end
        if not use.printed or not use.reference.formal or template.text[end : end + 1] != "}":
            continue
        if template.role in ("url", "header") or _closes_text(template.text, end):
            edit = template.place.edit(end, end + 1, text="")
            yield Finding(
                template.span(end, 1),
                f"{template.label} prints a brace after {use.reference.source}",
                "remove the second }",
                Fix("remove the brace", (edit,)) if edit else None,
            )


def _closes_text(text: str, at: int) -> bool:
    """Whether the brace stands inside a JSON text that opened no brace: `"${x}}"`."""
    start = text.rfind('"', 0, at)
    inside = text.count('"', 0, at) - text.count('\\"', 0, at)
    plain = re.sub(r"\$!?\{[^{}]*\}", "", text[start + 1 : at])
    return inside % 2 == 1 and plain.count("{") <= plain.count("}")


def unknown_tool(subject: Subject) -> Iterator[Finding]:
    """A tool has no such function: the call is printed as text."""
    for template in subject.templates:
        for use in template.uses:
            table = TABLES.get(use.reference.root)
            step = use.reference.steps[0] if use.reference.steps else None
            if (
                table is None
                or not isinstance(step, (t.Property, t.Method))
                or _has(use.reference.root, step.name)
            ):
                continue
            close = get_close_matches(step.name, table, n=1)
            known = f"did you mean {close[0]}?" if close else f"it has {', '.join(sorted(table))}"
            yield Finding(
                template.span(step.start, len(step.name)),
                f"${use.reference.root} has no {step.name}: {template.label} prints the call itself",
                known,
            )


def _has(tool: str, name: str) -> bool:
    table = TABLES[tool]
    return name in table or f"get{name[:1].upper()}{name[1:]}" in table


def undefined_variable(subject: Subject) -> Iterator[Finding]:
    """A template reads a variable that nothing defines."""
    for template in subject.templates:
        known = _known(subject, template)
        for use in template.uses:
            reference = use.reference
            if reference.root and reference.root not in known and not _is_text(template, reference):
                yield _undefined(subject, template, reference=reference)


def _known(subject: Subject, template: Template) -> set[str]:
    known = {"input", "credentials", "authResponse", *TABLES}
    if template.role == "success":
        known |= {"rawResult", *subject.action.response.translation}
    return known | template.own_names


def _is_text(template: Template, reference: t.Reference) -> bool:
    """Whether it is meant as text (`?$filter=…`), or is a name in another letter case (RB110)."""
    if reference.root.lower() in {"input", "credentials", "authresponse", *TABLES} and reference.steps:
        return True
    return template.role != "success" and not reference.formal


def _undefined(subject: Subject, template: Template, *, reference: t.Reference) -> Finding:
    names = list(subject.action.response.translation) if template.role == "success" else list(subject.inputs)
    lower = {name.lower(): name for name in names}
    close = get_close_matches(reference.root.lower(), lower, n=1)
    at = reference.start + reference.source.find(reference.root)
    span = template.span(at, len(reference.root))
    if template.role == "success":
        hint = f"did you mean ${{{lower[close[0]]}}}?" if close else "add it to the translation map"
        message = f"the success template uses {reference.source}, which the translation map does not have"
        return Finding(span, f"{message}: the action fails", hint)
    hint = f"did you mean ${{input.{lower[close[0]]}}}?" if close else "inputs are ${input.name}"
    message = f"nothing defines {reference.source}: {template.label} prints it as it is written"
    return Finding(span, message, hint, severity="warning")
