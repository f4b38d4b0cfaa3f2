"""Random templates: they never crash, never show Python, and print back to equal trees."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.core.errors import DefinitionError
from ringback.lang import velocity

CONTEXT: dict[str, Any] = {
    "x": "X",
    "n": 3,
    "d": 1.5,
    "t": True,
    "f": False,
    "u": None,
    "l": [1, "a", None, [True]],
    "m": {"a": 1, "b": None, "c": {"d": False}},
    "s": "a,b",
}
PIECES = st.sampled_from(
    [
        "$x",
        "${x}",
        "$!x",
        "$!{u}",
        "$u",
        "$gone",
        "${gone|'d'}",
        "$n",
        "$l",
        "$m",
        "$m.a",
        "$m.c.d",
        "$l[0]",
        "$l[",
        "$x.length()",
        "$x.foo(",
        "$s.split(',')[1]",
        "#set($q=1)",
        '#set($q="a$x")',
        "#if($t)",
        "#if($f)",
        "#elseif($t)",
        "#else",
        "#{else}",
        "#end",
        "#foreach($i",
        "$foreach.index",
        "#break",
        "#stop",
        "#macro(k)K#end",
        "#macro(p",
        "$a)$a#end",
        "#k()",
        "#p($x)",
        "#@p(1)",
        "#define($z)",
        "#evaluate('$x')",
        "#[[",
        "]]#",
        "##",
        "#*",
        "*#",
        "\\",
        "\\\\",
        "$",
        "#",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ".",
        "..",
        ",",
        ":",
        "|",
        "||",
        "'",
        '"',
        "!",
        "@",
        "-",
        "+",
        "=",
        "==",
        "1",
        "2.5",
        "word",
        "true",
        "null",
        "in",
        "$!",
        "${",
        "$!{",
        "é",
        "#nope",
        "#nope($x",
        "$t",
        "$f",
        "$d",
        "$m.keySet()",
        "$l.iterator()",
        "$m.entrySet()",
        "$x.class",
        "$esc",
        "$math",
        "$esc.quote",
        "$l.toString()",
        "$m.put('k',1)",
        "$l.add($n)",
    ]
)
SPACES = st.sampled_from(["", " ", "\n", "  ", "\t", "\r\n"])
TEMPLATES = st.lists(st.tuples(SPACES, PIECES), max_size=14).map(
    lambda pairs: "".join(space + piece for space, piece in pairs)
)
BOUNDS = settings(max_examples=400, deadline=None)


def rendered(template: str, *, strict: bool = False) -> str | None:
    try:
        return velocity.compile(template).render(CONTEXT, strict)
    except (velocity.TemplateSyntaxError, velocity.RenderError, velocity.LimitError) as refused:
        check(refused)
        return None


def check(error: DefinitionError) -> None:
    assert error.span is not None
    assert str(error)


@BOUNDS
@given(TEMPLATES)
def test_templates_never_crash_or_show_python(template: str) -> None:
    text = rendered(template)
    rendered(template, strict=True)
    if text is not None:
        for python in ("True", "False", "None", " object at 0x", "<ringback", "<built-in"):
            assert python not in text


@BOUNDS
@given(TEMPLATES)
def test_printed_trees_parse_to_equal_trees(template: str) -> None:
    try:
        tree = velocity.parse(template)
    except velocity.TemplateSyntaxError:
        return
    printed = velocity.print_tree(tree)
    assert velocity.parse(printed) == tree
    assert rendered(printed) == rendered(template)


@BOUNDS
@given(st.text(max_size=60))
def test_any_text_is_rendered_or_refused(text: str) -> None:
    rendered(text)


@given(st.text(alphabet=st.characters(exclude_characters="$#\\", exclude_categories=["Cs"]), max_size=80))
def test_text_without_signs_stays(text: str) -> None:
    assert rendered(text) == text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_values_are_not_templates(value: str) -> None:
    assert velocity.render("<$v>${v}", {"v": value}) == f"<{value}>{value}"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_json_escapes_read_back(value: str) -> None:
    assert velocity.render("$esc.jsonDecode($esc.jsonEncode($v))", {"v": value}) == value
