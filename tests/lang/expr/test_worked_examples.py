"""The worked examples of Architect's Expression Help, each through `evaluate(...).show()`.

Texts compare exactly. One example describes its result in words and is left out.
"""

from __future__ import annotations

import json

import pytest

from ringback.lang import expr
from tests.corpus import CORPUS, needs_corpus

ERRORS = {"RUNTIME_ERROR": expr.EvaluationError, "DESIGN_TIME_ERROR": expr.ExpressionError}
# Examples that contradict the others and their own text; each with what is true instead.
CONTRADICTIONS = {
    # hour 2, minute 5, second 0, as in the example beside it: (6, -1, 2017, 2, 14, 30) is 02:14:30
    "GetDayOfWeekOccurrence(6, -2, 2017, 2, 5, 0)": 'DateTime("2017-12-22T02:05:00Z")',
}
IN_WORDS = "communication with the date"


def examples() -> list[tuple[str, str]]:
    path = CORPUS / "expression-functions.json"
    if not path.is_file():
        return []
    rows = json.loads(path.read_text(encoding="utf-8"))
    found = [example for row in rows for example in row["examples"] if "suspect" not in example]
    return [
        (example["expr"], example["result"].removesuffix(" [inferred]"))
        for example in found
        if example["result"] != IN_WORDS
    ]


EXAMPLES = examples()


@needs_corpus
def test_corpus_is_there():
    assert len(EXAMPLES) == 638


@pytest.mark.parametrize(("text", "result"), EXAMPLES, ids=[text[:60] for text, _ in EXAMPLES])
def test_example(text, result):
    result = CONTRADICTIONS.get(text, result)
    if result in ERRORS:
        with pytest.raises(ERRORS[result]):
            expr.evaluate(text)
    else:
        assert expr.evaluate(text).show() == result
