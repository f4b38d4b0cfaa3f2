"""Schedules, the groups that flows ask, and emergency groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ringback.engine.calendars import zone_of
from ringback.platform import errors
from ringback.platform.call import Call
from ringback.platform.collection import Collection
from ringback.platform.recurrence import times_of
from ringback.platform.references import reference, references
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Key

routes = Routes()
SCHEDULES = Collection(
    "schedule",
    "/api/v2/architect/schedules",
    "Schedule",
    "Architect",
    defaults={"state": "active", "description": ""},
    read_only=frozenset({"state", "version"}),
    divisioned=True,
    versioned=True,
)
_PARTS = ("openSchedules", "closedSchedules", "holidaySchedules")


def _used_schedules(body: Body) -> Iterable[Key]:
    return [("schedule", each["id"]) for part in _PARTS for each in body.get(part) or ()]


GROUPS = Collection(
    "schedule_group",
    "/api/v2/architect/schedulegroups",
    "ScheduleGroup",
    "Architect",
    defaults={"state": "active", "description": ""},
    read_only=frozenset({"state", "version"}),
    divisioned=True,
    versioned=True,
    keys=_used_schedules,
)
EMERGENCIES = Collection(
    "emergency_group",
    "/api/v2/architect/emergencygroups",
    "EmergencyGroup",
    "Architect",
    defaults={"state": "active", "description": "", "enabled": False, "emergencyCallFlows": []},
    read_only=frozenset({"state", "version"}),
    divisioned=True,
    versioned=True,
)


def used_groups(body: Body) -> Iterable[Key]:
    """The search key of what names a schedule group."""
    return [("schedule_group", body["scheduleGroup"]["id"])] if body.get("scheduleGroup") else []


IVRS = Collection(
    "ivr",
    "/api/v2/architect/ivrs",
    "IVR",
    "Architect",
    defaults={"state": "active", "description": "", "dnis": []},
    read_only=frozenset({"state", "version"}),
    divisioned=True,
    versioned=True,
    keys=used_groups,
    claims=lambda body: [("dnis", number) for number in body.get("dnis") or ()],
)


def _schedule(_call: Call, sent: Mapping[str, Any]) -> Body:
    return {**sent, **times_of(sent)}


def _group(call: Call, sent: Mapping[str, Any]) -> Body:
    parts = {part: references(call.store, SCHEDULES.kind, sent=sent.get(part), field=part) for part in _PARTS}
    if zone := sent.get("timeZone"):
        try:
            zone_of(zone)
        except ValueError:
            raise errors.bad_request(f"[{zone[:100]}] is no time zone.", field="timeZone") from None
    return {**sent, **parts}


def _emergency(call: Call, sent: Mapping[str, Any]) -> Body:
    flows = []
    for number, each in enumerate(sent.get("emergencyCallFlows") or ()):
        place = f"emergencyCallFlows.{number}"
        flow = reference(call.store, "flow", sent=each.get("emergencyFlow"), field=f"{place}.emergencyFlow")
        ivrs = references(call.store, IVRS.kind, sent=each.get("ivrs"), field=f"{place}.ivrs")
        flows.append({**({"emergencyFlow": flow} if flow else {}), "ivrs": ivrs})
    return {**sent, "emergencyCallFlows": flows}


_IVR_REFERENCES = {
    "openHoursFlow": "flow",
    "closedHoursFlow": "flow",
    "holidayHoursFlow": "flow",
    "scheduleGroup": GROUPS.kind,
}


def _ivr(call: Call, sent: Mapping[str, Any]) -> Body:
    named = {
        name: reference(call.store, kind, sent=sent.get(name), field=name)
        for name, kind in _IVR_REFERENCES.items()
    }
    plain = {name: value for name, value in sent.items() if name not in named}
    return plain | {name: found for name, found in named.items() if found is not None}


def _serve(collection: Collection, item: str, *, prepare: Any, used_by: Collection | None = None) -> None:
    """Serve create, read, list, replace and delete of one kind.

    Args:
        collection: the kind.
        item: name of the path parameter.
        prepare: checks a request's body and completes its references.
        used_by: what may name an entity, so that it cannot be deleted.
    """
    one = f"{collection.path}/{{{item}}}"

    @routes.get(collection.path)
    def list_page(call: Call) -> object:
        """A page, by name."""
        return collection.page(call, **_filters(call))

    @routes.post(collection.path, errors=(409,))
    def create(call: Call) -> object:
        """A new one."""
        return collection.create(call, prepare(call, call.object()))

    @routes.get(one, errors=(404,))
    def read(call: Call) -> object:
        """One of them."""
        return collection.read(call, call.path[item])

    @routes.put(one, errors=(404, 409))
    def replace(call: Call) -> object:
        """Replace one; the request says which version it knows."""
        return collection.replace(call, call.path[item], sent=prepare(call, call.object()))

    @routes.delete(one, status=204, errors=(404, 409))
    def delete(call: Call) -> object:
        """Delete one that nothing uses."""
        entity_id = call.path[item]
        users = call.store.ids_by_key(used_by.kind, (collection.kind, entity_id)) if used_by else []
        if used_by and users:
            names = ", ".join(repr(body["name"]) for body in call.store.many(used_by.kind, users[:5]))
            raise errors.conflict(f"It is in use by {names}.", code="resource.in.use")
        collection.delete(call, entity_id)
        return None


def _filters(call: Call) -> dict[str, Any]:
    """The ids of the groups that hold one of the schedules that a list call names."""
    wanted = call.listed("scheduleIds")
    if not wanted:
        return {}
    return {"ids": [each for one in wanted for each in call.store.ids_by_key(GROUPS.kind, ("schedule", one))]}


def _serve_views(collection: Collection) -> None:
    @routes.get(f"{collection.path}/divisionviews")
    def list_of_divisions(call: Call) -> object:
        """A page of those of divisions, by name."""
        return collection.page(call)


_serve(SCHEDULES, "scheduleId", prepare=_schedule, used_by=GROUPS)
_serve(GROUPS, "scheduleGroupId", prepare=_group, used_by=IVRS)
_serve(EMERGENCIES, "emergencyGroupId", prepare=_emergency)
_serve(IVRS, "ivrId", prepare=_ivr)
for _collection in (SCHEDULES, GROUPS, EMERGENCIES):
    _serve_views(_collection)
