"""Second stage: the tree of an expression, not yet typed.

Two trees are equal when they say the same thing; offsets do not count. `str(node)` prints an expression that
parses to an equal tree; operands that are operations stand in parentheses there. `depth` is how deep a reader
must nest; the left operands of one chain (`a + b + c`) add nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from typing import Literal as Choice


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Positioned:
    """Where a node stands in the text.

    Attributes:
        at: offset of its operator, bracket, property name or first character: Architect's `pos` less one.
        start: offset of its first character.
        end: offset behind its last character.
        depth: levels of nesting below and including it.
    """

    at: int = 0
    start: int = 0
    end: int = 0
    depth: int = 1

    # Written once here: generated for every class they would double the time that the import takes.

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and _content(self) == _content(other)

    def __hash__(self) -> int:
        return hash((type(self), *_content(self)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, _content(self)))})"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Literal(Positioned):
    """A written value; `text` is the number as typed, its minus folded in, or the content of the string."""

    type: Choice["int", "dec", "str", "bln"]
    text: str

    def __str__(self) -> str:
        """As an expression."""
        return quoted(self.text) if self.type == "str" else self.text


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NotSet(Positioned):
    """The bare word NOT_SET."""

    def __str__(self) -> str:
        """As an expression."""
        return "NOT_SET"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Name(Positioned):
    """The first word of a variable's name; until it is checked, the others are `Property` nodes around it."""

    name: str

    def __str__(self) -> str:
        """As an expression."""
        return self.name


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Property(Positioned):
    """`target.name` or `target."name"`."""

    target: Node
    name: str

    def __str__(self) -> str:
        """As an expression."""
        name = self.name if IDENTIFIER.fullmatch(self.name) else quoted(self.name)
        return f"{_accessed(self.target)}.{name}"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Item(Positioned):
    """`target[index]`: an item, or a property when the index is a string literal."""

    target: Node
    index: Node

    def __str__(self) -> str:
        """As an expression."""
        return f"{_accessed(self.target)}[{self.index}]"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Unary(Positioned):
    """`!x`, `~x` or `-x` of anything but a number literal."""

    operator: Choice["!", "~", "-"]
    operand: Node

    def __str__(self) -> str:
        """As an expression; the minus of a literal in parentheses stays an operation."""
        bare = isinstance(self.operand, (Call, Name, Property, Item)) or (
            self.operator != "-" and isinstance(self.operand, (Literal, NotSet))
        )
        return f"{self.operator}{self.operand}" if bare else f"{self.operator}({self.operand})"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Binary(Positioned):
    """`left operator right`; the operator as typed, so `OR` stays `OR`."""

    operator: str
    left: Node
    right: Node

    def __str__(self) -> str:
        """As an expression; a long chain is printed without recursion."""
        first, steps = spine(self)
        parts = ["(" * (len(steps) - 1), operand_text(first)]
        for number, step in enumerate(steps):
            close = ")" if number < len(steps) - 1 else ""
            parts.append(f" {step.operator} {operand_text(step.right)}{close}")
        return "".join(parts)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ternary(Positioned):
    """`condition ? then : otherwise`."""

    condition: Node
    then: Node
    otherwise: Node

    def __str__(self) -> str:
        """As an expression; `or` and `?` in a branch need parentheses."""
        parts = [f"({part})" if _loose(part) else str(part) for part in (self.then, self.otherwise)]
        condition = f"({self.condition})" if isinstance(self.condition, Ternary) else str(self.condition)
        return f"{condition} ? {parts[0]} : {parts[1]}"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Call(Positioned):
    """`name(arguments)`; the name as typed."""

    name: str
    arguments: tuple[Node, ...]

    def __str__(self) -> str:
        """As an expression."""
        return f"{self.name}({', '.join(map(str, self.arguments))})"


Node: TypeAlias = "Literal | NotSet | Name | Property | Item | Unary | Binary | Ternary | Call"

IDENTIFIER = re.compile(r"(?:[^\W\d_]|\$)\w*")
_QUOTE: Mapping[int, str] = str.maketrans(
    {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f"}
)


def quoted(text: str) -> str:
    r"""A string literal with that content.

    >>> print(quoted('say "hi"'))
    "say \"hi\""
    """
    return f'"{text.translate(_QUOTE)}"'


def operand_text(node: Node) -> str:
    """How an operand of an operator is printed: operations stand in parentheses."""
    bare = isinstance(node, (Literal, NotSet, Name, Call, Property, Item))
    return str(node) if bare else f"({node})"


def spine(node: Binary) -> tuple[Node, list[Binary]]:
    """The first operand of a chain and its steps from left to right; `node` is the last step."""
    steps: list[Binary] = []
    left: Node = node
    while isinstance(left, Binary):
        steps.append(left)
        left = left.left
    steps.reverse()
    return left, steps


def children(node: Node) -> tuple[Node, ...]:
    """The operands in the order in which they are written."""
    match node:
        case Property(target=target):
            return (target,)
        case Item(target=target, index=index):
            return (target, index)
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case Ternary(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Call(arguments=arguments):
            return arguments
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """Every node, the root first, without recursion."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(children(current)))


def _content(node: Any) -> tuple[Any, ...]:
    # The positional fields: places are keyword-only and do not count.
    return tuple(getattr(node, name) for name in node.__match_args__)


def _accessed(target: Node) -> str:
    bare = isinstance(target, (Name, Property, Item, Call)) or (
        isinstance(target, Literal) and target.type in ("str", "bln")
    )
    return str(target) if bare else f"({target})"


def _loose(node: Node) -> bool:
    return isinstance(node, Ternary) or (isinstance(node, Binary) and node.operator.lower() == "or")
