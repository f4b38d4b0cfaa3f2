"""The forms of the result: each says the same findings, and tools can read them."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.core.span import Span
from ringback.lint import RULES, Finding, Report, lint
from ringback.lint.model import Checked, Edit, Fix, counts
from ringback.lint.reporters import REPORTERS, summary, to_github, to_json, to_sarif, to_text
from tests.lint.cases import CODES, of_fixture, text_of

WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\n\r"), min_size=1, max_size=40)


@st.composite
def results(draw: st.DrawFn) -> list[Checked]:
    """Results with any messages: nothing that a document says may break a form."""
    found = []
    for file in draw(st.lists(WORDS, max_size=3, unique=True)):
        text = draw(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60))
        reports = []
        for code in draw(st.lists(st.sampled_from(CODES), max_size=4)):
            at = draw(st.integers(0, len(text)))
            fix = Fix("change it", (Edit(at, at, "x"),)) if draw(st.booleans()) else None
            finding = Finding(Span.at(text, at, file=file), draw(WORDS), draw(st.just("") | WORDS), fix)
            reports.append(Report(RULES[code], finding))
        found.append(Checked(file, text, "data action", tuple(reports)))
    return found


def number_of(checked: list[Checked]) -> int:
    return sum(len(document.reports) for document in checked)


@given(checked=results())
def test_json_holds_each_finding_in_the_form_of_the_interface(checked: list[Checked]) -> None:
    found = json.loads(to_json(checked))
    assert len(found) == number_of(checked)
    for entry in found:
        assert list(entry) == ["code", "severity", "message", "file", "line", "column", "hint", "fix"]
        assert entry["line"] >= 1
        assert entry["column"] >= 1


# The part of the SARIF 2.1.0 schema that code scanning reads.
REGION: dict[str, Any] = {
    "type": "object",
    "required": ["startLine", "startColumn", "endLine", "endColumn"],
    "additionalProperties": False,
    "properties": {
        name: {"type": "integer", "minimum": 1}
        for name in ("startLine", "startColumn", "endLine", "endColumn")
    },
}
RESULT: dict[str, Any] = {
    "type": "object",
    "required": ["ruleId", "ruleIndex", "level", "message", "locations"],
    "properties": {
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": {"type": "object", "required": ["text"]},
        "locations": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["physicalLocation"],
                "properties": {
                    "physicalLocation": {
                        "required": ["artifactLocation", "region"],
                        "properties": {"region": REGION},
                    }
                },
            },
        },
        "fixes": {"type": "array", "items": {"type": "object", "required": ["artifactChanges"]}},
    },
}
SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "required": ["tool", "results"],
                "properties": {"results": {"type": "array", "items": RESULT}},
            },
        },
    },
}


@given(checked=results())
def test_sarif_is_valid_and_complete(checked: list[Checked]) -> None:
    log = json.loads(to_sarif(checked))
    jsonschema_rs.validate(SARIF, log)
    (run,) = log["runs"]
    assert len(run["results"]) == number_of(checked)
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


@given(checked=results())
def test_github_has_one_line_for_each_finding(checked: list[Checked]) -> None:
    text = to_github(checked)
    lines = text.split("\n") if text else []
    assert len(lines) == number_of(checked)
    pattern = re.compile(
        r"::(?:error|warning|notice) file=[^,:]*,line=\d+,col=\d+,title=RB\d+ [a-z-]+::.+", re.DOTALL
    )
    assert all(pattern.fullmatch(line) for line in lines)


@given(checked=results())
def test_text_names_each_finding(checked: list[Checked]) -> None:
    text = to_text(checked)
    for document in checked:
        for report in document.reports:
            assert f"{report.finding.span.where}: {report.severity} {report.rule.code}: " in text


@given(checked=results())
def test_the_summary_counts_everything(checked: list[Checked]) -> None:
    number = counts(checked)
    line = summary(checked)
    for severity, word in (("error", "error"), ("warning", "warning"), ("info", "note")):
        assert (f"{number[severity]} {word}" in line) == bool(number[severity])


@pytest.mark.parametrize("form", sorted(REPORTERS))
def test_no_findings(form: str) -> None:
    empty = {"text": "", "github": "", "json": "[]"}
    text = REPORTERS[form]([Checked("a.json", "{}", "data action")])
    assert text == empty[form] if form in empty else json.loads(text)["runs"][0]["results"] == []


@pytest.mark.parametrize("code", [code for code in CODES if RULES[code].fixable])
def test_fixes_point_at_what_they_replace(code: str) -> None:
    checked = of_fixture(code, "bad", {code})
    entries = json.loads(to_json([checked]))
    assert any(entry["fix"] for entry in entries)
    lines = checked.text.split("\n")
    for edit in (edit for entry in entries if entry["fix"] for edit in entry["fix"]["edits"]):
        assert edit["line"] == edit["end_line"]
        assert edit["column"] <= edit["end_column"] <= len(lines[edit["line"] - 1]) + 1


def test_a_finding_as_text() -> None:
    checked = lint(text_of("RB107", "bad"), file="a.json", codes={"RB107"})
    message = (
        "error RB107: the success template prints {rawResult} as it is: the $ before the brace is missing"
    )
    assert to_text([checked]).split("\n\n")[1].split("\n") == [
        f"a.json:21:27: {message}",
        '          "successTemplate": "{rawResult}"',
        "                              ^^^^^^^^^^^",
        "  hint: write ${rawResult} (--fix does it)",
    ]
    assert summary([checked, Checked("b", "", None)], fixed=2) == (
        "1 document checked: 2 errors; 2 findings fixed; --fix can repair 2; 1 other file skipped"
    )
