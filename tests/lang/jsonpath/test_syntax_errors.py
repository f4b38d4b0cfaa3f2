"""The full text of every syntax error: place, message, hint."""

import pytest

from ringback.lang import jsonpath

OPERATORS = (
    "operators: == != === !== < <= > >= =~ in nin contains size empty subsetof anyof noneof all type "
    "matches exists"
)
BRACKET = "expected a quoted key, an index, a slice, '*' or '?(' after '['"
FILTER = "this filter is not closed: expected ')]'"
FILTER_HINT = "a filter is [?(…)]: one pair of brackets around the whole condition"
VALUE_HINT = "a value is a path, 'text', a number, true, false, null, /regex/, [list] or {object}"
SLICE_HINT = "a slice is [from:to], [from:] or [:to], without blanks, commas or a step"
INDEX = "expected an index from -2147483648 to 2147483647"

# path, column, length, message, hint
CASES = [
    ("$.", 2, 1, "a path must not end with '.'", ""),
    ("$s", 2, 1, "expected '.' or '[' after '$'", "write $.s"),
    ("$. s", 3, 1, "expected a name, '*' or '['", "leave out the blank"),
    ("$.a b", 4, 1, "a name must not contain blanks", "write ['my name']"),
    ("$.a..", 5, 1, "a path must not end with '.'", ""),
    ("$...a", 4, 1, "a '.' too many", ""),
    ("$[", 2, 1, BRACKET, ""),
    ("$.sum($..)", 10, 1, "the text ends too early", ""),
    ("$[a]", 2, 1, BRACKET, "quote the key: ['a']"),
    ("$[(@.length-1)]", 2, 1, BRACKET, "count from the end with a negative index: [-1]"),
    ("$['a','b", 7, 1, "the key is not closed: ' is missing", ""),
    (
        "$['a', \"b\"]",
        11,
        1,
        "a key is missing after the comma",
        "quote every key, and all of them with the same quotes",
    ),
    ("$['a''b']", 6, 1, "expected ',' or ']' after the key", ""),
    ("$['a',,'b']", 7, 1, "a key is missing between the commas", ""),
    ("$['a',", 2, 1, "the bracket is not closed: ] is missing", ""),
    ("$['\\u00zz']", 2, 1, "\\u00zz is no character", ""),
    ("$[1 2]", 2, 5, INDEX, ""),
    ("$[9999999999]", 2, 12, INDEX, ""),
    ("$[0:1,2]", 2, 7, "this is no slice", SLICE_HINT),
    ("$[:]", 2, 3, "this is no slice", SLICE_HINT),
    ("$[*", 4, 1, "expected ']' after '*'", ""),
    (
        "$[?]",
        3,
        1,
        "there is no predicate to put in for '?'",
        "write the condition itself: [?(@.name == 'x')]",
    ),
    ("$[?@.a == 1]", 2, 1, BRACKET, "a filter stands in brackets: [?(@.name == 'x')]"),
    ("$[?(", 2, 3, FILTER, FILTER_HINT),
    ("$[?(@.a == 1]", 2, 3, FILTER, FILTER_HINT),
    ("$[?((@.a)]", 2, 3, FILTER, FILTER_HINT),
    ("$[?(@.a == 1)(@.b)]", 2, 3, FILTER, FILTER_HINT),
    ("$[?()]", 5, 1, "expected a value, found ')'", VALUE_HINT),
    ("$[?(@.a > )]", 11, 1, "expected a value, found ')'", VALUE_HINT),
    ("$[?(@.a &&)]", 11, 1, "expected a value, found ')'", VALUE_HINT),
    ("$[?(@.a 5)]", 9, 1, "'5' is no operator", OPERATORS),
    ("$[?(@.a is @.b)]", 9, 2, "'is' is no operator", OPERATORS),
    ("$[?(@.a <> 1)]", 9, 2, "'<>' is no operator", "write !="),
    ("$[?(@.a and @.b)]", 9, 3, "'and' is no operator", "write &&"),
    ("$[?('a' <> 1)]", 9, 2, "'<>' is no operator", "write !="),
    ("$[?(@.a == foo)]", 12, 3, "expected true, false or null", "quote it: 'foo'"),
    ("$[?(@.a == 'x)]", 12, 1, "the ' is not closed", ""),
    ("$[?(@.a == 1 1)]", 14, 1, "expected '&&', '||' or ')'", ""),
    ("$[?(@.a =~ /x)]", 12, 1, "the / is not closed", ""),
    ("$[?(@.a =~ /(/)]", 12, 3, "no regular expression: a group is not closed", ""),
    ("$[?(@.a == [1)]", 12, 1, "this [ is not closed", ""),
    ("$[?(@.a[ == 1)]", 8, 1, "this '[' is not closed", ""),
    (
        "$[?(false)]",
        5,
        5,
        "a condition needs an operator",
        "only a path may stand alone: it asks whether something is there",
    ),
    ("$[?('\\u00zz' == 1)]", 5, 8, "\\u00zz is no character", ""),
    ("$[?(@.a == ! 1)]", 14, 1, "expected a path after '!'", ""),
    ("$.f(", 3, 2, "the arguments of f( are not closed", ""),
    ("$.f({)", 6, 1, "the arguments of f( are not closed", "check brackets, braces and quotes"),
    ("$.f(1])", 6, 1, "nothing is open that this ] closes", ""),
    ("$.f(})", 5, 1, "nothing is open that this } closes", ""),
    ("$.sum($.a )", 10, 1, "a name must not contain blanks", "write ['my name']"),
    ("$.sum($[?(@.b = 1)])", 15, 1, "'=' is no operator", "write =="),
    ("$.sum(()$.a)", 9, 1, "a path as argument must begin with '$' or '@'", ""),
]


@pytest.mark.parametrize(
    ("path", "column", "length", "message", "hint"), CASES, ids=[case[0] for case in CASES]
)
def test_names_the_place_and_the_fault(path: str, column: int, length: int, message: str, hint: str) -> None:
    with pytest.raises(jsonpath.InvalidPath) as caught:
        jsonpath.compile(path)
    error = caught.value
    assert error.span is not None
    assert (error.span.column, error.span.length, error.message, error.hint) == (
        column,
        length,
        message,
        hint,
    )
    assert error.kind == "InvalidPathException"


def test_an_empty_path_is_an_illegal_argument() -> None:
    with pytest.raises(jsonpath.InvalidPath, match="a path must not be empty") as caught:
        jsonpath.compile("")
    assert caught.value.kind == "IllegalArgumentException"


def test_the_error_shows_path_caret_and_hint() -> None:
    with pytest.raises(jsonpath.InvalidPath) as caught:
        jsonpath.compile("$.rows[?(@.id = 1)].name")
    assert str(caught.value) == (
        "path:1:15: '=' is no operator\n    $.rows[?(@.id = 1)].name\n                  ^\n  hint: write =="
    )
