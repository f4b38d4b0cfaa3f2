"""Every recorded answer of Jayway json-path 2.9.0, with its default options and those named by the case."""

import json
import math
from typing import Any

import pytest

from ringback.lang import jsonpath
from tests.corpus import json_lines, needs_corpus

CASES = json_lines("jsonpath-cases.jsonl")


def recorded(value: Any) -> Any:
    """The value as the recorder wrote it: what JSON cannot say is a string."""
    return "Infinity" if isinstance(value, float) and math.isinf(value) else value


@needs_corpus
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_answers_as_the_engine_did(case: dict[str, Any]) -> None:
    document = json.loads(case["document_text"]) if "document_text" in case else case["document"]
    before = json.dumps(document)
    options = case.get("options") or ()
    if "error" in case:
        with pytest.raises(jsonpath.JsonPathError) as caught:
            jsonpath.read(case["path"], document, options=options)
        assert caught.value.kind == case["error"]["class"]
    else:
        answer = recorded(jsonpath.read(case["path"], document, options=options))
        assert answer == case["expected"]
        # as text: 1 and 1.0 differ, and so do orders of keys
        assert json.dumps(answer) == json.dumps(json.loads(case["expected_text"]))
        assert jsonpath.compile(case["path"]).definite is case["definite"]
    assert json.dumps(document) == before
