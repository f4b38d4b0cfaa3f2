"""Checks of data action steps against the contracts of their data actions, and against the world."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches

from ringback.core.errors import DefinitionError
from ringback.core.span import Span
from ringback.documents import Node
from ringback.flows import literals
from ringback.flows.loaders.shapes import is_empty
from ringback.flows.named import named
from ringback.flows.needs import SECTION_OF, needs
from ringback.flows.timeouts import milliseconds_in
from ringback.lang.expr import EvaluationError
from ringback.lang.expr.types import display_name, is_collection
from ringback.lint.flows.project import World
from ringback.lint.flows.subject import Call, FlowSubject, Located
from ringback.lint.flows.uses import Use
from ringback.lint.model import Edit, Finding, Fix

# What Call Data gives on Failure (architect-behaviour D.1).
FAILURE_OUTPUTS = (
    "errorCode",
    "status",
    "correlationId",
    "entityId",
    "entityName",
    "userMessage",
    "userParamsMessage",
    "userParams.key",
    "userParams.value",
    "details.errorCode",
    "details.fieldName",
    "details.entityId",
    "details.entityName",
)


def _known(subject: FlowSubject) -> Iterator[Call]:
    return (call for call in subject.calls if call.document is not None)


def _members(call: Call, key: str) -> Iterator[tuple[str, Node]]:
    node = call.body.get(key)
    return node.items() if node is not None else iter(())


def input_missing(subject: FlowSubject) -> Iterator[Finding]:
    """A step gives no value for an input that the data action's contract requires."""
    for call in _known(subject):
        given = {name for name, node in _members(call, "inputs") if not is_empty(node)}
        for name in call.required:
            if name not in given:
                yield Finding(
                    call.name_span,
                    f"{call.action.name!r} gives no {name!r}, which {call.name!r} requires: "
                    "it always takes Failure",
                    f"write `{name}:` below `inputs:`",
                )


def input_type(subject: FlowSubject) -> Iterator[Finding]:
    """A step gives an input a value of another type than the contract has."""
    for call in _known(subject):
        for name, node in _members(call, "inputs"):
            wanted, exp = call.inputs.get(name), node.get("exp") or node.get("var")
            literal = node.get("lit")
            if wanted is not None and literal is not None:
                yield from _literal_input(call, name, literal=literal, wanted=wanted)
            if wanted is None or exp is None:
                continue
            located = Located(Use(exp, ()), subject.flow.containers[call.action.container], call.action)
            found, plain = subject.typed(located, wanted), subject.typed(located)
            if isinstance(found, DefinitionError) and not isinstance(plain, DefinitionError):
                message = (
                    f"{call.name!r} takes {name!r} as {display_name(wanted)}, "
                    f"and this is {display_name(plain.type)}"
                )
                yield Finding(exp.span, message, found.hint or f"convert it to {display_name(wanted)}")


def _literal_input(call: Call, name: str, *, literal: Node, wanted: str) -> Iterator[Finding]:
    if literal.is_map or literal.is_list or not literals.is_simple(wanted) or is_collection(wanted):
        return
    try:
        literals.literal(literal, wanted)
    except EvaluationError as error:
        message = f"{call.name!r} takes {name!r} as {display_name(wanted)}: {error.message}"
        yield Finding(literal.span, message, f"write a value of type {display_name(wanted)}")


def unknown_input(subject: FlowSubject) -> Iterator[Finding]:
    """A step gives a value to an input that the data action's contract does not have."""
    for call in _known(subject):
        node = call.body.get("inputs")
        for name, value in _members(call, "inputs"):
            if node is not None and call.inputs and name not in call.inputs and not is_empty(value):
                yield _unknown(subject, call, what="input", name=name, node=node)


def unknown_output(subject: FlowSubject) -> Iterator[Finding]:
    """A step reads an output that the data action's contract does not have."""
    for call in _known(subject):
        node = call.body.get("successOutputs")
        for name, value in _members(call, "successOutputs"):
            if node is not None and call.outputs and name not in call.outputs and not is_empty(value):
                yield _unknown(subject, call, what="output", name=name, node=node)
    for call in subject.calls:
        node = call.body.get("failureOutputs")
        for name, value in _members(call, "failureOutputs"):
            if node is not None and name not in FAILURE_OUTPUTS and not is_empty(value):
                message = f"a data action that fails gives no {name!r}"
                yield Finding(node.key_span(name), message, f"it gives {', '.join(FAILURE_OUTPUTS)}")


