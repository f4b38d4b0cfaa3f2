"""Texts to flows and worlds: which documents are some, and what is wrong with those that cannot be loaded."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ringback.core.diagnostics import Diagnostic
from ringback.core.errors import DefinitionError
from ringback.core.span import Span
from ringback.documents import Node, read_yaml, suggestion
from ringback.flows.loaders import FLOW_TYPES, load_flow
from ringback.flows.loaders.export_parts import is_configuration, is_encoded
from ringback.flows.model import Flow
from ringback.flows.needs import WORLD_KEYS
from ringback.lint.flows.project import World, world_of

MALFORMED, MALFORMED_WORLD = "RB301", "RB361"

_ARCHY = re.compile(rf"^[\"']?(?:{'|'.join(sorted(FLOW_TYPES))})[\"']?[ \t]*:[ \t]*\r?$", re.MULTILINE)
_PLAIN = re.compile(r"^(?:initialAction|initial_action|nodes|steps)[ \t]*:", re.MULTILINE)
_PLAIN_KEYS = ("initialAction", "initial_action", "nodes", "steps")
_TOP = re.compile(r"^([A-Za-z][\w-]*)[ \t]*:", re.MULTILINE)
_WORLD_WORDS = frozenset(
    ("queues", "dataActions", "dataTables", "scheduleGroups", "emergencyGroups", "wrapUpCodes")
)
_SECTIONS = WORLD_KEYS["world"]
_YAML = (".yaml", ".yml", ".tftpl")
# What the loaders call it -> the rule.
_RULE_OF: Mapping[str, str] = {
    "RB021": "RB304",
    "RB022": "RB304",
    "RB031": "RB304",
    "RB023": "RB302",
    "RB024": "RB302",
    "RB025": "RB303",
    "RB033": "RB303",
    "RB034": "RB303",
    "RB035": "RB305",
}


@dataclass(frozen=True, slots=True)
class FlowProblem:
    """What a loader says of a document, and the code of the rule that tells it."""

    code: str
    error: DefinitionError
    is_warning: bool = False


def is_flow(text: str, *, file: str, document: Node | None) -> bool:
    """Whether a text is a flow; `document` is its tree when it is JSON."""
    if document is not None:
        return is_configuration(text) or any(document.get(key) is not None for key in _PLAIN_KEYS)
    if is_encoded(text):
        return True
    return file.endswith(_YAML) and bool(_ARCHY.search(text) or _PLAIN.search(text))


def is_world(text: str, *, file: str) -> bool:
    """Whether a text is a world.yaml: by its name, or by sections that nothing else has."""
    if not file.endswith((".yaml", ".yml")):
        return False
    keys = set(_TOP.findall(text))
    named = posixpath.basename(file.replace("\\", "/")).startswith("world.")
    return bool(named and keys & _SECTIONS) or bool(keys & _WORLD_WORDS and keys <= _SECTIONS)


def load(
    text: str, *, file: str, substitutions: Mapping[str, str] | None = None
) -> tuple[Flow | None, tuple[FlowProblem, ...]]:
    """The flow of a document, and what its loader says."""
    try:
        flow = load_flow(text, file=file, substitutions=substitutions)
    except DefinitionError as error:
        return None, tuple(_problems(error))
    return flow, tuple(_warnings(flow))


def _problems(error: DefinitionError) -> Iterator[FlowProblem]:
    for each in getattr(error, "errors", (error,)):
        yield FlowProblem(_RULE_OF.get(each.code, MALFORMED), each)


def _warnings(flow: Flow) -> Iterator[FlowProblem]:
    for warning in flow.diagnostics:
        if warning.code in _RULE_OF:
            yield FlowProblem(_RULE_OF[warning.code], _as_error(flow, warning), is_warning=True)


def _as_error(flow: Flow, warning: Diagnostic) -> DefinitionError:
    span = Span(warning.file or flow.source, max(warning.line, 1), max(warning.column, 1))
    return DefinitionError(warning.message, span=span, hint=warning.hint, code=warning.code)


def read_world(text: str, *, file: str) -> tuple[World | None, tuple[FlowProblem, ...]]:
    """The names of a world, and what is wrong with it."""
    try:
        document = read_yaml(text, file=file)
    except DefinitionError as error:
        return None, (FlowProblem(MALFORMED_WORLD, error),)
    return world_of(document, file=file), tuple(_unknown_sections(document))


def _unknown_sections(document: Node) -> Iterator[FlowProblem]:
    for key, _ in document.items():
        if key not in _SECTIONS:
            hint = suggestion(key, _SECTIONS, what="sections")
            error = DefinitionError(f"a world has no section {key!r}", span=document.key_span(key), hint=hint)
            yield FlowProblem(MALFORMED_WORLD, error)
