"""YAML 1.2 text to nodes: what plain scalars mean, positions, and the full text of every error."""

from __future__ import annotations

import math

import pytest

from ringback.core.errors import DefinitionError
from ringback.documents import read_yaml
from tests.documents.cases import error_cases, printable

SCALARS = [
    ("true", True),
    ("True", True),
    ("false", False),
    ("FALSE", False),
    ("yes", "yes"),
    ("No", "No"),
    ("on", "on"),
    ("OFF", "OFF"),
    ("Y", "Y"),
    ("n", "n"),
    ("null", None),
    ("Null", None),
    ("~", None),
    ("", None),
    ("none", "none"),
    ("0", 0),
    ("-12", -12),
    ("+7", 7),
    ("0123", 123),
    ("0o17", 15),
    ("0x1F", 31),
    ("0b11", "0b11"),
    ("1_000", "1_000"),
    ("1.5", 1.5),
    (".5", 0.5),
    ("12.", 12.0),
    ("1e3", 1000.0),
    ("-1.5E-2", -0.015),
    ("1:20", "1:20"),
    ("190:20:30", "190:20:30"),
    ("2001-12-14", "2001-12-14"),
    (".", "."),
    ("+", "+"),
    (".inf", math.inf),
    ("-.INF", -math.inf),
    ("1.2.3", "1.2.3"),
    ("800856784356", 800856784356),
    ('"5"', "5"),
    ("'true'", "true"),
    ("!!str 5", "5"),
    ("! 5", "5"),
    ('"a\\tb\\u00e9\\n"', "a\tbé\n"),
]


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_scalars(text: str, value: object) -> None:
    node = read_yaml(f"key: {text}", file="f").get("key")
    assert node is not None
    assert node.value == value
    assert type(node.value) is type(value)


def test_not_a_number() -> None:
    value = read_yaml(".nan", file="f").value
    assert isinstance(value, float)
    assert math.isnan(value)


def test_digits_beyond_computing_stay_text() -> None:
    assert read_yaml("9" * 5000, file="f").value == "9" * 5000


DOCUMENTS = [
    ("", None),
    ("# only a comment\n", None),
    ("\ufeffa: 1", {"a": 1}),
    ("a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
    ("yes: 1\nno: 2\n5: 3\n~: 4", {"yes": 1, "no": 2, "5": 3, "~": 4}),
    ("a: &x {k: [1]}\nb: *x", {"a": {"k": [1]}, "b": {"k": [1]}}),
    ("a: |\n  one\n  two\nb: >-\n  folded\n  text", {"a": "one\ntwo\n", "b": "folded text"}),
    ("- a\n-\n  - b\n- {c: []}", ["a", ["b"], {"c": []}]),
    ("--- {a: 1}\n...\n", {"a": 1}),
    ('"<<": 1', {"<<": 1}),
]


@pytest.mark.parametrize(("text", "value"), DOCUMENTS)
def test_documents(text: str, value: object) -> None:
    assert read_yaml(text, file="f").plain() == value


def test_nodes_know_their_places() -> None:
    node = read_yaml("flow:\n  name: Main Menu\n  items:\n    - dur: 01\n    - 'q'\n", file="f.yaml")
    name = node.at("flow", "name")
    assert name is not None
    assert (name.span.where, name.span.length, name.span.text) == ("f.yaml:2:9", 9, "  name: Main Menu")
    flow = node.get("flow")
    assert flow is not None
    assert flow.key_span("items").where == "f.yaml:3:3"
    first, second = flow.get("items") or ()
    duration = first.get("dur")
    assert duration is not None
    assert (duration.value, duration.text, duration.quoted) == (1, "01", False)
    assert (second.value, second.quoted, second.span.where) == ("q", True, "f.yaml:5:7")


def test_places_count_characters_and_only_real_line_breaks() -> None:
    node = read_yaml('a: "é\u2028😀"\nb: c', file="f")
    inner = node.get("b")
    assert inner is not None
    assert inner.span.where == "f:2:4"


@pytest.mark.parametrize(("text", "message"), error_cases("yaml_errors.txt"))
def test_errors(text: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_yaml(text, file="f")
    assert printable(caught.value) == message
