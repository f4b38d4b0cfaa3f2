"""From a place in a template to its place in the document, whatever escapes stand between them."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from ringback.lint.fixing import apply
from ringback.lint.model import Fix
from ringback.lint.places import InJson, InTerraform

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)


@given(text=TEXTS, new=TEXTS, ascii_only=st.booleans(), data=st.data())
def test_an_edit_of_a_json_string_is_an_edit_of_its_text(
    text: str, new: str, ascii_only: bool, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    before = '{"é":\n '
    document = f"{before}{json.dumps(text, ensure_ascii=ascii_only)}}}"
    edit = InJson(document, "f", len(before)).edit(start, end, text=new)
    assert edit is not None
    changed, _ = apply(document, [Fix("", (edit,))])
    assert json.loads(changed) == {"é": text[:start] + new + text[end:]}


@given(before=TEXTS, word=st.text("abc", min_size=1, max_size=5), ascii_only=st.booleans())
def test_a_span_in_a_json_string_marks_its_words(before: str, word: str, ascii_only: bool) -> None:
    document = json.dumps(before + word, ensure_ascii=ascii_only)
    span = InJson(document, "f", 0).span(len(before), len(word))
    assert span.text[span.column - 1 : span.column - 1 + span.length] == word


def test_the_whole_string_is_marked_with_its_quotes() -> None:
    span = InJson('{"a": "b\\n"}', "f", 6).span()
    assert (span.line, span.column, span.length) == (1, 7, 5)


def test_a_terraform_text_is_found_by_its_words() -> None:
    document = 'url = "https://h/$${input.id}?q=\\"x\\"" \nbody = <<EOT\n  {"a": $${input.b}}\nEOT\n'
    url = InTerraform(document, "f", 0, 'https://h/${input.id}?q="x"')
    assert url.span(10, 11).where == "f:1:18"
    body = InTerraform(document, "f", document.index("body"), '{"a": ${input.b}}\n')
    assert body.span(6, 10).where == "f:3:9"
    assert url.edit(0, 1, text="x") is None


def test_words_that_a_terraform_file_does_not_hold_mark_the_attribute() -> None:
    span = InTerraform("  success_template = local.t\n", "f", 2, "{}").span(1, 1)
    assert (span.column, span.length) == (3, len("success_template"))
