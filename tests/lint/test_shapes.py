"""JSON with holes: what can be JSON and what cannot, and that texts without holes are read as JSON is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.lint.pieces import Fixed, Hole, Kind, Piece, Pieces
from ringback.lint.shapes import (
    HoleShape,
    ListShape,
    NoJson,
    ObjectShape,
    ScalarShape,
    Shape,
    TextShape,
    shape_of,
)

MARKS = {
    "T": Kind.TEXT,
    "N": Kind.NUMBER,
    "B": Kind.BOOLEAN,
    "J": Kind.JSON,
    "L": Kind.LIST,
    "E": Kind.ESCAPED,
}


def pieces(text: str) -> Pieces:
    """A text in which `<T>` is a hole for a text, `<J>` one for JSON, and so on."""
    found: list[Piece] = []
    at = 0
    for index, part in enumerate(text.replace("<", "\0").replace(">", "\0").split("\0")):
        found.append(Hole(MARKS[part], name=part) if index % 2 else Fixed(part, at))
        at += len(part) + (2 if index % 2 else 0)
    return tuple(found)


def outline(shape: Shape) -> Any:
    """A shape as plain JSON: a hole is its mark, a text its holes."""
    match shape:
        case ObjectShape():
            return {member.name or "?": outline(member.value) for member in shape.members}
        case ListShape():
            return [outline(item) for item in shape.items]
        case TextShape():
            return "".join(hole.name for hole in shape.holes)
        case ScalarShape():
            return shape.value
        case HoleShape():
            return f"<{shape.hole.name}>"


GOOD: list[tuple[str, Any]] = [
    ("<J>", "<J>"),
    ("<T>", "<T>"),
    ('{"a": <J>, "b": "x<T>y<E>"}', {"a": "<J>", "b": "TE"}),
    ('{"a": -<N>.5, "<T>": [<B>, <L>]}', {"a": "<N>", "?": ["<B>", "<L>"]}),
    ("{<T>}", {}),
    ('{<T> "a": 1}', {"a": 1}),
    ('{"a": 1 <T>}', {"a": 1}),
    ('{"a": 1, <T>}', {"a": 1}),
    ("[<T><T>]", ["<T>"]),
    ("[1, <T>]", [1, "<T>"]),
    ("{<T>: 1}", {"?": 1}),
    ('{"a\\"b": 1}', {'a"b': 1}),
    (" <J> ", "<J>"),
]
BAD = [
    ("", "it prints nothing", 0),
    ("{", "a key in double quotes is expected, but the end of the template stands there", 1),
    ('{"a" 1}', "':' is expected after the key, but '1' stands there", 5),
    ('{"a": 1 "b": 2}', "',' or '}' is expected, but '\"' stands there", 8),
    ('{"a": <N> "b": 2}', "',' or '}' is expected, but '\"' stands there", 10),
    ('{"a": 1,}', "a comma stands before '}'", 7),
    ("[1,]", "a comma stands before ']'", 2),
    ("[1 2]", "',' or ']' is expected, but '2' stands there", 3),
    ("[<J>abc]", "a value and other text make up one value", 0),
    ("{a: 1}", "a key in double quotes is expected, but 'a' stands there", 1),
    ("[x]", "a value is expected, but 'x' stands there", 1),
    ("[01]", "a value is expected, but '01' stands there", 1),
    ("{}}", "the JSON value ends, but '}' follows", 2),
    ('["a]', "a text has no closing quotes", 1),
    ('["a\n"]', "a text has no closing quotes on its line", 1),
    ('["a\t"]', "a text holds a control character", 3),
    ('["a\\x"]', "a backslash in a text begins no JSON escape", 3),
    ('{"a": <J>}}', "the JSON value ends, but '}' follows", 10),
    ("[" * 500, "it nests too deeply", 100),
]


@pytest.mark.parametrize(("text", "found"), GOOD)
def test_what_can_be_json(text: str, found: Any) -> None:
    assert outline(shape_of(pieces(text))) == found


@pytest.mark.parametrize(("text", "message", "at"), BAD)
def test_what_cannot_be_json(text: str, message: str, at: int) -> None:
    with pytest.raises(NoJson) as caught:
        shape_of(pieces(text))
    assert (caught.value.message, caught.value.at) == (message, at)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.just(""),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab c", min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(value=JSON, indent=st.sampled_from([None, 1]))
def test_json_without_holes_is_read_as_it_is(value: Any, indent: int | None) -> None:
    assert outline(shape_of((Fixed(json.dumps(value, indent=indent)),))) == value


@given(text=st.text('{}[]",:1e.-+ truefalsn\\u\n', max_size=14))
def test_texts_that_are_no_json_are_refused_exactly_then(text: str) -> None:
    try:
        json.loads(text, parse_constant=lambda _: 1 / 0)
        is_json = True
    except (ValueError, ZeroDivisionError):
        is_json = False
    try:
        shape_of((Fixed(text),))
        accepted = True
    except NoJson:
        accepted = False
    assert accepted == is_json
