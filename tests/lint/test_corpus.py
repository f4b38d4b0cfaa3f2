"""The public data actions: every one is read, known mistakes are found, and rules do not cry wolf."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from ringback.lint import Report, fix, lint
from tests.corpus import CORPUS, needs_corpus

pytestmark = needs_corpus

FOLDER = CORPUS / "data-actions"


@cache
def reports() -> dict[str, tuple[Report, ...]]:
    found = {}
    for path in sorted(FOLDER.glob("*.json")):
        checked = lint(path.read_bytes().decode(), file=path.name)
        assert checked.kind == "data action", path.name
        found[path.stem] = checked.reports
    return found


def codes(part: str) -> set[str]:
    """The codes that are found in the one action whose file name holds a part."""
    (name,) = (name for name in reports() if part in name)
    return {report.rule.code for report in reports()[name]}


# What the reference says is wrong in public actions, and where.
KNOWN = [
    ("data-action-module__Get-User-ID-by-Email", "RB116"),  # a body that is no JSON
    ("hubspot-ticketing-sample__Create-workitem-action", "RB116"),
    ("Replace-Participant-with-ANI-CX", "RB107"),  # a success template without its $
    ("Update-External-Tag-on-Conversation-CX", "RB126"),
    ("provider-genesyscloud__Example-Action", "RB112"),  # a required input that no template uses
    ("Get-Queue-Metrics-oWaiting-And-oInteracting", "RB112"),
    ("Limitless-Get-Contact-By-Phone", "RB115"),  # unescaped in a query
    ("workautomation-hubspot-ticketing-sample__New-WorkItem", "RB113"),  # unescaped inside JSON
    ("cx-as-code-cicd-gitactions-blueprint-main__Get-Estimated-Wait-Time", "RB107"),
    ("SendAgentlessOutboundMessage", "RB102"),  # $$.id
    ("negative-sentiment-callback__Update-External-Tag-JVM", "RB110"),  # ${INPUT.x}
    ("Get-Last-Agents-by-Conversation-ID", "RB126"),  # a surplus brace
    ("Purple-Network__Genesys-Cloud-data-actions__Get-Chat-Recording-Transcript", "RB126"),
    ("gc-presence-update-from-ms-teams__Get-Genesys-Cloud-User-Presence", "RB123"),  # Not Found
    ("data-action-module__Insert-Data-Table-Row", "RB108"),
    ("Agents-Logged-Into-Queue", "RB125"),
    ("callback-prioritization__Get-Callback-Priority", "RB119"),
    ("microsoft-teams-blueprint__Office-365-Auth", "RB148"),
    ("Update-IVR-Cache-Entry", "RB141"),
]


@pytest.mark.parametrize(("part", "code"), KNOWN)
def test_known_mistakes_are_found(part: str, code: str) -> None:
    assert code in codes(part)


def test_errors_are_rare() -> None:
    """Each of these was looked at: it fails on the platform, or prints what nobody meant."""
    every = [report for found in reports().values() for report in found]
    number = Counter(report.rule.code for report in every if report.severity == "error")
    assert number == {
        "RB102": 1,
        "RB103": 2,
        "RB107": 3,
        "RB116": 2,
        "RB123": 7,
        "RB126": 4,
        "RB128": 1,
    }


def test_most_actions_have_no_errors_or_warnings_but_escapes() -> None:
    escapes = {"RB113", "RB114", "RB115"}
    clean = [
        name
        for name, found in reports().items()
        if not any(report.severity != "info" and report.rule.code not in escapes for report in found)
    ]
    assert len(clean) >= 0.6 * len(reports())


@pytest.mark.parametrize(
    "path", sorted(FOLDER.glob("*.tf")) if FOLDER.is_dir() else [], ids=lambda path: path.stem
)
def test_terraform_originals_are_read(path: Path) -> None:
    pytest.importorskip("hcl2")
    checked = lint(path.read_bytes().decode(), file=path.name)
    assert checked.kind == "data action"
    assert all(report.rule.code != "RB101" for report in checked.reports)


def test_fixing_twice_is_fixing_once() -> None:
    for path in sorted(FOLDER.glob("*.json")):
        once, _ = fix(path.read_bytes().decode(), file=path.name)
        assert fix(once, file=path.name) == (once, 0)
