"""Raw values: how they are shown, written, said, stored and read."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.core.errors import DefinitionError
from ringback.lang.expr import values
from ringback.lang.expr.values import (
    Currency,
    Entity,
    EvaluationError,
    Json,
    Member,
    PhoneNumber,
    Speech,
    Value,
    email_address,
    from_json,
    from_plain,
    from_text,
    infer,
    plain,
    speech_text,
    to_json,
    to_text,
)

D = Decimal
NOON = datetime(2009, 3, 7, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUEUE = Entity("que", "q-1", "Sales")

SHOWN = [
    ("nul", None, "NOT_SET"),
    ("bln", True, "true"),
    ("int", -3, "-3"),
    ("dec", D(5), "5.0"),
    ("dec", D("2.00"), "2.00"),
    ("dec", D("-0.0"), "0.0"),
    ("dec", D("1E+3"), "1000.0"),
    ("str", 'a "b"\n\\', r'"a \"b\"\n\\"'),
    ("dtm", NOON, 'DateTime("2009-03-07T12:00:00Z")'),
    ("dat", date(2025, 6, 2), 'Date("2025-06-02")'),
    ("tim", time(9, 5), 'Time("09:05:00")'),
    ("dur", HOUR, "Duration(3600s)"),
    ("dur", timedelta(milliseconds=-4_530_250), "Duration(-4530.25s)"),
    ("dur", timedelta(0), "Duration(0s)"),
    ("cur", Currency(D("5.25"), "USD"), 'Currency(5.25, "USD")'),
    ("cur", Currency(None, None), "Currency(NOT_SET, NOT_SET)"),
    ("phn", PhoneNumber("+13178723000"), 'PhoneNumber("tel:+13178723000")'),
    ("jsn", Json({"a": [1, D("2.50"), None, "x"]}), 'JSON {"a":[1,2.50,null,"x"]}'),
    ("jsn", Json([10, 20]), "JSON [10,20]"),
    ("int_coll", (1, 2), "[1, 2]"),
    ("str_coll", ("a", None), '["a", NOT_SET]'),
    ("int_coll", (), "empty Integer Collection"),
    ("que_coll", (), "empty Queue Collection"),
    ("que", QUEUE, 'Queue("Sales")'),
    ("aud", Speech("ToAudioTTS", ("Hello",)), 'Audio("Hello")'),
    ("daf", Member("daf", "shortYear"), "shortYear"),
]


@pytest.mark.parametrize(("kind", "raw", "shown"), SHOWN)
def test_show(kind, raw, shown):
    assert Value(kind, raw).show() == shown


TEXTS = [
    ("str", None, None),
    ("bln", False, "false"),
    ("dec", D("-1.0"), "-1.0"),
    ("dtm", NOON, "2009-03-07T12:00:00Z"),
    ("dur", timedelta(days=-10, hours=5, minutes=30, milliseconds=456), "-P9DT18H29M59.544S"),
    ("dur", timedelta(days=1, hours=3), "P1DT3H"),
    ("dur", timedelta(days=2), "P2D"),
    ("dur", timedelta(0), "PT0S"),
    ("cur", Currency(D("1.125"), "USD"), "1.13|USD"),
    ("cur", Currency(None, "USD"), "|USD"),
    ("phn", PhoneNumber("+1 (317) 872-3000"), "tel:+1 (317) 872-3000"),
    ("phn", PhoneNumber("anonymous"), None),
    ("que", QUEUE, "Sales"),
    ("usr", Entity("usr", "u-1", "Jo Doe", {"username": "jo@x.com"}), "jo@x.com"),
    ("usr", Entity("usr", "u-1", "Jo Doe"), "Jo Doe"),
    ("cpx_external_contact", Entity("cpx_external_contact", "c-1", None, {"firstName": "Jo"}), "c-1"),
    ("cpx_email_address", email_address("jo@x.com", "Jo"), "jo@x.com"),
    (
        "cpx_external_address",
        Entity("cpx_external_address", None, None, {"city": "Los Angeles", "state": "CA"}),
        "Los Angeles, CA",
    ),
    (
        "cpx_external_phone_number",
        Entity("cpx_external_phone_number", None, None, {"display": "(212) 555-1212"}),
        "(212) 555-1212",
    ),
    ("jsn", Json("x"), "x"),
    ("jsn", Json(None), None),
    ("jsn", Json({"a": True}), '{"a":true}'),
    ("tim", time(9, 5), "09:05:00"),
    ("que_coll", (QUEUE, None), "Sales\n"),
]


@pytest.mark.parametrize(("kind", "raw", "text"), TEXTS)
def test_to_text(kind, raw, text):
    assert to_text(kind, raw) == text


def test_to_text_with_delimiter_and_places():
    assert to_text("dec_coll", (None, D(-1)), delimiter="|", places=4) == "|-1.0000"
    assert to_text("cur", Currency(D("2000.506"), "USD"), places=2) == "2000.51|USD"


def audio(function, *arguments):
    return Speech(function, arguments)


DIGITS = Member("nuf", "playDigits")
THURSDAY = datetime(1989, 11, 30, 14, 22, 11, tzinfo=UTC)
US = PhoneNumber("tel:+13178723000")
SAID = [
    (None, ""),
    ("Hello", "Hello"),
    (audio("ToAudioTTS", "Hello"), "Hello"),
    (audio("ToAudioTTS", None), ""),
    (audio("ToAudioTTS", "Hola", "es-US"), "Hola"),
    (audio("ToAudioTTS", "Hello", Member("stf", "playChars")), "H e l l o"),
    (audio("ToAudioBlank", 500), ""),
    (audio("Append", audio("ToAudioTTS", "Hi"), audio("ToAudioBlank", 1), audio("ToAudioTTS", "Jo.")),
     "Hi Jo."),
    (audio("AudioPlaybackOptions", audio("ToAudioTTS", "Hi"), True), "Hi"),
    (audio("ToAudio", Entity("pmt", "p", "Welcome")), "Welcome"),
    (audio("ToAudio", Entity("pmt", "p", "Welcome", {"textToSpeech": "Welcome to us"})), "Welcome to us"),
    (audio("ToAudioBool", True), "true"),
    (audio("ToAudioBool", False, Member("bof", "playYesNo")), "no"),
    (audio("ToAudioDuration", timedelta(hours=1, minutes=30, seconds=5.7)), "1 hour 30 minutes 5 seconds"),
    (audio("ToAudioDuration", timedelta(minutes=-30)), "negative 30 minutes"),
    (audio("ToAudioPhoneNumber", US), "plus 1 3 1 7 8 7 2 3 0 0 0"),
    (audio("ToAudioPhoneNumber", US, Member("phf", "local")), "3 1 7 8 7 2 3 0 0 0"),
    (audio("ToAudioPhoneNumber", US, "1"), "3 1 7 8 7 2 3 0 0 0"),
    (audio("ToAudioPhoneNumber", US, "31"), "plus 1 3 1 7 8 7 2 3 0 0 0"),
    (audio("ToAudioPhoneNumber", PhoneNumber("tel:+31755551212"), Member("phf", "local")),
     "0 7 5 5 5 5 1 2 1 2"),
    (audio("ToAudioPhoneNumber", PhoneNumber("sip:a@b")), ""),
    (audio("ToAudioPhoneNumber", "812-555-1234"), "8 1 2 5 5 5 1 2 3 4"),
    (audio("ToAudioCurrency", Currency(D("1.567"), "USD")), "1.57 USD"),
    (audio("ToAudioCurrency", Currency(D("1234567.80"), "USD"), Member("cuf", "majorUnitsOnly")),
     "1234567 USD"),
    (audio("ToAudioCurrency", Currency(D("1234567.80"), "USD"), Member("cuf", "minorUnitsOnly")), "80 cents"),
    (audio("ToAudioCurrency", Currency(D("2.80"), "USD"), Member("cuf", "asMinorUnits")), "280 cents"),
    (audio("ToAudioCurrency", Currency(D("30.20"), "USD"), Member("cuf", "playDigits")), "3 0 point 2 0 USD"),
    (audio("ToAudioCurrency", Currency(D("-35.239"), "USD"), 2), "negative 35.23 USD"),
    (audio("ToAudioPercent", 123), "123%"),
    (audio("ToAudioPercent", D("123.17"), 1), "123.1%"),
    (audio("ToAudioDate", THURSDAY), "Thursday November 30th 1989"),
    (audio("ToAudioDate", THURSDAY, Member("daf", "shortMonthAndDay")), "Thursday November 30th"),
    (audio("ToAudioDate", THURSDAY, Member("daf", "dayOnly")), "30th"),
    (audio("ToAudioDateTime", THURSDAY), "2:22 PM Thursday November 30th 1989"),
    (audio("ToAudioTime", THURSDAY), "2:22 PM"),
    (audio("ToAudioTime", THURSDAY, Member("tif", "twentyFourHours")), "14:22"),
    (audio("ToAudioTime", datetime(1989, 11, 30, tzinfo=UTC)), "12:00 AM"),
    (audio("ToAudioTime", None), ""),
    (audio("ToAudioNumber", -500), "negative 500"),
    (audio("ToAudioNumber", 500, DIGITS), "5 0 0"),
    (audio("ToAudioNumber", D("5.5"), DIGITS), "5 point 5"),
    (audio("ToAudioNumber", D("123.127"), 2), "123.12"),
    (audio("ToAudioNumber", D("500.00")), "500"),
    (audio("ToAudioNumberOrdinal", 201), "201st"),
    (audio("ToAudioNumberOrdinal", 11), "11th"),
    (audio("ToAudioTimeRange", 15, 8, Member("tpf", "minutes")), "8 to 15 minutes"),
    (audio("ToAudioTimeRange", 1, 1, Member("tpf", "hours")), "1 hour"),
    (Speech("ToCommunication", (date(2025, 6, 2), Member("daf", "dayOnly")), "com"), "2nd"),
    (Speech("MakeCommunication", ("On ", date(2025, 6, 2), " at ", time(9, 0), "."), "com"),
     "On Monday June 2nd 2025 at 9:00 AM."),
    (Entity("tsl", None, None, {"start": NOON}), "12:00 PM Saturday March 7th 2009"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "text"), SAID)
def test_speech_text(raw, text):
    assert speech_text(raw) == text


PHONES = [
    # raw, scheme, uri, isGlobal, e164, dialingCode, subscriberNumber
    ("tel:+13178723000", "tel", "tel:+13178723000", True, "+13178723000", "1", "3178723000"),
    ("+1 (317) 872-3000", "tel", "tel:+1 (317) 872-3000", True, "+13178723000", "1", "3178723000"),
    ("+15550001111", "tel", "tel:+15550001111", True, "+15550001111", "1", "5550001111"),
    ("13178723000", "tel", "tel:13178723000", False, None, None, None),
    ("+1", "tel", "tel:+1", True, None, None, None),
    ("sip:jo@x.com", "sip", "sip:jo@x.com", False, None, None, None),
    ("sips:jo@x.com@", "sips", "sips:jo@x.com", False, None, None, None),
    ("anonymous", None, None, False, None, None, None),
]


@pytest.mark.parametrize("row", PHONES, ids=[row[0] for row in PHONES])
def test_phone_number(row):
    number = PhoneNumber(row[0])
    assert row[1:] == (
        number.scheme, number.uri, number.isGlobal, number.e164, number.dialingCode, number.subscriberNumber
    )  # fmt: skip
    assert (number.isTel, number.isSip) == (number.scheme == "tel", str(number.scheme).startswith("sip"))


SAME_NUMBERS = [
    ("tel:+13178723000", "13178723000", True),
    ("sips:jo@x.com@", "sips:jo@x.com", True),
    ("sip:jo@x.com", "sips:jo@x.com", False),
    ("anonymous", "anonymous", True),
    ("anonymous", "unknown", False),
    ("+13178723000", "+13178723001", False),
]


@pytest.mark.parametrize(("one", "two", "same"), SAME_NUMBERS)
def test_equal_phone_numbers(one, two, same):
    assert (PhoneNumber(one) == PhoneNumber(two)) is same
    assert not same or hash(PhoneNumber(one)) == hash(PhoneNumber(two))


EQUAL = [
    ((1, None), (D("1.0"), None), True),
    ((1,), (1, 1), False),
    (Json({"a": 1}), Json({"a": D("1.0")}), True),
    (Json(1), Json(True), False),
    (Json([None]), Json([]), False),
    (Entity("que", "q-1", "old name"), QUEUE, True),
    (Entity("usr", "q-1"), QUEUE, False),
    (Entity("que", None, "a"), Entity("que", None, "b"), False),
    (Currency(D(5), "USD"), Currency(D("5.00"), "USD"), True),
    (Currency(D(5), "USD"), Currency(D(5), "EUR"), False),
    (None, None, True),
]


@pytest.mark.parametrize(("one", "two", "same"), EQUAL)
def test_equal(one, two, same):
    assert values.equal(one, two) is same


def test_equal_ignoring_case():
    assert values.equal(("Hello",), ("hELLO",), ignore_case=True)


INFERRED = [
    (None, "nul", None),
    (True, "bln", True),
    (3, "int", 3),
    (0.1, "dec", D("0.1")),
    ("x", "str", "x"),
    (datetime(2025, 6, 2, 10), "dtm", datetime(2025, 6, 2, 10, tzinfo=UTC)),  # noqa: DTZ001 - that is the case
    (date(2025, 6, 2), "dat", date(2025, 6, 2)),
    (HOUR, "dur", HOUR),
    (["a", None], "str_coll", ("a", None)),
    ([1, 2.5], "dec_coll", (D(1), D("2.5"))),
    ([], "str_coll", ()),
    ([1, "a"], "jsn", Json([1, "a"])),
    ({"a": 0.5}, "jsn", Json({"a": D("0.5")})),
    ([QUEUE], "que_coll", (QUEUE,)),
    (Value("cnl", None), "cnl", None),
]  # fmt: skip


@pytest.mark.parametrize(("python", "kind", "raw"), INFERRED)
def test_infer(python, kind, raw):
    assert infer(python) == (kind, raw)


READ = [
    ("str", "x", "x"),
    ("str", 5, "5"),
    ("str", True, "true"),
    ("str", 1.5, "1.5"),
    ("int", "25", 25),
    ("int", 5.0, 5),
    ("int", " ", None),
    ("dec", 5.25, D("5.25")),
    ("dec", "5.25", D("5.25")),
    ("dec", 3, D(3)),
    ("bln", "TRUE", True),
    ("bln", False, False),
    ("dtm", "2009-03-07T13:00:00.123+01:00", NOON),
    ("dtm", "2009-03-07T12:00:00", NOON),
    ("dat", "2025-06-02", date(2025, 6, 2)),
    ("tim", "09:05", time(9, 5)),
    ("dur", "PT1H", HOUR),
    ("dur", 3_600_000, HOUR),
    ("cur", "5.25|usd", Currency(D("5.25"), "USD")),
    ("cur", {"amount": 5, "code": "USD"}, Currency(D(5), "USD")),
    ("cur", 5, Currency(D(5), None)),
    ("phn", "+13178723000", PhoneNumber("+13178723000")),
    ("phn", "", None),
    ("jsn", {"a": [0.5]}, Json({"a": [D("0.5")]})),
    ("jsn", "text", Json("text")),
    ("jsn__architect::Order", [1], Json([1])),
    ("int_coll", ["1", None, 3], (1, None, 3)),
    ("que", {"id": "q-1", "name": "Sales"}, QUEUE),
    ("que", "Sales", Entity("que", None, "Sales")),
    ("que", "12345678-1234-1234-1234-123456789012", Entity("que", "12345678-1234-1234-1234-123456789012")),
    ("cpx_email", {"id": "m", "from": {"id": "a@b"}},
     Entity("cpx_email", "m", None, {"from": email_address("a@b")})),
    ("com", "Hi", Speech("ToCommunication", ("Hi",), "com")),
    ("aud", "Hi", Speech("ToAudioTTS", ("Hi",))),
    ("str", None, None),
    ("int_coll", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "data", "raw"), READ)
def test_from_plain(kind, data, raw):
    assert from_plain(kind, data) == raw


TYPED = [
    ("str", "NOT_SET", "NOT_SET"),
    ("int", "NOT_SET", None),
    ("int", "5", 5),
    ("str_coll", '["a", "b"]', ("a", "b")),
    ("jsn", '{"a": 1.50}', Json({"a": D("1.50")})),
    ("que", '{"id": "q-1", "name": "Sales"}', QUEUE),
    ("que", "Sales", Entity("que", None, "Sales")),
    ("cur", "5.25|USD", Currency(D("5.25"), "USD")),
]


@pytest.mark.parametrize(("kind", "text", "raw"), TYPED)
def test_from_text(kind, text, raw):
    assert from_text(kind, text) == raw


REFUSED = [
    ("int", "3.7", "CONVERSION", "'3.7' is not a valid Integer"),
    ("int", 3.7, "CONVERSION", "3.7 is not a valid Integer"),
    ("int", True, "CONVERSION", "True is not a valid Integer"),
    ("int", 10**15, "OUT_OF_RANGE", "1000000000000000 is more than an Integer holds (15 digits)"),
    ("int", float("inf"), "CONVERSION", "inf is not a valid Integer"),
    ("dec", "1e5", "CONVERSION", "'1e5' is not a valid Decimal"),
    ("dec", 10**40, "OUT_OF_RANGE", f"{10**40} is more than a Decimal holds (10^40)"),
    ("dec", float("nan"), "OUT_OF_RANGE", "NaN is more than a Decimal holds (10^40)"),
    ("bln", "perhaps", "CONVERSION", "'perhaps' is not a valid Boolean"),
    ("bln", 1, "CONVERSION", "1 is not a valid Boolean"),
    ("str", ["a"], "CONVERSION", "['a'] is not a valid String"),
    ("dtm", "yesterday", "CONVERSION", "'yesterday' is not a valid DateTime"),
    ("dtm", "1700-01-01T00:00:00Z", "OUT_OF_RANGE", "1700-01-01 is outside 1800 to 2200"),
    ("dat", "02.06.2025", "CONVERSION", "'02.06.2025' is not a valid Date"),
    ("dur", "1 hour", "CONVERSION", "'1 hour' is not a valid Duration"),
    ("dur", True, "CONVERSION", "True is not a valid Duration"),
    ("cur", "five|USD", "CONVERSION", "'five|USD' is not a valid Currency"),
    ("phn", 5, "CONVERSION", "5 is not a valid PhoneNumber"),
    ("str_coll", "a", "CONVERSION", "'a' is not a valid String Collection"),
    ("que", 5, "CONVERSION", "5 is not a valid Queue"),
]


@pytest.mark.parametrize(("kind", "data", "code", "message"), REFUSED)
def test_from_plain_refuses(kind, data, code, message):
    with pytest.raises(EvaluationError) as caught:
        from_plain(kind, data)
    assert (caught.value.code, caught.value.message) == (code, message)


def test_from_text_refuses_broken_json():
    with pytest.raises(EvaluationError, match=r"text is not JSON: .* at character 4$") as caught:
        from_text("jsn", "[1,")
    assert caught.value.code == "CONVERSION"


def test_deep_json_is_refused_and_200_levels_are_not():
    assert from_text("jsn", "[" * 200 + "]" * 200).value
    with pytest.raises(EvaluationError, match="nested deeper than 200 levels"):
        from_text("jsn", "[" * 201 + "]" * 201)


PLAIN = [
    ("dec", D("5.25"), 5.25),
    ("dec", D("5.00"), 5),
    ("dtm", NOON, "2009-03-07T12:00:00Z"),
    ("dur", HOUR, "PT1H"),
    ("cur", Currency(D("5.25"), "USD"), {"amount": 5.25, "code": "USD"}),
    ("phn", PhoneNumber("+13178723000"), "+13178723000"),
    ("jsn", Json({"a": D("0.5")}), {"a": 0.5}),
    ("int_coll", (1, None), [1, None]),
    ("que", QUEUE, {"id": "q-1", "name": "Sales"}),
    ("aud", Speech("ToAudioTTS", ("Hi",)), "Hi"),
    ("tim", time(9, 5), "09:05:00"),
    ("daf", Member("daf", "dayOnly"), "dayOnly"),
    ("str", None, None),
]


@pytest.mark.parametrize(("kind", "raw", "data"), PLAIN)
def test_plain(kind, raw, data):
    assert plain(kind, raw) == data


def test_an_error_is_a_definition_error_with_a_code():
    error = EvaluationError("an operand is NOT_SET", "NOT_SET_OPERAND", hint="set it")
    assert isinstance(error, DefinitionError)
    assert (error.code, str(error)) == ("NOT_SET_OPERAND", "an operand is NOT_SET\n  hint: set it")
    with pytest.raises(EvaluationError, match="an operand is NOT_SET"):
        values.require(1, None)


# ---- the lossless codec

_finite = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=9)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | _finite | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_moments = st.datetimes(datetime(1800, 1, 1), datetime(2200, 12, 31)).map(  # noqa: DTZ001 - made aware here
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
_SIMPLE = {
    "str": st.text(),
    "int": st.integers(-(10**15) + 1, 10**15 - 1),
    "dec": _finite,
    "bln": st.booleans(),
    "dtm": _moments,
    "dat": st.dates(),
    "tim": st.times().map(lambda found: found.replace(microsecond=0)),
    "dur": st.integers(-(10**15) + 1, 10**15 - 1).map(values.duration),
    "cur": st.builds(Currency, st.none() | _finite, st.none() | st.sampled_from(["USD", "EUR"])),
    "phn": st.text(min_size=1).map(PhoneNumber),
    "jsn": _json.map(Json),
}
_any = st.one_of(*_SIMPLE.values())
_members = st.builds(Member, st.just("daf"), st.sampled_from(["dayOnly", "longYear"]))
_trees = st.recursive(
    _any | st.none() | _members,
    lambda inner: (
        st.builds(Speech, st.sampled_from(["Append", "ToAudio"]), st.lists(inner, max_size=3).map(tuple))
        | st.builds(Entity, st.just("que"), st.none() | st.text(), st.none() | st.text(),
                    st.dictionaries(st.text(), inner, max_size=3))
        | st.lists(inner, max_size=3).map(tuple)
    ),
    max_leaves=6,
)  # fmt: skip
_typed = st.sampled_from(sorted(_SIMPLE)).flatmap(
    lambda code: st.tuples(st.just(code), st.none() | _SIMPLE[code])
)
_collections = st.sampled_from(sorted(_SIMPLE)).flatmap(
    lambda code: st.tuples(
        st.just(f"{code}_coll"), st.lists(st.none() | _SIMPLE[code], max_size=4).map(tuple)
    )
)


@settings(derandomize=True)
@given(_typed | _collections | st.tuples(st.sampled_from(["aud", "que", "any"]), _trees))
def test_json_round_trip(pair):
    kind, raw = pair
    if isinstance(raw, tuple) and not kind.endswith("_coll"):
        raw = Speech("Append", raw)
    back = from_json(kind, json.loads(json.dumps(to_json(kind, raw))))
    assert back == raw
    assert kind != "dec" or str(back) == str(raw)


def test_a_broken_dump_is_refused():
    with pytest.raises(EvaluationError, match="not a dumped value"):
        from_json("que", {"is": "wish"})
