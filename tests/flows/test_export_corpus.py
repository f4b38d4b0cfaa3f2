"""Every public export loads; the counts are printed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ringback import api
from ringback.flows.keys import ACTION_KEYS
from ringback.flows.loaders import form_of, load_flow
from ringback.flows.model import Flow
from tests.corpus import CORPUS, needs_corpus
from tests.flows.test_loader_corpus import report

EXPORTS = sorted(path for path in (CORPUS / "flow-exports").glob("*") if ".i3" in path.name)


def load(path: Path) -> Flow:
    """The flow of an export, found by its content."""
    text = path.read_text(encoding="utf-8")
    assert form_of(text) == "export"
    return load_flow(text, file=path.name)


@needs_corpus
@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.name.split("__", 1)[1][-60:])
def test_loads(path: Path) -> None:
    flow = load(path)
    assert flow.name
    assert flow.form == "export"
    assert flow.start in flow.containers
    known = set(flow.actions)
    assert len(known) == sum(len(box.actions) for box in flow.containers.values())
    for action in flow.actions.values():
        assert {*filter(None, (action.next, action.parent)), *action.outputs.values()} <= known
        assert action.target is None or action.target in flow.containers
        assert action.span is not None
        assert action.span.file.startswith(f"{path.name}#/flowSequenceItemList/")
        # The ids of Genesys, not made ones.
        assert len(action.id) == 36


@needs_corpus
def test_counts(capsys: pytest.CaptureFixture[str]) -> None:
    flows = [load(path) for path in EXPORTS]
    codes = Counter(found.code for flow in flows for found in flow.diagnostics)
    types = Counter(action.type for flow in flows for action in flow.actions.values())
    kinds = ", ".join(
        f"{type_} {count}" for type_, count in Counter(flow.type for flow in flows).most_common()
    )
    report(
        capsys,
        f"{len(flows)} exports load, {types.total()} actions of {len(types)} types; {dict(codes)}\n  {kinds}",
    )
    assert len(flows) == 45
    assert set(codes) <= {"RB027"}
    assert set(types) - set(ACTION_KEYS) == set()


@needs_corpus
def test_calls_run(capsys: pytest.CaptureFixture[str]) -> None:
    """Every call flow runs from its start to an end, or to an action that the simulator does not know."""
    ends: Counter[str] = Counter()
    for path in EXPORTS:
        flow = load(path)
        if flow.type == "inboundCall":
            outcome = api.simulate(flow, caller="press 1; press 2; press 9").to_dict()
            ends[str((outcome.get("end") or {}).get("kind"))] += 1
    report(capsys, f"{ends.total()} exported call flows run: {dict(ends)}")
    assert ends.total() == 7
    assert set(ends) <= {"disconnect", "transferToAcd", "action_unsupported"}
