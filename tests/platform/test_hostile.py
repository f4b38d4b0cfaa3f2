"""Clients that mean harm or are broken: a clear status or a close, within bounds of time and memory."""

from __future__ import annotations

import contextlib
import json
import random
import re
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringback.platform import settings as limits
from ringback.platform.audit_check import verify_audit
from tests.platform.client import Client
from tests.platform.conftest import Server, database

CODES = "/api/v2/routing/wrapupcodes"
IDLE = 10_000
MEGABYTE = 1 << 20
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX sockets and limits")


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own, which must be well and whole when all of this is over."""
    server = Server(database(tmp_path_factory.mktemp("hostile"))).start()
    yield server
    with Client(server.origin) as client:
        client.login("ringback-local", "ringback-local")
        client.post(CODES, {"name": "still here"}).ok()
        assert client.get("/_ringback/audit/verify").ok()["intact"] is True
    server.stop()
    assert verify_audit(server.url).broken_at is None


@pytest.fixture
def token(target: Server) -> str:
    with Client(target.origin) as client:
        return client.login("ringback-local", "ringback-local")


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=10)


def read(sock: socket.socket, *, until_closed: bool = True, seconds: float = 10) -> bytes:
    """What the server says until it closes, or falls silent when it need not close."""
    sock.settimeout(seconds)
    said = b""
    with contextlib.suppress(ConnectionError, TimeoutError):
        while part := sock.recv(65536):
            said += part
            if not until_closed:
                sock.settimeout(0.3)
    return said


def talk(server: Server, data: bytes, *, until_closed: bool = False, seconds: float = 10) -> bytes:
    with connect(server) as sock:
        with contextlib.suppress(ConnectionError):
            sock.sendall(data)
        return read(sock, until_closed=until_closed, seconds=seconds)


def statuses(said: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"HTTP/1\.[01] (\d{3})", said)]


def request(token: str, body: bytes, *headers: str, method: str = "POST", path: str = CODES) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: localhost", f"authorization: Bearer {token}"]
    lines += ["content-type: application/json", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


# ---- what no HTTP client sends


def test_random_bytes(target: Server) -> None:
    chance = random.Random(1)
    for _ in range(150):
        data = chance.randbytes(chance.choice((1, 20, 300, 5000))) + b"\r\n\r\n"
        assert set(statuses(talk(target, data, seconds=0.5))) <= {400, 431, 414}


@pytest.mark.parametrize(
    ("data", "allowed"),
    [
        (b"GET / HTTP/1.1\r\nhost: localhost\r\nx: " + b"a" * 500_000 + b"\r\n\r\n", {431}),
        (b"GET / HTTP/1.1\r\nhost: localhost\r\n" + b"x: a\r\n" * 500 + b"\r\n", {431}),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nhost: localhost\r\n\r\n", {414}),
        (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nhost: localhost\r\n\r\n", {414}),
        (b"GET /" + b"a" * 2_000_000 + b" HTTP/1.1\r\nhost: localhost\r\n\r\n", {414, 431}),
        (b"GET / HTTP/9.9\r\nhost: localhost\r\n\r\n", {400}),
        (b"GET / HTTP/1.1\r\nhost: localhost\r\nbad header\r\n\r\n", {400}),
        (b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: -5\r\n\r\n", {400}),
        (b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello", {400}),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", set()),
        (b"GET / HTTP/1.0\r\n\r\n", {404}),
        (b"GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n", {403}),
        (b"GET / HTTP/1.1\r\nhost: [::1\r\n\r\n", {400, 403}),
        (b"GET / HTTP/1.1\r\n\r\n", {404}),
        (b"OPTIONS * HTTP/1.1\r\nhost: localhost\r\n\r\n", {204, 400, 404}),
        (b"CONNECT localhost:1 HTTP/1.1\r\nhost: localhost\r\n\r\n", {400, 404, 405}),
        (b"GET http://evil.example/api HTTP/1.1\r\nhost: localhost\r\n\r\n", {400, 403, 404}),
    ],
    ids=lambda value: str(value[:40]) if isinstance(value, bytes) else "",
)
def test_broken_requests(target: Server, data: bytes, allowed: set[int]) -> None:
    said = statuses(talk(target, data))
    assert set(said) <= allowed
    assert len(said) <= 1
    assert bool(said) or not allowed


# ---- bodies


def test_a_huge_body_is_refused_before_it_is_read(target: Server, token: str) -> None:
    with connect(target) as sock:
        sock.sendall(request(token, b"", f"content-length: {10**12}"))
        started = time.monotonic()
        assert statuses(read(sock, until_closed=False)) == [413]
        assert time.monotonic() - started < 2


def test_a_huge_body_in_chunks_is_refused_at_the_limit(target: Server, token: str) -> None:
    chunk = b"%x\r\n" % MEGABYTE + b" " * MEGABYTE + b"\r\n"
    sent = 0
    with connect(target) as sock:
        sock.sendall(request(token, b"", "transfer-encoding: chunked"))
        with contextlib.suppress(ConnectionError, TimeoutError):
            for _ in range(100):
                sock.sendall(chunk)
                sent += 1
        said = read(sock, until_closed=False)
    assert statuses(said) in ([413], [])  # the answer may be lost when the connection is reset
    assert sent < 40


def test_a_body_of_very_many_tiny_chunks(target: Server, token: str) -> None:
    data = b"1\r\n \r\n" * 50_000 + b"0\r\n\r\n"
    assert statuses(talk(target, request(token, data, "transfer-encoding: chunked"))) == [400]


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'{"name":' * 50_000,
        b'{"name": "\xff\xfe"}',
        b'{"name": "\xed\xa0\x80"}',
        b'{"name": "\\ud800"}',
        b'{"name": 1e999999}',
        b'{"name": ' + b"9" * 100_000 + b"}",
        b'\x00{"name": "x"}',
        b"\xef\xbb\xbf{}",
    ],
    ids=lambda body: str(body[:20]),
)
def test_bodies_that_are_no_json(target: Server, token: str, body: bytes) -> None:
    data = request(token, body, f"content-length: {len(body)}")
    assert statuses(talk(target, data)) == [400]


@pytest.mark.parametrize(
    "rest",
    [
        b"zz\r\n{}\r\n",
        b"5\r\n{}\r\n0\r\n\r\n",
        b"ffffffffffffffffff\r\n",
        b"-1\r\n\r\n",
        b"2;" + b"x" * 100_000,
    ],
    ids=lambda rest: str(rest[:12]),
)
def test_broken_chunks_do_nothing(target: Server, token: str, rest: bytes) -> None:
    """What breaks off is refused; it must not be taken for an empty body."""
    before = total(target, token)
    said = talk(
        target, request(token, b'13\r\n{"name":"half body"}\r\n' + rest, "transfer-encoding: chunked")
    )
    assert set(statuses(said)) <= {400}
    assert total(target, token) == before


def total(server: Server, token: str) -> int:
    with Client(server.origin, token) as client:
        return int(client.get(CODES).ok()["total"])


def test_a_client_that_leaves_in_the_middle_of_its_body(target: Server, token: str) -> None:
    before = total(target, token)
    for _ in range(50):
        with connect(target) as sock:
            sock.sendall(request(token, b'{"name": "le', "content-length: 5000"))
    assert total(target, token) == before


def test_pipelined_requests_are_answered_in_order(target: Server, token: str) -> None:
    body = b'{"name": "pipelined"}'
    create = request(token, body, f"content-length: {len(body)}")
    list_ = request(token, b"", "connection: close", method="GET", path=f"{CODES}?name=pipelined")
    said = talk(target, create + create + list_, until_closed=True)
    assert statuses(said) == [200, 409, 200]
    assert json.loads(said[said.rindex(b"\r\n\r\n") :])["total"] == 1


def test_smuggling_by_two_lengths(target: Server, token: str) -> None:
    inner = request(token, b"", "content-length: 0", method="DELETE", path="/api/v2/tokens/me")
    headers = (f"content-length: {len(inner) + 5}", "transfer-encoding: chunked")
    said = talk(target, request(token, b"0\r\n\r\n" + inner, *headers), until_closed=True)
    assert len(statuses(said)) == 1, "the second request inside the first must not run"
    assert total(target, token) >= 0


# ---- slow clients


@pytest.mark.slow
def test_slow_clients_are_let_go_within_the_named_times(target: Server, token: str) -> None:
    half = b"GET / HTTP/1.1\r\nhost: localhost\r\n"
    body = request(token, b"{", "content-length: 1000")
    chunked = request(token, b"1\r\n{\r\n", "transfer-encoding: chunked")
    cases = {
        "says nothing": (b"", b"", limits.HEADER_SECONDS, set()),
        "half a head": (half, b"", limits.HEADER_SECONDS, {408}),
        "head in drips": (half, b"x-a: b\r\n", limits.HEADER_SECONDS, {408}),
        "idle after an answer": (half + b"\r\n", b"", limits.HEADER_SECONDS, {404}),
        "half a body": (body, b"", limits.BODY_SECONDS, {408}),
        "body in drips": (body, b" ", limits.BODY_SECONDS, {408}),
        "chunks in drips": (chunked, b"1\r\n \r\n", limits.BODY_SECONDS, {408}),
    }
    started = time.monotonic()
    took, said = drip(target, {name: case[:2] for name, case in cases.items()})
    for name, (_, _, seconds, allowed) in cases.items():
        assert took[name] < seconds + 4, f"{name}: {took[name]:.1f} s"
        assert set(statuses(said[name])) <= allowed, name
    assert all(statuses(said[name]) == [408] for name in ("half a body", "body in drips", "chunks in drips"))
    assert time.monotonic() - started < 30


def drip(server: Server, cases: dict[str, tuple[bytes, bytes]]) -> tuple[dict[str, float], dict[str, bytes]]:
    """Send a beginning and then drips, all cases at once; gives when the server let go, and what it said."""
    took: dict[str, float] = {}
    said = dict.fromkeys(cases, b"")
    sockets = {name: connect(server) for name in cases}
    started = time.monotonic()
    for name, (first, _) in cases.items():
        sockets[name].sendall(first)
        sockets[name].settimeout(0.01)
    while len(took) < len(cases) and time.monotonic() - started < 30:
        for name in cases.keys() - took.keys():
            try:
                part = sockets[name].recv(4096)
                said[name] += part
                if not part or b"408" in part:
                    took[name] = time.monotonic() - started
                    sockets[name].close()
            except TimeoutError:
                with contextlib.suppress(OSError):
                    sockets[name].sendall(cases[name][1])
            except ConnectionError:
                took[name] = time.monotonic() - started
        time.sleep(0.2)
    assert took.keys() == cases.keys(), f"still connected: {cases.keys() - took.keys()}"
    return took, said


# ---- very many clients


def memory(server: Server) -> int:
    """Bytes that the server and its workers hold in memory."""
    assert server.process is not None
    found = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            text = status.read_text()
            numbers = {int(each) for each in re.findall(r"^(?:Pid|PPid):\s+(\d+)", text, re.MULTILINE)}
            if server.process.pid in numbers:
                rss = re.search(r"^VmRSS:\s+(\d+) kB", text, re.MULTILINE)
                found += int(rss[1]) * 1024 if rss else 0
    return found


def as_many_as_allowed(wanted: int) -> int:
    """Raise this process's limit on open files as far as it may go; gives how many sockets fit."""
    import resource  # noqa: PLC0415 - POSIX only

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted + 500:
        soft = wanted + 500 if hard == resource.RLIM_INFINITY else min(wanted + 500, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(wanted, soft - 500)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_ten_thousand_open_connections_and_a_client_that_is_served(
    target: Server, token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = as_many_as_allowed(IDLE)
    before = memory(target)
    idle: list[socket.socket] = []
    slowest = 0.0
    try:
        for number in range(wanted):
            idle.append(connect(target))
            if number % 3 == 0:
                idle[-1].sendall(b"GET /api/v2/users HTTP/1.1\r\nhost: ")
            if number % 1_000 == 999:
                slowest = max(slowest, served(target, token))
        open_ = still_open(idle)
        for _ in range(20):
            slowest = max(slowest, served(target, token))
        grown = (memory(target) - before) / MEGABYTE
    finally:
        for sock in idle:
            sock.close()
    figures = f"{open_} open connections, {grown:.0f} MB more memory, slowest answer {slowest * 1000:.0f} ms"
    with capsys.disabled():  # a limit of the system may have made it fewer; whoever runs this must see it
        sys.stdout.write(f"\n{figures}\n")
    assert open_ >= wanted * 0.9, "some may have reached their time meanwhile"
    assert grown < 300
    assert slowest < 3


def served(server: Server, token: str) -> float:
    """Seconds for a normal client, with a connection of its own."""
    started = time.monotonic()
    with Client(server.origin, token) as client:
        client.get(CODES).ok()
    return time.monotonic() - started


def still_open(sockets: list[socket.socket]) -> int:
    """How many connections the server has not closed."""
    with selectors.DefaultSelector() as selector:
        for sock in sockets:
            selector.register(sock, selectors.EVENT_READ)
        return len(sockets) - len(selector.select(0))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_many_large_bodies_at_once_stay_within_memory(target: Server, token: str) -> None:
    before, sockets = memory(target), []
    part = b" " * (9 * MEGABYTE)
    try:
        for _ in range(60):  # 540 MB; the limit for all together is 256 MiB
            sock = connect(target)
            sockets.append(sock)
            sock.sendall(request(token, b"", f"content-length: {len(part) + 10}"))
            with contextlib.suppress(ConnectionError, TimeoutError):
                sock.sendall(part)
        grown = (memory(target) - before) / MEGABYTE
        refused = [statuses(read(sock, until_closed=False, seconds=0.2)) for sock in sockets]
        assert served(target, token) < 3
    finally:
        for sock in sockets:
            sock.close()
    assert [503] in refused
    assert grown < 600
