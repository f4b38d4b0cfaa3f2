"""Applying safe fixes: only the characters that must change, and nothing on a second run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ringback.lint.flows.project import Project
from ringback.lint.model import Checked, Edit, Fix
from ringback.lint.runner import lint

_MOST_ROUNDS = 10


def fix(
    text: str,
    *,
    file: str,
    codes: Collection[str] | None = None,
    project: Project | None = None,
    substitutions: Mapping[str, str] | None = None,
) -> tuple[str, int]:
    """The fixed document and how many fixes were made.

    Fixes that overlap with an earlier one wait for the next round.
    """
    made = 0
    for _ in range(_MOST_ROUNDS):
        found = lint(text, file=file, codes=codes, project=project, substitutions=substitutions)
        fixes = fixes_of(found)
        text, count = apply(text, fixes)
        made += count
        if count == 0:
            break
    return text, made


def fixes_of(checked: Checked) -> tuple[Fix, ...]:
    """The fixes of the findings, in their order."""
    return tuple(report.finding.fix for report in checked.reports if report.finding.fix is not None)


def apply(text: str, fixes: Iterable[Fix]) -> tuple[str, int]:
    """The text with those fixes that do not touch an earlier one, and their number."""
    taken: list[Edit] = []
    count = 0
    for each in fixes:
        if any(_touch(edit, other) for edit in each.edits for other in taken):
            continue
        taken += each.edits
        count += 1
    for edit in sorted(taken, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text, count


def _touch(edit: Edit, other: Edit) -> bool:
    return edit.start == other.start or (edit.start < other.end and other.start < edit.end)
