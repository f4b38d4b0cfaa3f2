"""What functions give: expressions of our own with the result as Expression Help would print it."""

from __future__ import annotations

import pytest

from ringback.lang import expr
from ringback.lang.expr.values import Entity

TEXT = [
    ('Append("a", NOT_SET, "b")', '"ab"'),
    ('Compare("a", "a")', "0"),
    ('Compare("B", "a")', "1"),
    ('Compare("a", "B", true)', "-1"),
    ('Contains("Hello", "LL")', "false"),
    ('Contains("Hello", "LL", true)', "true"),
    ('DetectLanguage("Where is the parcel that I have sent to you?", "xx")', '"en"'),
    ('DetectLanguage("¿Dónde está mi pedido? No me gusta la espera.", "xx")', '"es"'),
    ('DetectLanguage("荷物はどこですか", "xx")', '"ja"'),
    ('DetectLanguage("12345", "xx")', '"xx"'),
    ('FindString("banana", "an")', "1"),
    ('FindString("banana", "an", 2)', "3"),
    ('FindString("banana", "AN", 2, true)', "3"),
    ('FindString("banana", "an", 3)', "-1"),
    ('FindString("İx", "X", true)', "1"),
    ('Left("Hello", 9)', '"Hello"'),
    ('Length("Zoë")', "3"),
    ('Lower("ÀÉ")', '"àé"'),
    (r'LTrim("\t\n x ")', '"x "'),
    ('Trim("\u00a0x ")', '"\u00a0x"'),
    ('Replace("aaa", "aa", "b")', '"ba"'),
    ('Replace("a.b", ".", NOT_SET)', '"ab"'),
    ('Reverse("")', '""'),
    ('Right("Hello", 0)', '""'),
    (r'RTrim("x \r\n")', '"x"'),
    ('Split("a,,b", ",")', '["a", "", "b"]'),
    ('Split("abc", "")', '["a", "b", "c"]'),
    ('Split("", "")', '[""]'),
    ('Substring("Hello", 5, 1)', '""'),
    ('Upper("straße")', '"STRAßE"'),
]
COLLECTIONS = [
    ("AddItem(MakeEmptyList(ToInt(NOT_SET)), 5)", "[5]"),
    ("AddItemAt(MakeList(1, 2), 2, 3)", "[1, 2, 3]"),
    ("Count(MakeEmptyList(1))", "0"),
    ('Count(JsonParse("[1, [2, 3]]"))', "2"),
    (r'JsonParse("{\"\\uD83D\\uDE00\": [\"a\\ud800\", 1.50, null]}")', 'JSON {"😀":["a�",1.50,null]}'),
    ('Find(MakeList("a", "b", "a"), "a")', "[0, 2]"),
    ('FindFirst(MakeList("a"), "A")', "-1"),
    ("GetAt(MakeList(1, 2), 1)", "2"),
    ('RemoveDups(MakeList("a", "b", "a", ToString(NOT_SET), ToString(NOT_SET)))', '["a", "b", NOT_SET]'),
    ("RemoveItem(MakeList(1, 2, 1), 1)", "[2]"),
    ("RemoveItemAt(MakeList(1, 2, 3), 1)", "[1, 3]"),
    ("ReplaceItem(MakeList(1, 2, 1), 1, 9)", "[9, 2, 9]"),
    ("ReplaceItemAt(MakeList(1, 2), 0, 9)", "[9, 2]"),
    ("ReplaceItemFirst(MakeList(1, 2, 1), 1, 9)", "[9, 2, 1]"),
    ("ReplaceItemFirst(MakeList(1), 2, 9)", "[1]"),
]
LOGIC = [
    ("AreEqual(1, 1, 2)", "false"),
    ('AreEqual(true, "A", "a", "A")', "true"),
    ('If(ToBool(NOT_SET), "a", "b")', '"b"'),
    ("If(true, 1, GetAt(MakeList(1), 5))", "1"),
    ("If(false, MakeList(1), MakeList(2))", "[2]"),
    ('IsNotSetOrEmpty(" ")', "false"),
    ('IsNotSetOrEmpty(JsonParse("null"))', "true"),
    ('IsNotSetOrEmpty(JsonParse("0"))', "false"),
    ('IsSet("")', "true"),
    ("IsSet(NOT_SET)", "false"),
]
MATH = [
    ("Average(1, 2)", "1.5"),
    ("Average(MakeDuration(0, 0, 0, 1), MakeDuration(0, 0, 0, 2))", "Duration(1.5s)"),
    ("Ceiling(-0.5)", "0.0"),
    ("Ceiling(7)", "7"),
    ('Ceiling(MakeCurrency(0.01, "USD"))', 'Currency(1.00, "USD")'),
    ("Floor(-0.5)", "-1.0"),
    ("Round(2.5)", "3.0"),
    ("Round(-2.5)", "-3.0"),
    ("Round(2.25, 1)", "2.3"),
    ("Round(2.2, 5)", "2.2"),
    ('Round(MakeCurrency(1.005, "USD"), 2)', 'Currency(1.01, "USD")'),
    ("Sum(1, NOT_SET, 3)", "4"),
    ('Sum(MakeCurrency(1, "USD"), ToCurrency(NOT_SET))', 'Currency(1.00, "USD")'),
]
DATES = [
    ("AddDays(MakeDateTime(2024, 2, 28), 1)", 'DateTime("2024-02-29T00:00:00Z")'),
    (
        "AddDuration(MakeDateTime(2024, 1, 1), MakeDuration(0, 0, 0, 1, 900))",
        'DateTime("2024-01-01T00:00:01Z")',
    ),
    ("AddMonths(MakeDateTime(2024, 1, 31), 1)", 'DateTime("2024-02-29T00:00:00Z")'),
    ("AddMonths(MakeDateTime(2024, 1, 31), -2)", 'DateTime("2023-11-30T00:00:00Z")'),
    ("AddYears(MakeDateTime(2024, 2, 29), 1)", 'DateTime("2025-02-28T00:00:00Z")'),
    ("AddSeconds(MakeDateTime(2024, 1, 1), -1)", 'DateTime("2023-12-31T23:59:59Z")'),
    ("DateTimeDiff(MakeDateTime(2024, 1, 1), MakeDateTime(2024, 1, 3))", "Duration(-172800s)"),
    ("DayOfWeek(MakeDateTime(2025, 6, 7))", "7"),
    ("GetCurrentDateTimeUtc()", 'DateTime("2025-06-02T10:00:00Z")'),
    ("GetDayOfWeekOccurrence(5, 4, 2025, 11)", 'DateTime("2025-11-27T00:00:00Z")'),
    ("GetDayOfWeekOccurrence(2, -1, 2025, 5, 12, 0, 0)", 'DateTime("2025-05-26T12:00:00Z")'),
    ("GetDayOfWeekOccurrence(4, 53, 2025)", 'DateTime("2025-12-31T00:00:00Z")'),
    ("GetDayOfWeekOccurrence(5, 53, 2025)", "NOT_SET"),
    ("GetDayOfWeekOccurrence(1, -5, 2025, 2)", "NOT_SET"),
    ("MakeDuration(1, -1, 0, 0)", "Duration(82800s)"),
    ("Range(MakeDuration(0, 1, 0, 0), MakeDuration(0, 0, 10, 0))", "[Duration(3000s), Duration(4200s)]"),
    ("RoundUp(MakeDuration(0, 0, 0, 1))", "Duration(30s)"),
    ("RoundUp(MakeDuration(0, 0, 5, 1))", "Duration(600s)"),
    ("RoundUp(MakeDuration(0, 0, 6, 0), MakeDuration(0, 0, 3, 0))", "Duration(360s)"),
    ("WeekNum(MakeDateTime(2021, 1, 3))", "53"),
    ("WeekNum(MakeDateTime(2021, 1, 4))", "1"),
    ("Year(MakeDateTime(2021, 1, 3)) + Month(MakeDateTime(2021, 1, 3))", "2022"),
]
CASTS = [
    ('ToBool("T")', "true"),
    ('ToBool("yes")', "NOT_SET"),
    ('ToCurrency(" 5 | eur ")', 'Currency(5, "EUR")'),
    ('ToDateTime("2024-01-01T00:30:00+01:00")', 'DateTime("2023-12-31T23:30:00Z")'),
    ("ToDateTime(-1)", 'DateTime("1969-12-31T23:59:59Z")'),
    ('ToDecimal(" .5 ")', "0.5"),
    ("ToDisplayString(ToString(NOT_SET))", '""'),
    ('ToDisplayString(MakeList("a", "b"))', '"a, b"'),
    ('ToDuration("-P1DT0.0019S")', "Duration(-86400.001s)"),
    ('ToInt("\u00a0 ")', "NOT_SET"),
    ('ToInt("+7")', "7"),
    ("ToInt(ToDuration(1500))", "1500"),
    ('ToPhoneNumber("tel:+13178723000").e164', '"+13178723000"'),
    ('ToPhoneNumber("")', "NOT_SET"),
    ('ToString(ToPhoneNumber("+13178723000"))', '"tel:+13178723000"'),
    ('ToString(JsonParse("{\\"a\\": [1.50, null]}"))', r'"{\"a\":[1.50,null]}"'),
    ("ToString(MakeList(1.5, 2.25), NOT_SET, 1)", r'"1.5\n2.3"'),
    ('ToString(MakeList(1, 2), "")', '"12"'),
    ("ToScheduleGroup(NOT_SET)", "NOT_SET"),
    ('ToQueue("Sales")', "NOT_SET"),
]
MONEY = [
    ('ConvertCurrency(MakeCurrency(10.00, "USD"), "EUR", 0.5)', 'Currency(5.00, "EUR")'),
    ('ConvertCurrency(MakeCurrency(NOT_SET, "USD"), "EUR", 0.5)', 'Currency(NOT_SET, "EUR")'),
    ('GetCurrencySymbol("GBP")', '"£"'),
    ('GetCurrencySymbol("XPF")', '"XPF"'),
    ("GetCurrencySymbol(ToCurrency(NOT_SET))", "NOT_SET"),
    ('MakeListCurrency(MakeList(1.0, 2.5), "USD")', '[Currency(1.00, "USD"), Currency(2.50, "USD")]'),
    (
        'MakeListCurrency(MakeList(1.0, ToDecimal(NOT_SET)), MakeList("USD", "EUR"))',
        '[Currency(1.00, "USD"), Currency(NOT_SET, "EUR")]',
    ),
]
JSON = [
    ('GetJsonObjectPropertyNames(JsonParse("{\\"b\\": 1, \\"a\\": 2}"))', '["b", "a"]'),
    ('IsJsonObject(JsonParse("[]"))', "false"),
    ('ReplaceJsonArrayItem(JsonParse("[1, 2, 1.0, true]"), 1, "x")', 'JSON ["x",2,"x",true]'),
    ('SetJsonObjectProperty(JsonParse("{\\"a\\": 1}"), "a", ToJson("2"))', 'JSON {"a":"2"}'),
    ('ToJson("[1]")', r'JSON "[1]"'),
    ("ToJson(2.50)", "JSON 2.50"),
    ("ToJson(MakeList(1, 2))", "JSON [1,2]"),
    ('ToJson(MakeCurrency(1, "USD"))', 'JSON {"amount":1.00,"code":"USD"}'),
    ('ToJsonCollection(JsonParse("[1, null]"))', "[JSON 1, JSON null]"),
    ("ToJsonCollection(MakeList(1, ToInt(NOT_SET)))", "[JSON 1, NOT_SET]"),
]
MISC = [
    ('EmailAddressLocalPart("Jo <jo@x.com>")', '"jo"'),
    ('EmailAddressDomainPart(MakeEmailAddress("jo@x.com"))', '"x.com"'),
    ('EmailAddressLocalPart("a@b@c")', "NOT_SET"),
    ("GetDefaultLanguage()", '"en-US"'),
    ('AudioPlaybackOptions(Append(ToAudioTTS("Hi"), ToAudioBlank(500), ToAudioNumber(5)), true)',
     'Audio("Hi 5")'),
    ('MakeCommunication("You are number ", 5, ".")', 'Communication("You are number 5.")'),
    ('ToCommunication("Hi", Format.String.playChars)', 'Communication("H i")'),
    ("ToAudioNumber(1, Language.Gender.feminine, Language.Case.article)", 'Audio("1")'),
    ("MakeTimeslot(MakeDateTime(2025, 6, 2), MakeDuration(0, 1, 0, 0)).length", "Duration(3600s)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "result"), TEXT + COLLECTIONS + LOGIC + MATH + DATES + CASTS + MONEY + JSON + MISC
)
def test_result(text, result):
    assert expr.evaluate(text).show() == result


ERRORS = [
    ("GetAt(MakeList(1), 1)", "INDEX_OUT_OF_RANGE", "index 1 is outside a collection of 1 items"),
    ("GetAt(MakeList(1), 0 - 1)", "INDEX_OUT_OF_RANGE", "index -1 is outside a collection of 1 items"),
    ("AddItemAt(MakeList(1), 3, 1)", "INDEX_OUT_OF_RANGE", "index 3 is outside a collection of 1 items"),
    ('ToInt("abc")', "CONVERSION", "'abc' is not a valid Integer"),
    ('ToInt("3.7")', "CONVERSION", "'3.7' is not a valid Integer"),
    ('ToDecimal("1,5")', "CONVERSION", "'1,5' is not a valid Decimal"),
    ('ToDateTime("2021-01-01")', "CONVERSION", "'2021-01-01' is not a valid DateTime"),
    ('ToDateTime("2021-02-30T00:00:00Z")', "CONVERSION", "'2021-02-30T00:00:00Z' is not a valid DateTime"),
    ('ToDuration("P1M")', "CONVERSION", "'P1M' is not a valid Duration"),
    ('ToDuration("PT")', "CONVERSION", "'PT' is not a valid Duration"),
    ("ToDateTime(999999999999999)", "OUT_OF_RANGE", "the DateTime is outside 1800 to 2200"),
    ("ToInt(9999999999999999.0)", "OUT_OF_RANGE",
     "9999999999999999 is more than an Integer holds (15 digits)"),
    ("MakeDateTime(2021, 2, 30)", "BAD_ARGUMENT", "no such date and time: day is out of range for month"),
    ("AddYears(MakeDateTime(2200, 1, 1), 1)", "OUT_OF_RANGE", "year 2201 is outside 1800 to 2200"),
    ("AddHours(MakeDateTime(1800, 1, 1), 0 - 1)", "OUT_OF_RANGE", "1799-12-31 is outside 1800 to 2200"),
    ("MakeDuration(99999999, 0, 0, 0)", "OUT_OF_RANGE",
     "8639999913600000 ms is more than a Duration holds (15 digits of milliseconds)"),
    ("RoundUp(MakeDuration(0, 0, 1, 0), MakeDuration(0, 0, 0, 0))", "BAD_ARGUMENT",
     "the interval has to be longer than nothing"),
    ('Sum(MakeCurrency(1, "USD"), MakeCurrency(1, "EUR"))', "CURRENCY_MISMATCH",
     "the Currencies EUR and USD differ"),
    ('Round(MakeCurrency(NOT_SET, "USD"))', "NOT_SET_OPERAND", "the amount of the Currency is NOT_SET"),
    ('MakeListCurrency(MakeList(1.0), MakeList("USD", "EUR"))', "BAD_ARGUMENT",
     "1 amounts but 2 currency codes"),
    ('Left("a", 0 - 1)', "BAD_ARGUMENT", "length -1 is negative"),
    ('FindString("a", "a", 1 - 1)', "BAD_ARGUMENT", "occurrence 0 is below 1"),
    ('JsonParse("{a: 1}")', "CONVERSION",
     "text is not JSON: Expecting property name enclosed in double quotes at character 2"),
    ('JsonParse("NaN")', "CONVERSION", "text is not JSON: NaN is not JSON"),
    ('SetJsonObjectProperty(JsonParse("[]"), "a", ToJson(1))', "CONVERSION",
     "the JSON value is not an object"),
    ('ReplaceJsonArrayItem(JsonParse("{}"), 1, 2)', "CONVERSION", "the JSON value is not an array"),
    ('Count(JsonParse("{}"))', "CONVERSION", "the JSON value is not an array"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "message"), ERRORS, ids=[row[0] for row in ERRORS])
def test_error(text, code, message):
    with pytest.raises(expr.EvaluationError) as caught:
        expr.evaluate(text)
    function, _, _ = text.partition("(")
    assert (caught.value.code, caught.value.message) == (code, f"{function}: {message}")


NOT_SET_REFUSED = [
    "Length(NOT_SET)",
    "Upper(ToString(NOT_SET))",
    "Day(ToDateTime(NOT_SET))",
    "Round(NOT_SET)",
]


@pytest.mark.parametrize("text", NOT_SET_REFUSED)
def test_not_set_where_it_is_not_allowed(text):
    with pytest.raises(expr.EvaluationError) as caught:
        expr.evaluate(text)
    assert caught.value.code == "NOT_SET_OPERAND"


@pytest.mark.parametrize("name", ["Random()", "RandomInt()", "GetQueueEstimatedWaitTime()"])
def test_functions_known_by_name_only(name):
    with pytest.raises(expr.EvaluationError) as caught:
        expr.evaluate(name)
    assert caught.value.code == "FUNCTION_UNSUPPORTED"


def test_agent_scores():
    users = [Entity("usr", "u-1", "Jo"), Entity("usr", "u-2", "Al")]
    text = "MakeListAgentScorePair(Flow.users, MakeList(100, 50))[1]"
    pair = expr.evaluate(text, {"Flow.users": users}).raw
    assert (pair.fields["agent"].id, pair.fields["score"]) == ("u-2", 50)
    with pytest.raises(expr.EvaluationError, match="2 users but 1 scores"):
        expr.evaluate("MakeListAgentScorePair(Flow.users, MakeList(1))", {"Flow.users": users})
