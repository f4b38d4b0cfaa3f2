"""Whatever the path and the document: an answer or one of our errors, soon, and the document as it was."""

import contextlib
import copy
import json
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings

from ringback.core.errors import DefinitionError
from ringback.lang import jsonpath
from ringback.lang.jsonpath.tree import OPERATORS

KEYS = st.sampled_from(["a", "b", "c d", "it's", "x.y", "$k", "é", "", "\\", '"', "[0]", "a(b)"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4)
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [
        "sum",
        "min",
        "max",
        "avg",
        "stddev",
        "length",
        "size",
        "keys",
        "first",
        "last",
        "index",
        "concat",
        "append",
        "nope",
    ]
)
LITERALS = st.sampled_from(
    [
        "1",
        "-2.5",
        "1e3",
        "'a'",
        '"b"',
        "true",
        "null",
        "[1,'a']",
        '{"a":1}',
        "/a.*/i",
        "'it\\'s'",
        "[[1]]",
        "['$.a']",
    ]
)


def quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"


def paths(root: str = "$") -> st.SearchStrategy[str]:
    return st.deferred(lambda: st.lists(STEPS, max_size=4).map(lambda steps: root + "".join(steps)))


ITEM_PATHS = paths("@") | paths()
OPERANDS = ITEM_PATHS | LITERALS
COMPARISONS = st.tuples(OPERANDS, st.sampled_from(OPERATORS), OPERANDS).map(" ".join)
CONDITIONS = st.recursive(
    COMPARISONS | ITEM_PATHS | ITEM_PATHS.map("!{}".format),
    lambda inner: (
        st.tuples(inner, st.sampled_from([" && ", " || "]), inner).map("".join) | inner.map("!({})".format)
    ),
    max_leaves=3,
)
STEPS: st.SearchStrategy[str] = st.one_of(
    KEYS.map(quoted),
    st.tuples(KEYS, KEYS).map(lambda pair: f"{quoted(pair[0])[:-1]}, {quoted(pair[1])[1:]}"),
    st.integers(-3, 3).map("[{}]".format),
    st.sampled_from(["[0,1]", "[1:]", "[:2]", "[-2:1]", "[*]", ".*", ".a", "..a", "..*", "..[0]", "['b']"]),
    CONDITIONS.map("[?({})]".format),
    st.tuples(NAMES, st.sampled_from(["()", "(1)", "($..a)", '("x", $.b)', "( )"])).map(
        lambda p: f".{p[0]}{p[1]}"
    ),
)
OPTIONS = st.sets(st.sampled_from(jsonpath.OPTIONS))
NOISE = st.text(alphabet="$@.[]()?*'\",:!=<>&|~/\\-+ 01ab{}\t", max_size=30)


def answer_or_error(path: str, document: Any, options: set[str]) -> None:
    before = copy.deepcopy(document)
    with contextlib.suppress(DefinitionError):
        json.dumps(jsonpath.read(path, document, options=options))
    assert document == before


@settings(deadline=2000, max_examples=400)
@given(paths(), DOCUMENTS, OPTIONS)
def test_any_path_over_any_document(path: str, document: Any, options: set[str]) -> None:
    answer_or_error(path, document, options)


@settings(deadline=2000, max_examples=400)
@given(NOISE, DOCUMENTS, OPTIONS)
def test_any_text_as_a_path(text: str, document: Any, options: set[str]) -> None:
    answer_or_error(text, document, options)
    answer_or_error("$" + text, document, options)


@settings(deadline=2000, max_examples=300)
@given(paths())
def test_a_tree_survives_being_shown(path: str) -> None:
    try:
        parsed = jsonpath.parse(path)
    except DefinitionError:
        return
    assert jsonpath.parse(jsonpath.show(parsed)) == parsed


@settings(deadline=2000, max_examples=300)
@given(NOISE)
def test_any_tree_survives_being_shown(text: str) -> None:
    try:
        parsed = jsonpath.parse("$." + text)
    except DefinitionError:
        return
    assert jsonpath.parse(jsonpath.show(parsed)) == parsed


@settings(max_examples=200)
@given(paths(), DOCUMENTS)
def test_reading_twice_answers_the_same(path: str, document: Any) -> None:
    def outcome() -> Any:
        try:
            return jsonpath.read(path, document)
        except DefinitionError as error:
            return str(error)

    assert repr(outcome()) == repr(outcome())
