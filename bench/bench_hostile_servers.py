"""Data actions against hostile servers: seconds until they are refused, and megabytes of memory gained.

The step's timeout is one second, so no row may take much longer; the last figure is seconds over that limit.
"""

from __future__ import annotations

import json
import resource
import socket
import threading
import time
from collections.abc import Callable

from ringback.dataactions import execute, load_data_action
from ringback.dataactions.hosts import HostPolicy
from ringback.dataactions.live import HttpTransport

COLUMNS = ("seconds", "MB gained", "of the limit")
TIMEOUT = 1.0


def run() -> list[tuple[str, float, float, float]]:
    """Case, seconds until refused, megabytes gained, share of the timeout."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    talks: dict[str, Callable[[socket.socket], None]] = {
        "1 GB": lambda peer: _pour(peer, head + b"\r\n", b" " * 65536, 16384),
        "100,000 nested arrays": lambda peer: peer.sendall(
            head + b"Content-Length: 100000\r\n\r\n" + b"[" * 100_000
        ),
        "never answers": lambda _: time.sleep(1.2),
        "drips": lambda peer: _drip(peer, head),
    }
    return [_hostile_row(case, talk) for case, talk in talks.items()]


def _hostile_row(case: str, talk: Callable[[socket.socket], None]) -> tuple[str, float, float, float]:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.recv(65536)
            try:
                talk(peer)
            except OSError:
                return

    worker = threading.Thread(target=serve, daemon=True)
    worker.start()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    document = {"name": case, "config": {"request": {"requestUrlTemplate": url, "requestType": "GET"}}}
    with HttpTransport(HostPolicy(loopback=True)) as live:
        report = execute(
            load_data_action(json.dumps(document), file="x"),
            {"phoneNumber": "1"},
            transport=live,
            timeout=1.0,
        )
    seconds = time.perf_counter() - started
    megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert report.status != "success"
    listener.close()
    worker.join(3)
    return case, seconds, megabytes, seconds / TIMEOUT


def _pour(peer: socket.socket, head: bytes, chunk: bytes, count: int) -> None:
    peer.sendall(head)
    for _ in range(count):
        peer.sendall(chunk)


def _drip(peer: socket.socket, head: bytes) -> None:
    peer.sendall(head + b"Content-Length: 1000\r\n\r\n")
    for _ in range(30):
        time.sleep(0.1)
        peer.sendall(b" ")
