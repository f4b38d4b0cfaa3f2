"""Checks of inputs that go into a request without an escape.

What matters is what the value may hold: numbers and Booleans are harmless everywhere, ids of the platform
(GUIDs) in its own API too. Names tell the rest: a `name` may hold a quote, a `date` will not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ringback.core.diagnostics import Severity
from ringback.lint.model import Finding, Fix
from ringback.lint.pieces import Fixed, Hole, Kind
from ringback.lint.subject import Subject, Template

_ID = re.compile(r"(?:id|ids|guid|uuid|ID|IDs|Id|Ids|GUID|UUID)$")
_HARMLESS = re.compile(
    r"(?:date|time|interval|start|end|type|count|page|size|limit|priority|score|language|status|state)(?:$|[A-Z_\d])",
    re.IGNORECASE,
)
_PHONE = re.compile(r"phone|number|^ani$|^dnis$|^from$|^to$|address$", re.IGNORECASE)
_QUOTE = re.compile(r'\\\\|\\"|"')


def unescaped_in_json(subject: Subject) -> Iterator[Finding]:
    """An input inside a JSON text of the body without an escape."""
    if subject.sends_form or subject.body is None:
        return
    seen = set()
    for outcome in subject.full_body:
        for hole in _in_quotes(outcome.way.pieces):
            if hole.at not in seen and _is_risky(subject, hole):
                seen.add(hole.at)
                yield _finding(subject.body, hole, escape="jsonString")


def _in_quotes(pieces: tuple[Fixed | Hole, ...]) -> Iterator[Hole]:
    """The unescaped inputs that stand between quotes."""
    quoted = False
    for piece in pieces:
        if isinstance(piece, Fixed):
            for quote in _QUOTE.findall(piece.text):
                quoted ^= quote == '"'
        elif quoted and piece.kind is Kind.TEXT and piece.scope == "input":
            yield piece


def unescaped_in_path(subject: Subject) -> Iterator[Finding]:
    """An input in the path of the URL without an escape."""
    for template, hole, place in _in_url(subject):
        if place == "path" and _is_risky(subject, hole) and not hole.changed:
            yield _finding(template, hole, escape="uriEncode")


def unescaped_in_query(subject: Subject) -> Iterator[Finding]:
    """An input in the query of the URL, or in a form body, without an escape."""
    for template, hole, place in _in_url(subject):
        if place == "query" and _is_risky(subject, hole) and not hole.changed:
            yield _finding(template, hole, escape="url")
    yield from _in_form(subject)


def _in_form(subject: Subject) -> Iterator[Finding]:
    if subject.body is None or not subject.sends_form:
        return
    seen = set()
    for outcome in subject.full_body:
        for piece in outcome.way.pieces:
            plain = isinstance(piece, Hole) and piece.kind is Kind.TEXT and piece.scope == "input"
            if isinstance(piece, Hole) and plain and piece.at not in seen and _is_risky(subject, piece):
                seen.add(piece.at)
                yield _finding(subject.body, piece, escape="url")


def _in_url(subject: Subject) -> Iterator[tuple[Template, Hole, str]]:
    """The unescaped inputs of the URL and whether they stand in its host, path or query."""
    if subject.url is None or subject.url.tree is None:
        return
    seen: set[int] = set()
    for way in subject.url_ways:
        before = ""
        for piece in way.pieces:
            if isinstance(piece, Fixed):
                before += piece.text
                continue
            if piece.kind is Kind.TEXT and piece.scope == "input" and piece.at not in seen:
                seen.add(piece.at)
                yield subject.url, piece, _url_part(before)
            before += "\0"


def _url_part(before: str) -> str:
    """Where in a URL the text after `before` stands; a hole in `before` is a NUL."""
    if "?" in before:
        return "query"
    rest = before.partition("://")[2] if "://" in before else before
    is_host = "/" not in rest if "://" in before else not before.strip()
    return "host" if is_host else "path"


def _is_risky(subject: Subject, hole: Hole) -> bool:
    return hole.name in subject.inputs and not (subject.is_platform and _ID.search(hole.name))


def _severity(name: str, *, in_query: bool) -> Severity:
    mild = _ID.search(name) or _HARMLESS.search(name) or (_PHONE.search(name) and not in_query)
    return "info" if mild else "warning"


_PLACES = {
    "jsonString": ("inside a JSON text", "a quote or a line break in its value breaks the JSON"),
    "uriEncode": ("in the URL's path", "a blank, / or ? in its value makes another URL"),
    "url": ("in the query", "a blank, & or + in its value changes the query"),
}


def _finding(template: Template, hole: Hole, *, escape: str) -> Finding:
    reference = hole.reference
    assert reference is not None
    where, why = _PLACES[escape]
    if escape == "url" and template.role == "body":
        where, why = "in a form", "a blank, & or + in its value changes the form"
    written = escaped(reference.source, escape, after=template.text[reference.end : reference.end + 1])
    return Finding(
        template.span(reference.start, len(reference.source)),
        f"the input {hole.name!r} stands {where} unescaped: {why}",
        f"write {written}",
        _fix(template, hole, written=written),
        _severity(hole.name, in_query=escape == "url"),
    )


def _fix(template: Template, hole: Hole, *, written: str) -> Fix | None:
    reference = hole.reference
    assert reference is not None
    if reference.root != "input" or reference.alternate is not None or reference.stray or reference.escapes:
        return None
    edit = template.place.edit(reference.start, reference.end, text=written)
    return Fix(f"write {written}", (edit,)) if edit else None


def escaped(source: str, escape: str, *, after: str = "") -> str:
    """A reference inside an escape; with braces when what follows would continue it.

    >>> escaped("${input.x}", "url"), escaped("$!{input.x}", "jsonString")
    ('$esc.url(${input.x})', '$!esc.jsonString($!{input.x})')
    >>> escaped("$input.x", "url", after=".")
    '${esc.url($input.x)}'
    """
    quiet = "!" if source.startswith("$!") else ""
    call = f"esc.{escape}({source})"
    return f"${quiet}{{{call}}}" if after in (".", "[", "(") and after else f"${quiet}{call}"
