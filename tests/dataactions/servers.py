"""Real loopback servers for tests: one HTTP echo, and raw sockets that answer badly on purpose."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Talk = Callable[[socket.socket, threading.Event], None]


@dataclass
class Upstream:
    """A loopback server: its base URL and what it was asked."""

    url: str
    requests: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def http_server(answer: Callable[[dict[str, Any]], tuple[int, dict[str, str], bytes]]) -> Iterator[Upstream]:
    """An HTTP/1.1 server that answers every request with `answer(request)`."""
    upstream = Upstream("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = {
                "method": self.command,
                "path": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": body.decode(),
                "peer": self.client_address[1],
            }
            upstream.requests.append(asked)
            status, headers, data = answer(asked)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = respond  # noqa: N815  names of http.server

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  signature of http.server
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    upstream.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield upstream
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def json_answer(
    value: Any, status: int = 200
) -> Callable[[dict[str, Any]], tuple[int, dict[str, str], bytes]]:
    """An answer that is always the same JSON."""
    data = json.dumps(value).encode()
    return lambda _: (status, {"Content-Type": "application/json"}, data)


@contextmanager
def raw_server(talk: Talk) -> Iterator[str]:
    """A server that lets `talk(connection, stop)` say anything; yields its base URL."""
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    workers: list[threading.Thread] = []

    def run(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(5)
            talk(connection, stop)

    def accept() -> None:
        while not stop.is_set():
            with suppress(TimeoutError):
                connection, _ = listener.accept()
                worker = threading.Thread(target=run, args=(connection,), daemon=True)
                worker.start()
                workers.append(worker)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stop.set()
        thread.join(5)
        listener.close()
        for worker in workers:
            worker.join(5)


def read_request(connection: socket.socket) -> bytes:
    """The head of one request (tests send no body to raw servers)."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            break
        data += chunk
    return data
