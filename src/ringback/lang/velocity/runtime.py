"""What a render carries along: variables, output, macros, and the counters of its limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ringback.core.span import Span
from ringback.lang.velocity.errors import MethodFailed, RenderError
from ringback.lang.velocity.limits import LIMITS, over_limit
from ringback.lang.velocity.values import BlockValue, LoopScope, java_type

MACRO_DEPTH = 20
DEFINE_DEPTH = 2
_PACKAGES: Mapping[str, str] = {
    "NoSuchElementException": "java.util",
    "IllegalFormatConversionException": "java.util",
    "MissingFormatArgumentException": "java.util",
    "UnknownFormatConversionException": "java.util",
    "PatternSyntaxException": "java.util.regex",
}


class BreakSignal(Exception):  # noqa: N818 - control flow of #break, caught by what it ends
    """`#break`: ends the loop of `scope`, or with None whatever is innermost."""

    def __init__(self, scope: LoopScope | None) -> None:
        super().__init__()
        self.scope = scope


class StopSignal(Exception):  # noqa: N818 - control flow of #stop, caught by the render
    """`#stop`: ends the render, keeping what was written."""


class Buffer(list[str]):
    """Output so far; `size` is the length of the first `seen` pieces."""

    __slots__ = ("seen", "size")

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0
        self.size = 0

    def measure(self) -> None:
        """Add up the new pieces.

        Raises:
            LimitError: the output is too long.
        """
        self.size += sum(map(len, self[self.seen :]))
        self.seen = len(self)
        if self.size > LIMITS.output:
            raise over_limit("output", LIMITS.output, what="a template makes too long an output")


@dataclass(frozen=True, slots=True)
class CompiledMacro:
    """A macro ready to be called: the names of its parameters, their defaults, and its body."""

    name: str
    parameters: tuple[str, ...]
    defaults: tuple[Value | None, ...]
    body: Code


@dataclass(slots=True)
class Runtime:
    """The state of one render."""

    vars: dict[str, Any]
    strict: bool
    macros: Mapping[str, CompiledMacro]
    out: Buffer = field(default_factory=Buffer)
    steps: int = 0
    loops: int = 0
    nested: int = 0
    calls: list[str] = field(default_factory=list)

    def turn(self) -> None:
        """Count one turn of a loop, or one call."""
        self.steps += 1
        if self.steps > LIMITS.steps:
            self.charge(0)
        if len(self.out) - self.out.seen > 256:
            self.out.measure()

    def charge(self, steps: int) -> None:
        """Count work that is worth that many steps.

        Raises:
            LimitError: the render does too much.
        """
        self.steps += steps
        if self.steps > LIMITS.steps:
            raise over_limit("steps", LIMITS.steps, what="a template does too much work")

    def captured(self, code: Code) -> str:
        """What a piece of template writes, as text."""
        saved = self.out
        self.out = buffer = Buffer()
        try:
            code(self)
        finally:
            self.out = saved
        size = sum(map(len, buffer))
        if size > 128:
            buffer.measure()
            self.charge(size >> 7)
        return "".join(buffer)

    def block(self, body: Code, most: int) -> BlockValue:
        """A piece of template as a value; rendering it inside itself goes `most` levels deep."""
        depth = 0

        def write() -> bool:
            nonlocal depth
            if depth >= most:
                return False
            depth += 1
            self.turn()
            try:
                body(self)
            except BreakSignal as signal:
                if signal.scope is not None:
                    raise
            finally:
                depth -= 1
            return True

        def text() -> str | None:
            return self.captured(lambda _rt: _ignored(write())) if depth < most else None

        return BlockValue(text, write)


def _ignored(_value: object) -> None:
    return None


Value: TypeAlias = Callable[[Runtime], Any]
Code: TypeAlias = Callable[[Runtime], None]
Op: TypeAlias = "str | Callable[[Runtime], str | None]"


def failure(error: MethodFailed, value: Any, *, method: str, span: Span) -> RenderError:
    """The error of a method that threw, in the engine's words."""
    package = _PACKAGES.get(error.cause, "java.lang")
    return RenderError(
        f"Invocation of method '{method}' in  class {java_type(value)} threw exception "
        f"{package}.{error.cause}: {error.detail}",
        span=span,
        kind="MethodInvocationException",
        cause=error.cause,
    )


def not_set(name: str, span: Span) -> RenderError:
    """Strict mode's error for a variable that is not there."""
    return RenderError(f"Variable ${name} has not been set", span=span, kind="MethodInvocationException")
