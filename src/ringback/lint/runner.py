"""Running the checks over one document given as text."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ringback.lint.documents import Loaded, load, place_of
from ringback.lint.model import Checked, Finding, Report
from ringback.lint.registry import RULES


def lint(text: str, *, file: str, codes: Collection[str] | None = None) -> Checked:
    """What the checks say about a document.

    Args:
        text: the document.
        file: its name; its ending tells Terraform from JSON.
        codes: the rules to use; all when None.

    Raises:
        UsageError: a Terraform file with data actions, and no Terraform parser is installed.
    """
    loaded = load(text, file=file)
    wanted = RULES if codes is None else codes
    found = [report for report in _reports(loaded, file) if report.rule.code in wanted]
    return Checked(
        file, text, loaded.kind, tuple(sorted(dict.fromkeys(found), key=lambda report: report.order))
    )


def _reports(loaded: Loaded, file: str) -> Iterator[Report]:
    for problem in loaded.problems:
        finding = Finding(place_of(problem.error, file=file), problem.error.message, problem.error.hint)
        yield Report(RULES[problem.code], finding)
    for subject in loaded.subjects:
        for rule in RULES.values():
            if rule.check is not None and rule.kind == loaded.kind:
                yield from (Report(rule, finding) for finding in rule.check(subject))
