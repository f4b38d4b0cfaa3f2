"""What a path means: a tree of frozen nodes.

`at` (offset and length in the path text) never takes part in comparisons: two texts that mean the same
have equal trees. `printer.show` writes a tree back as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from ringback.lang.jsonpath.errors import At

OPERATORS = (
    "==", "!=", "===", "!==", "<", "<=", ">", ">=", "=~", "in", "nin", "contains", "size", "empty",
    "subsetof", "anyof", "noneof", "all", "type", "matches", "exists",
)  # fmt: skip
"""Every operator that Jayway reads, in lower case; words are read in any case."""


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Node:
    """A node: equal to another of its class with equal parts, wherever the two are written.

    Comparison and `repr` stand here once: dataclasses that make their own take twice as long to import.
    """

    at: At = (0, 1)

    def __eq__(self, other: object) -> bool:
        return other.__class__ is self.__class__ and self.parts() == other.parts()

    def __hash__(self) -> int:
        return hash((self.__class__, self.parts()))

    def __repr__(self) -> str:
        return f"{self.__class__.__name__}({', '.join(map(repr, self.parts()))})"

    def parts(self) -> tuple[Any, ...]:
        """The values that the node was made of, without its place."""
        return tuple(getattr(self, name) for name in getattr(self, "__match_args__", ()))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Written(Node):
    """A node that keeps its text."""

    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Read(Node):
    """A path inside a filter, with or without a `!` before it."""

    path: PathTree
    negated: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Joined(Node):
    """Expressions joined by one sign."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Keys(Node):
    """`.name`, `['name']`, `['a', 'b']`: one key, or several."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Indexes(Node):
    """`[0]`, `[-1]`, `[0,2]`: one index, or several; negative ones count from the end."""

    indexes: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Slice(Node):
    """`[from:to]`; None stands for a side that is left out. There is no step."""

    start: int | None
    stop: int | None


class Wildcard(Node):
    """`*` or `[*]`: every value of an object or array."""

    __slots__ = ()


class Scan(Node):
    """`..`: the next step is tried at every depth."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Filter(Node):
    """`[?(…)]`: the items of an array, or the object itself, for which the expression holds."""

    expression: Expression


class JsonArgument(_Written):
    """An argument written as JSON; `text` is read with json-smart's tolerance."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PathArgument(Node):
    """An argument that is a path; it is read from the root of the document."""

    path: PathTree


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Call(Node):
    """`.name(…)`. `arguments` is None for `name()`, () when nothing in the brackets is one."""

    name: str
    arguments: tuple[Argument, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PathTree(Node):
    """A whole path: `$` or `@` and its steps."""

    root: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StringLiteral(Node):
    """A quoted string, escapes resolved."""

    value: str


class NumberLiteral(_Written):
    """A number as it is written: its digits matter when it is compared with a string."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ConstantLiteral(Node):
    """`true`, `false` or `null`."""

    value: bool | None


class PatternLiteral(_Written):
    """`/expression/flags`, a Java regular expression."""

    __slots__ = ()


class JsonLiteral(_Written):
    """An array or object as it is written; read when the filter is evaluated."""

    __slots__ = ()


class PathOperand(_Read):
    """A path on one side of an operator; a `!` before it is read and has no effect."""

    __slots__ = ()


class Exists(_Read):
    """A path alone: whether it is there; with `!` whether it is not."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Compare(Node):
    """`left operator right`; the operator in lower case."""

    left: Operand
    operator: str
    right: Operand


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Not(Node):
    """`!(…)`."""

    operand: Expression


class And(_Joined):
    """`a && b && …`."""

    __slots__ = ()


class Or(_Joined):
    """`a || b || …`."""

    __slots__ = ()


Argument: TypeAlias = JsonArgument | PathArgument
Step: TypeAlias = Keys | Indexes | Slice | Wildcard | Scan | Filter | Call
Literal: TypeAlias = StringLiteral | NumberLiteral | ConstantLiteral | PatternLiteral | JsonLiteral
Operand: TypeAlias = Literal | PathOperand
Expression: TypeAlias = Or | And | Not | Compare | Exists
