"""Text to tokens: kinds, positions, leads, and what a lead that begins nothing leaves behind."""

from __future__ import annotations

import pytest

from ringback.lang import velocity
from ringback.lang.velocity import Kind

CASES = [
    ("", []),
    ("a b", [(Kind.TEXT, "a b")]),
    ("a\n  b", [(Kind.TEXT, "a\n  b")]),
    ("\n  ", [(Kind.NEWLINE, "\n"), (Kind.BLANK, "  ")]),
    ("$x", [(Kind.IDENTIFIER, "$x")]),
    ("$!x.y", [(Kind.IDENTIFIER, "$!x"), (Kind.DOT, "."), (Kind.IDENTIFIER, "y")]),
    ("${x}", [(Kind.OPEN_FORMAL, "${"), (Kind.IDENTIFIER, "x"), (Kind.CLOSE_FORMAL, "}")]),
    ("$x.", [(Kind.IDENTIFIER, "$x"), (Kind.TEXT, ".")]),
    (
        "$x.f(1)",
        [
            (Kind.IDENTIFIER, "$x"),
            (Kind.DOT, "."),
            (Kind.IDENTIFIER, "f"),
            (Kind.OPEN, "("),
            (Kind.INTEGER, "1"),
            (Kind.RETURN, ")"),
        ],
    ),
    (
        "$x[-1]",
        [(Kind.IDENTIFIER, "$x"), (Kind.OPEN_INDEX, "["), (Kind.INTEGER, "-1"), (Kind.CLOSE_INDEX, "]")],
    ),
    ("\\\\$x", [(Kind.IDENTIFIER, "\\\\$x")]),
    ("\\#if", [(Kind.ESCAPED_DIRECTIVE, "\\#if")]),
    ("\\\\\\", [(Kind.DOUBLE_ESCAPE, "\\\\"), (Kind.ESCAPE, "\\")]),
    ("#end", [(Kind.END, "#end")]),
    ("#{else}x", [(Kind.ELSE, "#{else}"), (Kind.TEXT, "x")]),
    ("#foo", [(Kind.WORD, "#foo")]),
    (
        "#set($x=1)",
        [
            (Kind.SET, "#set("),
            (Kind.IDENTIFIER, "$x"),
            (Kind.ASSIGN, "="),
            (Kind.INTEGER, "1"),
            (Kind.CLOSE, ")"),
        ],
    ),
    (
        "#if(!$a&&1.5)",
        [
            (Kind.IF, "#if"),
            (Kind.OPEN, "("),
            (Kind.NOT, "!"),
            (Kind.IDENTIFIER, "$a"),
            (Kind.OPERATOR, "&&"),
            (Kind.FLOAT, "1.5"),
            (Kind.CLOSE, ")"),
        ],
    ),
    (
        "#f([1..2])",
        [
            (Kind.WORD, "#f"),
            (Kind.OPEN, "("),
            (Kind.OPEN_LIST, "["),
            (Kind.INTEGER, "1"),
            (Kind.RANGE, ".."),
            (Kind.INTEGER, "2"),
            (Kind.CLOSE_LIST, "]"),
            (Kind.CLOSE, ")"),
        ],
    ),
    ("##c\nx", [(Kind.COMMENT, "##c\n"), (Kind.TEXT, "x")]),
    ("#*c*#", [(Kind.COMMENT, "#*c*#")]),
    ("#[[r]]#", [(Kind.RAW, "#[[r]]#")]),
    ("$#if", [(Kind.IF, "$#if")]),
    (
        "${x|'d'}",
        [
            (Kind.OPEN_FORMAL, "${"),
            (Kind.IDENTIFIER, "x"),
            (Kind.PIPE, "|"),
            (Kind.STRING, "'d'"),
            (Kind.CLOSE_FORMAL, "}"),
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_kinds_and_images(text: str, expected: list[tuple[Kind, str]]) -> None:
    found = velocity.tokens(text)
    assert [(token.kind, token.image) for token in found] == [*expected, (Kind.EOF, "")]
    for token in found:
        assert text[token.start : token.end] == token.image


def test_a_lead_that_begins_nothing() -> None:
    (token, _) = velocity.tokens("$!5")
    assert (token.image, token.skipped, token.stray) == ("5", "$!", "$")
    assert velocity.render("$!5 $!a", {"a": 1}) == "$5 1"


def test_the_lead_of_a_token() -> None:
    (token, _) = velocity.tokens("#$who")
    assert (token.image, token.lead, token.body) == ("#$who", 2, "who")
