"""A small platform on a real socket, whose next answers a test decides."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ringback.cloud import Cloud, VirtualClock, connect

CLIENT, SECRET = "8f2c1c1e-client", "s3cr3t/of+the=client"


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """An answer; `cut` closes the connection instead, `work` says whether the work is done before."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    work: bool = True
    wait: float = 0.0


RESET = Reply(cut=True, work=False)
LOST = Reply(cut=True, work=True)
Answering = Callable[[Seen], Reply]


def refusal(status: int, code: str = "", message: str = "", **more: Any) -> Reply:
    headers = {"ININ-Correlation-Id": f"correlation-{status}"}
    after = more.pop("retry_after", None)
    if after is not None:
        headers["Retry-After"] = str(after)
    return Reply(status, {"status": status, "code": code, "message": message, **more}, headers, work=False)


class Platform(ThreadingHTTPServer):
    """Answers from `script[method, path]`, then from `routes`, then with an empty object."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.scheme = "https" if tls else "http"
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.script: dict[tuple[str, str], list[Reply]] = defaultdict(list)
        self.routes: dict[tuple[str, str], Answering] = {("POST", "/oauth/token"): self.login}
        self.seen: list[Seen] = []
        self.done: list[Seen] = []
        self.tokens: list[str] = []
        self.refused: set[str] = set()
        self.expires_in = 86_399
        self.login_takes = 0.0
        self.connections = 0
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"

    def login(self, seen: Seen) -> Reply:
        time.sleep(self.login_takes)
        expected = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if seen.headers["authorization"] != expected or seen.body != b"grant_type=client_credentials":
            return Reply(401, {"error": "invalid_client", "error_description": "client not found"})
        with self.lock:
            token = f"token-number-{len(self.tokens) + 1}"
            self.tokens.append(token)
        return Reply(200, {"access_token": token, "token_type": "bearer", "expires_in": self.expires_in})

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)

    def answer(self, seen: Seen) -> Reply:
        key = seen.method, seen.path
        with self.lock:
            self.seen.append(seen)
            scripted = self.script[key].pop(0) if self.script[key] else None
        token = seen.headers.get("authorization", "").removeprefix("Bearer ")
        if token in self.refused:
            return refusal(401, "bad.credentials", "Invalid login credentials.")
        reply = scripted or self.routes.get(key, lambda _: Reply(200, {}))(seen)
        if reply.work:
            self.done.append(seen)
        return reply

    def calls(self, path: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.path == path]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Broken connections are what these tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Platform

    def answer(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        reply = self.server.answer(
            Seen(self.command, parts.path, query, headers, self.rfile.read(length) if length else b"")
        )
        time.sleep(reply.wait)
        if reply.cut:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        data = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        if reply.status == 204:
            self.end_headers()
            return
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else data)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

    def log_message(self, *args: Any) -> None:
        """Tests print nothing."""


@contextmanager
def platform(tls: ssl.SSLContext | None = None) -> Iterator[Platform]:
    server = Platform(tls)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def client(server: Platform, clock: VirtualClock | None = None, **overrides: Any) -> Cloud:
    """A client of the server; tokens in memory unless a folder is given."""
    settings: dict[str, Any] = {
        "base_url": server.url,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "environ": {},
        "tokens": None,
        "config": Path("/nowhere/config.toml"),
    }
    return connect(**{**settings, "clock": clock or VirtualClock(), **overrides})
