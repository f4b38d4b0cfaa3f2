"""Fourth stage: the checked tree becomes nested closures `fn(env) -> raw value`.

`env` is an `environment.Environment`; variables read it through their own `read`, functions of style
"context" ask `env.services`. Literals and operations on literals are computed once. Operands that an overload
does not allow to be NOT_SET are tested before the call, so that the functions of the tables need not.

Run-time errors are `EvaluationError`s; the place of the failing operation is added here, and for
NOT_SET_OPERAND the place of the operand.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from ringback.core.span import Span
from ringback.lang.expr import tree
from ringback.lang.expr.json_path import Step, item_step, json_path, property_step
from ringback.lang.expr.typed import Access, Constant, Operation, Reference, Typed, is_binary, spine
from ringback.lang.expr.types import base
from ringback.lang.expr.values import Entity, EvaluationError, read_property

Run: TypeAlias = Callable[[Any], Any]

# Longer chains (a + b + c …) run in a loop: nested closures would use up Python's stack.
_NESTED_CHAIN = 40
# Raw values that Python itself compares as Architect does.
_PLAIN_EQUALITY = frozenset(("str", "int", "dec", "bln", "dtm", "dur", "dat", "tim", "cur"))


class _Built(NamedTuple):
    """A closure; `constant` when it always gives `value`."""

    run: Run
    constant: bool = False
    value: Any = None


def compile_tree(node: Typed, *, text: str, file: str = "expression") -> Run:
    """The closure that computes a checked tree."""
    return _Compiler(text, file).build(node).run


class _Places(NamedTuple):
    """Adds the place in the text to the errors of one operation; made once, used when it fails."""

    node: Operation
    compiler: _Compiler

    def missing(self, index: int) -> EvaluationError:
        """The error of operand `index` being NOT_SET."""
        node = self.node
        if node.is_call:
            parameters = node.overload.parameters
            name = parameters[min(index, len(parameters) - 1)].name
            message = f"operand {index + 1} ({name}) of {node.name} is NOT_SET"
        elif node.name == "[":
            message = f"{('the index', 'the collection')[index]} is NOT_SET"
        elif len(node.operands) == 1:
            message = f"the operand of {node.name} is NOT_SET"
        else:
            message = f"the {('left', 'right')[index]} operand of {node.name} is NOT_SET"
        hint = "Append takes NOT_SET for an empty text" if (node.name, node.type) == ("+", "str") else ""
        error = EvaluationError(message, "NOT_SET_OPERAND", hint=hint)
        error.span = self.compiler.span(node.operands[index].node)
        return error

    def locate(self, error: EvaluationError) -> None:
        """Say where it happened, unless an inner operation did."""
        if error.span is None:
            error.message = f"{self.node.name}: {error.message}" if self.node.is_call else error.message
            error.span = self.compiler.span(self.node.node)


class _Compiler(NamedTuple):
    text: str
    file: str

    def span(self, node: tree.Node) -> Span:
        return Span.at(self.text, node.start, file=self.file, length=max(1, node.end - node.start))

    def build(self, node: Typed) -> _Built:
        if isinstance(node, Constant):
            return _constant(node.value)
        if isinstance(node, Reference):
            return self.reference(node)
        if _in_json(node):
            return _Built(self.json(node))
        if isinstance(node, Access):
            return _Built(self.access(node))
        if is_binary(node):
            return self.chain(node)
        return self.operation(node, [self.build(operand) for operand in node.operands])

    def reference(self, node: Reference) -> _Built:
        # The constants of the language (System.MaxInt, Format.Date) do not look at the environment.
        variable = node.variable
        if variable.built_in and variable.name.startswith(("System.", "Format.", "Language.")):
            return _constant(variable.read(None))
        return _Built(variable.read)

    def chain(self, node: Operation) -> _Built:
        first, steps = spine(node)
        left = self.build(first)
        if len(steps) > _NESTED_CHAIN:
            rights = [self.build(step.operands[1]).run for step in steps]
            return _Built(_loop(left.run, [self.step(s, r) for s, r in zip(steps, rights, strict=True)]))
        for step in steps:
            left = self.operation(step, [left, self.build(step.operands[1])])
        return left

    def operation(self, node: Operation, operands: list[_Built]) -> _Built:
        overload, places = node.overload, _Places(node, self)
        if overload.call is None:
            return _Built(_unsupported(node.name, self.span(node.node)))
        if overload.style == "lazy":
            return _Built(_lazy(node, [operand.run for operand in operands], places=places))
        required = [
            index
            for index in range(len(operands))
            if not _tolerates(node, index)
            and not (operands[index].constant and operands[index].value is not None)
        ]
        if overload.style == "context":
            return _Built(_context(overload.call, operands, required=required, places=places))
        run = _plain(_faster(node), operands, required=required, places=places)
        return _folded(run) if all(operand.constant for operand in operands) else _Built(run)

    def step(self, node: Operation, right: Run) -> Callable[[Any, Any], Any]:
        """One step of a long chain: takes the value so far and the environment."""
        overload, places = node.overload, _Places(node, self)
        call = overload.call
        assert call is not None, "operators are computed"
        if overload.style == "lazy":
            return lambda value, env: call(env, lambda _: value, right)
        needs = [index for index in (0, 1) if not _tolerates(node, index)]

        def run(value: Any, env: Any) -> Any:
            operands = (value, right(env))
            for index in needs:
                if operands[index] is None:
                    raise places.missing(index)
            try:
                return call(env, *operands) if overload.style == "context" else call(*operands)
            except EvaluationError as error:
                places.locate(error)
                raise

        return run

    def access(self, node: Access) -> Run:
        target, name, type_ = self.build(node.target).run, node.name, base(node.target.type)

        def run(env: Any) -> Any:
            value = target(env)
            if value is None:
                raise self.no_value(node)
            if isinstance(value, Entity) and name in value.fields:
                return value.fields[name]
            if type_ == "con" and name not in ("id", "name"):
                return None
            return read_property(type_, value, name)

        return run

    def no_value(self, node: Access) -> EvaluationError:
        """The error of a property of NOT_SET."""
        message = f"the value before .{node.name} is NOT_SET"
        return self.at_name(
            node, EvaluationError(message, "NOT_SET_OPERAND", hint="test it with IsSet first")
        )

    def at_name(self, node: Access, error: EvaluationError) -> EvaluationError:
        """The error with the place of the property's name."""
        length = max(1, node.node.end - node.node.at)
        error.span = Span.at(self.text, node.node.at, file=self.file, length=length)
        return error

    def json(self, node: Typed) -> Run:
        """Properties and items of JSON, from the first value that is not one of them."""
        steps: list[Step] = []
        current = node
        while _in_json(current):
            if isinstance(current, Access):
                steps.append(self.json_property(current))
                current = current.target
            else:
                assert isinstance(current, Operation)
                steps.append(self.json_item(current))
                current = current.operands[1]
        steps.reverse()
        return json_path(self.build(current).run, steps)

    def json_property(self, node: Access) -> Step:
        def missing() -> EvaluationError:
            message = f"the JSON value has no property {node.name}"
            return self.at_name(node, EvaluationError(message, "PROPERTY_MISSING"))

        return property_step(node.name, lambda: self.no_value(node), missing=missing)

    def json_item(self, node: Operation) -> Step:
        places = _Places(node, self)
        index = self.build(node.operands[0]).run
        return item_step(
            index, lambda: places.missing(0), not_set=lambda: places.missing(1), locate=places.locate
        )


