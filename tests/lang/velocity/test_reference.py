"""References: plain, formal, quiet, with alternates, and what ends them.

Each answer is that of Velocity Engine.
"""

from __future__ import annotations

import pytest

from ringback.lang import velocity
from tests.lang.velocity.context import context

CASES = [
    ("$who", "Ann"),
    ("${who}!", "Ann!"),
    ("$!who", "Ann"),
    ("$gone", "$gone"),
    ("$!gone.", "."),
    ("${gone}", "${gone}"),
    ("$!{gone}", ""),
    ("$none $!none|", "$none |"),
    ("$row.id/$row.label", "7/L"),
    ("$row.inner.k", "v"),
    ("$row.inner.gone.deep", "$row.inner.gone.deep"),
    ("$row['id']", "7"),
    ('$row["label"]', "L"),
    ("${row['inner'].k}", "v"),
    ("$tags[0] $tags[-1]", "red blue"),
    ("$tags.get(1)", "blue"),
    ("$tags.size $tags.size()", "2 2"),
    ("$row.size()", "4"),
    ("$row.nil|$!row.nil", "$row.nil|"),
    ("$who.length()", "3"),
    ("$who.length", "3"),
    ("$who.toUpperCase().charAt(0)", "A"),
    ("$who.nope(1, $age)", "$who.nope(1, $age)"),
    ("$who-$age", "Ann-41"),
    ("$who.", "Ann."),
    ("$who..", "Ann.."),
    ("$who.1", "Ann.1"),
    ("$who()", "Ann()"),
    ("$who(x)", "Ann(x)"),
    ("{$who}", "{Ann}"),
    ("{${who}}", "{Ann}"),
    ("$who{x}", "Ann{x}"),
    ("$who{$age}", "Ann{$age}"),
    ("${who}{$age}", "Ann{41}"),
    ("$$who", "$Ann"),
    ("$$", "$$"),
    ("$", "$"),
    ("$5 and $", "$5 and $"),
    ("${}", "${}"),
    ("${ who }", "${ who }"),
    ("$ who", "$ who"),
    ("$!5", "$5"),
    ("$!!who", "$!who"),
    ("${gone|'d'}", "d"),
    ("${blank|'d'}", "d"),
    ('${zero|"z$age"}', "z41"),
    ("${no|$who}", "Ann"),
    ("${who|'d'}", "Ann"),
    ("${gone|$none}", "${gone|$none}"),
    ("${gone.x|5}", "5"),
    ("${gone|1 + 2}", "3"),
    ("${tags[1]}", "blue"),
    ("$tags[$zero]", "red"),
    ("$rows[0].n$rows[1].v", "a$rows[1].v"),
    ("$who $Who $WHO", "Ann $Who $WHO"),
    ("$tags", "[red, blue]"),
    ("$row", "{id=7, label=L, inner={k=v}, nil=null}"),
    ("$rows", "[{n=a, v=1}, {n=b, v=null}]"),
    ("$nothing$empty", "{}[]"),
    ("$yes$no$half", "truefalse0.5"),
    ("$uni.length()", "4"),
    ("$row.class.name", "java.util.LinkedHashMap"),
    ("$who.class", "class java.lang.String"),
    ("naïve$whoé", "naïveAnné"),
]


@pytest.mark.parametrize(("template", "expected"), CASES)
def test_reference(template: str, expected: str) -> None:
    assert velocity.render(template, context()) == expected
