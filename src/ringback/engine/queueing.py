"""Waiting in a queue: loop tasks and recurring states of in-queue flows, positions, estimated waits.

An in-queue call flow runs its loop task again and again. An in-queue e-mail or message flow runs its start
state once, then rests; each recurring state runs when its interval is over, as often as that happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ringback.flows.actions.base import Enter, Finish, Getter, Next
from ringback.flows.effects import Wait
from ringback.lang.expr.values import Entity
from ringback.trace import events

if TYPE_CHECKING:
    from ringback.engine.session import Session

MAX_TURNS = 10  # of the loop task, or of recurring states, in one simulation
# An in-queue e-mail flow ends after 72 hours and disconnects (community: e-mail in-queue flow).
RUNNING_TIME_MS = 72 * 3_600_000
TOO_LONG = "Execution time exceeded"
# In-queue flows made of states.
RESTING = frozenset({"inqueueEmail", "inqueueShortMessage"})
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
        _seen_enough(session)
        return None
    return Enter(room, how="repeat")


def _seen_enough(session: Session) -> None:
    message = "the interaction is still in the queue"
    session.emit(events.LimitReached(limit="queue_turns", value=MAX_TURNS, message=message))
    _still_waits(session)


def _still_waits(session: Session) -> None:
    session.leave(Finish("waiting", "queue", _queue_name(session)), "waiting")


# A recurring state: index of its container, and its interval in milliseconds.
Recurring = tuple[tuple[int, Getter], ...]


def rest(session: Session, states: Recurring) -> Next | None:
    """No state runs: wait for the next one, for an agent, or for the end of the running time."""
    if session.queue_turns >= MAX_TURNS:
        _seen_enough(session)
        return None
    moments = {"limit": RUNNING_TIME_MS}
    if session.services.policy("agent_answers") == "at_estimated_wait":
        wait = estimated_wait_ms(session)
        moments |= {"answer": wait} if wait is not None else {}
    due = _next_due(session, states)
    if due is None and "answer" not in moments:
        _still_waits(session)
        return None
    moments |= {"state": due[0]} if due is not None else {}
    what = min(moments, key=lambda name: moments[name])
    session.memo["what"] = what
    session.memo["due"] = list(due) if due is not None else []
    return Wait(max(0, moments[what] - session.at_ms))


def _next_due(session: Session, states: Recurring) -> tuple[int, int] | None:
    """When which state runs next: (milliseconds since the flow began, its place among the states).

    A state that was kept waiting by another one runs late; none of its turns is left out.
    """
    last, place = session.recurred
    found = []
    for number, (_, interval) in enumerate(states):
        every = interval(session)
        due = max(last // every, 1) * every
        found.append((due if (due, number) > (last, place) else due + every, number))
    return min(found, default=None)


def wake(session: Session, states: Recurring) -> Next | None:
    """The rest is over."""
    what, due = session.memo["what"], session.memo["due"]
    if what == "answer":
        return Finish("answered", "queue", _queue_name(session))
    if what == "limit":
        session.emit(events.LimitReached(limit="running_time", value=RUNNING_TIME_MS, message=TOO_LONG))
        return Finish("disconnect", details=(("exitReason", TOO_LONG),))
    session.recurred = (due[0], due[1])
    session.queue_turns += 1
    session.handling = False
    return Enter(states[due[1]][0], how="repeat")


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
