"""`ringback action new`: samples are read, and the action that comes out works on them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import example, given
from hypothesis import strategies as st

from ringback.cli.action_new import new
from ringback.core.errors import UsageError
from ringback.dataactions import CannedTransport, Report, Response, execute, integration_of, load_data_action
from ringback.dataactions.scaffold import Scaffold, scaffold
from ringback.dataactions.scaffold_request import literal
from ringback.dataactions.scaffold_sample import Sample, sample_of_curl, sample_of_har
from ringback.lang import velocity
from ringback.lint import lint

LOOKUP = """curl -sS -X POST 'https://crm.example.com/api/v1/lookup?verbose=true' \\
  -H 'Content-Type: application/json' -H "Authorization: Bearer 0a1b2c" -H 'User-Agent: curl/8' \\
  --data-raw '{"phone": "+15551234567", "limit": 1, "score": 7, "type": "EXACT", "note": "costs $x #if"}'"""
CUSTOMER = {
    "customer_id": 4711,
    "name": 'Ann "O\'Hara"',
    "vip": False,
    "address": {"city": "Köln", "geo": {"lat": 50.9, "lon": 6.9}, "empty": {}},
    "tags": ["a", "b"],
    "orders": [{"id": "o1", "total": 3}, {"id": "o2", "total": 2.5, "open": True}],
    "note": None,
    "first name": "Ann",
    "matrix": [[1], [2]],
}
CURLS = [
    ("curl https://h/a", Sample("GET", "https://h/a")),
    ("curl h/a", Sample("GET", "https://h/a")),
    ("curl -XPUT https://h/a", Sample("PUT", "https://h/a")),
    ("curl --request=DELETE --url https://h/a -m 4.5", Sample("DELETE", "https://h/a", timeout=4.5)),
    ("curl https://h/a -H 'X-A: b: c' -H 'Host:'", Sample("GET", "https://h/a", {"X-A": "b: c"})),
    ("curl -G https://h/a?x=1 -d q=2 --data-urlencode 'z=a b'", Sample("GET", "https://h/a?x=1&q=2&z=a+b")),
    ("curl https://h -u ann:pw", Sample("GET", "https://h", {"Authorization": "Basic YW5uOnB3"})),
    ("curl -sSLk --compressed https://h -o out.json", Sample("GET", "https://h")),
    (
        "curl https://h -d a=1 -d b=2",
        Sample("POST", "https://h", {"Content-Type": "application/x-www-form-urlencoded"}, "a=1&b=2"),
    ),
    (
        "curl 'https://h' --data-raw $'{\"a\": \"it\\'s \\u00e9\"}'",
        Sample("POST", "https://h", {"Content-Type": "application/json"}, '{"a": "it\'s é"}'),
    ),
]
BAD_CURLS = [
    ("wget https://h", "does not begin with curl"),
    ("curl", "has no URL"),
    ("curl https://a https://b", "names two URLs"),
    ("curl 'https://a", "cannot be read: No closing quotation"),
    ("curl https://a -H", "ends after -H"),
    ("curl https://a -F x=y", "multipart"),
    ("curl https://a -d @file.json", "in the file file.json"),
    ("curl https://a -X TRACE", "cannot send 'TRACE'"),
    ("curl https://a -m soon", "no number of seconds"),
]


@pytest.mark.parametrize(("command", "sample"), CURLS)
def test_curl_commands(command: str, sample: Sample) -> None:
    assert sample_of_curl(command) == sample


@pytest.mark.parametrize(("command", "message"), BAD_CURLS)
def test_curl_commands_that_no_action_can_send(command: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        sample_of_curl(command)


def made_of(command: str, response: Any, inputs: dict[str, str] | None = None) -> Scaffold:
    return scaffold(sample_of_curl(command), response, name="New", inputs=inputs)


def executed(made: Scaffold, response: Any) -> Report:
    """The action run with the sample's values against the sample's answer; it must check clean first."""
    checked = lint(made.text, file="new.json")
    assert [report for report in checked.reports if report.severity != "info"] == []
    action = load_data_action(made.text, file="new.json")
    reply = Response(200, {"Content-Type": "application/json"}, json.dumps(response).encode())
    integration = integration_of(
        {"credentials": dict(made.credentials), "baseUrl": "https://api.mypurecloud.com"}
    )
    return execute(action, made.inputs, transport=CannedTransport([reply]), integration=integration)


def test_the_action_sends_the_sample_and_gives_its_answer() -> None:
    made = made_of(LOOKUP, CUSTOMER)
    report = executed(made, CUSTOMER)
    assert made.inputs == {"phone": "+15551234567", "score": 7, "note": "costs $x #if"}
    assert made.credentials == {"token": "0a1b2c"}
    assert report.error is None
    sent = report.found.request
    assert sent is not None
    assert sent.url == "https://crm.example.com/api/v1/lookup?verbose=true"
    assert sent.headers == {"Content-Type": "application/json", "Authorization": "Bearer 0a1b2c"}
    body = {"phone": "+15551234567", "limit": 1, "score": 7, "type": "EXACT", "note": "costs $x #if"}
    assert json.loads(sent.body or b"") == body
    lost = {"note", "matrix"}
    address = {"city": "Köln", "geo": {"lat": 50.9, "lon": 6.9}}
    assert report.found.output == {k: v for k, v in CUSTOMER.items() if k not in lost} | {"address": address}


def test_no_secret_stands_in_the_document() -> None:
    command = "curl 'https://h/a?api_key=k3y&q=x' -u ann:pa55 -H 'X-Api-Key: k4y'"
    made = made_of(f"""{command} -d '{{"password": "pw6", "a": "b"}}'""", {"a": 1})
    assert made.credentials == {
        "api_key": "k3y",
        "userName": "ann",
        "password": "pa55",
        "xApiKey": "k4y",
        "password2": "pw6",
    }
    secrets = ("k3y", "pa55", "k4y", "pw6", base64.b64encode(b"ann:pa55").decode())
    assert not any(secret in made.text for secret in secrets)


INPUTS = [
    ("curl https://h/v1/customers/42/orders", {"customerId": "42"}),
    ("curl https://h/api/users/ann@example.com", {"userId": "ann@example.com"}),
    (
        "curl https://h/companies/5e5c5c66-ea97-4e7f-ac41-6424784829f2",
        {"companyId": "5e5c5c66-ea97-4e7f-ac41-6424784829f2"},
    ),
    ("curl 'https://h/find?q=Ann+M%C3%BCller&sort=asc&page=2&active=true'", {"q": "Ann Müller"}),
    ("curl https://h/orders/7 -d 'name=Ann&grant_type=x'", {"orderId": "7", "name": "Ann"}),
    ('curl https://h/a -d \'{"id": 1, "b": {"id": 2}, "c": [{"id": 1}]}\'', {"id": 1, "id2": 2}),
    ('curl https://h/a -d \'{"ok": true, "none": null, "kind": "x", "n": 1.5}\'', {"n": 1.5}),
    ("curl https://h/status", {}),
]


@pytest.mark.parametrize(("command", "inputs"), INPUTS)
def test_values_that_look_variable_become_inputs(command: str, inputs: dict[str, Any]) -> None:
    made = made_of(command, {"a": 1})
    assert made.inputs == inputs
    assert executed(made, {"a": 1}).error is None


def test_the_user_decides_what_is_an_input() -> None:
    made = made_of("curl 'https://h/eu/customers/42?sort=asc'", {"a": 1}, {"region": "eu", "customerId": ""})
    assert made.inputs == {"region": "eu"}
    url = made.document["config"]["request"]["requestUrlTemplate"]
    assert url == "https://h/$esc.uriEncode(${input.region})/customers/42?sort=asc"
    with pytest.raises(UsageError, match="the request has no such value"):
        made_of("curl https://h/a", {}, {"x": "nothing"})


ANSWERS = [
    [{"id": 1, "name": "a"}, {"id": 2}],
    [],
    {},
    [1, 2.5],
    "text",
    7,
    {"a.b": 1, "a b": {"a-b": "x"}, "input": "y", "2nd": True, "esc": 1, "$ref": "#x"},
    {"a": {"id": 1}, "b": {"id": 2}, "c": {"d": {"id": 3}}},
    {"items": [], "nulls": [None, None]},
]


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_answers_of_every_shape_come_back(answer: Any) -> None:
    report = executed(made_of("curl https://h/a/1", answer), answer)
    assert report.error is None
    assert report.found.output == (answer if isinstance(answer, (dict, list)) else {"value": answer})


@given(st.text('\\$#aA_{!}[]*@ 5"', max_size=9))
@example("\\$A")
@example("#\\\\*")
@example("\\$#{")
def test_a_literal_prints_as_it_is(text: str) -> None:
    assert velocity.render(literal(text), {}, strict=True) == text


SCALARS = st.text(max_size=8) | st.integers(-(2**53), 2**53) | st.booleans() | st.floats(-1e6, 1e6)
KEYS = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), min_size=1, max_size=6)
OBJECTS = st.recursive(
    st.dictionaries(KEYS, SCALARS, min_size=1, max_size=3),
    lambda inner: st.dictionaries(
        KEYS, inner | SCALARS | st.lists(inner, max_size=2), min_size=1, max_size=3
    ),
    max_leaves=6,
)


@given(answer=OBJECTS, body=st.dictionaries(KEYS, SCALARS, min_size=1, max_size=4))
def test_any_sample_gives_an_action_that_works(answer: dict[str, Any], body: dict[str, Any]) -> None:
    sample = Sample(
        "POST", "https://h.example.com/a/1", {"Content-Type": "application/json"}, json.dumps(body)
    )
    made = scaffold(sample, answer, name="New")
    report = executed(made, answer)
    assert report.error is None
    sent = report.found.request
    assert sent is not None
    assert json.loads(sent.body or b"") == body
    assert report.found.output == answer


def test_calls_of_the_platform_are_relative_and_unsigned() -> None:
    made = made_of(
        "curl https://api.mypurecloud.ie/api/v2/users/4711 -H 'Authorization: Bearer x'", {"id": "a"}
    )
    assert made.document["integrationType"] == "purecloud-data-actions"
    request = made.document["config"]["request"]
    assert request["requestUrlTemplate"] == "/api/v2/users/$esc.uriEncode(${input.userId})"
    assert request["headers"] == {}
    assert executed(made, {"id": "a"}).error is None


def har(*entries: dict[str, Any]) -> str:
    return json.dumps({"log": {"version": "1.2", "entries": list(entries)}})


ENTRY = {
    "request": {
        "method": "POST",
        "url": "https://h/a",
        "headers": [
            {"name": ":authority", "value": "h"},
            {"name": "Content-Type", "value": "application/json"},
        ],
        "postData": {"mimeType": "application/json", "text": '{"name": "Ann"}'},
    },
    "response": {
        "status": 200,
        "content": {"encoding": "base64", "text": base64.b64encode(b'{"id": 1}').decode()},
    },
}


def test_har_entries() -> None:
    form = {"method": "POST", "url": "https://h/b", "postData": {"params": [{"name": "a", "value": "b c"}]}}
    text = har(ENTRY, {"request": form})
    assert sample_of_har(text).response == {"id": 1}
    assert sample_of_har(text).body == '{"name": "Ann"}'
    assert sample_of_har(text, entry=1).body == "a=b+c"
    with pytest.raises(UsageError, match="no entry 2"):
        sample_of_har(text, entry=2)
    with pytest.raises(UsageError, match=r"log\.entries is missing"):
        sample_of_har("{}")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(new, [str(argument) for argument in arguments])


def test_the_command_writes_a_file_and_says_what_it_chose(tmp_path: Path) -> None:
    answer, output = tmp_path / "answer.json", tmp_path / "new.json"
    answer.write_text(json.dumps({"status": 200, "elapsed_ms": 9, "body": {"id": "c1", "gone": None}}))
    command = "curl https://h/customers/42 -H 'X-Api-Key: k'"
    result = run("--curl", command, "--response", answer, "--name", "Get", "--category", "CRM", "-o", output)
    assert (result.exit_code, result.stdout) == (0, "")
    trying = f"try: ringback action run {output} --input customerId=42"
    assert result.stderr.splitlines() == [
        'input customerId (string) = "42", from the path after customers',
        "credential xApiKey, from the header X-Api-Key: put its value into the credentials",
        "left out: $.gone, null in the sample, so its type is not known",
        f"wrote {output}; {trying} --credentials FILE.json --upstream FILE.json",
    ]
    action = load_data_action(output.read_text(), file="new.json")
    assert (action.name, action.category, action.timeout) == ("Get", "CRM", 10)
    assert dict(action.response.translation) == {"id": "$.id"}


def test_the_command_prints_the_document_of_a_har_entry(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_text(har(ENTRY))
    result = run("--har", tmp_path / "a.har", "--entry", 0, "--name", "New")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["contract"]["output"]["successSchema"]["properties"] == {
        "id": {"type": "integer"}
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--name", "x"), "say the request once"),
        (("--name", "x", "--curl", "curl h", "--har", "y"), "say the request once"),
        (("--name", "x", "--curl", "curl h"), "the answer is not known"),
        (("--name", "x", "--har", "missing.har"), "there is no file missing.har"),
        (("--curl", "curl h"), "Missing option '--name'"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
