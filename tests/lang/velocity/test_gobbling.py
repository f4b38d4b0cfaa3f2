"""White space that directives swallow.

Each answer is that of Velocity Engine.
"""

from __future__ import annotations

import pytest

from ringback.lang import velocity
from tests.lang.velocity.context import context

CASES = [
    ("a\n#set($x = 1)\nb", "a\nb"),
    ("a\n  #set($x = 1)  \nb", "a\nb"),
    ("a #set($x = 1)\nb", "a \nb"),
    ("#if($yes)\n  x\n#end\ny", "  x\ny"),
    ("  #if($yes)\n  x\n  #end\ny", "  x\ny"),
    ("a #if($yes)\nx\n#end\ny", "a x\n\ny"),
    ("#if($yes) x #end\ny", " x y"),
    ("#if($no)\na\n#else\nb\n#end\nc", "b\nc"),
    ("#if($no)\na\n#elseif($yes)\nb\n#end\nc", "b\nc"),
    ("#foreach($t in $tags)\n- $t\n#end\nz", "- red\n- blue\nz"),
    ("[#foreach($t in $tags)\n $t\n#end]", "[ red\n blue\n]"),
    ("#macro(m)\nx\n#end\n#m()\ny", "x\ny"),
    ("## c\nx", "x"),
    ("  ## c\nx", "  x"),
    ("#* c *#\nx", "\nx"),
    ("\n\n#set($x = 1)\n\n", "\n\n\n"),
    ("#if($yes)\r\nx\r\n#end\r\ny", "x\r\ny"),
    ("  #stop\nx", ""),
    ("  #evaluate('e')\nx", "ex"),
    ("#if($yes)a#end  \nb", "ab"),
    ("x#if($yes)a#end  \nb", "xa  \nb"),
    ("#define($d)\n  in\n#end\n[$d]", "[  in\n]"),
    ("$#if($yes)x#end\ny", "$x\ny"),
    ("# #if($yes)x#end\ny", "xy"),
]


@pytest.mark.parametrize(("template", "expected"), CASES)
def test_gobbling(template: str, expected: str) -> None:
    assert velocity.render(template, context()) == expected
