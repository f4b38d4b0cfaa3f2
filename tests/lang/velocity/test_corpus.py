"""Every reference case: the answers of the real Java engine (Velocity 2.5, velocity-tools 3.1)."""

from __future__ import annotations

from typing import Any

import pytest

from ringback.lang import velocity
from tests.corpus import json_lines, needs_corpus

CASES = json_lines("velocity-cases.jsonl")
GROUPS = sorted({case["group"] for case in CASES}) or ["none"]
# Cases that are answered otherwise, by id, with the reason. None at present.
KNOWN_DIFFERENCES: dict[str, str] = {}
SYNTAX_KINDS = {"ParseErrorException", "TemplateInitException"}


def is_right(case: dict[str, Any]) -> bool:
    error = case.get("error")
    try:
        got = velocity.compile(case["template"], name=case["id"]).render(case["context"])
    except velocity.TemplateSyntaxError as refused:
        return error is not None and error["class"] in SYNTAX_KINDS and refused.kind == error["class"]
    except velocity.RenderError as failed:
        return error is not None and error["class"] not in SYNTAX_KINDS and failed.kind == error["class"]
    return error is None and got == case["expected"]


@needs_corpus
@pytest.mark.parametrize("group", GROUPS)
def test_answers(group: str) -> None:
    wrong = {case["id"] for case in CASES if case["group"] == group and not is_right(case)}
    assert wrong == {
        case["id"] for case in CASES if case["group"] == group and case["id"] in KNOWN_DIFFERENCES
    }


@needs_corpus
def test_every_case_has_a_context_that_survives() -> None:
    for case in CASES:
        before = repr(case["context"])
        is_right(case)
        assert repr(case["context"]) == before, case["id"]


@needs_corpus
def test_printed_trees_parse_to_equal_trees() -> None:
    for case in CASES:
        try:
            tree = velocity.parse(case["template"])
        except velocity.TemplateSyntaxError:
            continue
        assert velocity.parse(velocity.print_tree(tree)) == tree, case["id"]
