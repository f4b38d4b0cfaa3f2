"""What expressions compute: operators, NOT_SET, run-time errors, laziness, JSON (A.6, A.7, A.11, A.12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from ringback.core.policies import Policies
from ringback.core.seam import DEFAULT_START
from ringback.lang import expr
from ringback.lang.expr.scope import Bench, Names, built_in_id

VARIABLES = {
    "Flow.zero": 0,
    "Flow.five": 5,
    "Flow.name": "Ann",
    "Flow.list": [1, 2, 3],
    "Flow.text": ["a", None],
    "Flow.j": {"a": {"b c": [1, "x", None]}, "A": 1, "n": None},
    "Flow.now": datetime(2025, 6, 2, 10, 0, 30, tzinfo=UTC),
    "Flow.half": timedelta(milliseconds=500),
}

RESULTS = [
    # arithmetic
    ("1 + 2 * 3", "7"),
    ("-7 % 3", "-1"),
    ("7 % -3", "1"),
    ("-7.5 % 2", "-1.5"),
    ("1 / 3", "0." + "3" * 40),
    ("2 / 3", "0." + "6" * 39 + "7"),
    ("7.5 * 12.2", "91.5"),
    ("2 ^ 3 ^ 2", "512.0"),
    ("-2 ^ 2", "4.0"),
    ("2 ^ -1", "0.5"),
    ("81 ^ 0.5", "9.0"),
    ("0 ^ 0", "1.0"),
    ("-(0.0)", "0.0"),
    ("-(-5)", "5"),
    ("-2 | 5", "-1"),
    ("~256", "-257"),
    ("3 & 9", "1"),
    ("1 + " * 3000 + "1", "3001"),
    # comparison, equality
    ("Flow.five == 5.0", "true"),
    ('"a" < "A"', "true"),
    ('"2" > "10"', "true"),
    ("ToInt(NOT_SET) == ToDecimal(NOT_SET)", "true"),
    ("Flow.list == MakeList(1.0, 2.0, 3.0)", "true"),
    ("Flow.list != NOT_SET", "true"),
    # logic is lazy
    ("false and Flow.five / Flow.zero > 1", "false"),
    ("true or Flow.five / Flow.zero > 1", "true"),
    ("true or ToBool(NOT_SET)", "true"),
    ('If(Flow.zero == 0, "none", ToString(Flow.five / Flow.zero))', '"none"'),
    ("Flow.zero != 0 ? Flow.five / Flow.zero : 0.0", "0.0"),
    ("If(NOT_SET, 1, 2)", "2"),
    # NOT_SET where it is allowed
    ("If(Flow.five > 3, NOT_SET, Flow.name)", "NOT_SET"),
    ('Append("Hello ", Flow.name, NOT_SET)', '"Hello Ann"'),
    ("Flow.text[1]", "NOT_SET"),
    ("NOT_SET", "NOT_SET"),
    # items, properties, JSON
    ("flow.LIST[2]", "3"),
    ('Flow.j.a."b c"[1]', 'JSON "x"'),
    ('Flow.j["a"]["b c"][2]', "JSON null"),
    ("Flow.j.A", "JSON 1"),
    ("Flow.j.missing", "NOT_SET"),
    ("Flow.j.A.x", "NOT_SET"),
    ("IsSet(Flow.j.n)", "true"),
    ('MakeCurrency(5.25, "USD")["amount"]', "5.25"),
    # dates
    ("Flow.now + Flow.half", 'DateTime("2025-06-02T10:00:30Z")'),
    ("Flow.now - Flow.half", 'DateTime("2025-06-02T10:00:29Z")'),
    ("Flow.half + Flow.half", "Duration(1s)"),
    ("GetCurrentDateTimeUtc()", 'DateTime("2025-06-02T10:00:00Z")'),
    # constants
    ("System.MaxInt", "999999999999999"),
    ("System.MinDateTime", 'DateTime("1800-01-01T00:00:00Z")'),
    ("System.DateTime.dayOfWeek.Saturday", "7"),
]


@pytest.mark.parametrize(("text", "shown"), RESULTS, ids=[text[:50] for text, _ in RESULTS])
def test_result(text, shown):
    assert expr.evaluate(text, VARIABLES).show() == shown


# text, code, place, message
FAILURES = [
    ("1 + ToInt(NOT_SET)", "NOT_SET_OPERAND", 5, "the right operand of + is NOT_SET"),
    ("NOT_SET - 1", "NOT_SET_OPERAND", 1, "the left operand of - is NOT_SET"),
    ("ToInt(NOT_SET) < 1", "NOT_SET_OPERAND", 1, "the left operand of < is NOT_SET"),
    ("-ToInt(NOT_SET)", "NOT_SET_OPERAND", 2, "the operand of - is NOT_SET"),
    ("!NOT_SET", "NOT_SET_OPERAND", 2, "the operand of ! is NOT_SET"),
    ("false or ToBool(NOT_SET)", "NOT_SET_OPERAND", 10, "the right operand of or is NOT_SET"),
    ("ToBool(NOT_SET) or true", "NOT_SET_OPERAND", 1, "the left operand of or is NOT_SET"),
    ("1 + Length(Flow.text[1])", "NOT_SET_OPERAND", 12, "operand 1 (text) of Length is NOT_SET"),
    (
        'FindString("a", ToString(NOT_SET))',
        "NOT_SET_OPERAND",
        17,
        "operand 2 (find) of FindString is NOT_SET",
    ),
    ("ToCurrency(NOT_SET).code", "NOT_SET_OPERAND", 20, "the value before .code is NOT_SET"),
    ("Flow.j.missing.x", "NOT_SET_OPERAND", 15, "the value before .x is NOT_SET"),
    ("Flow.list[ToInt(NOT_SET)]", "NOT_SET_OPERAND", 11, "the index is NOT_SET"),
    ("Flow.list[3]", "INDEX_OUT_OF_RANGE", 1, "index 3 is outside a collection of 3 items"),
    ("Flow.list[0 - 1]", "INDEX_OUT_OF_RANGE", 1, "index -1 is outside a collection of 3 items"),
    ('Flow.j.a."b c"[3]', "INDEX_OUT_OF_RANGE", 1, "index 3 is outside a JSON array of 3 items"),
    ("Flow.j[0]", "CONVERSION", 1, "the JSON value is not an array"),
    ("1 + Flow.five / Flow.zero", "DIVISION_BY_ZERO", 5, "division by zero"),
    ("Flow.five % Flow.zero", "DIVISION_BY_ZERO", 1, "division by zero"),
    ("1.5 % (Flow.zero + 0.0)", "DIVISION_BY_ZERO", 1, "division by zero"),
    ("0 ^ -1", "DIVISION_BY_ZERO", 1, "division by zero: 0 to a negative power"),
    ("-8 ^ 0.5", "OUT_OF_RANGE", 1, "the result is not a number"),
    ("10 ^ 40", "OUT_OF_RANGE", 1, "the result is more than a Decimal holds (10^40)"),
    (
        "System.MaxInt + 1",
        "OUT_OF_RANGE",
        1,
        "1000000000000000 is more than an Integer holds (15 digits)",
    ),
    (
        'MakeCurrency(1, "USD") + MakeCurrency(1, "EUR")',
        "CURRENCY_MISMATCH",
        1,
        "the Currencies USD and EUR differ",
    ),
    (
        'MakeCurrency(NOT_SET, "USD") > MakeCurrency(1, "USD")',
        "NOT_SET_OPERAND",
        1,
        "the amount of the Currency is NOT_SET",
    ),
    (
        "1 > ToInt(RandomInt())",
        "FUNCTION_UNSUPPORTED",
        11,
        "RandomInt is known by name only and cannot be computed",
    ),
    ("1" + " + 1" * 50 + " / Flow.zero", "DIVISION_BY_ZERO", 201, "division by zero"),
    ("ToInt(NOT_SET)" + " + 1" * 50, "NOT_SET_OPERAND", 1, "the left operand of + is NOT_SET"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "column", "message"), FAILURES, ids=[row[0][:50] for row in FAILURES]
)
def test_failure(text, code, column, message):
    with pytest.raises(expr.EvaluationError) as caught:
        expr.evaluate(text, VARIABLES)
    error = caught.value
    assert error.span is not None
    assert (error.code, error.span.column, error.message) == (code, column, message)


def test_failure_in_full():
    with pytest.raises(expr.EvaluationError) as caught:
        expr.evaluate('"Hello " +\n  Flow.text[1]', VARIABLES)
    assert str(caught.value) == (
        "expression:2:3: the right operand of + is NOT_SET\n"
        "      Flow.text[1]\n"
        "      ^^^^^^^^^^^^\n"
        "  hint: Append takes NOT_SET for an empty text"
    )


def run(text, types, values, **policies):
    bench = Bench({name.lower(): value for name, value in values.items()}, Policies(policies))
    return expr.check(text, types).evaluate(bench), bench.policies.used


def test_policies_are_asked_and_noted():
    json = expr.evaluate("Flow.j", VARIABLES).raw
    types, values = {"Flow.j": "jsn"}, {"Flow.j": json}
    assert run("Flow.j.x", types, values) == (None, {"json_missing_property": "not_set"})
    with pytest.raises(expr.EvaluationError) as caught:
        run("Flow.j.x", types, values, json_missing_property="flow_error")
    assert (caught.value.code, caught.value.message) == (
        "PROPERTY_MISSING",
        "the JSON value has no property x",
    )
    text = 'Flow.j.a."b c"[9]'
    assert run(text, types, values, json_index_out_of_range="not_set")[0] is None
    assert run('"a" < "B"', {}, {}, string_collation="ordinal") == (False, {"string_collation": "ordinal"})


def test_checked():
    checked = expr.check(
        'append("a", Flow.x, flow.X) + Call.Ani', {"flow.x": "str", "Call.Ani": "str"}, "bln"
    )
    assert checked.variables == ("flow.x", "Call.Ani")
    assert checked.functions == ("ToBool", "Append")
    assert (checked.type, checked.target, checked.unsupported) == ("bln", "bln", ())
    assert checked.text == 'append("a", Flow.x, flow.X) + Call.Ani'
    assert expr.check("RandomInt(1)", {}).unsupported == ("RandomInt",)


def test_compile_expression_reads_its_scope():
    scope = Names({"flow.x": expr.Variable("Flow.x", "int", lambda env: env["x"], "guid")})
    checked = expr.compile_expression("flow.X * 2", scope, "str", name="main.yaml")
    assert checked.evaluate({"x": 21}) == "42"
    assert checked.tree()["ToString"]["operands"][0]["*"]["operands"][0]["ref"]["val"] == "guid"
    with pytest.raises(expr.ExpressionError) as caught:
        expr.compile_expression("Flow.y", scope, None, name="main.yaml")
    assert str(caught.value).startswith("main.yaml:1:1: unknown variable Flow.y")


def test_literals_are_computed_once():
    assert expr.check("1 + 2 * 3", {}).evaluate(None) == 7
    with pytest.raises(expr.EvaluationError):
        expr.check('ToInt("x")', {}).evaluate(None)


PYTHON = [
    ("x", "str"), (1, "int"), (1.5, "dec"), (Decimal("1.5"), "dec"), (True, "bln"), (None, "nul"),
    ([1, None], "int_coll"), ((1, 2.5), "dec_coll"), ({"a": 1}, "jsn"), ([1, "a"], "jsn"),
    (timedelta(1), "dur"), (datetime(2025, 1, 1, tzinfo=UTC), "dtm"), (expr.Value("que", None), "que"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "code"), PYTHON, ids=lambda value: repr(value)[:30])
def test_python_values(value, code):
    assert expr.evaluate("x", {"x": value}).type == code


def test_the_clock_of_evaluate_is_that_of_every_run():
    assert Bench({}).now() == DEFAULT_START


IDS = [
    ("Call.Ani", "__CALL_ANI__"),
    ("Call.EstimatedWaitTime", "__CALL_ESTIMATED_WAIT_TIME__"),
    ("Call.Contact", "__FLOW_CONTACT__"),
    ("Workitem.EventType", "__EVENT_TYPE__"),
    ("Flow.x", ""),
    ("x", ""),
]


@pytest.mark.parametrize(("name", "identifier"), IDS)
def test_built_in_id(name, identifier):
    assert built_in_id(name) == identifier
