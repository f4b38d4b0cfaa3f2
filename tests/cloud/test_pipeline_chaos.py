"""The pipeline when everything breaks: faults, a CRM that fails, importers and servers that are killed."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.cloud.pipeline_world import BAD_ROWS, CONTACTS, Crm, World, faults, kill, most_in_window, people
from tests.platform.conftest import Server, database

COUNT, RATE, WINDOW = 150, 60, 2.0
PACE = ("--rate", f"{RATE}/{WINDOW:g}s", "--settle", "3", "--lease", "12")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(
        tmp_path, Server(database(tmp_path)).start(), Crm(), f"sqlite:///{tmp_path / 'pipeline.db'}", PACE
    )
    yield made
    made.close()


def check_outcome(world: World, ids: list[str]) -> None:
    """Every valid row is one contact, one interaction and one event; every other row is a reject."""
    found = world.contacts()
    assert Counter(each["externalContactId"] for each in found) == Counter(ids)
    assert world.conversations([each["id"] for each in found]) == {1: len(ids)}
    assert world.crm.events == Counter(ids)
    assert len(world.rejects()) == len(BAD_ROWS) + 1
    moments = [datetime.fromisoformat(each["createDate"]).timestamp() for each in found]
    assert most_in_window(moments, WINDOW) <= RATE


@pytest.mark.slow
def test_killed_again_and_again(world: World) -> None:
    ids = people(world.folder / "people.csv", COUNT)
    world.order(*faults())
    chance = random.Random(3)
    running = world.start(*world.import_arguments(world.folder / "people.csv"))
    for number in range(6):
        time.sleep(1.2 + chance.random())
        if number % 3 == 2:
            world.server.kill()
            world.server.start()
            continue
        kill(running)
        running = world.start(*world.import_arguments(world.folder / "people.csv"))
    assert running.wait(90) == 1, (world.folder / "run.out").read_text()
    world.deliver_rest()
    check_outcome(world, ids)
    assert world.crm.failures > 0
    assert world.crm.refused == 0


@pytest.mark.slow
def test_in_bulk(world: World) -> None:
    ids = people(world.folder / "people.csv", COUNT)
    world.order(*faults())
    arguments = world.import_arguments(world.folder / "people.csv", "--bulk")
    running = world.start(*arguments)
    time.sleep(2)
    kill(running)
    assert world.start(*arguments).wait(90) == 1, (world.folder / "run.out").read_text()
    world.deliver_rest()
    check_outcome(world, ids)


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("RINGBACK_TEST_POSTGRES"), reason="needs RINGBACK_TEST_POSTGRES")
def test_two_workers_share_queue_and_limit(tmp_path: Path) -> None:
    platform = Server(f"sqlite:///{tmp_path / 'platform.db'}").start()
    world = World(tmp_path, platform, Crm(), database(tmp_path), PACE)
    try:
        ids = people(tmp_path / "people.csv", COUNT)
        world.order(*faults())
        arguments = world.import_arguments(tmp_path / "people.csv")
        first, second = world.start(*arguments, name="first"), world.start(*arguments, name="second")
        _wait_for_both(world, second)
        kill(first)
        assert second.wait(90) == 1, (tmp_path / "second.out").read_text()
        world.deliver_rest()
        check_outcome(world, ids)
    finally:
        world.close()


def _wait_for_both(world: World, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while len(world.contacts()) < COUNT // 4 and time.monotonic() < until and running.poll() is None:
        time.sleep(0.2)


def test_the_naive_loop_doubles_and_the_pipeline_does_not(world: World) -> None:
    sdk = pytest.importorskip("PureCloudPlatformClientV2", reason="the official SDK is not installed")
    lost = {"kind": "lost", "method": "POST", "path": CONTACTS, "count": 5, "skip": 1}
    world.order(lost)
    # The SDK's configuration is one for the whole process: this client has an address of its own.
    connection = sdk.api_client.ApiClient(host=world.server.origin)
    connection.gateway_configuration = None
    client = connection.get_client_credentials_token("ringback-local", "ringback-local")
    api = sdk.ExternalContactsApi(client)
    for number in range(10):
        body = sdk.ExternalContact()
        body.first_name, body.last_name = "Naive", f"Person{number}"
        api.post_externalcontacts_contacts(body)
    naive = [each for each in world.contacts() if each.get("firstName") == "Naive"]
    assert len(naive) == 15, "each lost answer makes the SDK send the contact once more"

    ids = people(world.folder / "people.csv", 10)
    world.order(lost)
    code, said = world.done(*world.import_arguments(world.folder / "people.csv", "--until", "register"))
    assert code == 1, said
    mine = Counter(each["externalContactId"] for each in world.contacts() if "externalContactId" in each)
    assert mine == Counter(ids)
