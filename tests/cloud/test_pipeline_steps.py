"""Steps of contacts at a platform that is slow at the wrong moment."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ringback.cloud import pipeline_steps
from ringback.cloud.pipeline_limiter import Limiter, Rate
from ringback.cloud.pipeline_metrics import Meter
from ringback.cloud.pipeline_platform import Platform, Registered
from ringback.cloud.pipeline_reader import Wanted, new_row
from ringback.cloud.pipeline_steps import Pace, Steps
from ringback.cloud.pipeline_store import PipelineStore
from ringback.cloud.pipeline_tables import REGISTER
from tests.platform.conftest import database

ORGANISATION = "http://127.0.0.1:1"
PACE = Pace(lease=120, settle=30)


class Clock(SimpleNamespace):
    """The time module as the steps see it."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now

    def perf_counter(self) -> float:
        return self.now


class SlowToFind(Platform):
    """Takes a contact twice, and finds nobody, slowly."""

    unique = False

    def __init__(self, clock: Clock, seconds: float) -> None:
        self.organisation, self._clock, self._seconds = ORGANISATION, clock, seconds
        self.sent: list[tuple[str, float]] = []

    def find(self, external_id: str) -> str:  # noqa: ARG002  the platform's
        self._clock.now += self._seconds
        return ""

    def register(self, payload: Any) -> Registered:
        (found,) = self.register_many([payload])
        return found

    def register_many(self, payloads: Sequence[Any]) -> Iterator[Registered]:
        for payload in payloads:
            self.sent.append((payload["externalContactId"], self._clock.now))
            yield Registered(f"id-{payload['externalContactId']}", existed=False)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PipelineStore]:
    made = PipelineStore(database(tmp_path))
    yield made
    made.close()


@pytest.mark.parametrize(("seconds", "turns"), [(0.1, 1), (15.0, 4), (50.0, 10)])
def test_what_is_sent_is_sent_within_the_lease(
    store: PipelineStore, monkeypatch: pytest.MonkeyPatch, seconds: float, turns: int
) -> None:
    """Ten contacts are looked for before they are sent; who sends after the lease doubles another's work."""
    clock = Clock(time=time.time)
    monkeypatch.setattr(pipeline_steps, "time", clock)
    platform, limiter = SlowToFind(clock, seconds), Limiter(store, ORGANISATION, rate=Rate(10, 60), hold=120)
    steps = Steps(store, platform, limiter=limiter, meter=Meter(), pace=PACE)
    wanted = Wanted(ORGANISATION, "default", REGISTER)
    for number in range(10):
        body = {"externalContactId": f"S{number}", "name": "A", "channels": {"chat": "a"}}
        store.add([new_row(body, wanted, source="a.csv", line=number)])
    turn = 0
    while store.open_rows(ORGANISATION):
        turn, began = turn + 1, clock.now
        with store.write() as transaction:
            rows = store.claim(transaction, ORGANISATION, at=REGISTER, lease=PACE.lease_ms, most=10)
            note = limiter.take(transaction, len(rows))
        steps.register(rows, note=note)
        assert all(moment - began <= PACE.lease * 3 / 4 for _, moment in platform.sent if moment >= began)
    assert turn == turns
    assert sorted(name for name, _ in platform.sent) == sorted(f"S{number}" for number in range(10))
    assert {row.retries for number in range(10) for row in store.find(f"S{number}")} == {0}
