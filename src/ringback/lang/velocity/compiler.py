"""Statements to closures that write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ringback.core.errors import LimitError
from ringback.lang.velocity import tree as t
from ringback.lang.velocity.compile_references import Where, plain_key
from ringback.lang.velocity.compile_values import ValueCompiler, shown
from ringback.lang.velocity.control import (
    ABSENT,
    break_off,
    declared,
    invoke,
    is_empty,
    loop_scope,
    restore,
    run_loop,
    stop,
)
from ringback.lang.velocity.errors import RenderError, TemplateSyntaxError
from ringback.lang.velocity.limits import LIMITS, over_limit, placed
from ringback.lang.velocity.runtime import (
    DEFINE_DEPTH,
    MACRO_DEPTH,
    BreakSignal,
    Code,
    CompiledMacro,
    Op,
    Runtime,
    Value,
)
from ringback.lang.velocity.values import (
    BlockValue,
    LoopScope,
    text_of,
)

_PLAIN_INT = 10**18


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled template: its code and the macros that it defines."""

    code: Code
    macros: Mapping[str, CompiledMacro]


class Compiler(ValueCompiler):
    """Compiles one template; `load` compiles what #evaluate brings."""

    def __init__(self, where: Where, load: Callable[..., Program]) -> None:
        super().__init__(where)
        self.load = load
        self.macros: dict[str, CompiledMacro] = {}

    def program(self, body: t.Block) -> Program:
        """The compiled form of a whole template."""
        return Program(self.block(body), self.macros)

    # Blocks.

    def block(self, body: t.Block) -> Code:
        """The closure that writes a block."""
        ops = _merged(op for item in body.items for op in self._ops(item))
        if not ops:
            return lambda _rt: None
        if len(ops) == 1 and isinstance(ops[0], str):
            text = ops[0]
            return lambda rt: rt.out.append(text)

        def run(rt: Runtime) -> None:
            append = rt.out.append
            for op in ops:
                if op.__class__ is str:
                    append(op)
                else:
                    text = op(rt)  # type: ignore[operator]  # as above
                    if text is not None:
                        append(text)

        return run

    def captured(self, body: t.Block) -> Value:
        """The text that a block writes."""
        if len(body.items) == 1 and isinstance(body.items[0], t.Reference):
            return self._captured_reference(body.items[0])
        code = self.block(body)
        return lambda rt: rt.captured(code)

    def _captured_reference(self, node: t.Reference) -> Value:
        value = self.reference(node)
        render = self._rendered(node)
        code = self.block(t.Block((node,)))

        plain = not node.escapes and not node.stray

        def run(rt: Runtime) -> str:
            found = value(rt)
            if plain and found.__class__ is str:
                return found
            return rt.captured(code) if type(found) is BlockValue else render(rt, found) or ""

        # A call may have effects, so its value is asked for once only.
        return (
            run if all(isinstance(step, t.Property) for step in node.steps) else lambda rt: rt.captured(code)
        )

    def _ops(self, node: t.Statement) -> list[Op]:
        match node:
            case t.Text():
                return [node.text]
            case t.Raw():
                return [node.text]
            case t.Escaped():
                return [node.shown]
            case t.Comment():
                return []
            case t.Reference():
                return [self._output(node)]
        return [self._statement(node)]

    def _statement(self, node: t.Statement) -> Op:
        match node:
            case t.Set():
                return self._set(node)
            case t.If():
                return self._if(node)
            case t.Foreach():
                return self._foreach(node)
            case t.Macro():
                return self._macro(node)
            case t.Call():
                return self._call(node)
            case t.Define():
                return self._define(node)
            case t.Directive():
                return self._directive(node)
        raise AssertionError(node)

    # References.

    def _output(self, node: t.Reference) -> Op:
        value = self.reference(node)
        render = self._rendered(node)
        if node.escapes or node.stray:
            return lambda rt: render(rt, value(rt))
        key = None if node.alternate else plain_key(node)
        if key is not None:
            return _keyed_output(node.root, key, value=value, render=render)

        def run(rt: Runtime) -> str | None:
            found = value(rt)
            if type(found) is str:
                return found
            return render(rt, found)

        return run

    def _rendered(self, node: t.Reference) -> Callable[[Runtime, Any], str | None]:
        half = "\\" * (node.escapes // 2)
        escaped = node.escapes % 2 == 1
        literal = "" if node.quiet and not escaped else node.source
        null = f"{half}\\{literal}" if escaped else f"{half}{half}{node.stray}{literal}"
        before = half + node.stray
        loud = not node.quiet and not escaped

        def run(rt: Runtime, value: Any) -> str | None:
            if value is None:
                if rt.strict and loud:
                    raise self._null_output(node)
                return null
            if value.__class__ is int and -_PLAIN_INT < value < _PLAIN_INT and not escaped:
                return before + str(value)
            if escaped:
                return half + literal
            if type(value) is BlockValue:
                rt.out.append(before)
                return None if value.write() else literal
            try:
                text = value if type(value) is str else shown(value)
            except LimitError as error:
                raise placed(error, self.where.span(node.start)) from None
            if text is None:
                return null
            if len(text) > 4_096:
                rt.charge(len(text) >> 7)
                rt.out.measure()
            return before + text if before else text

        return run

    def _null_output(self, node: t.Reference) -> RenderError:
        message = f"Reference {node.source} evaluated to null when attempting to render"
        return RenderError(message, span=self.where.span(node.start - node.escapes - len(node.stray)))

    # Directives.

    def _set(self, node: t.Set) -> Op:
        value = self.value(node.value)
        assign = self.assignment(node.target)

        def run(rt: Runtime) -> None:
            assign(rt, value(rt))

        return run

    def _if(self, node: t.If) -> Op:
        branches = [
            (None if branch.condition is None else self.condition(branch.condition), self.block(branch.body))
            for branch in node.branches
        ]
        test, body = branches[0]
        if len(branches) == 1 and test is not None:
            only = test

            def single(rt: Runtime) -> None:
                if only(rt):
                    body(rt)

            return single

        def run(rt: Runtime) -> None:
            for condition, code in branches:
                if condition is None or condition(rt):
                    code(rt)
                    return

        return run

    def _foreach(self, node: t.Foreach) -> Op:
        name, items = node.variable.root, self.value(node.items)
        body = self.block(node.body)
        otherwise = self.block(node.otherwise.body) if node.otherwise else None
        span = self.where.span(node.start)

        def run(rt: Runtime) -> None:
            found = items(rt)
            if is_empty(found):
                if otherwise is not None:
                    otherwise(rt)
                return
            scope = loop_scope(rt, found, span=span)
            saved = rt.vars.get(name)
            outer = rt.vars.get("foreach", ABSENT)
            rt.vars["foreach"] = scope
            rt.loops += 1
            try:
                run_loop(rt, found, scope=scope, name=name, body=body)
            except BreakSignal as signal:
                if signal.scope is not None and signal.scope is not scope:
                    raise
            except (LimitError, RenderError) as error:
                error.span = error.span or span
                raise
            finally:
                rt.loops -= 1
                restore(rt.vars, name, value=ABSENT if saved is None else saved)
                if rt.vars.get("foreach") is scope:
                    restore(rt.vars, "foreach", value=outer)

        return run

    def _macro(self, node: t.Macro) -> Op:
        names = tuple(map(declared, (parameter.reference for parameter in node.parameters)))
        defaults = tuple(
            None if parameter.default is None else self.value(parameter.default)
            for parameter in node.parameters
        )
        body = self.block(node.body)  # before the next line: a macro of the same name inside is the first
        self.macros.setdefault(node.name, CompiledMacro(node.name, names, defaults, body))
        return ""

    def _call(self, node: t.Call) -> Op:
        arguments = tuple(map(self.value, node.arguments))
        body = None if node.body is None else self.block(node.body)
        unknown = node.indent.lstrip("$#!\\") + node.shown + (node.ending.tail if node.body else node.tail)
        demands = node.source.endswith(")") or node.body is not None

        def run(rt: Runtime) -> str | None:
            macro = rt.macros.get(node.name)
            if macro is None:
                if rt.strict and demands:
                    message = f"Macro '#{node.name}' is not defined"
                    raise RenderError(message, span=self.where.span(node.start))
                return unknown
            if node.word:
                raise TemplateSyntaxError(
                    f"Invalid arg '{node.word}' in macro #{node.name}",
                    span=self.where.span(node.start),
                    kind="TemplateInitException",
                )
            self._enter(rt, macro, start=node.start)
            try:
                invoke(rt, macro, arguments=arguments, body=body)
            finally:
                rt.calls.pop()
            return None

        return run

    def _enter(self, rt: Runtime, macro: CompiledMacro, *, start: int) -> None:
        rt.turn()
        if len(rt.calls) >= MACRO_DEPTH:
            stack = "->".join(rt.calls)
            raise RenderError(
                f"Max calling depth of {MACRO_DEPTH} was exceeded in macro '{macro.name}' "
                f"with Call Stack:{stack}",
                span=self.where.span(start),
                kind="MacroOverflowException",
            )
        rt.calls.append(macro.name)

    def _define(self, node: t.Define) -> Op:
        name, body = declared(node.target), self.block(node.body)

        def run(rt: Runtime) -> None:
            rt.vars[name] = rt.block(body, DEFINE_DEPTH)

        return run

    def _directive(self, node: t.Directive) -> Op:
        match node.name:
            case "evaluate":
                return self._evaluate(node)
            case "break":
                return self._break(node)
            case "stop":
                return stop
            case "include":
                return self._include(node)
        return self._parse(node)

    def _evaluate(self, node: t.Directive) -> Op:
        assert node.arguments
        value = self.value(node.arguments[0])

        def run(rt: Runtime) -> None:
            found = value(rt)
            if found is None:
                return
            rt.turn()
            rt.nested += 1
            if rt.nested > LIMITS.nesting:
                raise over_limit("nesting", LIMITS.nesting, what="#evaluate nests too deeply")
            try:
                self._run_text(rt, text_of(found))
            except LimitError as error:
                raise placed(error, self.where.span(node.start)) from None
            finally:
                rt.nested -= 1

        return run

    def _run_text(self, rt: Runtime, text: str) -> None:
        rt.charge(len(text) >> 3)
        program = self.load(text, self.where.name, macros=frozenset(rt.macros))
        if program.macros:
            rt.macros = {**program.macros, **rt.macros}
        try:
            program.code(rt)
        except BreakSignal as signal:
            if signal.scope is not None:
                raise

    def _break(self, node: t.Directive) -> Op:
        if not node.arguments:
            return break_off
        argument = node.arguments[0]
        value = self.value(argument)

        def run(rt: Runtime) -> None:
            scope = value(rt)
            if type(scope) is LoopScope:
                raise BreakSignal(scope)
            if not isinstance(argument, (t.Reference, t.String)):
                raise RenderError(
                    'Cannot read field "kind" because "<parameter2>" is null',
                    span=self.where.span(node.start),
                    kind="NullPointerException",
                )
            text = self.where.whole[argument.start : argument.end]
            message = f"{text} is not a valid org.apache.velocity.runtime.directive.Scope instance"
            raise RenderError(message, span=self.where.span(node.start))

        return run

    def _include(self, node: t.Directive) -> Op:
        arguments = [(argument, self.value(argument)) for argument in node.arguments or ()]

        def run(rt: Runtime) -> str | None:
            notes = []
            for index, (argument, value) in enumerate(arguments):
                if not isinstance(argument, (t.Reference, t.String)):
                    raise RenderError("invalid #include() argument", span=self.where.span(node.start))
                found = value(rt)
                if found is not None:
                    raise self._not_found(found, node.start)
                notes.append(f"null error with arg {index} please see log. null")
            return "".join(notes)

        return run

    def _parse(self, node: t.Directive) -> Op:
        assert node.arguments
        value = self.value(node.arguments[0])

        def run(rt: Runtime) -> None:
            found = value(rt)
            if found is not None:
                raise self._not_found(found, node.start)

        return run

    def _not_found(self, name: Any, start: int) -> RenderError:
        return RenderError(
            f"Unable to find resource '{text_of(name)}'",
            span=self.where.span(start),
            kind="ResourceNotFoundException",
        )


def _merged(ops: Iterator[Op]) -> tuple[Op, ...]:
    """The operations with neighbouring texts joined."""
    merged: list[Op] = []
    for op in ops:
        if isinstance(op, str) and merged and isinstance(merged[-1], str):
            merged[-1] += op
        elif op:
            merged.append(op)
    return tuple(merged)


def _keyed_output(root: str, key: str, *, value: Value, render: Callable[[Runtime, Any], str | None]) -> Op:
    """The output of `$root.key`, in one step when the root is a map and the value a text."""

    def run(rt: Runtime) -> str | None:
        owner = rt.vars.get(root)
        if owner.__class__ is dict:
            found = owner.get(key)
            if found.__class__ is str:
                return found
            return render(rt, found)
        return render(rt, value(rt))

    return run
