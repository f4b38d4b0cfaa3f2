"""Broken and odd documents give findings, never exceptions; and not slowly."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest

from ringback.lint import fix, lint
from ringback.lint.reporters import REPORTERS
from tests.lint.cases import ACTION_CODES, document, text_of

WORDS = [
    "${",
    "}",
    '"',
    "{",
    "#if(",
    "#end",
    "$",
    "input",
    "[",
    "]",
    ",",
    "\\",
    "#set($x=1)",
    "null",
    "$esc.",
    "..",
    "[?(",
]
VALUES: list[Any] = [None, 1, [], {}, "x", True, {"a": 1}, ["a"], "${rawResult}", {"type": []}]


def mutated(node: Any, luck: random.Random) -> Any:
    """A document with one of its values or names changed, or a piece of one of its texts."""
    if isinstance(node, dict) and node:
        key = luck.choice(list(node))
        chance = luck.random()
        if chance < 0.15:
            return {name: value for name, value in node.items() if name != key}
        return {**node, key: luck.choice(VALUES) if chance < 0.3 else mutated(node[key], luck)}
    if isinstance(node, str):
        start = luck.randint(0, len(node))
        return node[:start] + luck.choice(WORDS) + node[start + luck.randint(0, 4) :]
    return [mutated(node[0], luck), *node[1:]] if isinstance(node, list) and node else node


@pytest.mark.parametrize("code", [code for code in ACTION_CODES if code != "RB101"])
def test_changed_documents_give_findings_only(code: str) -> None:
    luck = random.Random(code)
    for _ in range(20):
        found = json.loads(text_of(code, "bad"))
        for _ in range(luck.randint(1, 4)):
            found = mutated(found, luck)
        text = json.dumps(found, indent=1)
        checked = lint(text, file="a.json")
        assert all(report([checked]) is not None for report in REPORTERS.values())
        once, _ = fix(text, file="a.json")
        assert fix(once, file="a.json") == (once, 0)


SLOW = [
    ("config/request/requestTemplate", "[" * 5000),
    ("config/request/requestTemplate", '{"a": "' + "${input.name}" * 2000 + '"}'),
    ("config/request/requestTemplate", "".join(f"#if($input.age > {n}){n}#end" for n in range(400))),
    ("config/request/requestTemplate", "#foreach($i in $input.name)" * 12 + "x" + "#end" * 12),
    ("config/response/successTemplate", "{" + ", ".join(f'"k{n}": ${{id}}' for n in range(2000)) + "}"),
    (
        "config/request/requestUrlTemplate",
        "https://h/" + "a/" * 5000 + "?" + "&".join("q=${input.name}" for _ in range(500)),
    ),
    ("config/response/translationMap", {f"v{n}": f"$.a[*].b{n}" for n in range(1000)}),
]


@pytest.mark.parametrize(("field", "value"), SLOW)
def test_large_documents_cost_bounded_time(field: str, value: Any) -> None:
    text = document((field, value))
    start = time.perf_counter()
    lint(text, file="a.json")
    assert time.perf_counter() - start < 5
