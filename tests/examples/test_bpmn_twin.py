"""The BPMN twin of the example, against which `make bench` measures, says and does the same in every call."""

from __future__ import annotations

import pytest

pytest.importorskip("SpiffWorkflow")

from bench import bench_spiff


def test_the_same_calls() -> None:
    bench_spiff.same_logic()


def test_steps_are_counted_as_the_bench_says() -> None:
    assert bench_spiff.steps_of(bench_spiff.ours()) == 6
    assert bench_spiff.their_steps(bench_spiff.theirs()) == 8
