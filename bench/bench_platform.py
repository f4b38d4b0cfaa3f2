"""The local platform: reading, creating and searching contacts, beside bare baselines in the same run.

`GET` against the least that Starlette on granian can do and against Prism, which mocks the same operation
from an OpenAPI document; both asked by autocannon. Creating against a bare loop that commits the same rows,
one transaction each. Searching by number among a thousand and among a million contacts.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

from bench.bare_server import CONTACT

from ringback.platform.bootstrap import prepare_database
from ringback.platform.clock import Clock
from ringback.platform.resources.contact_model import CONTACT as KIND
from ringback.platform.resources.contact_model import keys_of
from ringback.platform.settings import Settings
from ringback.platform.store import tables
from ringback.platform.store.engines import open_engine
from ringback.platform.store.prepared import insert
from ringback.platform.store.store import Store

COLUMNS = ("ours", "baseline", "ratio")
PATH = "/api/v2/externalcontacts/contacts"
SECONDS = 4
CONNECTIONS = 16
CREATED = 6_000
WRITERS = 32  # connections that create at the same time: what waits for one disk shares its commit
SEARCHES = 2_000
MANY = int(os.environ.get("RINGBACK_BENCH_CONTACTS", "1000000"))
# The packages of npm that are measured or measure; installed into a temporary folder.
AUTOCANNON, PRISM = "autocannon@8", "@stoplight/prism-cli@5"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, *, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A server, once it answers, until the block ends."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", port), 0.2):
                    break
            except OSError:
                time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def platform_command(url: str, port: int) -> list[str]:
    return [sys.executable, "-m", "ringback", "serve", "--port", str(port), "--db", url]


def bare_command(port: int) -> list[str]:
    options = ["--interface", "asgi", "--port", str(port), "--no-log"]
    return [str(Path(sys.executable).parent / "granian"), *options, "bench.bare_server:app"]


class Connection:
    """One HTTP connection without a library's cost: requests are bytes, answers are hardly read."""

    def __init__(self, port: int, token: str = "") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = (
            f"host: 127.0.0.1:{port}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n"
        )

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        head = f"{method} {path} HTTP/1.1\r\n{self.head}content-length: {len(body)}\r\n\r\n"
        self.socket.sendall(head.encode() + body)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.socket.recv(65_536)
        top, _, content = data.partition(b"\r\n\r\n")
        length = int(top.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        while len(content) < length:
            content += self.socket.recv(65_536)
        return int(top[9:12]), content


def log_in(port: int) -> str:
    body = b"grant_type=client_credentials&client_id=ringback-local&client_secret=ringback-local"
    status, content = Connection(port).ask("POST", "/oauth/token", body)
    assert status == 200, content
    return str(json.loads(content)["access_token"])


def packages(folder: Path) -> Path | None:
    """The programs of the npm packages, None where npm is not installed."""
    if not shutil.which("npm"):
        return None
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, AUTOCANNON, PRISM]
    done = subprocess.run(command, check=False, capture_output=True)
    return folder / "node_modules" / ".bin" if done.returncode == 0 else None


def asked(programs: Path, port: int, token: str = "") -> float:
    """GETs of one contact in a second, as autocannon counts them; two runs, the better one."""
    url = f"http://127.0.0.1:{port}{PATH}/{CONTACT['id']}"
    headers = ["-H", f"authorization=Bearer {token}"] if token else []
    command = [programs / "autocannon", "-c", str(CONNECTIONS), "-d", str(SECONDS), "-j", *headers, url]
    rates = []
    for _ in range(2):
        result = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        assert result["non2xx"] == 0, result
        rates.append(float(result["requests"]["average"]))
    return max(rates)


def mock_document() -> dict[str, Any]:
    """An OpenAPI document of the one operation, for Prism."""
    answer = {"description": "a contact", "content": {"application/json": {"example": CONTACT}}}
    parameter = {"name": "contactId", "in": "path", "required": True, "schema": {"type": "string"}}
    operation = {"parameters": [parameter], "responses": {"200": answer}}
    paths = {f"{PATH}/{{contactId}}": {"get": operation}}
    return {"openapi": "3.0.3", "info": {"title": "contacts", "version": "1"}, "paths": paths}


def put_contacts(url: str, first: int, last: int) -> None:
    """Write contacts straight into the store, with the keys that they are found by."""
    engine = open_engine(url)
    rows = {"entities": insert(tables.entities), "search_keys": insert(tables.search_keys)}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for start in range(first, last, 20_000):
            connection.connection.cursor().execute("BEGIN IMMEDIATE")
            bodies = [numbered(number) for number in range(start, min(start + 20_000, last))]
            rows["entities"].run_many(connection, [entity(body) for body in bodies])
            keys = [
                {"kind": KIND, "key_type": key, "value": value, "id": body["id"]}
                for body in bodies
                for key, value in keys_of(body)
            ]
            rows["search_keys"].run_many(
                connection, sorted(keys, key=lambda key: (key["key_type"], key["value"]))
            )
            connection.connection.cursor().execute("COMMIT")
    engine.dispose()


def phone_of(number: int) -> str:
    return f"+1212{2_000_000 + number}"


def numbered(number: int) -> dict[str, Any]:
    """Contact number `number`: every one has another name, number and address."""
    phone = CONTACT["workPhone"] | {"e164": phone_of(number)}  # type: ignore[operator]
    own = {"id": f"{number:08x}-0000-4000-8000-000000000000", "lastName": f"Lovelace{number}"}
    return CONTACT | own | {"workPhone": phone, "workEmail": f"ada{number}@example.com"}


