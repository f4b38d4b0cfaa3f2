"""What paths select: one table for each kind of step, and the options."""

from typing import Any

import pytest

from ringback.core.errors import UsageError
from ringback.lang import jsonpath

SHOP = {
    "queues": [
        {"id": "q1", "name": "Sales", "waiting": 3, "tags": ["vip", "de"]},
        {"id": "q2", "name": "Support", "waiting": 0, "tags": []},
        {"id": "q3", "name": "Night", "waiting": None},
    ],
    "site": {"name": "Berlin", "open": True, "phones": [["a", "b"], ["c"]]},
    "odd keys": {"a.b": 1, "it's": 2, "$x": 3, "é": 4},
}

STEPS = [
    ("$", SHOP),
    ("$.site.name", "Berlin"),
    ("site.name", "Berlin"),
    ("@.site.name", "Berlin"),
    ("  $.site.name", None),
    ("$.site.name  ", "Berlin"),
    ("$['site']['name']", "Berlin"),
    ('$["site"].name', "Berlin"),
    ("$.['odd keys'].['a.b']", 1),
    ("$['odd keys']['it\\'s']", 2),
    ("$['odd keys'].$x", 3),
    ("$['odd keys']['\\u00e9']", 4),
    ("$.queues[0].id", "q1"),
    ("$.queues.[0].id", "q1"),
    ("$.queues[-1].id", "q3"),
    ("$.queues[0]x", SHOP["queues"][0]),  # one character behind a bracket is ignored
    ("$.queues[2].waiting", None),
    ("$.queues[0,2].id", ["q1", "q3"]),
    ("$.queues[0,9].id", ["q1"]),
    ("$.queues[*].id", ["q1", "q2", "q3"]),
    ("$.queues.*.id", ["q1", "q2", "q3"]),
    ("$.queues[:2].id", ["q1", "q2"]),
    ("$.queues[1:].id", ["q2", "q3"]),
    ("$.queues[-2:].id", ["q2", "q3"]),
    ("$.queues[:-2].id", ["q1"]),
    ("$.queues[0:2:9].id", ["q1", "q2"]),
    ("$.queues[-1:2].id", ["q3", "q1", "q2"]),
    ("$.queues[1:-1].id", []),
    ("$.queues[0]['id','name']", {"id": "q1", "name": "Sales"}),
    ("$.queues[*]['name', 'tags']", [
        {"name": "Sales", "tags": ["vip", "de"]}, {"name": "Support", "tags": []}, {"name": "Night"},
    ]),
    ("$['x','y']", {}),
    ("$['site','none']['name','open']", [{"name": "Berlin", "open": True}]),
    ("$..id", ["q1", "q2", "q3"]),
    ("$..nothing", []),
    ("$.site..[0]", [["a", "b"], "a", "c"]),
    ("$..phones..*", [["a", "b"], ["c"], "a", "b", "c"]),
    ("$.site.*", ["Berlin", True, [["a", "b"], ["c"]]]),
    ("$.site.name.*", []),
]  # fmt: skip


@pytest.mark.parametrize(("path", "expected"), STEPS, ids=[case[0] for case in STEPS])
def test_steps(path: str, expected: Any) -> None:
    if path.startswith(" "):
        with pytest.raises(jsonpath.InvalidPath):
            jsonpath.compile(path)
        return
    assert jsonpath.read(path, SHOP) == expected


