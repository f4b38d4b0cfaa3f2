"""Every public flow of the corpus loads; the counts are printed."""

from __future__ import annotations

import csv
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from ringback.documents import read_yaml
from ringback.flows.loaders import load_flow
from ringback.flows.model import Flow
from tests.corpus import CORPUS, needs_corpus

FLOWS = sorted((CORPUS / "flows").glob("*.yaml")) if CORPUS.is_dir() else []


def report(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """Print figures for whoever reads the run."""
    with capsys.disabled():
        sys.stdout.write(f"\n{text}\n")


def load(path: Path) -> Flow:
    """The flow of a corpus file."""
    return load_flow(path.read_text(encoding="utf-8"), file=path.name)


@needs_corpus
@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem[-60:])
def test_loads(path: Path) -> None:
    flow = load(path)
    assert flow.name
    assert flow.start in flow.containers
    known = {action.id for action in flow.actions.values()}
    assert len(known) == sum(len(box.actions) for box in flow.containers.values())
    for action in flow.actions.values():
        assert {action.next or next(iter(known)), *action.outputs.values()} <= known
        assert action.span is not None
        assert action.target is None or action.target in flow.containers
        assert (action.parent is None) == (action.branch is None)
        lines = path.read_text(encoding="utf-8").splitlines()
        assert action.type in lines[action.span.line - 1][action.span.column - 1 :]


@needs_corpus
def test_types_are_those_of_the_index() -> None:
    with (CORPUS / "flows" / "INDEX.tsv").open(encoding="utf-8") as lines:
        index = {row["file"]: row["flow_type"] for row in csv.DictReader(lines, delimiter="\t")}
    assert {path.name: load(path).type for path in FLOWS} == index


@needs_corpus
def test_counts(capsys: pytest.CaptureFixture[str]) -> None:
    flows = [load(path) for path in FLOWS]
    codes = Counter(found.code for flow in flows for found in flow.diagnostics)
    types = Counter(flow.type for flow in flows)
    actions = sum(len(flow.actions) for flow in flows)
    kinds = ", ".join(f"{type_} {count}" for type_, count in types.most_common())
    report(
        capsys, f"{len(flows)} flows load, {actions} actions and choices; warnings {dict(codes)}\n  {kinds}"
    )
    assert len(flows) == 116
    assert not {code for code in codes if code not in ("RB027", "RB028", "RB029")}


@needs_corpus
def test_speed(capsys: pytest.CaptureFixture[str]) -> None:
    largest = max(FLOWS, key=lambda path: path.stat().st_size)
    text = largest.read_text(encoding="utf-8")
    times = []
    for _ in range(5):
        began = time.perf_counter()
        flow = load_flow(text, file=largest.name)
        times.append(time.perf_counter() - began)
    took = statistics.median(times) * 1000
    report(capsys, f"{largest.name}: {len(text):,} characters, {len(flow.actions)} actions in {took:.0f} ms")
    assert flow.actions


@needs_corpus
def test_text_that_yaml_1_1_would_change_stays(capsys: pytest.CaptureFixture[str]) -> None:
    words = {"yes", "Yes", "YES", "no", "No", "NO", "Y", "N", "on", "off"}
    seen: Counter[str] = Counter()
    for path in FLOWS:
        text = path.read_text(encoding="utf-8")
        if "{{" in text:
            continue
        stack = [read_yaml(text, file=path.name)]
        while stack:
            node = stack.pop()
            stack += [*node, *(member for _, member in node.items())]
            if isinstance(node.value, bool):
                assert node.text in ("true", "false")
            elif node.text in words:
                seen[node.text] += 1
    report(capsys, f"words that YAML 1.1 takes for booleans: {dict(seen)}")
    assert seen
