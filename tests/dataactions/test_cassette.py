"""Recording and replay, secrets removed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringback.core.errors import UsageError
from ringback.dataactions import (
    CannedTransport,
    Request,
    Response,
    TransportFailure,
    TransportTimeout,
)
from ringback.dataactions.cassette import RecordingTransport, ReplayTransport
from ringback.dataactions.hosts import HostPolicy
from ringback.dataactions.live import HttpTransport
from ringback.dataactions.secrets import Secrets
from tests.dataactions.servers import http_server, json_answer

SECRETS = Secrets.of(["top-secret"])


def test_a_recording_of_a_real_server_replays() -> None:
    request = Request("POST", "", {"Authorization": "Bearer top-secret"}, b'{"key": "top-secret", "n": 1}')
    answer = {"token": "top-secret", "access_token": "other", "n": 1.5}
    with http_server(json_answer(answer)) as server, HttpTransport(HostPolicy(loopback=True)) as live:
        recorder = RecordingTransport(live, SECRETS)
        request = Request("POST", f"{server.url}/x?key=top-secret", request.headers, request.body)
        assert json.loads(recorder.send(request).body) == answer
    text = json.dumps(recorder.to_dict())
    assert "top-secret" not in text
    assert "other" not in text
    replay = ReplayTransport(json.loads(text), secrets=SECRETS)
    response = replay.send(request)
    assert response.status == 200
    assert json.loads(response.body) == {"token": "***", "access_token": "***", "n": 1.5}
    assert replay.unused == 0
    with pytest.raises(TransportFailure, match="no recorded answer for POST") as caught:
        replay.send(request)
    assert (caught.value.kind, caught.value.hint) == ("no_reply", "every recorded answer is used")


def test_secrets_that_turn_up_in_the_run_are_removed_too() -> None:
    recorder = RecordingTransport(CannedTransport([Response(200, {}, b'{"echo": "late-secret"}')]), SECRETS)
    recorder.send(Request("GET", "https://x.example/late-secret"))
    assert "late-secret" not in json.dumps(recorder.to_dict(Secrets.of(["late-secret"])))


BODIES = [b"", b"plain text", b'{"a":[1,2.5,null]}', b'"text"', b"\x00\xff\xfe", "ü".encode()]


@pytest.mark.parametrize("body", BODIES)
def test_bodies_come_back_as_they_were(body: bytes) -> None:
    recorder = RecordingTransport(CannedTransport([Response(200, {"X": "1"}, body, 12.5)]), SECRETS)
    recorder.send(Request("GET", "https://x.example/"))
    replay = ReplayTransport(json.loads(json.dumps(recorder.to_dict())), secrets=SECRETS)
    assert replay.send(Request("GET", "https://x.example/")) == Response(200, {"X": "1"}, body, 12.5)


def test_failures_are_recorded() -> None:
    replies = [TransportTimeout("late", elapsed_ms=100), TransportFailure("gone", kind="reset")]
    recorder = RecordingTransport(CannedTransport(replies), SECRETS)
    for kind in (TransportTimeout, TransportFailure):
        with pytest.raises(kind):
            recorder.send(Request("GET", "https://x.example/"))
    replay = ReplayTransport(recorder.to_dict(), secrets=SECRETS)
    with pytest.raises(TransportTimeout, match="late") as late:
        replay.send(Request("GET", "https://x.example/"))
    with pytest.raises(TransportFailure, match="gone") as gone:
        replay.send(Request("GET", "https://x.example/"))
    assert (late.value.elapsed_ms, gone.value.kind) == (100, "reset")


def test_a_request_that_was_not_recorded_names_the_nearest() -> None:
    recorder = RecordingTransport(CannedTransport([Response(200)]), SECRETS)
    recorder.send(Request("POST", "https://x.example/", {}, b"{}"))
    replay = ReplayTransport(recorder.to_dict(), secrets=SECRETS)
    with pytest.raises(TransportFailure) as caught:
        replay.send(Request("GET", "https://x.example/"))
    assert caught.value.hint == "an answer for this URL is there, with another method or body"
    with pytest.raises(TransportFailure) as caught:
        replay.send(Request("GET", "https://y.example/"))
    assert caught.value.hint == "1 recorded answers are left"
    assert replay.unused == 1


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"version": 2, "interactions": []},
        {"version": 1, "interactions": [{"request": {}}]},
        {"version": 1},
    ],
)
def test_documents_that_are_no_cassette(document: Any) -> None:
    with pytest.raises(UsageError, match="cassette"):
        ReplayTransport(document, secrets=SECRETS)
