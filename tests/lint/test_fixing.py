"""`--fix`: only what must change, nothing twice, and the same request for harmless values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.dataactions import load_data_action
from ringback.lang import velocity
from ringback.lint import fix
from ringback.lint.fixing import apply
from ringback.lint.model import Edit, Fix
from tests.lint.cases import ACTION_CODES, CODES, checked, document, file_of, fixed, text_of

BODY, URL = "config/request/requestTemplate", "config/request/requestUrlTemplate"
DEFAULTS = "config/response/translationMapDefaults"

# A field, what it says, and what it says after --fix.
FIXES = [
    (BODY, '{"name": "${input.name}"}', '{"name": "$esc.jsonString(${input.name})"}'),
    (BODY, '{"name": "$!{input.name}"}', '{"name": "$!esc.jsonString($!{input.name})"}'),
    (BODY, '{"name": "$input.name"}', '{"name": "$esc.jsonString($input.name)"}'),
    (BODY, '{"name": "${input.name}.x"}', '{"name": "${esc.jsonString(${input.name})}.x"}'),
    (BODY, '{"é\\n😀": "${input.name}"}', '{"é\\n😀": "$esc.jsonString(${input.name})"}'),
    (BODY, '{"name": "${Input.NAME}"}', '{"name": "$esc.jsonString(${input.name})"}'),
    (BODY, '{"name": "{input.name}"}', '{"name": "$esc.jsonString(${input.name})"}'),
    (BODY, '{"name": "${input.name}}"}', '{"name": "$esc.jsonString(${input.name})"}'),
    (
        URL,
        "https://${credentials.h}/a/${input.name}",
        "https://${credentials.h}/a/$esc.uriEncode(${input.name})",
    ),
    (
        URL,
        "https://${credentials.h}/a?b=${input.name}",
        "https://${credentials.h}/a?b=$esc.url(${input.name})",
    ),
    (DEFAULTS, {"id": "Not Found"}, {"id": '"Not Found"'}),
    (DEFAULTS, {"id": ""}, {"id": '""'}),
    (DEFAULTS, {"id": "[0].[0]"}, {"id": "[0].[0]"}),
    (BODY, '{"name": "${input.name|\'x\'}"}', '{"name": "${input.name|\'x\'}"}'),
]


@pytest.mark.parametrize(("field", "before", "after"), FIXES)
def test_fixes(field: str, before: Any, after: Any) -> None:
    repaired, _ = fix(document((field, before)), file="a.json")
    assert json.loads(repaired) == json.loads(document((field, after)))


@pytest.mark.parametrize("code", CODES)
def test_fixing_twice_is_fixing_once(code: str) -> None:
    file = file_of(code, "bad")
    once, _ = fixed(text_of(code, "bad"), file)
    assert fixed(once, file) == (once, 0)
    assert not any(report.finding.fix for report in checked(once, file).reports)


@pytest.mark.parametrize("code", CODES)
def test_fixes_touch_only_the_lines_of_their_findings(code: str) -> None:
    text = text_of(code, "bad")
    file = file_of(code, "bad")
    lines = {report.finding.span.line for report in checked(text, file).reports if report.finding.fix}
    after_fix, _ = fixed(text, file)
    before, after = text.split("\n"), after_fix.split("\n")
    assert len(before) == len(after)
    assert {
        number for number, (old, new) in enumerate(zip(before, after, strict=True), 1) if old != new
    } <= lines


def test_line_ends_marks_and_spacing_stay() -> None:
    text = '\ufeff{"name" :"a",\r\n\t"config":{ "request" : {"requestType":"POST","requestTemplate":\r\n'
    text += ' "{\\"a\\":\\u0020\\"${input.q}\\"}" }},\r\n"contract":{"input":{"inputSchema":'
    text += '{"properties":{"q":{"type":"string"}}}}}}\r\n'
    repaired, count = fix(text, file="a.json")
    assert (repaired, count) == (text.replace("${input.q}", "$esc.jsonString(${input.q})"), 1)


HARMLESS = st.text(alphabet="abcXYZ0189", min_size=1, max_size=12)


@given(
    values=st.fixed_dictionaries({"name": HARMLESS, "age": st.integers(0, 99)}),
    code=st.sampled_from(ACTION_CODES),
)
def test_a_fixed_action_sends_the_same_request_for_harmless_values(values: dict[str, Any], code: str) -> None:
    """Escapes only: other fixes change on purpose what is sent."""
    text = text_of(code, "bad")
    escapes = {"RB113", "RB114", "RB115"}
    repaired, _ = fix(text, file="a.json", codes=escapes)
    if code in escapes:
        assert repaired != text
    if code not in {"RB101", "RB104", "RB145"}:
        assert rendered(repaired, values) == rendered(text, values)


def rendered(text: str, values: dict[str, Any]) -> list[str]:
    request = load_data_action(text, file="a.json").request
    context = {"input": values, "credentials": {"host": "h"}}
    templates = [request.url, request.body, *request.headers.values()]
    return [_render(template, context) for template in templates if template is not None]


def _render(template: str, context: dict[str, Any]) -> str:
    try:
        return velocity.render(template, context)
    except velocity.TemplateSyntaxError as error:
        return error.message


def test_a_fix_makes_a_dangerous_value_harmless() -> None:
    text = document((BODY, '{"name": "${input.name}"}'))
    repaired, _ = fix(text, file="a.json")
    values = {"name": 'Ann "O\'Hara"\n\\', "age": 1}
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(rendered(text, values)[1])
    assert json.loads(rendered(repaired, values)[1]) == {"name": values["name"]}


EDITS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.text("XY", max_size=3)), max_size=8)


@given(pieces=EDITS)
def test_edits_change_what_they_name_and_nothing_else(pieces: list[tuple[int, int, str]]) -> None:
    """Pieces are: so many characters that stay, so many that go, and what stands there instead."""
    text = expected = ""
    fixes = []
    for stay, go, new in pieces:
        text += "a" * (stay + 1)
        expected += "a" * (stay + 1) + new
        fixes.append(Fix("", (Edit(len(text), len(text) + go, new),)))
        text += "b" * go
    assert apply(text, fixes) == (expected, len(pieces))


def test_of_two_fixes_that_overlap_the_second_waits() -> None:
    fixes = [Fix("", (Edit(0, 3, "x"),)), Fix("", (Edit(2, 4, "y"),)), Fix("", (Edit(4, 5, "z"),))]
    assert apply("abcdef", fixes) == ("xdzf", 2)
