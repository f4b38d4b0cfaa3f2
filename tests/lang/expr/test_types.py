"""Type codes, names, YAML kinds, properties and constants."""

from __future__ import annotations

import pytest

from ringback.lang.expr import types
from ringback.lang.expr.type_members import CONSTANTS, find_property, properties
from ringback.lang.expr.values import Entity, EvaluationError, Member, constant_value, read_property, show

NAMES = [
    ("int_coll", "Integer Collection"),
    ("str", "String"),
    ("cpx_external_contact", "ExternalContact"),
    ("cpx_agent_score_pair_coll", "AgentScorePair Collection"),
    ("lac", "LanguageSkill"),
    ("jsn__architect::Order", "JSON"),
    ("jsn__architect::Order_coll", "JSON Collection"),
    ("dac", "Date Format Enum Container"),
    ("xyz", "xyz"),
]


@pytest.mark.parametrize(("code", "name"), NAMES)
def test_display_name(code, name):
    assert types.display_name(code) == name


VARIABLES = [
    ("integerVariable", "int"),
    ("stringCollectionVariable", "str_coll"),
    ("jsonVariable", "jsn"),
    ("queueVariable", "que"),
    ("agentScorePairCollectionVariable", "cpx_agent_score_pair_coll"),
    ("externalContactVariable", "cpx_external_contact"),
    ("timeVariable", "tim"),
    ("dateVariable", "dat"),
    ("durationVariable", "dur"),
    ("phoneNumberVariable", "phn"),
    ("userVariable", "usr"),
    ("booleanVariable", "bln"),
    ("wishVariable", None),
    ("string", None),
]


@pytest.mark.parametrize(("key", "code"), VARIABLES)
def test_yaml_variable(key, code):
    assert types.code_of_variable(key) == code


@pytest.mark.parametrize("code", [code for code, info in types.TYPES.items() if info.kind])
def test_kind_and_code_go_both_ways(code):
    assert types.code_of_kind(types.kind_of(code)) == code
    assert types.code_of_kind(types.kind_of(code + "_coll")) == code + "_coll"


def test_collections():
    assert types.collection_of("int") == "int_coll" == types.collection_of("int_coll")
    assert types.item_of("que_coll") == "que" == types.item_of("que")
    assert types.is_collection("str_coll")
    assert not types.is_collection("str")
    assert types.base("jsn__architect::Order_coll") == "jsn_coll"
    assert types.kind_of("dac") is None
    assert [types.group_of(code) for code in ("int", "aud_coll", "que", "daf", "dac", "new")] == [
        "simple",
        "speech",
        "entity",
        "enum",
        "container",
        "entity",
    ]


def test_every_property_has_a_known_type():
    for code in types.TYPES:
        assert [
            p for p in properties(code).values() if types.base(types.item_of(p.type)) not in types.TYPES
        ] == []


PROPERTIES = [
    ("cur", "Amount", "amount", "dec", "amount"),
    ("que", "name", "name", "str", "name"),
    ("dac", "shortYear", "shortYear", "daf", "dateShortYear"),
    ("dac", "dateshortyear", "shortYear", "daf", "dateShortYear"),
    ("cpx_email", "to", "to", "cpx_email_address_coll", "to"),
    ("cec", "USD", "USD", "cre", "USD"),
]


@pytest.mark.parametrize(("code", "asked", "name", "kind", "identifier"), PROPERTIES)
def test_find_property(code, asked, name, kind, identifier):
    found = find_property(code, asked)
    assert (found.name, found.type, found.id) == (name, kind, identifier)


def test_a_simple_type_has_no_properties():
    assert find_property("int", "length") is None
    assert dict(properties("que_coll")) == {}


CHAINS = [
    ("System.DateTime", ("dayOfWeek", "monday"), "2"),
    ("System.Currencies", ("eur", "code"), '"EUR"'),
    ("System.Languages", ("enUS", "tag"), '"en-US"'),
    ("System.Regions", ("nl", "dialingCode"), '"31"'),
    ("System.Regions", ("nl", "countryCode"), '"NL"'),
    ("Format.Date", ("SHORTYEAR",), "shortYear"),
    ("System.MaxInt", (), "999999999999999"),
    ("System.MinDateTime", (), 'DateTime("1800-01-01T00:00:00Z")'),
    ("System.MaxDuration", (), "Duration(999999999999.999s)"),
]


@pytest.mark.parametrize(("name", "path", "shown"), CHAINS)
def test_constant(name, path, shown):
    kind, raw = CONSTANTS[name.lower()].type, constant_value(name)
    for step in path:
        kind, raw = find_property(kind, step).type, read_property(kind, raw, step)
    assert show(kind, raw) == shown


@pytest.mark.parametrize("name", CONSTANTS)
def test_every_constant_has_a_value(name):
    assert constant_value(name) is not None


def test_properties_of_objects():
    queue = Entity("que", "q-1", "Sales")
    mail = Entity("cpx_email", "m-1", None, {"subject": "Hi"})
    assert read_property("que", queue, "Name") == "Sales"
    assert read_property("cpx_email", mail, "subject") == "Hi"
    assert read_property("cpx_email", mail, "body") is None
    assert read_property("cpx_email", mail, "to") == ()
    assert read_property("dac", Member("dac", "Format.Date"), "dayOnly") == Member("daf", "dayOnly")


@pytest.mark.parametrize(("raw", "code"), [(None, "NOT_SET_OPERAND"), (Entity("que"), "PROPERTY_MISSING")])
def test_property_errors(raw, code):
    with pytest.raises(EvaluationError) as caught:
        read_property("que", raw, "colour")
    assert caught.value.code == code
