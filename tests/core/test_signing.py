"""Signatures of webhooks: known answers, what is refused, and that nothing else passes."""

from __future__ import annotations

import base64
import doctest

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ringback.core import signing
from ringback.core.errors import UsageError
from ringback.core.signing import (
    Secret,
    SignatureError,
    hub_signature,
    sign,
    standard_signature,
    verify,
    verify_hub,
)

NOW = 1_750_000_000
OLD, NEW = Secret.of(b"o" * 32), Secret.of(b"n" * 32)
BODY = b'{"event":"contact_interaction_created"}'


def test_examples_run() -> None:
    assert doctest.testmod(signing).failed == 0


def test_known_answer_of_standard_webhooks() -> None:
    # The example that the standard's own libraries test.
    secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signature = standard_signature(
        secret, b'{"test": 2432232314}', webhook_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


# RFC 4231, test case 2; the second is the one that encyclopaedias print.
HUB_ANSWERS = [
    (
        "Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        "key",
        b"The quick brown fox jumps over the lazy dog",
        "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8",
    ),
]


@pytest.mark.parametrize(("secret", "body", "digest"), HUB_ANSWERS)
def test_known_answers_of_hub_signatures(secret: str, body: bytes, digest: str) -> None:
    header = hub_signature(Secret(secret), body)
    assert header == "sha256=" + base64.b64encode(bytes.fromhex(digest)).decode()


def test_all_headers_of_a_try() -> None:
    headers = sign(BODY, [NEW, OLD], webhook_id="msg_1", timestamp=NOW)
    assert list(headers) == ["webhook-id", "webhook-timestamp", "webhook-signature", "X-Hub-Signature-256"]
    assert headers["webhook-timestamp"] == str(NOW)
    assert len(headers["webhook-signature"].split(" ")) == 2
    assert headers["X-Hub-Signature-256"] == hub_signature(NEW, BODY)
    assert "X-Hub-Signature-256" not in sign(BODY, [NEW], webhook_id="msg_1", timestamp=NOW, hub=False)


@pytest.mark.parametrize("known", [[OLD], [NEW], [NEW, OLD]], ids=["old", "new", "both"])
def test_either_side_may_change_its_secret_first(known: list[Secret]) -> None:
    headers = sign(BODY, [NEW, OLD], webhook_id="msg_1", timestamp=NOW)
    assert verify(headers, BODY, secrets=known, now=NOW) == "msg_1"
    verify_hub(hub_signature(known[0], BODY), BODY, secrets=[NEW, OLD])


def test_names_of_headers_in_any_case() -> None:
    headers = {
        name.title(): value for name, value in sign(BODY, [NEW], webhook_id="a", timestamp=NOW).items()
    }
    assert verify(headers, BODY, secrets=[NEW], now=NOW) == "a"


REFUSED = [
    ({"webhook-id": ""}, 0, "missing_header", "the header webhook-id is missing"),
    ({"webhook-timestamp": " "}, 0, "missing_header", "the header webhook-timestamp is missing"),
    ({"webhook-signature": ""}, 0, "missing_header", "the header webhook-signature is missing"),
    ({"webhook-id": "a.b"}, 0, "bad_id", "webhook-id has no legal form"),
    ({"webhook-id": "msg_2"}, 0, "no_match", "no secret gives this signature"),
    ({"webhook-timestamp": "1e9"}, 0, "bad_timestamp", "webhook-timestamp is no number of seconds"),
    ({"webhook-timestamp": "-1"}, 0, "bad_timestamp", "webhook-timestamp is no number of seconds"),
    ({"webhook-timestamp": str(NOW + 1)}, 0, "no_match", "no secret gives this signature"),
    ({}, 301, "too_old", "the delivery was signed 301 s ago"),
    ({}, -301, "too_new", "the delivery is dated 301 s ahead"),
    ({"webhook-signature": "v2,abc"}, 0, "no_match", "no secret gives this signature"),
    ({"webhook-signature": "v1,é v1, v1"}, 0, "no_match", "no secret gives this signature"),
]


@pytest.mark.parametrize(("changed", "late", "code", "message"), REFUSED)
def test_refused(changed: dict[str, str], late: int, code: str, message: str) -> None:
    headers = sign(BODY, [NEW], webhook_id="msg_1", timestamp=NOW) | changed
    with pytest.raises(SignatureError) as caught:
        verify(headers, BODY, secrets=[NEW], now=NOW + late)
    assert (caught.value.code, caught.value.message) == (code, message)


@pytest.mark.parametrize("late", [-300, 0, 300])
def test_tolerance(late: int) -> None:
    headers = sign(BODY, [NEW], webhook_id="msg_1", timestamp=NOW)
    assert verify(headers, BODY, secrets=[NEW], now=NOW + late) == "msg_1"


@pytest.mark.parametrize("header", [None, "", "sha256=", "sha256=deadbeef", "sha1=abc", "é"])
def test_hub_signatures_that_are_refused(header: str | None) -> None:
    with pytest.raises(SignatureError):
        verify_hub(header, BODY, secrets=[NEW])


def test_a_verifier_without_secrets_trusts_nobody() -> None:
    with pytest.raises(SignatureError):
        verify(sign(BODY, [NEW], webhook_id="a", timestamp=NOW), BODY, secrets=[], now=NOW)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the secret of a webhook is empty"),
        ("  ", "the secret of a webhook is empty"),
        ("whsec_", "what follows whsec_ in a webhook's secret is no base64"),
        ("whsec_not base64!", "what follows whsec_ in a webhook's secret is no base64"),
    ],
)
def test_secrets_that_are_none(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Secret(text)


@pytest.mark.parametrize("size", [23, 65])
def test_random_secrets_have_the_length_of_the_standard(size: int) -> None:
    with pytest.raises(UsageError, match="24 to 64 bytes"):
        Secret.of(bytes(size))


def test_a_secret_does_not_show_itself() -> None:
    assert "open sesame" not in f"{Secret('open sesame')} {Secret('open sesame')!r}"


@pytest.mark.parametrize("webhook_id", ["", "a.b", "a b", "a\r\nb", "x" * 256])
def test_ids_that_cannot_be_signed(webhook_id: str) -> None:
    with pytest.raises(UsageError):
        sign(BODY, [NEW], webhook_id=webhook_id, timestamp=NOW)


@pytest.mark.parametrize("timestamp", [-1, 10**12])
def test_times_that_cannot_be_signed(timestamp: int) -> None:
    with pytest.raises(UsageError):
        sign(BODY, [NEW], webhook_id="a", timestamp=timestamp)


def test_nothing_is_signed_without_a_secret() -> None:
    with pytest.raises(UsageError):
        sign(BODY, [], webhook_id="a", timestamp=NOW)


ids = st.from_regex(r"[A-Za-z0-9_\-]{1,40}", fullmatch=True)
secrets = st.one_of(
    st.binary(min_size=24, max_size=64).map(Secret.of),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
    .filter(lambda text: text.strip() and not text.startswith("whsec_"))
    .map(Secret),
)


@given(st.binary(), st.lists(secrets, min_size=1, max_size=3), ids, st.integers(0, 10**11))
def test_what_is_signed_verifies(body: bytes, known: list[Secret], webhook_id: str, at: int) -> None:
    headers = sign(body, known, webhook_id=webhook_id, timestamp=at)
    assert verify(headers, body, secrets=known[-1:], now=at) == webhook_id
    verify_hub(headers["X-Hub-Signature-256"], body, secrets=known)


@given(st.binary(), st.binary(), secrets, secrets)
def test_nothing_else_verifies(body: bytes, other: bytes, secret: Secret, another: Secret) -> None:
    assume(body != other)
    assume(secret.key.rstrip(b"\0") != another.key.rstrip(b"\0"))  # HMAC pads keys with zeros
    headers = sign(body, [secret], webhook_id="a", timestamp=NOW)
    for given_body, given_secret in ((other, secret), (body, another)):
        with pytest.raises(SignatureError):
            verify(headers, given_body, secrets=[given_secret], now=NOW)


@given(st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text()))
def test_any_headers_end_in_a_clear_error(headers: dict[str, str]) -> None:
    with pytest.raises(SignatureError):
        verify(headers, BODY, secrets=[NEW], now=NOW)
