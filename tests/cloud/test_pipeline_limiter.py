"""The organisation's limit: what may be sent, and that no window ever holds more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringback.cloud.pipeline_limiter import Limiter, Rate, parse_rate
from ringback.cloud.pipeline_store import PipelineStore
from ringback.core.errors import UsageError
from tests.cloud.pipeline_world import most_in_window
from tests.platform.conftest import database

ORGANISATION = "http://127.0.0.1:1"


class Ticks:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def store(tmp_path: Path, ticks: Ticks) -> Iterator[PipelineStore]:
    made = PipelineStore(f"sqlite:///{tmp_path / 'limits.db'}", clock=ticks)
    yield made
    made.close()


def taken(store: PipelineStore, limiter: Limiter, wanted: int) -> tuple[int, int]:
    """How many of the wanted registrations may be sent, and the number of the note."""
    with store.write() as transaction:
        free = limiter.free(transaction, wanted)
        return free, limiter.take(transaction, free) if free else 0


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("100/min", Rate(100, 60)),
        ("100/m", Rate(100, 60)),
        ("10/s", Rate(10, 1)),
        ("30/10s", Rate(30, 10)),
        ("5/0.5s", Rate(5, 0.5)),
        ("6000/h", Rate(6000, 3600)),
        ("none", None),
    ],
)
def test_rates(text: str, rate: Rate | None) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "100", "0/min", "-1/min", "1/0s", "1/day", "a/b"])
def test_no_rates(text: str) -> None:
    with pytest.raises(UsageError, match="is no rate"):
        parse_rate(text)


def test_a_request_counts_until_a_window_after_its_answer(store: PipelineStore, ticks: Ticks) -> None:
    limiter = Limiter(store, ORGANISATION, rate=Rate(10, 60), hold=30_000)
    assert taken(store, limiter, 6)[0] == 6
    free, note = taken(store, limiter, 6)
    assert free == 4
    ticks.now += 20
    with store.write() as transaction:
        limiter.answered(transaction, note, sent=4)
    ticks.now += 59.9
    assert taken(store, limiter, 10)[0] == 0, "answered 59.9 s ago, and the others may be under way"
    ticks.now += 0.2
    free, note = taken(store, limiter, 10)
    assert free == 4
    ticks.now += 10
    assert taken(store, limiter, 10)[0] == 6, "who sent the first six died: lease and window are over"


def test_what_was_not_sent_does_not_count(store: PipelineStore) -> None:
    limiter = Limiter(store, ORGANISATION, rate=Rate(10, 60), hold=30_000)
    free, note = taken(store, limiter, 10)
    with store.write() as transaction:
        limiter.answered(transaction, note, sent=0)
    assert (free, taken(store, limiter, 10)[0]) == (10, 10)


@pytest.mark.parametrize("rate", [None, Rate(1000, 1)])
def test_a_pause_holds_for_all(store: PipelineStore, ticks: Ticks, rate: Rate | None) -> None:
    first, second = (Limiter(store, ORGANISATION, rate=rate, hold=1000) for _ in range(2))
    with store.write() as transaction:
        first.pause(transaction, 7_000)
        first.pause(transaction, 2_000)
    assert taken(store, second, 5)[0] == 0
    ticks.now += 7.1
    assert taken(store, second, 5)[0] == 5


def test_organisations_have_limits_of_their_own(store: PipelineStore) -> None:
    one, other = (Limiter(store, name, rate=Rate(3, 60), hold=1000) for name in ("one", "other"))
    assert [taken(store, each, 5)[0] for each in (one, one, other)] == [3, 0, 3]


STEPS = st.lists(
    st.tuples(st.integers(1, 8), st.floats(0, 4), st.floats(0, 5), st.booleans()), min_size=1, max_size=40
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(steps=STEPS)
def test_no_window_holds_more(
    steps: list[tuple[int, float, float, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Requests arrive at any moment between being allowed and answered; some senders die before that."""
    ticks, arrivals = Ticks(), list[float]()
    store = PipelineStore(f"sqlite:///{tmp_path_factory.mktemp('limit') / 'l.db'}", clock=ticks)
    limiter = Limiter(store, ORGANISATION, rate=Rate(10, 6), hold=5_000)
    waiting: list[tuple[float, int, int]] = []
    for wanted, pause, under_way, dies in steps:
        free, note = taken(store, limiter, wanted)
        arrivals += [ticks.now + under_way] * free
        if free and not dies:
            waiting.append((ticks.now + under_way, note, free))
        ticks.now += pause
        for each in [each for each in waiting if each[0] <= ticks.now]:
            waiting.remove(each)
            with store.write() as transaction:
                limiter.answered(transaction, each[1], sent=each[2])
    store.close()
    assert most_in_window(arrivals, 6) <= 10


def test_workers_share_the_limit(tmp_path: Path) -> None:
    """On whatever database the platform's tests use."""
    url = database(tmp_path)
    stores = [PipelineStore(url) for _ in range(2)]
    limiters = [Limiter(each, ORGANISATION, rate=Rate(5, 60), hold=60_000) for each in stores]
    got = [taken(store, limiter, 3)[0] for store, limiter in zip(stores, limiters, strict=True)]
    got.append(taken(stores[0], limiters[0], 3)[0])
    for store in stores:
        store.close()
    assert got == [3, 2, 0]
