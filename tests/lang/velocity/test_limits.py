"""No template hangs or fills the machine: each limit is a LimitError with its name and a position."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ringback.lang import velocity

LONG = "a" * 5_000 + "!"
MANY = list(range(90_000))
DOUBLING = "#set($l = [1])#foreach($i in [1..60])#set($l = [$l, $l])#end"
CASES: list[tuple[str, dict[str, Any], str]] = [
    ("#foreach($i in [1..1000000000])$i#end", {}, "template_steps"),
    ("#set($l = [1..1000000000])$l", {}, "template_output"),
    ("#set($l = [1..1000000000])$l.toArray()", {}, "template_items"),
    ("#set($l = [1..1000000000])$l.hashCode()", {}, "template_steps"),
    ("#set($l = [1..1000000000])#if($l == [1..1000000000])y#end", {}, "template_steps"),
    ("$s.replaceAll('(a+)+$', 'x')", {"s": LONG}, "template_regex_seconds"),
    ("$s.matches('(a|aa)+$')", {"s": LONG}, "template_regex_seconds"),
    ("$s.split('(a+a+)+y')", {"s": LONG}, "template_regex_seconds"),
    ('#set($s = "0123456789")#foreach($i in [1..99])#set($s = "$s$s")#end', {}, "template_output"),
    ("#set($s = 'a')#foreach($i in [1..99])#set($s = $s + $s)#end", {}, "template_steps"),
    ("$s.repeat(2000000000)", {"s": "abc"}, "template_output"),
    ("$s.format('%999999999d', 1)", {"s": ""}, "template_output"),
    ("$s.format('%.999999f', 1.5)", {"s": ""}, "template_digits"),
    (f"{DOUBLING}$l", {}, "template_nesting"),
    (f"{DOUBLING}$l.hashCode()", {}, "template_steps"),
    ("#set($l = [])$l.add($l)$l.hashCode()", {}, "template_steps"),
    ("#set($n = 10)#foreach($i in [1..99])#set($n = $n * $n)#end", {}, "template_digits"),
    ("$n.pow(1000000)", {"n": 10**30}, "template_digits"),
    ("#set($x = '1e999999999' - 1)", {}, "template_digits"),
    ("#set($t = '#evaluate($t)')#evaluate($t)", {}, "template_nesting"),
    ("#set($x = " + "(" * 5_000, {}, "template_nesting"),
    ("#if(1)" * 3_000, {}, "template_nesting"),
    ("#set($x = 1" + "+1" * 20_000 + ")", {}, "template_nesting"),
    ("#set($x = " + "!" * 9_000 + "1)", {}, "template_nesting"),
    ("x" * 1_000_001, {}, "template_source"),
    ("#foreach($i in [1..300])$l#end", {"l": MANY}, "template_output"),
    ("#foreach($i in [1..90000])#set($x = $l.contains(-1))#end", {"l": MANY}, "template_steps"),
    ("#foreach($i in [1..90000])#set($x = $l.hashCode())#end", {"l": MANY}, "template_steps"),
    ("$l.removeAll($l)", {"l": MANY}, "template_steps"),
    ("#set($m = {})#foreach($i in [1..200000])#set($m[$i] = 1)#end", {}, "template_items"),
    ("#set($m = [])#foreach($i in [1..200000])#set($x = $m.add(1))#end", {}, "template_items"),
    ("$esc.html($s)", {"s": "<" * 3_000_000}, "template_output"),
    ("$s.replace('a', 'bbbbbbbbb')", {"s": "a" * 1_000_000}, "template_output"),
]


@pytest.mark.parametrize(("template", "context", "limit"), CASES, ids=[case[0][:50] for case in CASES])
def test_limit(template: str, context: dict[str, Any], limit: str) -> None:
    start = time.perf_counter()
    with pytest.raises(velocity.LimitError) as caught:
        velocity.render(template, context)
    assert caught.value.limit == limit
    assert caught.value.span is not None
    assert time.perf_counter() - start < 10  # far above the time it takes, for a machine under load


def test_macros_within_macros_stop_at_the_engines_depth() -> None:
    with pytest.raises(velocity.RenderError, match="Max calling depth of 20 was exceeded in macro 'm'"):
        velocity.render("#macro(m)#m()#end#m()", {})


def test_what_is_far_below_the_limits_works() -> None:
    assert velocity.render("#foreach($i in [1..67000000])#if($i == 3)#break#end$i#end", {}) == "12"
    assert (
        velocity.render("#set($l = [1..1000000000])$l.size() $l.get(5) $l.contains(7)", {})
        == "1000000000 6 true"
    )
    assert len(velocity.render("#foreach($i in [1..100000])$i#end", {})) == 488_895
    assert velocity.render("$x" + ".a" * 5_000, {"x": {}}).startswith("$x.a.a")
