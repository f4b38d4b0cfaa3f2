"""What the CRM is told, retries, and the receiver."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.contacts.webhook import (
    InteractionCreated,
    MemoryIds,
    Receiver,
    headers_of,
    result_of,
    retry_chance,
    retry_delay,
)
from ringback.core.seam import Seam
from ringback.core.signing import Secret, SignatureError, hub_signature

AT = datetime(2025, 6, 2, 10, 0, 0, 123_456, tzinfo=UTC)
NOW = AT.timestamp()
SECRET = Secret.of(bytes(range(32)))
EVENT = InteractionCreated("EXT-1", "conv-1", 42, AT, "voice", compliance_checked=True)


def delivery(webhook_id: str = "msg_1", body: bytes | None = None) -> tuple[dict[str, str], bytes]:
    sent = EVENT.body() if body is None else body
    return headers_of(sent, [SECRET], webhook_id=webhook_id, at=AT), sent


def test_the_body() -> None:
    assert json.loads(EVENT.body()) == {
        "event": "contact_interaction_created",
        "contact_id": "EXT-1",
        "conversation_id": "conv-1",
        "success": True,
        "latency_ms": 42,
        "timestamp": "2025-06-02T10:00:00.123Z",
        "audit_log": {"action": "interaction_initiated", "channel": "voice", "compliance_checked": True},
    }


def test_times_are_told_in_utc() -> None:
    there = InteractionCreated("a", "b", 1, AT.astimezone(timezone(timedelta(hours=2))), "sms", True)
    assert there.to_dict()["timestamp"] == "2025-06-02T10:00:00.123Z"


def test_headers_of_a_try() -> None:
    headers, body = delivery()
    assert headers["content-type"] == "application/json"
    assert headers["webhook-timestamp"] == "1748858400"
    assert headers["X-Hub-Signature-256"] == hub_signature(SECRET, body)
    unsigned = headers_of(body, [], webhook_id="msg_1", at=AT)
    assert set(unsigned) == {"content-type", "webhook-id", "webhook-timestamp"}


def test_a_delivery_is_handled_once() -> None:
    receiver, handled = Receiver([SECRET]), list[Mapping[str, Any]]()
    headers, body = delivery()
    assert receiver.handle(headers, body, now=NOW, action=handled.append) is True
    assert receiver.handle(headers, body, now=NOW, action=handled.append) is False
    other_headers, other = delivery("msg_2")
    assert receiver.handle(other_headers, other, now=NOW, action=handled.append) is True
    assert [event["contact_id"] for event in handled] == ["EXT-1", "EXT-1"]


def test_a_delivery_whose_handling_fails_comes_again() -> None:
    receiver, tries = Receiver([SECRET]), []
    headers, body = delivery()

    def action(_event: Mapping[str, Any]) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("the database is away")

    with pytest.raises(OSError, match="away"):
        receiver.handle(headers, body, now=NOW, action=action)
    assert receiver.handle(headers, body, now=NOW, action=action) is True


def test_a_forged_delivery_does_not_take_the_place_of_the_real_one() -> None:
    receiver = Receiver([SECRET])
    headers, body = delivery()
    with pytest.raises(SignatureError):
        receiver.receive({**headers, "webhook-signature": "v1,AAAA"}, body, now=NOW)
    assert receiver.receive(headers, body, now=NOW).repeated is False


def test_secrets_as_text_and_their_change() -> None:
    headers = headers_of(b"{}", [Secret("old secret")], webhook_id="a", at=AT)
    assert Receiver(["new secret", "old secret"]).receive(headers, b"{}", now=NOW).id == "a"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000], ids=["empty", "list", "cut", "bytes", "deep"]
)
def test_signed_bodies_that_are_no_event(body: bytes) -> None:
    with pytest.raises(SignatureError) as caught:
        Receiver([SECRET]).receive(*delivery(body=body), now=NOW)
    assert caught.value.code == "bad_body"


def test_an_old_delivery_is_refused_within_the_memory() -> None:
    with pytest.raises(SignatureError) as caught:
        Receiver([SECRET], tolerance=10).receive(*delivery(), now=NOW + 11)
    assert caught.value.code == "too_old"


def test_memory_is_bounded() -> None:
    ids = MemoryIds(most=3)
    for name in "abcad":
        ids.add(name)
    assert len(ids) == 3
    assert [ids.has(name) for name in "abcd"] == [True, False, True, True]


@pytest.mark.parametrize(
    ("status", "result"),
    [
        *((status, "delivered") for status in (200, 202, 204)),
        *((status, "retry") for status in (None, 408, 425, 429, 500, 599)),
        *((status, "dead") for status in (100, 301, 400, 401, 404, 410, 600)),
    ],
)
def test_what_an_answer_means(status: int | None, result: str) -> None:
    assert result_of(status) == result


def test_the_schedule_of_a_day() -> None:
    delays, elapsed = list[float](), 0.0
    while (delay := retry_delay(len(delays) + 1, elapsed=elapsed, chance=0.5)) is not None:
        delays.append(delay)
        elapsed += delay
    assert delays[:11] == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600]
    assert set(delays[10:]) == {3600}
    assert 23 * 3600 < elapsed <= 24 * 3600


def test_a_receiver_may_ask_for_time() -> None:
    assert retry_delay(1, elapsed=0, chance=0, retry_after=60) == 60
    assert retry_delay(5, elapsed=0, chance=0.5, retry_after=1) == 80
    assert retry_delay(1, elapsed=0, chance=0, retry_after=86_401) is None


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True), st.floats(0, 86_400))
def test_delays_stay_in_their_bounds(tries: int, chance: float, elapsed: float) -> None:
    delay = retry_delay(tries, elapsed=elapsed, chance=chance)
    if delay is None:
        assert elapsed > 86_400 - 3_600 * 1.2
    else:
        assert 4 <= delay <= 3_600 * 1.2
        assert elapsed + delay <= 86_400


def test_chance_comes_from_the_seam() -> None:
    assert retry_chance(Seam(seed=1), "a", tries=1) == retry_chance(Seam(seed=1), "a", tries=1)
    chances = {
        retry_chance(Seam(seed=seed), name, tries=n) for seed in (1, 2) for name in "ab" for n in (1, 2)
    }
    assert len(chances) == 8
    assert all(0 <= chance < 1 for chance in chances)
