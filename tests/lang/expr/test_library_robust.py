"""Whatever operands of the right types come: a value of the declared type, or an EvaluationError."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.lang.expr import types
from ringback.lang.expr.library import FUNCTIONS
from ringback.lang.expr.scope import Bench
from ringback.lang.expr.values import (
    Currency,
    Entity,
    EvaluationError,
    Json,
    Member,
    PhoneNumber,
    Speech,
    duration,
    from_json,
    plain,
    show,
    speech_text,
    to_json,
    to_text,
)

ROWS = [row for rows in FUNCTIONS.values() for row in rows if row.call and row.style != "lazy"]
TEXTS = [
    "",
    " ",
    "a",
    "Ä",
    "+1 317",
    "sip:x",
    "5",
    "{}",
    "[1]",
    "null",
    "USD",
    "é🎉",
    "tel:",
    "P1D",
    "1e999",
    "%s",
]
DECIMALS = ["0", "-0.0", "1.005", "-0.5", "1E+39", "9" * 40, "1E-39"]
EDGES = {
    "str": TEXTS,
    "int": [0, 1, -1, 5, 29, 366, 2024, 10**15 - 1, 1 - 10**15],
    "dec": list(map(Decimal, DECIMALS)),
    "bln": [True, False],
    "dtm": [datetime(year, month, 29, tzinfo=UTC) for year, month in ((1800, 1), (2200, 12), (2024, 2))],
    "dat": [date(2024, 2, 29)],
    "tim": [time(23, 59, 59)],
    "dur": [timedelta(0), duration(10**15 - 1), duration(1 - 10**15), duration(1500)],
    "cur": [Currency(None, None), Currency(Decimal("9" * 40), "USD"), Currency(Decimal("-1.005"), "EUR")],
    "phn": list(map(PhoneNumber, TEXTS)),
    "jsn": [Json(v) for v in (None, 1, Decimal("1.5"), True, "x", [1, [2]], {"a": {"b": 1}}, 10**50)],
    "aud": [Speech("ToAudioTTS", ("x",))],
    "que": [Entity("que", "1", "Sales")],
}  # fmt: skip


def operand(code):
    if types.is_collection(code):
        return st.lists(st.none() | operand(types.item_of(code)), max_size=3).map(tuple)
    if code in EDGES:
        return st.sampled_from(EDGES[code])
    if code == "any":
        return st.sampled_from(sorted(EDGES)).flatmap(operand)
    if code == "audpmt":
        return operand("aud") | st.just(Entity("pmt", "1", "Welcome"))
    if types.group_of(code) == "enum":
        return st.builds(Member, st.just(code), st.sampled_from(["playDigits", "local", "dayOnly", "other"]))
    return st.none() if code == "nul" else st.just(Entity(code, "1", "one"))


@st.composite
def calls(draw):
    row = draw(st.sampled_from(ROWS))
    variable = draw(st.sampled_from(["str", "int", "dec", "cur", "dtm", "jsn", "que"]))
    codes = [parameter.type.replace("T", variable, 1) if parameter.type[0] == "T" else parameter.type
             for parameter in row.parameters]  # fmt: skip
    operands = []
    for code, parameter in zip(codes, row.parameters, strict=True):
        one = operand(code) | st.none() if parameter.not_set else operand(code)
        operands += draw(st.lists(one, min_size=1, max_size=3 if parameter.repeats else 1))
    returns = row.returns.replace("T", variable, 1) if row.returns[0] == "T" else row.returns
    return row, operands, returns


@settings(max_examples=500, deadline=None, derandomize=True)
@given(calls())
def test_only_evaluation_errors(case):
    row, operands, returns = case
    leading = [Bench({})] if row.style == "context" else []
    try:
        result = row.call(*leading, *operands)
    except EvaluationError:
        return
    assert isinstance(show(returns, result), str)
    assert isinstance(speech_text(result), str)
    assert to_text(returns, result) is None or result is not None
    json.dumps(plain(returns, result))
    assert from_json(returns, json.loads(json.dumps(to_json(returns, result)))) == result


SINGLE = [
    row
    for row in ROWS
    if len(row.parameters) == 1 and row.parameters[0].not_set and not row.parameters[0].repeats
]


@pytest.mark.parametrize("row", SINGLE, ids=lambda row: row.name)
def test_a_function_that_tolerates_not_set_takes_it(row):
    result = row.call(Bench({}), None) if row.style == "context" else row.call(None)
    assert result is None or isinstance(result, bool | str | tuple | Speech)
