"""Expressions and references to closures that give values."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from ringback.core.errors import LimitError
from ringback.core.span import Span
from ringback.lang.velocity import arithmetic, methods
from ringback.lang.velocity import tree as t
from ringback.lang.velocity.errors import MethodFailed, RenderError
from ringback.lang.velocity.methods_collection import map_put
from ringback.lang.velocity.methods_number import to_int
from ringback.lang.velocity.runtime import Runtime, Value, failure, not_set
from ringback.lang.velocity.values import VOID, BlockValue, is_true, java_type, text_of

Step: TypeAlias = Callable[[Runtime, Any], Any]
_REGEX_METHODS = frozenset({"matches", "replaceAll", "replaceFirst", "split"})
_COMPARISONS: dict[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


@dataclass(frozen=True, slots=True)
class Where:
    """The text that positions refer to."""

    whole: str
    name: str

    def span(self, start: int) -> Span:
        """The span of one character."""
        return Span.at(self.whole, start, file=self.name)


class ValueCompiler:
    """Compiles expressions; `compiler.Compiler` adds statements."""

    def __init__(self, where: Where) -> None:
        self.where = where

    def captured(self, body: t.Block) -> Value:
        """The text that a block writes."""
        raise NotImplementedError

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
            case _:
                value = self.value(node)
        return lambda rt: is_true(value(rt))

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
                error.span = error.span or self.where.span(start)
                raise
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
                known = self._literal(node.operand) is not None
                return self.where.whole[node.start : node.end] if known else None
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

        def run(rt: Runtime) -> bool:
            first, second = left(rt), right(rt)
            if type(first) in {list, dict}:
                rt.charge(len(first) >> 5)
            return arithmetic.equal(first, second) is wanted

        return self._limited(run, node.start)

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

    # References.

    def reference(self, node: t.Reference, *, required: bool = True) -> Value:
        """The closure of a reference's value, its alternate value included."""
        if not node.root:
            return lambda _rt: None
        value = self._path(node, self._root(node, required=required and node.alternate is None))
        if node.alternate is None:
            return value
        alternate = self.value(node.alternate)

        def run(rt: Runtime) -> Any:
            found = value(rt)
            return found if is_true(found) else alternate(rt)

        return run

    def _root(self, node: t.Reference, *, required: bool) -> Value:
        name, start = node.root, node.start - node.escapes - len(node.stray)
        if not required:
            return lambda rt: rt.vars.get(name)

        def run(rt: Runtime) -> Any:
            value = rt.vars.get(name)
            if value is None and rt.strict and name not in rt.vars:
                raise not_set(name, self.where.span(start))
            return value

        return run

    def _path(self, node: t.Reference, root: Value) -> Value:
        steps = tuple(self._step(step) for step in node.steps)
        if not steps:
            return root
        if len(steps) == 1:
            only = steps[0]

            def single(rt: Runtime) -> Any:
                value = root(rt)
                if value is None:
                    return self._null_middle(rt, node, index=0)
                return only(rt, value)

            return single

        def run(rt: Runtime) -> Any:
            value = root(rt)
            for index, step in enumerate(steps):
                if value is None:
                    return self._null_middle(rt, node, index=index)
                value = step(rt, value)
            return value

        return run

    def _null_middle(self, rt: Runtime, node: t.Reference, *, index: int) -> None:
        if rt.strict and node.alternate is None:
            step = node.steps[index]
            name = "[...]" if isinstance(step, t.Index) else step.name
            what = f"'{name}'" if not isinstance(step, t.Method) else f"method '{name}'"
            raise RenderError(f"Attempted to access {what} on a null value", span=self.where.span(step.start))

    def _step(self, step: t.Step) -> Step:
        match step:
            case t.Property():
                return self._property(step)
            case t.Method():
                return self._method(step)
            case t.Index():
                return self._index(step)

    def _property(self, step: t.Property) -> Step:
        name, plain = step.name, step.name != "class"

        def run(rt: Runtime, value: Any) -> Any:
            if plain and type(value) is dict:
                return value.get(name)
            try:
                found = methods.get(value, name)
            except MethodFailed as error:
                raise failure(error, value, method=name, span=self.where.span(step.start)) from None
            if found is not methods.MISSING:
                return found
            if rt.strict:
                raise self._absent(f"property '{name}'", value, start=step.start)
            return None

        return run

    def _absent(self, what: str, value: Any, *, start: int) -> RenderError:
        message = f"Object '{java_type(value)}' does not contain {what}"
        return RenderError(message, span=self.where.span(start), kind="MethodInvocationException")

    def _method(self, step: t.Method) -> Step:
        name = step.name
        arguments = tuple(map(self.value, step.arguments))
        call = _timed_call if name in _REGEX_METHODS else _plain_call

        def run(rt: Runtime, value: Any) -> Any:
            given = [argument(rt) for argument in arguments]
            try:
                found = call(rt, value, name=name, given=given)
            except MethodFailed as error:
                raise failure(error, value, method=name, span=self.where.span(step.start)) from None
            except LimitError as error:
                error.span = error.span or self.where.span(step.start)
                raise
            if found is not methods.MISSING:
                return found
            if rt.strict:
                raise self._absent(f"method {name}({methods.describe(given)})", value, start=step.start)
            return None

        return run

    def _index(self, step: t.Index) -> Step:
        key = self.value(step.key)

        def run(rt: Runtime, value: Any) -> Any:
            wanted = key(rt)
            try:
                found = methods.index(value, wanted)
            except MethodFailed as error:
                raise RenderError(
                    f"Error invoking method 'get({java_type(wanted)})' in {java_type(value)}",
                    span=self.where.span(step.start),
                    cause=error.cause,
                ) from None
            except methods.BadIndex as error:
                raise RenderError(
                    str(error), span=self.where.span(step.start), kind="NumberFormatException"
                ) from None
            return None if found is methods.MISSING else found

        return run

    # Assignment.

    def assignment(self, target: t.Reference) -> Callable[[Runtime, Any], None]:
        """What `#set` does with a value."""
        name = target.root
        if not target.steps:

            def assign(rt: Runtime, value: Any) -> None:
                rt.vars[name] = value

            return assign
        owner = self._path(_shortened(target), self._root(target, required=True))
        put = self._put(target)

        def assign_inside(rt: Runtime, value: Any) -> None:
            holder = owner(rt)
            if holder is not None:
                put(rt, (holder, value))

        return assign_inside

    def _put(self, target: t.Reference) -> Callable[[Runtime, tuple[Any, Any]], None]:
        last = target.steps[-1]
        if isinstance(last, t.Property):
            return self._put_property(last.name, target.start)
        if isinstance(last, t.Method):
            return lambda _rt, _pair: None
        return self._put_index(last)

    def _put_property(self, name: str, start: int) -> Callable[[Runtime, tuple[Any, Any]], None]:
        def put(rt: Runtime, pair: tuple[Any, Any]) -> None:
            holder, value = pair
            if not methods.put_property(holder, name, value) and rt.strict:
                raise self._absent(f"property '{name}'", holder, start=start)

        return put

    def _put_index(self, last: t.Index) -> Callable[[Runtime, tuple[Any, Any]], None]:
        key = self.value(last.key)

        def put(rt: Runtime, pair: tuple[Any, Any]) -> None:
            holder, value = pair
            position = key(rt)
            types = f"{java_type(position)},{java_type(value)}"
            try:
                done = methods.put_index(holder, position, value)
            except MethodFailed as error:
                raise RenderError(
                    f"Exception calling method 'set({types})' in  class {java_type(holder)}",
                    span=self.where.span(last.start),
                    kind="MethodInvocationException",
                    cause=error.cause,
                ) from None
            except methods.BadIndex as error:
                raise RenderError(
                    str(error), span=self.where.span(last.start), kind="NumberFormatException"
                ) from None
            if not done and rt.strict:
                wanted = f"Found neither a 'set' or 'put' method with param types '({types})' on class"
                raise RenderError(f"{wanted} '{java_type(holder)}'", span=self.where.span(last.start))

        return put


def _false(_rt: Runtime) -> bool:
    return False


def _shortened(node: t.Reference) -> t.Reference:
    return t.Reference(node.source, node.root, node.steps[:-1], start=node.start, end=node.end)


def _plain_call(rt: Runtime, value: Any, *, name: str, given: list[Any]) -> Any:
    found = methods.call(value, name, given)
    kind = type(value)
    if kind is str or kind is list:
        size = len(value) + (len(found) if type(found) is str else 0)
        if size > 128:
            rt.charge(size >> 7)
    return found


def _timed_call(rt: Runtime, value: Any, *, name: str, given: list[Any]) -> Any:
    """A method with a regular expression: its microseconds count as steps."""
    start = time.perf_counter()
    found = _plain_call(rt, value, name=name, given=given)
    rt.charge(int((time.perf_counter() - start) * 1_000_000))
    return found


def shown(value: Any) -> str | None:
    """The text of a value that is not null; None when it refuses to be rendered."""
    if type(value) is BlockValue:
        return value.text()
    return "" if value is VOID else text_of(value)
