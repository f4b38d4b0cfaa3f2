"""JSON inside paths, as json-smart's permissive mode reads it. The answers come from json-smart 2.5."""

from typing import Any

import pytest

from ringback.lang.jsonpath.lenient_json import LenientJsonError, read_lenient

READ: list[tuple[str, Any]] = [
    ('{"a": [1, 2.5, null, true, "x"]}', {"a": [1, 2.5, None, True, "x"]}),
    ("{a: b, 'c': d e}", {"a": "b", "c": "d e"}),
    ("[a b, c]", ["a b", "c"]),
    ("[1,,2,]", [1, 2]),
    ("['a'{}[]1{}x]", ["a", {}, [], "1{}x"]),
    ('["a"b]', ["a", "b"]),
    ('{"a":,"b":1}', {"a": "", "b": 1}),
    ("[1] rest", [1]),
    ("1 2", "1 2"),
    ("007", 7),
    ("-", 0),
    ("-.5", -0.5),
    (".5", ".5"),
    ("1.", 1.0),
    ("1e3", 1000.0),
    ("1e", "1e"),
    ("5x", "5x"),
    ("", ""),
    ("nullx", "nullx"),
    ("'a\\u0041\\x42\\n\\/'", "aAB\n/"),
    ("'\\ud83d\\ude00'", "😀"),
    ("12345678901234567890", 12345678901234567890),
]


@pytest.mark.parametrize(("text", "value"), READ, ids=[case[0] for case in READ])
def test_reads(text: str, value: Any) -> None:
    answer = read_lenient(text)
    assert answer == value
    assert type(answer) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[1",
        '{"a"}',
        "{x}",
        '{"a":[1]b}',
        "[:]",
        "}",
        "'a",
        "1e+",
        "-.",
        "'\\u00'",
        "{:1}",
    ],
)
def test_refuses(text: str) -> None:
    with pytest.raises(LenientJsonError):
        read_lenient(text)