def _in_json(node: Typed) -> bool:
    if isinstance(node, Access):
        return base(node.target.type) == "jsn"
    if not isinstance(node, Operation) or node.name != "[":
        return False
    array = node.operands[1]
    return base(array.type) == "jsn" and not (isinstance(array, Constant) and array.value is None)


def _constant(value: Any) -> _Built:
    return _Built(lambda _: value, True, value)


def _folded(run: Run) -> _Built:
    try:
        return _constant(run(None))
    except EvaluationError:
        return _Built(run)  # fails again whenever the flow comes here, as in Architect


def _tolerates(node: Operation, index: int) -> bool:
    parameters = node.overload.parameters
    parameter = parameters[min(index, len(parameters) - 1)]
    return parameter.not_set or parameter.type == "nul"


def _faster(node: Operation) -> Callable[..., Any]:
    """The function of an operation; what Python does in one step of its own stands in for the table's."""
    call = node.overload.call
    assert call is not None, "looked at before"
    if node.overload.name == "ToString" and len(node.operands) == 1:
        return _TEXTS.get(node.operands[0].type, call)
    if (
        node.overload.name in ("==", "!=")
        and {base(operand.type) for operand in node.operands} <= _PLAIN_EQUALITY
    ):
        return operator.eq if node.overload.name == "==" else operator.ne
    return call


