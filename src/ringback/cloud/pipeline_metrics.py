"""Counts and times of one run of the pipeline, for the closing table and for Prometheus.

Latencies go into buckets, each a tenth wider than the one before: a percentile is at most 5 % off, and a
million of them take as much memory as one.
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, start_http_server, write_to_textfile
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

from ringback.core.errors import UsageError

_RATIO = 1.1
_FIRST_MS = 0.1
PERCENTILES = (50, 95, 99)
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Latencies:
    """Times of one kind of call."""

    def __init__(self) -> None:
        self.buckets: Counter[int] = Counter()
        self.count, self.total = 0, 0.0

    def add(self, milliseconds: float) -> None:
        """Note one time."""
        self.buckets[max(0, math.ceil(math.log(max(milliseconds, _FIRST_MS) / _FIRST_MS, _RATIO)))] += 1
        self.count += 1
        self.total += milliseconds

    def percentile(self, percent: float) -> float:
        """Milliseconds within which so many of a hundred were done; 0 without any."""
        left = self.count * percent / 100
        for bucket, number in sorted(self.buckets.items()):
            left -= number
            if left <= 0:
                return _upper(bucket) / math.sqrt(_RATIO)
        return 0.0

    def below(self, seconds: float) -> int:
        """How many took no longer than this."""
        return sum(
            number for bucket, number in self.buckets.items() if _upper(bucket) <= seconds * 1000 * 1.05
        )


def _upper(bucket: int) -> float:
    return _FIRST_MS * math.pow(_RATIO, bucket)


class Meter:
    """What happened in this run; usable from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.counts: Counter[tuple[str, str]] = Counter()
        self.latencies: dict[str, Latencies] = {}

    def count(self, step: str, result: str) -> None:
        """Note a result of a step: success, failure or retry."""
        with self._lock:
            self.counts[step, result] += 1

    def took(self, step: str, milliseconds: float) -> None:
        """Note how long a call took."""
        with self._lock:
            self.latencies.setdefault(step, Latencies()).add(milliseconds)

    def table(self) -> dict[str, dict[str, Any]]:
        """Step -> success, failure, retry, p50_ms, p95_ms, p99_ms."""
        with self._lock:
            steps = dict.fromkeys([step for step, _ in self.counts] + list(self.latencies))
            return {step: self._line(step) for step in steps}

    def _line(self, step: str) -> dict[str, Any]:
        line: dict[str, Any] = {name: self.counts[step, name] for name in ("success", "failure", "retry")}
        times = self.latencies.get(step) or Latencies()
        return line | {f"p{each}_ms": round(times.percentile(each), 1) for each in PERCENTILES}

    def snapshot(self) -> tuple[Mapping[tuple[str, str], int], Mapping[str, tuple[list[int], int, float]]]:
        """Counts, and for each step the number below each bound, of all, and the sum of milliseconds."""
        with self._lock:
            times = {
                step: ([each.below(bound) for bound in _BOUNDS], each.count, each.total)
                for step, each in self.latencies.items()
            }
            return dict(self.counts), times


class _Collector:
    def __init__(self, meter: Meter, depth: Callable[[], Mapping[str, int]]) -> None:
        self._meter, self._depth = meter, depth

    def collect(self) -> list[Any]:
        counts, times = self._meter.snapshot()
        steps = CounterMetricFamily(
            "ringback_contacts_steps", "Steps of contacts by result", labels=["step", "result"]
        )
        for (step, result), number in sorted(counts.items()):
            steps.add_metric([step, result], number)
        seconds = HistogramMetricFamily(
            "ringback_contacts_step_seconds", "How long calls took", labels=["step"]
        )
        for step, (below, count, total) in sorted(times.items()):
            buckets = [(str(bound), float(n)) for bound, n in zip(_BOUNDS, below, strict=True)]
            seconds.add_metric([step], [*buckets, ("+Inf", float(count))], total / 1000)
        depth = GaugeMetricFamily("ringback_contacts_queue_depth", "What waits", labels=["queue"])
        for queue, number in self._depth().items():
            depth.add_metric([queue], number)
        return [steps, seconds, depth]


def registry_of(meter: Meter, depth: Callable[[], Mapping[str, int]]) -> CollectorRegistry:
    """The metrics of a run for Prometheus; `depth` gives what waits in each queue."""
    registry = CollectorRegistry()
    registry.register(_Collector(meter, depth))
    return registry


def serve(registry: CollectorRegistry, port: int) -> Callable[[], None]:
    """Serve `/metrics` on this machine; gives what ends it.

    Raises:
        UsageError: the port is taken.
    """
    try:
        server, thread = start_http_server(port, addr="127.0.0.1", registry=registry)
    except OSError as error:
        raise UsageError(
            f"port {port} cannot be used: {error.strerror}", hint="another --metrics-port"
        ) from None

    def end() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return end


def write(registry: CollectorRegistry, path: Path) -> None:
    """Write the metrics for a textfile collector; readers never see half a file."""
    write_to_textfile(str(path), registry)
