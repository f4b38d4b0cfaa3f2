"""Failure injection."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from ringback.core.errors import UsageError
from ringback.dataactions import (
    CannedTransport,
    Request,
    Response,
    TransportFailure,
    TransportTimeout,
    execute,
)
from ringback.dataactions.faults import Fault, FaultyTransport, canned, parse_fault, transport_of
from tests.dataactions.documents import EXPORT, action_of

SPECS = [
    ("status:503", Fault("status", 503)),
    ("status:429:2", Fault("status", 429, retry_after=2)),
    ("timeout", Fault("timeout")),
    ("slow:2s", Fault("slow", delay_ms=2000)),
    ("slow:1.5s", Fault("slow", delay_ms=1500)),
    ("slow:800ms", Fault("slow", delay_ms=800)),
    ("slow:lognormal:800ms:0.5", Fault("slow", delay_ms=800, sigma=0.5)),
    ("reset", Fault("reset")),
    ("truncated", Fault("truncated")),
    ("malformed", Fault("malformed")),
    ("empty", Fault("empty")),
    ("lost", Fault("lost")),
]


@pytest.mark.parametrize(("spec", "fault"), SPECS)
def test_specifications(spec: str, fault: Fault) -> None:
    assert parse_fault(spec) == fault


@pytest.mark.parametrize(
    "spec",
    ["", "status", "status:abc", "status:99", "slow", "slow:2", "slow:lognormal:2s", "timeout:1", "explode"],
)
def test_unknown_specifications(spec: str) -> None:
    with pytest.raises(UsageError, match="is no fault") as caught:
        parse_fault(spec)
    assert "status:503" in caught.value.hint


GOOD = Response(200, {"Content-Type": "application/json"}, b'{"customer": {"name": "A", "points": 1}}')
OUTCOMES: list[tuple[str, str, str, int, int]] = [
    ("status:503", "failure", "injected.503", 503, 0),
    ("status:429:2", "failure", "injected.429", 429, 0),
    ("timeout", "timeout", "request.timeout", 408, 0),
    ("slow:1s", "success", "", 200, 1),
    ("slow:61s", "timeout", "request.timeout", 408, 1),
    ("reset", "failure", "bad.gateway", 502, 0),
    ("truncated", "failure", "bad.gateway", 502, 1),
    ("malformed", "failure", "bad.request", 400, 1),
    ("empty", "failure", "bad.request", 400, 1),
    ("lost", "failure", "bad.gateway", 502, 1),
]


@pytest.mark.parametrize(("spec", "status", "code", "http", "worked"), OUTCOMES)
def test_what_an_action_makes_of_a_fault(spec: str, status: str, code: str, http: int, worked: int) -> None:
    inner = CannedTransport([GOOD], repeat=True)
    report = execute(action_of(EXPORT), {"phone": "1"}, transport=FaultyTransport(inner, parse_fault(spec)))
    assert report.status == status
    assert len(inner.requests) == worked
    if report.error is not None:
        assert (report.error.error_code, report.error.status) == (code, http)


def test_time_is_virtual_unless_a_sleep_is_given() -> None:
    waits: list[float] = []
    transport = FaultyTransport(
        CannedTransport([GOOD], repeat=True), Fault("slow", delay_ms=250), sleep=waits.append
    )
    assert transport.send(Request("GET", "/")).elapsed_ms == 250
    with pytest.raises(TransportTimeout) as caught:
        transport.send(Request("GET", "/", timeout=0.1))
    assert caught.value.elapsed_ms == 100
    assert waits == [0.25, 0.1]


def test_lognormal_delays_are_reproducible() -> None:
    def delays(seed: int) -> list[float]:
        inner = CannedTransport([GOOD], repeat=True)
        transport = FaultyTransport(
            inner, parse_fault("slow:lognormal:800ms:0.5"), random=random.Random(seed)
        )
        return [transport.send(Request("GET", "/")).elapsed_ms for _ in range(200)]

    first = delays(1)
    assert first == delays(1) != delays(2)
    assert 600 < sorted(first)[100] < 1000


def test_retry_after() -> None:
    transport = FaultyTransport(CannedTransport([]), Fault("status", 429, retry_after=2))
    response = transport.send(Request("GET", "/"))
    assert (response.status, response.header("retry-after")) == (429, "2")


REPLIES: list[tuple[str, Any, Response]] = [
    ("a.json", {"status": 201, "headers": {"X": 1}, "body": {"a": 1}}, Response(201, {"X": "1"}, b'{"a":1}')),
    ("a.json", {"body": "text"}, Response(200, {}, b"text")),
    ("a.json", {"customer": 1}, Response(200, {}, b'{"customer":1}')),
    ("a.json", [1], Response(200, {}, b"[1]")),
]


@pytest.mark.parametrize(("spec", "document", "expected"), REPLIES)
def test_replies_from_files(spec: str, document: Any, expected: Response) -> None:
    transport = transport_of(spec, read=lambda _: json.dumps(document))
    assert transport.send(Request("GET", "/")) == expected
    assert transport.send(Request("GET", "/")) == expected


def test_replies_from_faults() -> None:
    with pytest.raises(TransportFailure) as caught:
        transport_of("lost", read=str).send(Request("GET", "/"))
    assert caught.value.kind == "lost"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "up.json is no JSON: Input data was truncated at line 1, column 2"),
        ('{"status": "200"}', "up.json: status must be an integer from 100 to 599, not '200'"),
        ('{"status": 200, "headers": []}', None),
        ('{"status": 200, "headers": ["a"]}', "up.json: headers must be an object of texts"),
    ],
)
def test_files_that_hold_no_reply(text: str, message: str | None) -> None:
    if message is None:
        assert canned(text, name="up.json").status == 200
        return
    with pytest.raises(UsageError) as caught:
        canned(text, name="up.json")
    assert caught.value.message == message


def test_canned_replies_that_nobody_used_are_counted() -> None:
    transport = CannedTransport([GOOD, GOOD, TransportTimeout("late")])
    assert transport.unused == 3
    transport.send(Request("GET", "/"))
    assert transport.unused == 2
    transport.send(Request("GET", "/"))
    with pytest.raises(TransportTimeout):
        transport.send(Request("GET", "/"))
    with pytest.raises(TransportFailure, match="no canned reply left for GET /x") as caught:
        transport.send(Request("GET", "/x"))
    assert (caught.value.kind, transport.unused) == ("no_reply", 0)
