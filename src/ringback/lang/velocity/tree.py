"""The tree of a template: frozen dataclasses, one per construct.

Positions (`start`, `end`: offsets in the whole source) do not take part in comparison, so that a printed tree
parses to an equal one. White space that a directive swallows is kept in `indent` and `tail`: Velocity takes
the indentation and the line end of a directive that stands alone on its line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

# What does not take part in comparison: where a node stands, and for a whole tree its text and name.
_UNCOMPARED = frozenset({"start", "end"})
_UNCOMPARED_OF_TREE = frozenset({"source", "name"})


class Node:
    """Base of all nodes: equality by class and content, without positions.

    Written once here and not generated for each node, which would double the time that importing takes.
    """

    __slots__ = ()

    def _content(self) -> tuple[Any, ...]:
        names: tuple[str, ...] = type(self).__match_args__  # type: ignore[attr-defined]  # every node is a dataclass
        left_out = _UNCOMPARED_OF_TREE if type(self) is Tree else _UNCOMPARED
        return tuple(getattr(self, name) for name in names if name not in left_out)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._content() == other._content()

    def __hash__(self) -> int:
        return hash((type(self), self._content()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self._content()!r}"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Number(Node):
    """A number literal; `text` is as written, the value a Java Integer, Long, BigInteger or Double."""

    text: str
    value: int | float
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Boolean(Node):
    """`true` or `false`."""

    value: bool
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class String(Node):
    """A string literal.

    Attributes:
        quote: its quote character.
        raw: what stands between the quotes, doubled quotes still doubled.
        value: the text without doubled quotes.
        body: the template inside, for double quotes around a `$` or `#`; else None.
    """

    quote: str
    raw: str
    value: str
    body: Block | None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ListLiteral(Node):
    """`[a, b]`."""

    items: tuple[Expression, ...]
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Range(Node):
    """`[first..last]`."""

    first: Expression
    last: Expression
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MapLiteral(Node):
    """`{key: value, …}`."""

    pairs: tuple[tuple[Expression, Expression], ...]
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Unary(Node):
    """`!x` or `-x`; `operator` is "!" or "-"."""

    operator: str
    operand: Expression
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Binary(Node):
    """`left operator right`; word operators are spelled as symbols (`eq` is `==`)."""

    operator: str
    left: Expression
    right: Expression
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Property(Node):
    """`.name` in a reference."""

    name: str
    start: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Method(Node):
    """`.name(arguments)` in a reference."""

    name: str
    arguments: tuple[Expression, ...]
    start: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Index(Node):
    """`[key]` in a reference."""

    key: Expression
    start: int = 0


Step: TypeAlias = "Property | Method | Index"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Reference(Node):
    r"""`$root.path`.

    Attributes:
        source: its text, without backslashes and stray characters before it; what an unresolved one prints.
        root: name of the variable; empty for a bare word in a method's arguments, which is always null.
        steps: properties, method calls and indices after the root.
        quiet: written with `$!`.
        formal: written with braces.
        alternate: the value after `|`, or None.
        escapes: number of backslashes before it.
        stray: `$` and `#` characters before it, which print as they are.
    """

    source: str
    root: str
    steps: tuple[Step, ...] = ()
    quiet: bool = False
    formal: bool = False
    alternate: Expression | None = None
    escapes: int = 0
    stray: str = ""
    start: int = 0
    end: int = 0


Expression: TypeAlias = (
    "Number | Boolean | String | ListLiteral | Range | MapLiteral | Unary | Binary | Reference"
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Text(Node):
    """Literal text.

    Attributes:
        text: what it prints.
        source: how it is written, where that differs (`$!1` prints `$1`); else empty.
    """

    text: str
    source: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Comment(Node):
    """`## …` with its line end, or `#* … *#`; prints nothing."""

    source: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Raw(Node):
    """`#[[text]]#`; `text` is what it prints, `source` how it is written."""

    text: str
    source: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Escaped(Node):
    """Backslashes before a directive's name, or a run of them: `source` as written, `shown` as printed."""

    source: str
    shown: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Block(Node):
    """Statements in order."""

    items: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Set(Node):
    """`#set(target = value)`."""

    target: Reference
    value: Expression
    indent: str = ""
    tail: str = ""
    start: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Branch(Node):
    """`#if(condition)`, `#elseif(condition)` or, with condition None, `#else`, and its block."""

    condition: Expression | None
    body: Block
    indent: str = ""
    tail: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ending(Node):
    """The white space around `#end` that belongs to it."""

    indent: str = ""
    tail: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class If(Node):
    """`#if … #elseif … #else … #end`; the first branch that holds is rendered."""

    branches: tuple[Branch, ...]
    ending: Ending = Ending()
    start: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Foreach(Node):
    """`#foreach($variable in items) … #else … #end`."""

    variable: Reference
    items: Expression
    body: Block
    otherwise: Branch | None = None
    ending: Ending = Ending()
    indent: str = ""
    tail: str = ""
    start: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Parameter(Node):
    """A macro's parameter and its default, or None."""

    reference: Reference
    default: Expression | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Macro(Node):
    """`#macro(name $a $b=1) … #end`."""

    name: str
    parameters: tuple[Parameter, ...]
    body: Block
    ending: Ending = Ending()
    indent: str = ""
    tail: str = ""
    start: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Call(Node):
    """`#name(arguments)`, or with a body `#@name(arguments) … #end`.

    Attributes:
        source: the call as written.
        shown: what it prints when there is no such macro: the same, but for backslashes and comments.
        word: the argument that is a plain word, an error in a call of a known macro; or empty.
    """

    name: str
    arguments: tuple[Expression, ...]
    source: str
    shown: str
    word: str = ""
    body: Block | None = None
    ending: Ending = Ending()
    indent: str = ""
    tail: str = ""
    start: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Define(Node):
    """`#define($name) … #end`."""

    target: Reference
    body: Block
    ending: Ending = Ending()
    indent: str = ""
    tail: str = ""
    start: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Directive(Node):
    """`#evaluate`, `#break`, `#stop`, `#include` or `#parse`.

    Attributes:
        arguments: None when there are no parentheses.
    """

    name: str
    arguments: tuple[Expression, ...] | None
    indent: str = ""
    tail: str = ""
    start: int = 0


Statement: TypeAlias = (
    "Text | Comment | Raw | Escaped | Reference | Set | If | Foreach | Macro | Call | Define | Directive"
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Tree(Node):
    """A whole template.

    Attributes:
        body: its statements.
        source: its text.
        name: what errors call it.
    """

    body: Block
    source: str
    name: str = "template"
