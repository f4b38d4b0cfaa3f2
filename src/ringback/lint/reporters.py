"""Findings as JSON, SARIF 2.1.0, GitHub annotations and text. Each takes results and gives one text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ringback.core.diagnostics import Severity
from ringback.lint.model import Checked, Report, counts, fix_to_dict
from ringback.lint.registry import RULES

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
INFORMATION = "https://github.com/ringback/ringback"

_WIDTH = 94  # of a source line in the text form, so that it fits a terminal of 100 columns
_LEVELS: Mapping[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
_COMMANDS: Mapping[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}

Style = Callable[[str, str], str]
"""Colours a text by the name of its part: a severity, "code", "place", "dim"."""


def plain(text: str, part: str) -> str:  # noqa: ARG001 - the signature of a style
    """No colours."""
    return text


def to_json(checked: Sequence[Checked]) -> str:
    """The diagnostics interface: one list over all documents."""
    found = [report.diagnostic(document.text).to_dict() for document, report in _all(checked)]
    return json.dumps(found, indent=2, ensure_ascii=False)


def to_github(checked: Sequence[Checked]) -> str:
    """Workflow commands that GitHub shows beside the changed lines."""
    return "\n".join(_command(report) for _, report in _all(checked))


def _command(report: Report) -> str:
    found = report.finding
    properties = {
        "file": found.span.file,
        "line": str(found.span.line),
        "col": str(found.span.column),
        "title": f"{report.rule.code} {report.rule.name}",
    }
    settings = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = f"{found.message}\nhint: {found.hint}" if found.hint else found.message
    return f"::{_COMMANDS[report.severity]} {settings}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def to_sarif(checked: Sequence[Checked]) -> str:
    """A SARIF 2.1.0 log with the rules, the findings and their fixes."""
    used = sorted({report.rule.code for _, report in _all(checked)})
    driver = {
        "name": "ringback lint",
        "informationUri": INFORMATION,
        "rules": [_sarif_rule(code) for code in used],
    }
    results = [_sarif_result(document, report, used=used) for document, report in _all(checked)]
    # Columns count Unicode code points here, where SARIF's default would be UTF-16 code units.
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps(
        {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False
    )


def _sarif_rule(code: str) -> dict[str, Any]:
    rule = RULES[code]
    return {
        "id": code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "helpUri": f"{INFORMATION}/blob/main/{rule.page}",
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _sarif_result(document: Checked, report: Report, *, used: Sequence[str]) -> dict[str, Any]:
    found, span = report.finding, report.finding.span
    artifact = {"uri": _uri(span.file)}
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.line,
        "endColumn": span.column + span.length,
    }
    message = f"{found.message}. Hint: {found.hint}" if found.hint else found.message
    result: dict[str, Any] = {
        "ruleId": report.rule.code,
        "ruleIndex": used.index(report.rule.code),
        "level": _LEVELS[report.severity],
        "message": {"text": message},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
    }
    if found.fix is not None:
        replacements = [_replacement(edit) for edit in fix_to_dict(found.fix, document.text)["edits"]]
        change = {"artifactLocation": artifact, "replacements": replacements}
        result["fixes"] = [{"description": {"text": found.fix.about}, "artifactChanges": [change]}]
    return result


def _replacement(edit: Mapping[str, Any]) -> dict[str, Any]:
    region = {
        "startLine": edit["line"],
        "startColumn": edit["column"],
        "endLine": edit["end_line"],
        "endColumn": edit["end_column"],
    }
    return {"deletedRegion": region, "insertedContent": {"text": edit["text"]}}


def _uri(file: str) -> str:
    return file.replace("\\", "/").replace("%", "%25").replace(" ", "%20")


def to_text(checked: Sequence[Checked], style: Style = plain) -> str:
    """Each finding with its line and a hint, its line cut to 100 columns; no summary."""
    return "\n\n".join(_finding_text(report, style) for _, report in _all(checked))


def _finding_text(report: Report, style: Style) -> str:
    found = report.finding
    severity = style(report.severity, report.severity)
    code = style(report.rule.code, "code")
    lines = [f"{style(found.span.where, 'place')}: {severity} {code}: {found.message}"]
    caret = found.span.caret(_WIDTH)
    if caret:
        line, under = caret.split("\n")
        lines += [f"    {style(line.rstrip(), 'source')}", f"    {style(under, report.severity)}"]
    if found.hint:
        fixable = " (--fix does it)" if found.fix is not None else ""
        lines.append(f"  hint: {found.hint}{style(fixable, 'dim')}")
    return "\n".join(lines)


def summary(checked: Sequence[Checked], *, fixed: int = 0) -> str:
    """One line: what was found in how many documents, and what was passed over."""
    documents = [document for document in checked if document.kind is not None]
    skipped = len(checked) - len(documents)
    number = counts(checked)
    found = ", ".join(_many(number[each], _WORDS[each]) for each in number if number[each])
    parts = [f"{_many(len(documents), 'document')} checked: {found or 'no findings'}"]
    fixable = sum(report.finding.fix is not None for _, report in _all(checked))
    parts += [f"{_many(fixed, 'finding')} fixed"] if fixed else []
    parts += [f"--fix can repair {fixable}"] if fixable else []
    parts += [f"{_many(skipped, 'other file')} skipped"] if skipped else []
    return "; ".join(parts)


_WORDS: Mapping[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _all(checked: Sequence[Checked]) -> Iterator[tuple[Checked, Report]]:
    for document in checked:
        for report in document.reports:
            yield document, report


REPORTERS: Mapping[str, Callable[[Sequence[Checked]], str]] = {
    "text": to_text,
    "json": to_json,
    "sarif": to_sarif,
    "github": to_github,
}
"""The forms of `--output-format`."""
