"""Architect flows: create, read, list, change, delete; check-out, check-in, publish and the like; history."""

from __future__ import annotations

from ringback.platform import errors
from ringback.platform.call import Call
from ringback.platform.collection import division_of
from ringback.platform.flows import entities, filters, plain_view
from ringback.platform.flows.documents import check
from ringback.platform.flows.kinds import FLOW
from ringback.platform.paging import descending, page_of
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Query

routes = Routes()
_BASE = "/api/v2/flows"
_ACTIONS = f"{_BASE}/actions"
_HISTORY_JOB = "flow_history_job"


@routes.get(_BASE)
def list_flows(call: Call) -> object:
    """A page of flows."""
    return filters.page(call, filters.wanted(call))


@routes.get(f"{_BASE}/lookup")
def look_up(call: Call) -> object:
    """The flows with these ids."""
    return filters.page(call, filters.wanted(call))


@routes.get(f"{_BASE}/divisionviews")
def list_views(call: Call) -> object:
    """A page of flows, with the fields that a division view has."""
    show = filters.shown(call)
    return page_of(call, filters.wanted(call), view=lambda body: _division_view(show(body)))


_VIEW = (
    *("id", "name", "division", "type", "description", "inputSchema", "outputSchema"),
    *("supportedLanguages", "publishedVersion", "debugVersion"),
)


def _division_view(body: Body) -> Body:
    seen = {name: body[name] for name in _VIEW if name in body}
    return seen | {"selfUri": f"{_BASE}/divisionviews/{body['id']}"}


@routes.post(_BASE, errors=(409,))
def create_flow(call: Call) -> object:
    """A flow without a version; its document comes with a version or a publish job."""
    sent = call.object()
    if not str(sent.get("name") or "").strip():
        raise errors.bad_request("The name of a flow is required.", field="name")
    if not sent.get("type"):
        raise errors.bad_request("The type of a flow is required.", field="type")
    return entities.view(entities.create(call, sent, type_=sent["type"]))


@routes.get(f"{_BASE}/{{flowId}}", errors=(410,))
def read_flow(call: Call) -> object:
    """One flow; a plain one with its definition and version."""
    body = entities.need(call.store, call.path["flowId"], deleted=call.flag("deleted"))
    wanted = dict(call.pairs()).get("view")
    if body.get("_form") == "plain" or wanted == "plain":
        return entities.view(body) | plain_view.beside(call.store, body)
    return entities.view(body)


@routes.put(f"{_BASE}/{{flowId}}", errors=(409, 410))
def change_flow(call: Call) -> object:
    """Rename, describe, or move to another division."""
    sent = call.object()
    before = entities.need(call.store, call.path["flowId"])
    entities.refuse_if_locked(call, before)
    name = str(sent.get("name") or before["name"]).strip()
    if sent.get("type") not in (None, before["type"]):
        raise errors.bad_request("The type of a flow cannot be changed.", field="type")
    other = entities.named(call.store, before["type"], name=name)
    if other and other["id"] != before["id"]:
        raise errors.conflict(f"There is a flow {name!r} of type {before['type']}.", code="duplicate.name")
    after = before | {"name": name, "description": str(sent.get("description") or "")}
    after["division"] = division_of(call, sent.get("division") or before["division"])
    return entities.view(entities.save(call, before, after=after, action="UPDATE"))


@routes.delete(f"{_BASE}/{{flowId}}", status=204, errors=(409, 410))
def delete_flow(call: Call) -> object:
    """Delete a flow that nobody else has locked and no other flow uses; it answers 410 from now on."""
    entities.delete(call, entities.need(call.store, call.path["flowId"]))
    return None


@routes.delete(_BASE, errors=(404, 409, 410))
def delete_flows(call: Call) -> object:
    """Delete several flows, all of them or none."""
    ids = call.listed("id")
    for flow_id in ids:
        entities.delete(call, entities.need(call.store, flow_id))
    return entities.operation(call, "DELETE")


# ---- actions; the flow is named in the query


def _asked(call: Call) -> Body:
    return entities.need(call.store, str(call.query["flow"]))


@routes.post(f"{_ACTIONS}/checkout", errors=(404, 409, 410))
def check_out(call: Call) -> object:
    """Lock a flow for the caller."""
    return entities.view(entities.lock(call, _asked(call)))


