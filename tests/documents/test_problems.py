"""Several errors at once, places in text that was edited, and hints."""

from __future__ import annotations

import pytest

from ringback.core.span import Span
from ringback.documents import DocumentErrors, Edit, Positions, Problems, read_yaml, suggestion


def test_errors_are_raised_together_in_document_order() -> None:
    problems = Problems()
    problems.warn("W1", "careful", span=Span("f", 9, 1))
    problems.error("E2", "second", span=Span("f", 3, 1), hint="do that")
    problems.error("E1", "first", span=Span("f", 2, 1, text="here"))
    with pytest.raises(DocumentErrors) as caught:
        problems.check()
    error = caught.value
    assert str(error) == "f:2:1: first\n    here\n    ^\nf:3:1: second\n  hint: do that"
    assert [(found.code, found.severity, found.line) for found in error.diagnostics] == [
        ("E1", "error", 2),
        ("E2", "error", 3),
        ("W1", "warning", 9),
    ]
    assert (error.message, error.code, error.exit_code) == ("first", "E1", 1)


def test_many_errors_are_counted() -> None:
    problems = Problems()
    for line in range(1, 31):
        problems.error("E", "wrong", span=Span("f", line, 1))
    with pytest.raises(DocumentErrors) as caught:
        problems.check()
    assert str(caught.value).endswith("f:20:1: wrong\n… and 10 more errors")


def test_no_errors_nothing_raised() -> None:
    problems = Problems()
    problems.warn("W", "careful", span=None)
    problems.check()
    assert [warning.message for warning in problems.warnings] == ["careful"]


def test_unknown_keys() -> None:
    problems = Problems()
    problems.unknown_keys(read_yaml("audoi: 1\nname: x\nzzz: 2", file="f"), {"audio", "name"}, where="in 'x'")
    with pytest.raises(DocumentErrors) as caught:
        problems.check()
    assert [(str(found.line), found.message, found.hint) for found in caught.value.diagnostics] == [
        ("1", "unknown key 'audoi' in 'x'", "did you mean 'audio'?"),
        ("3", "unknown key 'zzz' in 'x'", "keys: 'audio', 'name'"),
    ]


SUGGESTIONS = [
    ("Audio", ["audio", "name"], "did you mean 'audio'?"),
    ("x", [], "there are no tasks"),
    ("x", [f"t{i:02}" for i in range(20)], "tasks: " + ", ".join(f"'t{i:02}'" for i in range(12)) + " …"),
]


@pytest.mark.parametrize(("name", "known", "hint"), SUGGESTIONS)
def test_suggestions(name: str, known: list[str], hint: str) -> None:
    assert suggestion(name, known, what="tasks") == hint


def test_places_in_edited_text() -> None:
    # "a {{xy}} b" was read as "a long-value b".
    positions = Positions("a {{xy}} b", "f", edits=[Edit(2, 12, 2, 8)])
    spans = [positions.span(0), positions.span(2), positions.span(7, 12), positions.span(13)]
    assert [(span.column, span.length) for span in spans] == [(1, 1), (3, 6), (3, 6), (10, 1)]


def test_places_beyond_the_end() -> None:
    assert Positions("ab\n", "f").span(99).where == "f:2:1"
    assert Positions("", "f").span(0).where == "f:1:1"
