"""Every rule of limits and errors has a scenario: `rules.yaml` says which, and each of them exists."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ringback.documents import read_yaml
from tests.engine.driving import cases_of

_HERE = Path(__file__).parent
_ACTIONS = _HERE.parent / "flows" / "actions" / "testdata"
# The platform's handling types outside calls and bots, by the enum of its configuration (architect-behaviour
# B.8) -> the rule that holds us to it. No public flow has `continue`, so nothing is claimed about it.
_HANDLINGS = {
    "abortSend": "abort send",
    "completeSend": "complete send",
    "disconnect": "disconnect",
    "endFlow": "end flow",
    "endInQueueState": "end the state of an in-queue flow",
    "endWorkflow": "end workflow",
    "queue": "queue",
    "state": "change state",
}


def _rules() -> Mapping[str, Mapping[str, Mapping[str, list[str]]]]:
    document: Any = read_yaml((_HERE / "rules.yaml").read_text(encoding="utf-8"), file="rules.yaml").plain()
    return document


_ALL = [
    pytest.param(group, rule, where, id=f"{group}-{rule}")
    for group, rules in _rules().items()
    for rule, where in rules.items()
]


@cache
def _names(file: str) -> set[str]:
    """The cases of a file of scenarios."""
    folder, _, name = file.rpartition("/")
    return {case.name for case in cases_of((_ACTIONS if folder else _HERE / "testdata") / f"{name}.yaml")}


@pytest.mark.parametrize(("group", "rule", "where"), _ALL)
def test_every_rule_has_its_scenarios(group: str, rule: str, where: Mapping[str, list[str]]) -> None:
    assert where, f"{group}: {rule}: no scenario"
    for file, cases in where.items():
        assert cases, f"{group}: {rule}: no case of {file}"
        assert set(cases) - _names(file) == set(), f"{group}: {rule}"


def test_every_scenario_of_limits_and_errors_belongs_to_a_rule() -> None:
    named: dict[str, set[str]] = {}
    for rules in _rules().values():
        for where in rules.values():
            for file, cases in where.items():
                named.setdefault(file, set()).update(cases)
    no_rule = {"errors": {"not-set-matches-no-case"}}  # beside the errors: what is none
    for file in ("limits", "errors", "handlings"):
        assert _names(file) - named[file] - no_rule.get(file, set()) == set()


def test_every_kind_of_handling() -> None:
    assert set(_HANDLINGS.values()) <= set(_rules()["handling elsewhere"])
