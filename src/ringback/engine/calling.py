"""Flows inside flows: a bot flow or common module runs as a session of its own below the calling one.

The inner session shares events, participant data, policies and the clock with the outer one; its effects are
the outer session's effects. A called flow that ends the interaction ends the calling flow too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ringback.flows.actions.base import CallFlow, Finish, FlowFault
from ringback.flows.effects import AnyEffect
from ringback.lang.expr.values import plain
from ringback.trace import events

if TYPE_CHECKING:
    from ringback.engine.program import Program
    from ringback.engine.session import Session

MAX_DEPTH = 20
# Ends of a called flow after which the calling one goes on.
RETURNS = frozenset({"endModule", "exitBotFlow", "exit"})


def begin(session: Session, call: CallFlow) -> Session | None:
    """The inner session of a call; None when the world has no such flow.

    Raises:
        FlowFault: FLOW_DEPTH when flows call each other without end.
    """
    program = session.world.flow(call.name, call.kinds)
    if program is None:
        return None
    if session.depth >= MAX_DEPTH:
        message = f"more than {MAX_DEPTH} flows inside each other"
        session.emit(events.LimitReached(limit="flow_depth", value=MAX_DEPTH, message=message))
        raise FlowFault("FLOW_DEPTH", message)
    inputs = tuple((name, raw) for name, raw in call.inputs if name.lower() in program.slots)
    shown = {name: plain(program.slots[name.lower()].type, raw) for name, raw in inputs}
    flow = program.flow
    session.emit(events.FlowCalled(flow=flow.name, flow_type=flow.type, inputs=shown))
    inner = inner_session(session, program)
    inner.interaction = replace(session.interaction, variables=inputs)
    inner.said = call.said
    inner.at_ms, inner.event_count = session.at_ms, session.event_count
    inner.language = session.language
    inner.services.draws = session.services.draws
    return inner


def inner_session(session: Session, program: Program) -> Session:
    """A session that shares what belongs to the interaction."""
    inner = type(session)(program, session.world, session.interaction, trace=session.events is not None)
    inner.depth = session.depth + 1
    share(session, inner)
    return inner


def share(session: Session, inner: Session) -> None:
    """Let an inner session use the outer one's events, participant data, policies and random numbers."""
    inner.events = session.events
    inner.participant_data = session.participant_data
    inner.services.share(session.services)
    inner.reading = session.reading
    if inner.child is not None:
        share(inner, inner.child)


def take_over(session: Session, inner: Session) -> None:
    """What happened inside has happened to the interaction."""
    session.at_ms, session.event_count = inner.at_ms, inner.event_count
    session.language = inner.language
    session.services.draws = inner.services.draws


def results(inner: Session, finish: Finish) -> tuple[str, dict[str, Any]]:
    """The branch that a flow came back on, and its output variables by lower-case name with scope."""
    slots = inner.program.slots
    found = {key: inner.flow[slot.index] for key, slot in slots.items() if slot.is_output}
    found |= {f"#{name}": value for name, value in finish.details}
    return dict(finish.details).get("output", "default"), found


def shown(inner: Session) -> dict[str, Any]:
    """The output variables in friendly JSON, for the trace."""
    return {
        slot.name: plain(slot.type, inner.flow[slot.index])
        for slot in inner.program.slots.values()
        if slot.is_output and not slot.secure
    }


def unknown(session: Session, call: CallFlow) -> AnyEffect:
    """What is asked when nobody loaded the flow."""
    session.services.policy("unknown_flow")
    return call.unknown
