"""The fixtures of the rules: `RBxxx.bad.…` breaks the rule, `RBxxx.good.…` does not.

Data actions are JSON, flows and worlds YAML. Flows are linted with what stands in `testdata/project`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from ringback.lint import RULES, Checked, fix, lint_all
from ringback.lint.runner import project

TESTDATA = Path(__file__).parent / "testdata"
PAGES = Path(__file__).parents[2] / "docs" / "checks"
CODES = sorted(RULES)
ACTION_CODES = [code for code in CODES if RULES[code].kind == "data action"]
FLOW_CODES = [code for code in CODES if RULES[code].kind == "flow"]
SILENCE_MS = 8000
PROJECT = [
    (f"project/{path.name}", path.read_text(encoding="utf-8"))
    for path in sorted((TESTDATA / "project").iterdir())
]


def file_of(code: str, which: str) -> str:
    """The name under which a fixture is linted."""
    ending = {"data action": f"{code}.{which}.json", "flow": f"{code}.{which}.yaml"}
    return ending.get(RULES[code].kind, "world.yaml")


def text_of(code: str, which: str) -> str:
    ending = "json" if code in ACTION_CODES else "yaml"
    return (TESTDATA / f"{code}.{which}.{ending}").read_text(encoding="utf-8")


def checked(text: str, file: str, codes: Collection[str] | None = None) -> Checked:
    """What lint says of a document beside the project of the fixtures."""
    beside = PROJECT if file.endswith(".yaml") and file != "world.yaml" else []
    return lint_all([(file, text), *beside], codes=codes, max_silence_ms=SILENCE_MS)[0]


def of_fixture(code: str, which: str, codes: Collection[str] | None = None) -> Checked:
    return checked(text_of(code, which), file_of(code, which), codes)


def fixed(text: str, file: str) -> tuple[str, int]:
    """The document after `--fix`, beside the project of the fixtures."""
    return fix(text, file=file, project=project(PROJECT, max_silence_ms=SILENCE_MS))


def bad_texts() -> list[str]:
    return [text_of(code, "bad") for code in ACTION_CODES]


def document(*changes: tuple[str, Any], base: str = "RB113.good") -> str:
    """A fixture with members at dotted paths replaced; None removes one."""
    found = json.loads((TESTDATA / f"{base}.json").read_text(encoding="utf-8"))
    found = copy.deepcopy(found)
    for path, value in changes:
        *parents, last = path.split("/")
        node = found
        for name in parents:
            node = node[name]
        if value is None:
            node.pop(last, None)
        else:
            node[last] = value
    return json.dumps(found, indent=2)
