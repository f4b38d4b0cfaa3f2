"""Flows inside flows: a bot flow or common module runs as a session of its own below the calling one.

The inner session shares events, participant data, policies and the clock with the outer one; its effects are
the outer session's effects. A called flow that ends the interaction ends the calling flow too. A flow to
which the interaction is transferred runs in the same way, but its end is the end: the flow before it is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ringback.flows.actions.base import CallFlow, Finish, FlowFault
from ringback.flows.effects import AnyEffect
from ringback.lang.expr.values import plain
from ringback.trace import events

if TYPE_CHECKING:
    from ringback.engine.program import Program
    from ringback.engine.session import Session

MAX_DEPTH = 20
_INVOCATION = "Flow.InvocationData"
# Ends of a called flow after which the calling one goes on.
RETURNS = frozenset({"endModule", "exitBotFlow", "exit"})
_CALLS = ("inboundCall", "outboundCall", "voicemail")
# Transfers after which another flow goes on -> the types that the flow may have, besides the own one.
MOVES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"transferToFlow": (), "transferToFlowSecure": ("secureCall",)}
)


def begin(session: Session, call: CallFlow) -> Session | None:
    """The inner session of a call; None when the world has no such flow.

    Raises:
        FlowFault: FLOW_DEPTH when flows call each other without end.
    """
    program = session.world.flow(call.name, call.kinds)
    if program is None:
        return None
    _check_depth(session)
    inputs = tuple((name, raw) for name, raw in call.inputs if name.lower() in program.slots)
    shown = {name: plain(program.slots[name.lower()].type, raw) for name, raw in inputs}
    flow = program.flow
    session.emit(events.FlowCalled(flow=flow.name, flow_type=flow.type, inputs=shown))
    inner = _continued(session, program)
    inner.interaction = replace(session.interaction, variables=inputs)
    inner.said = call.said
    inner.language = session.language
    return inner


def _check_depth(session: Session) -> None:
    if session.depth >= MAX_DEPTH:
        message = f"more than {MAX_DEPTH} flows inside each other"
        session.emit(events.LimitReached(limit="flow_depth", value=MAX_DEPTH, message=message))
        raise FlowFault("FLOW_DEPTH", message)


def _continued(session: Session, program: Program) -> Session:
    """An inner session that goes on where the outer one stands."""
    inner = inner_session(session, program)
    inner.at_ms, inner.event_count = session.at_ms, session.event_count
    inner.services.draws = session.services.draws
    return inner


def move(session: Session, finish: Finish) -> Session | None:
    """The session of the flow to which the interaction is transferred; None when nobody loaded it.

    Variables are not carried, participant data is (help: Set Participant Data).

    Raises:
        FlowFault: FLOW_DEPTH when flows transfer to each other without end.
    """
    own = session.program.flow.type
    kinds = MOVES[finish.kind] or (_CALLS if own in (*_CALLS, "secureCall", "commonModule") else (own,))
    program = session.world.flow(finish.target, kinds)
    if program is None:
        return None
    _check_depth(session)
    inner = _continued(session, program)
    given = {name: value for name, value in session.interaction.built_ins.items() if name != _INVOCATION}
    if (data := dict(finish.details).get("invocationData")) is not None:
        given[_INVOCATION] = data
    inner.interaction = replace(session.interaction, variables=(), built_ins=given)
    inner.moved = True
    spoken = (inner.default_language, *program.flow.supported_languages)
    if session.services.policy("language_after_transfer") == "kept" and session.language in spoken:
        inner.language = session.language
    return inner


def close_outcomes(session: Session) -> None:
    """Outcomes that were started and never set count as failures, or stay open, by policy."""
    begun = session.counted.pop("outcomes", None)
    if not begun:
        return
    choice = session.services.policy("unfinished_outcome")
    for name in begun if choice == "failure" else ():
        facts = {"flowOutcome": name, "flowOutcomeValue": "FAILURE"}
        session.emit(events.PlatformTold(kind="setFlowOutcome", facts=facts, decided_by="policy"))


def last(session: Session) -> Session:
    """The session of the flow that has the interaction now, after every transfer."""
    while session.child is not None and session.child.moved:
        session = session.child
    return session


def inner_session(session: Session, program: Program) -> Session:
    """A session that shares what belongs to the interaction."""
    inner = type(session)(program, session.world, session.interaction, trace=session.events is not None)
    inner.depth = session.depth + 1
    share(session, inner)
    return inner


def share(session: Session, inner: Session) -> None:
    """Let an inner session use the outer one's events, participant data, secure values and policies."""
    inner.events = session.events
    inner.secure_values = session.secure_values
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
