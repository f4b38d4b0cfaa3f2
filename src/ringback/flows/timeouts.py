"""The timeouts of a flow's data action steps: which one holds, where it comes from, what a caller can wait.

A step is a Call Data Action (also the secure one and the bridge's), a look-up of the plain form, or a
`data-action` of a document with `steps`. Its timeout is the step's own, else that of the flow's
`settingsActionDefaults`, else the data action's `timeoutSeconds`, else the platform's: 60 s, the most that
`timeoutSeconds` allows (look-ups of the plain form: 10 s). `noValue`, and a duration of 0, mean the next of
these. A step whose clock is longer than the data action's own limit leaves through Failure after the shorter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal

from ringback.core.errors import DefinitionError
from ringback.core.span import Span
from ringback.dataactions.model import MAX_SUGGESTED_TIMEOUT
from ringback.documents import Node, read_json, read_yaml
from ringback.flows.literals import duration_of
from ringback.flows.loaders import load_flow
from ringback.flows.loaders.plain_fields import DEFAULT_TIMEOUT_MS
from ringback.flows.loaders.shapes import is_empty, text_of
from ringback.flows.model import Action, Flow
from ringback.flows.timeouts_steps import mentions_steps, nested_steps
from ringback.flows.timeouts_waits import Wait, worst_waits
from ringback.lang import expr
from ringback.lang.expr.values import EvaluationError, milliseconds_of

Form = Literal["archy", "plain", "export", "steps"]
# step: its own. settings: `settingsActionDefaults`. dataAction: `timeoutSeconds`. platform: none of these.
Source = Literal["step", "settings", "dataAction", "platform"]

DATA_STEPS = ("callData", "callDataSecure", "callBridge")
LOOKUP = "plainLookup"
NO_WAIT = Wait()
PLATFORM_MS = int(MAX_SUGGESTED_TIMEOUT * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedStep:
    """One data action step and its timeout.

    Attributes:
        id, name: of the action; ids are unique in the flow.
        container: name of the task, menu choice or step that holds it; "" at the top.
        type: of the action, e.g. "callData", or "data-action" in a document with `steps`.
        calls: the data action or URL that it calls; "" when it does not say.
        timeout_ms: the timeout that holds; None when an expression computes it.
        source: see `Source`.
        written: the expression, when it is computed.
        service_ms: the data action's own limit; None when nothing is known of it.
        holder: the mapping of the document that holds the step's own timeout.
        own: that timeout as written, or None.
        span: where the step stands.
        native: it is a step of Architect's own, which may wait up to 60 s; plain ones up to 30 s.
        wait: the worst wait from the start to the end of this step; see `timeouts_waits`.
    """

    id: str
    name: str
    container: str
    type: str
    calls: str
    timeout_ms: int | None
    source: Source
    written: str
    service_ms: int | None
    holder: Node = field(repr=False)
    own: Node | None = field(repr=False)
    span: Span
    native: bool
    wait: Wait

    @property
    def waits_ms(self) -> int:
        """The longest that it waits: its timeout, or the data action's own limit when that is shorter."""
        limit = PLATFORM_MS if self.service_ms is None else self.service_ms
        if self.timeout_ms is None:
            return limit
        return min(self.timeout_ms, limit) if self.service_ms is not None else self.timeout_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """A document and its data action steps, in document order."""

    name: str
    text: str = field(repr=False)
    file: str
    form: Form
    document: Node = field(repr=False)
    steps: tuple[TimedStep, ...]
    substitutions: Mapping[str, str]
    suggested: Mapping[str, float]

    def again(self, text: str) -> Timeouts:
        """The same of a changed text."""
        return read_timeouts(text, file=self.file, substitutions=self.substitutions, suggested=self.suggested)


def read_timeouts(
    text: str,
    *,
    file: str,
    substitutions: Mapping[str, str] | None = None,
    suggested: Mapping[str, float] | None = None,
) -> Timeouts:
    """The data action steps of a flow, whichever form its document has.

    Args:
        text: the document.
        file: its name in messages.
        substitutions: values for the `{{names}}` of Archy YAML.
        suggested: name of a data action, in lower case -> its `timeoutSeconds`.

    Raises:
        DefinitionError: the document is wrong.
    """
    given, known = substitutions or {}, suggested or {}
    if mentions_steps(text) and (document := _document(text, file)).get("steps") is not None:
        return Timeouts(
            name=text_of(document.get("name")),
            text=text,
            file=file,
            form="steps",
            document=document,
            steps=_with_waits(_steps_of(document, known), text, file=file),
            substitutions=given,
            suggested=known,
        )
    return _of_flow(
        load_flow(text, file=file, substitutions=given), text, substitutions=given, suggested=known
    )


def _of_flow(
    flow: Flow, text: str, *, substitutions: Mapping[str, str], suggested: Mapping[str, float]
) -> Timeouts:
    """The steps of a loaded flow, with their waits."""
    file = flow.source
    document = _document(text, file) if flow.form == "plain" else flow.body or Node(None, Span(file, 1, 1))
    found = tuple(_timed(flow, document, suggested=suggested))
    waits = worst_waits(flow, {step.id: step.waits_ms for step in found})
    return Timeouts(
        name=flow.name,
        text=text,
        file=file,
        form=flow.form,
        document=document,
        steps=tuple(replace(step, wait=waits.get(step.id, Wait(step.waits_ms))) for step in found),
        substitutions=substitutions,
        suggested=suggested,
    )


