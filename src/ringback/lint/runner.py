"""Running the checks over documents given as texts: each alone, or all of a project together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ringback.dataactions.model import DataAction
from ringback.lint.documents import Loaded, load, place_of
from ringback.lint.flows.project import Project, project_of
from ringback.lint.flows.subject import FlowSubject
from ringback.lint.model import Checked, Finding, Report
from ringback.lint.registry import RULES
from ringback.lint.subject import Subject


def lint(
    text: str,
    *,
    file: str,
    codes: Collection[str] | None = None,
    project: Project | None = None,
    substitutions: Mapping[str, str] | None = None,
) -> Checked:
    """What the checks say about a document.

    Args:
        text: the document.
        file: its name; its ending tells Terraform and YAML from JSON.
        codes: the rules to use; all when None.
        project: what stands beside a flow; nothing when None.
        substitutions: values for the `{{names}}` of Archy YAML.

    Raises:
        UsageError: a Terraform file with data actions, and no Terraform parser is installed.
    """
    loaded = load(text, file=file, substitutions=substitutions)
    return _checked(loaded, text, file=file, codes=codes, project=project or Project())


def lint_all(
    documents: Sequence[tuple[str, str]],
    *,
    codes: Collection[str] | None = None,
    max_silence_ms: int | None = None,
    substitutions: Mapping[str, str] | None = None,
) -> list[Checked]:
    """What the checks say about documents that belong together, as (file, text) in their order.

    Args:
        documents: their names and texts.
        codes: the rules to use; all when None.
        max_silence_ms: how long a caller may hear nothing; None for no limit.
        substitutions: values for the `{{names}}` of Archy YAML.

    Raises:
        UsageError: a Terraform file with data actions, and no Terraform parser is installed.
    """
    loaded = [load(text, file=file, substitutions=substitutions) for file, text in documents]
    project = _project(loaded, max_silence_ms=max_silence_ms)
    return [
        _checked(each, text, file=file, codes=codes, project=project)
        for each, (file, text) in zip(loaded, documents, strict=True)
    ]


def project(documents: Iterable[tuple[str, str]], *, max_silence_ms: int | None = None) -> Project:
    """What flows among these documents can know of each other."""
    return _project([load(text, file=file) for file, text in documents], max_silence_ms=max_silence_ms)


def _project(loaded: Sequence[Loaded], *, max_silence_ms: int | None) -> Project:
    actions = (_with_timeout(subject) for each in loaded for subject in each.subjects)
    worlds = (each.world for each in loaded if each.world is not None)
    return project_of(actions, worlds, max_silence_ms=max_silence_ms)


def _with_timeout(subject: Subject) -> DataAction:
    """The data action with the timeout that its document says, which a check of its own looks at."""
    written = subject.timeout_written
    is_number = isinstance(written, int | float) and not isinstance(written, bool)
    return replace(subject.action, timeout=float(written)) if is_number else subject.action


def _checked(
    loaded: Loaded, text: str, *, file: str, codes: Collection[str] | None, project: Project
) -> Checked:
    wanted = RULES if codes is None else codes
    found = list(_reports(loaded, text, file=file, project=project, wanted=wanted))
    unique = tuple(sorted(dict.fromkeys(found), key=lambda report: report.order))
    return Checked(file, text, loaded.kind, unique)


def _reports(
    loaded: Loaded, text: str, *, file: str, project: Project, wanted: Collection[str]
) -> Iterator[Report]:
    for problem in loaded.problems:
        place = place_of(problem.error, file=file)
        finding = Finding(place, problem.error.message, problem.error.hint, severity=problem.severity)
        if problem.code in wanted:
            yield Report(RULES[problem.code], finding)
    flow = () if loaded.flow is None else (FlowSubject(loaded.flow, text, project=project),)
    for subject in (*loaded.subjects, *flow):
        for rule in RULES.values():
            if rule.check is not None and rule.kind == loaded.kind and rule.code in wanted:
                yield from (Report(rule, finding) for finding in rule.check(subject))
