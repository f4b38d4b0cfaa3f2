"""Scalars and layout: what YAML 1.1 and YAML 1.2 read is the same, and what was meant."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.documents import Node, read_yaml
from ringback.flows.writers.nodes import listing, mapping, scalar
from ringback.flows.writers.yaml_text import is_plain, scalar_text, to_yaml

PLAIN = [
    "a",
    "Main menu",
    "a-b",
    'Flow.x == "a"',
    "x: ".strip(": "),
    "50%",
    "a,b",
    "Ünï",
    "a'b",
    "en-us",
    "NaN",
    "v1.2",
]
QUOTED = {
    "": '""',
    "yes": '"yes"',
    "No": '"No"',
    "ON": '"ON"',
    "y": '"y"',
    "null": '"null"',
    "~": '"~"',
    "true": '"true"',
    "1": '"1"',
    "-1.5": '"-1.5"',
    "1e3": '"1e3"',
    "1_000": '"1_000"',
    "0o7": '"0o7"',
    "0x1F": '"0x1F"',
    "0b1": '"0b1"',
    "12:30:00": '"12:30:00"',
    "2025-01-02": '"2025-01-02"',
    ".5": '".5"',
    ".inf": '".inf"',
    "=": '"="',
    "<<": '"<<"',
    "- a": '"- a"',
    "a: b": '"a: b"',
    "a #b": '"a #b"',
    " a": '" a"',
    "a ": '"a "',
    "{a}": '"{a}"',
    "*a": '"*a"',
    "a\nb": r'"a\nb"',
    'say "hi"\n': r'"say \"hi\"\n"',
    "a\tb": r'"a\tb"',
    "a\\b": r'"a\\b"',
    "\x07": r'"\x07"',
    "\u2028": r'"\u2028"',
    "\ufeff": r'"\ufeff"',
}


def both(text: str) -> Any:
    """What both readers see, which must be the same."""
    new, old = read_yaml(text, file="t").plain(), yaml.safe_load(text)
    assert new == old
    return new


@pytest.mark.parametrize("text", PLAIN)
def test_plain(text: str) -> None:
    assert scalar_text(text) == text
    assert both(f"k: {text}\n") == {"k": text}


@pytest.mark.parametrize(("text", "written"), QUOTED.items())
def test_quoted(text: str, written: str) -> None:
    assert scalar_text(text) == written
    assert both(f"k: {written}\n") == {"k": text}


@pytest.mark.parametrize(
    ("value", "text", "written"),
    [
        (1, "", "1"),
        (37.4553, "37.455300", "37.455300"),
        (1.0, "", "1.0"),
        (1e16, "", "1.0e+16"),
        (float("inf"), "", ".inf"),
        (float("nan"), "", ".nan"),
        (5, "six", "5"),
        (True, "", "true"),
        (None, "", "null"),
    ],
)
def test_other_scalars(value: Any, text: str, written: str) -> None:
    assert scalar_text(value, text) == written


def test_layout() -> None:
    document = mapping(
        {
            "flow": mapping(
                {
                    "list": listing(
                        [mapping({"a": scalar("x"), "b": mapping({"c": scalar(value=True)})}), scalar("w")]
                    ),
                    "inner": listing([listing([scalar("z")])]),
                    "none": mapping({}),
                    "nothing": listing([]),
                    "yes": scalar("no"),
                }
            )
        }
    )
    assert to_yaml(document) == (
        "flow:\n"
        "  list:\n"
        "    - a: x\n"
        "      b:\n"
        "        c: true\n"
        "    - w\n"
        "  inner:\n"
        "    - - z\n"
        "  none: {}\n"
        "  nothing: []\n"
        '  "yes": "no"\n'
    )


def test_long_keys() -> None:
    key = "k" * 3_000
    assert both(to_yaml(mapping({key: mapping({"a": scalar("b")}), "z": scalar("y")}))) == {
        key: {"a": "b"},
        "z": "y",
    }


TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [*QUOTED, *PLAIN]
)
TREES = st.recursive(
    TEXTS.map(scalar) | st.booleans().map(lambda value: scalar(value=value)),
    lambda inner: (
        st.lists(inner, max_size=3).map(listing) | st.dictionaries(TEXTS, inner, max_size=3).map(mapping)
    ),
    max_leaves=8,
)


@given(TREES)
@settings(max_examples=400, deadline=None)
def test_every_tree_is_read_back(tree: Node) -> None:
    document = mapping({"root": tree})
    assert both(to_yaml(document)) == document.plain()


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_plain_text_is_text_to_both(text: str) -> None:
    if text and is_plain(text):
        assert both(f"k: {text}\n") == {"k": text}
