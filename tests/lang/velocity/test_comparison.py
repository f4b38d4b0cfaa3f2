"""Equality and order.

Each answer is that of Velocity Engine.
"""

from __future__ import annotations

import pytest

from ringback.lang import velocity
from tests.lang.velocity.context import context

CASES = [
    ("#if(1 == 1.0)y#end", "y"),
    ("#if('1' == 1)y#end", "y"),
    ("#if('1.0' == 1)y#end", "y"),
    ("#if('a' == 'a')y#end", "y"),
    ("#if('a' == 'b')y#{else}n#end", "n"),
    ("#if(true == 'true')y#end", "y"),
    ("#if($tags == '[red, blue]')y#end", "y"),
    ("#if($tags == ['red','blue'])y#end", "y"),
    ("#if([1] == [1.0])y#{else}n#end", "n"),
    ("#if([1..2] == [1,2])y#end", "y"),
    ("#if($none == $gone)y#end", "y"),
    ("#if($none == '')y#{else}n#end", "n"),
    ("#if($none != 1)y#end", "y"),
    ("#if(1 < 2)y#end", "y"),
    ("#if('1' < 2)y#end", "y"),
    ("#if('a' < 'b')y#{else}n#end", "n"),
    ("#if('x' > 1)y#{else}n#end", "n"),
    ("#if($none < 1)y#{else}n#end", "n"),
    ("#if($big > $age)y#end", "y"),
    ("#if($huge > $big)y#end", "y"),
    ("#if($huge == $huge)y#end", "y"),
    ("#if($half ge 0.5)y#end", "y"),
    ("#if($who.charAt(0) == 'A')y#end", "y"),
    ("#if(1 == true)y#{else}n#end", "n"),
    ("#if($row == {})y#{else}n#end", "n"),
    ("#if($age eq 41 and $age ne 4 and $age lt 50 and $age gt 1 and $age le 41)y#end", "y"),
    ("#set($x = 1 == 1)$x", "true"),
    ("#set($x = 1 < 2 && !true)$x", "false"),
    ("#if(0.1 + 0.2 == 0.3)y#{else}n#end", "n"),
    ("#if(0 == -0.0)y#end", "y"),
]


@pytest.mark.parametrize(("template", "expected"), CASES)
def test_comparison(template: str, expected: str) -> None:
    assert velocity.render(template, context()) == expected
