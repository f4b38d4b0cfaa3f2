"""Data actions against bare httpx calls to the same loopback server.

The first rows put everything but the socket (`execute` with a canned answer) beside one httpx call: the aim
is at most 0.4. The `live` rows are whole executions over our own transport. The server is a process of its
own that answers from memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from ringback.dataactions import CannedTransport, Response, execute, load_data_action, prepare
from ringback.dataactions.hosts import HostPolicy
from ringback.dataactions.live import HttpTransport

SECONDS = 1.0

SMALL = {"customer_id": "CUST-001", "name": "Alice Smith", "loyalty_points": 1500, "is_vip": True}
LARGE = {
    "entities": [{"id": f"u-{n}", "name": f"User {n}", "state": "active", "score": n / 7} for n in range(200)]
}

SERVER = r"""
import socket, sys, threading
answers = {path: (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
           + str(len(body)).encode() + b"\r\n\r\n" + body) for path, body in
           ((line.split(b" ", 1)) for line in sys.stdin.buffer.read().splitlines())}
def talk(connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    data = b""
    while True:
        while b"\r\n\r\n" not in data:
            chunk = connection.recv(65536)
            if not chunk:
                return
            data += chunk
        head, _, data = data.partition(b"\r\n\r\n")
        length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n")
                       if line.lower().startswith(b"content-length:")), 0)
        while len(data) < length:
            data += connection.recv(65536)
        data = data[length:]
        connection.sendall(answers[head.split(b" ")[1]])
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()
"""


def action(name: str, url: str, response: dict[str, Any], output: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "config": {
            "request": {
                "requestUrlTemplate": url,
                "requestType": "POST",
                "headers": {"Content-Type": "application/json", "X-Key": "${credentials.key}"},
                "requestTemplate": '{"phoneNumber": "$esc.jsonEncode(${input.phoneNumber})"}',
            },
            "response": response,
        },
        "contract": {
            "input": {
                "inputSchema": {
                    "type": "object",
                    "required": ["phoneNumber"],
                    "properties": {"phoneNumber": {"type": "string"}},
                }
            },
            "output": {"successSchema": {"type": "object", "properties": output}},
        },
    }


LOOKUP = {
    "translationMap": {"name": "$.name", "points": "$.loyalty_points", "vip": "$.is_vip", "email": "$.email"},
    "translationMapDefaults": {"email": '""'},
    "successTemplate": '{"name": ${name}, "points": ${points}, "vip": ${vip}, "email": ${email}}',
}
LOOKUP_OUTPUT = {
    "name": {"type": "string"},
    "points": {"type": "integer"},
    "vip": {"type": "boolean"},
    "email": {"type": "string"},
}
LIST = {
    "translationMap": {"ids": "$.entities[?(@.state == 'active')].id", "names": "$.entities[*].name"},
    "successTemplate": '{"ids": ${ids}, "names": ${names}}',
}
LIST_OUTPUT = {name: {"type": "array", "items": {"type": "string"}} for name in ("ids", "names")}


@contextmanager
def server() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    for path, body in (("/small", SMALL), ("/large", LARGE)):
        process.stdin.write(f"{path} {json.dumps(body)}\n".encode())
    process.stdin.close()
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait()


def rate(work: Callable[[], Any]) -> float:
    """Calls per second: the best of three rounds."""
    work()
    best = 0.0
    for _ in range(3):
        count, started = 0, time.perf_counter()
        while time.perf_counter() - started < SECONDS / 3:
            work()
            count += 1
        best = max(best, count / (time.perf_counter() - started))
    return best


def run() -> list[tuple[str, float, float, float]]:
    """Rows of case, ours per second, baseline per second, ratio of the times."""
    rows: list[tuple[str, float, float, float]] = []
    with server() as base, httpx.Client() as client, HttpTransport(HostPolicy(loopback=True)) as live:
        for case, path, body, response, output in (
            ("lookup, 4 variables", "/small", SMALL, LOOKUP, LOOKUP_OUTPUT),
            ("list of 200, 2 paths", "/large", LARGE, LIST, LIST_OUTPUT),
        ):
            text = json.dumps(action(case, base + path, response, output))
            prepared = prepare(load_data_action(text, file="bench.json"))
            rows += _rows(case, prepared, body, base + path, (client, live))
    return rows


def _rows(
    case: str, prepared: Any, body: Any, url: str, transports: tuple[httpx.Client, HttpTransport]
) -> list[tuple[str, float, float, float]]:
    client, live = transports
    inputs = {"phoneNumber": "+15551234567"}
    sent = b'{"phoneNumber": "+15551234567"}'
    headers = {"Content-Type": "application/json"}
    canned = CannedTransport([Response(200, {}, json.dumps(body).encode())], repeat=True)
    assert execute(prepared, inputs, transport=live).status == "success"

    def bare() -> None:
        client.post(url, content=sent, headers=headers).json()

    def own() -> None:
        canned.requests.clear()
        execute(prepared, inputs, transport=canned)

    baseline = rate(bare)
    overhead = rate(own)
    whole = rate(lambda: execute(prepared, inputs, transport=live))
    return [
        (f"overhead: {case}", overhead, baseline, baseline / overhead),
        (f"live: {case}", whole, baseline, baseline / whole),
    ]


if __name__ == "__main__":
    for name, ours, baseline, ratio in run():
        print(f"{name:45} {ours:10.2f} {baseline:10.2f} {ratio:6.2f}")
