"""Live HTTP against real loopback servers, well behaved and hostile."""

from __future__ import annotations

import contextlib
import gzip
import json
import resource
import socket
import ssl
import struct
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ringback.dataactions import execute, load_data_action
from ringback.dataactions.hosts import HostPolicy
from ringback.dataactions.live import HttpTransport
from ringback.dataactions.transport import MAX_RESPONSE_BYTES, Request, TransportFailure, TransportTimeout
from tests.dataactions.servers import http_server, json_answer, raw_server, read_request

LOCAL = HostPolicy(loopback=True)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def send(url: str, *, timeout: float = 5, policy: HostPolicy = LOCAL, **fields: Any):
    with HttpTransport(policy) as transport:
        return transport.send(Request(fields.pop("method", "GET"), url, timeout=timeout, **fields))


def failing() -> Any:
    return pytest.raises(TransportFailure)


def test_a_request_arrives_as_it_was_rendered() -> None:
    with http_server(json_answer({"ok": True}, 201)) as server:
        response = send(
            f"{server.url}/a b/ü?q=1 2&r=%20",
            method="POST",
            headers={"X-Key": "kö", "Content-Type": "application/json"},
            body=b'{"a": 1}',
        )
    asked = server.requests[0]
    assert (response.status, json.loads(response.body)) == (201, {"ok": True})
    assert response.elapsed_ms > 0
    assert asked["method"] == "POST"
    assert asked["path"] == "/a%20b/%C3%BC?q=1%202&r=%20"
    assert asked["body"] == '{"a": 1}'
    assert asked["headers"]["content-type"] == "application/json"
    assert asked["headers"]["user-agent"] == "ringback"


def test_connections_are_reused() -> None:
    with http_server(json_answer({})) as server, HttpTransport(LOCAL) as transport:
        for _ in range(3):
            transport.send(Request("GET", server.url))
    assert len({asked["peer"] for asked in server.requests}) == 1


def test_compressed_answers_are_read() -> None:
    body = gzip.compress(b'{"a":1}')
    with http_server(lambda _: (200, {"Content-Encoding": "gzip"}, body)) as server:
        assert send(server.url).body == b'{"a":1}'


def test_a_compressed_answer_cannot_grow_without_bound() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    with http_server(lambda _: (200, {"Content-Encoding": "gzip"}, bomb)) as server, failing() as caught:
        send(server.url)
    assert caught.value.kind == "too_large"


def test_an_answer_that_is_not_compressed_as_it_says() -> None:
    with http_server(lambda _: (200, {"Content-Encoding": "gzip"}, b"abcde")) as server, failing() as caught:
        send(server.url)
    assert (caught.value.kind, caught.value.message) == ("protocol", "the answer is no gzip, as it says")


def test_a_redirect_to_nowhere() -> None:
    with http_server(lambda _: (302, {"Location": "http://[::1/"}, b"")) as server, failing() as caught:
        send(server.url)
    found = caught.value
    assert (found.kind, found.message) == ("redirect", "a redirect to 'http://[::1/', which is no URL")


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("/relative", "url"),
        ("ftp://example.com/x", "url"),
        ("http://127.0.0.1:1/", "refused"),
        ("http://no-such-host.invalid/", "dns"),
    ],
)
def test_addresses_that_cannot_be_reached(url: str, kind: str) -> None:
    with pytest.raises(TransportFailure) as caught:
        send(url)
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("policy", "host", "allowed"),
    [
        (HostPolicy(), "127.0.0.1", False),
        (HostPolicy(), "localhost", False),
        (HostPolicy(loopback=True), "localhost", True),
        (HostPolicy(allow=("localhost",)), "localhost", True),
        (HostPolicy(allow=("127.0.0.0/8",)), "127.0.0.1", True),
        (HostPolicy(allow=("10.0.0.0/8",)), "127.0.0.1", False),
    ],
)
def test_the_host_policy_holds_at_connect_time(policy: HostPolicy, host: str, allowed: bool) -> None:
    with http_server(json_answer({})) as server:
        url = server.url.replace("127.0.0.1", host)
        if allowed:
            assert send(url, policy=policy).status == 200
        else:
            with pytest.raises(TransportFailure, match="loopback address, which is not allowed") as caught:
                send(url, policy=policy)
            assert caught.value.kind == "forbidden"
            assert f"--allow-host {host}" in caught.value.hint
    assert len(server.requests) == allowed


