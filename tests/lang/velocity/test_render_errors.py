"""Renders that stop, by the kinds and causes of the Java engine."""

from __future__ import annotations

import pytest

from ringback.lang import velocity
from tests.lang.velocity.context import context

CASES = [
    (
        "$tags.get(9)",
        "MethodInvocationException",
        "IndexOutOfBoundsException",
        "1:7",
        (
            "Invocation of method 'get' in  class java.util.ArrayList threw exception jav"
            "a.lang.IndexOutOfBoundsException: Index 9 out of bounds for length 2"
        ),
    ),
    (
        "$tags[9]",
        "VelocityException",
        "IndexOutOfBoundsException",
        "1:6",
        "Error invoking method 'get(java.lang.Integer)' in java.util.ArrayList",
    ),
    ("$tags['x']", "NumberFormatException", "", "1:6", 'For input string: "x"'),
    (
        "$who.substring(9)",
        "MethodInvocationException",
        "StringIndexOutOfBoundsException",
        "1:6",
        (
            "Invocation of method 'substring' in  class java.lang.String threw exception "
            "java.lang.StringIndexOutOfBoundsException: begin 9, end 3, length 3"
        ),
    ),
    (
        "$who.charAt(9)",
        "MethodInvocationException",
        "StringIndexOutOfBoundsException",
        "1:6",
        (
            "Invocation of method 'charAt' in  class java.lang.String threw exception jav"
            "a.lang.StringIndexOutOfBoundsException: String index out of range: 9"
        ),
    ),
    (
        "$age.parseInt('x')",
        "MethodInvocationException",
        "NumberFormatException",
        "1:6",
        (
            "Invocation of method 'parseInt' in  class java.lang.Integer threw exception "
            'java.lang.NumberFormatException: For input string: "x"'
        ),
    ),
    (
        "$who.concat($none)",
        "MethodInvocationException",
        "NullPointerException",
        "1:6",
        (
            "Invocation of method 'concat' in  class java.lang.String threw exception jav"
            "a.lang.NullPointerException: a String argument is null"
        ),
    ),
    (
        "$text.replaceAll('[', 'x')",
        "MethodInvocationException",
        "PatternSyntaxException",
        "1:7",
        (
            "Invocation of method 'replaceAll' in  class java.lang.String threw exception"
            " java.util.regex.PatternSyntaxException: Unclosed character class in '['"
        ),
    ),
    (
        "#set($tags[9] = 1)",
        "MethodInvocationException",
        "IndexOutOfBoundsException",
        "1:11",
        ("Exception calling method 'set(java.lang.Integer,java.lang.Integer)' in  class java.util.ArrayList"),
    ),
    (
        "#set($x = [1..2])$x.add(1)",
        "MethodInvocationException",
        "UnsupportedOperationException",
        "1:21",
        (
            "Invocation of method 'add' in  class org.apache.velocity.runtime.parser.node"
            ".ASTIntegerRange$IntegerRange threw exception java.lang.UnsupportedOperation"
            "Exception: null"
        ),
    ),
    (
        "#macro(m)#m()#end#m()",
        "MacroOverflowException",
        "",
        "1:10",
        (
            "Max calling depth of 20 was exceeded in macro 'm' with Call Stack:m->m->m->m"
            "->m->m->m->m->m->m->m->m->m->m->m->m->m->m->m->m"
        ),
    ),
    (
        "#break($who)",
        "VelocityException",
        "",
        "1:1",
        "$who is not a valid org.apache.velocity.runtime.directive.Scope instance",
    ),
    (
        "#break(5)",
        "NullPointerException",
        "",
        "1:1",
        'Cannot read field "kind" because "<parameter2>" is null',
    ),
    ("#include('f')", "ResourceNotFoundException", "", "1:1", "Unable to find resource 'f'"),
    ("#parse('f')", "ResourceNotFoundException", "", "1:1", "Unable to find resource 'f'"),
    (
        "#set($x = [1] - 1)",
        "NullPointerException",
        "",
        "1:11",
        'Cannot read field "kind" because "t" is null',
    ),
    ("#set($x = '5' % 2)", "ArithmeticException", "", "1:11", "Cannot calculate the modulo of BigDecimals."),
    (
        "#foreach($t in $tags)$tags.add(1)#end",
        "ConcurrentModificationException",
        "",
        "1:1",
        "the collection was changed inside its own #foreach",
    ),
    (
        "$text.format('%d', 'x')",
        "MethodInvocationException",
        "IllegalFormatConversionException",
        "1:7",
        (
            "Invocation of method 'format' in  class java.lang.String threw exception jav"
            "a.util.IllegalFormatConversionException: d != str"
        ),
    ),
    (
        "$who.compareTo(1)",
        "MethodInvocationException",
        "ClassCastException",
        "1:6",
        (
            "Invocation of method 'compareTo' in  class java.lang.String threw exception "
            "java.lang.ClassCastException: '1' is of another class than 'Ann'"
        ),
    ),
    (
        "#macro(m $a)$a#end#evaluate('#if')",
        "ParseErrorException",
        "",
        "1:4",
        "expected '(' after #if, found the end of the template",
    ),
    ("#m(word)#macro(m $a)x#end", "TemplateInitException", "", "1:1", "Invalid arg 'word' in macro #m"),
]


@pytest.mark.parametrize(("template", "kind", "cause", "place", "message"), CASES)
def test_error(template: str, kind: str, cause: str, place: str, message: str) -> None:
    with pytest.raises((velocity.RenderError, velocity.TemplateSyntaxError)) as caught:
        velocity.render(template, context())
    error = caught.value
    assert (error.kind, getattr(error, "cause", ""), error.message) == (kind, cause, message)
    assert error.span is not None
    assert f"{error.span.line}:{error.span.column}" == place


def test_the_context_is_never_changed() -> None:
    given = context()
    velocity.render("$tags.add(1)$row.put('x', 1)#set($row.id = 0)#set($tags[0] = 0)", given)
    velocity.render("#evaluate('#set($row.id = 0)')", given)
    assert given == context()
