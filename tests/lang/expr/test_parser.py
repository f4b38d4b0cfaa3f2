"""The grammar, A.3 of the behaviour reference."""

from __future__ import annotations

import json

import pytest

from ringback.core.errors import LimitError
from ringback.lang.expr.errors import ExpressionError
from ringback.lang.expr.parser import parse
from ringback.lang.expr.tree import Binary, Call, Item, Literal, Name, Property, Ternary, Unary, walk
from tests.corpus import CORPUS, json_lines, needs_corpus

# text, the same with every operation in parentheses
SHAPES = [
    ("1 + 2 * 3", "1 + (2 * 3)"),
    ("1 - 2 - 3", "(1 - 2) - 3"),
    ("2 ^ 3 ^ 2", "2 ^ (3 ^ 2)"),
    ("-2 ^ 2", "-2 ^ 2"),
    ("2 ^ -1", "2 ^ -1"),
    ("5.1 * -3", "5.1 * -3"),
    ("a or b and c OR d", "(a or (b and c)) OR d"),
    ("a and b | c & d == e", "a and (b | (c & (d == e)))"),
    ("a == b > c + d", "a == (b > (c + d))"),
    ("1 < 2 < 3", "(1 < 2) < 3"),
    ("!a and b", "(!a) and b"),
    ("!a ^ b", "(!a) ^ b"),
    ("~!x", "~(!x)"),
    ("!-5", "!-5"),
    ("-(5)", "-(5)"),
    ("-(-5)", "-(-5)"),
    ("- x", "-x"),
    ("- 5", "-5"),
    ("a ? b : c", "a ? b : c"),
    ("a or b ? c and d : e", "a or b ? c and d : e"),
    ("a ? b : c ? d : e", "(a ? b : c) ? d : e"),
    ("a ? (b or c) : (d ? e : f)", "a ? (b or c) : (d ? e : f)"),
    ("((a))", "a"),
    ('x . y ."odd name" [ "p" ] [0]', 'x.y."odd name"["p"][0]'),
    ("f ( )", "f()"),
    ("f(a, g(b) + 1)[2].c", "f(a, g(b) + 1)[2].c"),
    ("(a + b).c", "(a + b).c"),
    ("x.and.NOT_SET.true", "x.and.NOT_SET.true"),
    ("MakeList(1)[0] + 1", "MakeList(1)[0] + 1"),
    ("(5)[0]", "(5)[0]"),
    ("12. + .5", "12. + .5"),
]


@pytest.mark.parametrize(("text", "printed"), SHAPES)
def test_shape(text, printed):
    node = parse(text)
    assert str(node) == printed
    assert parse(printed) == node


def test_nodes():
    assert parse("-1 + x.y") == Binary("+", Literal("int", "-1"), Property(Name("x"), "y"))
    assert parse("-x") == Unary("-", Name("x"))
    assert parse('f("a", .5)[0]') == Item(
        Call("f", (Literal("str", "a"), Literal("dec", ".5"))), Literal("int", "0")
    )
    assert parse("true ? 1 : 2") == Ternary(Literal("bln", "true"), Literal("int", "1"), Literal("int", "2"))


def test_places():
    text = 'Append( a.b , -5)["x"]'
    places = {str(node): (node.at, text[node.start : node.end]) for node in walk(parse(text))}
    assert places == {
        'Append(a.b, -5)["x"]': (17, text),
        "Append(a.b, -5)": (0, "Append( a.b , -5)"),
        "a.b": (9, "a.b"),
        "a": (8, "a"),
        "-5": (14, "-5"),
        '"x"': (18, '"x"'),
    }


