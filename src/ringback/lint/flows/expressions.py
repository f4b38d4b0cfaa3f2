"""Checks of expressions: every one of the flow, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator

from ringback.core.errors import DefinitionError
from ringback.documents import suggestion
from ringback.flows import literals
from ringback.flows.actions import ACTIONS
from ringback.flows.keys import ACTION_KEYS
from ringback.flows.model import Action
from ringback.lang.expr import EvaluationError
from ringback.lang.expr.types import display_name, is_collection
from ringback.lint.flows.scope import OWN_SCOPES
from ringback.lint.flows.subject import FlowSubject, Located
from ringback.lint.flows.uses import Use, literals_of
from ringback.lint.model import Finding

_UNKNOWN_VARIABLE = "RB203"


def _errors(subject: FlowSubject) -> Iterator[tuple[Located, DefinitionError]]:
    for located in subject.located:
        if not located.use.writes:
            found = subject.typed(located)
            if isinstance(found, DefinitionError) and not subject.is_placeholder(located.use):
                yield located, found


def _is_foreign(error: DefinitionError) -> bool:
    """Whether an unknown variable is the platform's: nobody has the whole list of those."""
    return error.code == _UNKNOWN_VARIABLE and _name(error).partition(".")[0].lower() not in OWN_SCOPES


def _name(error: DefinitionError) -> str:
    return error.message.removeprefix("unknown variable ")


def expression_error(subject: FlowSubject) -> Iterator[Finding]:
    """An expression that Architect does not save: its syntax, a function, a type."""
    for located, error in _errors(subject):
        if error.code != _UNKNOWN_VARIABLE:
            yield _finding(subject, located, error=error)


def literal_type(subject: FlowSubject) -> Iterator[Finding]:
    """A literal that does not fit the type of its place."""
    for action in subject.actions.values():
        for use in literals_of(action, subject.nodes(action)):
            type_ = _wanted(subject, action, use=use)
            if type_ is not None and literals.is_simple(type_) and not (use.node.is_map or use.node.is_list):
                yield from _literal(use, type_)
    for variable in (
        *subject.flow.variables,
        *(v for box in subject.flow.containers.values() for v in box.variables),
    ):
        node = variable.initial.get("lit") if variable.initial is not None else None
        if node is not None and literals.is_simple(variable.type) and not (node.is_map or node.is_list):
            yield from _literal(Use(node, ("lit",)), variable.type)


def _wanted(subject: FlowSubject, action: Action, *, use: Use) -> str | None:
    """The type of the place; where a variable is set, that of the variable."""
    located = Located(use, subject.flow.containers[action.container], action)
    return subject.target(located)


def _literal(use: Use, type_: str) -> Iterator[Finding]:
    if is_collection(type_):
        return
    try:
        literals.literal(use.node, type_)
    except EvaluationError as error:
        message = f"this is no {display_name(type_)}: {error.message}"
        yield Finding(use.node.span, message, f"write a value of type {display_name(type_)}")


def missing_field(subject: FlowSubject) -> Iterator[Finding]:
    """An action lacks a field that it needs."""
    for action in subject.actions.values():
        known = ACTIONS.get(action.type)
        for field in known.fields if known is not None else ():
            if field.required and "*" not in field.path and action.body.at(*field.path.split(".")) is None:
                yield Finding(
                    subject.place(action),
                    f"{action.name!r} lacks {field.path!r}: {field.about.rstrip('.')}",
                    f"add `{field.path}:`",
                )


def unknown_action(subject: FlowSubject) -> Iterator[Finding]:
    """An action, or a choice of a menu, of a type that Architect does not have."""
    known = {*ACTIONS, *ACTION_KEYS}
    for action in subject.actions.values():
        if action.type not in known and action.span is not None:
            hint = suggestion(action.type, known, what="actions")
            yield Finding(
                action.span,
                f"no action is called {action.type!r}",
                hint if hint.startswith("did") else "see docs/flows.md",
            )


def undeclared_variable(subject: FlowSubject) -> Iterator[Finding]:
    """An expression reads, or an action sets, a variable that nobody declares."""
    for located, error in _errors(subject):
        if error.code == _UNKNOWN_VARIABLE and not _is_foreign(error):
            yield _finding(subject, located, error=error)
    for warning in subject.flow.diagnostics:
        if warning.code == "RB028":
            node = next(
                (
                    each.use.node
                    for each in subject.located
                    if _stands_at(each, warning.line, column=warning.column)
                ),
                None,
            )
            if node is not None:
                yield Finding(node.span, warning.message, warning.hint, severity="warning")


def _stands_at(located: Located, line: int, *, column: int) -> bool:
    span = located.use.node.span
    return located.use.writes and (span.line, span.column) == (line, column)


def _finding(subject: FlowSubject, located: Located, *, error: DefinitionError) -> Finding:
    span = error.span
    at = _offset(located.use.text, span.line, column=span.column) if span is not None else 0
    place = subject.span(located.use, at, length=span.length if span is not None else 0)
    return Finding(place, error.message, error.hint or "see docs/expressions.md")


def _offset(text: str, line: int, *, column: int) -> int:
    starts = [0]
    for number, character in enumerate(text):
        if character == "\n":
            starts.append(number + 1)
    return starts[min(line, len(starts)) - 1] + column - 1
