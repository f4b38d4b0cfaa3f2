"""Strings in single and double quotes.

Each answer is that of Velocity Engine.
"""

from __future__ import annotations

import pytest

from ringback.lang import velocity
from tests.lang.velocity.context import context

CASES = [
    ("#set($x = 'a$who')$x", "a$who"),
    ('#set($x = "a$who")$x', "aAnn"),
    ('#set($x = "$gone ${gone} $!gone|")$x', "$gone ${gone} |"),
    ('#set($x = "a""b")$x', 'a"b'),
    ("#set($x = 'a''b')$x", "a'b"),
    ('#set($x = "#if($yes)y#{else}n#end")$x', "y"),
    ('#set($x = "a ## b")$x', "a "),
    ('#set($x = "#[[$who]]#")$x', "$who"),
    ('#set($x = "\\u0041")$x', "A"),
    ("#set($x = '\\u0041')$x", "\\u0041"),
    ('#set($x = "a\\nb")$x', "a\\nb"),
    ('#set($x = "#set($y = 4)$y")$x$y', "44"),
    ('#set($x = "line\n$who")$x', "line\nAnn"),
    ('$who.concat("-$age")', "Ann-41"),
    ('#set($x = "$row.inner.k$tags[0]")$x', "vred"),
    ('#set($x = "${who}s")$x', "Anns"),
    ('#set($x = "100%")$x', "100%"),
    ('#set($x = "#")$x', "#"),
    ('#set($x = "$")$x', "$"),
    ('#set($x = "\\$who")$x', "$who"),
]


@pytest.mark.parametrize(("template", "expected"), CASES)
def test_strings(template: str, expected: str) -> None:
    assert velocity.render(template, context()) == expected
