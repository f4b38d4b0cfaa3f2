"""The tree of a template: frozen dataclasses, one per construct.

Positions (`start`, `end`: offsets in the whole source) do not take part in comparison, so that a printed tree
parses to an equal one. White space that a directive swallows is kept in `indent` and `tail`: Velocity takes
the indentation and the line end of a directive that stands alone on its line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Number:
    """A number literal; `text` is as written, the value a Java Integer, Long, BigInteger or Double."""

    text: str
    value: int | float
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Boolean:
    """`true` or `false`."""

    value: bool
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class String:
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
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """`[a, b]`."""

    items: tuple[Expression, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Range:
    """`[first..last]`."""

    first: Expression
    last: Expression
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class MapLiteral:
    """`{key: value, …}`."""

    pairs: tuple[tuple[Expression, Expression], ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """`!x` or `-x`; `operator` is "!" or "-"."""

    operator: str
    operand: Expression
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """`left operator right`; word operators are spelled as symbols (`eq` is `==`)."""

    operator: str
    left: Expression
    right: Expression
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Property:
    """`.name` in a reference."""

    name: str
    start: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Method:
    """`.name(arguments)` in a reference."""

    name: str
    arguments: tuple[Expression, ...]
    start: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Index:
    """`[key]` in a reference."""

    key: Expression
    start: int = field(default=0, compare=False)


Step: TypeAlias = "Property | Method | Index"


@dataclass(frozen=True, slots=True)
class Reference:
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
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


Expression: TypeAlias = (
    "Number | Boolean | String | ListLiteral | Range | MapLiteral | Unary | Binary | Reference"
)


@dataclass(frozen=True, slots=True)
class Text:
    """Literal text.

    Attributes:
        text: what it prints.
        source: how it is written, where that differs (`$!1` prints `$1`); else empty.
    """

    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """`## …` with its line end, or `#* … *#`; prints nothing."""

    source: str


@dataclass(frozen=True, slots=True)
class Raw:
    """`#[[text]]#`; `text` is what it prints, `source` how it is written."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Escaped:
    """Backslashes before a directive's name, or a run of them: `source` as written, `shown` as printed."""

    source: str
    shown: str


@dataclass(frozen=True, slots=True)
class Block:
    """Statements in order."""

    items: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Set:
    """`#set(target = value)`."""

    target: Reference
    value: Expression
    indent: str = ""
    tail: str = ""
    start: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Branch:
    """`#if(condition)`, `#elseif(condition)` or, with condition None, `#else`, and its block."""

    condition: Expression | None
    body: Block
    indent: str = ""
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """The white space around `#end` that belongs to it."""

    indent: str = ""
    tail: str = ""


@dataclass(frozen=True, slots=True)
class If:
    """`#if … #elseif … #else … #end`; the first branch that holds is rendered."""

    branches: tuple[Branch, ...]
    ending: Ending = Ending()
    start: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Foreach:
    """`#foreach($variable in items) … #else … #end`."""

    variable: Reference
    items: Expression
    body: Block
    otherwise: Branch | None = None
    ending: Ending = Ending()
    indent: str = ""
    tail: str = ""
    start: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A macro's parameter and its default, or None."""

    reference: Reference
    default: Expression | None = None


@dataclass(frozen=True, slots=True)
class Macro:
    """`#macro(name $a $b=1) … #end`."""

    name: str
    parameters: tuple[Parameter, ...]
    body: Block
    ending: Ending = Ending()
    indent: str = ""
    tail: str = ""
    start: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
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
    start: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Define:
    """`#define($name) … #end`."""

    target: Reference
    body: Block
    ending: Ending = Ending()
    indent: str = ""
    tail: str = ""
    start: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Directive:
    """`#evaluate`, `#break`, `#stop`, `#include` or `#parse`.

    Attributes:
        arguments: None when there are no parentheses.
    """

    name: str
    arguments: tuple[Expression, ...] | None
    indent: str = ""
    tail: str = ""
    start: int = field(default=0, compare=False)


Statement: TypeAlias = (
    "Text | Comment | Raw | Escaped | Reference | Set | If | Foreach | Macro | Call | Define | Directive"
)


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole template.

    Attributes:
        body: its statements.
        source: its text.
        name: what errors call it.
    """

    body: Block
    source: str = field(compare=False)
    name: str = field(default="template", compare=False)
