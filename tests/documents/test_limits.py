"""Documents that would explode end in a limit error that names the limit; the sizes would hang otherwise."""

from __future__ import annotations

import pytest

from ringback.core.errors import LimitError
from ringback.documents import Limits, read_json, read_yaml

LAUGHS = "a0: &a0 [x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 60)
)
TALL = "a0: &a0 []\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 400))

YAML_BOMBS = {
    "billion laughs": (LAUGHS, "document_nodes"),
    "many items": ("- a\n" * 300_000, "document_nodes"),
    "flow lists": ("[" * 1_000_000, "document_depth"),
    "flow mappings": ("{a: " * 1_000_000, "document_depth"),
    "block lists": ("- " * 1_000_000, "document_depth"),
    "block mappings": ("".join(" " * i + "a:\n" for i in range(1_000)), "document_depth"),
    "depth through aliases": (TALL, "document_depth"),
    "a cycle": ("a: &a [1, {b: *a}]", "document_aliases"),
    "many aliases": ("- &a x\n" + "- *a\n" * 2_000, "document_aliases"),
    "50 MB": ("x" * 50_000_000, "document_size"),
    "8 MB of characters that take two bytes": ("é" * 5_000_000, "document_size"),
}


@pytest.mark.parametrize("name", YAML_BOMBS)
def test_yaml(name: str) -> None:
    text, limit = YAML_BOMBS[name]
    with pytest.raises(LimitError) as caught:
        read_yaml(text, file="f")
    assert (caught.value.limit, caught.value.code) == (limit, f"limit:{limit}")
    assert caught.value.hint


JSON_BOMBS = {
    "lists": ("[" * 1_000_000, "document_depth"),
    "objects": ('{"a":' * 1_000_000, "document_depth"),
    "many items": ("[" + "1," * 300_000 + "1]", "document_nodes"),
    "50 MB": ('"' + "x" * 50_000_000 + '"', "document_size"),
}


@pytest.mark.parametrize("name", JSON_BOMBS)
def test_json(name: str) -> None:
    text, limit = JSON_BOMBS[name]
    with pytest.raises(LimitError) as caught:
        read_json(text, file="f")
    assert caught.value.limit == limit


def test_what_is_within_the_limits_can_be_walked() -> None:
    deep = Limits().document_depth
    assert read_yaml("[" * deep + "]" * deep, file="f").plain() is not None
    assert read_json("[" * deep + "]" * deep, file="f").plain() is not None


def test_a_full_message() -> None:
    with pytest.raises(LimitError) as caught:
        read_yaml("[[[1]]]", file="f", limits=Limits(document_depth=2))
    assert str(caught.value) == (
        "f:1:3: the document has more than 2 mappings and lists inside each other\n"
        "    [[[1]]]\n      ^\n  hint: split the document or simplify it"
    )
