"""Archy YAML to the flow model.

    <flow type>:            inboundCall, workflow, botFlow …
      name, division, description, defaultLanguage, supportedLanguages, initialGreeting
      startUpRef            where it begins, or startUpTaskActions with the only task itself
      variables             - stringVariable: {name: Flow.x, initialValue: …}
      settings…             defaults of actions, error handling, menus, speech …
      tasks, menus, states, bots

Everything that is wrong is collected and raised together; what a simulation can live with is a warning
in `Flow.diagnostics`.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from ringback.core.errors import DefinitionError
from ringback.documents import Node, Problems, read_yaml, suggestion
from ringback.flows.keys import FLOW_KEYS, SETTINGS_KEYS
from ringback.flows.loaders.references import Containers
from ringback.flows.loaders.sections import Sections
from ringback.flows.loaders.shapes import is_empty, text_of
from ringback.flows.loaders.substitution import substitute
from ringback.flows.loaders.variables import declared
from ringback.flows.model import ContainerKind, ErrorHandling, Flow

_MISSPELT = 0.85  # how alike two keys are when one is the other with a slip
FLOW_TYPES = frozenset(
    [
        "botFlow",
        "commonModule",
        "digitalBot",
        "digitalBotFlow",
        "emailSend",
        "inboundCall",
        "inboundChat",
        "inboundEmail",
        "inboundShortMessage",
        "inqueueCall",
        "inqueueEmail",
        "inqueueShortMessage",
        "outboundCall",
        "secureCall",
        "surveyInvite",
        "voice",
        "voiceSurvey",
        "voicemail",
        "workflow",
        "workitem",
    ]
)
_HANDLINGS = {
    "queue": "transferToAcd",
    "task": "jumpToTask",
    "menu": "jumpToMenu",
    "state": "changeState",
}


def load_archy(text: str, *, file: str, substitutions: Mapping[str, str] | None = None) -> Flow:
    """The flow of an Archy YAML document.

    Args:
        text: the document.
        file: its name in messages and in the trace.
        substitutions: values for its `{{names}}`.

    Raises:
        DefinitionError: the document is wrong; `DocumentErrors` when it is YAML but no right flow.
    """
    problems = Problems()
    source = substitute(text, file, values=substitutions or {}, problems=problems)
    document = read_yaml(source.text, file=file, positions=source.positions)
    type_, body = _top_level(document)
    flow = flow_of(type_, body, file=file, problems=problems)
    problems.check()
    return flow


def flow_of(type_: str, body: Node, *, file: str, problems: Problems) -> Flow:
    """The flow of what stands below the flow type; what is wrong is noted in `problems`."""
    return _Loader(type_, body, problems=problems).load(file)


def _top_level(document: Node) -> tuple[str, Node]:
    """The flow type and the body of a document with one top-level key."""
    keys = [key for key, _ in document.items()]
    known = [key for key in keys if key in FLOW_TYPES]
    if not known or len(keys) > 1:
        found = f"the top level has {', '.join(repr(key) for key in keys[:5])}" if keys else "it has no keys"
        hint = suggestion(keys[0], FLOW_TYPES, what="flow types") if keys and not known else ""
        raise DefinitionError(
            f"an Archy flow has one top-level key, its flow type; {found}",
            span=document.key_span(keys[0]) if keys else document.span,
            hint=hint or "the whole flow stands below e.g. `inboundCall:`",
            code="RB020",
        )
    body = document.get(known[0])
    if body is None or not body.is_map:
        place = document.key_span(known[0])
        raise DefinitionError("the flow is empty", span=place, hint="write `name:` below it", code="RB020")
    return known[0], body


class _Loader:
    """Loads one flow."""

    def __init__(self, type_: str, body: Node, *, problems: Problems) -> None:
        self._type = type_
        self._body = body
        self._problems = problems
        self._sections = Sections(problems)

    def load(self, file: str) -> Flow:
        """The flow; problems are noted, not raised."""
        body = self._body
        self._check_keys()
        variables = declared(body.get("variables"), self._problems)
        self._sections.read(body)
        start = self._start()
        containers, variables = self._sections.finish(variables)
        greeting = body.get("initialGreeting")
        return Flow(
            name=text_of(body.get("name")),
            type=self._type,
            start=start,
            containers=containers,
            variables=variables,
            greeting=None if is_empty(greeting) else greeting,
            description=text_of(body.get("description")),
            division=text_of(body.get("division")),
            default_language=self._language(),
            supported_languages=_languages(body.get("supportedLanguages")),
            settings={key: member for key, member in body.items() if key.startswith("settings")},
            error_handling=_error_handling(body.get("settingsErrorHandling"), self._sections.containers),
            source=file,
            form="archy",
            body=body,
            diagnostics=self._problems.warnings,
        )

    def _check_keys(self) -> None:
        where = f"in the {self._type} flow"
        blocks = [key for key, _ in self._body.items() if _is_new_block(key)]
        self._problems.unknown_keys(self._body, FLOW_KEYS | set(blocks), where=where)
        for key in blocks:
            hint = "ringback does not know it and leaves it out of runs"
            self._problems.warn(
                "RB022", f"unknown key {key!r} {where}", span=self._body.key_span(key), hint=hint
            )
        for key, known in SETTINGS_KEYS.items():
            block = self._body.get(key)
            if block is not None:
                self._problems.unknown_keys(block, known, where=f"in {key}")
        if not text_of(self._body.get("name")):
            hint = "write `name:` below the flow type"
            self._problems.error("RB020", "the flow has no name", span=self._body.span, hint=hint)

    def _start(self) -> str:
        """The id of the container in which the flow begins; "" with an error noted when there is none."""
        kind: ContainerKind = "loopTask" if self._type.lower() == "inqueuecall" else "task"
        own = self._sections.read_start_up(self._body, kind)
        reference = self._body.get("startUpRef")
        if reference is not None:
            return self._sections.containers.resolve(reference) or ""
        if own is None:
            self._no_start()
        return own or ""

    def _no_start(self) -> None:
        first = next(iter(self._sections.containers.ids), None)
        if first is None:
            message = "the flow has no tasks, menus or states"
            hint = "write `tasks:` or `menus:`, and name the first in `startUpRef:`"
        else:
            message = "the flow does not say where it begins: startUpRef is missing"
            hint = f'write `startUpRef: "/{self._type}/{first[0]}s/{first[0]}[{first[1]}]"`'
        self._problems.error("RB024", message, span=self._body.span, hint=hint)

    def _language(self) -> str:
        written = text_of(self._body.get("defaultLanguage")).lower()
        languages = _languages(self._body.get("supportedLanguages"))
        return written or (languages[0] if languages else "en-us")


def _is_new_block(key: str) -> bool:
    """Whether a key is a settings block that no public flow shows, rather than a known one misspelt.

    The platform has more blocks than the public flows; what they set has no part in a run.
    """
    is_block = key.startswith("settings") and key not in FLOW_KEYS
    return is_block and not get_close_matches(key, FLOW_KEYS, n=1, cutoff=_MISSPELT)


def _languages(node: Node | None) -> tuple[str, ...]:
    """`{en-us: …}` or a list of tags."""
    if node is None:
        return ()
    tags = [key for key, _ in node.items()] or [text_of(item) for item in node]
    return tuple(tag.lower() for tag in tags if tag)


def _error_handling(node: Node | None, containers: Containers) -> ErrorHandling:
    """`settingsErrorHandling: {errorHandling: {<kind>: …}, preHandlingAudio: …}`."""
    if node is None:
        return ErrorHandling()
    audio = node.get("preHandlingAudio")
    audio = None if is_empty(audio) else audio
    handling = node.get("errorHandling")
    kind, body = next(iter(handling.items()), (None, None)) if handling is not None else (None, None)
    if kind is None or body is None:
        return ErrorHandling(audio=audio)
    return ErrorHandling(_HANDLINGS.get(kind, kind), containers.target(body), body, audio)
