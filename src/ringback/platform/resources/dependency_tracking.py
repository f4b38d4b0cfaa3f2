"""Dependency tracking: who uses what. It is always up to date, so a build has nothing to do."""

from __future__ import annotations

from collections.abc import Iterable

from ringback.platform import errors
from ringback.platform.bootstrap import ORGANIZATION
from ringback.platform.call import Call, Reply
from ringback.platform.clock import new_id
from ringback.platform.flows import dependencies, entities
from ringback.platform.flows.kinds import object_type
from ringback.platform.paging import page_of
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body

routes = Routes()
_BASE = "/api/v2/architect/dependencytracking"
_BUILD = "dependency_build"  # control document


def _types(call: Call, name: str) -> list[str]:
    wanted = [each.upper() for each in call.listed(name)]
    for each in wanted:
        if each not in dependencies.TYPES:
            raise errors.bad_request(
                f"There is no dependency type {each!r}.", code="invalid.value", field=name
            )
    return wanted


def _of_types(found: Iterable[Body], wanted: list[str]) -> list[Body]:
    return [each for each in found if not wanted or each["type"] in wanted]


@routes.get(f"{_BASE}/build")
def read_build(call: Call) -> object:
    """The build: operational since the organisation exists, or since somebody asked for one."""
    organisation = call.store.control(ORGANIZATION) or {}
    build = call.store.control(_BUILD) or {"id": organisation.get("id", ""), "dateCompleted": call.now_iso()}
    return {"status": "OPERATIONAL", "failedObjects": [], "selfUri": f"{_BASE}/build"} | build


@routes.post(f"{_BASE}/build", status=202)
def build(call: Call) -> object:
    """Ask for a build; there is nothing to do."""
    body = {
        "id": new_id(),
        "buildId": new_id(),
        "client": entities.client_of(call),
        "dateStarted": call.now_iso(),
        "dateCompleted": call.now_iso(),
    }
    call.tx.set_control(_BUILD, body)
    call.audit("Update", {"id": body["id"]}, entity_type="DependencyTrackingBuild", service="Architect")
    return Reply(None, 202)


@routes.get(f"{_BASE}/types")
def list_types(call: Call) -> object:
    """Every type of object."""
    return page_of(call, [_type(name) for name in dependencies.TYPES])


def _type(name: str) -> Body:
    versioned = name in dependencies.VERSIONED
    return {"id": name, "name": name, "versioned": versioned, "selfUri": f"{_BASE}/types/{name}"}


@routes.get(f"{_BASE}/types/{{typeId}}")
def read_type(call: Call) -> object:
    """One type of object."""
    name = call.path["typeId"].upper()
    if name not in dependencies.TYPES:
        raise errors.not_found("dependencyType", call.path["typeId"])
    return _type(name)


@routes.get(f"{_BASE}/consumedresources", errors=(404,))
def list_consumed(call: Call) -> object:
    """What a version of a flow refers to."""
    body = _flow(call)
    found = dependencies.consumed(call.store, body, version=str(call.query["version"])) if body else []
    return page_of(call, _of_types(found, _types(call, "resourceType")))


@routes.get(f"{_BASE}/consumingresources")
def list_consuming(call: Call) -> object:
    """The published flows that refer to a thing."""
    (type_,) = _types(call, "objectType")[:1] or [""]
    found = dependencies.consuming(call.store, type_, identity=str(call.query["id"]))
    return page_of(call, _of_types(found, _types(call, "resourceType")))


def _flow(call: Call) -> Body | None:
    """The flow that a call names; None for an object that refers to nothing here. ApiError 404."""
    (type_,) = _types(call, "objectType")[:1] or [""]
    identity = str(call.query["id"])
    if type_ in dependencies.FLOW_TYPES:
        return entities.need(call.store, identity, deleted=True)
    if dependencies.entity(call.store, type_, identity=identity) is None:
        raise errors.not_found(type_, identity)
    return None


@routes.get(_BASE)
def find_objects(call: Call) -> object:
    """Everything whose name holds a text."""
    found = dependencies.named(call.store, str(call.query["name"]), types=_types(call, "objectType"))
    return page_of(call, [_object(call, type_, body=body) for type_, body in found])


@routes.get(f"{_BASE}/object", errors=(404,))
def read_object(call: Call) -> object:
    """One object, with what it refers to and who refers to it where that is asked for."""
    identity, wanted = str(call.query["id"]), _types(call, "objectType")
    for type_ in wanted or dependencies.TYPES:
        if body := dependencies.entity(call.store, type_, identity=identity):
            return _object(call, type_, body=body)
    raise errors.not_found("object", identity)


def _object(call: Call, type_: str, *, body: Body) -> Body:
    found = dependencies.as_dependency(type_, body)
    if call.flag("consumedResources"):
        consumed: list[Body] = []
        if type_ in dependencies.FLOW_TYPES:
            consumed = dependencies.consumed(call.store, body, version=str(call.query.get("version") or ""))
        found["consumedResources"] = _of_types(consumed, _types(call, "consumedResourceType"))
    if call.flag("consumingResources"):
        users = dependencies.consuming(call.store, type_, identity=body["id"])
        found["consumingResources"] = _of_types(users, _types(call, "consumingResourceType"))
    return found


@routes.get(f"{_BASE}/deletedresourceconsumers")
def list_consumers_of_deleted(call: Call) -> object:
    """Published flows that refer to something that is not there any more."""
    return _changed(call, "deleted")


@routes.get(f"{_BASE}/updatedresourceconsumers")
def list_consumers_of_updated(call: Call) -> object:
    """Published flows that refer to something of which a newer version was published since."""
    return _changed(call, "updated")


def _changed(call: Call, field: str) -> Body:
    name = str(call.query.get("name") or "").strip("*").casefold()
    types, wanted = _types(call, "objectType"), _types(call, "consumedResourceType")
    found = []
    for body, hits in dependencies.consumers_of_changed(call.store, field=field, wanted=wanted):
        type_ = object_type(body["type"])
        if name not in body["name"].casefold() or (types and type_ not in types):
            continue
        shown = dependencies.as_dependency(type_, body)
        found.append(shown | ({"consumedResources": hits} if call.flag("consumedResources") else {}))
    return page_of(call, found)
