"""Types, overloads and every design-time error with its text (A.5, A.7 of the behaviour reference)."""

from __future__ import annotations

import pytest

from ringback.lang import expr
from ringback.lang.expr.typed import outline

VARIABLES = {
    "Flow.points": "int",
    "Flow.dec": "dec",
    "Flow.name": "str",
    "Flow.ok": "bln",
    "Flow.j": "jsn",
    "Flow.order": "jsn__architect::Order",
    "Flow.list": "str_coll",
    "Flow.numbers": "int_coll",
    "Flow.q": "que",
    "Flow.d": "dtm",
    "Flow.dur": "dur",
    "Flow.p": "phn",
    "Flow.money": "cur",
    "Call.Contact": "con",
    "Email.Message": "cpx_email",
}

TYPES = [
    ("1 + 2", "int"),
    ("1 / 2", "dec"),
    ("1 + 2.0", "dec"),
    ("2 ^ 2", "dec"),
    ("7 % 2", "int"),
    ("-Flow.dur", "dur"),
    ("Flow.d + Flow.dur", "dtm"),
    ("Flow.dur + Flow.d", "dtm"),
    ("2 * Flow.money", "cur"),
    ("Flow.money / 2.5", "cur"),
    ('"a" + Flow.name', "str"),
    ("FLOW.POINTS > 1 AND flow.ok", "bln"),
    ("Flow.ok ? Flow.list : MakeEmptyList(ToString(NOT_SET))", "str_coll"),
    ("If(Flow.ok, NOT_SET, Flow.q)", "que"),
    ("If(Flow.ok, Flow.list, NOT_SET)", "str_coll"),
    ("Flow.ok ? ToAudioTTS(Flow.name) : ToAudioBlank(10)", "aud"),
    ("ToAudioTTS(Flow.name) + ToAudioBlank(10)", "aud"),
    ("MakeList(1, NOT_SET)", "int_coll"),
    ("MakeList(Flow.q)[0].name", "str"),
    ("Flow.list[0]", "str"),
    ('Flow.money["amount"]', "dec"),
    ("Flow.money.code", "str"),
    ("Flow.p.e164", "str"),
    ("Flow.p.IsTel", "bln"),
    ("Email.Message.from.id", "str"),
    ("Email.Message.to[0].name", "str"),
    ("Call.Contact.anyColumn", "str"),
    ("Flow.j.a.b[0]", "jsn"),
    ('Flow.order."odd name"', "jsn"),
    ("ToInt(Flow.order.age)", "int"),
    ("System.MaxInt", "int"),
    ("System.MinDateTime", "dtm"),
    ("Format.Date.shortYear", "daf"),
    ("System.DateTime.dayOfWeek.monday", "int"),
    ("System.Currencies.USD.code", "str"),
    ("Flow.numbers == MakeList(1.0)", "bln"),
    ("Flow.list == NOT_SET", "bln"),
    ("NOT_SET != Flow.q", "bln"),
    ("MakeCurrency(NOT_SET, NOT_SET)", "cur"),
    ("Append(NOT_SET, Flow.name)", "str"),
    ("IsSet(NOT_SET)", "bln"),
    ("IsSet(Flow.list)", "bln"),
    ("NOT_SET", "nul"),
]


@pytest.mark.parametrize(("text", "code"), TYPES)
def test_type(text, code):
    assert expr.check(text, VARIABLES).type == code


# root, target, normalised text after Architect's implicit cast
CONVERSIONS = [
    ("3 + 4", "str", "ToString(3 + 4)"),
    ("Flow.list", "str", "ToString(Flow.list)"),
    ("Flow.j.a", "str", "ToString(Flow.j.a)"),
    ("Flow.q", "str", "ToString(Flow.q)"),
    ("Flow.d", "str", "ToString(Flow.d)"),
    ("Flow.name", "str", "Flow.name"),
    ("Flow.name", "int", "ToInt(Flow.name)"),
    ("Flow.points", "dec", "ToDecimal(Flow.points)"),
    ("Flow.name", "bln", "ToBool(Flow.name)"),
    ("Flow.name", "dtm", "ToDateTime(Flow.name)"),
    ("Flow.points", "dur", "ToDuration(Flow.points)"),
    ("Flow.dec", "cur", "ToCurrency(Flow.dec)"),
    ("Flow.name", "phn", "ToPhoneNumber(Flow.name)"),
    ("Flow.points", "jsn", "ToJson(Flow.points)"),
    ("Flow.j", "jsn_coll", "ToJsonCollection(Flow.j)"),
    ("Flow.name", "aud", "ToAudioTTS(Flow.name)"),
    ("Prompt.Hello", "aud", "ToAudio(Prompt.Hello)"),
    ("Flow.name", "com", "ToCommunication(Flow.name)"),
    ("Flow.order", "jsn", "Flow.order"),
    ("NOT_SET", "que", "NOT_SET"),
    ("Flow.ok", "any", "Flow.ok"),
]


