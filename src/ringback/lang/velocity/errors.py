"""What can go wrong with a template, in the words of the Java engine where users may have met them."""

from __future__ import annotations

from ringback.core.errors import DefinitionError
from ringback.core.span import Span


class TemplateSyntaxError(DefinitionError):
    """The template text is not a Velocity template.

    Attributes:
        kind: the exception that the Java engine throws: "ParseErrorException" or "TemplateInitException".
    """

    def __init__(
        self, message: str, *, span: Span | None = None, hint: str = "", kind: str = "ParseErrorException"
    ) -> None:
        super().__init__(message, span=span, hint=hint, code="velocity:syntax")
        self.kind = kind


class RenderError(DefinitionError):
    """Rendering stopped: a method threw, or a variable was not set in strict mode.

    Attributes:
        kind: the exception that the Java engine throws, e.g. "MethodInvocationException",
            "VelocityException", "MacroOverflowException".
        cause: simple name of the Java exception beneath it, e.g. "IndexOutOfBoundsException"; may be empty.
    """

    def __init__(
        self, message: str, *, span: Span | None = None, kind: str = "VelocityException", cause: str = ""
    ) -> None:
        super().__init__(message, span=span, code="velocity:render")
        self.kind = kind
        self.cause = cause


class MethodFailed(Exception):  # noqa: N818 - a signal between a method table and its caller, never shown
    """A Java method threw; the caller adds the position and the wording.

    Attributes:
        cause: simple name of the Java exception.
        detail: its message.
    """

    def __init__(self, cause: str, detail: str) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail
