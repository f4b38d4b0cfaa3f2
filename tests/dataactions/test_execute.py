"""Execution in the platform's order, failures as Architect sees them."""

from __future__ import annotations

from typing import Any

import pytest

from ringback.core.policies import Policies
from ringback.dataactions import (
    CannedTransport,
    Integration,
    Report,
    Response,
    TransportFailure,
    TransportTimeout,
    execute,
    prepare,
    response_of,
)
from ringback.dataactions.execute import STEP_NAMES
from tests.dataactions.documents import EXPORT, PLAIN, action_of, changed

BODY = {"customer": {"name": "Alice", "points": 1500}}
INPUT = {"phone": "+15551234567"}


def run(document: dict[str, Any] = EXPORT, *, body: Any = None, **options: Any) -> Report:
    status, inputs = options.pop("status", 200), options.pop("inputs", INPUT)
    answer = response_of(
        {"status": status, "headers": options.pop("headers", {}), "body": BODY if body is None else body}
    )
    transport = CannedTransport([options.pop("reply", answer)])
    return execute(action_of(document), inputs, transport=transport, **options)


def test_a_success_passes_every_step() -> None:
    report = run()
    assert report.status == "success"
    assert report.error is None
    assert report.output == {"name": "Alice", "points": 1500}
    assert report.flattened == {"name": "Alice", "points": 1500}
    assert tuple(operation.name for operation in report.operations) == STEP_NAMES
    assert [operation.step for operation in report.operations] == list(range(1, 14))
    assert STEP_NAMES[9] == "Apply success template"
    assert report.found.request is not None
    assert report.found.request.body == b'{"phoneNumber": "+15551234567"}'


def test_the_report_has_the_shape_of_the_interface() -> None:
    shown = run().to_dict()
    assert list(shown) == [
        "action", "status", "request", "response", "translated", "translated_how", "success_text", "output",
        "flattened", "error", "operations", "duration_ms", "policies",
    ]  # fmt: skip
    assert list(shown["request"]) == ["method", "url", "headers", "body"]
    assert shown["response"] == {"status": 200, "headers": {}, "body": BODY}
    assert shown["translated"] == {"name": '"Alice"', "points": "1500"}
    assert shown["translated_how"]["name"] == {
        "from": "jsonpath", "path": "$.customer.name", "matched_prefix": "$.customer.name",
    }  # fmt: skip
    assert list(shown["operations"][0]) == ["step", "name", "success", "result", "error"]
    assert shown["policies"]["strict_references"] == "success_template"


TEMPLATE = "config.response.successTemplate"
URL = "config.request.requestUrlTemplate"
FAILURES: list[tuple[dict[str, Any], dict[str, Any], str, str, int, str]] = [
    (EXPORT, {"inputs": {}}, "Check input contract", "bad.request", 400,
     'The input does not match its contract: $: "phone" is a required property'),
    (EXPORT, {"inputs": {"phone": 5}}, "Check input contract", "bad.request", 400,
     'The input does not match its contract: $.phone: 5 is not of type "string"'),
    (EXPORT, {"status": 404, "body": {"message": "no such customer"}}, "Read response", "not.found", 404,
     "REST call failed with HTTP status 404: no such customer"),
    (EXPORT, {"status": 503, "body": "busy"}, "Read response", "service.unavailable", 503,
     "REST call failed with HTTP status 503"),
    (EXPORT, {"status": 301, "body": ""}, "Read response", "bad.request", 301,
     "REST call failed with HTTP status 301"),
    (EXPORT, {"body": "<html>"}, "Read response", "bad.request", 400,
     "The response is no JSON (no Content-Type): invalid character; it starts with '<html>'"),
    (EXPORT, {"body": {"customer": {"points": 1}}}, "Apply success template", "bad.request", 400,
     ("Transform failed to process result using 'successTemplate' template due to error:'Variable $name has "
     "not been set at successTemplate[line 1, column 10]'; name: $.customer.name matched up to $.customer")),
    (changed(EXPORT, TEMPLATE, '{"name": ${name},}'), {}, "Parse output", "bad.request", 400,
     "The success template did not give JSON: trailing comma in object at line 1, column 18"),
    (EXPORT, {"body": {"customer": {"name": 5, "points": 1}}}, "Check output contract", "bad.request", 400,
     'The output does not match its contract: $.name: 5 is not of type "string"'),
    (changed(EXPORT, "config.request.headers.X", "${input.phone}"), {"inputs": {"phone": "a\nb"}},
     "Resolve request headers", "bad.request", 400, "Header X holds a line break after rendering"),
    (EXPORT, {"reply": TransportFailure("crm refused the connection", kind="refused")},
     "Execute request", "bad.gateway", 502, "crm refused the connection"),
    (EXPORT, {"reply": TransportFailure("too much", kind="too_large")},
     "Execute request", "response.too.large", 413, "too much"),
    (EXPORT, {"reply": TransportFailure("10.0.0.1", kind="forbidden", hint="allow it")},
     "Execute request", "host.not.allowed", 403, "10.0.0.1 (allow it)"),
    (EXPORT, {"reply": Response(200, {}, b" " * 3_000_000)}, "Read response", "bad.request", 400,
     "The response has 3,000,000 bytes; the limit response_size is 2,097,152"),
    (EXPORT, {"reply": Response(200, {}, b"[" * 100_000)}, "Read response", "bad.request", 400,
     ("The response is no JSON (no Content-Type): JSON nested deeper than 50 levels; "
     f"it starts with '{'[' * 60}'")),
]  # fmt: skip


@pytest.mark.parametrize(("document", "options", "step", "code", "status", "message"), FAILURES)
def test_failures(
    document: dict[str, Any], options: dict[str, Any], step: str, code: str, status: int, message: str
) -> None:
    report = run(document, **options)
    assert report.status == "failure"
    assert report.error is not None
    assert (report.error.error_code, report.error.status, report.error.message) == (code, status, message)
    last = report.operations[-1]
    assert (last.name, last.success, last.error) == (step, False, report.error)
    assert report.flattened == {}
    assert report.to_dict()["error"]["userMessage"]


def test_the_platforms_own_errors_keep_their_words() -> None:
    body = {
        "message": "Queue not found", "code": "not.found", "status": 404, "contextId": "ctx-1",
        "messageParams": {"id": "q1"}, "details": [{"errorCode": "X", "fieldName": "queueId", "more": 1}, {}],
    }  # fmt: skip
    report = run(status=404, body=body, headers={"ININ-Correlation-Id": "corr-1"})
    assert report.error is not None
    assert report.error.to_dict() == {
        "errorCode": "not.found",
        "status": 404,
        "message": "REST call failed with HTTP status 404: Queue not found",
        "userMessage": "Queue not found",
        "userParamsMessage": "Queue not found",
        "userParams": [{"key": "id", "value": "q1"}],
        "correlationId": "corr-1",
        "entityId": "",
        "entityName": "",
        "details": [{"errorCode": "X", "fieldName": "queueId"}],
    }


@pytest.mark.parametrize(
    ("step", "service", "status", "code"),
    [
        (None, None, "timeout", 408),
        (5.0, 20, "timeout", 408),
        (20.0, 5, "failure", 504),
        (None, 5, "timeout", 408),
    ],
)
def test_timeouts_of_the_step_and_of_the_service(
    step: float | None, service: int | None, status: str, code: int
) -> None:
    document = changed(EXPORT, "config.timeoutSeconds", service)
    late = TransportTimeout("no answer", elapsed_ms=5000)
    report = run(document, reply=late, timeout=step)
    assert report.status == status
    assert report.error is not None
    assert (report.error.error_code, report.error.status) == ("request.timeout", code)
    assert report.found.request is not None
    assert report.found.request.timeout == min(step or 60, service or 60)
    assert report.duration_ms >= 5000


def test_a_simulated_answer_that_is_too_late_is_a_timeout() -> None:
    report = run(reply=Response(200, {}, b"{}", elapsed_ms=5001), timeout=5)
    assert report.status == "timeout"


def test_a_get_sends_no_body_and_renders_none() -> None:
    document = changed(
        changed(EXPORT, "config.request.requestType", "GET"), "config.request.requestTemplate", "#if("
    )
    report = run(document)
    assert report.status == "success"
    assert report.to_dict()["request"]["body"] is None


def test_a_native_action_without_body_sends_its_input() -> None:
    report = run(changed(EXPORT, "config.request.requestTemplate", ...))
    assert report.to_dict()["request"]["body"] == '{"phone":"+15551234567"}'


@pytest.mark.parametrize(
    ("policy", "expected"), [("omit", '{"phone":"1"}'), ("null", '{"phone":"1","extra":null}')]
)
def test_inputs_that_are_not_set(policy: str, expected: str) -> None:
    document = changed(EXPORT, "config.request.requestTemplate", "${input.rawRequest}")
    policies = Policies({"not_set_data_action_input": policy})
    report = run(document, inputs={"phone": "1", "extra": None}, policies=policies)
    assert report.to_dict()["request"]["body"] == expected
    assert report.policies["not_set_data_action_input"] == policy


def test_defaults_are_for_paths_that_do_not_resolve() -> None:
    report = run(body={"customer": {"name": "A"}})
    assert report.output == {"name": "A", "points": 0}
    assert report.to_dict()["translated_how"]["points"]["from"] == "default"
    report = run(body={"customer": {"name": "A", "points": None}})
    assert report.status == "failure"
    assert report.to_dict()["translated"]["points"] == "null"