@routes.post(f"{_ACTIONS}/checkin", errors=(404, 409, 410))
def check_in(call: Call) -> object:
    """Give the lock back; what was saved is the checked-in version."""
    body = _asked(call)
    entities.refuse_if_locked(call, body)
    if saved := body.get("savedVersion"):
        version = entities.version(call.store, body, version_id=saved["id"])
        return entities.hold(call, body, version=version, kind="CHECKIN")["currentOperation"]
    return entities.save(call, body, after=entities.without_lock(body), action="CHECKIN")["currentOperation"]


@routes.post(f"{_ACTIONS}/unlock", errors=(404, 410))
def unlock(call: Call) -> object:
    """Take the lock away, whoever holds it."""
    body = _asked(call)
    after = entities.without_lock(body)
    return entities.view(
        entities.save(call, body, after=after, action="STATE_CHANGE", said=("Unlock", "CHECKIN"))
    )


@routes.post(f"{_ACTIONS}/revert", errors=(404, 409, 410))
def revert(call: Call) -> object:
    """Forget what was saved since the last check-in, and the lock."""
    body = _asked(call)
    entities.refuse_if_locked(call, body)
    after = entities.without_lock(body)
    after.pop("savedVersion", None)
    return entities.view(entities.save(call, body, after=after, action="REVERT"))


@routes.post(f"{_ACTIONS}/deactivate", errors=(404, 409, 410))
def deactivate(call: Call) -> object:
    """Take a flow out of service; its published version stays known."""
    body = _asked(call)
    entities.refuse_if_locked(call, body)
    after = body | {"active": False}
    return entities.view(
        entities.save(call, body, after=after, action="STATE_CHANGE", said=("Deactivate", "DEACTIVATE"))
    )


@routes.post(f"{_ACTIONS}/publish", mode="free", errors=(404, 409, 410))
def publish(call: Call) -> object:
    """Check a version and publish it; the newest one unless `version` names another.

    What the checks find is in the operation, which then has the status FAILURE.
    """
    store = call.services.store.read()
    body = entities.need(store, str(call.query["flow"]))
    version_id = str(call.query.get("version") or entities.newest(body))
    if not version_id:
        raise errors.conflict(f"The flow {body['name']!r} has no version to publish.", code="flow.no.version")
    checked = check(store, entities.document(store, body, version_id=version_id))
    with call.services.store.write() as tx:
        call.enter(tx)
        body = entities.need(tx, body["id"])
        entities.refuse_if_locked(call, body)
        version = entities.version(tx, body, version_id=version_id)
        if checked.errors:
            texts = [str(found) for found in checked.errors]
            failure = entities.operation(call, "PUBLISH", error="\n".join(texts), details=texts)
            return entities.failed(call, body, failure=failure)
        return entities.hold(call, body, version=version, kind="PUBLISH")["currentOperation"]


# ---- history


@routes.post(f"{_BASE}/{{flowId}}/history", errors=(410,))
def ask_for_history(call: Call) -> object:
    """A history job; it is done at once."""
    body = entities.need(call.store, call.path["flowId"], deleted=True)
    job = entities.operation(call, "HISTORY")
    call.tx.add(_HISTORY_JOB, {**job, "started": call.now_iso()}, parent=body["id"])
    return job


@routes.get(f"{_BASE}/{{flowId}}/history/{{historyId}}")
def read_history(call: Call) -> object:
    """What was done to a flow, the newest first."""
    flow_id = call.path["flowId"]
    job = call.store.need(_HISTORY_JOB, call.path["historyId"], parent=flow_id)
    down = descending(call, unless_told=True)
    query = Query(entities.HISTORY, flow_id, order=(), descending=down)
    actions = [each.upper() for each in call.listed("action")]
    found = [body for body in call.store.find(query) if not actions or body["action"] in actions]
    entries = [{name: value for name, value in body.items() if name != "id"} for body in found]
    listed = page_of(call, entries)
    flow = call.store.need(FLOW, flow_id)
    more = {"name": flow["name"], "description": flow["description"], "system": False}
    return job | more | {"completed": job["started"]} | listed