@pytest.mark.parametrize(("text", "target", "printed"), CONVERSIONS)
def test_conversion_of_the_root(text, target, printed):
    checked = expr.check(text, VARIABLES, target)
    assert str(checked.root) == printed
    assert target in ("any", checked.type) or checked.type.startswith(target)


# text, target, code, place, message, hint
ERRORS = [
    ('Lenght("x")', None, "RB202", 1, "unknown function Lenght", "did you mean Length?"),
    ('1 + ToUpper("x")', None, "RB202", 5, "unknown function ToUpper", "did you mean Upper?"),
    ("Frobnicate(1)", None, "RB202", 1, "unknown function Frobnicate", ""),
    ("Flow.nmae", None, "RB203", 1, "unknown variable Flow.nmae", "did you mean Flow.name?"),
    ("Flow.nmae.x.y", None, "RB203", 1, "unknown variable Flow.nmae", "did you mean Flow.name?"),
    (
        "Points",
        None,
        "RB203",
        1,
        "unknown variable Points",
        "a variable is named with its scope, such as Flow.name; a string stands in double quotes",
    ),
    ("TRUE", None, "RB203", 1, "unknown variable TRUE", "the literal is written true, in lower case"),
    (
        "Not_Set",
        None,
        "RB203",
        1,
        "unknown variable Not_Set",
        "the literal is written NOT_SET, in upper case",
    ),
    ("null", None, "RB203", 1, "unknown variable null", "the absence of a value is written NOT_SET"),
    (
        "length",
        None,
        "RB203",
        1,
        "unknown variable length",
        "Length is a function: its operands stand in parentheses",
    ),
    (
        '"a" + Flow.points',
        None,
        "RB204",
        1,
        "operator + does not take String and Integer",
        "text joins with text only: ToString(Flow.points), or Append of Strings",
    ),
    (
        'Append("a", 5)',
        None,
        "RB204",
        1,
        "Append does not take String and Integer",
        "nothing is converted inside an expression; ToString(5) would fit",
    ),
    (
        "Round(5)",
        None,
        "RB204",
        1,
        "Round does not take Integer",
        "nothing is converted inside an expression; ToDecimal(5) would fit",
    ),
    (
        "Flow.d - Flow.d",
        None,
        "RB204",
        1,
        "operator - does not take DateTime and DateTime",
        "DateTimeDiff gives the Duration between two DateTimes",
    ),
    (
        "Flow.points and true",
        None,
        "RB204",
        1,
        "operand 1 (left) of and must be a Boolean, but is an Integer",
        "logic wants Booleans: compare first, or use IsSet",
    ),
    (
        "MakeList(1, 2.0)",
        None,
        "RB204",
        1,
        "MakeList does not take Integer and Decimal",
        "Integer and Decimal are two types; convert one with ToDecimal or ToInt",
    ),
    ("MakeList()", None, "RB204", 1, "MakeList needs operands", "MakeList takes (Any...) -> List"),
    (
        'Substring("abc", 1)',
        None,
        "RB204",
        1,
        "Substring does not take 2 operands",
        "Substring takes (String, Integer, Integer) -> String",
    ),
    (
        'Left("x", ToQueue(NOT_SET))',
        None,
        "RB204",
        11,
        "operand 2 (length) of Left must be an Integer, but is a Queue",
        "Left takes (String, Integer) -> String",
    ),
    (
        "Flow.q[0]",
        None,
        "RB204",
        1,
        "operator [ does not take Integer and Queue",
        "operator [ takes (Integer, List) -> Any; (Integer, JSON) -> JSON",
    ),
    (
        "1 > 2 & Flow.ok",
        None,
        "RB204",
        1,
        "operand 1 (left) of & must be an Integer, but is a Boolean",
        "operator & takes (Integer, Integer) -> Integer",
    ),
    (
        "GetAt(Flow.q, Flow.q)",
        None,
        "RB204",
        15,
        "operand 2 (index) of GetAt must be an Integer, but is a Queue",
        "GetAt takes (List, Integer) -> Any",
    ),
    ('Left("x", -1)', None, "RB205", 11, "length of Left must be 0 or more, but is -1", ""),
    ("MakeDateTime(2021, 13, 1)", None, "RB205", 20, "month of MakeDateTime must be 1 to 12, but is 13", ""),
    ("Flow.list[-1]", None, "RB205", 11, "an index must be 0 or more, but is -1", ""),
    (
        "GetDayOfWeekOccurrence(1, 0, 2020)",
        None,
        "RB205",
        27,
        "occurrence of GetDayOfWeekOccurrence may not be 0",
        "",
    ),
    ('MakeCurrency(1, "ABC")', None, "RB205", 17, '"ABC" is no ISO 4217 currency code', ""),
    (
        "1000000000000000",
        None,
        "RB205",
        1,
        "1000000000000000 is more than an Integer holds (15 digits)",
        "",
    ),
    ("1." + "1" * 40, None, "RB205", 1, "a Decimal holds 40 digits", ""),
    ("Flow.points / 0", None, "RB206", 15, "division by the literal zero", ""),
    ("Flow.points % 0.0", None, "RB206", 15, "division by the literal zero", ""),
    ("ToAudioBlank(Flow.points)", None, "RB207", 14, "milliseconds of ToAudioBlank must be a literal", ""),
    (
        "Flow.j[Flow.name]",
        None,
        "RB207",
        8,
        "the name of a property must be a string literal",
        "GetJsonObjectProperty takes a computed name",
    ),
    (
        "Flow.q.nmae",
        None,
        "RB208",
        7,
        "Queue has no property nmae",
        "did you mean name? properties: id, name",
    ),
    ('Flow.q["x"]', None, "RB208", 7, "Queue has no property x", "properties: id, name"),
    (
        "Flow.list.id",
        None,
        "RB208",
        10,
        "String Collection has no property id",
        "a collection has items: x[0]; Count gives their number",
    ),
    ("Flow.ok.x", None, "RB208", 8, "Boolean has no property x", ""),
    ("NOT_SET.x", None, "RB208", 8, "a bare NOT_SET has no properties", ""),
    (
        "NOT_SET == NOT_SET",
        None,
        "RB209",
        1,
        "operator ==: a bare NOT_SET has no type here",
        "give one operand a type, such as ToString(NOT_SET) or ToInt(NOT_SET)",
    ),
    (
        "If(Flow.ok, NOT_SET, NOT_SET)",
        None,
        "RB209",
        1,
        "If: a bare NOT_SET has no type here",
        "give one operand a type, such as ToString(NOT_SET) or ToInt(NOT_SET)",
    ),
    (
        "Flow.name",
        "str_coll",
        "RB210",
        1,
        "the expression is a String, the target wants a String Collection",
        "a single value does not become a collection by itself; use MakeList",
    ),
    (
        "Flow.numbers",
        "int",
        "RB210",
        1,
        "the expression is an Integer Collection, the target wants an Integer",
        "take one item of the collection: x[0] or GetAt(x, 0)",
    ),
    ("Flow.q", "int", "RB210", 1, "the expression is a Queue, the target wants an Integer", ""),
    (
        "Append(AudioPlaybackOptions(ToAudioBlank(1), true), ToAudioBlank(1))",
        None,
        "RB211",
        8,
        "AudioPlaybackOptions must be the outermost call",
        "it says how the whole audio is played",
    ),
]


@pytest.mark.parametrize(("text", "target", "code", "column", "message", "hint"), ERRORS)
def test_error(text, target, code, column, message, hint):
    with pytest.raises(expr.ExpressionError) as caught:
        expr.check(text, VARIABLES, target)
    error = caught.value
    assert error.span is not None
    assert (error.code, error.span.column, error.message, error.hint) == (code, column, message, hint)


def test_error_in_full():
    with pytest.raises(expr.ExpressionError) as caught:
        expr.check('If(Flow.ok,\n   "a" + Flow.points,\n   "b")', VARIABLES)
    assert str(caught.value) == (
        "expression:2:4: operator + does not take String and Integer\n"
        '       "a" + Flow.points,\n'
        "       ^^^^^^^^^^^^^^^^^\n"
        "  hint: text joins with text only: ToString(Flow.points), or Append of Strings"
    )


def test_outline():
    root = expr.check('Flow.q.name + Append("a", NOT_SET) == "b"', VARIABLES, "str").root
    assert outline(root).splitlines() == [
        "ToString: str as cast",
        "  ==: bln",
        "    +: str",
        "      .name: str",
        "        Flow.q: que",
        "      Append: str",
        '        "a": str',
        "        NOT_SET: str",
        '    "b": str',
    ]
