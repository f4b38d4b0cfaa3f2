"""Each limit is reached, named, and reached soon."""

from typing import Any

import pytest

from ringback.core.errors import LimitError
from ringback.lang import jsonpath
from ringback.lang.jsonpath import limits


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


WIDE = [[[[list(range(10))] * 10] * 10] * 10] * 10

# limit, path, document
CASES: list[tuple[str, str, Any]] = [
    ("jsonpath_length", "$" + ".a" * 6000, {}),
    ("jsonpath_steps", "$" + ".a" * 250, {}),
    ("jsonpath_steps", f"$[?({' || '.join(['@.a'] * 250)})]", {}),
    ("jsonpath_nesting", "$[?(" + "(" * 40 + "@.a" + ")" * 40 + ")]", {}),
    ("jsonpath_nesting", "$[?(" + "!" * 40 + "(@.a))]", {}),
    ("jsonpath_nesting", "$" + "[?(@" * 40 + ")]" * 40, {}),
    ("jsonpath_nesting", '$.append({"a":' + "[" * 40 + "]" * 40 + "})", []),
    ("jsonpath_document_depth", "$..a", nested(3000)),
    ("jsonpath_document_depth", "$[?(@.a == @.b)]", [{"a": nested(3000), "b": nested(3000)}]),
    ("jsonpath_document_depth", "$.concat($[0])", [nested(3000)]),
    ("jsonpath_document_depth", "$.append(1)", nested(3000)),
    (
        "jsonpath_result_size",
        "$" + "[" + ",".join(["0"] * 500) + "]" * 1 + ("[" + ",".join(["0"] * 500) + "]"),
        [[1]],
    ),
    ("jsonpath_node_visits", "$..[?($..* == $..x)]", [WIDE] * 50),
    ("jsonpath_node_visits", "$[?(@.a anyof $[0].b)]", [{"a": list(range(900)), "b": ["x"] * 900}] * 900),
    ("jsonpath_regex_time", "$[?(@ =~ /(a|aa)+b/)]", ["a" * 60]),
    ("jsonpath_regex_size", "$[?(@ =~ /((a{1000}){1000}){1000}/)]", []),
]


@pytest.mark.parametrize(("limit", "path", "document"), CASES, ids=[f"{c[0]} {c[1][:24]}" for c in CASES])
def test_limits(limit: str, path: str, document: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NODE_VISITS", 200_000)
    with pytest.raises(LimitError) as caught:
        jsonpath.read(path, document)
    assert caught.value.limit == limit
    assert caught.value.message == jsonpath.LIMITS[limit]
    assert caught.value.span is not None


def test_every_limit_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(jsonpath.LIMITS)


@pytest.mark.parametrize(
    "path", ["$" + ".a" * 190, "$[?(" + "(" * 18 + "@.a" + ")" * 18 + ")]", "$..a", "$[?(@ size 1e99999999)]"]
)
def test_just_below_the_limits(path: str) -> None:
    jsonpath.compile(path)
    value: Any = {"a": 1}
    for _ in range(800):
        value = {"a": value}
    assert jsonpath.read(path, value) is not None
