"""The lexical rules, A.2 of the behaviour reference."""

from __future__ import annotations

import pytest

from ringback.core.errors import LimitError
from ringback.lang.expr.errors import ExpressionError
from ringback.lang.expr.tokens import MAX_LENGTH, tokenize

WORDS = [
    ("", []),
    (" \t\r\n", []),
    ("12 12. 12.5 .5", ["integer 12", "decimal 12.", "decimal 12.5", "decimal .5"]),
    ("-5", ["operator -", "integer 5"]),
    ("1e5", ["integer 1", "name e5"]),
    (r'"a\"b\\c\n\r\t\f"', ['string a"b\\c\n\r\t\f']),
    ('"two\nlines"', ["string two\nlines"]),
    ("true false TRUE", ["boolean true", "boolean false", "name TRUE"]),
    ("NOT_SET Not_Set", ["not_set NOT_SET", "name Not_Set"]),
    ("and And OR oR android", ["operator and", "operator And", "operator OR", "operator oR", "name android"]),
    ("$x élan x_1", ["name $x", "name élan", "name x_1"]),
    (
        "a>=b<=c==d!=e",
        [
            "name a",
            "operator >=",
            "name b",
            "operator <=",
            "name c",
            "operator ==",
            "name d",
            "operator !=",
            "name e",
        ],
    ),
    ("Flow.x[0]", ["name Flow", "operator .", "name x", "operator [", "integer 0", "operator ]"]),
    ("Left (x)", ["name Left", "operator (", "name x", "operator )"]),
]


@pytest.mark.parametrize(("text", "expected"), WORDS)
def test_words(text, expected):
    assert [f"{token.kind} {token.text}" for token in tokenize(text)[:-1]] == expected


def test_tokens_know_their_place_and_print():
    assert [str(token) for token in tokenize('x + "é\\n"')] == [
        "   0 name     'x'",
        "   2 operator '+'",
        "   4 string   'é\\n'",
        "   9 end      ''",
    ]
    assert [(token.start, token.end) for token in tokenize('x + "é\\n"')] == [(0, 1), (2, 3), (4, 9), (9, 9)]


ERRORS = [
    ("'x'", '1:1: unexpected character "\'"', "strings stand in double quotes"),
    ("a = b", "1:3: unexpected character '='", "use == to compare; an expression cannot assign"),
    ("a\n  # b", "2:3: unexpected character '#'", ""),
    (
        "a\N{NO-BREAK SPACE}+ b",
        "1:2: unexpected character '\\xa0'",
        "this is a no-break space; replace it with a plain one",
    ),
    ("_x", "1:1: unexpected character '_'", "a name starts with a letter or $"),
    (
        "{{name}}",
        "1:1: unexpected character '{'",
        "a {{name}} of Archy must be substituted before the expression is read",
    ),
    ('x + "abc', "1:5: the string is not closed", 'close it with "; a double quote inside a string is \\"'),
    (
        r'"ab\d"',
        r"1:4: unknown escape \d in a string",
        'known escapes: \\" \\\\ \\n \\r \\t \\f; write \\\\ for a backslash',
    ),
]


@pytest.mark.parametrize(("text", "message", "hint"), ERRORS)
def test_errors(text, message, hint):
    with pytest.raises(ExpressionError) as caught:
        tokenize(text, file="f")
    assert str(caught.value).splitlines()[0] == f"f:{message}"
    assert (caught.value.hint, caught.value.code) == (hint, "RB201")


def test_length():
    assert len(tokenize(" " * MAX_LENGTH)) == 1
    with pytest.raises(LimitError) as caught:
        tokenize(" " * (MAX_LENGTH + 1))
    assert caught.value.limit == "expression_length"
    assert caught.value.message == "the expression has 32001 characters, Architect allows 32000"
