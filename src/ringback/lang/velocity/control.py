"""Loops, macro calls and leaving them, as they happen in a render."""

from __future__ import annotations

from typing import Any

from ringback.core.span import Span
from ringback.lang.velocity import tree as t
from ringback.lang.velocity.errors import RenderError
from ringback.lang.velocity.runtime import (
    MACRO_DEPTH,
    BreakSignal,
    Code,
    CompiledMacro,
    Runtime,
    StopSignal,
    Value,
)
from ringback.lang.velocity.values import LISTS, JavaIterator, LoopInfo, LoopScope

ABSENT = object()  # marks a variable that did not exist, where null is a value


def declared(node: t.Reference) -> str:
    """The name that a reference declares; `$!x` and `${x}` declare one that nothing can reach."""
    return f"!{node.root}" if node.quiet or node.formal else node.root


def restore(variables: dict[str, Any], name: str, *, value: Any) -> None:
    """Put a variable back as it was before, ABSENT meaning that it was not there."""
    if value is ABSENT:
        variables.pop(name, None)
    else:
        variables[name] = value


def is_empty(items: Any) -> bool:
    """Whether `#foreach` has nothing to go through: an empty or null value, or one without items."""
    kind = type(items)
    if kind is dict or kind in LISTS:
        return not items
    if kind is JavaIterator:
        return bool(items.position >= len(items.items))
    return True


def loop_scope(rt: Runtime, items: Any, *, span: Span) -> LoopScope:
    """The `$foreach` of a loop that begins."""
    outer = rt.vars.get("foreach")
    parent = outer if type(outer) is LoopScope else None
    total = len(items.items) - items.position if type(items) is JavaIterator else len(items)
    info = LoopInfo(span.line, span.column, depth=rt.loops + 1, template=span.file)
    replaced = outer if parent is None else parent.replaced
    return LoopScope(parent, replaced, total=total, info=info)


def run_loop(rt: Runtime, items: Any, *, scope: LoopScope, name: str, body: Code) -> None:
    """Render the body once per item."""
    variables = rt.vars
    live = items if type(items) is list or type(items) is dict else ()
    size = len(live)
    for item in (
        list(items.values()) if type(items) is dict else items if type(items) is not list else list(items)
    ):
        if len(live) != size:
            if len(live) == scope.count and type(live) is list:
                return
            raise RenderError(
                "the collection was changed inside its own #foreach", kind="ConcurrentModificationException"
            )
        rt.turn()
        scope.count += 1
        variables[name] = item
        body(rt)
    if len(live) > size and type(live) is list:
        raise RenderError(
            "the collection was changed inside its own #foreach", kind="ConcurrentModificationException"
        )


def invoke(rt: Runtime, macro: CompiledMacro, *, arguments: tuple[Value, ...], body: Code | None) -> None:
    """Call a macro: arguments by value, restored afterwards unless the macro assigned to them."""
    names = list(macro.parameters)
    given = [_argument(rt, macro, arguments=arguments, index=index) for index in range(len(names))]
    if body is not None or rt.vars.get("bodyContent") is not None:
        names.append("bodyContent")
        given.append(None if body is None else rt.block(body, MACRO_DEPTH))
    saved = [rt.vars.get(name) for name in names]
    rt.vars.update(zip(names, given, strict=True))
    try:
        macro.body(rt)
    except BreakSignal as signal:
        if signal.scope is not None:
            raise
    finally:
        for name, value, old in zip(names, given, saved, strict=True):
            if rt.vars.get(name) is value:
                restore(rt.vars, name, value=ABSENT if old is None else old)


def _argument(rt: Runtime, macro: CompiledMacro, *, arguments: tuple[Value, ...], index: int) -> Any:
    if index < len(arguments):
        return arguments[index](rt)
    default = macro.defaults[index]
    return None if default is None else default(rt)


def break_off(_rt: Runtime) -> None:
    """`#break`."""
    raise BreakSignal(None)


def stop(_rt: Runtime) -> None:
    """`#stop`."""
    raise StopSignal
