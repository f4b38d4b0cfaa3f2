"""A printed tree is a template that parses to an equal tree; most templates print as they are written."""

from __future__ import annotations

import pytest

from ringback.lang import velocity

SAME = [
    "",
    "text",
    "$x ${x} $!x $!{x}",
    "\\$x \\\\$x \\#if \\\\",
    "$!5 $$x #$x",
    '#set($x = "a$y" + 1)',
    "#set($x = {'a': 1, 'b': [1, 2]})",
    "#set($x = (1 + 2) * 3)",
    "#set($x = 1 - (2 - 3))",
    "#set($x = !($a && $b) || - (1 + 2) == - 3)",
    "#set($x = [1..$n])",
    "#foo($x 1)",
    "#@foo(1)a#end",
    "#if($a)\n  x\n#{end}\n",
    "#if($a)x#elseif($b)y#{else}z#{end}",
    "  #foreach($x in $xs)\n  $x\n  #{else}\n  none\n  #{end}\n",
    "#macro(m $a $b=1)x#{end}",
    "#define($d)x#{end}",
    "#evaluate('x')#{stop}#break($foreach)#stop()",
    "## c\n#* d *##[[ r ]]#",
    "${x|'d'}",
    "$x.f( 1 , 'a' )[0].b",
]
OTHERWISE = [
    ("#set( $x=1 )", "#set($x = 1)"),
    ("#if( $a eq 1 and not $b )x#end", "#if($a == 1 && !$b)x#{end}"),
    ("#if(((1)))x#end", "#if(1)x#{end}"),
    ("#foreach($x,in,$xs)x#end", "#foreach($x in $xs)x#{end}"),
    ("#{if}($a)x#end", "#if($a)x#{end}"),
    ("#break\n", "#{break}\n"),
]


@pytest.mark.parametrize("template", SAME)
def test_prints_as_written(template: str) -> None:
    tree = velocity.parse(template)
    assert velocity.print_tree(tree) == template
    assert velocity.parse(velocity.print_tree(tree)) == tree


@pytest.mark.parametrize(("template", "printed"), OTHERWISE)
def test_prints_in_its_own_way(template: str, printed: str) -> None:
    tree = velocity.parse(template)
    assert velocity.print_tree(tree) == printed
    assert velocity.parse(printed) == tree