@pytest.mark.parametrize(("choice", "source"), [("use_default", "default"), ("fail", "unresolved")])
def test_illegal_paths(choice: str, source: str) -> None:
    document = changed(EXPORT, "config.response.translationMap.points", "$$.points")
    report = run(document, policies=Policies({"invalid_json_path": choice}))
    assert report.to_dict()["translated_how"]["points"]["from"] == source
    assert report.policies["invalid_json_path"] == choice


@pytest.mark.parametrize(
    ("choice", "output", "status"), [("empty_text", None, "failure"), ("empty_object", {}, "success")]
)
def test_empty_responses(choice: str, output: Any, status: str) -> None:
    document = changed(EXPORT, TEMPLATE, "${rawResult}")
    report = run(document, body="", policies=Policies({"empty_response": choice}))
    assert (report.status, report.output) == (status, output)


@pytest.mark.parametrize(
    ("choice", "status", "text"),
    [
        ("success_template", "failure", '{"name": ${nobody}}'),
        ("never", "failure", '{"name": ${nobody}}'),
        ("always", "failure", None),
    ],
)
def test_strict_references(choice: str, status: str, text: str | None) -> None:
    document = changed(EXPORT, TEMPLATE, '{"name": ${nobody}}')
    if choice == "always":
        document = changed(document, URL, "https://x.example/${input.nobody}")
    report = run(document, policies=Policies({"strict_references": choice}))
    steps = {
        "success_template": "Apply success template",
        "never": "Parse output",
        "always": "Resolve request URL",
    }
    assert (report.status, report.found.success_text) == (status, text)
    assert report.operations[-1].name == steps[choice]


def test_json_inside_a_json_text_is_read_first() -> None:
    report = run(body='"{\\"customer\\": {\\"name\\": \\"A\\", \\"points\\": 1}}"')
    assert report.output == {"name": "A", "points": 1}


def test_a_byte_order_mark_is_no_part_of_the_answer() -> None:
    answer = Response(200, {}, b'\xef\xbb\xbf{"customer": {"name": "Ann"}}')
    report = execute(action_of(EXPORT), {"phone": "1"}, transport=CannedTransport([answer]))
    assert report.output == {"name": "Ann", "points": 0}


def test_a_plain_action_accepts_its_own_statuses() -> None:
    inputs = {"userId": "a b&c", "externalApiKey": "k"}
    body = {"statusCode": 200, "body": {"userName": "John Doe", "userTier": "Gold", "balance": 1500.50}}
    report = run(PLAIN, inputs=inputs, body=body)
    assert report.output == {"userName": "John Doe"}
    assert report.found.url == "https://api.example.com/user-data?userId=a%20b%26c"
    assert report.found.headers == {"Authorization": "Bearer k"}
    assert run(PLAIN, inputs=inputs, status=201, body=body).status == "failure"


def test_a_plain_mapping_that_does_not_match_says_how_far_it_got() -> None:
    inputs = {"userId": "1", "externalApiKey": "k"}
    report = run(PLAIN, inputs=inputs, body={"statusCode": 200, "body": {"user_name": "J"}})
    assert report.error is not None
    assert report.error.message.endswith("; userName: $.body.userName matched up to $.body")
    assert report.error.details[1] == {"errorCode": "ACTION.PROCESSING", "fieldName": "userName"}


@pytest.mark.parametrize(
    ("url", "base", "expected"),
    [
        ("/api/v2/x", "https://api.mypurecloud.ie/", "https://api.mypurecloud.ie/api/v2/x"),
        ("https://x.example/y", "https://api.mypurecloud.ie", "https://x.example/y"),
        ("/api/v2/x", "", "/api/v2/x"),
        ("arn:aws:lambda:us-east-1:1:function:f", "http://127.0.0.1:9000/f", "http://127.0.0.1:9000/f"),
        (None, "http://127.0.0.1:9000/f", "http://127.0.0.1:9000/f"),
    ],
)
def test_base_urls(url: str | None, base: str, expected: str) -> None:
    report = run(changed(EXPORT, URL, url), integration=Integration(base_url=base))
    assert report.found.request is not None
    assert report.found.request.url == expected
    shown = report.to_dict()["request"]
    assert shown["url"] == url
    assert shown.get("resolved_url", expected) == expected


def test_headers_of_the_connection_are_not_sent() -> None:
    headers = {"Transfer-Encoding": "buffered", "Host": "evil", "X-Kept": " 1 "}
    report = run(changed(EXPORT, "config.request.headers", headers))
    assert report.found.request is not None
    assert report.found.request.headers == {"X-Kept": "1", "Content-Type": "application/json"}
    assert report.to_dict()["request"]["headers"] == headers


def test_a_prepared_action_runs_often() -> None:
    prepared = prepare(action_of(EXPORT))
    transport = CannedTransport([response_of({"status": 200, "body": BODY})], repeat=True)
    reports = [execute(prepared, INPUT, transport=transport) for _ in range(3)]
    assert [report.status for report in reports] == ["success"] * 3
