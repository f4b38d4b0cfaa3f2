"""What a flow needs and a world lacks, found before the run."""

from __future__ import annotations

from typing import Any

from ringback.core.diagnostics import Diagnostic
from ringback.core.errors import DefinitionError, UsageError
from ringback.documents import DocumentErrors, Node
from ringback.engine.data_calls import DataCalls
from ringback.engine.program import Program
from ringback.engine.world import World
from ringback.flows.model import Action, Flow
from ringback.flows.named import Named, named
from ringback.flows.needs import SECTION_OF, needs


def check_world(program: Program, world: World, calls: DataCalls) -> tuple[Diagnostic, ...]:
    """Warnings about a run in this world.

    Raises:
        DocumentErrors: the world lacks something that the flow names.
        UsageError: a reply is for a data action that the flow never calls.
    """
    wanted = list(needs(program.flow))
    _check_replies(program, wanted, calls=calls)
    if world.permissive:
        return _permissive(program.flow, wanted, calls=calls)
    errors = [error for need in wanted if (error := _missing(world, calls, need=need)) is not None]
    others = [each for each in named(program.flow) if world.resource(each.kind, each.name) is None]
    errors += [_unmade(world, each) for each in others if not each.looked_up]
    if errors:
        raise DocumentErrors(errors)
    return tuple(_not_found(world, each) for each in others)


def _unmade(world: World, each: Named) -> DefinitionError:
    message, hint = _lacks(world, each.kind, name=each.name)
    return DefinitionError(f"{message} ({each.where})", span=each.span, hint=hint, code="RB063")


def _not_found(world: World, each: Named) -> Diagnostic:
    """A name that only a function looks for: the flow runs, and the function gives NOT_SET."""
    message, hint = _lacks(world, each.kind, name=each.name)
    text = f"{message}: the look-up gives NOT_SET ({each.where})"
    return Diagnostic.at("RB065", "warning", text, each.span, hint=hint)


def _check_replies(program: Program, wanted: list[Any], *, calls: DataCalls) -> None:
    names = [name.strip() for kind, name, _, _ in wanted if kind == "dataAction"]
    names += [action.name for action in program.flow.actions.values() if action.type == "plainLookup"]
    named = {name.lower(): name for name in reversed(names)}
    for name in calls.replies:
        if name not in named:
            known = ", ".join(sorted(named.values(), key=str.lower)) or "none"
            shown = calls.written.get(name, name)
            raise UsageError(f"the flow calls no data action {shown!r}", hint=f"it calls: {known}")


def _permissive(flow: Flow, wanted: list[Any], *, calls: DataCalls) -> tuple[Diagnostic, ...]:
    message = "no world is given: every resource exists and every look-up succeeds with plain values"
    found = [
        Diagnostic("RB061", "warning", message, flow.source, hint="describe the organisation in world.yaml")
    ]
    for kind, name, node, _ in wanted:
        if kind == "dataAction" and name.strip().lower() not in calls.replies:
            text = f"data action {name!r} is unknown; if the run calls it, it succeeds with plain values"
            found.append(
                Diagnostic.at("RB062", "warning", text, node.span, hint=f"--reply '{name}=FILE.json'")
            )
    return tuple(found)


def _missing(
    world: World, calls: DataCalls, *, need: tuple[str, str, Node, Action]
) -> DefinitionError | None:
    kind, name, node, action = need
    lack = _lack(kind, name, world=world, calls=calls)
    if lack is None:
        return None
    message, hint = lack
    span = node.span if node.span.line else action.span
    return DefinitionError(f"{message} (action {action.name!r})", span=span, hint=hint, code="RB063")


def _lack(kind: str, name: str, *, world: World, calls: DataCalls) -> tuple[str, str] | None:
    """What the world lacks and how to add it; None when it has the thing, or the section is open."""
    if kind == "dataAction":
        if world.data_action(name) is not None or name.strip().lower() in calls.replies:
            return None
        hint = f"add to {world.source}:  dataActions: {{{name}: {{file: ….json}}}}"
        return f"the world has no data action {name!r}", hint
    if kind == "dataTable":
        if world.tables is None or world.table(name) is not None:
            return None
        return f"the world has no data table {name!r}", f"add it to `dataTables:` in {world.source}"
    if kind == "flow":
        if world.flows is None or name.strip().lower() in world.flows:
            return None
        return f"the world has no flow {name!r}", f"add it to `flows:` in {world.source}"
    if world.resource(kind, name) is not None:
        return None
    return _lacks(world, kind, name=name)


def _lacks(world: World, kind: str, *, name: str) -> tuple[str, str]:
    section = SECTION_OF[kind]
    return f"the world has no {name!r} in `{section}`", f"add it to `{section}:` in {world.source}"


def unused_replies(calls: DataCalls) -> tuple[Diagnostic, ...]:
    """A warning for each reply that this run did not come to."""
    return tuple(
        Diagnostic("RB064", "warning", f"the reply for {name!r} was not used: this run did not call it")
        for name in calls.unused
    )