def _document(text: str, file: str) -> Node:
    is_json = text.lstrip("\ufeff \t\r\n").startswith("{")
    return read_json(text, file=file) if is_json else read_yaml(text, file=file)


# ---- flows


def _timed(flow: Flow, document: Node, *, suggested: Mapping[str, float]) -> Iterator[TimedStep]:
    """The data action steps of a loaded flow."""
    places = _places(document) if flow.form == "plain" else {}
    for action in flow.actions.values():
        if action.type not in (*DATA_STEPS, LOOKUP):
            continue
        span = action.span or action.body.span
        holder = places.get((span.line, span.column), action.body)
        own = holder.get("timeout")
        calls = _called(action)
        service = suggested.get(calls.strip().lower()) if action.type in DATA_STEPS else None
        service_ms = None if service is None else round(service * 1000)
        timeout, source, written = _effective(flow, action, own=own, service_ms=service_ms)
        yield TimedStep(
            id=action.id,
            name=action.name,
            container=flow.containers[action.container].name,
            type=action.type,
            calls=calls,
            timeout_ms=timeout,
            source=source,
            written=written,
            service_ms=service_ms,
            holder=holder,
            own=own,
            span=span,
            native=flow.form != "plain",
            wait=NO_WAIT,
        )


def _places(document: Node) -> dict[tuple[int, int], Node]:
    """Every mapping of a document by where it begins."""
    found: dict[tuple[int, int], Node] = {}
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if node.is_map:
            found[node.span.line, node.span.column] = node
        waiting += [*node, *(member for _, member in node.items())]
    return found


def _called(action: Action) -> str:
    """The data action, or the URL, that a step calls."""
    if action.type == LOOKUP:
        return text_of(action.body.get("url"))
    for _, inside in (action.body.get("category") or action.body).items():
        for kind in ("dataAction", "bridgeAction"):
            for name, _ in (inside.get(kind) or Node(None, inside.span)).items():
                return name
    return ""


def _effective(
    flow: Flow, action: Action, *, own: Node | None, service_ms: int | None
) -> tuple[int | None, Source, str]:
    """The timeout that holds, where it comes from, and its expression when it is computed."""
    if action.type == LOOKUP:
        if own is not None and isinstance(own.value, int):
            return own.value, "step", ""
        return DEFAULT_TIMEOUT_MS, "platform", ""
    settings = flow.settings.get("settingsActionDefaults")
    default = settings.at(action.type, "timeout") if settings is not None else None
    places: tuple[tuple[Node | None, Source], ...] = (
        (action.body.get("timeout"), "step"),
        (default, "settings"),
    )
    for node, source in places:
        if node is None or is_empty(node):
            continue
        milliseconds = milliseconds_in(node)
        if milliseconds is None:
            return None, source, text_of(node.get("exp") or node.get("var"))
        if milliseconds > 0:
            return milliseconds, source, ""
    return (PLATFORM_MS, "platform", "") if service_ms is None else (service_ms, "dataAction", "")


def milliseconds_in(node: Node) -> int | None:
    """Milliseconds of a wrapped Duration; None when they depend on the call.

    An expression without variables (`MakeDuration(0, 0, 0, 10)`) counts as written out.
    """
    text = text_of(node.get("exp"))
    if text:
        return _computed(text)
    if node.get("var") is not None:
        return None
    try:
        return milliseconds_of(duration_of(node.get("lit") or node))
    except EvaluationError:
        return None


def _computed(text: str) -> int | None:
    try:
        raw = expr.evaluate(text).raw
    except DefinitionError:
        return None
    return milliseconds_of(raw) if isinstance(raw, timedelta) else None


# ---- documents with `steps`


def _with_waits(steps: tuple[TimedStep, ...], text: str, *, file: str) -> tuple[TimedStep, ...]:
    """The steps with the waits of the flow, when the document is one that runs."""
    try:
        flow = load_flow(text, file=file)
    except DefinitionError:
        return steps
    places = {(step.span.line, step.span.column): step for step in steps}
    ids = {
        action.id: step
        for action in flow.actions.values()
        if action.span is not None and (step := places.get((action.span.line, action.span.column)))
    }
    waits = worst_waits(flow, {id_: step.waits_ms for id_, step in ids.items()})
    found = {step.id: waits.get(id_, Wait(step.waits_ms)) for id_, step in ids.items()}
    return tuple(replace(step, wait=found.get(step.id, step.wait)) for step in steps)


def _steps_of(document: Node, suggested: Mapping[str, float]) -> tuple[TimedStep, ...]:
    """The steps of a document with `steps`; each waits after all that stand above it."""
    found: list[TimedStep] = []
    before = NO_WAIT
    for nested in nested_steps(document):
        service = suggested.get(nested.calls.strip().lower())
        service_ms = None if service is None else round(service * 1000)
        default = (PLATFORM_MS, "platform") if service_ms is None else (service_ms, "dataAction")
        timeout, source = default if nested.timeout_ms is None else (nested.timeout_ms, "step")
        step = TimedStep(
            id=nested.id,
            name=nested.name,
            container=nested.container,
            type="data-action",
            calls=nested.calls,
            timeout_ms=timeout,
            source=source,  # type: ignore[arg-type]  # the words are those of `Source`
            written="",
            service_ms=service_ms,
            holder=nested.node,
            own=nested.node.at("settings", "timeout"),
            span=nested.node.span,
            native=False,
            wait=NO_WAIT,
        )
        before = before.then(Wait(step.waits_ms))
        found.append(replace(step, wait=before))
    return tuple(found)