def entity(body: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(body, separators=(",", ":"))
    return {
        "kind": KIND,
        "parent": "",
        "id": body["id"],
        "name_key": "",
        "division_id": body["division"]["id"],
        "state": "",
        "created": 0,
        "modified": 0,
        "body": text,
    }


def new_body(number: int) -> bytes:
    sent = {
        "firstName": "Ada",
        "lastName": f"Byron{number}",
        "workPhone": {"display": f"+1646{2_000_000 + number}"},
        "workEmail": f"byron{number}@example.com",
    }
    return json.dumps(sent).encode()


def created(port: int, token: str) -> float:
    """Contacts that the platform creates in a second, asked by many connections."""
    numbers = iter(range(CREATED))
    lock, started = threading.Lock(), time.perf_counter()

    def work() -> None:
        connection = Connection(port, token)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            status, content = connection.ask("POST", PATH, new_body(number))
            assert status == 200, content

    threads = [threading.Thread(target=work) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return CREATED / (time.perf_counter() - started)


def committed(source: Path, target: Path) -> float:
    """The rows of the created contacts, committed by a bare loop, one transaction for each contact."""
    with sqlite3.connect(source) as old:
        marks = old.execute(
            "SELECT id, body FROM entities WHERE kind = ? AND body LIKE '%byron%'", (KIND,)
        ).fetchall()
        rows = [
            [
                *old.execute("SELECT 'entities', * FROM entities WHERE kind = ? AND id = ?", (KIND, mark)),
                *old.execute(
                    "SELECT 'search_keys', * FROM search_keys WHERE kind = ? AND id = ?", (KIND, mark)
                ),
                *old.execute("SELECT 'audit', * FROM audit WHERE entity_id = ?", (mark,)),
            ]
            for mark, _ in marks
        ]
        schema = old.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name IN ('entities', 'search_keys', 'audit') "
            "AND sql IS NOT NULL AND type != 'trigger'"
        )
        statements = [row[0] for row in schema]
    new = sqlite3.connect(target, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        new.execute(f"PRAGMA {pragma}")
    for statement in statements:
        new.execute(statement)
    started = time.perf_counter()
    for contact in rows:
        new.execute("BEGIN IMMEDIATE")
        for table, *values in contact:
            new.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(values))})", values)
        new.execute("COMMIT")
    took = time.perf_counter() - started
    new.close()
    return len(rows) / took


def search_time(port: int, token: str, count: int) -> float:
    """The 99th percentile of a search by number among `count` contacts, in ms."""
    connection, times = Connection(port, token), []
    for turn in range(SEARCHES):
        number = turn * 7919 % count
        started = time.perf_counter()
        status, content = connection.ask("GET", f"{PATH}?q=%2B{phone_of(number)[1:]}")
        times.append((time.perf_counter() - started) * 1000)
        assert status == 200, content
        assert b'"total":1,' in content, content
    return quantiles(times, n=100)[98]


def memory_of(process: subprocess.Popen[bytes]) -> float:
    """Resident memory of a server with its workers, in MB."""
    found = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "status").read_text()
        except OSError:
            continue
        fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        if process.pid in (int(fields["Pid"]), int(fields["PPid"])):
            found += int(fields.get("VmRSS", "0 kB").split()[0])
    return found / 1024


def rows_of(folder: Path) -> Iterable[tuple[str, float, float, float]]:
    file, root = folder / "platform.db", Path(__file__).resolve().parent.parent
    url = f"sqlite:///{file}"
    prepare_database(Settings(url))
    put_contacts(url, 0, 1_000)
    with Store(url, Clock()).write() as transaction:
        transaction.add(KIND, dict(CONTACT))
    programs = packages(folder / "npm")
    with ExitStack() as stack:
        port, bare = free_port(), free_port()
        stack.enter_context(running(platform_command(url, port), port, folder=root))
        token = log_in(port)
        few = search_time(port, token, 1_000)
        if programs is not None:
            stack.enter_context(running(bare_command(bare), bare, folder=root))
            ours, theirs = asked(programs, port, token), asked(programs, bare)
            yield "GET contact /s, bare Starlette and granian (target 0.35)", ours, theirs, ours / theirs
            mocked = prism(stack, programs, folder)
            yield "GET contact /s, Prism (target 5)", ours, mocked, ours / mocked
        writes = created(port, token)
    bare_writes = committed(file, folder / "bare.db")
    yield (
        "create contact /s, bare commits of the same rows (target 0.4)",
        writes,
        bare_writes,
        writes / bare_writes,
    )
    put_contacts(url, 1_000, MANY)
    with running(platform_command(url, port), port, folder=root) as process:
        token = log_in(port)
        many = search_time(port, token, MANY)
        yield (
            f"search by number, 99th percentile in ms: {MANY:,} contacts, 1,000 (at most 3)",
            many,
            few,
            many / few,
        )
        used = memory_of(process)
        yield "memory of the server with them, MB; target 300", used, 300.0, used / 300.0


def prism(stack: ExitStack, programs: Path, folder: Path) -> float:
    document = folder / "contacts.json"
    document.write_text(json.dumps(mock_document()))
    port = free_port()
    command = [str(programs / "prism"), "mock", "-h", "127.0.0.1", "-p", str(port), str(document)]
    stack.enter_context(running(command, port, folder=folder))
    return asked(programs, port)


def run() -> list[tuple[str, float, float, float]]:
    """All rows; autocannon's are left out where npm is not installed."""
    with tempfile.TemporaryDirectory(prefix="ringback-bench-") as folder:
        return list(rows_of(Path(folder)))
