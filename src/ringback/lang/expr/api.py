"""The stages of an expression put together, and what callers get."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ringback.lang.expr.checker import check_tree
from ringback.lang.expr.compiler import compile_tree
from ringback.lang.expr.config_tree import config_tree
from ringback.lang.expr.environment import Scope
from ringback.lang.expr.parser import parse
from ringback.lang.expr.scope import Bench, Names
from ringback.lang.expr.typed import Operation, Reference, Typed, walk
from ringback.lang.expr.values import Value, infer


@dataclass(frozen=True, slots=True)
class Checked:
    """An expression that is right for its place, ready to run.

    Attributes:
        text: as the author wrote it.
        type: type code of the result, after the conversion to the target.
        target: the type that its place wants, or None.
        root: the checked tree; `str(root)` is Architect's normalised text.
        evaluate: computes the raw value from an environment; raises `EvaluationError`.
        variables: the declared names of the variables that it reads, in order of appearance.
        functions: canonical names of the functions that it calls, added casts included.
        unsupported: those of them that are known by name only: evaluating one is FUNCTION_UNSUPPORTED.
    """

    text: str
    type: str
    target: str | None
    root: Typed
    evaluate: Callable[[Any], Any]
    variables: tuple[str, ...]
    functions: tuple[str, ...]
    unsupported: tuple[str, ...]

    def tree(self) -> dict[str, Any]:
        """Architect's own configuration tree, implicit conversions included."""
        return config_tree(self.root)


def compile_expression(text: str, scope: Scope, target: str | None, *, name: str = "expression") -> Checked:
    """The expression checked against the variables of a scope and converted to the target's type.

    Args:
        text: the expression.
        scope: finds the variables.
        target: type code that the place wants; None leaves the result as it is.
        name: what errors call the text: a file, or "expression".

    Raises:
        ExpressionError: the text is wrong; see `errors` for the codes.
        LimitError: longer or deeper than Architect allows.
    """
    root = check_tree(parse(text, file=name), scope, text=text, target=target, file=name)
    nodes = walk(root)
    calls = [node for node in nodes if isinstance(node, Operation) and node.is_call]
    return Checked(
        text=text,
        type=root.type,
        target=target,
        root=root,
        evaluate=compile_tree(root, text=text, file=name),
        variables=_once(node.variable.name for node in nodes if isinstance(node, Reference)),
        functions=_once(node.name for node in calls),
        unsupported=_once(node.name for node in calls if node.overload.call is None),
    )


def check(text: str, variables: Mapping[str, str], target: str | None = None) -> Checked:
    """The expression checked against variables that are given by their type codes (`{"Flow.x": "int"}`).

    Names like `Call.Ani` count as built-ins of Architect. The result's `evaluate` wants an environment with
    `values`, raw values by lower-case name, as `scope.Bench` has them.
    """
    return compile_expression(text, Names.of(variables), target)


def evaluate(text: str, variables: Mapping[str, Any] | None = None) -> Value:
    """The value of an expression, computed on its own.

    Args:
        text: the expression.
        variables: values by name: Python values or `Value`s. str, int, float and Decimal, bool, datetime
            and timedelta stand for their types; a list or tuple of one type is a collection, a dict and a
            mixed list are JSON, None is NOT_SET without a type.

    The clock stands at 2025-06-02T10:00:00Z; no look-up finds anything.

    Raises:
        ExpressionError: the text is wrong. EvaluationError: it failed while it ran.
    """
    given = {name: infer(value) for name, value in (variables or {}).items()}
    checked = check(text, {name: type_ for name, (type_, _) in given.items()})
    environment = Bench({name.lower(): raw for name, (_, raw) in given.items()})
    return Value(checked.type, checked.evaluate(environment))


def _once(names: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
