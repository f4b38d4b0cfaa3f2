"""Java's regular expressions: what each form matches as a whole. The answers come from Java 17."""

import pytest

from ringback.lang.jsonpath.java_regex import RegexError, compile_pattern, flag_letters, matches
from ringback.lang.jsonpath.limits import Meter

# literal, texts that match, texts that do not
CASES = [
    ("/a.c/", ["abc", "a-c"], ["a\nc", "a\u2028c", "xabc"]),
    ("/a.c/s", ["a\nc"], ["ac"]),
    ("/a.c/d", ["a\rc"], ["a\nc"]),
    ("/k/i", ["k", "K"], ["\u212a"]),
    ("/k/iu", ["K", "\u212a"], ["x"]),
    ("/é/i", ["é"], ["É"]),
    ("/[a-c]+/i", ["aBC"], ["d"]),
    ("/ a b #c/x", ["ab"], ["a b"]),
    ("/(?i)a(?-i)b/", ["Ab", "ab"], ["AB"]),
    ("/(?i:a)b/", ["Ab"], ["AB"]),
    ("/((?i)a)b/", ["Ab"], ["AB"]),
    (r"/\d\w\s/", ["1a "], ["\u0663a ", "1é "]),
    (r"/\d\w/U", ["\u0663é"], ["--"]),
    (r"/\D\W\S/", ["a-b"], ["1a "]),
    (r"/\h\v\R/", [" \n\r\n"], ["   "]),
    (r"/\p{Alpha}\p{L}\p{IsGreek}\p{Lu}/", ["aé\u03b1É"], ["éaaA"]),
    (r"/\p{javaLowerCase}\P{Lu}\pL/", ["aaa"], ["AAA"]),
    (r"/\p{InGreek}\p{script=Latin}\p{gc=Lu}\p{IsAlphabetic}/", ["\u03b1aAa"], ["aaaa"]),
    (r"/\p{Lower}/i", ["a", "A"], ["1"]),
    (r"/\Qa.b\E+/", ["a.b", "a.bbb"], ["axb", "a.ba.b"]),
    (r"/\x41\u0042\x{43}\0104\cE\t\e/", ["ABCD\x05\t\x1b"], ["ABCD"]),
    ("/[a-d&&[^bc]]/", ["a", "d"], ["b"]),
    ("/[a-z&&b-c]/", ["b"], ["a"]),
    ("/[a[xy]]/", ["a", "x"], ["b"]),
    (r"/[\d-]/", ["1", "-"], ["a"]),
    ("/[]a]/", ["]", "a"], ["["]),
    (r"/[\Qa-z\E]/", ["a", "-", "z"], ["b"]),
    (r"/(a)(b)?\1/", ["aa", "aba"], ["ab"]),
    (r"/(?<n>a)\k<n>/", ["aa"], ["ab"]),
    (r"/a\2?/", ["a"], ["aa"]),
    ("/a{2}{3}/", ["aa"], ["aaa"]),
    ("/a{1,2}+/", ["a", "aa"], ["aaa"]),
    ("/(?>a*)a/", [], ["aaa"]),
    ("/a*+a/", [], ["aaa"]),
    ("/^a$/", ["a"], ["a\n"]),
    ("/a$\\n/", ["a\n"], ["a"]),
    ("/a$.*^b/ms", ["a\nb", "a\r\nb"], ["ab"]),
    (r"/\Aa\z/", ["a"], ["b"]),
    (r"/a\Z\n/", ["a\n"], ["a\nb"]),
    (r"/x\/y/", ["x/y"], ["xy"]),
    (r"/(?=a)\w(?!b)(?<=a)(?<!c)/", ["a"], ["b"]),
    (r"/\bé\b/", ["é"], ["a"]),
    (r"/\N{LATIN SMALL LETTER A}/", ["a"], ["b"]),
]


@pytest.mark.parametrize(("literal", "whole", "others"), CASES, ids=[case[0] for case in CASES])
def test_matches_as_java_does(literal: str, whole: list[str], others: list[str]) -> None:
    assert [text for text in whole if not matches(literal, text, meter=Meter())] == []
    assert [text for text in others if matches(literal, text, meter=Meter())] == []


REFUSED = [
    ("/*a/", "* repeats nothing"),
    ("/a**/", "* repeats nothing"),
    ("/a{b}/", "{ begins no repetition"),
    ("/a{3,2}/", "{3,2} is no repetition"),
    ("/(a/", "a group is not closed"),
    ("/a)/", "a ) closes nothing"),
    ("/(?y)/", "(? begins no group"),
    ("/(?<n>a)(?<n>b)/", "two groups are named n"),
    ("/[a/", "it ends too early"),
    ("/[b-a]/", "b-a is no range"),
    ("/a\\/", "it ends too early"),
    (r"/\y/", "\\y is unknown"),
    (r"/\k<n>/", "\\k names no group"),
    (r"/\p{Nope}/", "\\p{Nope} is unknown"),
    (r"/\p{L/", "a name is not closed: } is missing"),
    (r"/\N{NOPE}/", "\\N{…} names no character"),
    (r"/\x4/", "a hexadecimal escape is malformed"),
    (r"/\08/", "\\0 needs octal digits"),
    ("/" + "(" * 60 + ")" * 60 + "/", "its groups nest too deep"),
    ("/" + "[a" * 60 + "]" * 60 + "/", "its classes nest too deep"),
]


@pytest.mark.parametrize(("literal", "message"), REFUSED, ids=[case[0][:20] for case in REFUSED])
def test_refuses_what_java_refuses(literal: str, message: str) -> None:
    with pytest.raises(RegexError) as caught:
        compile_pattern(literal)
    assert str(caught.value) == f"no regular expression: {message}"


def test_flags_end_at_the_first_other_letter() -> None:
    assert flag_letters("iux && 1") == 3
    assert flag_letters("q") == 0
