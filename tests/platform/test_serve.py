"""`ringback serve`: what it says, when it refuses to start, how it stops, and its audit check."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpcore
import pytest

from ringback.platform.settings import STOP_SECONDS, Settings, is_loopback
from ringback.platform.store import append_only
from ringback.platform.store.engines import open_engine
from tests.cli.helpers import invoke
from tests.platform.client import Client
from tests.platform.conftest import Server, database, free_port

SECRET = "RINGBACK_CLIENT_SECRET"
ROLES = "/api/v2/authorization/roles"


def serve(
    tmp_path: Path, *options: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """A start that is expected to end by itself."""
    command = [sys.executable, "-m", "ringback", "serve", "--port", str(free_port())]
    if "--db" not in options:
        command += ["--db", f"sqlite:///{tmp_path / 'platform.db'}"]
    return subprocess.run(
        [*command, *options],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **(env or {})},
        check=False,
    )


def stopped(server: Server) -> str:
    """Stop a server; gives what it printed."""
    assert server.process is not None
    server.process.terminate()
    assert server.process.wait(STOP_SECONDS + 5) == 0
    return server.output()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers over one database; they are stopped when the test ends, however it ends."""
    url, started = database(tmp_path), []

    def run(*options: str) -> Server:
        server = Server(url, *options)
        started.append(server)
        return server.start()

    yield run
    for server in started:
        server.stop()


# ---- refusals


def test_beyond_this_machine_somebody_else_must_be_able_to_log_in(tmp_path: Path) -> None:
    refused = serve(tmp_path, "--host", "0.0.0.0")
    assert refused.returncode == 2
    assert "--client ID" in refused.stderr
    assert "--seed FILE" in refused.stderr
    public = serve(tmp_path, "--public-url", "https://api.example.com")
    assert public.returncode == 2
    assert "--public-url https://api.example.com" in public.stderr


def test_a_client_of_its_own_serves_everybody_and_the_well_known_one_is_gone(
    start: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET, "a-secret-of-our-own")
    server = start("--host", "0.0.0.0", "--client", "ci")
    with Client(server.origin) as client:
        client.login("ci", "a-secret-of-our-own")
        client.post(ROLES, {"name": "made"}).ok()
        other = {"host": "api.example.com", "origin": "https://app.example.com"}
        answer = client.send("GET", ROLES, headers=other)
        answer.ok()
        assert answer.headers["access-control-allow-origin"] == "https://app.example.com"
        with pytest.raises(AssertionError, match="401"):
            client.login("ringback-local", "ringback-local")
    with Client(server.origin) as nobody:
        nobody.post("/_ringback/reset").refused(401)
    assert "a-secret-of-our-own" not in server.output()
    assert "ringback-local" not in server.output()