FILTERS = [
    ("@.waiting > 0", ["q1"]),
    ("@.waiting >= 0", ["q1", "q2"]),
    ("@.waiting < 1", ["q2"]),
    ("@.waiting <= 3", ["q1", "q2"]),
    ("@.waiting == 3", ["q1"]),
    ("@.waiting == '3'", ["q1"]),
    ("@.waiting == 3.00", ["q1"]),
    ("@.waiting === '3'", []),
    ("@.waiting !== '3'", ["q1", "q2", "q3"]),
    ("@.waiting == null", ["q3"]),
    ("@.waiting != null", ["q1", "q2"]),
    ("@.tags", ["q1", "q2"]),
    ("!@.tags", ["q3"]),
    ("!(@.tags)", ["q3"]),
    ("@.tags[0]", ["q1"]),
    ("@.tags[*]", ["q1", "q2"]),
    ("@.tags == []", ["q2"]),
    ("@.tags != []", ["q1", "q3"]),
    ("@.tags contains 'vip'", ["q1"]),
    ("@.name contains 'ght'", ["q3"]),
    ("'vip' in @.tags", ["q1"]),
    ("@.id in ['q1', \"q3\"]", ["q1", "q3"]),
    ("@.id nin ['q1']", ["q2", "q3"]),
    ("@.id IN $.queues[*].id", ["q1", "q2", "q3"]),
    ("@.tags subsetof ['vip','de','x']", ["q1", "q2"]),
    ("@.tags anyof ['vip']", ["q1"]),
    ("@.tags noneof ['vip']", ["q2"]),
    ("@.tags size 2", ["q1"]),
    ("@.name size 5", ["q1", "q3"]),
    ("@.tags empty true", ["q2"]),
    ("@.name empty false", ["q1", "q2", "q3"]),
    ("@.name =~ /S.*/", ["q1", "q2"]),
    ("@.name =~ /s.*/i", ["q1", "q2"]),
    ("@.name =~ /S/", []),
    ("@.tags =~ /v.p/", ["q1"]),
    ("@.none =~ /.*/", ["q1", "q2", "q3"]),
    ("@.tags.length() > 0", ["q1"]),
    ("@.id == $.queues[1].id", ["q2"]),
    ("$.queues", []),
    ("@.waiting == 3 && @.tags || @.id == 'q3'", ["q1", "q3"]),
    ("(@.waiting == 3 || @.waiting == 0) && @.tags[0]", ["q1"]),
    ("!(@.waiting == 3 || @.waiting == 0)", ["q3"]),
    ("!(@.id in 'q1')", []),
    ("@.id all ['q1']", []),
    ("@.id type 'string'", []),
    ("@.id matches 'x'", []),
    ("@.id < 'q2'", ["q1"]),
    ("@.id < 5", []),
    ("@.none != 1", ["q1", "q2", "q3"]),
    ("@.none == @.none", []),
    ("@.id == /q1/", []),
    ("1 == 1", ["q1", "q2", "q3"]),
]


@pytest.mark.parametrize(("condition", "expected"), FILTERS, ids=[case[0] for case in FILTERS])
def test_filters(condition: str, expected: list[str]) -> None:
    assert jsonpath.read(f"$.queues[?({condition})].id", SHOP) == expected


def test_a_filter_on_an_object_tests_the_object() -> None:
    assert jsonpath.read("$.site[?(@.open == true)].name", SHOP) == ["Berlin"]
    assert jsonpath.read("$.site[?(@.open == false)].name", SHOP) == []


NUMBERS = {
    "n": [3, 1, 2.5, "x", None, True],
    "minus": [-5, -2],
    "words": ["a", "b"],
    "none": [],
    "o": {"k": [1]},
    "deep": [{"v": 4}, {"v": 6}],
}

FUNCTIONS = [
    ("$.n.sum()", 6.5),
    ("$.n.min()", 1.0),
    ("$.n.max()", 3.0),
    ("$.n.avg()", 6.5 / 3),
    ("$.minus.stddev()", 1.5),
    ("$.minus.max()", 5e-324),
    ("$.n.length()", 6),
    ("$.n.size()", 6),
    ("$.o.length()", 1),
    ("$.words[0].length()", None),
    ("$.length($.n)", 6),  # the last child is no array: the document itself is counted
    ("$.length($.words[*])", 0),
    ("$..k.length()", 1),
    ("$.sum($..v)", 10.0),
    ("$..v.sum()", 10.0),
    ("$.sum(1, 2, $.n[0])", 6.0),
    ("$.max($.n.min(), 2)", 2.0),
    ('$.concat($.words, "-", 1, 1.0, true)', "ab-11.0"),
    ("$.concat($.n)", "312.5xtrue"),
    ('$.words.concat("c")', "abc"),
    ("$.concat('a', 'b')", ""),
    ("$.concat($.o)", "{k=[1]}"),
    ("$.concat($.o.keys())", "[k]"),
    ("$.o.keys()", ["k"]),
    ("$.n.keys()", None),
    ("$.words.first()", "a"),
    ("$.words.last()", "b"),
    ("$.words.index(1)", "b"),
    ("$.words.index(-1)", "b"),
    ('$.words.append("c", {"d": 1})', ["a", "b", "c", {"d": 1}]),
    ("$.words.append(1).length()", 3),
    ("$[*].length()", [6, 2, 2, 0, 1, 2]),
    ("$.o[*].sum()", [1.0]),
]


