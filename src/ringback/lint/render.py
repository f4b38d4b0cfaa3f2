"""Rendering a template without values: over its branches, and with and without the optional inputs.

The result of one way through the template is a list of pieces. A condition that depends on a value takes
both ways, the same way wherever it is written again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias

from ringback.lang.velocity import tree as t
from ringback.lang.velocity.printer import print_expression
from ringback.lang.velocity.tools import TABLES
from ringback.lang.velocity.tools_escape import METHODS as ESCAPES
from ringback.lint.pieces import Fixed, Hole, Kind, Piece, Pieces, first_hole, fixed_text
from ringback.lint.walk import Offsets

MOST_WAYS = 64
_LOOP_TURNS = 2
_ESCAPING = frozenset(("jsonString", "jsonEncode", "url", "urlFormEncode", "uriEncode", "html", "xml"))


@dataclass(frozen=True, slots=True)
class Names:
    """What the names in a template stand for.

    Attributes:
        inputs: input name to the kind of its values.
        variables: variable name to the kind of its values; None in a template of the request.
        absent: inputs that have no value.
    """

    inputs: Mapping[str, Kind]
    variables: Mapping[str, Kind] | None = None
    absent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Way:
    """One way through a template.

    Attributes:
        pieces: what it prints.
        absent: the inputs that had no value.
        choices: the conditions that depend on values, and how they were decided.
    """

    pieces: Pieces
    absent: frozenset[str]
    choices: Mapping[str, bool]


class _Undecided(Exception):  # noqa: N818 - a signal: this condition needs a choice
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class _TooHard(Exception):  # noqa: N818 - a signal: the template uses what is not followed here
    pass


def ways(tree: t.Tree, names: Names, *, absences: Iterable[frozenset[str]]) -> tuple[Way, ...]:
    """The ways through a template, at most `MOST_WAYS`; none when it uses macros, `#define` and the like."""
    found: list[Way] = []
    offsets = Offsets(tree)
    for absent in absences:
        waiting: list[dict[str, bool]] = [{}]
        while waiting and len(found) < MOST_WAYS:
            choices = waiting.pop()
            try:
                renderer = _Renderer(replace(names, absent=absent), choices, offsets)
                found.append(Way(renderer.block(tree.body), absent, choices))
            except _Undecided as question:
                waiting += [{**choices, question.key: False}, {**choices, question.key: True}]
            except _TooHard:
                return ()
    return tuple(found)


@dataclass(slots=True)
class _Renderer:
    names: Names
    choices: Mapping[str, bool]
    offsets: Offsets
    own: dict[str, Pieces | None] = field(default_factory=dict)

    def block(self, block: t.Block) -> Pieces:
        """What the statements print."""
        return tuple(piece for item in block.items for piece in self.statement(item))

    def statement(self, item: t.Statement) -> Pieces:
        match item:
            case t.Text():
                return (Fixed(item.text, self.offsets.of(item)),)
            case t.Raw():
                return (Fixed(item.text, self.offsets.of(item)),)
            case t.Escaped():
                return (Fixed(item.shown, self.offsets.of(item)),)
            case t.Comment():
                return ()
            case t.Reference():
                return self.printed(item)
            case t.Set():
                return self.set(item)
            case t.If():
                return self.branches(item)
            case t.Foreach():
                return self.loop(item)
        raise _TooHard

    def set(self, item: t.Set) -> Pieces:
        if item.target.steps:
            raise _TooHard
        self.own[item.target.root] = self.value(item.value)
        return ()

    def branches(self, item: t.If) -> Pieces:
        for branch in item.branches:
            if branch.condition is None or self.is_true(branch.condition):
                return self.block(branch.body)
        return ()

    def loop(self, item: t.Foreach) -> Pieces:
        """Two turns: what stands between them is printed, too."""
        found: list[Piece] = []
        for turn in range(_LOOP_TURNS):
            self.own[item.variable.root] = (Hole(Kind.UNKNOWN, name=item.variable.root),)
            self.own["foreach"] = (Fixed("hasNext" if turn < _LOOP_TURNS - 1 else "last"),)
            found += self.block(item.body)
        return tuple(found)

    def printed(self, reference: t.Reference) -> Pieces:
        """What a reference prints, its own text when it has no value; a backslash keeps it from its value."""
        value = self.reference(reference)
        if value is None:
            own = "" if reference.quiet else "\\" * reference.escapes + reference.source
            return _fixed(reference.stray + own, reference.start)
        before = _fixed("\\" * (reference.escapes // 2) + reference.stray, reference.start)
        if reference.escapes % 2:
            return (*before, Fixed(reference.source, reference.start))
        return (*before, *(_with_reference(piece, reference) for piece in value))

    def value(self, node: t.Expression) -> Pieces | None:
        """The text of an expression; None for null."""
        match node:
            case t.Reference():
                return self.reference(node)
            case t.String():
                return (Fixed(node.value, node.start),) if node.body is None else self.inside(node.body)
            case t.Number():
                return (Fixed(node.text, node.start),)
            case t.Boolean():
                return (Fixed("true" if node.value else "false", node.start),)
        return (Hole(Kind.UNKNOWN),)

    def inside(self, block: t.Block) -> Pieces:
        """The text of a double-quoted string, where references without value print themselves."""
        return self.block(block)

    def reference(self, node: t.Reference) -> Pieces | None:
        """The text of a reference; None when it has no value."""
        found = self.resolve(node)
        if not found and node.alternate is not None:
            return self.value(node.alternate)
        return found

    def resolve(self, node: t.Reference) -> Pieces | None:
        root, steps = node.root, node.steps
        if root in self.own:
            return self.own_variable(node)
        if root == "input":
            return self.input(node)
        if root in ("credentials", "authResponse"):
            return (Hole(Kind.TEXT, root, _name(steps), node, changed=len(steps) > 1),)
        if root in TABLES:
            return self.tool(node)
        return self.variable(node)

    def own_variable(self, node: t.Reference) -> Pieces | None:
        if node.root == "foreach":
            return self.loop_state(node)
        value = self.own[node.root]
        return value if not node.steps or value is None else _changed(value, node)

    def loop_state(self, node: t.Reference) -> Pieces | None:
        state = fixed_text(self.own["foreach"] or ())
        if _name(node.steps) == "hasNext":
            return (Fixed("true" if state == "hasNext" else "false"),)
        if _name(node.steps) in ("first", "last"):
            return (Fixed("true" if (state == "last") == (_name(node.steps) == "last") else "false"),)
        return (Hole(Kind.NUMBER, reference=node),)

    def input(self, node: t.Reference) -> Pieces | None:
        name = _name(node.steps)
        if name == "rawRequest":
            return (Hole(Kind.JSON, "result", name, node, changed=len(node.steps) > 1),)
        if name in self.names.absent:
            return None
        kind = self.names.inputs.get(name, Kind.TEXT) if name else Kind.UNKNOWN
        return (Hole(kind, "input", name, node, changed=len(node.steps) > 1),)

    def variable(self, node: t.Reference) -> Pieces | None:
        variables = self.names.variables
        if variables is None:
            return None if node.root else (Hole(Kind.UNKNOWN),)
        if node.root == "rawResult":
            return (Hole(Kind.UNKNOWN if node.steps else Kind.JSON, "result", "rawResult", node),)
        kind = variables.get(node.root, Kind.JSON)
        return (Hole(Kind.UNKNOWN if node.steps else kind, "variable", node.root, node),)

    def tool(self, node: t.Reference) -> Pieces | None:
        if len(node.steps) != 1:
            return (Hole(Kind.UNKNOWN, reference=node),)
        step = node.steps[0]
        if isinstance(step, t.Property):
            return _constant(node.root, step.name)
        if not isinstance(step, t.Method):
            return None
        arguments = [self.value(argument) for argument in step.arguments]
        handler = _TOOLS.get(f"{node.root}.{step.name}")
        if handler is not None:
            return handler(node, arguments)
        if node.root == "esc":
            return _constant("esc", step.name) if not arguments else _escaped(node, arguments, name=step.name)
        return (Hole(Kind.NUMBER if node.root == "math" else Kind.UNKNOWN, reference=node),)

    def is_true(self, node: t.Expression) -> bool:
        """Whether a condition holds.

        Raises:
            _Undecided: it depends on a value and no choice was made for it.
        """
        match node:
            case t.Unary(operator="!"):
                return not self.is_true(node.operand)
            case t.Binary(operator="&&"):
                return self.is_true(node.left) and self.is_true(node.right)
            case t.Binary(operator="||"):
                return self.is_true(node.left) or self.is_true(node.right)
            case t.Binary(operator="==" | "!="):
                return self.equal(node) == (node.operator == "==")
            case t.Binary():
                return self.choose(node)
        return self.is_set(node)

    def equal(self, node: t.Binary) -> bool:
        left, right = self.value(node.left), self.value(node.right)
        if left is None or right is None:
            return left is right
        first, second = fixed_text(left), fixed_text(right)
        if first is not None and second is not None:
            return first == second
        if "" in (first, second) and _never_empty(left, right):
            return False
        return self.choose(replace(node, operator="=="))

    def is_set(self, node: t.Expression) -> bool:
        value = self.value(node)
        if value is None:
            return False
        text = fixed_text(value)
        if text is not None:
            return text not in ("", "false", "0")
        hole = first_hole(value)
        if hole is not None and hole.scope == "input" and hole.kind is Kind.TEXT:
            return True
        return self.choose(node)

    def choose(self, node: t.Expression) -> bool:
        key = print_expression(node)
        if key not in self.choices:
            raise _Undecided(key)
        return self.choices[key]


def _name(steps: tuple[t.Step, ...]) -> str:
    """The first member of a reference: `.name`, `.get("name")` or `["name"]`."""
    match steps[:1]:
        case (t.Property(name=name),):
            return name
        case (t.Method(name="get", arguments=(t.String(value=name),)),):
            return name
        case (t.Index(key=t.String(value=name)),):
            return name
    return ""


input_name = _name
"""The input that the steps of an `$input` reference name; empty when they name none."""


def _fixed(text: str, at: int) -> Pieces:
    return (Fixed(text, at),) if text else ()


def _with_reference(piece: Piece, reference: t.Reference) -> Piece:
    """Holes of `#set` variables and arguments are found where the outermost reference prints them."""
    if isinstance(piece, Fixed):
        return Fixed(piece.text, reference.start)
    return replace(piece, reference=reference)


def _changed(value: Pieces, node: t.Reference) -> Pieces:
    hole = first_hole(value)
    if hole is None:
        return (Hole(Kind.UNKNOWN, reference=node),)
    kind = hole.kind if hole.kind in (Kind.TEXT, Kind.ESCAPED) else Kind.UNKNOWN
    return (replace(hole, kind=kind, changed=True, reference=node),)


def _constant(tool: str, name: str) -> Pieces | None:
    """`$esc.quote` and its relatives."""
    table = TABLES[tool]
    overloads = table.get(f"get{name[:1].upper()}{name[1:]}") or table.get(name)
    if tool != "esc" or overloads is None or overloads[0].parameters:
        return None if overloads is None else (Hole(Kind.UNKNOWN),)
    return (Fixed(str(overloads[0].run(None))),)


Arguments: TypeAlias = "list[Pieces | None]"


def _escaped(node: t.Reference, arguments: Arguments, *, name: str) -> Pieces | None:
    if name not in ESCAPES:
        return None
    value = arguments[0]
    if value is None:
        return None
    hole = first_hole(value)
    if hole is None:
        return (Hole(Kind.ESCAPED, reference=node, escape=name),)
    kind = Kind.ESCAPED if name in _ESCAPING else Kind.TEXT
    return (replace(hole, kind=kind, escape=name, reference=node),)


def _first_from_array(node: t.Reference, arguments: Arguments) -> Pieces | None:
    if not arguments or arguments[0] is None:
        return (Hole(Kind.JSON, reference=node),)
    hole = first_hole(arguments[0])
    default = arguments[1] if len(arguments) > 1 else None
    found = Hole(Kind.ITEM, reference=node, default=default)
    return (found if hole is None else replace(found, scope=hole.scope, name=hole.name),)


def _encoded(node: t.Reference, arguments: Arguments) -> Pieces | None:
    if not arguments or arguments[0] is None:
        return None
    return (Hole(Kind.ESCAPED, reference=node, escape="base64"),)


def _still_text(node: t.Reference, arguments: Arguments) -> Pieces | None:
    if not arguments or arguments[0] is None:
        return None
    hole = first_hole(arguments[0])
    return (
        Hole(Kind.UNKNOWN, reference=node) if hole is None else replace(hole, reference=node, changed=True),
    )


def _json(node: t.Reference, arguments: Arguments, *, kind: Kind) -> Pieces | None:  # noqa: ARG001 - one signature
    return (Hole(kind, reference=node),)


_TOOLS: Mapping[str, Callable[[t.Reference, Arguments], Pieces | None]] = {
    "successTemplateUtils.firstFromArray": _first_from_array,
    "successTemplateUtils.firstNonnull": partial(_json, kind=Kind.JSON),
    "successTemplateUtils.moveKeysIntoArrayOfObjects": partial(_json, kind=Kind.LIST),
    "encoding.base64": _encoded,
    "salesforce.escReserved": _still_text,
}


def _never_empty(left: Pieces, right: Pieces) -> bool:
    """Whether the side with a hole prints something: an input that has a value is taken for not empty."""
    for side in (left, right):
        hole = first_hole(side)
        if hole is not None:
            return hole.scope == "input" or any(isinstance(piece, Fixed) and piece.text for piece in side)
    return False
