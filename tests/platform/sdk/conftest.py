"""What both SDKs call: a service for data actions, and flows to publish."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

CUSTOMERS = {"+12125550100": {"name": "Ada Lovelace", "tags": ["vip"]}}


class _Customers(BaseHTTPRequestHandler):
    """`GET /customers/{number}`: the customer, or 404."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        found = CUSTOMERS.get(self.path.rpartition("/")[2].replace("%2B", "+"))
        content = json.dumps(found or {"reason": "nobody has this number"}).encode()
        self.send_response(200 if found else 404)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Nothing: the tests' output is theirs."""


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    """Origin of a service that knows one customer."""
    serving = ThreadingHTTPServer(("127.0.0.1", 0), _Customers)
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    thread.join()
    serving.server_close()
