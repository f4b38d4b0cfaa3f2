"""What a check or a loader has to say about a document without stopping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ringback.core.errors import DefinitionError
from ringback.core.span import Span

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding; its JSON form is that of `ringback lint --output-format json`."""

    code: str
    severity: Severity
    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    hint: str = ""
    fix: dict[str, Any] | None = None

    @classmethod
    def at(
        cls, code: str, severity: Severity, message: str, span: Span | None, *, hint: str = ""
    ) -> Diagnostic:
        """A finding at a span (file, line and column 0 mean: the whole document or none)."""
        if span is None:
            return cls(code, severity, message, hint=hint)
        return cls(code, severity, message, span.file, span.line, span.column, hint)

    @classmethod
    def of(cls, error: DefinitionError, *, severity: Severity = "error") -> Diagnostic:
        """The finding that says what an exception says."""
        return cls.at(error.code or "RB000", severity, error.message, error.span, hint=error.hint)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the diagnostics interface."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "hint": self.hint,
            "fix": self.fix,
        }

    def __str__(self) -> str:
        """`file:line:column: severity code message`, and the hint on a line of its own."""
        place = f"{self.file}:{self.line}:{self.column}: " if self.file else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{place}{self.severity} {self.code}: {self.message}{hint}"
