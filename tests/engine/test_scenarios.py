"""The rules of flow execution, as tables of cases in `testdata/`."""

from pathlib import Path

import pytest

from tests.engine.driving import Case, cases_of, check, run_case

_FILES = sorted((Path(__file__).parent / "testdata").glob("*.yaml"))


@pytest.mark.parametrize("case", [case for path in _FILES for case in cases_of(path)], ids=str)
def test_scenario(case: Case) -> None:
    check(run_case(case), case.given["want"])
