"""What docs/expressions.md shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ringback.lang import expr
from ringback.lang.expr import errors, parser

PAGE = (Path(__file__).parents[3] / "docs" / "expressions.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\| `(.+)` \| `(.+)` \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("text", "shown"), EXAMPLES)
def test_example(text, shown):
    assert expr.evaluate(text).show() == shown


def test_there_are_examples():
    assert len(EXAMPLES) > 12


def test_grammar_is_that_of_the_parser():
    assert parser.__doc__ is not None
    rules = [line.strip() for line in parser.__doc__.splitlines() if ":=" in line]
    assert rules == [line for line in PAGE.splitlines() if ":=" in line]


def test_every_code_is_explained():
    assert errors.__doc__ is not None
    documented = set(re.findall(r"^\| (RB2\d\d) \|", PAGE, re.MULTILINE))
    assert documented == set(re.findall(r"RB2\d\d", errors.__doc__))
