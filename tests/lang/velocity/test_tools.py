"""The tools: `$esc` and `$math` as in velocity-tools 3.1, the others by the policies of docs/velocity.md."""

from __future__ import annotations

import pytest

from ringback.lang import velocity

CONTEXT = {
    "q": "He said \"hi\"\n\\ back / slash\t<tag> & 'q' é 漢 😀\x01\x7f\u00a0=:# !",
    "none": None,
    "nums": [1, 2, 3],
    "mixed": [1, 2.5, "3"],
    "big": 3_000_000_000,
    "array": '[ "z", {"a": 1.0, "b": [1e2, null, true]} ]',
    "obj": '{"a": {"x": 1}, "b": {"x": 2}}',
    "row": {"x": 1},
}
ESC = [
    (
        "$esc.java($q)",
        (
            "He said \\\"hi\\\"\\n\\\\ back / slash\\t<tag> & 'q' \\u00E9 \\u6F22 \\uD83D\\uDE00\\u0001\x7f"
            "\\u00A0=:# !"
        ),
    ),
    (
        "$esc.javascript($q)",
        (
            "He said \\\"hi\\\"\\n\\\\ back \\/ slash\\t<tag> & \\'q\\' \\u00E9 \\u6F22 \\uD83D\\uDE00\\u0001"
            "\x7f\\u00A0=:# !"
        ),
    ),
    (
        "$esc.html($q)",
        "He said &quot;hi&quot;\n\\ back / slash\t&lt;tag&gt; &amp; 'q' &eacute; 漢 😀\x01\x7f&nbsp;=:# !",
    ),
    (
        "$esc.xml($q)",
        "He said &quot;hi&quot;\n\\ back / slash\t&lt;tag&gt; &amp; &apos;q&apos; é 漢 😀&#127;\u00a0=:# !",
    ),
    ('$esc.sql("O\'Brien")', "O''Brien"),
    ("$esc.url('~*-._ /é+')", "%7E*-._+%2F%C3%A9%2B"),
    ("$esc.urlFormEncode('a b&c')", "a+b%26c"),
    ("$esc.uriEncode('a b+c/d?~*é')", "a%20b%2Bc%2Fd%3F~%2A%C3%A9"),
    ("$esc.unurl('a+b%20c%2B%C3%A9%E9')", "a b c+é�"),
    (
        "$esc.jsonString($q)",
        "He said \\\"hi\\\"\\n\\\\ back / slash\\t<tag> & 'q' é 漢 😀\\u0001\x7f\u00a0=:# !",
    ),
    ("$esc.jsonEncode('a\"b')", 'a\\"b'),
    ("$esc.jsonDecode('a\\\"b\\n\\u00e9\\/\\q')", 'a"b\né/\\q'),
    ("$esc.jsonDecode('\\ud83d\\ude00')", "😀"),
    ("$esc.propertyKey(' a:b=c#d! é')", "\\ a\\:b\\=c\\#d\\!\\ \\u00e9"),
    ("$esc.propertyValue('  a b ')", "\\  a b "),
    ("$esc.unicode('0041')$esc.unicode('\\u00e9')$esc.unicode('1F600')$esc.unicode(65)", "Aé😀e"),
    ("$esc.velocity('a$b#c')", "a${esc.d}b${esc.h}c"),
    ("$esc.d$esc.dollar $esc.h$esc.hash $esc.b$esc.backslash", "$$ ## \\\\"),
    ("$esc.q$esc.quote $esc.s$esc.singleQuote $esc.e$esc.exclamation", "\"\" '' !!"),
    ("[$esc.n][$esc.newline]".replace("[", "<").replace("]", ">"), "<\n><\n>"),
    ("$esc.key $esc.getQuote()", 'esc "'),
    ("$esc.class", "class org.apache.velocity.tools.generic.EscapeTool"),
    ("$esc.java($none) $!esc.java($none)|", "$esc.java($none) |"),
    ("$esc.jsonString($row) $esc.url($nums)", "{x=1} %5B1%2C+2%2C+3%5D"),
    ("$esc.nope('x') $esc.nope", "$esc.nope('x') $esc.nope"),
    ("#set($esc = 'gone')$esc", "gone"),
]
MATH = [
    ("$math.add(1, 2, 3) $math.add('1', '2') $math.add(1.5, 1) $math.add() $math.add(5)", "6 3 2.5 0 5"),
    ("$math.sub(10, 1, 2) $math.mul(2, '3.5') $math.mul(100000, 100000)", "7 7.0 10000000000"),
    ("$math.div(7, 2) $math.div(6, 2) $math.div(12, 3, 2) $math.div(1, 0)", "3.5 3 2 $math.div(1, 0)"),
    ("$math.idiv(-7, 2) $math.idiv(7.9, 2) $math.mod(-7, 3) $math.idiv(1, 0)", "-3 3 -1 $math.idiv(1, 0)"),
    ("$math.pow(2, 3) $math.pow(2, -1) $math.pow(10, 20)", "8 0.5 9223372036854775807"),
    ("$math.max(1, 5, 3) $math.min(1.5, 5) $math.max(-5, -3)", "5 1.5 4.9E-324"),
    ("$math.abs(-5) $math.abs(-5.5) $math.abs('-5')", "5 5.5 5"),
    (
        "$math.ceil(1.2) $math.floor(-1.2) $math.round(2.5) $math.round(-2.5) $math.round(1e300)",
        "2 -2 2 -2 2147483647",
    ),
    ("$math.roundTo(2, 3.14159) $math.roundTo(0, 3.7) $math.roundTo(2, -2.675)", "3.14 3.7 -2.67"),
    (
        "$math.toNumber('12.5') $math.toNumber('1,000.5 kg') $math.toNumber('.5') $math.toNumber('1E3')",
        "12.5 1000.5 0.5 1000",
    ),
    ("$math.toNumber('abc') $math.toNumber(' 5')", "$math.toNumber('abc') $math.toNumber(' 5')"),
    (
        "$math.toInteger('12.9') $math.toInteger($big) $math.toLong($big) $math.toDouble(3)",
        "12 -1294967296 3000000000 3.0",
    ),
    ("$math.bitwiseAnd(6, 3) $math.bitwiseOr(6, 3) $math.bitwiseXOr(6, 3)", "2 7 5"),
    (
        "$math.getTotal($nums) $math.getAverage($nums) $math.getTotal($mixed) $math.getTotal(1, 2)",
        "6 2 6.5 3",
    ),
    ("$math.add($none, 1) $!math.add('x', 1)|", "$math.add($none, 1) |"),
    ("$math.getAverage([]) $math.random", "NaN $math.random"),
]
PLATFORM = [
    ("$encoding.base64('user:pä€')", "dXNlcjpww6Tigqw="),
    ("$encoding.base64($none)", "$encoding.base64($none)"),
    ("$successTemplateUtils.firstFromArray($array)", '"z"'),
    ('$successTemplateUtils.firstFromArray("$array", "0")', '"z"'),
    (
        '$successTemplateUtils.firstFromArray(\'[{"a": 1.0, "b": [1e2, null, true]}]\')',
        '{"a":1.0,"b":[100.0,null,true]}',
    ),
    ("$successTemplateUtils.firstFromArray($nums)", "1"),
    ("[$successTemplateUtils.firstFromArray('[]')]", "[]"),
    ("$successTemplateUtils.firstFromArray('[]', \"$esc.quote$esc.quote\")", '""'),
    ("$successTemplateUtils.firstFromArray($none, '0')", "0"),
    ("$successTemplateUtils.firstNonnull($none, 'null', 'a')", "a"),
    ("$successTemplateUtils.firstNonnull($none)", "null"),
    ("$successTemplateUtils.moveKeysIntoArrayOfObjects($obj, 'id')", '[{"id":"a","x":1},{"id":"b","x":2}]'),
    ("$successTemplateUtils.moveKeysIntoArrayOfObjects('{\"a\": 1}')", '[{"key":"a","value":1}]'),
    ("/x?$urlTool.optionalQueryParam('q', 'a b')", "/x?q=a+b"),
    ("/x?$urlTool.optionalQueryParam('q', $none)|", "/x?|"),
    ("$salesforce.escReserved('a+b & (c) \"d\"')", 'a\\+b \\& \\(c\\) \\"d\\"'),
    (
        "$msdynamics.phoneNumberFilter('+1 (317) 555')",
        (
            "telephone1 eq '+1 (317) 555' or telephone1 eq '1317555' or telephone2 eq '+1 (31"
            "7) 555' or telephone2 eq '1317555' or mobilephone eq '+1 (317) 555' or mobilepho"
            "ne eq '1317555'"
        ),
    ),
    ("$msdynamics.phoneNumberFilter('5', 'phone')", "phone eq '5'"),
]
FAILING = [
    ("$successTemplateUtils.firstFromArray('text')", "JsonParseException"),
    ("$successTemplateUtils.firstFromArray('{}')", "IllegalArgumentException"),
    ("$successTemplateUtils.firstFromArray($none)", "IllegalArgumentException"),
    ("$successTemplateUtils.moveKeysIntoArrayOfObjects('[]', 'id')", "IllegalArgumentException"),
    ("$esc.unurl('%zz')", "IllegalArgumentException"),
    ("$esc.unicode('zz')", "NumberFormatException"),
]


@pytest.mark.parametrize(("template", "expected"), [*ESC, *MATH, *PLATFORM])
def test_tool(template: str, expected: str) -> None:
    assert velocity.render(template, CONTEXT) == expected


@pytest.mark.parametrize(("template", "cause"), FAILING)
def test_a_tool_that_throws(template: str, cause: str) -> None:
    with pytest.raises(velocity.RenderError) as caught:
        velocity.render(template, CONTEXT)
    assert (caught.value.kind, caught.value.cause) == ("MethodInvocationException", cause)
