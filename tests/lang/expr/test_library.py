"""The library as a whole: names, signatures against the reference, collation, what asks the world."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from functools import cmp_to_key

import pytest

from ringback.core.policies import Policies
from ringback.lang.expr import types
from ringback.lang.expr.collation import compare
from ringback.lang.expr.currencies import CODES, SYMBOLS
from ringback.lang.expr.library import FUNCTIONS, GROUPS, lookup
from ringback.lang.expr.signature import Overload
from ringback.lang.expr.values import Entity, EvaluationError, Json
from tests.corpus import CORPUS, needs_corpus

NAME_ONLY = {
    "FindQueueEstimatedWaitTime",
    "GetQueueEstimatedWaitTime",
    "Random",
    "RandomInt",
    "ToCommunicationSsml",
}


def test_keys_are_lower_case_names():
    assert all(name == row.name.lower() for name, rows in FUNCTIONS.items() for row in rows)
    assert len(FUNCTIONS) == 130
    assert sum(map(len, FUNCTIONS.values())) == sum(map(len, GROUPS.values()))


def test_one_spelling_for_each_function():
    assert [name for name, rows in FUNCTIONS.items() if len({row.name for row in rows}) > 1] == []


def test_the_table_is_read_only():
    with pytest.raises(TypeError):
        FUNCTIONS["x"] = ()


def test_functions_known_by_name_only():
    assert {row.name for rows in FUNCTIONS.values() for row in rows if row.call is None} == NAME_ONLY


def test_lookup_ignores_case():
    assert lookup("APPEND") == FUNCTIONS["append"]
    assert lookup("Nothing") == ()


def test_every_type_of_a_signature_is_known():
    free = {"T", "any", "audpmt"}
    used = {
        (row.name, types.item_of(code))
        for rows in FUNCTIONS.values()
        for row in rows
        for code in (row.returns, *(parameter.type for parameter in row.parameters))
    }
    assert {pair for pair in used if pair[1] not in free and types.base(pair[1]) not in types.TYPES} == set()


# ---- signatures against the reference

_WORDS = {
    "AudioOrPrompt": "audpmt",
    "Any": "T",
    "Any Collection": "T_coll",
    "Format.String enum": "stf",
    "Format.Bool enum": "bof",
    "Format.PhoneNumber enum": "phf",
    "Format.Currency enum": "cuf",
    "Format.Date enum": "daf",
    "Format.Time enum": "tif",
    "Format.Number enum": "nuf",
    "Format.TimePart enum": "tpf",
    "Language context enum": "lne",
}
# Where the reference describes parameters in words, or where we are more tolerant, each with its reason.
DEVIATIONS = {
    ("ToBool", 5): "A.6: every cast turns NOT_SET into NOT_SET",
    ("ToLanguageSkill", 3): "its own example casts NOT_SET",
    ("ToPhoneNumber", 1): "its own example casts NOT_SET",
    ("IsNotSetOrEmpty", 2): "a test for NOT_SET has to take NOT_SET",
    ("ToJsonCollection", 1): "two overloads for 'JSON or Any Collection'",
    ("MakeCommunication", 1): "parameters inferred from samples; builders pass what may be NOT_SET",
    ("ToCommunication", 1): "as MakeCommunication; the format may be left out",
    ("ToDisplayString", 1): "as MakeCommunication",
    ("ResolveSlot", 1): "gives the slot's own type",
    ("ToScheduleGroup", 1): "takes the bare NOT_SET that it is for",
    ("FindUserById", 1): "NOT_SET finds nothing, as FindUser",
    ("FindQueueById", 1): "NOT_SET finds nothing, as FindQueue",
    ("FindEmergencyGroup", 1): "NOT_SET finds nothing, as FindQueue",
}


_CODES = {types.display_name(code): code for code in types.TYPES}
_CODES |= {types.display_name(f"{code}_coll"): f"{code}_coll" for code in types.TYPES}


def _code(word):
    return _WORDS.get(word) or _CODES.get(word, word)


def _recorded(row):
    parameters = [
        (
            _code(p["type"]),
            bool(p.get("notSetAllowed")),
            bool(p.get("repeatable")),
            bool(p.get("mustBeLiteral")),
            (p.get("min"), p.get("max"), p.get("zeroAllowed") is False),
            p.get("literalCheckedAgainst") == "ISO4217",
        )
        for p in row["params"]
    ]
    return parameters, _code(row["returns"])


def _ours(row: Overload):
    parameters = [
        (
            p.type.replace("any", "T"),
            p.not_set,
            p.repeats,
            p.literal,
            (p.low, p.high, p.nonzero),
            p.currency,
        )
        for p in row.parameters
    ]
    return parameters, row.returns


def recorded_functions():
    path = CORPUS / "expression-functions.json"
    rows = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return [row for row in rows if row.get("kind") != "operator"]


@needs_corpus
def test_signatures_are_those_of_the_reference():
    rows = recorded_functions()
    missing = [
        (row["name"], row["overload"])
        for row in rows
        if _recorded(row) not in map(_ours, lookup(row["name"].removesuffix(" (JSON)")))
    ]
    assert sorted(missing) == sorted(DEVIATIONS)
    assert len(rows) == 258


@needs_corpus
def test_no_function_of_our_own():
    assert set(FUNCTIONS) == {row["name"].removesuffix(" (JSON)").lower() for row in recorded_functions()}


# ---- the order of strings

ORDER = ["", " a", "-a", "10", "2", "a", "A", "aa", "Aa", "á", "b", "B", "hello", "Hello", "World", "中"]


def test_order_of_strings():
    expected = [
        "",
        " a",
        "-a",
        "10",
        "2",
        "a",
        "A",
        "á",
        "aa",
        "Aa",
        "b",
        "B",
        "hello",
        "Hello",
        "World",
        "中",
    ]
    assert sorted(ORDER, key=cmp_to_key(compare)) == expected


COMPARED = [
    ("hello", "Hello", -1, {}),
    ("Hel", "Hello", -1, {"ignore_case": True}),
    ("HELLO", "hello", 0, {"ignore_case": True}),
    ("hello", "Hello", 1, {"choice": "ordinal"}),
    ("B", "a", -1, {"choice": "ordinal"}),
    ("B", "a", 1, {}),
    ("resume", "résumé", -1, {}),
    ("résumé", "resumes", -1, {}),
    ("É", "\u0045\u0301", 1, {}),
]


@pytest.mark.parametrize(("left", "right", "order", "options"), COMPARED)
def test_compare(left, right, order, options):
    assert compare(left, right, **options) == order
    assert compare(right, left, **options) == -order


def test_symbols_belong_to_codes():
    assert set(SYMBOLS) <= CODES
    assert all(len(code) == 3 for code in CODES)


# ---- functions that ask the world


class World:
    """An environment with a small organisation."""

    def __init__(self, **chosen):
        self.policies = Policies(chosen)
        self.asked = []

    @property
    def services(self):
        return self

    def now(self):
        return datetime(2025, 6, 2, 10, 0, 0, 999, tzinfo=UTC)

    def policy(self, name):
        return self.policies.get(name)

    def language(self, which):
        return "en-US" if which == "default" else ("en-US", "de-DE")

    def find(self, kind, key, by):
        self.asked.append((kind, key, by))
        known = {
            ("que", "sales", "name"): Entity("que", "q-1", "Sales"),
            ("que", GUID, "id"): Entity("que", GUID, "By id"),
        }
        return known.get((kind, key.lower(), by))


GUID = "12345678-1234-1234-1234-123456789abc"


def call(env, name, *operands, overload=0):
    return lookup(name)[overload].call(env, *operands)


LOOKUPS = [
    ("FindQueue", "Sales", "q-1", [("que", "Sales", "name")]),
    ("FindQueue", GUID, GUID, [("que", GUID, "id")]),
    ("FindQueue", GUID[:-1] + "0", None, [("que", GUID[:-1] + "0", "id"), ("que", GUID[:-1] + "0", "name")]),
    ("FindQueue", None, None, []),
    ("FindQueue", "", None, []),
    ("FindQueueById", "Sales", None, [("que", "Sales", "id")]),
    ("ToQueue", "Sales", "q-1", [("que", "Sales", "name")]),
    ("FindSkill", "Spanish", None, [("skl", "Spanish", "name")]),
    ("FindLanguageSkill", "en", None, [("lac", "en", "name")]),
    ("FindUser", "jo@x.com", None, [("usr", "jo@x.com", "email")]),
    ("FindUserById", GUID, None, [("usr", GUID, "id")]),
    ("FindEmergencyGroup", "Fire", None, [("emg", "Fire", "name")]),
    ("FindUserPrompt", "Prompt.Welcome", None, [("pmt", "Welcome", "name")]),
    ("FindUserPrompt", "Welcome", None, [("pmt", "Welcome", "name")]),
    ("FindSystemPrompt", "promptsystem.hold", None, [("pmt", "hold", "name")]),
    ("FindSystemPrompt", " ", None, []),
]


@pytest.mark.parametrize(("name", "key", "found", "asked"), LOOKUPS)
def test_look_up(name, key, found, asked):
    world = World()
    result = call(world, name, key)
    assert (result and result.id, world.asked) == (found, asked)


def test_language_and_clock():
    world = World()
    assert call(world, "GetDefaultLanguage") == "en-US"
    assert call(world, "GetSupportedLanguages") == ("en-US", "de-DE")
    assert call(world, "GetCurrentDateTimeUtc") == datetime(2025, 6, 2, 10, tzinfo=UTC)


def test_string_collation_policy():
    assert call(World(), "Compare", "a", "B") == -1
    assert call(World(string_collation="ordinal"), "Compare", "a", "B") == 1
    world = World()
    call(world, "Compare", "a", "b")
    assert world.policies.used == {"string_collation": "lower_first"}


def test_missing_property_policy():
    order = Json({"id": 5})
    world = World()
    assert call(world, "GetJsonObjectProperty", order, "id") == Json(5)
    assert world.policies.used == {}
    assert call(world, "GetJsonObjectProperty", order, "ID") is None
    assert call(world, "GetJsonObjectProperty", Json([]), "id") is None
    assert world.policies.used == {"json_missing_property": "not_set"}
    with pytest.raises(EvaluationError, match="has no property 'name'") as caught:
        call(World(json_missing_property="flow_error"), "GetJsonObjectProperty", order, "name")
    assert caught.value.code == "PROPERTY_MISSING"


FROM_JSON = [
    ("ToInt", 5, 5),
    ("ToInt", Decimal("5.9"), 5),
    ("ToInt", "7", 7),
    ("ToInt", True, 1),
    ("ToDecimal", 5, Decimal(5)),
    ("ToDecimal", "5.5", Decimal("5.5")),
    ("ToBool", "false", False),
    ("ToBool", 3, True),
    ("ToString", "x", "x"),
    ("ToString", {"a": 1}, '{"a":1}'),
    ("ToDateTime", "2025-06-02T10:00:00Z", datetime(2025, 6, 2, 10, tzinfo=UTC)),
    ("ToInt", None, None),
    ("ToString", None, None),
]


def from_json(name):
    return next(row.call for row in lookup(name) if row.parameters[0].type == "jsn")


@pytest.mark.parametrize(("name", "value", "result"), FROM_JSON)
def test_casts_from_json(name, value, result):
    world = World()
    assert from_json(name)(world, Json(value)) == result
    assert world.policies.used == ({"json_null_to_typed": "not_set"} if value is None else {})
    assert from_json(name)(world, None) is None


def test_a_json_object_is_no_integer():
    with pytest.raises(EvaluationError, match=r"\{'a': 1\} is not a valid Integer") as caught:
        from_json("ToInt")(World(), Json({"a": 1}))
    assert caught.value.code == "CONVERSION"
