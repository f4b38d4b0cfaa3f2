"""What a check is, and what it says: rules, findings, fixes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ringback.core.diagnostics import Diagnostic, Severity
from ringback.core.span import Span

DocumentKind = Literal["data action", "flow", "world"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""From the worst to the mildest."""


@dataclass(frozen=True, slots=True)
class Edit:
    """`[start, end)` of the document's text becomes `text`; offsets count characters."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that keeps the meaning for harmless values.

    Attributes:
        about: what it does, one clause in the imperative.
        edits: the changes, which do not overlap.
    """

    about: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a document breaks a rule, as a check reports it.

    Attributes:
        span: where.
        message: what is wrong, one sentence without a full stop.
        hint: what to do about it.
        fix: the change that `--fix` makes, if there is a safe one.
        severity: instead of the rule's own.
    """

    span: Span
    message: str
    hint: str = ""
    fix: Fix | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One check.

    Attributes:
        code: `RB1xx` for data actions, `RB3xx` for flows and worlds.
        name: short name in lower case with hyphens.
        severity: of its findings, unless a finding says another.
        summary: what it finds, one sentence.
        check: finds it in a subject; None when loading the document finds it.
        fixable: whether some of its findings have a fix.
        kind: the documents that it reads.
    """

    code: str
    name: str
    severity: Severity
    summary: str
    check: Callable[[Any], Iterable[Finding]] | None = None
    fixable: bool = False
    kind: DocumentKind = "data action"

    @property
    def page(self) -> str:
        """Its page in the documentation."""
        return f"docs/checks/{self.code}.md"


@dataclass(frozen=True, slots=True)
class Report:
    """A finding with its rule."""

    rule: Rule
    finding: Finding

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.finding.severity or self.rule.severity

    @property
    def order(self) -> tuple[int, int, str, str]:
        """Findings stand in the order of their places."""
        span = self.finding.span
        return span.line, span.column, self.rule.code, self.finding.message

    def diagnostic(self, text: str) -> Diagnostic:
        """The finding as the diagnostics interface has it; `text` is its document."""
        found, span = self.finding, self.finding.span
        fix = None if found.fix is None else fix_to_dict(found.fix, text)
        return Diagnostic(
            self.rule.code,
            self.severity,
            found.message,
            span.file,
            span.line,
            span.column,
            found.hint,
            fix,
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """The result for one document.

    Attributes:
        file: its name.
        text: its text.
        kind: what it is; None when it is nothing that has rules.
        reports: the findings in the order of their places.
    """

    file: str
    text: str
    kind: DocumentKind | None
    reports: tuple[Report, ...] = ()


def fix_to_dict(fix: Fix, text: str) -> dict[str, Any]:
    """A fix as JSON: `{"about", "edits": [{"line", "column", "end_line", "end_column", "text"}]}`."""
    edits = []
    for edit in fix.edits:
        line, column = line_and_column(text, edit.start)
        end_line, end_column = line_and_column(text, edit.end)
        edits.append(
            {
                "line": line,
                "column": column,
                "end_line": end_line,
                "end_column": end_column,
                "text": edit.text,
            }
        )
    return {"about": fix.about, "edits": edits}


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The 1-based line and column of an offset."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def at_least(severity: Severity, threshold: Severity) -> bool:
    """Whether a severity is as bad as a threshold or worse."""
    return SEVERITIES.index(severity) <= SEVERITIES.index(threshold)


def counts(checked: Sequence[Checked]) -> dict[Severity, int]:
    """How many findings there are of each severity."""
    found = [report.severity for document in checked for report in document.reports]
    return {severity: found.count(severity) for severity in SEVERITIES}
