"""Every public call flow of the reference corpus loads, compiles and, where its actions are known, runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ringback.dataactions.faults import transport_of
from ringback.dataactions.transport import Transport
from ringback.engine.data_calls import DataCalls
from ringback.engine.driver import ScriptedDriver
from ringback.engine.interaction import Interaction
from ringback.engine.program import Program, compile_flow
from ringback.engine.session import Session
from ringback.engine.world import World
from ringback.flows.actions import ACTIONS
from ringback.flows.effects import Effect, Gather, Input, Reply
from ringback.flows.loaders.archy import load_archy
from ringback.flows.needs import needs
from tests.corpus import CORPUS, needs_corpus
from tests.engine.driving import in_lock_step
from tests.flows.actions.test_fixtures import hidden

_FLOWS = CORPUS / "flows"
_PASSES: Mapping[str, str | None] = {"success": None, "failure": "status:503", "timeout": "timeout"}


def _is_call(path: Path) -> bool:
    return any(line.startswith("inboundCall:") for line in path.read_text(encoding="utf-8").splitlines())


CALLS = sorted(path for path in _FLOWS.glob("*.yaml") if _is_call(path)) if _FLOWS.is_dir() else []
_each = pytest.mark.parametrize("path", CALLS, ids=lambda path: path.stem[-60:])


@cache
def _program(path: Path) -> Program:
    return compile_flow(load_archy(path.read_text(encoding="utf-8"), file=path.name))


def _unknown(program: Program) -> set[str]:
    return {action.type for action in program.flow.actions.values()} - set(ACTIONS)


class FirstChoice(ScriptedDriver):
    """A driver whose caller takes the first choice of every menu and enters digits as asked."""

    def answer(self, session: Session, effect: Effect) -> Reply:
        if not isinstance(effect, Gather):
            return super().answer(session, effect)
        keys = next(iter(effect.options), "") if effect.kind == "menu" else "1" * effect.most
        return Input(500, digits=keys) if not keys.isalpha() else Input(500, speech=keys)


def _run(program: Program, fault: str | None, driver_class: type[ScriptedDriver]) -> Session:
    """One run of the permissive world in which every data action meets the same fate."""
    names = {name.strip().lower() for kind, name, _, _ in needs(program.flow) if kind == "dataAction"}
    replies: dict[str, Transport] = {}
    if fault is not None:
        replies = {name: transport_of(fault, read=lambda _spec: "") for name in names}
    world = World()
    session = Session(program, world, Interaction("+12125550123", "+13175550100"))
    in_lock_step(session, session.advance(), driver_class(world, DataCalls(world, replies)).answer)
    return session


def _reached(session: Session) -> str:
    assert session.end is not None
    return f"{session.end.status} {session.end.finish.kind}"


@needs_corpus
@_each
def test_it_compiles_and_hides_nothing_from_the_declared_fields(path: Path) -> None:
    assert hidden(_program(path).flow) == []


@needs_corpus
@_each
@pytest.mark.parametrize("fate", _PASSES)
def test_it_runs_to_an_end(path: Path, fate: str) -> None:
    program = _program(path)
    for driver in (ScriptedDriver, FirstChoice):
        session = _run(program, _PASSES[fate], driver)
        assert session.end is not None
        if not _unknown(program):
            assert session.end.status in ("ended", "limit")
        elif session.end.status == "failed":
            assert session.program.nodes[session.node].ref.type in _unknown(program)


@needs_corpus
def test_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """Prints how many flows there are and how they end."""
    known = [path for path in CALLS if not _unknown(_program(path))]
    ends: Counter[Any] = Counter()
    for path in known:
        for fate, fault in _PASSES.items():
            for driver in (ScriptedDriver, FirstChoice):
                ends[fate, driver.__name__, _reached(_run(_program(path), fault, driver))] += 1
    unknown = Counter(type_ for path in CALLS for type_ in _unknown(_program(path)))
    with capsys.disabled():
        print(f"\n{len(CALLS)} inboundCall flows compile; {len(known)} use only known actions")  # noqa: T201 - the counts are the point
        for (fate, driver, end), count in sorted(ends.items()):
            print(f"  {fate:8} {driver:14} {end:28} {count}")  # noqa: T201
        print(f"  unknown actions: {dict(unknown)}")  # noqa: T201
    assert len(CALLS) > 30
    assert len(known) > 20
