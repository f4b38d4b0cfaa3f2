"""The client against `ringback serve`, in a process of its own and with its faults on order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ringback.cloud import Cloud, Conflict, NotFound, OutcomeUnknown, RateLimited, VirtualClock, connect
from tests.platform.conftest import Server, database

DIVISIONS = "/api/v2/authorization/divisions"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(database(tmp_path_factory.mktemp("cloud"))).start()
    yield server
    server.stop()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def cloud(running: Server, clock: VirtualClock, tmp_path: Path) -> Iterator[Cloud]:
    with connect(base_url=running.origin, environ={}, tokens=tmp_path, clock=clock) as found:
        found.delete("/_ringback/faults")
        yield found


def names(cloud: Cloud) -> list[str]:
    return sorted(division["name"] for division in cloud.entities(DIVISIONS, size=2))


def order(cloud: Cloud, **rule: object) -> None:
    cloud.post("/_ringback/faults", rule)


def test_the_local_client_needs_no_credentials(cloud: Cloud) -> None:
    home = cloud.get(f"{DIVISIONS}/home")
    assert home.json["homeDivision"] is True
    assert home.correlation_id
    assert cloud.profile.credentials.client_id == "ringback-local"


def test_a_lost_reply_makes_one_division(cloud: Cloud) -> None:
    order(cloud, kind="lost", method="POST", path=DIVISIONS, count=1)
    body = {"name": "Lost", "description": "once"}
    with pytest.raises(OutcomeUnknown):
        cloud.post(DIVISIONS, body)
    assert names(cloud).count("Lost") == 1
    with pytest.raises(Conflict):
        cloud.post(DIVISIONS, body)


def test_a_reset_makes_none(cloud: Cloud) -> None:
    order(cloud, kind="reset", method="POST", path=DIVISIONS, count=1)
    with pytest.raises(OutcomeUnknown):
        cloud.post(DIVISIONS, {"name": "Reset", "description": "never"})
    assert "Reset" not in names(cloud)


def test_what_is_safe_is_made_again(cloud: Cloud, clock: VirtualClock) -> None:
    made = cloud.post(DIVISIONS, {"name": "Again", "description": "1"}).json
    path = f"{DIVISIONS}/{made['id']}"
    order(cloud, kind="lost", method="PUT", path=path, count=1)
    changed = cloud.put(path, {**made, "description": "2"})
    assert (changed.json["description"], changed.tries, changed.unknown_before) == ("2", 2, True)
    order(cloud, kind="status", status=503, method="GET", path=path, count=3)
    assert cloud.get(path).tries == 4
    order(cloud, kind="lost", method="DELETE", path=path, count=1)
    assert cloud.delete(path).unknown_before
    with pytest.raises(NotFound):
        cloud.get(path)


def test_a_rate_limit_is_kept_to_the_second(cloud: Cloud, clock: VirtualClock) -> None:
    order(cloud, kind="status", status=429, retryAfter=7, method="POST", path=DIVISIONS, count=2)
    assert cloud.post(DIVISIONS, {"name": "Limited", "description": "1"}).tries == 3
    assert clock.slept == [7.0, 7.0]
    order(cloud, kind="status", status=429, retryAfter=9, method="GET", path=DIVISIONS)
    with pytest.raises(RateLimited) as caught:
        names(cloud)
    assert (caught.value.retry_after, caught.value.tries) == (9, 8)
