"""Strict references: the engine's `runtime.strict_mode.enable`, as in success templates."""

from __future__ import annotations

import pytest

from ringback.lang import velocity
from tests.lang.velocity.context import context

FINE = [
    ("$who", "Ann"),
    ("$!none", ""),
    ("${gone|'d'}", "d"),
    ("${none|'d'}", "d"),
    ("#if($gone)y#{else}n#end", "n"),
    ("#if(!$gone)y#end", "y"),
    ("#if($gone && $gone.x)y#{else}n#end", "n"),
    ("#if($row.nope)y#{else}n#end", "n"),
    ("#foreach($x in $none)y#{else}n#end", "n"),
    ("#nope", "#nope"),
    ("#set($none.x = 1)", ""),
    ("#evaluate($none)", ""),
    ("#macro(m $a)[$a]#end#m(1 2)", "[1]"),
]
FAILING = [
    ("$gone", "MethodInvocationException", "Variable $gone has not been set at t[line 1, column 1]"),
    ("$!gone", "MethodInvocationException", "Variable $gone has not been set at t[line 1, column 1]"),
    ("a\n  b ${gone}", "MethodInvocationException", "Variable $gone has not been set at t[line 2, column 5]"),
    ("\\$gone", "MethodInvocationException", "Variable $gone has not been set at t[line 1, column 1]"),
    ("$gone.x", "MethodInvocationException", "Variable $gone has not been set at t[line 1, column 1]"),
    (
        "#if($gone.x)#end",
        "MethodInvocationException",
        "Variable $gone has not been set at t[line 1, column 5]",
    ),
    (
        "#if($gone == 1)#end",
        "MethodInvocationException",
        "Variable $gone has not been set at t[line 1, column 5]",
    ),
    (
        '#set($a = "$gone")',
        "MethodInvocationException",
        "Variable $gone has not been set at t[line 1, column 12]",
    ),
    (
        "$who.concat($gone)",
        "MethodInvocationException",
        "Variable $gone has not been set at t[line 1, column 13]",
    ),
    (
        "$none",
        "VelocityException",
        "Reference $none evaluated to null when attempting to render at t[line 1, column 1]",
    ),
    (
        "$row.nope",
        "VelocityException",
        "Reference $row.nope evaluated to null when attempting to render at t[line 1, column 1]",
    ),
    ("$none.x", "VelocityException", "Attempted to access 'x' on a null value at t[line 1, column 7]"),
    (
        "$who.nope",
        "MethodInvocationException",
        "Object 'java.lang.String' does not contain property 'nope' at t[line 1, column 6]",
    ),
    (
        "$!who.nope()",
        "MethodInvocationException",
        "Object 'java.lang.String' does not contain method nope() at t[line 1, column 7]",
    ),
    (
        "#set($who.x = 1)",
        "MethodInvocationException",
        "Object 'java.lang.String' does not contain property 'x' at t[line 1, column 6]",
    ),
    (
        "#set($who[0] = 1)",
        "VelocityException",
        (
            "Found neither a 'set' or 'put' method with param types '(java.lang.Integer,java.lang.Integer)' "
            "on class 'java.lang.String' at t[line 1, column 10]"
        ),
    ),
    ("#nope()", "VelocityException", "Macro '#nope' is not defined at t[line 1, column 1]"),
    ("#@nope()#end", "VelocityException", "Macro '#nope' is not defined at t[line 1, column 1]"),
    (
        "#macro(m $a)$a#end#m()",
        "VelocityException",
        "Reference $a evaluated to null when attempting to render at t[line 1, column 13]",
    ),
]


def _java(error: velocity.RenderError) -> str:
    """The message with the place as the Java engine writes it: `… at name[line 1, column 2]`."""
    assert error.span is not None
    return f"{error.message} at {error.span.file}[line {error.span.line}, column {error.span.column}]"


@pytest.mark.parametrize(("template", "expected"), FINE)
def test_what_strict_mode_allows(template: str, expected: str) -> None:
    assert velocity.render(template, context(), strict=True) == expected


@pytest.mark.parametrize(("template", "kind", "message"), FAILING)
def test_what_strict_mode_refuses(template: str, kind: str, message: str) -> None:
    with pytest.raises(velocity.RenderError) as caught:
        velocity.compile(template, name="t").render(context(), strict=True)
    assert (caught.value.kind, _java(caught.value)) == (kind, message)


def test_the_platforms_own_message() -> None:
    with pytest.raises(velocity.RenderError) as caught:
        velocity.compile('{ "presences": ${ids}$Presences }', name="successTemplate").render({"ids": 1}, True)
    assert _java(caught.value) == "Variable $Presences has not been set at successTemplate[line 1, column 22]"


def test_one_template_serves_both_modes() -> None:
    template = velocity.compile("$gone")
    assert template.render({}) == "$gone"
    with pytest.raises(velocity.RenderError):
        template.render({}, strict=True)
    assert template.render({}, strict=False) == "$gone"
