"""JSON text in Java's forms."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from ringback.core.errors import LimitError
from ringback.dataactions.jsontext import JsonTextError, decode, encode, java_double

DOUBLES = [
    (0.0, "0.0"), (-0.0, "-0.0"), (1.5, "1.5"), (100.0, "100.0"), (1e7, "1.0E7"), (9999999.0, "9999999.0"),
    (12345678.5, "1.23456785E7"), (0.001, "0.001"), (0.0001, "1.0E-4"), (-1e22, "-1.0E22"),
    (0.8333333333333334, "0.8333333333333334"), (1.7976931348623157e308, "1.7976931348623157E308"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "text"), DOUBLES)
def test_doubles(number: float, text: str) -> None:
    assert java_double(number) == text
    assert encode([number]) == f"[{text}]"
    assert encode({"k": number}) == f'{{"k":{text}}}'


TEXTS = [
    ({"b": 1, "a": None}, '{"b":1,"a":null}'),
    ("é\u2028/", '"é\u2028/"'),
    ("\x1f\x01\n\t\"\\", '"\\u001F\\u0001\\n\\t\\"\\\\"'),
    ([1e7, "\b\f", {"x": [True, False]}], '[1.0E7,"\\b\\f",{"x":[true,false]}]'),
    ("12345678.5 1e5 0.0001", '"12345678.5 1e5 0.0001"'),
    (2**70, "1180591620717411303424"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), TEXTS)
def test_texts(value: Any, text: str) -> None:
    assert encode(value) == text
    assert decode(text) == value


@pytest.mark.parametrize(
    ("text", "line", "column"), [("", 1, 1), ('{"a": 1,\n "b": }', 2, 7), ("{} x", 1, 4), ("[1, 2", 1, 6)]
)
def test_what_is_no_json_has_a_place(text: str, line: int, column: int) -> None:
    with pytest.raises(JsonTextError) as caught:
        decode(text)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize("depth", [51, 1_000, 100_000])
def test_depth_is_limited(depth: int) -> None:
    assert depth < 1_000 or depth >= sys.getrecursionlimit()
    with pytest.raises(LimitError) as caught:
        decode("[" * depth + "]" * depth)
    assert caught.value.limit == "json_depth"


def test_the_deepest_document_that_is_allowed() -> None:
    decode("[" * 50 + "]" * 50)


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(JsonTextError):
        decode(b'"\xff"')


def test_half_a_surrogate_pair_goes_as_java_writes_it() -> None:
    assert encode({"\ud83d": ["a\udcffb", {"x": "ü"}]}) == '{"?":["a?b",{"x":"ü"}]}'
