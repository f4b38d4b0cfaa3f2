"""A local platform on a real socket, one for each test process; `RINGBACK_TEST_POSTGRES` runs the same
tests there.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.platform.client import Client

STARTS_WITHIN = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """One `ringback serve` in a process of its own."""

    def __init__(self, url: str, *options: str) -> None:
        self.url, self.options, self.port = url, options, free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.token = ""
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the server

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Server:
        command = [sys.executable, "-m", "ringback", "serve", "--port", str(self.port), "--db", self.url]
        self.process = subprocess.Popen(
            [*command, *self.options], stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True
        )
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=0.2):
                    return self
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.02)
        printed = self.output()
        self.stop()
        raise RuntimeError(f"the server did not start: {printed}")

    def output(self) -> str:
        """What the server printed so far."""
        self.log.seek(0)
        return self.log.read().decode()

    def kill(self) -> None:
        """SIGKILL to the server and its workers, at once."""
        assert self.process is not None
        os.killpg(self.process.pid, 9)
        self.process.wait()
        # The worker is nobody's child any more: its socket tells when it is gone.
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) != 0:
                    return
            time.sleep(0.005)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
        self.log.close()


def database(folder: Path) -> str:
    """An empty database: a file, or a schema of the PostgreSQL server under test."""
    server = os.environ.get("RINGBACK_TEST_POSTGRES")
    if not server:
        return f"sqlite:///{folder / 'platform.db'}"
    name = f"rb_{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(
        sa.make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    admin.dispose()
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(database(tmp_path_factory.mktemp("platform"))).start()
    yield running
    running.stop()


@pytest.fixture
def api(server: Server) -> Iterator[Client]:
    """A client with every permission; it logs in only where it must, since logins are limited."""
    with Client(server.origin, server.token) as client:
        if not client.token or client.send("HEAD", "/api/v2/tokens/me").status != 204:
            client.token = ""
            server.token = client.login("ringback-local", "ringback-local")
        yield client
