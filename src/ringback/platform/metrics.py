"""Figures of the server, for Prometheus.

Several workers share theirs through files in the folder that `PROMETHEUS_MULTIPROC_DIR` names; `server.serve`
sets it.
"""

from __future__ import annotations

import os
from typing import Any

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from ringback.platform.exchange import Exchange
from ringback.platform.settings import METRICS_FOLDER

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Requests by method, route and status, and how long they took."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        # One figure for count and time: each costs a lock, and every request pays for it.
        self._seconds = Histogram(
            "ringback_request_seconds",
            "Time from the request to its answer.",
            ("method", "route", "status"),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._children: dict[tuple[str, str, int], Any] = {}

    def count(self, exchange: Exchange, seconds: float) -> None:
        """Count one finished request; status 0: its connection was closed on order."""
        call = exchange.call
        key = (exchange.method if call else "", call.route.path if call else "", exchange.status)
        if (child := self._children.get(key)) is None:
            child = self._children[key] = self._seconds.labels(key[0], key[1], str(key[2]))
        child.observe(seconds)

    def text(self) -> bytes:
        """Everything, in Prometheus' text format; of all workers."""
        if METRICS_FOLDER not in os.environ:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
