"""Backslashes before references and directives.

Each answer is that of Velocity Engine.
"""

from __future__ import annotations

import pytest

from ringback.lang import velocity
from tests.lang.velocity.context import context

CASES = [
    ("\\$who", "$who"),
    ("\\\\$who", "\\Ann"),
    ("\\\\\\$who", "\\$who"),
    ("\\$gone", "\\$gone"),
    ("\\\\$gone", "\\\\$gone"),
    ("\\${who}", "${who}"),
    ("\\$!who", "$!who"),
    ("\\$!gone", "\\$!gone"),
    ("$\\!who", "$!who"),
    ("\\", "\\"),
    ("\\\\", "\\\\"),
    ("a\\b\\\\c", "a\\b\\\\c"),
    ("\\#if", "#if"),
    ("\\#{else}", "#{else}"),
    ("\\#nope", "\\#nope"),
    ("\\\\#if($yes)y#end", "\\y"),
    ("\\\\#nope", "\\\\#nope"),
    ("\\#set($x=1)", "#set($x=1)"),
    ("\\#end \\#stop", "#end #stop"),
    ("#macro(m)M#end\\#m() \\\\#m()", "#m() \\M"),
    ("\\\\##c", "\\\\"),
    ('{"p":"C:\\\\$who"}', '{"p":"C:\\Ann"}'),
]


@pytest.mark.parametrize(("template", "expected"), CASES)
def test_escapes(template: str, expected: str) -> None:
    assert velocity.render(template, context()) == expected
