"""Flow documents as the platform keeps them: loaded, checked against the organisation, given back.

The text that was published is kept as it came. What the checks say carries file, line and hint, so that the
messages of a job lead to the place.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from ringback.core.diagnostics import Diagnostic
from ringback.core.errors import DefinitionError, UsageError
from ringback.documents import read_json
from ringback.engine.program import Program, compile_flow
from ringback.flows.loaders import FLOW_TYPES, form_of, load_archy, load_flow
from ringback.flows.loaders.export_parts import decode, is_encoded
from ringback.flows.model import Flow, Form
from ringback.flows.writers import write_archy
from ringback.lint import lint
from ringback.lint.flows.project import Project
from ringback.platform import upstream
from ringback.platform.flows.organisation import missing, needed
from ringback.platform.store.reader import Body, Reader

MAX_MESSAGES = 200  # of one job; named in docs/limits.md
_FILES: Mapping[Form, str] = {"archy": "flow.yaml", "plain": "flow.json", "export": "flow.i3"}
_UNRESOLVED = "RB029"


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a flow and its form."""

    text: str
    form: Form

    @property
    def file(self) -> str:
        """What messages call it."""
        if self.form == "plain" and not self.text.lstrip("\ufeff \t\r\n").startswith("{"):
            return "flow.plain.yaml"
        return _FILES[self.form]


@dataclass(frozen=True, slots=True)
class Checked:
    """A document and what the checks say of it; `flow` is None when it does not load."""

    document: Document
    flow: Flow | None
    found: tuple[Diagnostic, ...]

    @property
    def errors(self) -> list[Diagnostic]:
        """What stands against publishing it."""
        return [each for each in self.found if each.severity == "error"]


def document_of(text: str) -> Document:
    """The document of a text, its form found by its content."""
    return Document(text, form_of(text))


def check(store: Reader, document: Document, *, stubs: bool = False) -> Checked:
    """Load a document and check it: by the rules of lint, by the compiler, against the organisation.

    Args:
        store: the organisation.
        document: the text.
        stubs: flows that are not there will be made, so they are no errors.
    """
    try:
        flow = load_flow(document.text, file=document.file)
    except DefinitionError as error:
        each = getattr(error, "errors", (error,))
        return Checked(document, None, tuple(Diagnostic.of(found) for found in each))
    found = [*_unresolved(flow), *_linted(store, document, flow=flow)]
    found += [each for each in missing(needed(store, flow)) if not (stubs and " no flow " in each.message)]
    if not any(each.severity == "error" for each in found):
        found += _compiled(flow)
    return Checked(document, flow, tuple(dict.fromkeys(_sorted(found)))[:MAX_MESSAGES])


def _sorted(found: list[Diagnostic]) -> list[Diagnostic]:
    return sorted(found, key=lambda each: (each.line, each.column, each.code))


def _unresolved(flow: Flow) -> Iterator[Diagnostic]:
    """`{{names}}` that nobody replaced; the client does that before it uploads."""
    for each in flow.diagnostics:
        if each.code == _UNRESOLVED:
            hint = "give it a value in `substitutions` before the upload"
            text = each.message.partition(" has no value")[0]
            message = f"the placeholder {text} was not replaced"
            yield Diagnostic(_UNRESOLVED, "error", message, each.file, each.line, each.column, hint)


def _linted(store: Reader, document: Document, *, flow: Flow) -> Iterator[Diagnostic]:
    try:
        checked = lint(document.text, file=document.file, project=_project(store, flow))
    except UsageError:
        return
    for report in checked.reports:
        if report.severity != "info":
            yield report.diagnostic(document.text)


def _project(store: Reader, flow: Flow) -> Project:
    """The data actions that the flow calls, so that their contracts are checked."""
    actions = {}
    for need in needed(store, flow):
        if need.code == "dataAction" and need.found is not None:
            try:
                actions[need.name.strip().lower()] = upstream.action_of(need.found)
            except DefinitionError:
                continue
    return Project(actions)


def _compiled(flow: Flow) -> Iterator[Diagnostic]:
    try:
        compile_flow(flow)
    except DefinitionError as error:
        yield from (Diagnostic.of(each) for each in getattr(error, "errors", (error,)))


@lru_cache(maxsize=256)
def program_of(text: str, file: str) -> Program:
    """The program of a document; versions never change, so what was compiled stays.

    Raises:
        DefinitionError: the document is wrong.
    """
    return compile_flow(load_flow(text, file=file))


# ---- the configuration of a version


def configuration(document: Document) -> Any:
    """The JSON of a version: an export's own, a plain document's, and the content of Archy YAML."""
    if document.form == "export":
        text = document.text
        return json.loads(decode(text, document.file) if is_encoded(text) else text.lstrip("\ufeff"))
    if document.form == "plain" and document.file.endswith(".json"):
        return read_json(document.text, file=document.file).plain()
    flow = load_flow(document.text, file=document.file)
    if flow.body is None:
        return {"name": flow.name, "type": flow.type}
    return {flow.type: flow.body.plain()}


def of_configuration(body: Mapping[str, Any]) -> Document:
    """The document of a configuration that a client saves.

    Raises:
        DefinitionError: it is no flow.
    """
    text = json.dumps(body, ensure_ascii=False, indent=2)
    if len(body) == 1 and next(iter(body)) in FLOW_TYPES:
        return Document(write_archy(load_archy(text, file="flow.json")).text, "archy")
    return document_of(text)


def yaml_of(document: Document) -> tuple[str, tuple[Diagnostic, ...]]:
    """Archy YAML of a document: the text itself where it is one; and what cannot be said."""
    if document.form == "archy":
        return document.text, ()
    written = write_archy(load_flow(document.text, file=document.file))
    return written.text, written.diagnostics


def encoded(document: Document) -> str | None:
    """The `.i3` file of an export; None for documents of which Architect's configuration is not known."""
    if document.form != "export":
        return None
    if is_encoded(document.text):
        return document.text
    return b64encode(quote(document.text).encode()).decode()


_UNSAFE = re.compile(r"[^\w. -]+")


def file_name(name: str, version: str, *, form: str) -> str:
    """The file name of an exported flow."""
    return f"{_UNSAFE.sub('_', name)}_v{version.replace('.', '-')}{form}"


def stored(body: Body) -> Document:
    """The document of a stored version."""
    return Document(body["text"], body["form"])
