"""Every rule has a page, a document that breaks it and one that does not; messages are goldens.

RINGBACK_GOLDENS=write rewrites `testdata/findings.txt`.
"""

from __future__ import annotations

import os
import re

import pytest

from ringback.core.errors import UsageError
from ringback.lint import RULES, chosen
from ringback.lint.reporters import to_text
from tests.lint.cases import CODES, PAGES, TESTDATA, file_of, of_fixture

GOLDENS = TESTDATA / "findings.txt"
SECTIONS = ("## What", "## Why", "## Wrong", "## Right", "## How to fix")


def said(code: str) -> str:
    return to_text([of_fixture(code, "bad", {code})])


@pytest.mark.parametrize("code", CODES)
def test_the_bad_document_breaks_the_rule(code: str) -> None:
    assert said(code), f"{file_of(code, 'bad')} does not break {code}"


@pytest.mark.parametrize("code", CODES)
def test_the_good_document_breaks_no_rule(code: str) -> None:
    found = of_fixture(code, "good").reports
    assert [report for report in found if report.severity != "info"] == []
    assert code not in {report.rule.code for report in found}


@pytest.mark.parametrize("code", CODES)
def test_every_rule_has_a_page_that_says_what_why_and_how(code: str) -> None:
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {code} {RULES[code].name}\n")
    assert [text.index(section) for section in SECTIONS] == sorted(
        text.index(section) for section in SECTIONS
    )


def test_the_index_lists_every_rule_and_there_are_no_other_pages() -> None:
    index = (PAGES / "index.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[(RB\d+)\]", index, re.MULTILINE) == CODES
    assert {page.stem for page in PAGES.glob("RB*.md")} == set(CODES)


def test_messages_are_as_recorded() -> None:
    text = "\n\n".join(f"=== {code}\n{said(code)}" for code in CODES) + "\n"
    if os.environ.get("RINGBACK_GOLDENS") == "write":
        GOLDENS.write_text(text, encoding="utf-8")
    assert text == GOLDENS.read_text(encoding="utf-8")


@pytest.mark.parametrize("code", CODES)
def test_findings_have_hints_and_stand_in_the_order_of_their_places(code: str) -> None:
    checked = of_fixture(code, "bad")
    places = [(report.finding.span.line, report.finding.span.column) for report in checked.reports]
    assert places == sorted(places)
    assert all(report.finding.hint for report in checked.reports)
    lines = checked.text.split("\n")
    assert all(report.finding.span.text == lines[report.finding.span.line - 1] for report in checked.reports)


@pytest.mark.parametrize(
    ("select", "ignore", "codes"),
    [
        ((), (), set(CODES)),
        (("RB113",), (), {"RB113"}),
        (("rb113,RB114",), (), {"RB113", "RB114"}),
        (("RB14",), ("RB144",), {code for code in CODES if code.startswith("RB14")} - {"RB144"}),
    ],
)
def test_rules_are_chosen_by_the_beginning_of_their_code(
    select: tuple[str, ...], ignore: tuple[str, ...], codes: set[str]
) -> None:
    assert chosen(select, ignore) == codes


def test_a_prefix_that_no_rule_has_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no check has a code that begins with 'RB9'"):
        chosen(("RB9",))
