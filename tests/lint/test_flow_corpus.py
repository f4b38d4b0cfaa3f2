"""The public flows: every one is read, known mistakes are found, and rules do not cry wolf."""

from __future__ import annotations

import time
from collections import Counter
from functools import cache

import pytest

from ringback.lint import Checked, lint_all
from tests.corpus import CORPUS, needs_corpus

pytestmark = needs_corpus


def documents() -> list[tuple[str, str]]:
    paths = [*sorted((CORPUS / "flows").glob("*.yaml")), *sorted((CORPUS / "flow-exports").glob("*.i3*"))]
    return [(path.name, path.read_bytes().decode()) for path in paths]


@cache
def results() -> dict[str, Checked]:
    return {checked.file: checked for checked in lint_all(documents())}


def test_every_flow_is_read_and_quickly() -> None:
    start = time.perf_counter()
    found = results()
    assert time.perf_counter() - start < 15
    assert {checked.kind for checked in found.values()} == {"flow"}
    assert len(found) == 161


# Each was looked at: the flow does what the finding says.
KNOWN = [
    ("BFSI_ChatGPT_-_IVR-BOT", "RB330"),  # speaks the answer of a data action that failed
    ("DudeWheresMyStuffChat_v12-0", "RB340"),  # a task from an earlier version
    ("cicd-sample-inbound-call-flow", "RB321"),  # two ratings that nothing sets
    ("EmailComprehendFlow.yaml", "RB320"),  # State.ErrorCode
    ("Orbit-Parked_Call_Retrieval.yaml", "RB312"),  # the first conversation of a list that may be empty
    ("Orbit-Parked_Call_Retrieval.yaml", "RB370"),
    ("xperience2025_workflow", "RB371"),
    ("HRIS-Update-Time", "RB311"),
    ("Switch_from_Voice_Channel_with_Context.yaml", "RB321"),
]


@pytest.mark.parametrize(("part", "code"), KNOWN)
def test_known_mistakes_are_found(part: str, code: str) -> None:
    reports = [report for file, checked in results().items() if part in file for report in checked.reports]
    assert code in {report.rule.code for report in reports}


def test_these_were_published_so_errors_are_none() -> None:
    errors = [
        (file, report.rule.code, report.finding.message)
        for file, checked in results().items()
        for report in checked.reports
        if report.severity == "error"
    ]
    assert errors == []


def test_warnings_are_rare() -> None:
    """Of 161 flows. Notes are advice and may be more."""
    count = Counter(
        (report.rule.code, report.severity) for checked in results().values() for report in checked.reports
    )
    warnings = {code: number for (code, severity), number in count.items() if severity == "warning"}
    assert sum(warnings.values()) < 161
    assert max(warnings.values()) < 40
