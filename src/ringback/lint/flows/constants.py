"""Checks of texts: what belongs to one organisation, and what must stay secret."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ringback.core.span import Span
from ringback.documents import Node
from ringback.flows.model import Action
from ringback.lint.flows.subject import FlowSubject
from ringback.lint.model import Finding

_GUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.+-])(?:tel:|sip:)?\+[1-9][\d ().-]{6,17}\d(?![\w-])")
_HOST = re.compile(r"\b(?:https?|wss?|sftp)://([A-Za-z0-9][\w.-]*)", re.IGNORECASE)
_BARE_HOST = re.compile(
    r"^\"?((?:[a-z0-9-]+\.)+(?:com|net|org|io|cloud|dev|app|local|internal))(?::\d+)?(?:/[^\s\"]*)?\"?$",
    re.IGNORECASE,
)
_DIALLED = re.compile(r"\d{3,15}")  # where a number is dialled, digits alone are one
_OWN_MACHINE = re.compile(r"(?:^|\.)localhost$|^127\.", re.IGNORECASE)
_SECRETS = (
    re.compile(r"\b(?:Bearer|Basic)\s+[A-Za-z0-9+/_.=-]{16,}"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(r"\b(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{16,}"),
    re.compile(r"\bgh[pousr]_[A-Za-z0-9]{30,}"),
    re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{16,}"),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    re.compile(r"://[^/\s:@]+:[^/\s:@]+@"),
    re.compile(
        r"\b(?:password|passwd|secret|api[_-]?key|token)\b[\"']?\s*[:=]\s*[\"']?[^\s\"',;{}$<>()+]{8,}",
        re.IGNORECASE,
    ),
)
_SECRET_NAME = re.compile(
    r"(?:password|passwd|secret|api[_-]?key|access[_-]?token|auth[_-]?token)$", re.IGNORECASE
)
_LITERAL = re.compile(r'"(?:\\.|[^"\\])*"')
# Texts for people: a number there is meant to be read.
_SPOKEN = frozenset(
    (
        "audio",
        "tts",
        "messageBody",
        "communication",
        "question",
        "noInput",
        "noMatch",
        "preTransferAudio",
        "failureTransferAudio",
        "inputAudio",
        "description",
        "alternateSequences",
        "name",
    )
)


def _texts(subject: FlowSubject) -> Iterator[tuple[Action | None, tuple[str, ...], Node]]:
    """Every text of the flow's actions and initial values with the keys on the way to it."""
    for action in subject.actions.values():
        for path, node in subject.nodes(action):
            if isinstance(node.value, str) and path:
                yield action, path, node
    for variable in (
        *subject.flow.variables,
        *(v for box in subject.flow.containers.values() for v in box.variables),
    ):
        for key, node in variable.initial.items() if variable.initial is not None else ():
            if isinstance(node.value, str):
                yield None, (variable.name, key), node


def _pieces(path: tuple[str, ...], node: Node) -> Iterator[tuple[int, str]]:
    """The texts of a value with their offsets: of an expression only its string literals."""
    if path[-1] not in ("exp", "var"):
        yield 0, str(node.value)
        return
    yield from ((match.start(), match[0]) for match in _LITERAL.finditer(str(node.value)))


def _found(
    subject: FlowSubject, *patterns: re.Pattern[str]
) -> Iterator[tuple[tuple[str, ...], re.Match[str], Span]]:
    """The first match in each text, with its place."""
    for _, path, node in _texts(subject):
        ways = ((at, pattern.search(text)) for at, text in _pieces(path, node) for pattern in patterns)
        at, match = next(((at, match) for at, match in ways if match is not None), (0, None))
        if match is not None:
            yield (
                path,
                match,
                subject.positions.span(node, at + match.start(), length=match.end() - match.start()),
            )


def hard_coded_guid(subject: FlowSubject) -> Iterator[Finding]:
    """A GUID: it belongs to one organisation."""
    for _, match, span in _found(subject, _GUID):
        if match[0].strip("0-"):
            yield Finding(
                span,
                f"the id {match[0]} belongs to one organisation: in another one it names nothing",
                "look it up by name, or keep it in a data table",
            )


def hard_coded_number(subject: FlowSubject) -> Iterator[Finding]:
    """A phone number that is written into the logic."""
    for path, match, span in _found(subject, _PHONE, _DIALLED):
        digits = re.sub(r"\D", "", match[0])
        is_number = 8 <= len(digits) <= 15 if match.re is _PHONE else "targetNumber" in path
        if not _SPOKEN & set(path) and is_number:
            yield Finding(
                span,
                f"the number {match[0].strip()} is written into the flow",
                "keep it in a data table or a variable, so that it changes without a new version",
            )


def hard_coded_host(subject: FlowSubject) -> Iterator[Finding]:
    """The host of a service that is written into the logic."""
    for path, match, span in _found(subject, _HOST, _BARE_HOST):
        if not _SPOKEN & set(path) and not _OWN_MACHINE.search(match[1].rstrip(".")):
            yield Finding(
                span,
                f"the host {match[1]} is written into the flow",
                "keep it in the data action's credentials, or in a variable",
            )


def secret_in_text(subject: FlowSubject) -> Iterator[Finding]:
    """A token, key or password in a text: everybody who may see the flow can read it."""
    for _, _, span in _found(subject, *_SECRETS):
        yield _secret(span)
    told = [node.span for _, path, node in _texts(subject) if path[-1] == "lit" and len(path) > 1]
    named = [node for _, path, node in _texts(subject) if len(path) > 1 and _SECRET_NAME.search(path[-2])]
    named += [node for action in subject.actions.values() for node in _named_values(action.body)]
    for node in named:
        if _is_secret(node) and node.span in told:
            told.remove(node.span)
            yield _secret(node.span)


def _is_secret(node: Node) -> bool:
    """Whether a literal that has the name of a secret is one that its own form does not tell."""
    text = str(node.value)
    known = any(each.search(text) for each in _SECRETS)
    return isinstance(node.value, str) and len(text) >= 8 and " " not in text.strip() and not known


def _named_values(body: Node) -> Iterator[Node]:
    """The literals of attributes (`name: {lit: password}, value: …`) and of variables that are set."""
    for key, inner in (("attributes", "name"), ("statements", "variable")):
        for item in body.get(key) or ():
            for _, each in item.items():
                name, value = each.get(inner), each.at("value", "lit")
                written = name.get("lit") or name if name is not None else None
                if written is not None and value is not None and _SECRET_NAME.search(str(written.value)):
                    yield value


def _secret(span: Span) -> Finding:
    message = "this looks like a secret: everybody who may read the flow can read it"
    return Finding(span, message, "keep it in the credentials of an integration, or in a secure variable")
