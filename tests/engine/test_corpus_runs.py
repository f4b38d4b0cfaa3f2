"""Every public flow of the reference corpus loads, compiles and runs to an end, or to waiting in a queue.

Each runs with no input and with first-choice input, while all that is looked up succeeds, fails or is late;
and each action is started at on its own, so that every data action and look-up really meets each fate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
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
from ringback.engine.samples import sample
from ringback.engine.session import Session
from ringback.engine.world import Resource, World, made_id
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
from ringback.lang.expr.values import from_plain
from ringback.trace.events import ActionRan, ActionUnsupported, DataActionReplied, FlowErrorRaised
from tests.corpus import CORPUS, needs_corpus
from tests.engine.driving import in_lock_step
from tests.flows.actions.test_fixtures import hidden

# Actions that look something up without a data action.
_LOOK_UPS = (
    "dataTableLookup",
    "findQueue",
    "findQueueById",
    "findUserById",
    "getConversationData",
    "getExternalContact",
)
_EITHER = {"notFound", "flow error"}
_POSSIBLE = {
    "success": {"success", "found", "notFound"},  # a run has no conversation data of its own
    "failure": {"failure", *_EITHER},
    "timeout": {"timeout", *_EITHER},
}
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


def _world(program: Program, fate: str) -> World:
    """The permissive world; where look-ups fail it has only what the flow names, so nothing else is found."""
    if fate == "success":
        return World()
    named = {(kind, name) for kind, name, _, _ in needs(program.flow)} | {("que", "Queue")}
    sought = [action.body.at("findName", "lit") for action in program.flow.actions.values()]
    named -= {("que", node.text) for node in sought if node is not None}
    listed = {kind: sorted(name for of, name in named if of == kind) for kind in ("que", "usr")}
    return World(
        {kind: tuple(Resource(name, made_id(kind, name)) for name in names) for kind, names in listed.items()}
    )


def _filled(program: Program) -> tuple[tuple[str, Any], ...]:
    """A value for each variable of the flow that begins without one and can have one."""
    plain = [(slot, sample(slot.type)) for slot in program.slots.values()]
    return tuple((slot.name, from_plain(slot.type, value)) for slot, value in plain if value is not None)


def _run(
    program: Program,
    fate: str,
    driver_class: type[FatefulDriver],
    *,
    checked: bool = True,
    node: int | None = None,
) -> Session:
    """One run, from the beginning or at a node, in which everything that is looked up meets the same fate."""
    names = {name.strip().lower() for kind, name, _, _ in needs(program.flow) if kind == "dataAction"}
    fault = _FAULTS[fate]
    replies: dict[str, Transport] = {}
    if fault is not None:
        replies = {name: transport_of(fault, read=lambda _spec: "") for name in names}
    world = _world(program, fate)
    # An action in the middle finds what the actions before it would have set.
    given = () if node is None else _filled(program)
    caller = Interaction("+12125550123", "+13175550100", queue="Queue", variables=given)
    session = Session(program, world, caller)
    driver = driver_class(world, DataCalls(world, replies))
    driver.fate = fate
    effect = session.advance() if node is None else session.start_at(node)
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
        assert _events(session, ActionUnsupported) == []


def _events(session: Session, type_: type[Any]) -> list[Any]:
    return [event for event in session.events or () if isinstance(event, type_)]


def _met(session: Session) -> Iterator[tuple[str, str]]:
    """What was looked up, in order, and how that went: (kind of action, status or output)."""
    for event in session.events or ():
        if isinstance(event, DataActionReplied):
            yield "callData", event.status
        elif isinstance(event, ActionRan) and event.action.type in _LOOK_UPS:
            yield event.action.type, event.output
        elif isinstance(event, FlowErrorRaised) and event.code == "CONTACT_SEARCH_FAILED":
            yield event.action.type, "flow error"


@needs_corpus
@_each
@pytest.mark.parametrize("fate", _FATES)
def test_every_action_on_its_own(path: Path, fate: str) -> None:
    """Started at any action, the flow ends, and nothing that is looked up escapes its fate."""
    program = _program(path)
    for action in program.flow.actions.values():
        session = _run(program, fate, FatefulDriver, checked=False, node=program.by_id[action.id])
        assert session.end is not None
        assert session.end.status in ("ended", "limit", "waiting")
        assert _events(session, ActionUnsupported) == []
        assert {(kind, status) for kind, status in _met(session) if status not in _POSSIBLE[fate]} == set()


@needs_corpus
def test_every_look_up_meets_every_fate(capsys: pytest.CaptureFixture[str]) -> None:
    """Prints how many steps of each kind were executed with each fate, started at one by one."""
    met: Counter[tuple[str, str, str]] = Counter()
    steps: Counter[str] = Counter()
    reached: set[str] = set()
    types: set[str] = set()
    for program in map(_program, ALL):
        types |= {action.type for action in program.flow.actions.values()}
        for action in program.flow.actions.values():
            for fate in _FATES if action.type in ("callData", *_LOOK_UPS) else ("success",):
                session = _run(program, fate, FatefulDriver, checked=False, node=program.by_id[action.id])
                reached |= {event.action.type for event in session.events or () if event.action is not None}
                if fate == "success":
                    steps[action.type] += 1
                if (first := next(_met(session), None)) is not None and action.type in first:
                    met[action.type, fate, first[1]] += 1
    with capsys.disabled():
        print(f"\n{sum(steps.values())} actions of {len(types)} types, each started at")  # noqa: T201 - asked for
        for (type_, fate, status), count in sorted(met.items()):
            print(f"  {type_:22} {fate:8} {status:10} {count} of {steps[type_]}")  # noqa: T201 - asked for
    assert types - reached == set()
    assert {status for (type_, _, status) in met if type_ == "callData"} == set(_FATES)
    # The id of findQueueById is a task's input in every public flow: nothing to find when started there.
    for type_ in types & set(_LOOK_UPS) - {"findQueueById"}:
        assert {fate for (kind, fate, _) in met if kind == type_} == set(_FATES), type_


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
