"""The fixtures of the rules: `RBxxx.bad.json` breaks the rule, `RBxxx.good.json` does not."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from ringback.lint import RULES

TESTDATA = Path(__file__).parent / "testdata"
PAGES = Path(__file__).parents[2] / "docs" / "checks"
CODES = sorted(RULES)


def text_of(code: str, which: str) -> str:
    return (TESTDATA / f"{code}.{which}.json").read_text(encoding="utf-8")


def bad_texts() -> list[str]:
    return [text_of(code, "bad") for code in CODES]


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
