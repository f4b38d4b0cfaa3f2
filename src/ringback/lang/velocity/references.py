"""Every reference that a template uses, for checkers and for `ringback explain`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ringback.core.span import Span
from ringback.lang.velocity import tree as t


@dataclass(frozen=True, slots=True)
class ReferenceUse:
    """One use of a reference.

    Attributes:
        root: the name of the variable.
        path: the names of properties and methods, and the text of indices, in order.
        source: the reference as written.
        formal: written with braces.
        quiet: written with `$!`.
        quoted: stands inside a double-quoted string.
        escapes: backslashes before it.
        alternate: has a value after `|`.
        assigned: the target of `#set`, `#foreach` or `#define`, or a macro's parameter: it declares its root.
        span: where it stands.
    """

    root: str
    path: tuple[str, ...]
    source: str
    formal: bool
    quiet: bool
    quoted: bool
    escapes: int
    alternate: bool
    assigned: bool
    span: Span


def references(tree: t.Tree) -> tuple[ReferenceUse, ...]:
    """The references of a template in the order of their text."""
    walk = _Walk(tree)
    walk.block(tree.body)
    return tuple(_use(tree, node, quoted=quoted, assigned=assigned) for node, quoted, assigned in walk.found)


def methods_used(tree: t.Tree) -> frozenset[str]:
    """The names of all methods that a template calls, with `=` for assignments inside values."""
    walk = _Walk(tree)
    walk.block(tree.body)
    return frozenset(walk.methods)


class _Walk:
    """Visits a tree in the order of its text."""

    def __init__(self, tree: t.Tree) -> None:
        self.tree = tree
        self.found: list[tuple[t.Reference, bool, bool]] = []
        self.methods: set[str] = set()
        self.quotes = 0

    def block(self, block: t.Block) -> None:
        for item in block.items:
            self.statement(item)

    def statement(self, node: t.Statement) -> None:
        match node:
            case t.Reference():
                self.expression(node)
            case t.Set():
                self.reference(node.target, assigned=True)
                if node.target.steps:
                    self.methods.add("=")
                self.expression(node.value)
            case t.If():
                for branch in node.branches:
                    self.branch(branch)
            case t.Foreach():
                self.foreach(node)
            case t.Define():
                self.reference(node.target, assigned=True)
                self.block(node.body)
            case t.Macro() | t.Call():
                self.macro(node)
            case t.Directive():
                self.directive(node)

    def branch(self, branch: t.Branch) -> None:
        if branch.condition is not None:
            self.expression(branch.condition)
        self.block(branch.body)

    def foreach(self, node: t.Foreach) -> None:
        self.reference(node.variable, assigned=True)
        self.expression(node.items)
        self.block(node.body)
        if node.otherwise is not None:
            self.branch(node.otherwise)

    def macro(self, node: t.Macro | t.Call) -> None:
        if isinstance(node, t.Macro):
            for parameter in node.parameters:
                self.reference(parameter.reference, assigned=True)
                if parameter.default is not None:
                    self.expression(parameter.default)
        else:
            for argument in node.arguments:
                self.expression(argument)
        if node.body is not None:
            self.block(node.body)

    def directive(self, node: t.Directive) -> None:
        if node.name == "evaluate":
            self.methods.add("#evaluate")
        for argument in node.arguments or ():
            self.expression(argument)

    def expression(self, node: t.Expression) -> None:
        match node:
            case t.Reference():
                self.reference(node, assigned=False)
            case t.String():
                if node.body is not None:
                    self.quotes += 1
                    self.block(node.body)
                    self.quotes -= 1
            case _:
                for child in _children(node):
                    self.expression(child)

    def reference(self, node: t.Reference, *, assigned: bool) -> None:
        if node.root:
            self.found.append((node, self.quotes > 0, assigned))
        for step in node.steps:
            self.step(step)
        if node.alternate is not None:
            self.expression(node.alternate)

    def step(self, step: t.Step) -> None:
        if isinstance(step, t.Method):
            self.methods.add(step.name)
            for argument in step.arguments:
                self.expression(argument)
        elif isinstance(step, t.Index):
            self.expression(step.key)


def _use(tree: t.Tree, node: t.Reference, *, quoted: bool, assigned: bool) -> ReferenceUse:
    return ReferenceUse(
        node.root,
        tuple(map(_step_name, node.steps)),
        node.source,
        node.formal,
        node.quiet,
        quoted,
        node.escapes,
        node.alternate is not None,
        assigned,
        Span.at(tree.source, node.start, file=tree.name, length=len(node.source)),
    )


def _step_name(step: t.Step) -> str:
    if isinstance(step, t.Index):
        key = step.key
        if isinstance(key, t.Number):
            return f"[{key.text}]"
        return key.value if isinstance(key, t.String) and key.body is None else "[…]"
    return f"{step.name}()" if isinstance(step, t.Method) else step.name


def _children(node: t.Expression) -> Iterator[t.Expression]:
    match node:
        case t.ListLiteral():
            yield from node.items
        case t.Range():
            yield from (node.first, node.last)
        case t.MapLiteral():
            for key, value in node.pairs:
                yield from (key, value)
        case t.Unary():
            yield node.operand
        case t.Binary():
            yield from (node.left, node.right)
