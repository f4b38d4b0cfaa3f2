"""What is wrong with the text of an expression: the design-time errors of Architect.

Codes: RB201 the text cannot be read, RB202 unknown function, RB203 unknown variable, RB204 operands fit no
overload, RB205 a literal is out of range, RB206 a literal divisor is zero, RB207 an operand must be a
literal, RB208 unknown property, RB209 a bare NOT_SET has no type, RB210 the result does not fit the target,
RB211 AudioPlaybackOptions is not the outermost call.
"""

from __future__ import annotations

from ringback.core.errors import DefinitionError
from ringback.core.span import Span


class ExpressionError(DefinitionError):
    """An expression that Architect would not let its author save.

    Attributes:
        expected: what could have stood at the place, in words; empty when that is not the trouble.
    """

    def __init__(
        self,
        message: str,
        *,
        span: Span | None = None,
        hint: str = "",
        code: str = "RB201",
        expected: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message, span=span, hint=hint, code=code)
        self.expected = expected


def listed(words: tuple[str, ...] | list[str], *, last: str = "or") -> str:
    """The words as an English list.

    >>> listed(("a", "b", "c"))
    'a, b or c'
    """
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)
