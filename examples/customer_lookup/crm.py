"""The CRM that the example flow looks its callers up in: one small HTTP service, standard library only.

    python crm.py --port 8086 --db crm.sqlite

`POST /api/v1/lookup {"phoneNumber": "+1 555 123 4567"}` answers the customer as JSON. Spaces, dashes and a
leading + do not matter. An unknown number is no error: it gets customer_id UNKNOWN. The first line on
standard output is `{"port": …}`; SIGTERM and Ctrl-C stop the service.
"""

from __future__ import annotations

import argparse
import json
import signal
import sqlite3
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CUSTOMERS = (
    ("15551234567", "CUST-001", "Alice Smith", 1500, True),
    ("15559876543", "CUST-002", "Bob Jones", 200, False),
)
UNKNOWN = {"customer_id": "UNKNOWN", "name": "Unknown Customer", "loyalty_points": 0, "is_vip": False}
MAX_BODY = 64 * 1024  # bytes of a request; a look-up needs a hundred


def digits(number: str) -> str:
    """The digits of a telephone number, which is how the store keeps it.

    >>> digits("+1 555-123 4567")
    '15551234567'
    """
    return "".join(character for character in number if character.isdigit())


class Store:
    """The customers, in a SQLite file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._connect() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS customer (phone TEXT PRIMARY KEY, customer_id TEXT NOT NULL, "
                "name TEXT NOT NULL, loyalty_points INTEGER NOT NULL, is_vip INTEGER NOT NULL)"
            )
            connection.executemany("INSERT OR IGNORE INTO customer VALUES (?, ?, ?, ?, ?)", CUSTOMERS)

    def find(self, number: str) -> dict[str, Any]:
        """The customer with that number, or the unknown one."""
        query = "SELECT customer_id, name, loyalty_points, is_vip FROM customer WHERE phone = ?"
        with self._connect() as connection:
            row = connection.execute(query, (digits(number),)).fetchone()
        if row is None:
            return UNKNOWN
        return {"customer_id": row[0], "name": row[1], "loyalty_points": row[2], "is_vip": bool(row[3])}

    def _connect(self) -> sqlite3.Connection:
        # Each request has a thread of its own, and a connection belongs to one thread.
        return sqlite3.connect(self.path)


class Service(ThreadingHTTPServer):
    """The HTTP service; slow answers must not keep it from stopping.

    Attributes:
        fail_for: digits of the number that is answered with 500.
        slow_for: digits of the number that is answered `slow_seconds` late.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, store: Store, *, fail_for: str, slow_for: str, slow_seconds: float) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.store = store
        self.fail_for, self.slow_for, self.slow_seconds = digits(fail_for), digits(slow_for), slow_seconds


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Service
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet

    def do_POST(self) -> None:
        """Answer a look-up."""
        body = self._body()
        if self.path != "/api/v1/lookup":
            self._answer(404, {"error": "there is only POST /api/v1/lookup"})
            return
        number = body.get("phoneNumber") if isinstance(body, dict) else None
        if not isinstance(number, str) or not digits(number):
            self._answer(400, {"error": "phoneNumber is missing"})
        elif digits(number) == self.server.fail_for:
            self._answer(500, {"error": "the customer database is down"})
        else:
            if digits(number) == self.server.slow_for:
                time.sleep(self.server.slow_seconds)
            self._answer(200, self.server.store.find(number))

    def _body(self) -> Any:
        length = int(self.headers.get("Content-Length") or 0)
        try:
            return json.loads(self.rfile.read(min(length, MAX_BODY)))
        except ValueError:
            return None

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        text = json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
        except (BrokenPipeError, ConnectionResetError):
            # The caller did not wait for a slow answer.
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's signature
        """Say nothing: the trace of the flow shows every request."""


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(description="The CRM of the customer look-up example.")
    parser.add_argument("--port", type=int, default=0, help="a free one when not given")
    parser.add_argument("--db", type=Path, default=Path("crm.sqlite"), help="the SQLite file")
    parser.add_argument("--fail-for", default="", metavar="NUMBER", help="answer 500 for this number")
    parser.add_argument("--slow-for", default="", metavar="NUMBER", help="answer late for this number")
    parser.add_argument("--slow-seconds", type=float, default=3.0, help="how late")
    given = parser.parse_args()
    service = Service(
        given.port,
        Store(given.db),
        fail_for=given.fail_for,
        slow_for=given.slow_for,
        slow_seconds=given.slow_seconds,
    )
    # shutdown() waits for serve_forever(), which runs in the thread that the signal interrupts.
    stop = threading.Thread(target=service.shutdown, daemon=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.start() if not stop.ident else None)
    print(json.dumps({"port": service.server_port}), flush=True)
    service.serve_forever(poll_interval=0.05)
    service.server_close()


if __name__ == "__main__":
    main()
