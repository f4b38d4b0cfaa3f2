"""JSON text to nodes: strict, with positions, and the full text of every error."""

from __future__ import annotations

import json

import pytest

from ringback.core.errors import DefinitionError
from ringback.documents import read_json
from tests.documents.cases import error_cases, printable

VALUES = [
    "{}",
    "[]",
    '""',
    "0",
    "-0.5e+2",
    "true",
    "false",
    "null",
    ' {"a" : [1, 2.5, {"b": []}], "c": null} ',
    r'"\ud83d\ude00 \t \/ \" \\ \u00e9"',
    '"é😀\u2028"',
    "123456789012345678901234567890",
    "[[[[1]]], {}]",
]


@pytest.mark.parametrize("text", VALUES)
def test_values_are_those_of_the_standard_library(text: str) -> None:
    assert read_json(text, file="f").plain() == json.loads(text)


def test_a_byte_order_mark_is_no_content() -> None:
    assert read_json("\ufeff{}", file="f").plain() == {}


def test_nodes_know_their_places() -> None:
    node = read_json('{\n  "a": [1.50,\r\n    "x"]\n}', file="f.json")
    items = node.get("a")
    assert items is not None
    number, text = items
    assert node.key_span("a").where == "f.json:2:3"
    assert (number.span.where, number.text, number.quoted) == ("f.json:2:9", "1.50", False)
    assert (text.span.where, text.text, text.quoted, text.span.text) == ("f.json:3:5", "x", True, '    "x"]')


@pytest.mark.parametrize(("text", "message"), error_cases("json_errors.txt"))
def test_errors(text: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_json(text, file="f")
    assert printable(caught.value) == message


def test_a_number_of_many_digits_is_refused() -> None:
    with pytest.raises(DefinitionError, match=r"a number of 2,000 characters"):
        read_json("9" * 2000, file="f")
