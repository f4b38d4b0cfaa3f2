"""Participant data in bot sessions: the platform's limits (help: Set and Get Participant Data actions)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ringback.flows.actions.base import FlowFault
from ringback.trace.events import LimitReached

if TYPE_CHECKING:
    from ringback.engine.session import Session

MAX_STEPS = 50  # of either kind in a session
MAX_NAMES = 50
MAX_CHARACTERS = 256


def step(session: Session, what: str, *, names: Iterable[str], longest: int) -> None:
    """Count a step that sets or gets attributes.

    Raises:
        FlowFault: PARTICIPANT_DATA_LIMIT; the flow's error handling follows.
    """
    steps = session.counted.setdefault("data_steps", {})
    known = session.counted.setdefault("data_names", [])
    steps[what] = steps.get(what, 0) + 1
    known.extend(name for name in dict.fromkeys(names) if name not in known)
    _check(session, f"participant_data_{what}_steps", count=steps[what], most=MAX_STEPS)
    _check(session, "participant_data_attributes", count=len(known), most=MAX_NAMES)
    _check(session, "participant_data_value", count=longest, most=MAX_CHARACTERS)


def _check(session: Session, limit: str, *, count: int, most: int) -> None:
    if count > most:
        message = f"{limit.replace('_', ' ')} of a bot session: at most {most:,}"
        session.emit(LimitReached(limit=limit, value=most, message=message))
        raise FlowFault("PARTICIPANT_DATA_LIMIT", message)
