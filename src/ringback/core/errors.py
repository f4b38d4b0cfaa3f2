"""The exceptions of ringback.

    RingbackError
    ├─ DefinitionError   the author must act: a place and a hint; exit 1
    ├─ UsageError        the caller must act: bad option, missing file; exit 2
    ├─ RemoteError       the cloud or an upstream host refused; exit 3
    └─ InternalError     our bug; exit 70

What goes wrong inside a user's flow while it runs is an event of the trace, not an exception.
"""

from __future__ import annotations

from typing import ClassVar

from ringback.core.span import Span


class RingbackError(Exception):
    """Base of every error that ringback raises on purpose.

    Attributes:
        message: what is wrong, one sentence, without the place.
        hint: the next step for the reader; may be empty.
        exit_code: what the command line exits with.
    """

    exit_code: ClassVar[int] = 70

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class DefinitionError(RingbackError):
    """A document, expression, template or path is wrong; its author must act.

    Attributes:
        span: where it is wrong; None only when a whole document is meant.
        code: short stable code of the rule that was broken, e.g. "RB001"; may be empty.
    """

    exit_code = 1

    def __init__(self, message: str, *, span: Span | None = None, hint: str = "", code: str = "") -> None:
        super().__init__(message, hint=hint)
        self.span = span
        self.code = code

    def __str__(self) -> str:
        """The message, its place, the line with a caret, and the hint."""
        parts = [f"{self.span.where}: {self.message}" if self.span else self.message]
        if self.span and (caret := self.span.caret()):
            parts += [f"    {line}" for line in caret.splitlines()]
        if self.hint:
            parts.append(f"  hint: {self.hint}")
        return "\n".join(parts)


class LimitError(DefinitionError):
    """A named limit was hit; `limit` is its name in `docs/limits.md`."""

    def __init__(self, message: str, *, limit: str, span: Span | None = None, hint: str = "") -> None:
        super().__init__(message, span=span, hint=hint, code=f"limit:{limit}")
        self.limit = limit


class UsageError(RingbackError):
    """The caller used ringback wrongly: an unknown option value, a missing file, a missing name."""

    exit_code = 2


class RemoteError(RingbackError):
    """A remote host refused or could not be reached; secrets are already removed from the message."""

    exit_code = 3


class InternalError(RingbackError):
    """An assumption of ringback itself broke: a bug that we want to hear about."""