def _unknown(subject: FlowSubject, call: Call, *, what: str, name: str, node: Node) -> Finding:
    names = call.inputs if what == "input" else call.outputs
    same = next((each for each in names if each.lower() == name.lower()), None)
    close = [same] if same else get_close_matches(name, names, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"it has {', '.join(sorted(names)[:8]) or 'none'}"
    edit = _renamed(subject, node, name=name, to=same) if same else None
    return Finding(
        node.key_span(name),
        f"{call.name!r} has no {what} {name!r}",
        hint,
        Fix(f"write {same}", (edit,)) if edit is not None else None,
    )


def _renamed(subject: FlowSubject, node: Node, *, name: str, to: str) -> Edit | None:
    span = node.key_span(name)
    if subject.flow.form == "export" or span.line > len(subject.positions.lines):
        return None
    start = subject.positions.lines[span.line - 1] + span.column - 1
    start += subject.text[start : start + 1] in ("'", '"')
    return Edit(start, start + len(name), to) if subject.text[start : start + len(name)] == name else None


def output_type(subject: FlowSubject) -> Iterator[Finding]:
    """An output of a data action goes into a variable of another type."""
    for call in _known(subject):
        container = subject.flow.containers[call.action.container]
        for name, node in _members(call, "successOutputs"):
            variable = node.get("var")
            type_ = call.outputs.get(name)
            if variable is None or type_ is None:
                continue
            declared = subject.type_of(str(variable.value), container)
            if declared not in ("any", type_, "jsn") and {declared, type_} != {"int", "dec"}:
                yield Finding(
                    variable.span,
                    f"the output {name!r} of {call.name!r} is {display_name(type_)}, "
                    f"and {variable.value} is {display_name(declared)}",
                    f"declare the variable as {display_name(type_)}",
                )


def timeout_against_service(subject: FlowSubject) -> Iterator[Finding]:
    """The clock of a step and the data action's own limit do not fit: one of them never runs out."""
    for call in _known(subject):
        node = call.action.body.get("timeout")
        service = call.document.timeout if call.document is not None else None
        own = milliseconds_in(node) if node is not None and not is_empty(node) else None
        if service is None or not own:
            continue
        waits = f"the step waits {own / 1000:g} s, but {call.name!r}"
        if own > service * 1000:
            message = f"{waits} gives up after {service:g} s: the Timeout path is never taken"
            found: tuple[str, str] = (
                message,
                f"handle it on the Failure path, or wait less than {service:g} s",
            )
        elif own < service * 1000:
            message = f"{waits} may take {service:g} s: late answers are lost"
            found = message, f"wait {service:g} s, or lower the data action's timeoutSeconds"
        else:
            continue
        dead = own > service * 1000 and "timeout" in call.action.outputs
        yield Finding(call.action.body.key_span("timeout"), *found, severity="warning" if dead else None)


def missing_in_world(subject: FlowSubject) -> Iterator[Finding]:
    """The flow names a queue, prompt, schedule, table or data action that world.yaml does not have."""
    world = subject.project.world
    if world is None:
        return
    for kind, name, node, action in needs(subject.flow):
        section = {"dataAction": "dataActions", "dataTable": "dataTables"}.get(kind) or _section(kind)
        if _lacks(world, section, name=name):
            yield _missing(
                world, section, name=name, span=node.span if node.span.line else subject.place(action)
            )
    for each in named(subject.flow):
        if _lacks(world, SECTION_OF[each.kind], name=each.name):
            found = _missing(world, SECTION_OF[each.kind], name=each.name, span=each.span)
            yield replace(found, severity="warning") if each.looked_up else found


def _section(kind: str) -> str:
    return "flows" if kind == "flow" else SECTION_OF[kind]


def _missing(world: World, section: str, *, name: str, span: Span) -> Finding:
    close = get_close_matches(name.strip().lower(), world.names[section], n=1)
    hint = f"did you mean {close[0]!r}? otherwise add it" if close else f"add it to `{section}:`"
    return Finding(span, f"{world.file} has no {name!r} in `{section}`", hint)


def _lacks(world: World, section: str, *, name: str) -> bool:
    wanted = name.strip().lower()
    short = wanted.partition(".")[2] if wanted.startswith(("prompt.", "promptsystem.")) else wanted
    if section == "prompts" and wanted.startswith("promptsystem."):
        return False
    return section in world.names and not {wanted, short} & world.names[section]
