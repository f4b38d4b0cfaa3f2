"""Methods of String and Character.

Each answer is that of Velocity Engine.
"""

from __future__ import annotations

import pytest

from ringback.lang import velocity
from tests.lang.velocity.context import context

CASES = [
    ("$text.substring(6) $text.substring(0, 5)", "World Hello"),
    ("$text.indexOf('o') $text.indexOf('o', 5) $text.lastIndexOf('o') $text.indexOf(111)", "4 7 7 4"),
    (
        ("$text.contains('World') $text.startsWith('He') $text.endsWith('x') $text.startsWith('W', 6)"),
        "true true false true",
    ),
    ("$text.replace('o', '0')", "Hell0 W0rld"),
    ("$text.replaceAll('[aeiou]', '*')", "H*ll* W*rld"),
    ("$text.replaceAll('(\\w+) (\\w+)', '$2 $1')", "World Hello"),
    ("$text.replaceFirst('l+', 'L')", "HeLo World"),
    ("$text.matches('[A-Z].*') $text.matches('H')", "true false"),
    (
        ("$csv.split(',') $csv.split(',').size() $csv.split(',', -1).size() $csv.split(',', 2)"),
        "[x, y, , z] 4 5 [x, y,,z,]",
    ),
    ("$text.split(' ')[1]", "World"),
    ("$text.toLowerCase() $text.toUpperCase()", "hello world HELLO WORLD"),
    ("#set($p = '  p ')[$p.trim()][$p.strip()][$p.stripLeading()][$p.stripTrailing()]", "[p][p][p ][  p]"),
    (
        (
            "$text.equals('Hello World') $text.equalsIgnoreCase('HELLO WORLD') $text.comp"
            "areTo('Hello') $text.compareToIgnoreCase('hello world')"
        ),
        "true true 6 0",
    ),
    ("$text.charAt(4) $text.codePointAt(0)", "o 72"),
    (
        "$text.isEmpty() $blank.isEmpty() $blank.isBlank() $text.empty $text.blank",
        "false true true false false",
    ),
    ("$text.length() $uni.length() $uni.substring(2) $uni.indexOf('😀')", "11 4 😀 2"),
    ("$text.concat('!') $text.concat(5) $text.concat(true)", "Hello World! Hello World5 Hello Worldtrue"),
    ("$text.hashCode() $blank.hashCode()", "-862545276 0"),
    ("$text.repeat(2)", "Hello WorldHello World"),
    ("$text.format('%05d|%s|%.2f|%x|%,d', 42, 'x', 3.14159, 255, 1234567)", "00042|x|3.14|ff|1,234,567"),
    (
        "$text.format('%-6s|%6s|%S|%b|%c|%e|%%', 'a', 'b', 'c', true, 65, 12345.678)",
        "a     |     b|C|true|A|1.234568e+04|%",
    ),
    ("$text.join('-', 'a', 'b') $text.join(',', $tags)", "a-b red,blue"),
    ("$text.valueOf(5) $text.valueOf(1.50) $text.valueOf(true)", "5 1.5 true"),
    ("$text.toCharArray().size() $text.bytes.size()", "11 11"),
    ("$text.regionMatches(0, 'He', 0, 2) $text.regionMatches(true, 0, 'hE', 0, 2)", "true true"),
    ("$text.contentEquals('x') $text.intern()", "false Hello World"),
    ("$text.substring('1') $text.substring(1.9)", "ello World ello World"),
    ("$text.substring($none)", "$text.substring($none)"),
    ("$text.replace('o', 1)", "$text.replace('o', 1)"),
    ("$text.nope() $text.size()", "$text.nope() $text.size()"),
    ("$text.lines().count() $text.chars().count()", "1 11"),
    ("$text.translateEscapes()", "Hello World"),
    ("$text.charAt(0).class.name $text.charAt(0).hashCode()", "java.lang.Character 72"),
    ("$digits.length() $digits.equals(12)", "2 false"),
    ("$text.subSequence(0, 2)", "He"),
    ("$text.codePointCount(0, 5)", "5"),
    ("$who.getClass()", "class java.lang.String"),
]


@pytest.mark.parametrize(("template", "expected"), CASES)
def test_text_methods(template: str, expected: str) -> None:
    assert velocity.render(template, context()) == expected
