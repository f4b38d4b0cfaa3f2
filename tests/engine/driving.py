"""Runs cases of a flow, and proves on the way that a session can be written down anywhere.

A case is a mapping (from a YAML file) with the keys of `GIVEN`; its `want` has keys of `WANTED`. Every run
goes in lock step: one session runs straight through; another is dumped, written as JSON text, read and loaded
before each reply; and at each effect a fork takes the same reply. All three must do the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from ringback.core.policies import Policies
from ringback.core.seam import DEFAULT_START, Seam
from ringback.dataactions.faults import transport_of
from ringback.dataactions.transport import CannedTransport, Transport, response_of
from ringback.documents import read_yaml
from ringback.engine.caller import parse_caller
from ringback.engine.data_calls import DataCalls
from ringback.engine.driver import ScriptedDriver
from ringback.engine.dumping import dump, fork, load
from ringback.engine.interaction import Interaction
from ringback.engine.program import Program, compile_flow
from ringback.engine.run import Run
from ringback.engine.session import Session
from ringback.engine.world import World
from ringback.engine.world_loader import load_world
from ringback.flows.effects import Effect, HungUp, Reply, Transfer, TransferReply
from ringback.flows.loaders.archy import load_archy
from ringback.flows.loaders.plain import load_plain
from ringback.lang.expr.values import from_plain
from ringback.trace.codec import event_dict, event_line, read_event
from ringback.trace.events import Event

_GIVEN = (
    "text about flow caller world replies from to set participantData builtIns at seed node policies want"
)
_WANTED = "end status said heard ran events times errors variables participantData duration_ms policies"
GIVEN, WANTED = frozenset([*_GIVEN.split(), "hangup", "refuse"]), frozenset(_WANTED.split())
DEFAULT_FROM, DEFAULT_TO = "+12125550123", "+13175550100"
# A fork costs as much as a reload; endless flows go on alone after their first effects.
FORKS, RELOADS = 60, 400


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a file: a flow, what is given, what is wanted."""

    file: str
    name: str
    flow: str
    given: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{Path(self.file).stem}-{self.name}"


def cases_of(path: Path) -> Iterator[Case]:
    """The cases of a file: `flow` (or `flows` by name), `world` with the `files` it names, and `cases`."""
    document: Any = read_yaml(path.read_text(encoding="utf-8"), file=path.name).plain()
    flows = document.get("flows") or {"": document["flow"]}
    for name, written in document["cases"].items():
        given = {"world": document.get("world")} | (written or {})
        unknown = {*given} - GIVEN | {*given.get("want", {})} - WANTED
        assert not unknown, f"{path.name}: {name}: unknown keys {unknown}"
        given["files"] = document.get("files") or {}
        yield Case(path.name, str(name), flows[given.get("flow", next(iter(flows)))], given)


@cache
def program_of(flow: str, file: str = "flow.yaml") -> Program:
    """The program of a flow document, compiled once."""
    plain = flow.lstrip().startswith("{") and not flow.startswith('{"inboundCall"')
    return compile_flow((load_plain if plain else load_archy)(flow, file=file))


def world_of(document: Any, files: Mapping[str, Any]) -> World:
    """The world of a mapping; None is the permissive world."""
    if document is None:
        return World()
    return load_world(json.dumps(document), file="world.yaml", read=lambda name: _file(files[name]))


def _file(content: Any) -> str:
    """The text of a file: flows are written as text, JSON as a mapping."""
    return content if isinstance(content, str) else json.dumps(content)


def transport(spec: Any, name: str = "reply") -> Transport:
    """Who answers: a fault by name, one response, or a list of responses."""
    if isinstance(spec, str):
        return transport_of(spec, read=lambda _spec: "")
    several = spec if isinstance(spec, list) else [spec]
    return CannedTransport([response_of(item, name=name) for item in several], repeat=True)


class UnkindDriver(ScriptedDriver):
    """A scripted driver whose caller hangs up at the n-th effect, or whose transfers are all refused."""

    left: int = -1
    refuse: bool = False

    def answer(self, session: Session, effect: Effect) -> Reply:
        self.left -= 1
        if self.refuse and isinstance(effect, Transfer):
            return TransferReply(accepted=False, error_type="Refused", error_message="nobody answers")
        return HungUp(5) if self.left == 0 else super().answer(session, effect)


def driver_of(given: Mapping[str, Any]) -> ScriptedDriver:
    """The driver of a case."""
    world = world_of(given.get("world"), given.get("files") or {})
    replies = {name.lower(): transport(spec) for name, spec in (given.get("replies") or {}).items()}
    driver = UnkindDriver(world, DataCalls(world, replies), parse_caller(given.get("caller") or ""))
    driver.left, driver.refuse = given.get("hangup", -1), given.get("refuse", False)
    return driver


def session_of(program: Program, world: World, given: Mapping[str, Any], *, trace: bool = True) -> Session:
    """A session that has not begun."""
    values = tuple(
        (name, from_plain(program.slots[name.lower()].type, value))
        for name, value in (given.get("set") or {}).items()
    )
    interaction = Interaction(
        from_=given.get("from", DEFAULT_FROM),
        to=given.get("to", DEFAULT_TO),
        variables=values,
        participant_data=given.get("participantData") or {},
        built_ins=given.get("builtIns") or {},
        text=given.get("text", ""),
    )
    start = datetime.fromisoformat(given["at"]) if "at" in given else DEFAULT_START
    policies = Policies(given.get("policies") or {})
    seam = Seam(start, given.get("seed", 0))
    return Session(program, world, interaction, seam=seam, policies=policies, trace=trace)


