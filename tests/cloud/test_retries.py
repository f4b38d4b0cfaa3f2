"""What is made again, after how long, and what is said in the end; on a real socket, in virtual time."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ringback.cloud import (
    Cloud,
    CloudError,
    Conflict,
    Limits,
    NoAnswer,
    OutcomeUnknown,
    RateLimited,
    ServerFailed,
    VirtualClock,
    Wait,
)
from ringback.core.seam import Seam
from ringback.dataactions.faults import Fault, FaultKind, FaultyTransport
from ringback.dataactions.transport import CannedTransport, Response, TransportFailure
from tests.cloud.servers import LOST, RESET, Platform, Reply, client, platform, refusal

PATH = "/api/v2/things"
SAFE, UNSAFE = ("GET", "HEAD", "PUT", "DELETE"), ("POST", "PATCH")
LIMITED = (
    "too.many.requests.retry.after",
    "Rate limit exceeded the maximum. Retry the request in [42] seconds",
)


def call(cloud: Cloud, method: str, **more: Any) -> Any:
    body = {"name": "x"} if method in ("POST", "PUT", "PATCH") else None
    return cloud.request(method, PATH, body=body, **more)


@pytest.mark.parametrize("method", SAFE + UNSAFE)
def test_retry_after_is_honoured_to_the_second_by_every_method(
    server: Platform, cloud: Cloud, clock: VirtualClock, method: str
) -> None:
    server.script[method, PATH] = [refusal(429, *LIMITED, retry_after=42), refusal(429, retry_after=1)]
    answer = call(cloud, method)
    assert clock.slept == [42.0, 1.0]
    assert (answer.status, answer.tries, answer.unknown_before) == (200, 3, False)
    assert len(server.done) == 2  # the login and the call


def test_without_retry_after_the_wait_doubles_with_jitter(server: Platform, clock: VirtualClock) -> None:
    server.script["GET", PATH] = [refusal(429)] * 7
    with client(server, clock) as cloud:
        cloud.get(PATH)
    for wait, middle in zip(clock.slept, (1, 2, 4, 8, 16, 30, 30), strict=True):
        assert 0.75 * middle <= wait <= 1.25 * middle
        assert wait != middle
    again = VirtualClock(Seam(seed=1))
    server.script["GET", PATH] = [refusal(429)] * 7
    with client(server, again) as cloud:
        cloud.get(PATH)
    assert again.slept != clock.slept


@pytest.mark.parametrize("text", ["soon", "-1", "1.5", "", "Wed, 21 Oct 2026 07:28:00 GMT", "9" * 30])
def test_a_retry_after_that_is_no_whole_number_is_no_advice(
    server: Platform, cloud: Cloud, clock: VirtualClock, text: str
) -> None:
    server.script["POST", PATH] = [refusal(429, retry_after=text)]
    assert call(cloud, "POST").tries == 2
    assert 0.75 <= clock.slept[0] <= 1.25


def test_a_rate_limit_to_the_end(server: Platform, cloud: Cloud) -> None:
    server.script["POST", PATH] = [refusal(429, *LIMITED, retry_after=2)] * 20
    with pytest.raises(RateLimited) as caught:
        call(cloud, "POST")
    error = caught.value
    assert (error.status, error.tries, error.retry_after) == (429, 8, 2)
    assert error.message == (
        f"POST {server.url}{PATH}: 429 {LIMITED[0]}: {LIMITED[1]}, after 8 tries "
        "[ININ-Correlation-Id correlation-429]"
    )
    assert error.hint == "try again in 2 s, or with fewer calls at a time"
    assert error.exit_code == 3


def test_a_wait_that_does_not_fit_is_not_begun(server: Platform, cloud: Cloud, clock: VirtualClock) -> None:
    server.script["GET", PATH] = [refusal(429, retry_after=200), refusal(429, retry_after=101)]
    with pytest.raises(RateLimited) as caught:
        cloud.get(PATH)
    assert clock.slept == [200.0]
    assert caught.value.hint == (
        "the platform asks to come back in 101 s; the limit cloud_retry_time is 300 s"
    )


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
@pytest.mark.parametrize("method", SAFE)
def test_a_failed_server_is_asked_again(server: Platform, cloud: Cloud, method: str, status: int) -> None:
    server.script[method, PATH] = [refusal(status)] * 3
    answer = call(cloud, method)
    assert (answer.status, answer.tries) == (200, 4)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
@pytest.mark.parametrize("method", UNSAFE)
def test_a_failed_server_may_have_made_the_change(
    server: Platform, cloud: Cloud, clock: VirtualClock, method: str, status: int
) -> None:
    server.script[method, PATH] = [refusal(status, "some.code", "It failed")]
    with pytest.raises(OutcomeUnknown) as caught:
        call(cloud, method)
    assert caught.value.status == status
    assert "the outcome is unknown: " in caught.value.message
    assert f"{status} some.code: It failed" in caught.value.message
    assert caught.value.hint == "look whether the change was made before you send it again"
    assert (len(server.calls(PATH)), clock.slept) == (1, [])


def test_a_503_says_when(server: Platform, cloud: Cloud, clock: VirtualClock) -> None:
    server.script["GET", PATH] = [refusal(503, retry_after=13)]
    assert cloud.get(PATH).tries == 2
    assert clock.slept == [13.0]


@pytest.mark.parametrize("method", SAFE + UNSAFE)
def test_501_is_an_answer(server: Platform, cloud: Cloud, clock: VirtualClock, method: str) -> None:
    server.script[method, PATH] = [refusal(501, "not.implemented", "No such thing")]
    with pytest.raises(ServerFailed, match="501") as caught:
        call(cloud, method)
    assert caught.value.hint == "this platform does not have the operation"
    assert clock.slept == []


@pytest.mark.parametrize("broken", [RESET, LOST], ids=["reset", "lost"])
@pytest.mark.parametrize("method", SAFE)
def test_a_broken_connection_is_made_again(
    server: Platform, cloud: Cloud, method: str, broken: Reply
) -> None:
    server.script[method, PATH] = [broken]
    answer = call(cloud, method)
    assert (answer.status, answer.tries, answer.unknown_before) == (200, 2, True)


@pytest.mark.parametrize("broken", [RESET, LOST], ids=["reset", "lost"])
@pytest.mark.parametrize("method", UNSAFE)
def test_a_lost_reply_makes_no_second_change(
    server: Platform, cloud: Cloud, clock: VirtualClock, method: str, broken: Reply
) -> None:
    server.script[method, PATH] = [broken]
    with pytest.raises(OutcomeUnknown) as caught:
        call(cloud, method)
    assert len(server.calls(PATH)) == 1
    assert clock.slept == []
    assert (caught.value.status, caught.value.code, caught.value.correlation_id) == (0, "", "")
    assert caught.value.message.startswith(
        f"{method} {server.url}{PATH}: the outcome is unknown: the connection"
    )


@pytest.mark.parametrize("method", UNSAFE)
def test_a_call_that_may_be_repeated_is(server: Platform, cloud: Cloud, method: str) -> None:
    server.script[method, PATH] = [LOST, refusal(502), RESET]
    answer = call(cloud, method, repeatable=True)
    assert (answer.status, answer.tries, answer.unknown_before) == (200, 4, True)


def test_a_put_that_must_not_be_repeated_is_not(server: Platform, cloud: Cloud) -> None:
    server.script["PUT", PATH] = [LOST]
    with pytest.raises(OutcomeUnknown):
        call(cloud, "PUT", repeatable=False)


def test_a_slow_answer(server: Platform, clock: VirtualClock) -> None:
    slow = Reply(200, {}, wait=0.6)
    server.script["GET", PATH], server.script["POST", PATH] = [slow], [slow]
    with client(server, clock, limits=Limits(cloud_answer_time=0.2)) as cloud:
        assert call(cloud, "GET").tries == 2
        with pytest.raises(OutcomeUnknown, match="did not answer in time"):
            call(cloud, "POST")


def test_a_connection_that_never_works(server: Platform, cloud: Cloud) -> None:
    server.script["GET", PATH] = [RESET] * 20
    with pytest.raises(NoAnswer, match=r"broke off.*after 8 tries"):
        cloud.get(PATH)
    assert len(server.calls(PATH)) == 8
    server.script["PUT", PATH] = [LOST] * 20
    with pytest.raises(NoAnswer) as caught:
        call(cloud, "PUT")
    assert caught.value.hint == "the change may have been made; the same call may safely be made again"


def test_nobody_there_ends_soon_for_every_method(clock: VirtualClock) -> None:
    told: list[Wait] = []
    with Platform() as gone:
        pass
    with client(gone, clock, access_token="given", on_wait=told.append) as cloud:
        for method in SAFE + UNSAFE:
            with pytest.raises(NoAnswer, match=r"refused the connection.*after 3 tries") as caught:
                call(cloud, method)
            assert caught.value.hint == "check the region or base URL, the network and the proxy"
    assert len(clock.slept) == 2 * 6
    assert (told[0].method, told[0].path, told[0].tries) == ("GET", f"{gone.url}{PATH}", 1)
    assert "refused the connection" in told[0].reason
    assert [wait.seconds for wait in told] == clock.slept


def test_a_host_that_answered_once_is_waited_for(clock: VirtualClock) -> None:
    with Platform() as idle:
        pass
    refused = TransportFailure("refused the connection", kind="refused")
    replies = [Response(200), Response(503), *[refused] * 5, Response(200), *[refused] * 8]
    with client(idle, clock, access_token="given", transport=CannedTransport(replies)) as cloud:
        assert cloud.get(PATH).tries == 1
        assert cloud.get(PATH).tries == 7
        with pytest.raises(NoAnswer, match="after 8 tries"):
            cloud.post(PATH, {})


def test_a_name_that_does_not_resolve(clock: VirtualClock) -> None:
    settings = {"base_url": "https://no-such-host.invalid", "access_token": "given"}
    found = pytest.raises(NoAnswer, match=r"no-such-host.invalid does not resolve")
    with Platform() as unused, client(unused, clock, **settings) as cloud, found:
        cloud.post(PATH, {})
    assert len(clock.slept) == 2


def test_https_to_a_server_without_it_is_not_tried_again(server: Platform, clock: VirtualClock) -> None:
    address = server.url.replace("http:", "https:")
    found = pytest.raises(NoAnswer, match="failed the TLS handshake")
    with client(server, clock, base_url=address, access_token="given") as cloud, found:
        cloud.get(PATH)
    assert clock.slept == []


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path, clock: VirtualClock) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    try:
        files = ["-keyout", str(key), "-out", str(certificate)]
        subprocess.run([*request, *files], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    refused = pytest.raises(NoAnswer, match=r"failed the TLS handshake.*certificate")
    with platform(context) as server, client(server, clock) as cloud, refused:
        cloud.post(PATH, {})
    assert (server.seen, clock.slept) == ([], [])


def test_a_deleted_thing_is_gone(server: Platform, cloud: Cloud) -> None:
    server.script["DELETE", PATH] = [LOST, refusal(404, "not.found")]
    answer = cloud.delete(PATH)
    assert (answer.status, answer.tries, answer.unknown_before) == (404, 2, True)
    server.script["DELETE", PATH] = [refusal(503, retry_after=1), refusal(410)]
    assert cloud.delete(PATH).status == 410
    server.script["DELETE", PATH] = [refusal(429), refusal(404, "not.found")]
    with pytest.raises(CloudError, match=r"404 not\.found"):
        cloud.delete(PATH)


def test_a_conflict_with_oneself_is_told(server: Platform, cloud: Cloud) -> None:
    server.script["PUT", PATH] = [LOST, refusal(409, "conflict", "The version has moved on")]
    with pytest.raises(Conflict) as caught:
        call(cloud, "PUT")
    assert caught.value.exchange.unknown_before
    assert "an earlier try of this call had no answer and may have made the change" in caught.value.hint
    server.script["PUT", PATH] = [refusal(409, "conflict", "The version has moved on")]
    with pytest.raises(Conflict) as caught:
        call(cloud, "PUT")
    assert caught.value.hint.startswith("read the object again")


def test_an_answer_that_is_too_large(server: Platform) -> None:
    limits = Limits(cloud_answer_size=1000)
    for method, error in (("GET", NoAnswer), ("POST", OutcomeUnknown)):
        server.script[method, PATH] = [Reply(200, b"x" * 1001), Reply(200, b"x" * 1000)]
        with client(server, limits=limits) as cloud:
            with pytest.raises(error, match="cloud_answer_size of 1,000 bytes"):
                call(cloud, method)
            assert len(call(cloud, method).body) == 1000


@pytest.mark.parametrize("kind", ["lost", "timeout", "reset", "truncated"])
def test_the_faults_of_data_actions_work_here_too(server: Platform, kind: FaultKind) -> None:
    inner = CannedTransport([Response(201, {}, b'{"id": "1"}')], repeat=True)
    transport = FaultyTransport(inner, Fault(kind))
    with client(server, transport=transport, access_token="t") as cloud, pytest.raises(OutcomeUnknown):
        cloud.post(PATH, {})
    assert len(transport.requests) == 1


def test_a_plain_call_is_one_login_and_one_request(server: Platform, cloud: Cloud) -> None:
    assert cloud.get(PATH).tries == 1
    assert [seen.path for seen in server.seen] == ["/oauth/token", PATH]
