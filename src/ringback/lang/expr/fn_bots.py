"""Functions of bot and message flows, and preferred agent routing.

Communications are trees like audio. Parameters of most are inferred from official sample flows, whose
builders pass variables that may be NOT_SET; NOT_SET is then said as nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ringback.lang.expr.fn_audio import speech
from ringback.lang.expr.raw import Entity, EvaluationError
from ringback.lang.expr.signature import overload


def make_timeslot(start: datetime, length: timedelta) -> Entity:
    """An entry of a time picker."""
    return Entity("tsl", None, None, {"start": start, "length": length})


def agent_score_pairs(users: tuple[Any, ...], scores: tuple[int | None, ...]) -> tuple[Entity, ...]:
    """Users with their scores, item by item."""
    if len(users) != len(scores):
        raise EvaluationError(f"{len(users)} users but {len(scores)} scores", "BAD_ARGUMENT")
    pairs = zip(users, scores, strict=True)
    return tuple(
        Entity("cpx_agent_score_pair", None, None, {"agent": user, "score": score}) for user, score in pairs
    )


_MAKE, _TO = speech("MakeCommunication", "com"), speech("ToCommunication", "com")

BOTS = (
    overload("MakeCommunication", "(part any?...) -> com", _MAKE, source="sample"),
    overload(
        "MakeListAgentScorePair",
        "(users usr_coll, scores int_coll) -> cpx_agent_score_pair_coll",
        agent_score_pairs,
        source="sample",
    ),
    overload("MakeTimeslot", "(start dtm, length dur) -> tsl", make_timeslot, source="sample"),
    overload("ResolveSlot", "(slot T?) -> T", lambda slot: slot, source="sample"),
    overload("ToCommunication", "(value any?, format any=) -> com", _TO, source="sample"),
    overload(
        "ToCommunicationBlank",
        "(milliseconds int) -> com",
        speech("ToCommunicationBlank", "com"),
        source="sample",
    ),
    overload("ToCommunicationSsml", "(ssml str) -> com", None, source="name"),
)
