"""Expressions to closures that give values."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from ringback.core.errors import LimitError
from ringback.lang.velocity import arithmetic
from ringback.lang.velocity import tree as t
from ringback.lang.velocity.compile_references import ReferenceCompiler
from ringback.lang.velocity.errors import MethodFailed, RenderError
from ringback.lang.velocity.limits import placed
from ringback.lang.velocity.methods_collection import map_put
from ringback.lang.velocity.methods_number import to_int
from ringback.lang.velocity.runtime import Runtime, Value
from ringback.lang.velocity.values import VOID, BlockValue, is_true, text_of

_COMPARISONS: dict[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


class ValueCompiler(ReferenceCompiler):
    """Compiles expressions; `compiler.Compiler` adds statements."""

    @abstractmethod
    def captured(self, body: t.Block) -> Value:
        """The text that a block writes."""

    # Expressions.

    def value(self, node: t.Expression) -> Value:
        """The closure of an expression."""
        match node:
            case t.Number() | t.Boolean():
                constant = node.value
                return lambda _rt: constant
            case t.String():
                return self._string(node)
            case t.ListLiteral():
                items = tuple(map(self.value, node.items))
                return lambda rt: [item(rt) for item in items]
            case t.Range():
                return self._range(node)
            case t.MapLiteral():
                return self._map(node)
            case t.Unary():
                return self._not(node) if node.operator == "!" else self._minus(node)
            case t.Binary():
                return self._binary(node)
            case t.Reference():
                return self.reference(node)

    def condition(self, node: t.Expression) -> Callable[[Runtime], bool]:
        """The truth of an expression.

        The engine asks some nodes for their truth without computing them: sums and products and ranges are
        false, and `-x` is as true as `x`. A bare variable that is not set is false in strict mode too.
        """
        match node:
            case t.Range():
                return _false
            case t.Binary() if node.operator in arithmetic.OPERATORS:
                return _false
            case t.Unary() if node.operator == "-":
                return self.condition(node.operand)
            case t.Reference() if not node.steps:
                value = self.reference(node, required=False)
            case t.Binary() | t.Unary():
                return self.value(node)  # comparisons and logic give Booleans
            case _:
                value = self.value(node)

        def run(rt: Runtime) -> bool:
            found = value(rt)
            return found if found.__class__ is bool else is_true(found)

        return run

    def _string(self, node: t.String) -> Value:
        if node.body is None:
            constant = node.value
            return lambda _rt: constant
        return self.captured(node.body)

    def _range(self, node: t.Range) -> Value:
        first, last = self.value(node.first), self.value(node.last)

        def run(rt: Runtime) -> range | None:
            left, right = arithmetic.number_of(first(rt)), arithmetic.number_of(last(rt))
            if left is None or right is None:
                return None
            start, end = to_int(left), to_int(right)
            return range(start, end + 1) if start <= end else range(start, end - 1, -1)

        return run

    def _limited(self, run: Value, start: int) -> Value:
        """The closure with the position added to a limit that it hits or an exception that it meets."""

        def limited(rt: Runtime) -> Any:
            try:
                return run(rt)
            except LimitError as error:
                raise placed(error, self.where.span(start)) from None
            except MethodFailed as error:
                raise RenderError(error.detail, span=self.where.span(start), kind=error.cause) from None

        return limited

    def _map(self, node: t.MapLiteral) -> Value:
        pairs = tuple((self.value(key), self.value(value)) for key, value in node.pairs)

        def run(rt: Runtime) -> dict[Any, Any]:
            result: dict[Any, Any] = {}
            for key, value in pairs:
                map_put(result, key(rt), value(rt))
            return result

        return run

    def _not(self, node: t.Unary) -> Value:
        operand = self.condition(node.operand)
        return lambda rt: not operand(rt)

    def _minus(self, node: t.Unary) -> Value:
        operand = self.value(node.operand)
        refuse = self._refusal(node.operand)

        def run(rt: Runtime) -> Any:
            value = operand(rt)
            number = arithmetic.number_of(value)
            if number is None:
                return refuse()
            return arithmetic.negate(number)

        return run

    def _refusal(self, node: t.Expression) -> Callable[[], None]:
        """What happens when an operand is no number: null, or for some literals the engine's own failure."""
        if self._literal(node) is not None:
            return lambda: None

        def refuse() -> None:
            raise RenderError(
                'Cannot read field "kind" because "t" is null',
                span=self.where.span(node.start),
                kind="NullPointerException",
            )

        return refuse

    def _literal(self, node: t.Expression) -> str | None:
        """The source text that stands for a null operand of `+`; None where the engine has none."""
        match node:
            case t.Reference() | t.String():
                return self.where.whole[node.start : node.end]
            case t.Unary():
                operand = self._literal(node.operand)
                before = self.where.whole[node.start : node.operand.start]
                return None if operand is None else before.replace("(", "") + operand
            case t.Binary():
                left = self._literal(node.left)
                between = self.where.whole[node.left.end : node.right.start]
                return None if left is None else left + between.replace("(", "").replace(")", "")
        return None

    def _binary(self, node: t.Binary) -> Value:
        match node.operator:
            case "&&" | "||":
                return self._logical(node)
            case "==" | "!=":
                return self._equality(node)
            case "+":
                return self._plus(node)
        if node.operator in _COMPARISONS:
            return self._order(node)
        return self._arithmetic(node)

    def _logical(self, node: t.Binary) -> Value:
        left, right = self.condition(node.left), self.condition(node.right)
        if node.operator == "&&":
            return lambda rt: left(rt) and right(rt)
        return lambda rt: left(rt) or right(rt)

    def _equality(self, node: t.Binary) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        wanted = node.operator == "=="

        def compare(rt: Runtime, pair: tuple[Any, Any]) -> bool:
            first, second = pair
            if type(first) in {list, dict}:
                rt.charge(len(first) >> 5)
            return arithmetic.equal(first, second) is wanted

        def run(rt: Runtime) -> bool:
            first, second = left(rt), right(rt)
            if first.__class__ is str and second.__class__ is str:
                if len(first) > 1024:
                    rt.charge(len(first) >> 10)
                return (first == second) is wanted
            return bool(self._limited(lambda rt: compare(rt, (first, second)), node.start)(rt))

        return run

    def _order(self, node: t.Binary) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        test = _COMPARISONS[node.operator]
        refusals = self._refusal(node.left), self._refusal(node.right)

        def run(rt: Runtime) -> bool:
            first, second = left(rt), right(rt)
            if first is None or second is None:
                refusals[first is not None]()
                return False
            order = arithmetic.order(first, second)
            return order is not None and test(order)

        return self._limited(run, node.start)

    def _plus(self, node: t.Binary) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        refusals = self._refusal(node.left), self._refusal(node.right)

        def run(rt: Runtime) -> Any:
            first, second = left(rt), right(rt)
            if type(first) in arithmetic.NUMBER_TYPES and type(second) in arithmetic.NUMBER_TYPES:
                return arithmetic.add(first, second)
            if type(first) is str or type(second) is str:
                text = self._joined(first, node.left) + self._joined(second, node.right)
                rt.charge(len(text) >> 7)
                return text
            return refusals[type(first) in arithmetic.NUMBER_TYPES]()

        return self._limited(run, node.start)

    def _joined(self, value: Any, node: t.Expression) -> str:
        if value is not None:
            return text_of(value)
        literal = self._literal(node)
        if literal is None:
            self._refusal(node)()
        return literal or ""

    def _arithmetic(self, node: t.Binary) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        refusals = self._refusal(node.left), self._refusal(node.right)
        compute = arithmetic.OPERATORS[node.operator]

        def run(rt: Runtime) -> Any:
            first, second = left(rt), right(rt)
            one, two = arithmetic.number_of(first), arithmetic.number_of(second)
            if one is None or two is None:
                return refusals[one is not None]()
            return compute(one, two)

        return self._limited(run, node.start)


def _false(_rt: Runtime) -> bool:
    return False


def shown(value: Any) -> str | None:
    """The text of a value that is not null; None when it refuses to be rendered."""
    if type(value) is BlockValue:
        return value.text()
    return "" if value is VOID else text_of(value)
