"""Lines of styled text: width, cutting, harmless text."""

from __future__ import annotations

import doctest

import pytest

from ringback.trace import layout, render
from ringback.trace.layout import Segment, clean, columns, cut, fitted, shown, text_of


@pytest.mark.parametrize("module", [layout, render])
def test_examples_in_docstrings(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]  # a module given as object


@pytest.mark.parametrize(
    ("text", "width"), [("", 0), ("abc", 3), ("äöü", 3), ("日本", 4), ("e\u0301", 1), ("→ …", 3), ("ﾊﾛｰ", 3)]
)
def test_columns(text: str, width: int) -> None:
    assert columns(text) == width


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("abc", 1, "…"),
    ],
)
def test_cut(text: str, width: int, expected: str) -> None:
    assert cut(text, width) == expected
    assert columns(cut(text, width)) <= width


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\n  b\tc", "a b c"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202eb", "a\\u202eb"),
        ("café", "café"),
        ("\ud800", "\\ud800"),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_the_right_edge_needs_room() -> None:
    line = fitted([Segment("left")], right="right", width=12)
    assert text_of(line) == "left   right"
    assert text_of(fitted([Segment("left side")], right="right", width=12)) == "left side"
    assert text_of(fitted([Segment("left side"), Segment("and more")], width=12)) == "left sidean…"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "NOT_SET"),
        (True, "true"),
        (5.25, "5.25"),
        ("a\nb", '"a\\nb"'),
        ({"a": [1, None]}, '{"a": [1, null]}'),
        ("x" * 80, '"' + "x" * 58 + "…"),
    ],
)
def test_shown(value: object, text: str) -> None:
    assert shown(value) == text
