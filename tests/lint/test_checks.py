"""Checks in tables: what is found, what is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from ringback.lint import lint
from tests.lint.cases import document

URL, BODY, METHOD = (
    f"config/request/{name}" for name in ("requestUrlTemplate", "requestTemplate", "requestType")
)
HEADERS, INPUT = "config/request/headers", "contract/input/inputSchema"
MAP, DEFAULTS, SUCCESS = (
    f"config/response/{name}" for name in ("translationMap", "translationMapDefaults", "successTemplate")
)
OUTPUT = "contract/output/successSchema/properties"


def codes(*changes: tuple[str, Any], severities: str = "error warning") -> list[str]:
    found = lint(document(*changes), file="a.json").reports
    return [report.rule.code for report in found if report.severity in severities]


# A whole body, with the inputs `name` (text) and `age` (integer), both required.
BODIES = [
    ("${input.rawRequest}", []),
    ('{"name": "${input.name}", "age": ${input.age}}', ["RB113"]),
    ('{"name": "$!{input.name}", "age": "${input.age}"}', ["RB113"]),
    ('{"name": "$esc.jsonEncode(${input.name})", "age": ${input.age}}', []),
    ('{"name": ${input.name}, "age": ${input.age}}', []),
    ("[${input.name}, {${input.name}}, ${input.age}]", []),
    (
        '{"name": "$esc.jsonString(${input.name.trim()})", "age": "#if($input.age > 9)a#{else}b#end"}',
        [],
    ),
    ('{"name": "${input.name.trim()}", "age": ${input.age}}', ["RB113"]),
    ('#set($n = ${input.name}){"name": "$n", "age": ${input.age}}', ["RB113"]),
    ('#set($n = $esc.jsonString(${input.name})){"name": "$n", "age": ${input.age}}', []),
    ('{#if(${input.age} > 9)"old": true,#end "name": "$esc.jsonString($input.name)"}', []),
    ('{#if(${input.age} > 9)"old": true#end "name": "$esc.jsonString($input.name)"}', ["RB117"]),
    ('{"name": "$esc.jsonString(${input.name})", "age": ${input.age},}', ["RB116"]),
    ('{"name": "$esc.jsonString(${input.name})" "age": ${input.age}}', ["RB116"]),
    ('{"name": $esc.quote$esc.jsonString(${input.name})$esc.quote, "age": ${input.age}}', []),
    ('{"name": $esc.quote${input.name}$esc.quote, "age": ${input.age}}', ["RB113"]),
    ("{'name': '${input.name}', 'age': ${input.age}}", ["RB116"]),
    (
        '[#foreach($c in [1..3])"$c"#if($foreach.hasNext),#end#end, $input.age, "$esc.xml($input.name)"]',
        [],
    ),
    ('#macro(m)1#end{"a": #m(), "n": "$esc.jsonString($input.name)", "age": ${input.age}}', []),
    ('{"name": "$esc.jsonString(${input.name})", "age": ${input.age}, "url": "/x/@{ref.id}"}', []),
    ("name=$esc.url(${input.name})&age=${input.age}", ["RB116"]),
]


@pytest.mark.parametrize(("body", "found"), BODIES)
def test_bodies(body: str, found: list[str]) -> None:
    assert codes((BODY, body)) == found


@pytest.mark.parametrize(
    ("body", "content_type", "found"),
    [
        ("name=${input.name}&age=${input.age}", None, ["RB115"]),
        ("name=${input.name}&age=${input.age}", "application/x-www-form-urlencoded", ["RB115"]),
        ("name=$esc.url(${input.name})&age=${input.age}", None, []),
        ("<name age='${input.age}'>$esc.xml($input.name)</name>", "text/xml", []),
        ("{${input.name} ${input.age}", "application/json; charset=utf-8", ["RB116"]),
    ],
)
def test_bodies_of_other_formats(body: str, content_type: str | None, found: list[str]) -> None:
    header = {} if content_type is None else {"content-type": content_type}
    assert codes((BODY, body), (HEADERS, header)) == found


# A URL with the input `name` (text); the method is GET and nothing else uses the input.
URLS = [
    ("https://${credentials.host}/a?q=$esc.url(${input.name})", []),
    ("https://${credentials.host}/a?q=${input.name}", ["RB115"]),
    ("https://${credentials.host}/a?q=$!input.name&b", ["RB115"]),
    ("https://${credentials.host}/a/${input.name}/b?c=d", ["RB114"]),
    ("https://${credentials.host}/a/${input.name.replace(' ', '%20')}", []),
    ("https://${credentials.host}/a/${input.name}.replace(' ', '%20')", ["RB114", "RB108"]),
    ("https://${input.name}.example.org/a", []),
    ("${input.name}", []),
    ("${input.name}/a", []),
    ("${credentials.host}/a/${input.name}", ["RB114"]),
    ("https://${credentials.host}/a?$filter=$esc.url(\"name eq '${input.name}'\")", []),
    ("https://${credentials.host}/a?$urlTool.optionalQueryParam('name', $input.name)", []),
    ('https://${credentials.host}/a?q=$esc.url("FIND {$salesforce.escReserved(${input.name})}")', []),
    ("https://10.1.2.3/a?q=$esc.url(${input.name})", ["RB142"]),
    ("https://crm.local/a?q=$esc.url(${input.name})", ["RB142"]),
    ("http://127.0.0.1:9/a?q=$esc.url(${input.name})", []),
    ("https://user:pass@${credentials.host}/a?q=$esc.url(${input.name})", ["RB140"]),
    ("https://${credentials.host}/a?q=$esc.url(${input.nmae})", ["RB103", "RB112"]),
]


@pytest.mark.parametrize(("url", "found"), URLS)
def test_urls(url: str, found: list[str]) -> None:
    schema = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    assert codes((URL, url), (METHOD, "GET"), (BODY, None), (INPUT, schema)) == found


@pytest.mark.parametrize(
    ("kind", "name", "severity"),
    [
        ("string", "customerName", "warning"),
        ("string", "customerId", "info"),
        ("string", "startDate", "info"),
        ("integer", "count", None),
        ("boolean", "active", None),
    ],
)
def test_what_a_value_may_hold_decides_how_bad_it_is(kind: str, name: str, severity: str | None) -> None:
    schema = {"type": "object", "required": [name], "properties": {name: {"type": kind}}}
    text = document((INPUT, schema), (BODY, f'{{"a": "${{input.{name}}}"}}'))
    assert [report.severity for report in lint(text, file="a.json").reports] == (
        [severity] if severity else []
    )


def test_ids_of_the_platform_need_no_escape_in_its_own_api() -> None:
    schema = {"type": "object", "properties": {"userId": {"type": "string"}}}
    changes = (URL, "/api/v2/users/${input.userId}"), (METHOD, "GET"), (INPUT, schema), (BODY, None)
    own = codes(*changes, ("integrationType", "purecloud-data-actions"), severities="error warning info")
    assert own == []
    assert "RB114" in codes(*changes, severities="error warning info")


# translation map, defaults, success template, properties of the output contract.
ANSWERS = [
    ({"id": "$.id"}, {"id": '""'}, '{"id": ${id}}', {"id": {"type": "string"}}, []),
    ({"id": "$.rows[0].id"}, {}, '{"id": ${id}}', {"id": {"type": "string"}}, ["RB124"]),
    ({"id": "$.rows[0].id"}, {}, '{"id": "$!{id}"}', {"id": {"type": "string"}}, ["RB127"]),
    ({"id": "$.rows[0].id"}, {}, '{"id": #if($id)${id}#{else}""#end}', {"id": {"type": "string"}}, []),
    ({"ids": "$.rows[*].id"}, {}, '{"ids": ${ids}}', {"ids": {"type": "array"}}, []),
    ({"ids": "$.rows[*].id"}, {}, '{"ids": ${ids}}', {"ids": {"type": "string"}}, ["RB120"]),
    ({"id": "$.user.id"}, {"id": "[]"}, '{"id": ${id}}', {"id": {"type": "array"}}, ["RB120"]),
    ({"rows": "$.rows"}, {"rows": "[]"}, '{"rows": ${rows}}', {"rows": {"type": "array"}}, []),
    ({"n": "$.rows.size()"}, {"n": "0"}, '{"n": ${n}}', {"n": {"type": "integer"}}, []),
    ({"n": "$.rows.size()"}, {"n": "0"}, '{"n": ${n}}', {"n": {"type": "string"}}, ["RB120", "RB119"]),
    (
        {"total": ".total"},
        {},
        '{"n": ${successTemplateUtils.firstFromArray("${total}", "0")}}',
        {"n": {}},
        [],
    ),
    (
        {"d": "$.NULL", "a": "$..x[?(@.k=='a')].stats"},
        {"d": '{"count": 0}', "a": "[]"},
        '{"a": ${successTemplateUtils.firstFromArray(${a}, ${d})}}',
        {"a": {"type": "object", "properties": {"count": {"type": "integer"}}}},
        [],
    ),
    ({}, {}, "${rawResult}", {"a": {"type": "string"}}, []),
    ({}, {}, "{rawResult}", {"a": {"type": "string"}}, ["RB107", "RB126"]),
    ({}, {}, '{"values": ${rawResult}}', {"values": {"type": "array"}}, []),
    ({"s": "$.stats"}, {"s": "{}"}, "${s}", {"ratio": {"type": "number"}}, []),
    ({"t": "$[0].t"}, {"t": '""'}, '{"t": "$esc.jsonString(${t})"}', {"t": {"type": "string"}}, []),
    ({"id": "$.id"}, {"id": "x"}, '{"id": "$esc.jsonString(${id})"}', {"id": {"type": "string"}}, []),
    ({"id": "$.id"}, {"id": ""}, '{"id": ${id}}', {"id": {"type": "string"}}, ["RB123"]),
    ({"id": "$.id"}, {"id": "null"}, '{"id": ${id}}', {"id": {"type": ["string", "null"]}}, []),
    ({"id": "$.id"}, {"id": '""'}, '{"id": ${id}', {"id": {"type": "string"}}, ["RB126"]),
    ({"id": "$.id"}, {"id": '""'}, '{"id": ${id}, "x": ${y}}', {"id": {}, "x": {}}, ["RB122"]),
    ({"id": "$.id"}, {"id": '""'}, '#set($y = 1){"id": ${id}, "x": ${y}}', {"id": {}, "x": {}}, []),
    ({"id": "$.id"}, {"id": '""'}, "[${id}]", {}, ["RB133"]),
]


@pytest.mark.parametrize(("paths", "defaults", "template", "properties", "found"), ANSWERS)
def test_answers(
    paths: dict[str, str],
    defaults: dict[str, str],
    template: str,
    properties: dict[str, Any],
    found: list[str],
) -> None:
    assert codes((MAP, paths), (DEFAULTS, defaults), (SUCCESS, template), (OUTPUT, properties)) == found


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("Authorization", "Bearer ${authResponse.access_token}", []),
        ("Authorization", "Bearer 0a1b2c3d4e5f", ["RB140"]),
        ("Authorization", 'Basic $encoding.base64("${credentials.a}:${credentials.b}")', []),
        ("x-api-key", "${input.name}", []),
        ("Accept", "application/vnd.api+json", []),
        ("Accept", "text/csv", ["RB147"]),
        ("UserAgent", "PureCloudIntegrations/1.0", []),
        ("Transfer-Encoding", "chunked", ["RB148"]),
    ],
)
def test_headers(name: str, value: str, found: list[str]) -> None:
    assert codes((f"{HEADERS}/{name}", value)) == found


@pytest.mark.parametrize(
    ("timeout", "found"),
    [(1, []), (60, []), (0, ["RB145"]), (61, ["RB145"]), (2.5, ["RB145"]), ("9", ["RB145"])],
)
def test_timeouts(timeout: Any, found: list[str]) -> None:
    assert codes(("config/timeoutSeconds", timeout)) == found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[]", None),
        ('{"name": "package", "version": "1"}', None),
        ('{"config": {"request": {}}, "name": "a"}', "data action"),
        ('{"name": "a", "contract": {"input": {}}}', "data action"),
        ('{"entities": [{"name": "a", "config": {"response": {}}}]}', "data action"),
        ('{"name": "flow", "actions": [{"id": "1", "inputVariables": {"a": "$b"}}]}', None),
        ('{"broken": ', None),
        ('{"requestTemplate": 1, "translationMap": ', "data action"),
        ("inboundCall:\n  name: x\n", None),  # no YAML by its name
        ('\ufeff{"config": {"request": {}}, "name": "a"}', "data action"),
    ],
)
def test_data_actions_are_known_by_their_content(text: str, kind: str | None) -> None:
    assert lint(text, file="a.json").kind == kind


def test_each_action_of_a_listing_is_checked() -> None:
    one = document((URL, "https://${credentials.host}/${input.nmae}"))
    checked = lint(f'{{"entities": [{one}, {one}]}}', file="a.json", codes={"RB103"})
    assert [report.finding.span.line for report in checked.reports] == [7, 61]
