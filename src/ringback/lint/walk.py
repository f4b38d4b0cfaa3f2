"""Going through the tree of a template: every reference, and where every piece of text begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ringback.lang.velocity import tree as t

Part: TypeAlias = "t.Statement | t.Expression"


@dataclass(frozen=True, slots=True)
class Use:
    """A reference and what it is for.

    Attributes:
        reference: the reference.
        printed: whether its text goes straight to the output: no condition, assignment or argument around it.
        asked: whether it stands in a condition.
    """

    reference: t.Reference
    printed: bool = False
    asked: bool = False


def uses(block: t.Block) -> Iterator[Use]:
    """Every reference that is read, in the order of the text."""
    for item in block.items:
        if isinstance(item, t.Reference):
            yield Use(item, printed=True)
            yield from _inner(item, asked=False)
        else:
            yield from _statement(item)


def _statement(item: t.Statement) -> Iterator[Use]:
    match item:
        case t.Set():
            yield from _expression(item.value)
        case t.If():
            for branch in item.branches:
                yield from _branch(branch)
        case t.Foreach():
            yield from _expression(item.items)
            yield from uses(item.body)
            if item.otherwise is not None:
                yield from _branch(item.otherwise)
        case t.Macro() | t.Define():
            yield from uses(item.body)
        case t.Call():
            yield from _all(item.arguments)
            if item.body is not None:
                yield from uses(item.body)
        case t.Directive():
            yield from _all(item.arguments or ())


def _branch(branch: t.Branch) -> Iterator[Use]:
    if branch.condition is not None:
        yield from _expression(branch.condition, asked=True)
    yield from uses(branch.body)


def _all(parts: tuple[t.Expression, ...], *, asked: bool = False) -> Iterator[Use]:
    for part in parts:
        yield from _expression(part, asked=asked)


def _expression(node: t.Expression, *, asked: bool = False) -> Iterator[Use]:
    match node:
        case t.Reference():
            yield Use(node, asked=asked)
            yield from _inner(node, asked=asked)
        case t.String():
            if node.body is not None:
                yield from (Use(use.reference, asked=asked) for use in uses(node.body))
        case t.ListLiteral():
            yield from _all(node.items, asked=asked)
        case t.Range():
            yield from _all((node.first, node.last), asked=asked)
        case t.MapLiteral():
            yield from _all(tuple(part for pair in node.pairs for part in pair), asked=asked)
        case t.Unary():
            yield from _expression(node.operand, asked=asked)
        case t.Binary():
            yield from _all((node.left, node.right), asked=asked)


def _inner(node: t.Reference, *, asked: bool) -> Iterator[Use]:
    """The references inside a reference: arguments, indexes, the alternative."""
    for step in node.steps:
        if isinstance(step, t.Method):
            yield from _all(step.arguments, asked=asked)
        elif isinstance(step, t.Index):
            yield from _expression(step.key, asked=asked)
    if node.alternate is not None:
        yield from _expression(node.alternate, asked=asked)


def own_names(block: t.Block) -> frozenset[str]:
    """The variables that a template makes itself: `#set`, `#foreach`, `#define`, macro parameters."""
    return frozenset(_names(block))


def _names(block: t.Block) -> Iterator[str]:
    for item in block.items:
        match item:
            case t.Set() | t.Define():
                yield item.target.root
            case t.Foreach():
                yield from (item.variable.root, "foreach")
            case t.Macro():
                yield from (parameter.reference.root for parameter in item.parameters)
            case t.Call():
                yield "bodyContent"
        for inner in _blocks(item):
            yield from _names(inner)


def _blocks(item: t.Statement) -> Iterator[t.Block]:
    match item:
        case t.If():
            yield from (branch.body for branch in item.branches)
        case t.Foreach():
            yield item.body
            if item.otherwise is not None:
                yield item.otherwise.body
        case t.Macro() | t.Define():
            yield item.body
        case t.Call():
            if item.body is not None:
                yield item.body


class Offsets:
    """Where each literal text of a template begins; the tree itself knows only its references' places."""

    def __init__(self, tree: t.Tree) -> None:
        self._source = tree.source
        self._at = 0
        self._starts: dict[int, int] = {}
        self._block(tree.body)

    def of(self, item: t.Text | t.Raw | t.Escaped) -> int:
        """The offset of a statement of this tree."""
        return self._starts.get(id(item), 0)

    def _block(self, block: t.Block) -> None:
        for item in block.items:
            match item:
                case t.Text():
                    self._text(item, item.source or item.text)
                case t.Raw() | t.Escaped():
                    self._text(item, item.source)
                case t.Comment():
                    self._text(None, item.source)
                case t.Reference():
                    self._at = max(self._at, item.end)
                case _:
                    self._nested(item)

    def _nested(self, item: t.Statement) -> None:
        for expression in _head(item):
            self._past(expression)
        if not isinstance(item, t.If):
            for inner in _blocks(item):
                self._block(inner)
            return
        for branch in item.branches:
            if branch.condition is not None:
                self._past(branch.condition)
            self._block(branch.body)

    def _past(self, expression: t.Expression) -> None:
        """Behind the parenthesis that closes a directive."""
        self._at = max(self._at, expression.end)
        closing = self._source.find(")", self._at)
        self._at = closing + 1 if closing >= 0 else self._at

    def _text(self, item: t.Text | t.Raw | t.Escaped | None, source: str) -> None:
        found = self._source.find(source, self._at)
        start = found if found >= 0 else self._at
        if item is not None:
            self._starts[id(item)] = start
        self._at = start + len(source)


def _head(item: t.Statement) -> tuple[t.Expression, ...]:
    match item:
        case t.Set():
            return (item.value,)
        case t.Foreach():
            return (item.items,)
        case t.Call():
            return item.arguments
        case t.Directive():
            return item.arguments or ()
    return ()
