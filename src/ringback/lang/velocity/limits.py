"""What bounds a template, so that none can hang or fill the machine.

The Java engine bounds only the depth of macro calls; the rest are this tool's own, far above anything that
a data action can use. Reaching one raises `ringback.core.errors.LimitError` with the limit's name.
"""

from __future__ import annotations

from dataclasses import dataclass

from ringback.core.errors import LimitError
from ringback.core.span import Span


@dataclass(frozen=True, slots=True)
class Limits:
    """The named limits of one render.

    Attributes:
        source: characters of a template.
        nesting: depth of nested directives, expressions and quoted templates.
        output: characters of output, and of any one string value made on the way.
        steps: turns of loops and calls of macros, methods and nested templates together.
        items: items of a range, an array or a collection made by a template.
        macro_depth: macro calls within macro calls; the Java engine's default.
        regex_seconds: seconds for one regular expression operation.
    """

    source: int = 1_000_000
    nesting: int = 60
    output: int = 8_000_000
    steps: int = 500_000
    items: int = 100_000
    macro_depth: int = 20
    regex_seconds: float = 0.25


LIMITS = Limits()


def over_limit(name: str, most: float, *, what: str) -> LimitError:
    """The error that says which limit was hit; the caller raises it."""
    return LimitError(
        f"{what}: the limit is {most:,}", limit=f"template_{name}", hint="docs/velocity.md lists the limits"
    )


class Budget:
    """Bounds the work on a nested value, which shared parts can make exponential."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = LIMITS.steps

    def spend(self, depth: int) -> None:
        """Count one visit at a depth.

        Raises:
            LimitError: too many visits, or too deep.
        """
        self.left -= 1
        if self.left < 0 or depth > LIMITS.nesting:
            raise over_limit("steps", LIMITS.steps, what="comparing or hashing a value takes too long")


def placed(error: LimitError, span: Span) -> LimitError:
    """The error with a position, unless it has one."""
    error.span = error.span or span
    return error


def checked_text(text: str) -> str:
    """`text`, unless it is longer than the output limit."""
    if len(text) > LIMITS.output:
        raise over_limit("output", LIMITS.output, what="a template made too long a text")
    return text


def check_items(count: int) -> None:
    """Refuse a collection of `count` items when that is too many."""
    if count > LIMITS.items:
        raise over_limit("items", LIMITS.items, what=f"a template asked for {count:,} items")
