"""A session as plain JSON, and back: between any two effects, wherever the same flow and world are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from ringback.core.errors import UsageError
from ringback.core.policies import Policies
from ringback.core.seam import Seam
from ringback.engine import calling
from ringback.engine.frames import End, Frame
from ringback.engine.interaction import Interaction
from ringback.engine.program import GREETING, HANDLING, WAITING, Program
from ringback.engine.session import Session
from ringback.engine.world import World
from ringback.flows.actions.base import Finish, LoopState
from ringback.flows.builtins import BUILT_INS
from ringback.flows.effects import AnyEffect
from ringback.lang.expr.values import from_json, to_json

VERSION = 3
_PSEUDO = {"#greeting": GREETING, "#waiting": WAITING, "#errorHandling": HANDLING}


def dump(session: Session) -> dict[str, Any]:
    """Everything that a session holds, as JSON; the events so far are not part of it."""
    program = session.program
    slots = list(program.slots.values())
    return {
        "version": VERSION,
        "program": program.flow.name,
        "node": program.nodes[session.node].ref.id,
        "started_ms": session.started_ms,
        "at_ms": session.at_ms,
        "waiting": msgspec.to_builtins(session.waiting) if session.waiting is not None else None,
        "memo": session.memo,
        "variables": [to_json(slot.type, raw) for slot, raw in zip(slots, session.flow, strict=False)],
        "frames": [_dump_frame(session, frame) for frame in session.frames],
        "participant_data": session.participant_data,
        "language": session.language,
        "actions": [session.actions_run, session.action_limit],
        "flags": [session.begun, session.handling, session.over_limit, session.moved],
        "nesting": [session.depth, session.queue_turns, session.intent, session.failures, session.said],
        "recurred": list(session.recurred),
        "counted": {name: type(found)(found) for name, found in session.counted.items()},
        "seam": [session.services.start.isoformat(), session.services.seam.seed, session.services.draws],
        "policies": [session.services.chosen_policies, session.services.used_policies],
        "event_count": session.event_count,
        "interaction": _dump_interaction(session),
        "end": _dump_end(session.end),
        "child": [list(_key(session.child)), dump(session.child)] if session.child is not None else None,
    }


def _key(session: Session) -> tuple[str, str]:
    return session.program.flow.type, session.program.flow.name


def load(program: Program, world: World, state: dict[str, Any]) -> Session:
    """The session that `dump` wrote.

    Raises:
        UsageError: the state is of another flow or another version of ringback.
    """
    if state.get("version") != VERSION or state.get("program") != program.flow.name:
        raise UsageError("this dumped session belongs to another flow or version", hint="start a new run")
    start, seed, draws = state["seam"]
    chosen, used = state["policies"]
    seam = Seam(datetime.fromisoformat(start), seed)
    interaction = _load_interaction(program, state["interaction"])
    session = Session(program, world, interaction, seam=seam, policies=Policies(chosen, dict(used)))
    session.services.draws = draws
    _restore(session, state)
    return session


def _restore(session: Session, state: dict[str, Any]) -> None:
    program = session.program
    session.node = _index(program, state["node"])
    session.started_ms, session.at_ms = state["started_ms"], state["at_ms"]
    waiting = state["waiting"]
    session.waiting = msgspec.convert(waiting, AnyEffect) if waiting is not None else None
    session.memo = dict(state["memo"])
    slots = program.slots.values()
    session.flow = [from_json(slot.type, data) for slot, data in zip(slots, state["variables"], strict=False)]
    session.frames = [_load_frame(program, frame) for frame in state["frames"]]
    session.task = session.frames[-1].values if session.frames else []
    session.participant_data = dict(state["participant_data"])
    session.language = state["language"]
    session.actions_run, session.action_limit = state["actions"]
    session.begun, session.handling, session.over_limit, session.moved = state["flags"]
    session.depth, session.queue_turns, session.intent, session.failures, session.said = state["nesting"]
    session.recurred = (state["recurred"][0], state["recurred"][1])
    session.counted = {name: type(found)(found) for name, found in state["counted"].items()}
    session.event_count = state["event_count"]
    session.end = _load_end(state["end"])
    if state.get("child") is not None:
        (kind, name), inner = state["child"]
        found = session.world.flow(name, (kind,))
        if found is None:
            raise UsageError(f"the world has no flow {name!r} any more", hint="start a new run")
        session.child = load(found, session.world, inner)
        calling.share(session, session.child)


def fork(session: Session) -> Session:
    """A second session in the same state, to try another branch."""
    copy = load(session.program, session.world, dump(session))
    copy.events = list(session.events) if session.events is not None else None
    if copy.child is not None:
        calling.share(copy, copy.child)
    return copy


def _index(program: Program, ref: str) -> int:
    return _PSEUDO[ref] if ref in _PSEUDO else program.by_id[ref]


def _dump_frame(session: Session, frame: Frame) -> dict[str, Any]:
    room = session.program.rooms[frame.room]
    nodes = session.program.nodes
    slots = room.slots.values()
    return {
        "container": room.id,
        "values": [to_json(slot.type, raw) for slot, raw in zip(slots, frame.values, strict=True)],
        "back": nodes[frame.back].ref.id if frame.back >= 0 else None,
        "called_ms": frame.called_ms,
        "next_language": frame.next_language,
        "loops": {nodes[node].ref.id: [loop.index, loop.count] for node, loop in frame.loops.items()},
    }


def _load_frame(program: Program, data: dict[str, Any]) -> Frame:
    number = program.containers[data["container"]]
    slots = program.rooms[number].slots.values()
    values = [from_json(slot.type, raw) for slot, raw in zip(slots, data["values"], strict=True)]
    back = -1 if data["back"] is None else program.by_id[data["back"]]
    loops = {program.by_id[node]: LoopState(*loop) for node, loop in data["loops"].items()}
    return Frame(number, values, back, data["called_ms"], loops, data["next_language"])


def _dump_interaction(session: Session) -> dict[str, Any]:
    interaction, slots = session.interaction, session.program.slots
    given = [
        [name, to_json(slots[name.lower()].type, raw)]
        for name, raw in interaction.variables
        if name.lower() in slots
    ]
    return {
        "from": interaction.from_,
        "to": interaction.to,
        "channel": interaction.channel,
        "conversation_id": interaction.conversation_id,
        "queue": interaction.queue,
        "text": interaction.text,
        "variables": given,
        "participant_data": dict(interaction.participant_data),
        "built_ins": {name: to_json(BUILT_INS[name][0], raw) for name, raw in interaction.built_ins.items()},
    }


def _load_interaction(program: Program, data: dict[str, Any]) -> Interaction:
    slots = program.slots
    return Interaction(
        from_=data["from"],
        to=data["to"],
        channel=data["channel"],
        conversation_id=data["conversation_id"],
        queue=data["queue"],
        text=data["text"],
        variables=tuple((name, from_json(slots[name.lower()].type, raw)) for name, raw in data["variables"]),
        participant_data=data["participant_data"],
        built_ins={name: from_json(BUILT_INS[name][0], raw) for name, raw in data["built_ins"].items()},
    )


def _dump_end(end: End | None) -> list[Any] | None:
    if end is None:
        return None
    finish = end.finish
    return [
        finish.kind,
        finish.target_type,
        finish.target,
        [list(item) for item in finish.details],
        end.action,
        end.status,
    ]


def _load_end(data: list[Any] | None) -> End | None:
    if data is None:
        return None
    kind, target_type, target, details, action, status = data
    return End(
        Finish(kind, target_type, target, tuple((key, value) for key, value in details)), action, status
    )
