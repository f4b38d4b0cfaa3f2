"""Every reference that a template uses, as a checker sees it."""

from __future__ import annotations

from ringback.lang import velocity

TEMPLATE = """{"a": "${input.NAME}", "b": $!input.list[0].x,
#if("$!{input.flag}" == 'Y')
#set($total = $input.count + 1)
#foreach($i in $input.items)$i.id#end
#end
"c": "$esc.jsonString("${input.note}")", "d": \\$kept ${gone|$other}}"""


def uses() -> tuple[velocity.ReferenceUse, ...]:
    return velocity.compile(TEMPLATE, name="requestTemplate").references


def test_sources_in_the_order_of_the_text() -> None:
    assert [use.source for use in uses()] == [
        "${input.NAME}",
        "$!input.list[0].x",
        "$!{input.flag}",
        "$total",
        "$input.count",
        "$i",
        "$input.items",
        "$i.id",
        '$esc.jsonString("${input.note}")',
        "${input.note}",
        "$kept",
        "${gone|$other}",
        "$other",
    ]


def test_what_each_use_says() -> None:
    by_source = {use.source: use for use in uses()}
    name = by_source["${input.NAME}"]
    assert (name.root, name.path, name.formal, name.quiet, name.quoted) == (
        "input",
        ("NAME",),
        True,
        False,
        False,
    )
    assert by_source["$!input.list[0].x"].path == ("list", "[0]", "x")
    assert by_source["$!{input.flag}"].quoted
    assert by_source["$total"].assigned
    assert by_source["$i"].assigned
    assert by_source['$esc.jsonString("${input.note}")'].path == ("jsonString()",)
    assert by_source["${input.note}"].quoted
    assert by_source["$kept"].escapes == 1
    assert by_source["${gone|$other}"].alternate


def test_where_each_use_stands() -> None:
    spans = {use.source: use.span for use in uses()}
    assert spans["${input.NAME}"].where == "requestTemplate:1:8"
    assert spans["${input.note}"].where == "requestTemplate:6:24"
    assert spans["$input.items"].text.startswith("#foreach")
    assert spans["$input.items"].length == len("$input.items")


def test_a_word_among_arguments_is_no_reference() -> None:
    assert [use.source for use in velocity.compile("$x.f(word)").references] == ["$x.f(word)"]
