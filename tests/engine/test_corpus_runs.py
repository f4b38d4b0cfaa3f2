"""Every public flow of the reference corpus loads, compiles and runs to an end, or to waiting in a queue."""

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
from ringback.flows.effects import (
    ContactsReply,
    Effect,
    FindContacts,
    Gather,
    Input,
    LookUpRow,
    Reply,
    RowReply,
    Tell,
    Told,
    Transfer,
    TransferReply,
)
from ringback.flows.loaders import load_flow
from ringback.flows.needs import needs
from tests.corpus import CORPUS, needs_corpus
from tests.engine.driving import in_lock_step
from tests.flows.actions.test_fixtures import hidden

_FATES = ("success", "failure", "timeout")
_FAULTS: Mapping[str, str | None] = {"success": None, "failure": "status:503", "timeout": "timeout"}


def _documents(folder: str, pattern: str) -> list[Path]:
    return sorted(path for path in (CORPUS / folder).glob(pattern) if path.name != "INDEX.tsv")


ALL = [*_documents("flows", "*.y*ml"), *_documents("flow-exports", "*")] if CORPUS.is_dir() else []
_each = pytest.mark.parametrize("path", ALL, ids=lambda path: path.name[-60:])


@cache
def _program(path: Path) -> Program:
    # Templates are loaded with a value where another text would not be a property.
    names = {"external_contact_email_type": "workEmail"}
    text = path.read_text(encoding="utf-8")
    return compile_flow(load_flow(text, file=path.name, substitutions=names))


def _unknown(program: Program) -> set[str]:
    return {action.type for action in program.flow.actions.values()} - set(ACTIONS)


# What a caller who takes the first choice says to a bot that asks for a value.
_VALUES = ("1", "2025-01-15", "10:00", "12345678", "90210", "yes")


class FatefulDriver(ScriptedDriver):
    """A driver that lets every look-up meet the same fate, and nobody says anything."""

    fate: str = "success"

    def answer(self, session: Session, effect: Effect) -> Reply:
        if self.fate != "success" and (reply := _fateful(effect, self.fate)) is not None:
            return reply
        return super().answer(session, effect)


def _fateful(effect: Effect, fate: str) -> Reply | None:
    """What a look-up that fails or is late gives; None where nothing is looked up."""
    match effect:
        case LookUpRow():
            failed = RowReply(status="failure", error_type="DataTablesInternalServerError")
            return failed if fate == "failure" else RowReply(status="notFound")
        case FindContacts():
            return ContactsReply(error="down" if fate == "failure" else "")
        case Tell() if fate in effect.outputs:
            return Told(output=fate)
        case Transfer() if fate == "failure":
            return TransferReply(accepted=False, error_type="Refused", error_message="nobody answers")
    return None


class FirstChoice(FatefulDriver):
    """A driver whose caller takes the first choice of every menu and enters digits or values as asked."""

    asked: int = 0

    def answer(self, session: Session, effect: Effect) -> Reply:
        if not isinstance(effect, Gather):
            return super().answer(session, effect)
        if effect.kind == "digits":
            return Input(500, digits="1" * effect.most)
        first = next(iter(effect.options), "")
        if effect.kind == "slot":
            self.asked += 1
            first = _VALUES[self.asked % len(_VALUES)]
        return (
            Input(500, speech=first) if effect.kind != "menu" or first.isalpha() else Input(500, digits=first)
        )


_DRIVERS = (FatefulDriver, FirstChoice)


def _run(program: Program, fate: str, driver_class: type[FatefulDriver], *, checked: bool = True) -> Session:
    """One run of the permissive world in which everything that is looked up meets the same fate."""
    names = {name.strip().lower() for kind, name, _, _ in needs(program.flow) if kind == "dataAction"}
    fault = _FAULTS[fate]
    replies: dict[str, Transport] = {}
    if fault is not None:
        replies = {name: transport_of(fault, read=lambda _spec: "") for name in names}
    world = World()
    session = Session(program, world, Interaction("+12125550123", "+13175550100"))
    driver = driver_class(world, DataCalls(world, replies))
    driver.fate = fate
    effect = session.advance()
    if checked:
        in_lock_step(session, effect, driver.answer)
        return session
    while effect is not None:
        effect = session.advance(driver.answer(session, effect))
    return session


@needs_corpus
@_each
def test_it_compiles_and_hides_nothing_from_the_declared_fields(path: Path) -> None:
    assert hidden(_program(path).flow) == []


@needs_corpus
@_each
@pytest.mark.parametrize("fate", _FATES)
def test_it_runs_to_an_end(path: Path, fate: str) -> None:
    program = _program(path)
    for driver in _DRIVERS:
        session = _run(program, fate, driver)
        assert session.end is not None
        assert session.end.status in ("ended", "limit", "waiting")


@needs_corpus
def test_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """Prints how many flows there are and how they end."""
    programs = [_program(path) for path in ALL]
    types = Counter(program.flow.type for program in programs)
    ends: Counter[Any] = Counter()
    reached: set[str] = set()
    for program in programs:
        for fate in _FATES:
            for driver in _DRIVERS:
                session = _run(program, fate, driver, checked=False)
                assert session.end is not None
                reached |= {event.action.type for event in session.events or () if event.action is not None}
                ends[fate, driver.__name__, f"{session.end.status} {session.end.finish.kind}"] += 1
    with capsys.disabled():
        print(f"\n{len(programs)} flows of {len(types)} types: {dict(types.most_common())}")  # noqa: T201 - the counts are the point
        for (fate, driver_name, end), count in sorted(ends.items()):
            print(f"  {fate:8} {driver_name:14} {end:28} {count}")  # noqa: T201 - the counts are asked for
        print(f"  {sum(ends.values())} runs reached {len(reached)} action types")  # noqa: T201 - the counts are asked for
    assert not set().union(*(_unknown(program) for program in programs))
    assert len(programs) > 150
    assert len(types) > 12
    assert not [end for _, _, end in ends if end.startswith("failed")]
