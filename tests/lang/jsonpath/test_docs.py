"""The page names everything that the code knows, and importing stays light."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ringback.lang import jsonpath
from ringback.lang.jsonpath import limits
from ringback.lang.jsonpath.functions import FUNCTIONS
from ringback.lang.jsonpath.operators import EVALUATORS
from ringback.lang.jsonpath.tree import OPERATORS

PAGE = (Path(__file__).parents[3] / "docs" / "jsonpath.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_is_on_the_page(operator: str) -> None:
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    assert any(f"`{operator}`" in row for row in rows)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_on_the_page(name: str) -> None:
    assert re.search(rf"^\|.*`{name}\(.*?\)`.*\|", PAGE, re.MULTILINE)


@pytest.mark.parametrize("name", [*jsonpath.OPTIONS, *jsonpath.LIMITS])
def test_every_option_and_limit_is_on_the_page(name: str) -> None:
    assert f"| `{name}` |" in PAGE


def test_the_page_has_the_limits_in_force() -> None:
    values = (
        limits.PATH_LENGTH,
        limits.PATH_STEPS,
        limits.PATH_NESTING,
        limits.RESULT_SIZE,
        limits.NODE_VISITS,
    )
    for value in (*values, limits.REGEX_SIZE, limits.DOCUMENT_DEPTH):
        assert f"| {value:,} " in PAGE


@pytest.mark.parametrize("name", ["InvalidPath", "PathNotFound", "EvaluationError"])
def test_every_error_class_is_on_the_page(name: str) -> None:
    assert f"| `{name}` |" in PAGE


def test_every_operator_has_an_evaluator() -> None:
    assert tuple(EVALUATORS) == OPERATORS


def test_public_names() -> None:
    assert all(hasattr(jsonpath, name) for name in jsonpath.__all__)


def test_importing_does_not_load_the_regex_engine() -> None:
    program = "import sys, ringback.lang.jsonpath; sys.exit('regex' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
