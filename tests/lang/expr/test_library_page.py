"""The documentation page of the library is complete and fresh."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from ringback.lang.expr.library import FUNCTIONS
from ringback.lang.expr.operators import OPERATORS

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.fixture(scope="module")
def generator():
    return runpy.run_path(str(DOCS / "generate_functions.py"))


def test_page_is_what_the_generator_writes(generator):
    written = (DOCS / "expressions-functions.md").read_text(encoding="utf-8")
    assert written == generator["page"](), "run: python docs/generate_functions.py"


def test_every_function_has_a_sentence(generator):
    assert {row.name for rows in FUNCTIONS.values() for row in rows} == set(generator["ABOUT"])


def test_every_operator_has_a_sentence(generator):
    assert set(OPERATORS) == set(generator["OPERATORS_ABOUT"])
