"""Waiting in a queue: the loop task of an in-queue flow, positions, estimated waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ringback.flows.actions.base import Enter, Finish, Next
from ringback.lang.expr.values import Entity
from ringback.trace import events

if TYPE_CHECKING:
    from ringback.engine.session import Session

MAX_TURNS = 10  # of the loop task in one simulation
_DURATION_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}
_PERMISSIVE = {"position": 1, "wait_ms": 60_000}


def again(session: Session, room: int) -> Next | None:
    """The loop task is over: it starts again, until an agent answers or the simulation has seen enough."""
    if session.services.policy("agent_answers") == "at_estimated_wait":
        wait = estimated_wait_ms(session)
        if wait is not None and session.at_ms >= wait:
            session.leave(Finish("answered", "queue", _queue_name(session)))
            return None
    session.queue_turns += 1
    if session.queue_turns >= MAX_TURNS:
        message = "the interaction is still in the queue"
        session.emit(events.LimitReached(limit="queue_turns", value=MAX_TURNS, message=message))
        session.leave(Finish("waiting", "queue", _queue_name(session)), "waiting")
        return None
    return Enter(room, how="repeat")


def current_queue(session: Session) -> Entity | None:
    """`Call.CurrentQueue`: the queue that the interaction says, else the only one of the world."""
    name = _queue_name(session)
    return session.world.entity("que", name) if name else None


def position(session: Session) -> int | None:
    """`Call.PositionInQueue`: one more than those who wait before; the same for the whole simulation."""
    waiting = _facts(session).get("waiting")
    if waiting is None:
        return _made_up(session, "position")
    session.services.policy("queue_position")
    return int(waiting) + 1


def estimated_wait(session: Session) -> timedelta | None:
    """`Call.EstimatedWaitTime`."""
    ms = estimated_wait_ms(session)
    return None if ms is None else timedelta(milliseconds=ms)


def estimated_wait_ms(session: Session) -> int | None:
    """Milliseconds that the world says for the queue; NOT_SET when it says nothing."""
    written = _facts(session).get("estimatedWait")
    if written is None:
        return _made_up(session, "wait_ms")
    session.services.policy("queue_position")
    return wait_ms(written)


def wait_ms(written: Any) -> int:
    """Milliseconds of "90s", "2m", or a number of seconds.

    >>> wait_ms("2m"), wait_ms(5), wait_ms("1.5 s")
    (120000, 5000, 1500)

    Raises:
        ValueError: it is none of these.
    """
    text = str(written).strip().lower()
    number = text.rstrip("hms").strip()
    unit = text[len(number) :].strip() or "s"
    try:
        return round(float(number) * _DURATION_MS[unit])
    except (KeyError, ValueError):
        raise ValueError(f"{written!r} is no span of time; write 90s, 2m or 1h") from None


def _made_up(session: Session, what: str) -> int | None:
    if not session.world.permissive:
        return None
    session.services.policy("permissive_values")
    return _PERMISSIVE[what]


def _queue_name(session: Session) -> str:
    named = session.interaction.queue
    if named:
        return named
    listed = session.world.resources.get("que", ())
    return listed[0].name if len(listed) == 1 else ("Queue" if session.world.permissive else "")


def _facts(session: Session) -> Mapping[str, Any]:
    name = _queue_name(session)
    found = session.world.resource("que", name) if name else None
    return found.fields if found is not None else {}
