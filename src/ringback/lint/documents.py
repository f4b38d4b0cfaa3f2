"""Texts to subjects: data actions, flows and worlds by their content, and what cannot be loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ringback.core.diagnostics import Severity
from ringback.core.errors import DefinitionError
from ringback.core.span import Span
from ringback.dataactions import load_data_actions
from ringback.dataactions.loaders.export import load_export
from ringback.dataactions.loaders.plain import load_plain
from ringback.dataactions.model import DataAction
from ringback.documents import Node, read_json
from ringback.flows.model import Flow
from ringback.lint.flows import documents as flows
from ringback.lint.flows.project import World
from ringback.lint.model import DocumentKind
from ringback.lint.places import JsonPlaces, PlainPlaces, TerraformPlaces
from ringback.lint.subject import Subject

MALFORMED = "RB101"

_TERRAFORM = (".tf", ".hcl")
_RESOURCE = re.compile(r'resource\s+"genesyscloud_integration_(?:custom_auth_)?action"')
_WORDS = (
    "requestUrlTemplate",
    "requestTemplate",
    "translationMap",
    "successTemplate",
    "inputSchema",
    "successSchema",
)
_PLAIN_WORDS = ("inputVariables", "outputVariables", "jsonPath", "variableName")
_LISTS = ("entities", "dataActions", "actions")
_LOADER_CODE = re.compile(r"RB10[1-5]")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a document cannot be loaded, and the code of the rule that says so."""

    code: str
    error: DefinitionError
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a document holds; `kind` is None when it holds nothing that has rules."""

    kind: DocumentKind | None
    subjects: tuple[Subject, ...] = ()
    problems: tuple[Problem, ...] = ()
    flow: Flow | None = None
    world: World | None = None


def load(text: str, *, file: str, substitutions: Mapping[str, str] | None = None) -> Loaded:
    """What a document holds, by its content.

    Args:
        text: the document.
        file: its name.
        substitutions: values for the `{{names}}` of Archy YAML.

    Raises:
        UsageError: a Terraform file with data actions, and no Terraform parser is installed.
    """
    if file.endswith(_TERRAFORM):
        return _terraform(text, file) if _RESOURCE.search(text) else Loaded(None)
    if not text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return _other(text, file, substitutions=substitutions)
    try:
        node = read_json(text, file=file)
    except DefinitionError as error:
        return Loaded("data action", (), (_problem(error),)) if _looks_like_action(text) else Loaded(None)
    if flows.is_flow(text, file=file, document=node):
        return _flow(text, file)
    nodes = [found for found in _documents(node) if _is_native(found) or _is_plain(found)]
    if not nodes:
        return Loaded(None)
    return _json(nodes, text, file=file)


def _other(text: str, file: str, *, substitutions: Mapping[str, str] | None) -> Loaded:
    """A document that is no JSON: an export, YAML, or nothing."""
    if flows.is_flow(text, file=file, document=None):
        return _flow(text, file, substitutions=substitutions)
    if not flows.is_world(text, file=file):
        return Loaded(None)
    world, problems = flows.read_world(text, file=file)
    return Loaded("world", problems=tuple(map(_told, problems)), world=world)


def _flow(text: str, file: str, *, substitutions: Mapping[str, str] | None = None) -> Loaded:
    flow, problems = flows.load(text, file=file, substitutions=substitutions)
    return Loaded("flow", problems=tuple(map(_told, problems)), flow=flow)


def _told(problem: flows.FlowProblem) -> Problem:
    return Problem(problem.code, problem.error, "warning" if problem.is_warning else None)


def _json(nodes: list[Node], text: str, *, file: str) -> Loaded:
    subjects: list[Subject] = []
    problems: list[Problem] = []
    for node in nodes:
        try:
            subjects.append(_subject(node, text, file=file))
        except DefinitionError as error:
            problems += _problems(error)
    return Loaded("data action", tuple(subjects), tuple(problems))


def _subject(node: Node, text: str, *, file: str) -> Subject:
    places = JsonPlaces.of(node, text, file=file)
    plain = node.plain()
    assert isinstance(plain, Mapping)
    if not _is_native(node):
        return Subject(load_plain(node, file=file), PlainPlaces(places), original=plain)
    return Subject(load_export(_without_timeout(node), file=file), places, original=plain)


def _without_timeout(node: Node) -> Node:
    """The document without `timeoutSeconds`: its range has a rule of its own, other checks need the rest."""
    config = node.get("config")
    if config is None or config.get("timeoutSeconds") is None or not isinstance(config.value, Mapping):
        return node
    rest = {key: value for key, value in config.items() if key != "timeoutSeconds"}
    assert isinstance(node.value, Mapping)
    return replace(node, value={**node.value, "config": replace(config, value=rest)})


def _terraform(text: str, file: str) -> Loaded:
    try:
        actions = load_data_actions(text, file=file)
    except DefinitionError as error:
        return Loaded("data action", (), tuple(_problems(error)))
    return Loaded("data action", tuple(_terraform_subjects(actions, text, file=file)))


def _terraform_subjects(actions: tuple[DataAction, ...], text: str, *, file: str) -> Iterator[Subject]:
    starts = [match.start() for match in re.finditer(r"^[ \t]*[a-z]\w*[ \t]+\"|^locals", text, re.MULTILINE)]
    lines = [0, *(found.end() for found in re.finditer("\n", text))]
    for action in actions:
        span = action.span("")
        start = 0 if span is None else lines[span.line - 1]
        end = next((at for at in starts if at > start + 1), len(text))
        original: Mapping[str, Any] = {"config": {"timeoutSeconds": action.timeout}}
        yield Subject(action, TerraformPlaces(text, file, start, end), original=original)


def _documents(node: Node) -> Iterator[Node]:
    """The objects that may be actions: the document, its items, or those of a listing."""
    if node.is_list:
        yield from node
        return
    for name in _LISTS:
        members = node.get(name)
        if members is not None and members.is_list:
            yield from members
            return
    yield node


def _is_native(node: Node) -> bool:
    config, contract = node.get("config"), node.get("contract")
    in_config = config is not None and any(config.get(key) is not None for key in ("request", "response"))
    return in_config or (
        contract is not None and any(contract.get(key) is not None for key in ("input", "output"))
    )


def _is_plain(node: Node) -> bool:
    variables = (node.get(key) for key in ("inputVariables", "outputVariables"))
    listed = any(
        found is not None and found.is_list for found in variables
    )  # a step of a plain flow has objects
    request = node.get("request")
    return listed or (node.get("name") is not None and request is not None and request.get("url") is not None)


def _looks_like_action(text: str) -> bool:
    """Whether a text that is no JSON was meant to be a data action."""
    words = sum(f'"{word}"' in text for word in _WORDS)
    return words >= 2 or sum(f'"{word}"' in text for word in _PLAIN_WORDS) >= 2


def _problems(error: DefinitionError) -> Iterator[Problem]:
    for each in getattr(error, "errors", (error,)):
        yield _problem(each)


def _problem(error: DefinitionError) -> Problem:
    return Problem(error.code if _LOADER_CODE.fullmatch(error.code) else MALFORMED, error)


def place_of(error: DefinitionError, *, file: str) -> Span:
    """Where an error stands; the start of the document when it names no place."""
    return error.span or Span(file, 1, 1)
