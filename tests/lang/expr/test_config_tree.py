"""Architect's own trees: the recorded ones of public exports, and the forms that they do not show."""

from __future__ import annotations

from typing import Any

import pytest

from ringback.lang import expr
from tests.corpus import json_lines, needs_corpus

ROWS = json_lines("expression-trees.jsonl")


def references(config: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every `ref` and `sysref` of a tree by its name as typed."""
    ((key, body),) = config.items()
    found = {body["text"]: config} if key in ("ref", "sysref") else {}
    for operand in body.get("operands", ()):
        found |= references(operand)
    return found


def without(config: dict[str, Any], *keys: str) -> dict[str, Any]:
    ((key, body),) = config.items()
    kept = {name: value for name, value in body.items() if name not in keys}
    if "operands" in kept:
        kept["operands"] = [without(operand, *keys) for operand in kept["operands"]]
    return {key: kept}


@needs_corpus
def test_corpus_is_there():
    assert len(ROWS) == 279


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:40])
def test_recorded_tree(row):
    """Names, operands, literals, types, implicit casts; also positions and the normalised text."""
    found = references(row["ast"])
    variables = {name: next(iter(config.values()))["type"] for name, config in found.items()}
    checked = expr.check(row["text"], variables, row["type"])
    assert without(checked.tree(), "val") == without(row["ast"], "val")
    assert checked.type == row["type"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:40])
def test_recorded_ids_of_built_ins(row):
    for name, config in references(row["ast"]).items():
        if "sysref" in config:
            checked = expr.check(name, {name: config["sysref"]["type"]})
            assert checked.tree()["sysref"]["val"] == config["sysref"]["val"]


def lit(pos: int, text: str, kind: str) -> dict[str, Any]:
    return {"lit": {"pos": pos, "text": text, "type": kind}}


X = {"ref": {"pos": 1, "text": "Flow.x", "type": "int", "val": ""}}
FORMS: list[tuple[str, str | None, dict[str, Any]]] = [
    ("-12.50", None, lit(1, "-12.50", "dec")),
    (
        '"a"',
        "jsn",
        {"ToJson": {"pos": 1, "text": 'ToJson("a")', "operands": [lit(1, "a", "str")], "type": "jsn"}},
    ),
    ("NOT_SET", "que", {"nul": {"pos": 1, "text": "", "type": "que"}}),
    ("Flow.x", "int", X),
    ("Flow.x", "dec", {"ToDecimal": {"pos": 1, "text": "ToDecimal(Flow.x)", "operands": [X], "type": "dec"}}),
    (
        "-(Flow.x)",
        None,
        {
            "-": {
                "pos": 1,
                "text": "-Flow.x",
                "operands": [{"ref": {"pos": 3, "text": "Flow.x", "type": "int", "val": ""}}],
                "type": "int",
            }
        },
    ),
    (
        "Flow.x==1?2:3",
        None,
        {
            "?": {
                "pos": 10,
                "text": "Flow.x == 1 ? 2 : 3",
                "operands": [
                    {"==": {"pos": 7, "operands": [X, lit(9, "1", "int")], "type": "bln"}},
                    lit(11, "2", "int"),
                    lit(13, "3", "int"),
                ],
                "type": "int",
            }
        },
    ),
    (
        'flow.J["a b"][0]',
        "str",
        {
            "ToString": {
                "pos": 1,
                "text": 'ToString(flow.J["a b"][0])',
                "operands": [
                    {
                        "[": {
                            "pos": 14,
                            "operands": [
                                lit(15, "0", "int"),
                                {
                                    "[": {
                                        "pos": 7,
                                        "operands": [
                                            lit(7, "a b", "str"),
                                            {"ref": {"pos": 1, "text": "flow.J", "type": "jsn", "val": ""}},
                                        ],
                                        "type": "jsn",
                                    }
                                },
                            ],
                            "type": "jsn",
                        }
                    }
                ],
                "type": "str",
            }
        },
    ),
    (
        "Format.Date.shortYear",
        None,
        {
            ".": {
                "pos": 12,
                "text": "Format.Date.shortYear",
                "operands": [
                    lit(12, "dateShortYear", "str"),
                    {"sysref": {"pos": 1, "text": "Format.Date", "type": "dac", "val": "__FORMAT_DATE__"}},
                ],
                "type": "daf",
            }
        },
    ),
]


@pytest.mark.parametrize(("text", "target", "config"), FORMS, ids=lambda value: str(value)[:30])
def test_form(text, target, config):
    assert expr.check(text, {"Flow.x": "int", "Flow.j": "jsn"}, target).tree() == config


NORMALISED = [
    ("(IF(a OR b and c,1,-1))", "If(a OR (b and c), 1, -1)"),
    ('"a\\n\\t\\"" + (b ? "x" : "y") + "z"', '("a\\n\\t\\"" + (b ? "x" : "y")) + "z"'),
    ("!a and !(b or c)", "(!a) and (!(b or c))"),
    ("a ? (b or c) : (a ? b : c)", "a ? (b or c) : (a ? b : c)"),
    ("-(5) + -n", "(-(5)) + (-n)"),
    ("tostring(n)", "ToString(n)"),
]


@pytest.mark.parametrize(("text", "printed"), NORMALISED)
def test_normalised_text(text, printed):
    root = expr.check(text, {"a": "bln", "b": "bln", "c": "bln", "n": "int"}).root
    assert str(root) == printed
    again = expr.check(printed, {"a": "bln", "b": "bln", "c": "bln", "n": "int"}).root
    assert str(again) == printed