@pytest.mark.parametrize(
    ("options", "env", "words"),
    [
        (["--client", "ci"], {}, SECRET),
        (["--client", "ci"], {SECRET: ""}, SECRET),
        (["--client", "ringback-local"], {SECRET: "x"}, "of your own"),
        (["--reseed"], {}, "--seed"),
        (["--seed", "nowhere.yaml"], {}, "nowhere.yaml"),
        (["--host", "203.0.113.9"], {}, "not one of this machine's"),
        (["--host", "no such host"], {}, "is no address"),
        (["--db", "mysql://x/y"], {}, "only SQLite and PostgreSQL"),
        (["--db", "sqlite:////proc/nowhere/x.db"], {}, "cannot be"),
        (["--db", "postgresql://u:hidden@127.0.0.1:1/x"], {}, "cannot be opened"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_a_wrong_start_is_told(
    tmp_path: Path, options: list[str], env: dict[str, str], words: str
) -> None:
    found = serve(tmp_path, *options, env=env)
    assert (found.returncode, found.stdout) == (2, "")
    assert words in found.stderr
    assert "Traceback" not in found.stderr
    assert "hidden" not in found.stderr


def test_a_port_in_use_and_a_file_that_is_no_database(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        found = serve(tmp_path, "--port", str(taken.getsockname()[1]))
    assert found.returncode == 2
    assert "is in use" in found.stderr
    file = tmp_path / "text.db"
    file.write_text("this is no database, however long one looks at it " * 20)
    for option in ([], ["--verify-audit"]):
        found = serve(tmp_path, "--db", f"sqlite:///{file}", *option)
        assert found.returncode == 2
        assert "is not a database" in found.stderr


@pytest.mark.parametrize(
    ("host", "public", "loopback"),
    [
        ("127.0.0.1", "", True),
        ("127.0.0.9", "", True),
        ("::1", "", True),
        ("localhost", "http://localhost:9", True),
        ("127.0.0.1", "https://api.example.com", False),
        ("0.0.0.0", "", False),
        ("0.0.0.0", "http://localhost", False),
        ("localhost.example.com", "", False),
    ],
)
def test_who_can_reach_it(host: str, public: str, loopback: bool) -> None:
    assert Settings("x", host=host, public_url=public).loopback is loopback
    assert is_loopback("127.1") is False


# ---- running


def test_what_it_says_and_the_log_of_requests(start: Callable[..., Server]) -> None:
    server = start("--log", "requests", "--workers", "2")
    with Client(server.origin) as client:
        client.login("ringback-local", "ringback-local")
        token = client.token
        client.get(ROLES, name="a query that is not shown").ok()
        client.get("/nothing/%0a%1b[31m").refused(404)
        client.post("/api/v2/integrations/webhooks/secret-token/events", {}).refused(404)
    printed = stopped(server)
    assert printed.startswith(f"Local platform at {server.origin}, database ")
    assert "client id ringback-local, secret ringback-local" in printed
    lines = [line for line in printed.splitlines() if re.match(r"\d\d:\d\d:\d\d\.\d{3}  ", line)]
    assert [line.split()[1:4] for line in lines] == [
        ["200", "POST", "/oauth/token"],
        ["200", "GET", ROLES],
        ["404", "GET", "/nothing/%0A%1B%5B31m"],
        ["404", "POST", "/api/v2/integrations/webhooks/***/events"],
    ]
    assert token not in printed
    assert "not shown" not in printed
    assert "secret-token" not in printed
    assert "granian" not in printed.lower()
    assert printed.endswith("Stopped.\n")
    assert all(len(line) <= 120 for line in lines)


def test_only_errors_are_logged_unless_asked(start: Callable[..., Server]) -> None:
    server = start()
    with Client(server.origin) as client:
        client.login("ringback-local", "ringback-local")
        client.get("/nothing").refused(404)
    lines = [line for line in stopped(server).splitlines() if line[:1].isdigit()]
    assert [line.split()[1:4] for line in lines] == [["404", "GET", "/nothing"]]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_stop_answers_what_is_under_way_and_takes_nothing_new(
    start: Callable[..., Server], workers: str
) -> None:
    server = start("--workers", workers)
    assert server.process is not None
    answers: list[int] = []
    with Client(server.origin) as client:
        client.login("ringback-local", "ringback-local")
        client.post("/_ringback/faults", {"kind": "delay", "path": ROLES, "delayMs": 2000}).ok()
        slow = threading.Thread(target=lambda: answers.append(client.post(ROLES, {"name": "slow"}).status))
        slow.start()
        time.sleep(0.7)
        started = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        with pytest.raises(ConnectionError), socket.create_connection(("127.0.0.1", server.port), timeout=2):
            pass
        assert server.process.wait(STOP_SECONDS + 5) == 0
        slow.join()
    assert answers == [200]
    assert time.monotonic() - started < STOP_SECONDS
    assert "Stopped." in server.output()
    server.start()
    with Client(server.origin) as client:
        client.login("ringback-local", "ringback-local")
        assert client.get(ROLES, name="slow").ok()["total"] == 1


@pytest.mark.slow
def test_a_stop_waits_no_longer_than_it_says(start: Callable[..., Server]) -> None:
    server = start()
    assert server.process is not None
    with socket.create_connection(("127.0.0.1", server.port)) as half, Client(server.origin) as client:
        client.login("ringback-local", "ringback-local")
        half.sendall(b"POST /oauth/token HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nx")
        time.sleep(0.3)
        started = time.monotonic()
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(STOP_SECONDS + 5) == 0
        assert time.monotonic() - started < STOP_SECONDS + 3
        with contextlib.suppress(httpcore.NetworkError, httpcore.RemoteProtocolError):
            client.get(ROLES)


# ---- several workers


def test_several_workers_agree_on_host_seed_and_faults(tmp_path: Path, start: Callable[..., Server]) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("queues: [Shared]\nrateLimit: {perMinute: 200}")
    server = start("--workers", "3", "--seed", str(seed))
    with Client(server.origin) as first:
        first.login("ringback-local", "ringback-local")
        for _ in range(12):
            with Client(server.origin, first.token) as client:
                answer = client.get("/api/v2/routing/queues")
                assert answer.ok()["total"] == 1
                assert answer.headers["inin-ratelimit-allowed"] == "200"
                client.send("GET", ROLES, headers={"host": "evil.example"}).refused(403)
                client.send("GET", ROLES, headers={"origin": "https://evil.example"}).refused(403)


def test_a_public_origin_stands_in_presigned_addresses(start: Callable[..., Server]) -> None:
    public = f"http://localhost:{free_port()}"
    server = start("--public-url", f"{public}/")
    with Client(server.origin) as client:
        client.login("ringback-local", "ringback-local")
        job = client.post("/api/v2/flows/jobs").ok()
        assert job["presignedUrl"].startswith(f"{public}/")


# ---- the audit trail


def test_the_audit_trail_is_checked_and_a_change_found(start: Callable[..., Server]) -> None:
    server = start()
    url = server.url
    with Client(server.origin) as client:
        client.login("ringback-local", "ringback-local")
        for number in range(3):
            client.post(ROLES, {"name": f"role {number}"}).ok()
    running = invoke("serve", "--db", url, "--verify-audit")
    assert running.code == 0, "a server may run meanwhile"
    stopped(server)
    good = invoke("serve", "--db", url, "--verify-audit")
    assert re.fullmatch(r"The audit trail holds: 3 entries, head [0-9a-f]{64}\n", good.out)
    engine = open_engine(url)
    with engine.begin() as connection:
        append_only.lift(connection)
        connection.exec_driver_sql("UPDATE audit SET body = '{}' WHERE seq = 2")
    broken = invoke("serve", "--db", url, "--verify-audit")
    assert broken.code == 1
    assert "broken at entry 2: entry 2 was changed after it was written" in broken.out
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM audit WHERE seq >= 2")
    engine.dispose()
    cut = invoke("serve", "--db", url, "--verify-audit")
    assert cut.code == 1
    assert "the chain ends at entry 1, its head says 3" in cut.out


def test_there_must_be_a_database_to_check(tmp_path: Path) -> None:
    found = invoke("serve", "--db", f"sqlite:///{tmp_path / 'none.db'}", "--verify-audit")
    assert found.code == 2
    assert not (tmp_path / "none.db").exists()
