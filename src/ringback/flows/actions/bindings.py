"""Output bindings: which variable takes which output of a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ringback.documents import Node
from ringback.flows.actions.base import Builder, FlowFault, Setter
from ringback.lang.expr.values import EvaluationError, from_plain


@dataclass(frozen=True, slots=True)
class Binding:
    """One output and the variable that takes it."""

    output: str
    type: str
    assign: Setter


def bindings(b: Builder, node: Node | None) -> tuple[Binding, ...]:
    """The bindings of a mapping `output name: {var: Flow.x}`; those that say noValue bind nothing."""
    found = []
    for output, target in node.items() if node is not None else ():
        assign = b.setter(target)
        if assign is not None:
            found.append(Binding(output, b.variable_type(target), assign))
    return tuple(found)


def write(run: Any, wanted: tuple[Binding, ...], *, outputs: Mapping[str, Any]) -> None:
    """Assign JSON outputs to their variables; an output that is absent gives NOT_SET.

    Raises:
        FlowFault: OUTPUT_TYPE when a value does not fit the variable's type.
    """
    for binding in wanted:
        try:
            raw = from_plain(binding.type, outputs.get(binding.output))
        except EvaluationError as error:
            message = f"output {binding.output!r} does not fit its variable: {error.message}"
            raise FlowFault("OUTPUT_TYPE", message) from error
        binding.assign(run, raw)


def types(wanted: tuple[Binding, ...]) -> dict[str, str]:
    """Output name -> type code, for a world that invents answers."""
    return {binding.output: binding.type for binding in wanted}
