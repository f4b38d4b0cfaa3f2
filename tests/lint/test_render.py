"""Rendering without values: the ways through a template agree with what the engine prints."""

from __future__ import annotations

from typing import Any

import pytest

from ringback.lang import velocity
from ringback.lang.velocity.parser import parse
from ringback.lint.pieces import Fixed, Hole, Kind, Pieces
from ringback.lint.render import MOST_WAYS, Names, ways
from ringback.lint.walk import Offsets, own_names, uses

INPUTS = {"a": Kind.TEXT, "n": Kind.NUMBER, "b": Kind.BOOLEAN}


def texts(
    template: str, *, absent: frozenset[str] = frozenset(), variables: dict[str, Kind] | None = None
) -> list[str]:
    """Each way as text; a hole is `<name kind>`."""
    return [shown(way.pieces) for way in ways(parse(template), Names(INPUTS, variables), absences=[absent])]


def shown(pieces: Pieces) -> str:
    parts = [
        piece.text if isinstance(piece, Fixed) else f"<{piece.name}:{piece.kind.name}{'*' * piece.changed}>"
        for piece in pieces
    ]
    return "".join(parts)


WAYS: list[tuple[str, list[str]]] = [
    ("x${input.a}y", ["x<a:TEXT>y"]),
    ("$!input.a.trim() $input.n", ["<a:TEXT*> <n:NUMBER>"]),
    ("${input.get('a')}", ["<a:TEXT>"]),
    ("$esc.jsonString($input.a)", ["<a:ESCAPED>"]),
    ("$esc.quote${esc.dollar}$esc.hash", ['"$#']),
    ("$esc.nothing($input.a)", ["$esc.nothing($input.a)"]),
    ("$salesforce.escReserved($input.a)", ["<a:TEXT*>"]),
    ('$encoding.base64("${credentials.x}:y")', ["<:ESCAPED>"]),
    ("#if($input.a)A#else B#end", ["A"]),
    ('#if("$!{input.a}" != "")A#{else}B#end', ["A"]),
    ("#if($input.b)A#{else}B#end", ["A", "B"]),
    ("#if($input.b)A#end#if(!$input.b)B#end", ["A", "B"]),
    ("#if($input.n > 1)A#elseif($input.n > 0)B#{else}C#end", ["A", "B", "C"]),
    ("#set($x = 'q')$x$x.length()", ["q<:UNKNOWN>"]),
    ('#set($x = "[$input.a]")$x', ["[<a:TEXT>]"]),
    ("#foreach($i in [1..3])$i#if($foreach.hasNext), #end#end", ["<i:UNKNOWN>, <i:UNKNOWN>"]),
    ("#[[$raw]]# ## comment\n\\$input.a", ["$raw $input.a"]),
    ("$unknown.x ${nope}", ["$unknown.x ${nope}"]),
    ("#macro(m)x#end#m()", []),
    ("${input.zz|'d'}", ["<zz:TEXT>"]),
]


@pytest.mark.parametrize(("template", "found"), WAYS)
def test_ways(template: str, found: list[str]) -> None:
    assert texts(template) == found


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("x${input.a}y", ["x${input.a}y"]),
        ("x$!{input.a}y", ["xy"]),
        ('#if("$!{input.a}" != "")A#{else}B#end', ["B"]),
        ('#if("${input.a}" != "")A#{else}B#end', ["A"]),
        ("#if($input.a && $input.b)A#{else}B#end", ["B"]),
        ("$esc.jsonString($input.a)", ["$esc.jsonString($input.a)"]),
        ("$!esc.jsonString($!input.a)", [""]),
        ("${input.a|'d'}", ["d"]),
    ],
)
def test_ways_without_an_input(template: str, found: list[str]) -> None:
    assert texts(template, absent=frozenset("a")) == found
    assert velocity.render(template, {"input": {"b": True, "n": 1}}) == found[0]


VARIABLES = {"x": Kind.JSON, "l": Kind.LIST}


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("${x} $l $rawResult", ["<x:JSON> <l:LIST> <rawResult:JSON>"]),
        ('${successTemplateUtils.firstFromArray("${l}", "0")}', ["<l:ITEM>"]),
        ("${successTemplateUtils.firstFromArray(${l})}", ["<l:ITEM>"]),
        ("#if($x == '\"a\"')A#{else}B#end", ["A", "B"]),
        ("$esc.jsonString(${x}) ${x.replace('a', 'b')}", ["<x:ESCAPED> <x:UNKNOWN>"]),
    ],
)
def test_ways_of_success_templates(template: str, found: list[str]) -> None:
    assert texts(template, variables=VARIABLES) == found


def test_the_ways_are_bounded() -> None:
    template = "".join(f"#if($input.n > {number})x#end" for number in range(30))
    assert len(texts(template)) == MOST_WAYS


def test_holes_know_what_prints_them() -> None:
    template = "#set($x = $input.a)ab$x"
    (way,) = ways(parse(template), Names(INPUTS), absences=[frozenset()])
    assert [(piece.at, isinstance(piece, Hole)) for piece in way.pieces] == [(19, False), (21, True)]


USES: list[tuple[str, list[Any]]] = [
    ("$a.b($c) #if($d)$!e#end", ["a!", "c", "d?", "e!"]),
    ('#set($x = "$y")$x', ["y", "x!"]),
    ("#foreach($i in $items)$i#else $none#end", ["items", "i!", "none!"]),
    ("${a|$b} $c[$d]", ["a!", "b", "c!", "d"]),
    ("#macro(m $p)$p$q#end#m([$r, {'k': $s}])", ["p!", "q!", "r", "s"]),
]


@pytest.mark.parametrize(("template", "found"), USES)
def test_uses(template: str, found: list[str]) -> None:
    said = [f"{use.reference.root}{'!' * use.printed}{'?' * use.asked}" for use in uses(parse(template).body)]
    assert said == found


def test_own_names() -> None:
    tree = parse("#set($a = 1)#foreach($b in [1])#set($c = 2)#end#define($d)x#end#macro(m $e)#end")
    assert own_names(tree.body) == {"a", "b", "c", "d", "e", "foreach"}


def test_texts_are_found_where_they_stand() -> None:
    source = "ab#if($x == 'ab')ab#{else}b$y c#end\nab"
    tree = parse(source)
    offsets = Offsets(tree)
    first, branching, last = tree.body.items
    inner = branching.branches[0].body.items[0]  # type: ignore[union-attr]  # an #if
    assert [offsets.of(item) for item in (first, inner, last)] == [0, 17, len(source) - 3]  # type: ignore[arg-type]  # a statement
