"""References to closures that give values, and the targets of #set to closures that take them."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from ringback.core.errors import LimitError
from ringback.core.span import Span
from ringback.lang.velocity import methods
from ringback.lang.velocity import tree as t
from ringback.lang.velocity.errors import MethodFailed, RenderError
from ringback.lang.velocity.limits import placed
from ringback.lang.velocity.runtime import Runtime, Value, failure, not_set
from ringback.lang.velocity.tools import TOOLS
from ringback.lang.velocity.values import LoopScope, is_true, java_type

Step: TypeAlias = Callable[[Runtime, Any], Any]
_REGEX_METHODS = frozenset({"matches", "replaceAll", "replaceFirst", "split"})
_QUICK_METHODS = frozenset({"get", "set", "size", "isEmpty", "add"})
_LOOP_PROPERTIES: dict[str, Callable[[LoopScope], Any]] = {
    "hasNext": lambda scope: scope.count < scope.total,
    "index": lambda scope: scope.count - 1,
    "count": lambda scope: scope.count,
    "first": lambda scope: scope.count == 1,
    "last": lambda scope: scope.count >= scope.total,
}


@dataclass(frozen=True, slots=True)
class Where:
    """The text that positions refer to."""

    whole: str
    name: str

    def span(self, start: int) -> Span:
        """The span of one character."""
        return Span.at(self.whole, start, file=self.name)


class ReferenceCompiler(ABC):
    """Compiles references; `compile_values.ValueCompiler` adds expressions."""

    def __init__(self, where: Where) -> None:
        self.where = where

    @abstractmethod
    def value(self, node: t.Expression) -> Value:
        """The closure of an expression."""

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
            return self._one_step(node, root, only=steps[0])

        def run(rt: Runtime) -> Any:
            value = root(rt)
            for index, step in enumerate(steps):
                if value is None:
                    return self._null_middle(rt, node, index=index)
                value = step(rt, value)
            return value

        return run

    def _one_step(self, node: t.Reference, root: Value, *, only: Step) -> Value:
        def single(rt: Runtime) -> Any:
            value = root(rt)
            if value is None:
                return self._null_middle(rt, node, index=0)
            return only(rt, value)

        key, name = plain_key(node), node.root
        if isinstance(only_step := node.steps[0], t.Method):
            return self._tool_call(node, single, step=only_step)
        if key is None:
            return single
        if name in TOOLS and methods.get(TOOLS[name], key) is not methods.MISSING:
            return _tool_constant(name, methods.get(TOOLS[name], key), general=single)

        def keyed(rt: Runtime) -> Any:
            value = rt.vars.get(name)
            return value.get(key) if value.__class__ is dict else single(rt)

        return keyed

    def _tool_call(self, node: t.Reference, general: Value, *, step: t.Method) -> Value:
        """A call of a tool's method, found once and not at every render; `general` when it is hidden."""
        name, tool = node.root, TOOLS.get(node.root)
        run = methods.direct(name, step.name, count=len(step.arguments)) if tool else None
        if run is None:
            return general
        method, arguments = step.name, tuple(map(self.value, step.arguments))

        def call(rt: Runtime) -> Any:
            if rt.vars.get(name) is not tool:
                return general(rt)
            given = [argument(rt) for argument in arguments]
            try:
                return run(tool, *given)
            except MethodFailed as error:
                raise failure(error, tool, method=method, span=self.where.span(step.start)) from None
            except LimitError as error:
                raise placed(error, self.where.span(step.start)) from None

        return call

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
        of_loop = _LOOP_PROPERTIES.get(name)

        def run(rt: Runtime, value: Any) -> Any:
            if plain and value.__class__ is dict:
                return value.get(name)
            if of_loop is not None and value.__class__ is LoopScope:
                return of_loop(value)
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
                raise placed(error, self.where.span(step.start)) from None
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


def _tool_constant(name: str, constant: Any, *, general: Value) -> Value:
    """A constant such as `$esc.quote`, as long as the name still means the tool."""
    tool = TOOLS[name]
    return lambda rt: constant if rt.vars.get(name) is tool else general(rt)


def plain_key(node: t.Reference) -> str | None:
    """The key of a reference such as `$input.name`, one property deep; None for any other."""
    step = node.steps[0] if len(node.steps) == 1 else None
    return step.name if isinstance(step, t.Property) and step.name != "class" else None


def _shortened(node: t.Reference) -> t.Reference:
    return t.Reference(node.source, node.root, node.steps[:-1], start=node.start, end=node.end)


def _plain_call(rt: Runtime, value: Any, *, name: str, given: list[Any]) -> Any:
    kind = type(value)
    if kind is list and name not in _QUICK_METHODS:
        rt.charge(len(value) >> (3 if not given or type(given[0]) in {str, int} else 0))
    found = methods.call(value, name, given)
    if kind is str:
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