# ToString of the types that are texted most.
_TEXTS: Mapping[str, Callable[[Any], str | None]] = MappingProxyType(
    {
        "str": lambda value: value,
        "int": lambda value: None if value is None else str(value),
        "bln": lambda value: None if value is None else "true" if value else "false",
    }
)


def _unsupported(name: str, span: Span) -> Run:
    def run(_: Any) -> Any:
        error = EvaluationError(
            f"{name} is known by name only and cannot be computed",
            "FUNCTION_UNSUPPORTED",
            hint="give its result in the world of the run",
        )
        error.span = span
        raise error

    return run


def _loop(first: Run, steps: list[Callable[[Any, Any], Any]]) -> Run:
    def run(env: Any) -> Any:
        value = first(env)
        for step in steps:
            value = step(value, env)
        return value

    return run


def _plain(call: Callable[..., Any], operands: list[_Built], *, required: list[int], places: _Places) -> Run:
    if len(operands) == 1:
        only = operands[0].run
        if places.node.overload.name == "IsSet":
            return lambda env: only(env) is not None
        return _one(call, only, check=bool(required), places=places)
    if len(operands) == 2:
        left, right = operands
        if right.constant and 1 not in required:
            return _with_right(call, left.run, constant=right.value, check=0 in required, places=places)
        return _two(call, left.run, right=right.run, required=required, places=places)
    return _many(call, [operand.run for operand in operands], required=required, places=places)


def _one(call: Callable[[Any], Any], operand: Run, *, check: bool, places: _Places) -> Run:
    def run(env: Any) -> Any:
        value = operand(env)
        if value is None and check:
            raise places.missing(0)
        try:
            return call(value)
        except EvaluationError as error:
            places.locate(error)
            raise

    return run


def _with_right(
    call: Callable[[Any, Any], Any], left: Run, *, constant: Any, check: bool, places: _Places
) -> Run:
    def run(env: Any) -> Any:
        value = left(env)
        if value is None and check:
            raise places.missing(0)
        try:
            return call(value, constant)
        except EvaluationError as error:
            places.locate(error)
            raise

    return run


def _two(
    call: Callable[[Any, Any], Any], left: Run, *, right: Run, required: list[int], places: _Places
) -> Run:
    need_left, need_right = 0 in required, 1 in required

    def run(env: Any) -> Any:
        one, two = left(env), right(env)
        if one is None and need_left:
            raise places.missing(0)
        if two is None and need_right:
            raise places.missing(1)
        try:
            return call(one, two)
        except EvaluationError as error:
            places.locate(error)
            raise

    return run


def _many(call: Callable[..., Any], operands: list[Run], *, required: list[int], places: _Places) -> Run:
    def run(env: Any) -> Any:
        values = [operand(env) for operand in operands]
        for index in required:
            if values[index] is None:
                raise places.missing(index)
        try:
            return call(*values)
        except EvaluationError as error:
            places.locate(error)
            raise

    return run


def _context(
    call: Callable[..., Any], operands: list[_Built], *, required: list[int], places: _Places
) -> Run:
    runs = [operand.run for operand in operands]

    def run(env: Any) -> Any:
        values = [operand(env) for operand in runs]
        for index in required:
            if values[index] is None:
                raise places.missing(index)
        try:
            return call(env, *values)
        except EvaluationError as error:
            places.locate(error)
            raise

    return run


def _lazy(node: Operation, operands: list[Run], *, places: _Places) -> Run:
    name = node.overload.name.lower()
    if name in ("and", "or"):
        return _short_circuit(operands[0], operands[1], decided_by=name == "or", places=places)
    if name in ("?", "if") and len(operands) == 3:
        condition, then, otherwise = operands
        return lambda env: then(env) if condition(env) else otherwise(env)
    call = node.overload.call
    assert call is not None, "looked at before"

    def run(env: Any) -> Any:
        try:
            return call(env, *operands)
        except EvaluationError as error:
            places.locate(error)
            raise

    return run


def _short_circuit(left: Run, right: Run, *, decided_by: bool, places: _Places) -> Run:
    def run(env: Any) -> Any:
        value = left(env)
        if value is None:
            raise places.missing(0)
        if value is decided_by:
            return decided_by
        value = right(env)
        if value is None:
            raise places.missing(1)
        return value

    return run
