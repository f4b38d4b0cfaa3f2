"""Around the contact pipeline in its tests and its benchmark: a platform that fails on order, a CRM that
fails a third of the time, importers that are killed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ringback.contacts.webhook import Receiver
from tests.platform.client import Client
from tests.platform.conftest import Server

CONTACTS = "/api/v2/externalcontacts/contacts"
SECRET = "correct horse battery staple"
BAD_ROWS = (
    "bad id,Nobody,,",
    "NO-NAME,,+12125550123,",
    "NO-CHANNEL,Carol,,",
    "BAD-PHONE,Dave,12,",
    "TOO,MANY,,,CELLS",
)


def people(path: Path, count: int) -> list[str]:
    """A file of valid contacts with bad rows in between; the valid ids."""
    ids = [f"EXT-{number:06d}" for number in range(count)]
    rows = [f"{name},Person {name},+1212555{n % 10000:04d},{name}@example.com" for n, name in enumerate(ids)]
    for number, bad in enumerate((*BAD_ROWS, f"{ids[0]},Again,+12125550000,")):
        rows.insert(len(rows) * (number + 1) // 7 + 1, bad)
    path.write_text("externalContactId,name,voice,email\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return ids


class Crm:
    """A receiver of webhooks that fails one delivery in three, half of these after it handled the event."""

    def __init__(self, *, failing: bool = True) -> None:
        self.events: Counter[str] = Counter()  # contact -> events after repeats were told apart
        self.deliveries = self.failures = self.refused = 0
        self._receiver = Receiver([SECRET])
        self._lock, self._chance = threading.Lock(), random.Random(7)
        self._failing = failing
        crm = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status = crm.take(dict(self.headers.items()), body)
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def take(self, headers: dict[str, str], body: bytes) -> int:
        with self._lock:
            self.deliveries += 1
            luck = self._chance.random() if self._failing else 1.0
            if luck < 1 / 6:
                self.failures += 1
                return 503
            try:
                self._receiver.handle(headers, body, now=time.time(), action=self._count)
            except Exception:
                self.refused += 1
                return 401
            if luck < 1 / 3:
                self.failures += 1
                return 500
            return 204

    def _count(self, event: Any) -> None:
        self.events[event["contact_id"]] += 1

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass
class World:
    """A platform, a CRM and a folder; `run` is the command in a process of its own."""

    folder: Path
    server: Server
    crm: Crm
    database: str
    extra: tuple[str, ...] = ()
    runs: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GENESYS", "PURE"))}
        own = {"XDG_CACHE_HOME": str(self.folder / "cache"), "RINGBACK_WEBHOOK_SECRET": SECRET}
        return kept | own | {"GENESYSCLOUD_BASE_URL": self.server.origin}

    def start(self, *arguments: str | Path, name: str = "run") -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "ringback", "contacts", *map(str, arguments), "--db", self.database]
        with (self.folder / f"{name}.out").open("ab") as out:
            made = subprocess.Popen(command, env=self.environ, cwd=self.folder, stdout=out, stderr=out)
        self.runs.append(made)
        return made

    def done(self, *arguments: str | Path, timeout: float = 120) -> tuple[int, str]:
        command = [sys.executable, "-m", "ringback", "contacts", *map(str, arguments), "--db", self.database]
        ran = subprocess.run(
            command,
            env=self.environ,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return ran.returncode, ran.stdout + ran.stderr

    def import_arguments(self, file: Path, *more: str) -> list[str | Path]:
        known = ["import", file, "--resume", "--rejects", self.folder / "rejects.jsonl"]
        return [*known, "--webhook", self.crm.url, "--webhook-wait", "0", *self.extra, *more]

    def deliver_rest(self, seconds: float = 60) -> None:
        """Send what waits for its next try, until nothing does."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            code, said = self.done("webhooks", "retry", "--wait", "3")
            if code == 0:
                return
        raise AssertionError(said)

    @contextmanager
    def api(self) -> Iterator[Client]:
        with Client(self.server.origin) as client:
            client.login("ringback-local", "ringback-local")
            yield client

    def order(self, *rules: dict[str, Any]) -> None:
        with self.api() as client:
            for rule in rules:
                assert client.post("/_ringback/faults", rule).status < 300

    def close(self) -> None:
        for run in self.runs:
            if run.poll() is None:
                run.kill()
            run.wait()
        self.crm.close()
        self.server.stop()

    # ---- what is true in the end

    def rejects(self) -> list[dict[str, Any]]:
        text = (self.folder / "rejects.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def contacts(self) -> list[dict[str, Any]]:
        """Every contact of the platform."""
        found: list[dict[str, Any]] = []
        with self.api() as client:
            cursor: dict[str, Any] = {}
            while True:
                page = client.get("/api/v2/externalcontacts/scan/contacts", limit=200, **cursor).ok()
                found += page["entities"]
                following = (page.get("cursors") or {}).get("after")
                if not following:
                    return found
                cursor = {"cursor": following}

    def conversations(self, contact_ids: list[str]) -> Counter[int]:
        """Number of conversations -> contacts that have so many."""
        with self.api() as client:
            client.delete("/_ringback/faults")
            paths = (f"{CONTACTS}/{each}/conversations" for each in contact_ids)
            return Counter(len(client.get(path).ok()["entities"]) for path in paths)


def most_in_window(moments: list[float], seconds: float) -> int:
    """The most of some moments that lie in any window of so many seconds."""
    ordered, first, most = sorted(moments), 0, 0
    for last, moment in enumerate(ordered):
        while moment - ordered[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def faults(scale: int = 1, *, slow_ms: int = 1500) -> list[dict[str, Any]]:
    """429s with and without Retry-After, 5xx, lost answers, connections that break, slow answers.

    Slow ones come well within the settling time of these tests: the policy `late_changes` asks no less.
    """
    register = {"method": "POST", "path": CONTACTS}
    bulk = {"method": "POST", "path": "/api/v2/externalcontacts/bulk/contacts/add"}
    start = {"method": "POST", "path": "/api/v2/conversations"}
    look = {"method": "GET", "path": f"{CONTACTS}/*"}
    rules: list[dict[str, Any]] = []
    for target in (register, start, bulk):
        many = max(1, scale // 20) if target is bulk else scale
        rules += [
            {**target, "kind": "lost", "count": 4 * many, "skip": 3 * many},
            {**target, "kind": "status", "status": 503, "count": 3 * many},
            {
                **target,
                "kind": "status",
                "status": 429,
                "retryAfter": 1,
                "count": max(1, many // 4),
                "skip": 5,
            },
            {**target, "kind": "status", "status": 429, "count": 2 * many},
            {**target, "kind": "reset", "count": 3 * many},
            {**target, "kind": "delay", "delayMs": slow_ms, "count": 2},
        ]
    return [*rules, {**look, "kind": "status", "status": 500, "count": 5 * scale, "skip": 5}]


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
