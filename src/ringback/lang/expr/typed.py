"""Third stage: the checked tree, in which every node has its type and every call its overload.

Made by `checker.py`, read by `compiler.py` and `config_tree.py`. `str(node)` prints Architect's normal form:
canonical function names, operands that are operations in parentheses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from ringback.lang.expr import tree
from ringback.lang.expr.environment import Variable
from ringback.lang.expr.signature import Overload


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Constant:
    """A literal, or NOT_SET of the type that its place gives it.

    Attributes:
        type: type code; `nul` until a place gives a bare NOT_SET its type.
        value: raw value.
        text: as typed, without quotes.
        node: where it stands.
    """

    type: str
    value: Any
    text: str
    node: tree.Node

    def __str__(self) -> str:
        """As an expression."""
        return "NOT_SET" if self.value is None else str(self.node)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Reference:
    """A variable, a built-in or a constant of the language; `text` is its name as typed."""

    type: str
    variable: Variable
    text: str
    node: tree.Node

    def __str__(self) -> str:
        """As an expression."""
        return self.text


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Access:
    """A property of a value: `x.name` or, with `bracket`, `x["name"]`.

    Attributes:
        name: the property as its type declares it, or the name in a JSON object.
        id: how Architect stores the property, e.g. "dateShortYear" for `shortYear`.
    """

    type: str
    target: Typed
    name: str
    id: str
    node: tree.Property | tree.Item

    @property
    def bracket(self) -> bool:
        """Whether it was written with brackets."""
        return isinstance(self.node, tree.Item)

    def __str__(self) -> str:
        """As an expression, with the name as typed."""
        target = _accessed(self.target)
        if isinstance(self.node, tree.Item):
            return f"{target}[{self.node.index}]"
        name = self.node.name
        return f"{target}.{name if tree.IDENTIFIER.fullmatch(name) else tree.quoted(name)}"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Operation:
    """A function call or an operator with the overload that was chosen for it.

    Attributes:
        name: canonical function name, or the operator as typed ("OR"); `[` has the index first.
        operands: in the order of the overload's parameters.
        implicit: whether Architect put it there to fit the target's type.
    """

    type: str
    name: str
    overload: Overload
    operands: tuple[Typed, ...]
    node: tree.Node
    implicit: bool = False

    @property
    def is_call(self) -> bool:
        """Whether it is written as a function call."""
        return self.implicit or isinstance(self.node, tree.Call)

    def __str__(self) -> str:
        """As an expression; a long chain is printed without recursion."""
        if self.is_call:
            return f"{self.name}({', '.join(map(str, self.operands))})"
        if self.name == "[":
            return f"{_accessed(self.operands[1])}[{self.operands[0]}]"
        if self.name == "?":
            return _ternary(self.operands)
        if len(self.operands) == 1:
            # Architect's own text has no parentheses here only when the operand is no operation.
            return f"{self.name}{_negated(self.operands[0])}"
        first, steps = spine(self)
        parts = ["(" * (len(steps) - 1), _operand(first)]
        for number, step in enumerate(steps):
            close = ")" if number < len(steps) - 1 else ""
            parts.append(f" {step.name} {_operand(step.operands[1])}{close}")
        return "".join(parts)


Typed: TypeAlias = "Constant | Reference | Access | Operation"


def is_binary(node: Typed) -> bool:
    """Whether it is an operator between two operands."""
    return isinstance(node, Operation) and isinstance(node.node, tree.Binary) and not node.implicit


def spine(node: Operation) -> tuple[Typed, list[Operation]]:
    """The first operand of a chain of binary operators and its steps from left to right."""
    steps: list[Operation] = []
    left: Typed = node
    while isinstance(left, Operation) and is_binary(left):
        steps.append(left)
        left = left.operands[0]
    steps.reverse()
    return left, steps


def operands(node: Typed) -> tuple[Typed, ...]:
    """The direct operands of a node."""
    if isinstance(node, Operation):
        return node.operands
    return (node.target,) if isinstance(node, Access) else ()


def walk(node: Typed) -> list[Typed]:
    """Every node, the root first, without recursion."""
    waiting, found = [node], []
    while waiting:
        current = waiting.pop()
        found.append(current)
        waiting.extend(reversed(operands(current)))
    return found


def outline(root: Typed) -> str:
    """The checked tree, one node a line with its type, for `explain`; "as cast" marks what Architect adds."""
    lines: list[str] = []
    waiting = [(root, 0)]
    while waiting:
        node, indent = waiting.pop()
        cast = " as cast" if isinstance(node, Operation) and node.implicit else ""
        lines.append(f"{'  ' * indent}{_label(node)}: {node.type}{cast}")
        waiting.extend((operand, indent + 1) for operand in reversed(operands(node)))
    return "\n".join(lines)


def _label(node: Typed) -> str:
    if isinstance(node, Operation):
        return node.name
    return f".{node.name}" if isinstance(node, Access) else str(node)


def _operand(node: Typed) -> str:
    bare = isinstance(node, (Constant, Reference)) or (isinstance(node, Operation) and node.is_call)
    return str(node) if bare else f"({node})"


def _negated(node: Typed) -> str:
    return f"({node})" if isinstance(node, Constant) and node.type in ("int", "dec") else _operand(node)


def _accessed(node: Typed) -> str:
    if isinstance(node, Constant):
        return str(node) if node.type in ("str", "bln") else f"({node})"
    loose = isinstance(node, Operation) and not node.is_call and node.name != "["
    return f"({node})" if loose else str(node)


def _ternary(operands: tuple[Typed, ...]) -> str:
    condition, then, otherwise = operands
    first = f"({condition})" if _is(condition, "?") else str(condition)
    branches = [f"({part})" if _is(part, "?", "or") else str(part) for part in (then, otherwise)]
    return f"{first} ? {branches[0]} : {branches[1]}"


def _is(node: Typed, *names: str) -> bool:
    return isinstance(node, Operation) and not node.is_call and node.name.lower() in names
