"""What a path means: a tree of frozen nodes.

`at` (offset and length in the path text) never takes part in comparisons: two texts that mean the same
have equal trees. `printer.show` writes a tree back as text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from ringback.lang.jsonpath.errors import At

OPERATORS = (
    "==", "!=", "===", "!==", "<", "<=", ">", ">=", "=~", "in", "nin", "contains", "size", "empty",
    "subsetof", "anyof", "noneof", "all", "type", "matches", "exists",
)  # fmt: skip
"""Every operator that Jayway reads, in lower case; words are read in any case."""


@dataclass(frozen=True, slots=True)
class Keys:
    """`.name`, `['name']`, `['a', 'b']`: one key, or several."""

    names: tuple[str, ...]
    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Indexes:
    """`[0]`, `[-1]`, `[0,2]`: one index, or several; negative ones count from the end."""

    indexes: tuple[int, ...]
    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Slice:
    """`[from:to]`; None stands for a side that is left out. There is no step."""

    start: int | None
    stop: int | None
    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Wildcard:
    """`*` or `[*]`: every value of an object or array."""

    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Scan:
    """`..`: the next step is tried at every depth."""

    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Filter:
    """`[?(…)]`: the items of an array, or the object itself, for which the expression holds."""

    expression: Expression
    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class JsonArgument:
    """An argument written as JSON; `text` is read with json-smart's tolerance."""

    text: str
    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PathArgument:
    """An argument that is a path; it is read from the root of the document."""

    path: PathTree
    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """`.name(…)`. `arguments` is None for `name()`, () when nothing in the brackets is one."""

    name: str
    arguments: tuple[Argument, ...] | None = None
    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PathTree:
    """A whole path: `$` or `@` and its steps."""

    root: str
    steps: tuple[Step, ...]
    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StringLiteral:
    """A quoted string, escapes resolved."""

    value: str
    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NumberLiteral:
    """A number as it is written: its digits matter when it is compared with a string."""

    text: str
    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ConstantLiteral:
    """`true`, `false` or `null`."""

    value: bool | None
    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PatternLiteral:
    """`/expression/flags`, a Java regular expression."""

    text: str
    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class JsonLiteral:
    """An array or object as it is written; read when the filter is evaluated."""

    text: str
    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PathOperand:
    """A path on one side of an operator; a `!` before it is read and has no effect."""

    path: PathTree
    negated: bool = False
    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Exists:
    """A path alone: whether it is there; with `!` whether it is not."""

    path: PathTree
    negated: bool = False
    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """`left operator right`; the operator in lower case."""

    left: Operand
    operator: str
    right: Operand
    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """`!(…)`."""

    operand: Expression
    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class And:
    """`a && b && …`."""

    operands: tuple[Expression, ...]
    at: At = field(default=(0, 1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Or:
    """`a || b || …`."""

    operands: tuple[Expression, ...]
    at: At = field(default=(0, 1), compare=False, repr=False)


Argument: TypeAlias = JsonArgument | PathArgument
Step: TypeAlias = Keys | Indexes | Slice | Wildcard | Scan | Filter | Call
Literal: TypeAlias = StringLiteral | NumberLiteral | ConstantLiteral | PatternLiteral | JsonLiteral
Operand: TypeAlias = Literal | PathOperand
Expression: TypeAlias = Or | And | Not | Compare | Exists
