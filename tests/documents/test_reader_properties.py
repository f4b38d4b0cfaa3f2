"""Whatever the text: a tree or one of our errors."""

from __future__ import annotations

import json
from collections.abc import Callable

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.core.errors import DefinitionError
from ringback.documents import Node, read_json, read_yaml

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)
SOUP = st.text("abc:-?[]{}\"'#&*!|>%@`,~ \n\t0123456789.<\\\ufeff\u2028é😀\x00\x85\ud800", max_size=60)


@given(JSON)
def test_json_that_was_written_is_read(value: object) -> None:
    assert read_json(json.dumps(value), file="f").plain() == value
    assert read_json(json.dumps(value, ensure_ascii=False, indent=1), file="f").plain() == value


def _tree_or_error(read: Callable[..., Node], text: str) -> Node | None:
    """The tree, or None after an error that has a place and can be printed."""
    error: DefinitionError | None = None
    try:
        return read(text, file="f")
    except DefinitionError as caught:
        error = caught
    assert error.span is not None
    assert str(error).encode()
    return None


@given(SOUP)
@settings(max_examples=400)
def test_yaml_soup(text: str) -> None:
    _tree_or_error(read_yaml, text)


@given(SOUP)
@settings(max_examples=400)
def test_json_soup(text: str) -> None:
    node = _tree_or_error(read_json, text)
    if node is not None:
        assert json.loads(text.removeprefix("\ufeff")) == node.plain()


@given(st.dictionaries(st.text("abc", min_size=1), st.lists(TEXT.filter(str.isprintable)), max_size=4))
def test_text_that_pyyaml_quotes_stays_text(value: dict[str, list[str]]) -> None:
    dumped = yaml.safe_dump(value, allow_unicode=True, default_style='"')
    assert read_yaml(dumped, file="f").plain() == value
