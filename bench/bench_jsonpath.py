"""JSONPath against python-jsonpath: reading compiled paths, and compiling."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from ringback.lang import jsonpath
from ringback.lang.jsonpath.path import compile_path

COLUMNS = ("ours /s", "python-jsonpath", "times faster")
QUEUES = {
    "entities": [
        {
            "id": f"q{i}",
            "name": f"Queue {i}",
            "active": i % 2 == 0,
            "members": [{"id": f"m{i}-{j}", "ring": j} for j in range(3)],
        }
        for i in range(30)
    ]
}
# about 1,100 nodes: an answer of the queue observations query
OBSERVATIONS = {
    "results": [
        {
            "group": {"mediaType": "voice", "queueId": f"q{i}"},
            "data": [
                {"metric": metric, "qualifier": "x", "stats": {"count": count}}
                for count, metric in enumerate(("oWaiting", "oInteracting", "oAlerting"))
            ],
        }
        for i in range(55)
    ]
}
CASES = (
    ("$.entities[0].name", QUEUES),
    ("$.entities[?(@.active == true)].members[?(@.ring > 0)].id", QUEUES),
    ("$..data[?(@.metric=='oWaiting')].stats.count", OBSERVATIONS),
)


def _rate(work: Callable[[], object], seconds: float = 0.5) -> float:
    """Calls of `work` in one second."""
    work()
    calls, batch, began = 0, 1, time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds:
        for _ in range(batch):
            work()
        calls += batch
        batch = min(batch * 2, 1000)
    return calls / spent


def _peer() -> Any:
    try:
        return importlib.import_module("jsonpath")
    except ImportError:
        return None


def _compare(
    name: str, ours: Callable[[], object], theirs: Callable[[], object] | None
) -> tuple[str, float, float, float]:
    rate, peer = _rate(ours), _rate(theirs) if theirs else 0.0
    return name, rate, peer, rate / peer if peer else 0.0


def run() -> list[tuple[str, float, float, float]]:
    """For each case its name, our calls per second, python-jsonpath's (0 without it), and the ratio."""
    peer = _peer()
    rows = []
    for path, document in CASES:
        theirs = partial(peer.compile(path).findall, document) if peer else None
        rows.append(_compare(f"read {path}", partial(jsonpath.compile(path).read, document), theirs))
    for path, _ in CASES:
        theirs = partial(peer.compile, path) if peer else None
        rows.append(_compare(f"compile {path}", partial(compile_path.__wrapped__, path), theirs))
    return rows


if __name__ == "__main__":
    for name, ours, peer, ratio in run():
        print(f"{name:70} {ours:12,.0f} {peer:12,.0f} {ratio:6.1f}")
