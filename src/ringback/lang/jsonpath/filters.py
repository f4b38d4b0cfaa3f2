"""Compiled filters: closures that answer whether an expression holds for a value.

A filter is false for a value when anything in it is `Refused` or `Missing` where Jayway throws
InvalidPathException (of which PathNotFoundException is one); `Failed` goes through and ends the reading.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from ringback.lang.jsonpath import tree
from ringback.lang.jsonpath.errors import Failed, Missing, Refused
from ringback.lang.jsonpath.java_text import KeySet
from ringback.lang.jsonpath.operators import EVALUATORS
from ringback.lang.jsonpath.run import Run
from ringback.lang.jsonpath.values import UNDEFINED, JsonText, Pattern, Value, equal, read_decimal

if TYPE_CHECKING:
    from ringback.lang.jsonpath.compiler import Program

Test: TypeAlias = Callable[[Any, Run], bool]
Operand: TypeAlias = Callable[[Any, Run], Value]


Compile: TypeAlias = "Callable[[tree.PathTree], Program]"


class FilterCompiler:
    """Compiles expressions; `compile_path` compiles the paths in them."""

    __slots__ = ("compile_path",)

    def __init__(self, compile_path: Compile) -> None:
        self.compile_path = compile_path

    def accepts(self, step: tree.Filter) -> Test:
        """The test of a whole filter."""
        holds = self.test(step.expression)

        def accepts(item: Any, run: Run) -> bool:
            try:
                return holds(item, run)
            except (Refused, Missing):
                return False
            except Failed as failed:
                failed.at = step.at
                raise

        return accepts

    def test(self, expression: tree.Expression) -> Test:
        """The test of a part of a filter."""
        if isinstance(expression, tree.Or):
            return _any(tuple(self.test(part) for part in expression.operands))
        if isinstance(expression, tree.And):
            return _all(tuple(self.test(part) for part in expression.operands))
        if isinstance(expression, tree.Not):
            inner = self.test(expression.operand)
            return lambda item, run: not inner(item, run)
        if isinstance(expression, tree.Exists):
            return _exists(self.compile_path(expression.path), expected=not expression.negated)
        return self._comparison(expression)

    def _comparison(self, expression: tree.Compare) -> Test:
        left, right = self._operand(expression.left), self._operand(expression.right)
        constant = expression.right.value if isinstance(expression.right, tree.StringLiteral) else None
        if expression.operator == "==" and constant is not None:
            return _equals_text(left, constant, key=self._only_key(expression.left))
        if expression.operator in ("==", "<", ">", "<=", ">=") and isinstance(
            expression.right, tree.NumberLiteral
        ):
            quick = _quick_number(expression.operator, expression.right.text, left=left)
            if quick:
                return quick
        evaluate = EVALUATORS[expression.operator]
        return lambda item, run: evaluate(left(item, run), right(item, run), meter=run.meter)

    def _only_key(self, operand: tree.Operand) -> str | None:
        """The key of `@.key`; None for every other operand."""
        if not isinstance(operand, tree.PathOperand) or operand.path.root == "$":
            return None
        simple = self.compile_path(operand.path).simple
        return simple[0][1] if simple is not None and len(simple) == 1 and simple[0][0] is dict else None

    def _operand(self, operand: tree.Operand) -> Operand:
        if isinstance(operand, tree.PathOperand):
            reader = self.compile_path(operand.path)
            if operand.path.root == "$":
                return _root_value(reader)
            return _simple_value(reader, reader.simple) if reader.simple is not None else _item_value(reader)
        constant = constant_of(operand)
        return lambda _item, _run: constant


def constant_of(literal: tree.Literal) -> Value:
    """The value that a literal stands for."""
    if isinstance(literal, tree.NumberLiteral):
        return read_decimal(literal.text)
    if isinstance(literal, tree.PatternLiteral):
        return Pattern(literal.text)
    if isinstance(literal, tree.JsonLiteral):
        return JsonText(literal.text)
    return literal.value


# -- logic -----------------------------------------------------------------------------------------------


def _any(tests: tuple[Test, ...]) -> Test:
    def holds(item: Any, run: Run) -> bool:
        for test in tests:  # noqa: SIM110 - a generator would cost more than the tests
            if test(item, run):
                return True
        return False

    return holds


def _all(tests: tuple[Test, ...]) -> Test:
    def holds(item: Any, run: Run) -> bool:
        for test in tests:  # noqa: SIM110 - as above
            if not test(item, run):
                return False
        return True

    return holds


def _exists(reader: Program, *, expected: bool) -> Test:
    """A path alone. Jayway reads it from the item even when it begins with `$`, and requires all keys."""
    simple = reader.simple
    if simple is not None:
        return _simple_exists(simple, reader, expected=expected)

    def holds(item: Any, run: Run) -> bool:
        return _found(reader, item, run=run) is expected

    return holds


def _found(reader: Program, item: Any, *, run: Run) -> bool:
    try:
        reader.value(item, run.existence())
    except Missing:
        return False
    return True


def _simple_exists(simple: tuple[tuple[Any, Any], ...], reader: Program, *, expected: bool) -> Test:
    def holds(item: Any, run: Run) -> bool:
        node = item
        try:
            for kind, key in simple:
                if node.__class__ is not kind:
                    return _found(reader, item, run=run) is expected
                node = node[key]
        except LookupError:
            return not expected
        return expected

    return holds


# -- operands --------------------------------------------------------------------------------------------


def _item_value(reader: Program) -> Operand:
    def value(item: Any, run: Run) -> Value:
        return _read(reader, item, run=run)

    return value


def _read(reader: Program, document: Any, *, run: Run) -> Value:
    try:
        value = reader.value(document, run.inner())
    except Missing:
        return UNDEFINED
    if isinstance(value, KeySet):
        raise Failed("what keys() answers cannot be compared")
    return value


def _simple_value(reader: Program, simple: tuple[tuple[Any, Any], ...]) -> Operand:
    """The value of `@.a[0].b`; anything but plain lists and objects on the way takes the long way."""
    general = _item_value(reader)

    def value(item: Any, run: Run) -> Value:
        node = item
        try:
            for kind, key in simple:
                if node.__class__ is not kind:
                    return general(item, run)
                node = node[key]
        except LookupError:
            return general(item, run) if run.leaf_null or run.suppress else UNDEFINED
        return node

    return value


def _root_value(reader: Program) -> Operand:
    """A path from the root is read once for the whole reading."""
    key = id(reader)

    def value(_item: Any, run: Run) -> Value:
        if key not in run.cache:
            run.cache[key] = _read(reader, run.root, run=run)
        return run.cache[key]

    return value


# -- the usual comparisons -------------------------------------------------------------------------------


def _equals_text(left: Operand, constant: str, *, key: str | None) -> Test:
    def holds(item: Any, run: Run) -> bool:
        if key is not None and item.__class__ is dict and (value := item.get(key)).__class__ is str:
            return bool(value == constant)
        value = left(item, run)
        return value == constant if value.__class__ is str else equal(value, constant, meter=run.meter)

    return holds


def _quick_number(operator: str, text: str, *, left: Operand) -> Test | None:
    """Comparison with a small whole number: Python's own answer for an int, the general one for the rest."""
    if not text.isdecimal() or len(text) > 15:
        return None
    number, evaluate, decimal = int(text), EVALUATORS[operator], read_decimal(text)
    compare: Callable[[int], bool] = {
        "==": number.__eq__,
        "<": number.__gt__,
        ">": number.__lt__,
        "<=": number.__ge__,
        ">=": number.__le__,
    }[operator]

    def holds(item: Any, run: Run) -> bool:
        value = left(item, run)
        return compare(value) if value.__class__ is int else evaluate(value, decimal, meter=run.meter)

    return holds