VALUE = 'expected a literal, a variable, a function call or "("'
ERRORS = [
    ("", f"1:1: the expression is empty; {VALUE}", ""),
    ("1 +", f"1:4: the expression ends here; {VALUE}", ""),
    ("1 2", "1:3: unexpected 2; expected an operator or the end of the expression", ""),
    ("--5", f"1:2: unexpected -; {VALUE}", "at most one minus stands before a value; write -(-5)"),
    (
        "-!x",
        f"1:2: unexpected !; {VALUE}",
        "! binds looser than the minus; put the right side in parentheses",
    ),
    (
        "a && b",
        f"1:4: unexpected &; {VALUE}",
        "the logical operator is the word and; & works on the bits of Integers",
    ),
    (
        "a || b",
        f"1:4: unexpected |; {VALUE}",
        "the logical operator is the word or; | works on the bits of Integers",
    ),
    ("a <> b", f"1:4: unexpected >; {VALUE}", "unequal is !="),
    (
        "(1",
        '1:3: the expression ends here; expected an operator or ")" that closes the bracket',
        'the "(" stands at expression:1:1',
    ),
    (
        "f(1 2)",
        '1:5: unexpected 2; expected an operator, "," or ")" that closes the call',
        'the "(" stands at expression:1:2',
    ),
    ("f(1,)", f"1:5: unexpected ); {VALUE}", ""),
    (
        "x[0",
        '1:4: the expression ends here; expected an operator or "]" that closes the index',
        'the "[" stands at expression:1:2',
    ),
    ("x.", "1:3: the expression ends here; expected the name of a property", ""),
    ("x.5", "1:2: unexpected .5; expected an operator or the end of the expression", ""),
    ("a ? b", '1:6: the expression ends here; expected an operator or ":" of the ternary operator', ""),
    ("a ? b or c : d", '1:7: unexpected or; expected an operator or ":" of the ternary operator', ""),
    ("a ? b : c or d", "1:11: unexpected or; expected an operator or the end of the expression", ""),
    ("1.5e3", "1:4: unexpected e3; expected an operator or the end of the expression", ""),
    ("a)\n", "1:2: unexpected ); expected an operator or the end of the expression", ""),
    ("a\n+\n)", f"3:1: unexpected ); {VALUE}", ""),
]


@pytest.mark.parametrize(("text", "message", "hint"), ERRORS)
def test_errors(text, message, hint):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert str(caught.value).splitlines()[0] == f"expression:{message}"
    assert (caught.value.hint, caught.value.code) == (hint, "RB201")
    assert caught.value.expected


def test_error_points_into_the_line():
    with pytest.raises(ExpressionError) as caught:
        parse("If(a,\n   b c,\n   d)", file="main.yaml")
    assert str(caught.value) == (
        'main.yaml:2:6: unexpected c; expected an operator, "," or ")" that closes the call\n'
        "       b c,\n"
        "         ^\n"
        '  hint: the "(" stands at main.yaml:1:3'
    )


LIMITS = [
    ("f(" * 61 + "1" + ")" * 61, "expression_calls"),
    ("(" * 5000, "expression_depth"),
    ("!" * 5000 + "a", "expression_depth"),
    ("x" + "[x" * 5000, "expression_depth"),
    ("x" + ".y" * 5000, "expression_depth"),
    ("1" + "^1" * 5000, "expression_depth"),
    ("a" + "?b:c" * 5000, "expression_depth"),
    ("-(" * 5000, "expression_depth"),
    ("a or a and a | a & a == a < a + a * a ^ (" * 200, "expression_depth"),
    ("a ? a : (" * 200, "expression_depth"),
    ("f(1 + !x[" * 200, "expression_depth"),
]


@pytest.mark.parametrize(("text", "limit"), LIMITS, ids=lambda value: value[:16])
def test_limits(text, limit):
    with pytest.raises(LimitError) as caught:
        parse(text)
    assert caught.value.limit == limit
    assert caught.value.hint == "keep a part of it in a variable of its own"


def test_within_the_limits():
    assert parse("f(" * 60 + "1" + ")" * 60).depth == 61
    assert parse("f(1 + " * 60 + "1" + ")" * 60).depth == 121
    assert parse("(" * 99 + "1" + ")" * 99) == Literal("int", "1")
    chain = parse("1" + "+1" * 15_000)
    assert chain.depth == 2
    assert str(chain).endswith("+ 1) + 1")


@needs_corpus
def test_every_expression_of_the_corpus_parses_and_prints():
    functions = json.loads((CORPUS / "expression-functions.json").read_text(encoding="utf-8"))
    texts = [row["text"] for row in json_lines("expression-trees.jsonl")]
    texts += [example["expr"] for row in functions for example in row["examples"]]
    assert len(texts) > 900
    for text in texts:
        node = parse(text)
        assert parse(str(node)) == node, text