def begin(session: Session, given: Mapping[str, Any]) -> Effect | None:
    """The first effect."""
    if "node" not in given:
        return session.advance()
    index = session.program.node_named(given["node"])
    assert index is not None
    return session.start_at(index)


def reloaded(session: Session) -> Session:
    """The session after a trip through JSON text; it keeps no events of before."""
    return load(session.program, session.world, json.loads(json.dumps(dump(session))))


def shown(events: list[Event] | None) -> list[dict[str, Any]]:
    """Events as their JSON."""
    return [event_dict(event) for event in events or []]


Answer = Callable[[Session, Effect], Reply]


def _step(session: Session, reply: Reply) -> tuple[Any, ...]:
    """What a session does with a reply: its effect, its new events, its state."""
    before = len(session.events or [])
    for name in getattr(reply, "policies", {}):
        session.services.policy(name)
    effect = session.advance(reply)
    return effect, shown((session.events or [])[before:]), dump(session)


def in_lock_step(session: Session, effect: Effect | None, answer: Answer) -> None:
    """Run a session to its end; its reloaded and forked copies must do the same at every effect."""
    other, count = reloaded(session), 0
    while effect is not None:
        count += 1
        before = len(session.events or [])
        branch = fork(session) if count <= FORKS else None
        reply = answer(session, effect)
        if count > RELOADS:
            effect = session.advance(reply)
            continue
        noted = shown((session.events or [])[before:])
        straight = _step(session, reply)
        straight = (straight[0], noted + straight[1], straight[2])
        assert _step(other, reply) == straight, f"the reloaded session differs after effect {count}"
        if branch is not None:
            assert _step(branch, reply) == straight, f"the fork differs after effect {count}"
        effect, other = session.waiting, reloaded(other)


def run_case(case: Case) -> Run:
    """The run of a case."""
    return run_flow(program_of(case.flow, case.file), case.given)


def run_flow(program: Program, given: Mapping[str, Any]) -> Run:
    """The run of a program, proved to be the same after reloads and forks, and without a trace."""
    driver = driver_of(given)
    session = session_of(program, driver.world, given)
    in_lock_step(session, begin(session, given), driver.answer)
    _same_without_trace(session, program, given)
    return Run(session, tuple(session.events or ()))


def _same_without_trace(traced: Session, program: Program, given: Mapping[str, Any]) -> None:
    driver = driver_of(given)
    session = session_of(program, driver.world, given, trace=False)
    effect = begin(session, given)
    while effect is not None:
        effect = session.advance(driver.answer(session, effect))
    assert _uncounted(dump(session)) == _uncounted(dump(traced))


def _uncounted(state: Any) -> Any:
    """A dumped session, and those inside, without the number of events."""
    if not isinstance(state, dict):
        return [_uncounted(item) for item in state] if isinstance(state, list) else state
    return {key: _uncounted(value) for key, value in state.items() if key != "event_count"}


# ---- expectations


def ran(run: Run) -> list[str]:
    """`name>output` for each action that ended; `name` alone for the way down."""
    found = [item for item in shown(list(run.events)) if item["type"] == "action_ran"]
    return [f"{item['action']['name']}{'>' + item['output'] if item.get('output') else ''}" for item in found]


def said(run: Run) -> list[str]:
    """What the caller heard."""
    return [line["text"] for line in run.to_dict()["transcript"] if line["who"] == "flow"]


def _events(run: Run, wanted: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The wanted events that do not occur in this order."""
    left = iter(shown(list(run.events)))
    return [want for want in wanted if not any(_fits(event, want) for event in left)]


def _fits(event: Any, want: Any) -> bool:
    if isinstance(want, dict):
        return isinstance(event, dict) and all(_fits(event.get(key), value) for key, value in want.items())
    return bool(event == want)


def _times(run: Run) -> list[str]:
    return [f"{event.at_ms} {event_dict(event)['type']}" for event in run.events]


def _ended(run: Run, wanted: Any) -> Any:
    """The end; a text names only its kind and target: "transferToAcd VIP"."""
    end = run.end
    return " ".join([end["kind"], *end.get("target", {}).values()][::2]) if isinstance(wanted, str) else end


def check(run: Run, wanted: Mapping[str, Any]) -> None:
    """Compare a run with what a case wants."""
    whole = run.to_dict()
    json.dumps(whole)
    assert [read_event(event_line(event)) for event in run.events] == list(run.events)
    names = wanted.get("variables") or ()
    found: dict[str, Any] = {
        "end": _ended(run, wanted.get("end")),
        "status": whole["status"],
        "said": said(run),
        "heard": [line["text"] for line in whole["transcript"]],
        "ran": ran(run),
        "errors": [item["code"] for item in whole["trace"] if item["type"] == "flow_error_raised"],
        "duration_ms": whole["duration_ms"],
        "policies": whole["policies"],
        "participantData": whole["participant_data"],
        "times": _times(run),
        "variables": {name: whole["variables"].get(name, "no such variable") for name in names},
    }
    wanted = {"errors": [], **wanted}
    missing = _events(run, wanted.get("events") or [])
    assert not missing, f"missing {missing[0]}"
    asked = {key: value for key, value in wanted.items() if key != "events"}
    for key, value in asked.items():
        assert found[key] == value, key
