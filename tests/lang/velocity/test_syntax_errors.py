"""The full text of every kind of syntax error."""

from __future__ import annotations

import pytest

from ringback.lang import velocity

CASES = [
    ("#if($yes)", "template:1:1: #if is not closed\n    #if($yes)\n    ^^^\n  hint: add #end"),
    ("#end", ("template:1:1: #end without an #if or another block that it belongs to\n    #end\n    ^^^^")),
    (
        "#else",
        ("template:1:1: #else without an #if or another block that it belongs to\n    #else\n    ^^^^^"),
    ),
    ("#if()x#end", "template:1:5: expected a value, found ')'\n    #if()x#end\n        ^"),
    (
        "#if $yes x#end",
        ("template:1:5: expected '(' after #if, found '$yes'\n    #if $yes x#end\n        ^^^^"),
    ),
    (
        "#set($x)",
        ("template:1:8: expected '=' after the reference to set, found ')'\n    #set($x)\n           ^"),
    ),
    (
        "#set($x == 1)",
        (
            "template:1:9: expected '=' after the reference to set, found '=='\n"
            "    #set($x == 1)\n"
            "            ^^\n"
            "  hint: #set assigns with one ="
        ),
    ),
    (
        '#set("x" = 1)',
        ('template:1:6: expected a reference to set, found \'"x"\'\n    #set("x" = 1)\n         ^^^'),
    ),
    (
        "#set($x = null)",
        (
            "template:1:11: expected a value, found 'null'\n"
            "    #set($x = null)\n"
            "              ^^^^\n"
            "  hint: Velocity has no null literal; compare with a variable that is not set"
        ),
    ),
    (
        "#set($x = 1-2)",
        (
            "template:1:12: expected ')' after the arguments of #set, found '-2'\n"
            "    #set($x = 1-2)\n"
            "               ^^\n"
            "  hint: write a blank after the minus sign: -1 is one number"
        ),
    ),
    (
        "#set($a-b = 1)",
        (
            "template:1:8: expected '=' after the reference to set, found '-'\n"
            "    #set($a-b = 1)\n"
            "           ^\n"
            "  hint: names have letters, digits and _ only"
        ),
    ),
    (
        "#set($x = [1,2)",
        (
            "template:1:15: expected ']' after the items of a list, found ')'\n"
            "    #set($x = [1,2)\n"
            "                  ^"
        ),
    ),
    (
        "#set($x = [1,])",
        ("template:1:14: expected a value, found ']'\n    #set($x = [1,])\n                 ^"),
    ),
    (
        "#set($x = {a: 1})",
        ("template:1:12: expected a value, found 'a'\n    #set($x = {a: 1})\n               ^"),
    ),
    (
        "#set($x = {'a' 1})",
        (
            "template:1:16: expected ':' between the key and the value of a map, found '1'\n"
            "    #set($x = {'a' 1})\n"
            "                   ^"
        ),
    ),
    (
        "#set($x = (1)",
        (
            "template:1:14: expected ')' after the arguments of #set, found the end of th"
            "e template\n    #set($x = (1)\n                 ^"
        ),
    ),
    ("#set($x = 1 +)", "template:1:14: expected a value, found ')'\n    #set($x = 1 +)\n                 ^"),
    (
        '#set($x = "open)',
        (
            "template:1:11: a string that starts here is not closed\n"
            '    #set($x = "open)\n'
            "              ^\n"
            '  hint: add the closing "'
        ),
    ),
    (
        "#set($x = 'open)",
        (
            "template:1:11: a string that starts here is not closed\n"
            "    #set($x = 'open)\n"
            "              ^\n"
            "  hint: add the closing '"
        ),
    ),
    (
        "#foreach()x#end",
        (
            "template:1:1: Too few arguments to the #foreach directive\n"
            "    #foreach()x#end\n"
            "    ^^^^^^^^\n"
            "  hint: #foreach($item in $items)"
        ),
    ),
    (
        "#foreach($i $x)y#end",
        (
            "template:1:1: Too few arguments to the #foreach directive\n"
            "    #foreach($i $x)y#end\n"
            "    ^^^^^^^^\n"
            "  hint: #foreach($item in $items)"
        ),
    ),
    (
        "#foreach('i' in $x)y#end",
        (
            "template:1:1: Expected argument 1 of #foreach to be a reference\n"
            "    #foreach('i' in $x)y#end\n"
            "    ^^^^^^^^"
        ),
    ),
    (
        "#macro()x#end",
        (
            "template:1:1: A macro definition requires at least a macro name\n"
            "    #macro()x#end\n"
            "    ^^^^^^\n"
            "  hint: #macro(name $a)"
        ),
    ),
    (
        "#macro('m')x#end",
        (
            "template:1:1: Macro argument 1 must be a token without surrounding ' or \"\n"
            "    #macro('m')x#end\n"
            "    ^^^^^^"
        ),
    ),
    (
        "#macro(m n)x#end",
        ("template:1:1: Macro argument 2 must be a reference\n    #macro(m n)x#end\n    ^^^^^^"),
    ),
    (
        "#macro(m $a=1 $b)x#end",
        (
            "template:1:1: Macro non-default argument follows a default argument\n"
            "    #macro(m $a=1 $b)x#end\n"
            "    ^^^^^^"
        ),
    ),
    ("#macro(m)x", "template:1:1: #macro is not closed\n    #macro(m)x\n    ^^^^^^\n  hint: add #end"),
    (
        "#define()x#end",
        (
            "template:1:1: The #define directive requires one argument\n"
            "    #define()x#end\n"
            "    ^^^^^^^\n"
            "  hint: #define($name)…#end"
        ),
    ),
    (
        "#define(x)y#end",
        ("template:1:1: The argument to #define is of the wrong type\n    #define(x)y#end\n    ^^^^^^^"),
    ),
    (
        "#evaluate()",
        ("template:1:1: #evaluate() requires exactly one argument\n    #evaluate()\n    ^^^^^^^^^"),
    ),
    (
        "#evaluate(5)",
        (
            "template:1:1: #evaluate()  argument must be a string literal or reference\n"
            "    #evaluate(5)\n"
            "    ^^^^^^^^^"
        ),
    ),
    (
        "#stop(1 2)",
        (
            "template:1:1: The #stop directive only accepts a single message parameter\n"
            "    #stop(1 2)\n"
            "    ^^^^^"
        ),
    ),
    (
        "#break(1 2)",
        (
            "template:1:1: The #break directive takes only a single, optional Scope argument\n"
            "    #break(1 2)\n"
            "    ^^^^^^"
        ),
    ),
    ("#parse()", "template:1:1: The #parse directive requires one argument\n    #parse()\n    ^^^^^^"),
    (
        "${who",
        (
            "template:1:6: expected '}' at the end of ${…, found the end of the template\n"
            "    ${who\n"
            "         ^"
        ),
    ),
    (
        "${a-b}",
        (
            "template:1:4: expected '}' at the end of ${…, found '-b}'\n"
            "    ${a-b}\n"
            "       ^^^\n"
            "  hint: names have letters, digits and _ only"
        ),
    ),
    ("${who()}", ("template:1:6: expected '}' at the end of ${…, found '()}'\n    ${who()}\n         ^^^")),
    ("${who.}", "template:1:6: expected '}' at the end of ${…, found '.}'\n    ${who.}\n         ^^"),
    ("${who|}", "template:1:7: expected a value, found '}'\n    ${who|}\n          ^"),
    (
        "${who||'x'}",
        ("template:1:6: an alternate value starts with one |, not two\n    ${who||'x'}\n         ^"),
    ),
    ("$tags[", ("template:1:7: expected a value, found the end of the template\n    $tags[\n          ^")),
    ("$tags[]", "template:1:7: expected a value, found ']'\n    $tags[]\n          ^"),
    (
        "$tags[0",
        (
            "template:1:8: expected ']' after an index, found the end of the template\n"
            "    $tags[0\n"
            "           ^"
        ),
    ),
    (
        "$who.foo(1",
        (
            "template:1:11: expected ')' after the arguments of a method, found the end o"
            "f the template\n    $who.foo(1\n              ^"
        ),
    ),
    ("$who.foo(1,)", "template:1:12: expected a value, found ')'\n    $who.foo(1,)\n               ^"),
    ("#[[ open", ("template:1:1: a literal block #[[ is not closed\n    #[[ open\n    ^\n  hint: add ]]#")),
    (
        "#nope(1 + 1)",
        (
            "template:1:9: expected an argument, found '+'\n"
            "    #nope(1 + 1)\n"
            "            ^\n"
            "  hint: arguments of directives are single values; compute with #set first"
        ),
    ),
    (
        "#nope(## c\n)",
        ("template:1:1: A Line comment is not allowed in #nope arguments\n    #nope(## c\n    ^^^^^"),
    ),
    (
        "#if($yes)a#else b#else c#end",
        (
            "template:1:18: '#else' after #else\n"
            "    #if($yes)a#else b#else c#end\n"
            "                     ^^^^^\n"
            "  hint: #else is the last branch"
        ),
    ),
    (
        '#set($x = "#if")',
        (
            "template:1:15: expected '(' after #if, found the end of the template\n"
            '    #set($x = "#if")\n'
            "                  ^"
        ),
    ),
    (
        "#macro(m $a)x#end#m(word)",
        (
            "template:1:18: Invalid arg 'word' in macro #m\n"
            "    #macro(m $a)x#end#m(word)\n"
            "                     ^"
        ),
    ),
    (
        '#set($x = "\\u00zz")',
        (
            "template:1:11: '\\\\u00zz' is not a character code\n"
            '    #set($x = "\\u00zz")\n'
            "              ^^^^^^^^\n"
            "  hint: four hexadecimal digits follow \\u"
        ),
    ),
]


@pytest.mark.parametrize(("template", "message"), CASES)
def test_message(template: str, message: str) -> None:
    with pytest.raises(velocity.TemplateSyntaxError) as caught:
        velocity.parse(template)
    assert str(caught.value) == message


def test_kinds() -> None:
    with pytest.raises(velocity.TemplateSyntaxError) as caught:
        velocity.parse("#if($x)", name="requestTemplate")
    assert caught.value.kind == "ParseErrorException"
    assert caught.value.span is not None
    assert caught.value.span.where == "requestTemplate:1:1"
    with pytest.raises(velocity.TemplateSyntaxError) as caught:
        velocity.parse("#macro(m $a)$a#end#m(word)")
    assert caught.value.kind == "TemplateInitException"


def test_an_error_inside_a_string_points_into_the_string() -> None:
    with pytest.raises(velocity.TemplateSyntaxError) as caught:
        velocity.parse('line\n#set($x = "a ""b"" ${c-d}")')
    assert caught.value.span is not None
    assert (caught.value.span.line, caught.value.span.column) == (2, 23)
