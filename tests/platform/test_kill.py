"""SIGKILL at any moment: what was answered is there once, nothing else is, and the audit chain holds."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import httpcore
import pytest

from ringback.platform.store.audit import verify
from ringback.platform.store.engines import open_engine
from tests.platform.client import Client
from tests.platform.conftest import Server, database

ROLES = "/api/v2/authorization/roles"
KILLS = 100
WRITERS = 4


class Writer(threading.Thread):
    """Creates roles of its own and renames them, until told to stop; remembers what was answered."""

    def __init__(self, origin: str, number: int, *, round_number: int) -> None:
        super().__init__()
        self.origin, self.prefix = origin, f"w{number}-{round_number}"
        self.stopping = threading.Event()
        self.sent: list[str] = []
        self.answered: dict[str, str] = {}  # id -> name
        self.renaming: dict[str, str] = {}  # id -> name that may or may not have been taken over

    def run(self) -> None:
        try:
            with Client(self.origin) as client:
                client.login("ringback-local", "ringback-local")
                while not self.stopping.is_set():
                    self.write(client)
        except (httpcore.NetworkError, httpcore.RemoteProtocolError):
            return  # killed

    def write(self, client: Client) -> None:
        name = f"{self.prefix}-{len(self.sent)}"
        self.sent.append(name)
        created = client.post(ROLES, {"name": name}).ok()
        self.answered[created["id"]] = name
        self.renaming[created["id"]] = f"{name}-renamed"
        client.put(f"{ROLES}/{created['id']}", {"name": f"{name}-renamed"}).ok()
        self.answered[created["id"]] = self.renaming.pop(created["id"])


def stored(server: Server) -> dict[str, str]:
    """Every role, by id."""
    found: dict[str, str] = {}
    with Client(server.origin) as client:
        client.login("ringback-local", "ringback-local")
        number = 1
        while entities := client.get(ROLES, pageSize=500, pageNumber=number).ok()["entities"]:
            assert not found.keys() & {entity["id"] for entity in entities}
            found |= {entity["id"]: entity["name"] for entity in entities}
            number += 1
    return found


@pytest.mark.slow
def test_a_hundred_kills_under_write_load(tmp_path: Path) -> None:
    chance = random.Random(7)
    server = Server(database(tmp_path))
    answered: dict[str, str] = {}
    maybe: dict[str, str] = {}
    sent: set[str] = set()
    for round_number in range(KILLS):
        server.start()
        writers = [Writer(server.origin, number, round_number=round_number) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        deadline = time.monotonic() + 10
        while not any(writer.answered for writer in writers) and time.monotonic() < deadline:
            assert any(writer.is_alive() for writer in writers), server.output()
            time.sleep(0.005)
        time.sleep(chance.random() * 0.1)
        server.kill()
        for writer in writers:
            writer.stopping.set()
            writer.join()
            answered |= writer.answered
            maybe |= writer.renaming
            sent |= set(writer.sent)
    server.start()
    try:
        found = stored(server)
    finally:
        server.stop()
    for identity, name in answered.items():
        assert found[identity] in {name, maybe.get(identity)}
    names = [name for name in found.values() if name != "admin"]
    assert len(names) == len(set(names))
    assert {name.removesuffix("-renamed") for name in names} <= sent
    # What was not answered is at most what was under way when the server was killed.
    assert len(found) - 1 - len(answered) <= KILLS * WRITERS
    assert len(answered) > KILLS
    check_trail(server, found)


def check_trail(server: Server, found: dict[str, str]) -> None:
    """The chain holds, and every role has its entry: neither is there without the other."""
    engine = open_engine(server.url)
    try:
        with engine.connect() as connection:
            verdict = verify(connection)
            assert verdict.broken_at is None
            text = "SELECT DISTINCT entity_id FROM audit WHERE entity_type = 'Role'"
            audited = {row[0] for row in connection.exec_driver_sql(text)}
    finally:
        engine.dispose()
    admin = {identity for identity, name in found.items() if name == "admin"}
    assert audited == set(found) - admin
    assert verdict.entries >= len(audited)