def test_a_production_address_is_routed_to_a_local_server() -> None:
    with http_server(json_answer({})) as server:
        policy = HostPolicy(routes={"https://crm.example.com": server.url})
        send("https://crm.example.com/api/v1/lookup?x=1", policy=policy)
    assert server.requests[0]["path"] == "/api/v1/lookup?x=1"
    assert server.requests[0]["headers"]["host"] == "crm.example.com"


def test_redirects_are_followed_inside_the_allowed_hosts() -> None:
    def answer(asked: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        return (302, {"Location": "/there"}, b"") if asked["path"] == "/here" else (200, {}, b"{}")

    with http_server(answer) as server:
        assert send(f"{server.url}/here", headers={"Authorization": "Bearer x"}).body == b"{}"
        assert server.requests[1]["headers"]["authorization"] == "Bearer x"
        assert send(f"{server.url}/here", method="POST", body=b"{}").status == 302


def test_a_redirect_cannot_leave_the_allowed_hosts_nor_carry_credentials_away() -> None:
    with http_server(json_answer({})) as inside:
        port = inside.url.rpartition(":")[2]

        def answer(asked: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
            return 302, {"Location": f"http://localhost:{port}/secret"}, b""

        with http_server(answer) as server:
            outside = HostPolicy(allow=(server.url.removeprefix("http://"),))
            with pytest.raises(TransportFailure) as caught:
                send(server.url, policy=outside)
            assert caught.value.kind == "forbidden"
            assert inside.requests == []
            send(server.url, headers={"Authorization": "Bearer x", "X-Kept": "1"})
        asked = inside.requests[0]["headers"]
        assert "authorization" not in asked
        assert asked["x-kept"] == "1"


def test_a_server_without_tls() -> None:
    with http_server(json_answer({})) as server, failing() as caught:
        send(server.url.replace("http:", "https:"))
    assert caught.value.kind == "tls"


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=localhost", "-days", "1"]
    request = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        str(key),
        "-out",
        str(certificate),
    ]
    try:
        subprocess.run([*request, *subject], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def talk(connection: socket.socket, stop: threading.Event) -> None:
        with contextlib.suppress(OSError):
            context.wrap_socket(connection, server_side=True).close()

    with raw_server(talk) as url, failing() as caught:
        send(url.replace("http:", "https:"))
    assert caught.value.kind == "tls"
    assert "certificate" in caught.value.message


def test_proxies_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with http_server(json_answer({})) as proxy, http_server(json_answer({})) as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        send("http://crm.example.com/x")
        send(f"{server.url}/y")
        with pytest.raises(TransportFailure, match="link-local"):
            send("http://169.254.169.254/z")
        monkeypatch.setenv("no_proxy", "crm.example.com")
        with pytest.raises(TransportFailure):
            send("http://crm.example.com/x")
    assert [asked["path"] for asked in proxy.requests] == ["http://crm.example.com/x"]
    assert [asked["path"] for asked in server.requests] == ["/y"]


def test_redirect_loops_end() -> None:
    with http_server(lambda _: (302, {"Location": "/again"}, b"")) as server, failing() as caught:
        send(server.url)
    assert caught.value.kind == "redirect"
    assert len(server.requests) == 6


def test_redirects_may_be_answers() -> None:
    transport = HttpTransport(LOCAL, follow_redirects=False)
    with http_server(lambda _: (302, {"Location": "/x"}, b"")) as server, transport:
        assert transport.send(Request("GET", server.url)).status == 302


def gigabyte(connection: socket.socket, stop: threading.Event) -> None:
    read_request(connection)
    connection.sendall(HEAD + b"Content-Length: 1073741824\r\n\r\n")
    chunk = b"[" * 65536
    while not stop.is_set():
        connection.sendall(chunk)


def endless(connection: socket.socket, stop: threading.Event) -> None:
    read_request(connection)
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    while not stop.is_set():
        connection.sendall(chunk)


def silent(connection: socket.socket, stop: threading.Event) -> None:
    read_request(connection)
    stop.wait(10)


def drip(connection: socket.socket, stop: threading.Event) -> None:
    read_request(connection)
    connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
    while not stop.wait(0.1):
        connection.sendall(b" ")


def drip_head(connection: socket.socket, stop: threading.Event) -> None:
    read_request(connection)
    for byte in HEAD * 100:
        connection.sendall(bytes([byte]))
        if stop.wait(0.1):
            return


def cut(connection: socket.socket, stop: threading.Event) -> None:
    read_request(connection)
    connection.sendall(HEAD + b'Content-Length: 1000\r\n\r\n{"a": ')


def hang_up(connection: socket.socket, stop: threading.Event) -> None:
    read_request(connection)


def reset(connection: socket.socket, stop: threading.Event) -> None:
    read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def no_http(connection: socket.socket, stop: threading.Event) -> None:
    read_request(connection)
    connection.sendall(b"220 smtp.example.com ESMTP\r\n\r\n")
    stop.wait(1)


def huge_head(connection: socket.socket, stop: threading.Event) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not stop.is_set():
        connection.sendall(b"X-Filler: " + b"x" * 4000 + b"\r\n")


@pytest.mark.parametrize(
    ("talk", "kind"),
    [
        (gigabyte, "too_large"),
        (endless, "too_large"),
        (cut, "truncated"),
        (hang_up, "reset"),
        (reset, "reset"),
        (no_http, "protocol"),
        (huge_head, "protocol"),
    ],
)
def test_hostile_servers_are_failures(talk: Any, kind: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with raw_server(talk) as url:
        started = time.perf_counter()
        with pytest.raises(TransportFailure) as caught:
            send(url)
        elapsed = time.perf_counter() - started
    assert caught.value.kind == kind
    assert elapsed < 3
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < 20 * MAX_RESPONSE_BYTES


@pytest.mark.parametrize("talk", [silent, drip, drip_head])
def test_the_timeout_is_for_the_whole_answer(talk: Any) -> None:
    with raw_server(talk) as url:
        started = time.perf_counter()
        with pytest.raises(TransportTimeout):
            send(url, timeout=0.4)
        assert 0.35 < time.perf_counter() - started < 1.0


def nested(connection: socket.socket, stop: threading.Event) -> None:
    read_request(connection)
    body = b"[" * 100_000 + b"]" * 100_000
    connection.sendall(HEAD + b"Content-Length: 200000\r\n\r\n" + body)


@pytest.mark.parametrize(
    ("talk", "status", "code"),
    [
        (gigabyte, "failure", "response.too.large"),
        (nested, "failure", "bad.request"),
        (cut, "failure", "bad.gateway"),
        (reset, "failure", "bad.gateway"),
        (silent, "timeout", "request.timeout"),
        (drip, "timeout", "request.timeout"),
    ],
)
def test_an_action_survives_hostile_servers(talk: Any, status: str, code: str) -> None:
    with raw_server(talk) as url, HttpTransport(LOCAL) as transport:
        document = {"name": "x", "config": {"request": {"requestUrlTemplate": url, "requestType": "GET"}}}
        action = load_data_action(json.dumps(document), file="x.json")
        started = time.perf_counter()
        report = execute(action, {}, transport=transport, timeout=0.5)
    assert time.perf_counter() - started < 2
    assert report.status == status
    assert report.error is not None
    assert report.error.error_code == code


def test_a_refused_call_is_sent_once() -> None:
    calls: list[int] = []

    def talk(connection: socket.socket, stop: threading.Event) -> None:
        read_request(connection)
        calls.append(1)

    with raw_server(talk) as url, failing():
        send(url, method="POST", body=b"{}")
    assert calls == [1]
