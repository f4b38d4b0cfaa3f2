"""Checks of the request body as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from ringback.lint.model import Finding
from ringback.lint.shapes import NoJson
from ringback.lint.subject import DEFAULT_BODY, REQUEST, Outcome, Subject


def _is_json(subject: Subject) -> bool:
    """Whether the body is meant to be JSON."""
    return subject.body is not None and bool(subject.body.text.strip()) and not subject.sends_form


def body_not_json(subject: Subject) -> Iterator[Finding]:
    """Whatever the inputs, the body is no JSON."""
    if subject.body is None or not _is_json(subject) or not subject.full_body:
        return
    problems = [outcome.problem for outcome in subject.full_body]
    first = problems[0]
    if first is not None and all(problems):
        yield Finding(
            subject.body.span(first.at),
            f"the body is no JSON for any input: {first.message}",
            "the service refuses it each time; for another format say its Content-Type in the headers",
        )


def body_breaks(subject: Subject) -> Iterator[Finding]:
    """The body is no JSON when an optional input is missing, or in one of its branches."""
    if subject.body is None or not _is_json(subject) or not subject.full_body:
        return
    if all(outcome.problem for outcome in subject.full_body):
        return
    seen: set[int] = set()
    for outcome in (*subject.full_body, *subject.sparse_body):
        problem = outcome.problem
        if problem is not None and problem.at not in seen:
            seen.add(problem.at)
            yield _breaks(subject, outcome, problem=problem)


def _breaks(subject: Subject, outcome: Outcome, *, problem: NoJson) -> Finding:
    assert subject.body is not None
    name = _culprit(outcome, problem, text=subject.body.text)
    if name:
        return Finding(
            subject.body.span(problem.at),
            f"without the input {name!r} the body is no JSON: the template prints its own text there",
            f'require the input, or write it in #if("$!{{input.{name}}}" != "") … #end',
        )
    when = " when optional inputs are missing" if outcome.way.absent else " in one of its branches"
    hint = "look at the commas around #if and #end"
    return Finding(subject.body.span(problem.at), f"the body is no JSON{when}: {problem.message}", hint)


def _culprit(outcome: Outcome, problem: NoJson, *, text: str) -> str:
    """The missing input whose reference stands where the JSON breaks."""
    start = text[problem.at : problem.at + 80]
    return next(
        (name for name in outcome.way.absent if start.startswith((f"${{input.{name}", f"$input.{name}"))), ""
    )


def get_body(subject: Subject) -> Iterator[Finding]:
    """A GET with a body of its own, which is never sent."""
    body = subject.action.request.body
    if subject.sends_body or body is None or body.strip() in ("", DEFAULT_BODY):
        return
    place = subject.places.value(*REQUEST, "requestTemplate")
    yield Finding(
        place.span(),
        "a GET sends no body: this template is never rendered",
        "put the inputs into the URL, use POST, or remove the template",
    )
