"""A path that points at nothing says how far it came and what is there."""

from typing import Any

import pytest

from ringback.lang import jsonpath
from ringback.lang.jsonpath.functions import FUNCTIONS

DOCUMENT = {
    "body": {"id": 1, "user name": "Ann", "rows": [{"a": 1}], "none": None, "text": "t"},
    "many": {f"k{i:02}": i for i in range(15)},
    "empty": {},
}

# path, matched prefix, message, hint
CASES = [
    (
        "$.body.name",
        "$.body",
        "$.body has no key 'name'; it has 'id', 'user name', 'rows', 'none', 'text'",
        "",
    ),
    (
        "$.Body.x",
        "$",
        "$ has no key 'Body'; it has 'body', 'many', 'empty'",
        "keys are case-sensitive: 'body' exists",
    ),
    ("$.empty.x", "$.empty", "$.empty has no key 'x'; it is empty", ""),
    (
        "$.body['user name'].x",
        "$.body['user name']",
        "$.body['user name'] is a string, not an object: it has no key 'x'",
        "",
    ),
    ("$.body.none.x", "$.body.none", "$.body.none is null, not an object: it has no key 'x'", ""),
    ("$.body.id.x", "$.body.id", "$.body.id is a number, not an object: it has no key 'x'", ""),
    (
        "$.body.rows.a",
        "$.body.rows",
        "$.body.rows is an array, not an object: it has no key 'a'",
        "select an item first: [0], [*] or [?(…)]",
    ),
    ("$.body.rows[3].a", "$.body.rows", "$.body.rows has 1 item: there is no item [3]", ""),
    ("$.body.rows[0].b", "$.body.rows[0]", "$.body.rows[0] has no key 'b'; it has 'a'", ""),
    ("$.body[0]", "$.body", "$.body is an object, not an array: it has no item [0]", ""),
    ("$.body[1:]", "$.body", "$.body is an object, not an array: it has no item [1]", ""),
    (
        "$.body.text['a','b']",
        "$.body.text",
        "$.body.text is a string, not an object: it has no key 'a' and 'b'",
        "",
    ),
    (
        "$.body.rows.length().x",
        "$.body.rows",
        "$.body.rows is a number, not an object: it has no key ')'",
        "",
    ),
    (
        "$.many.x",
        "$.many",
        "$.many has no key 'x'; it has " + ", ".join(f"'k{i:02}'" for i in range(12)) + " and 3 more",
        "",
    ),
    ("$.missing[*].x", "$", "$ has no key 'missing'; it has 'body', 'many', 'empty'", ""),
    (
        "$.sum($.body.x)",
        "$.body",
        "$.body has no key 'x'; it has 'id', 'user name', 'rows', 'none', 'text'",
        "",
    ),
]


@pytest.mark.parametrize(("path", "prefix", "message", "hint"), CASES, ids=[case[0] for case in CASES])
def test_tells_how_far_the_path_matched(path: str, prefix: str, message: str, hint: str) -> None:
    with pytest.raises(jsonpath.PathNotFound) as caught:
        jsonpath.read(path, DOCUMENT)
    error = caught.value
    assert (error.matched_prefix, error.message, error.hint) == (prefix, message, hint)
    assert error.kind == "PathNotFoundException"


def test_points_at_the_step_in_the_path() -> None:
    with pytest.raises(jsonpath.PathNotFound) as caught:
        jsonpath.read("$.body.rows[3].a", DOCUMENT)
    assert caught.value.span is not None
    assert (caught.value.span.column, caught.value.span.length) == (12, 3)


# path, document, kind, message
OTHER_ERRORS: list[tuple[str, Any, str, str]] = [
    ("$.a", None, "IllegalArgumentException", "the document is null: no path can be read from it"),
    ("$.a.sum()", {"a": ["x"]}, "JsonPathException", "there are no numbers to aggregate"),
    ("$.a.index(5)", {"a": [1]}, "IndexOutOfBoundsException", "index 5 is out of bounds for 1 items"),
    ("$.a.last()", {"a": [1]}, "JsonPathException", "index -1 counts back too far for 1 items"),
    ("$.a.first()", {"a": 1}, "JsonPathException", "there is no array to take an item of"),
    ("$.length(5)", {}, "NullPointerException", "length() needs a path as its argument"),
    ("$..length()", {}, "IllegalStateException", "the deep scan '..' has nothing behind it"),
    ("$.sum({a:})", {}, "InvalidJsonException", "the argument is no JSON: unexpected } at 3"),
    (
        "$[?(@.a empty true)]",
        [{"a": {}}],
        "ClassCastException",
        "the operator 'empty' cannot be used on an object",
    ),
    ("$[?(@.a exists 1)]", [{"a": 1}], "JsonPathException", "the operator 'exists' needs true or false"),
    (
        "$[?(@.a contains 1)]",
        [{"a": [[1]]}],
        "JsonPathException",
        "a list or object inside a list cannot be compared",
    ),
    ("$[?(@.a == {x})]", [{"a": {}}], "IllegalArgumentException", "{x}: expected ':' at 3"),
    ("$[?(@.keys() == 1)]", [{}], "JsonPathException", "what keys() answers cannot be compared"),
]


@pytest.mark.parametrize(
    ("path", "document", "kind", "message"), OTHER_ERRORS, ids=[case[0] for case in OTHER_ERRORS]
)
def test_other_failures_name_the_java_exception(path: str, document: Any, kind: str, message: str) -> None:
    with pytest.raises(jsonpath.JsonPathError) as caught:
        jsonpath.read(path, document)
    assert (caught.value.kind, caught.value.message) == (kind, message)


REFUSED = [
    (
        "$.nosuch()",
        {},
        f"there is no function 'nosuch'; functions: {', '.join(sorted(FUNCTIONS))}",
    ),
    ("$.a[?(@.b)]", {"a": 5}, "a filter cannot be applied to a number"),
]


@pytest.mark.parametrize(("path", "document", "message"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_cannot_be_applied_is_an_invalid_path(path: str, document: Any, message: str) -> None:
    with pytest.raises(jsonpath.InvalidPath) as caught:
        jsonpath.read(path, document)
    assert caught.value.message == message
    assert caught.value.kind == "InvalidPathException"
