"""Schedules, schedule groups and emergency groups of the world, looked at from a running session."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ringback.engine import calendars
from ringback.flows.actions.base import FlowFault
from ringback.lang.expr.values import Entity
from ringback.trace.events import ScheduleEvaluated

if TYPE_CHECKING:
    from ringback.engine.session import Session

# Parts of a schedule group in the order in which they decide.
_ORDERS = {
    "emergency_holiday_closed_open": ("holiday", "closed", "open"),
    "emergency_holiday_open_closed": ("holiday", "open", "closed"),
}


def emergency(session: Session, group: Entity) -> bool:
    """Whether an emergency group is switched on (`active: true`); one that says nothing is off."""
    facts = _facts(session, "emg", entity=group)
    if facts.get("active"):
        session.emit(ScheduleEvaluated(schedule=group.name or "", local_time="", status="emergency"))
        return True
    return False


def active(session: Session, schedule: Entity, *, zone: str, when: datetime | None) -> bool:
    """Whether a schedule is active at a moment (None: now) in a zone ("": the organisation's)."""
    local = _local(session, zone, when=when)
    answer = _is_active(session, schedule.name or "", local=local)
    _told(session, schedule, local=local, status="active" if answer else "inactive", names=())
    return answer


def group(session: Session, entity: Entity, *, when: datetime | None) -> tuple[str, list[str]]:
    """Status of a schedule group, and the names of its schedules that are active."""
    facts = _facts(session, "sqg", entity=entity)
    local = _local(session, str(facts.get("timeZone") or ""), when=when)
    parts = ("holiday", "closed", "open")
    if not any(facts.get(part) for part in parts):
        status, names = _undescribed(session), []
    else:
        found = {part: _active_of(session, facts.get(part), local=local) for part in parts}
        order = _ORDERS[session.services.policy("schedule_order")]
        status = next((part for part in order if found[part]), "closed")
        names = [name for part in parts for name in found[part]]
    _told(session, entity, local=local, status=status, names=names)
    return status, names


def _undescribed(session: Session) -> str:
    return "open" if session.services.policy("schedule_without_times") == "active" else "closed"


def _active_of(session: Session, names: Any, *, local: datetime) -> list[str]:
    listed = [names] if isinstance(names, str) else names or ()
    return [str(name) for name in listed if _is_active(session, str(name), local=local)]


def _is_active(session: Session, name: str, *, local: datetime) -> bool:
    found = session.world.resource("sch", name)
    if found is None:
        raise FlowFault("MISSING_RESOURCE", f"the organisation has no schedule {name!r}")
    schedule = calendars.schedule_of(found.fields)
    if schedule is None:
        return session.services.policy("schedule_without_times") == "active"
    return schedule.active(local)


def _facts(session: Session, kind: str, *, entity: Entity) -> Mapping[str, Any]:
    found = session.world.resource(kind, entity.name or "")
    return found.fields if found is not None else {}


def _local(session: Session, zone: str, *, when: datetime | None) -> datetime:
    """A moment in a zone, without the zone; `zone` by the world's when it is "".

    Raises:
        FlowFault: BAD_ARGUMENT for an unknown zone.
    """
    try:
        place: ZoneInfo = calendars.zone_of(zone or session.world.time_zone)
    except ValueError as error:
        raise FlowFault("BAD_ARGUMENT", str(error)) from error
    moment = session.services.start + timedelta(milliseconds=session.at_ms) if when is None else when
    return moment.astimezone(UTC).astimezone(place).replace(tzinfo=None)


def _told(
    session: Session, entity: Entity, *, local: datetime, status: str, names: list[str] | tuple[str, ...]
) -> None:
    session.emit(
        ScheduleEvaluated(
            schedule=entity.name or "",
            local_time=local.isoformat(timespec="minutes"),
            status=status,
            active=list(names),
        )
    )
