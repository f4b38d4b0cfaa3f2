"""The public names, the cache, and what a render may and may not do."""

from __future__ import annotations

import dataclasses

import pytest

from ringback.core.errors import DefinitionError, LimitError
from ringback.lang import velocity

PUBLIC = [
    "DIRECTIVES",
    "LIMITS",
    "TOOL_TABLES",
    "Kind",
    "LimitError",
    "Limits",
    "ReferenceUse",
    "RenderError",
    "Template",
    "TemplateSyntaxError",
    "Token",
    "Tree",
    "compile",
    "parse",
    "print_tree",
    "render",
    "tokens",
]


def test_public_names() -> None:
    assert velocity.__all__ == PUBLIC
    for name in PUBLIC:
        assert getattr(velocity, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        velocity.nope  # noqa: B018 - reading it is the test


def test_errors_are_definition_errors() -> None:
    assert issubclass(velocity.TemplateSyntaxError, DefinitionError)
    assert issubclass(velocity.RenderError, DefinitionError)
    assert velocity.LimitError is LimitError


def test_compiled_templates_are_remembered_by_text_and_name() -> None:
    assert velocity.compile("$a") is velocity.compile("$a")
    assert velocity.compile("$a") is not velocity.compile("$a", name="other")


def test_renders_do_not_know_each_other() -> None:
    template = velocity.compile("#set($x = $x + 1)#macro(m)$x#end#m()")
    assert [template.render({"x": number}) for number in (1, 2, 1)] == ["2", "3", "2"]
    loop = velocity.compile("#foreach($i in $l)$i#if($i == 2)#stop#end#end")
    assert (loop.render({"l": [1, 2, 3]}), loop.render({"l": [1, 3]})) == ("12", "13")


def test_trees_are_frozen() -> None:
    tree = velocity.parse("$x")
    with pytest.raises(dataclasses.FrozenInstanceError):
        tree.body.items = ()  # type: ignore[misc]  # that it fails is the test


def test_numbers_of_the_context() -> None:
    context = {"i": 1, "l": 2**40, "b": 2**70, "d": 1e10, "t": (1, 2)}
    assert velocity.render("$i $l $b $d $t $t.size()", context) == f"1 {2**40} {2**70} 1.0E10 [1, 2] 2"


def test_lone_surrogates_print_as_the_engine_writes_them() -> None:
    assert velocity.render("$s.substring(0, 1)|$s.charAt(1)", {"s": "😀"}) == "?|?"
