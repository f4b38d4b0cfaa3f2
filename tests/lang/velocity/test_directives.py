"""Directives: #if, #set, #foreach, macros, #define, #evaluate, #stop, #break, comments, literal blocks.

Each answer is that of Velocity Engine.
"""

from __future__ import annotations

import pytest

from ringback.lang import velocity
from tests.lang.velocity.context import context

CASES = [
    ("#if($yes)y#end", "y"),
    ("#if($no)y#{else}n#end", "n"),
    ("#if($no)a#elseif($yes)b#else c#end", "b"),
    ("#if($zero)y#else n#end", " n"),
    ("#if($blank || $empty || $nothing || $none)y#{else}n#end", "n"),
    ("#if($half && $tags && $row)y#end", "y"),
    ("#if(!$gone)y#end", "y"),
    ("#if(not $no and $yes)y#end", "y"),
    ('#if("false")y#end', "y"),
    ("#if([])y#{else}n#end", "n"),
    ("#if({})y#{else}n#end", "n"),
    ("#if($age > 40 && $age <= 41)y#end", "y"),
    ("#if(($no || $yes) && !$no)y#end", "y"),
    ("#if($age - 41)y#{else}n#end", "n"),
    ("#{if}($yes)y#{end}z", "yz"),
    ("#set($x = 1)$x", "1"),
    ("#set( $x = $who )$x", "Ann"),
    ("#set($x = $none)[$x]", "[$x]"),
    ("#set($x = 5)#set($x = $gone)[$x]", "[$x]"),
    ("#set($row.id = 8)$row.id", "8"),
    ("#set($row.fresh = 'f')$row.fresh", "f"),
    ("#set($tags[0] = 'green')$tags", "[green, blue]"),
    ("#set($tags[-1] = 1)$tags", "[red, 1]"),
    ("#set($row['z'] = 1)$row.z", "1"),
    ("#set($who.x = 1)$who", "Ann"),
    ("#set($x = {\"a\": 1, 'b': [1, 2]})$x.b[1] $x", "2 {a=1, b=[1, 2]}"),
    ("#set($x = [1..3])$x", "[1, 2, 3]"),
    ("#set($x = [2..-1])$x", "[2, 1, 0, -1]"),
    ("#set($x = [$age, 'a', true, 1.5])$x", "[41, a, true, 1.5]"),
    ("#foreach($t in $tags)$t,#end", "red,blue,"),
    ("#foreach($t in $tags)$foreach.index:$t#if($foreach.hasNext), #end#end", "0:red, 1:blue"),
    ("#foreach($t in $tags)$foreach.count/$foreach.first/$foreach.last #end", "1/true/false 2/false/true "),
    ("#foreach($v in $row)[$!v]#end", "[7][L][{k=v}][]"),
    ("#foreach($t in $empty)x#{else}none#end", "none"),
    ("#foreach($t in $gone)x#{else}none#end", "none"),
    ("#foreach($t in $who)x#end|", "|"),
    ("#foreach($i in [1..3])$i#if($i == 2)#break#end#end.", "12."),
    (
        ("#foreach($a in $tags)#foreach($b in $nums)$foreach.parent.index$foreach.index #end#end"),
        "00 01 10 11 ",
    ),
    ("#foreach($a in $tags)#foreach($b in $nums)#break($foreach.parent)#end#end.", "."),
    ("#foreach($t in $tags)#end$t", "$t"),
    ("#set($t = 'before')#foreach($t in $tags)$t#end$t", "redbluebefore"),
    ("#foreach($t in $tags)#set($foreach.own = $t)$foreach.own#end", "redblue"),
    ("#foreach($p in $csv.split(','))<$p>#end", "<x><y><><z>"),
    ("#foreach($e in $row.entrySet())$e.key#end", "idlabelinnernil"),
    ("#foreach($k in $row.keySet())$k #end", "id label inner nil "),
    ("a#stop b", "a"),
    ("#if($yes)a#stop#end b", "a"),
    ("a#break b", "a"),
    ("#macro(hi $n)Hi $n.#end#hi($who)#hi('x')", "Hi Ann.Hi x."),
    ("#macro(hi $n)[$n]#end#hi()", "[$n]"),
    ("#macro(hi $n)[$!n]#end#hi($gone)", "[]"),
    ("#macro(d $a $b='z')$a$b#end#d(1)#d(1 2)#d(1, 2)", "1z1212"),
    ("#macro(w)<$bodyContent>#end#@w()in $who#end", "<in Ann>"),
    ("#late()#macro(late)L#end", "L"),
    ("#nope($who)", "#nope($who)"),
    ("#nope", "#nope"),
    ("#macro(set5 $v)#set($v = 5)#end#set($x = 1)#set5($x)$x$v", "15"),
    ("#macro(one)1#end#macro(one)2#end#one()", "1"),
    ("#macro(r $n)$n#if($n > 0)#set($m = $n - 1)#r($m)#end#end#r(3)", "3210"),
    ("#define($b)<$who>#end$b$b", "<Ann><Ann>"),
    ("#define($b)$x#end#set($x = 1)$b#set($x = 2)$b", "12"),
    ("#evaluate('$who')", "Ann"),
    ('#evaluate("#set($x = 3)")$x', "3"),
    ("#evaluate($gone)", ""),
    ("#set($t = '#if($yes)t#end')#evaluate($t)", "t"),
    ("#[[ $who #if ]]#", " $who #if "),
    ("a## b", "a"),
    ("a#* b *#c", "ac"),
    ("#** d *#e", "e"),
    ("#* open", ""),
    ("## only", ""),
    ("x##y\nz", "xz"),
    ("#parse($gone)|", "|"),
    ("#include", ""),
]


@pytest.mark.parametrize(("template", "expected"), CASES)
def test_directives(template: str, expected: str) -> None:
    assert velocity.render(template, context()) == expected