@pytest.mark.parametrize(("path", "expected"), FUNCTIONS, ids=[case[0] for case in FUNCTIONS])
def test_functions(path: str, expected: Any) -> None:
    answer = jsonpath.read(path, NUMBERS)
    assert answer == expected
    assert type(answer) is type(expected)
    assert NUMBERS["words"] == ["a", "b"]


PEOPLE = {"people": [{"name": "Ann", "nick": "A"}, {"name": "Bob"}], "n": None}

OPTIONS = [
    ("$.x", ["DEFAULT_PATH_LEAF_TO_NULL"], None),
    ("$.people[*].nick", ["DEFAULT_PATH_LEAF_TO_NULL"], ["A", None]),
    ("$.people[0]['name','x']", ["DEFAULT_PATH_LEAF_TO_NULL"], {"name": "Ann", "x": None}),
    ("$.people[?(@.nick == null)].name", ["DEFAULT_PATH_LEAF_TO_NULL"], ["Bob"]),
    ("$..nick", ["DEFAULT_PATH_LEAF_TO_NULL"], [None, "A", None]),
    ("$.n", ["ALWAYS_RETURN_LIST"], [None]),
    ("$.people[*].name", ["ALWAYS_RETURN_LIST"], ["Ann", "Bob"]),
    ("$.people[-1].name", ["AS_PATH_LIST"], ["$['people'][-1]['name']"]),
    ("$..nick", ["AS_PATH_LIST"], ["$['people'][0]['nick']"]),
    ("$.people[0]['name','nick']", ["AS_PATH_LIST"], ["$['people'][0]['name', 'nick']"]),
    ("$", ["AS_PATH_LIST"], ["$"]),
    ("$.x.y", ["SUPPRESS_EXCEPTIONS"], None),
    ("$.x[*]", ["SUPPRESS_EXCEPTIONS"], []),
    ("$.x", ["SUPPRESS_EXCEPTIONS", "ALWAYS_RETURN_LIST"], []),
    ("$.x", ["SUPPRESS_EXCEPTIONS", "AS_PATH_LIST"], []),
    ("$.people.length()", ["SUPPRESS_EXCEPTIONS", "AS_PATH_LIST"], None),
    ("$.people[*].name", ["REQUIRE_PROPERTIES"], ["Ann", "Bob"]),
    ("$.people[?(@.x == 1)]", ["REQUIRE_PROPERTIES"], []),
]  # fmt: skip


@pytest.mark.parametrize(("path", "options", "expected"), OPTIONS, ids=[f"{c[0]} {c[1]}" for c in OPTIONS])
def test_options(path: str, options: list[str], expected: Any) -> None:
    assert jsonpath.read(path, PEOPLE, options=options) == expected


def test_required_properties_that_are_missing() -> None:
    with pytest.raises(jsonpath.PathNotFound) as caught:
        jsonpath.read("$.people[*].nick", PEOPLE, options=["REQUIRE_PROPERTIES"])
    assert caught.value.matched_prefix == "$.people[1]"


@pytest.mark.parametrize("option", ["AS_PATH_LIST", "ALWAYS_RETURN_LIST"])
def test_lists_of_functions_are_refused(option: str) -> None:
    with pytest.raises(jsonpath.EvaluationError, match="cannot be used with a path that ends in a function"):
        jsonpath.read("$.people.length()", PEOPLE, options=[option])


def test_an_unknown_option_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="unknown JSONPath option 'FAST'"):
        jsonpath.read("$", {}, options=["FAST"])


def test_definite_paths() -> None:
    definite = ["$", "$.a.b", "$.a[0]", "$['a','b']", "$.a.length()", "$..a.length()"]
    indefinite = ["$..a", "$.*", "$.a[0,1]", "$.a[1:]", "$.a[?(@.b)]", "$['a','b'].c", "$.*.length()"]
    assert [path for path in definite if not jsonpath.compile(path).definite] == []
    assert [path for path in indefinite if jsonpath.compile(path).definite] == []


def test_tuples_are_arrays() -> None:
    assert jsonpath.read("$.a[1].b", {"a": ({"b": 1}, {"b": 2})}) == 2
    assert jsonpath.read("$..b", ({"b": 1}, ({"b": 2},))) == [1, 2]
    assert jsonpath.read("$.a.sum()", {"a": (1, 2)}) == 3.0


def test_one_text_is_compiled_once() -> None:
    assert jsonpath.compile("$.a.b") is jsonpath.compile("$.a.b")
