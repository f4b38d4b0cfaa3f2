"""Trees, their text, tokens and segments: what `explain` and a checker stand on."""

import pytest

from ringback.lang import jsonpath
from ringback.lang.jsonpath import tree
from tests.corpus import json_lines, needs_corpus

# path, the one fixed form of it
SHOWN = [
    ("$", "$"),
    ("a.b", "$['a']['b']"),
    ("@.a", "@['a']"),
    ("$.a[0][-1,2]['x', \"y\"]", None),
    ('$["it\'s"]', "$['it\\'s']"),
    ("$['a\\\\b']", "$['a\\\\b']"),
    ("$.a..b[*].*", "$['a']..['b'][*][*]"),
    ("$[1:][:2][-1:3]", "$[1:][:2][-1:3]"),
    ("$[01:02:9]", "$[1:2]"),
    ("$.a.length()", "$['a'].length()"),
    ("$..length()", "$..length()"),
    ("$.a.first( ).b", "$['a'].first( )['b']"),
    ("$.a.first().b", "$['a'].first()['b']"),
    ('$.sum(1, $.a , "x")', None),
    ('$.sum(1,$.a,"x")', "$.sum(1, $['a'], \"x\")"),
    ("$[?(@.a)]", "$[?(@['a'])]"),
    ("$[?(! @.a)]", "$[?(!@['a'])]"),
    ("$[?(!(@.a))]", "$[?(!(@['a']))]"),
    ("$[?(@.a==1||@.b=='x'&&@.c)]", "$[?(@['a'] == 1 || @['b'] == 'x' && @['c'])]"),
    ("$[?(@.a||@.b)]", "$[?(@['a||@'].['b'])]"),
    ("$[?((@.a || @.b) && @.c IN [1,  2])]", "$[?((@['a'] || @['b']) && @['c'] in [1,  2])]"),
    ("$[?(@.a =~ /x\\/y/i && null != !@.b)]", "$[?(@['a'] =~ /x\\/y/i && null != !@['b'])]"),
    ('$[?(@.a[?(@.b < -0.5)] && true == {"x": 1})]', "$[?(@['a'].[?(@['b'] < -0.5)] && true == {\"x\": 1})]"),
]


@pytest.mark.parametrize(("path", "shown"), SHOWN, ids=[case[0] for case in SHOWN])
def test_a_tree_is_shown_in_one_form(path: str, shown: str | None) -> None:
    if shown is None:
        with pytest.raises(jsonpath.InvalidPath):
            jsonpath.parse(path)
        return
    parsed = jsonpath.parse(path)
    assert jsonpath.show(parsed) == shown
    assert jsonpath.parse(shown) == parsed
    assert hash(jsonpath.parse(shown)) == hash(parsed)


def test_a_tree_is_made_of_frozen_nodes() -> None:
    parsed = jsonpath.parse("$.a[?(@.b == 'x')].length()")
    assert parsed == tree.PathTree(
        "$",
        (
            tree.Keys(("a",)),
            tree.Filter(
                tree.Compare(
                    tree.PathOperand(tree.PathTree("@", (tree.Keys(("b",)),))), "==", tree.StringLiteral("x")
                )
            ),
            tree.Call("length"),
        ),
    )
    assert repr(parsed.steps[0]) == "Keys(('a',))"
    assert [step.at for step in parsed.steps] == [(2, 1), (3, 15), (19, 8)]
    with pytest.raises(AttributeError):
        parsed.root = "@"  # type: ignore[misc]  # that it fails is the test


def test_tokens() -> None:
    tokens = jsonpath.tokens("$.a['b'][0]..*[?(!@.c >= 1.5 && $.d in ['x'])].sum(1)")
    assert [(token.kind, token.text) for token in tokens] == [
        ("root", "$"),
        ("dot", "."),
        ("key", "a"),
        ("string", "'b'"),
        ("index", "[0]"),
        ("scan", ".."),
        ("wildcard", "*"),
        ("filter", "[?"),
        ("punctuation", "("),
        ("logical", "!"),
        ("root", "@"),
        ("dot", "."),
        ("key", "c"),
        ("operator", ">="),
        ("number", "1.5"),
        ("logical", "&&"),
        ("root", "$"),
        ("dot", "."),
        ("key", "d"),
        ("operator", "in"),
        ("json", "['x']"),
        ("punctuation", ")"),
        ("filter", "]"),
        ("dot", "."),
        ("function", "sum"),
        ("punctuation", "("),
        ("json", "1"),
        ("punctuation", ")"),
    ]
    assert tokens[3].offset == 4
    assert tokens[3].end == 7


@needs_corpus
def test_tokens_of_the_corpus_do_not_overlap_and_quote_the_path() -> None:
    for case in json_lines("jsonpath-cases.jsonl"):
        try:
            tokens = jsonpath.tokens(case["path"])
        except jsonpath.InvalidPath:
            continue
        ends = [0, *(token.end for token in tokens)]
        assert all(token.offset >= end for token, end in zip(tokens, ends, strict=False)), case["path"]
        assert all(case["path"].startswith(token.text, token.offset) for token in tokens), case["path"]


@needs_corpus
def test_trees_of_the_corpus_survive_being_shown() -> None:
    for case in json_lines("jsonpath-cases.jsonl"):
        try:
            parsed = jsonpath.parse(case["path"])
        except jsonpath.InvalidPath:
            continue
        assert jsonpath.parse(jsonpath.show(parsed)) == parsed, case["path"]


def test_segments_say_what_each_step_does() -> None:
    path = jsonpath.compile("$.rows[0,-1]['a','b'][1:]..*[?(@.x == 1)]['c','d'].sum(1, 2)")
    assert [(s.kind, s.text, s.definite, s.about) for s in path.segments] == [
        ("root", "$", True, "the document"),
        ("keys", "rows", True, "the value of the key 'rows'"),
        ("indexes", "[0,-1]", False, "the items 0, -1"),
        ("keys", "['a','b']", False, "each of the keys 'a', 'b'"),
        ("slice", "[1:]", False, "item 1 up to the last"),
        ("scan", "..", False, "the next step at every depth"),
        ("wildcard", "*", False, "every value of the object or array"),
        ("filter", "[?(@.x == 1)]", False, "what meets @['x'] == 1"),
        ("keys", "['c','d']", False, "each of the keys 'c', 'd'"),
        ("call", "sum(1, 2)", True, "the function sum with 2 arguments"),
    ]
    assert [s.about for s in jsonpath.compile("@[-1][:2]['a','b']").segments] == [
        "the value itself",
        "the item -1, counted from the end",
        "the first item up to before item 2",
        "one object with those of the keys 'a', 'b' that exist",
    ]
