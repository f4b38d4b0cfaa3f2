"""Whatever is written: no crash, no hang, and printing gives the same expression again."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringback.core.errors import DefinitionError
from ringback.lang import expr
from ringback.lang.expr.library import FUNCTIONS
from ringback.lang.expr.operators import OPERATORS
from ringback.lang.expr.parser import parse
from ringback.lang.expr.tree import walk

VARIABLES = {
    "Flow.int": 7,
    "Flow.zero": 0,
    "Flow.dec": Decimal("2.5"),
    "Flow.str": "Ann",
    "Flow.ok": True,
    "Flow.none": expr.Value("str", None),
    "Flow.list": [1, 2, None],
    "Flow.words": ["a", "B"],
    "Flow.j": {"a": [1, None, {"b": "c"}]},
}
NAMES = sorted({rows[0].name for rows in FUNCTIONS.values()})
BINARY = [symbol for symbol in OPERATORS if symbol not in ("?", "[", "negate", "!", "~")]
COMMON = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])

literals = st.one_of(
    st.integers(0, 10**15).map(str),
    st.decimals(0, 10**20, allow_nan=False, places=3).map(lambda value: f"{value:f}"),
    st.sampled_from(
        ["0", "1", "2", "-1", "true", "false", "NOT_SET", '""', '"a"', '"USD"', '"2020-01-01T00:00:00Z"']
    ),
    st.text(max_size=5).map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'),
)
leaves = st.one_of(
    literals, st.sampled_from([*VARIABLES, "Flow.j.a", "System.MaxInt", "Format.Date.shortYear"])
)


def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from(BINARY), inner),
        st.builds("({})".format, inner),
        st.builds("{}({})".format, st.sampled_from(["!", "-", "~"]), inner),
        st.builds("{} ? {} : {}".format, inner, inner, inner),
        st.builds("({})[{}]".format, inner, inner),
        st.builds("({}).{}".format, inner, st.sampled_from(["id", "a", "amount", '"odd name"'])),
        st.builds(
            lambda name, operands: f"{name}({', '.join(operands)})",
            st.sampled_from(NAMES),
            st.lists(inner, max_size=4),
        ),
    )


expressions = st.recursive(leaves, grow, max_leaves=12)
noise = st.text(alphabet='aF1.0"\\ ()[]+-*/^?:!=<>,andorNOT_SET\n', max_size=60)


def evaluated(text: str) -> None:
    """Evaluates; our own errors, with a place and a message, are fine."""
    try:
        shown = expr.evaluate(text, VARIABLES).show()
    except DefinitionError as error:
        shown = error.message if error.span and error.code else ""
    assert shown


@COMMON
@given(expressions)
def test_random_expressions_give_a_value_or_our_error(text):
    evaluated(text)


@COMMON
@given(noise)
def test_random_text_gives_a_value_or_our_error(text):
    evaluated(text)


@COMMON
@given(st.sampled_from([name for name, rows in FUNCTIONS.items() if rows]), st.data())
def test_well_typed_calls_give_a_value_or_our_error(name, data):
    """Operands that fit an overload, so that the function itself is reached."""
    row = data.draw(st.sampled_from(FUNCTIONS[name]))
    operands = [data.draw(st.sampled_from(SAMPLES.get(item.type, ["NOT_SET"]))) for item in row.parameters]
    evaluated(f"{row.name}({', '.join(operands)})")


SAMPLES = {
    "int": ["0", "1", "-3", "2020", "Flow.int", "999999999999999", "ToInt(NOT_SET)", "-Flow.int"],
    "dec": ["0.0", "2.5", "-0.5", "Flow.dec", "10.0 ^ 39", "ToDecimal(NOT_SET)"],
    "str": ['""', '"a b"', '"PT5M"', '"+13175550100"', '"{\\"a\\": [1]}"', "Flow.str", "Flow.none", '"EUR"'],
    "bln": ["true", "false", "Flow.ok", "ToBool(NOT_SET)"],
    "dtm": ["GetCurrentDateTimeUtc()", "System.MaxDateTime", "System.MinDateTime", "ToDateTime(NOT_SET)"],
    "dur": ["ToDuration(1)", "System.MaxDuration", "System.MinDuration", "ToDuration(NOT_SET)"],
    "cur": ['MakeCurrency(1.5, "USD")', 'MakeCurrency(NOT_SET, "USD")', "ToCurrency(NOT_SET)"],
    "phn": ['ToPhoneNumber("+13175550100")', 'ToPhoneNumber("sip:a@b.c")', "ToPhoneNumber(NOT_SET)"],
    "jsn": ["Flow.j", "Flow.j.a", "Flow.j.a[1]", "Flow.j.missing", "ToJson(1)"],
    "T": ["1", "Flow.str", "Flow.dec"],
    "T_coll": ["Flow.list", "Flow.words", "MakeEmptyList(1)"],
    "any": ["1", "Flow.str", "Flow.j", "Flow.list"],
    "aud": ['ToAudioTTS("a")'],
    "pmt": ["Prompt.Hello"],
    "audpmt": ['ToAudioTTS("a")', "Prompt.Hello"],
    "str_coll": ["Flow.words"],
    "int_coll": ["Flow.list"],
    "dec_coll": ["MakeList(1.0, NOT_SET)"],
    "dur_coll": ["MakeList(ToDuration(1), NOT_SET)"],
    "cur_coll": ['MakeList(MakeCurrency(1, "USD"), NOT_SET)'],
}


@COMMON
@given(expressions)
def test_printing_and_parsing_gives_the_same_tree(text):
    try:
        node = parse(text)
    except DefinitionError:
        return
    assert parse(str(node)) == node
    assert all(text[part.start : part.end] for part in walk(node))


@COMMON
@given(expressions)
def test_the_normalised_text_means_the_same(text):
    types = {name: expr.evaluate(name, VARIABLES).type for name in VARIABLES}
    try:
        checked = expr.check(text, types, "str")
    except DefinitionError:
        return
    again = expr.check(str(checked.root), types, "str")
    assert str(again.root) == str(checked.root)
    assert again.functions == checked.functions
