"""Flow instances: what was recorded of runs; query, read, and how much is recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from ringback.flows.actions import ACTIONS
from ringback.platform import errors, transfers
from ringback.platform.call import Call
from ringback.platform.catalogue import models
from ringback.platform.clock import new_id
from ringback.platform.flows import entities, log_levels
from ringback.platform.flows.executing import DATA, INSTANCE
from ringback.platform.flows.execution_data import CHARACTERISTICS, LEVELS, level_of
from ringback.platform.paging import envelope, page
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Query, Reader

routes = Routes()
_BASE = "/api/v2/flows/instances"
_LEVELS = f"{_BASE}/settings/loglevels"
_OWN = "/api/v2/flows/{flowId}/instances/settings/loglevels"
_JOB = "flow_instance_job"
MAX_FOUND, MAX_IDS = 200, 50  # the platform's own: instances of a query, ids of a job


# ---- reading


@routes.get(f"{_BASE}/{{instanceId}}", mode="free")
def read_instance(call: Call) -> object:
    """The execution data of one instance; its `downloadUri` holds it."""
    store = call.services.store.read()
    store.need(INSTANCE, call.path["instanceId"])
    return _job(call, [call.path["instanceId"]])


@routes.post(f"{_BASE}/jobs", mode="free")
def ask_for_data(call: Call) -> object:
    """The execution data of several instances."""
    ids = call.object()["ids"]
    if not 1 <= len(ids) <= MAX_IDS:
        raise errors.bad_request(f"A job takes 1 to {MAX_IDS} ids.", field="ids")
    return _job(call, [str(each) for each in ids])


@routes.get(f"{_BASE}/jobs/{{jobId}}")
def read_job(call: Call) -> object:
    """A job for execution data; it was done at once."""
    return call.store.need(_JOB, call.path["jobId"])


def _job(call: Call, ids: list[str]) -> Body:
    """A job that is done: a file for each instance."""
    with call.services.store.write() as tx:
        call.enter(tx)
        job_id = new_id()
        found = [_entity(call, tx, instance_id=each) for each in ids]
        job = {"id": job_id, "entities": found, "jobState": "Success", "selfUri": f"{_BASE}/jobs/{job_id}"}
        tx.add(_JOB, job)
        call.audit("Create", {"id": job_id}, entity_type="FlowInstanceJob", service="Architect")
    return job


def _entity(call: Call, store: Reader, *, instance_id: str) -> Body:
    data = store.get(DATA, instance_id)
    if data is None:
        return {"id": instance_id, "failed": True, "statusCode": "NotFound"}
    file_id = transfers.keep(
        call,
        msgspec.json.encode(data["data"]),
        purpose="flow_instance",
        content_type="application/json",
        name=f"{instance_id}.json",
    )
    url = transfers.download_url(call, file_id)
    return {"id": instance_id, "downloadUri": url, "failed": False, "statusCode": "Success"}


# ---- query


@routes.post(f"{_BASE}/query", mode="read")
def query(call: Call) -> object:
    """The newest instances that meet every group of criteria."""
    groups = call.object()["query"]
    newest = call.store.find(Query(INSTANCE, order=("created",), descending=True))
    found = [body for body in newest if all(_meets(call.store, body, group=group) for group in groups)][
        :MAX_FOUND
    ]
    return envelope(call, found[: call.query.get("pageSize") or 50], total=len(found), size=50)


def _meets(store: Reader, body: Body, *, group: Mapping[str, Any]) -> bool:
    """Whether an instance meets a group: all of `and`, one of `or`, none of `not`, and `criteria`."""

    def holds(item: Mapping[str, Any]) -> bool:
        return _holds(store, body, item=item)

    either = group.get("or") or ()
    single = group.get("criteria")
    return (
        all(map(holds, group.get("and") or ()))
        and (not either or any(map(holds, either)))
        and not any(map(holds, group.get("not") or ()))
        and (not single or holds(single))
    )


_FIELDS: Mapping[str, str] = {
    "FlowStartDateTime": "startDateTime",
    "FlowEndDateTime": "endDateTime",
    "ConversationId": "conversationId",
    "WorkitemId": "workitemId",
    "FlowType": "flowType",
    "FlowId": "flowId",
    "FlowErrorReason": "flowErrorReason",
    "FlowWarningReason": "flowWarningReason",
}
_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "eq": lambda ours, theirs: ours == theirs,
    "not": lambda ours, theirs: ours != theirs,
    "gt": lambda ours, theirs: ours > theirs,
    "gte": lambda ours, theirs: ours >= theirs,
    "lt": lambda ours, theirs: ours < theirs,
    "lte": lambda ours, theirs: ours <= theirs,
    "begins": lambda ours, theirs: ours.startswith(theirs),
    "not_null": lambda ours, _theirs: bool(ours),
}


def _holds(store: Reader, body: Body, *, item: Mapping[str, Any]) -> bool:
    key, wanted = str(item.get("key")), str(item.get("value") or "").casefold()
    compare = _OPERATORS[str(item.get("operator") or "eq")]
    if key in _FIELDS:
        return compare(str(body.get(_FIELDS[key]) or "").casefold(), wanted)
    values = _values(store, body["id"], key=key)
    if values is None:
        raise errors.bad_request(f"The criterion {key} is not recorded here.", field="query")
    return any(compare(value.casefold(), wanted) for value in values)


def _values(store: Reader, instance_id: str, *, key: str) -> list[str] | None:
    """What the execution data holds of actions; None for criteria that it does not hold."""
    if not key.startswith("FlowAction"):
        return None
    data = (store.get(DATA, instance_id) or {}).get("data", {})
    items = [
        (word, each) for item in data.get("flow", {}).get("execution", ()) for word, each in item.items()
    ]
    found = [(word.removeprefix("action"), each) for word, each in items if "actionId" in each]
    return [_VALUES[key](word, each) for word, each in found] if key in _VALUES else None


_VALUES: Mapping[str, Callable[[str, Body], str]] = {
    "FlowActionId": lambda _word, item: str(item["actionId"]),
    "FlowActionType": lambda word, _item: word,
    "FlowActionOutputPathId": lambda _word, item: str(item["outputPathId"]),
    "FlowActionOutputPathName": lambda _word, item: str(item["outputPathId"]),
    "FlowActionIdOutputPathId": lambda _word, item: f"{item['actionId']}:{item['outputPathId']}",
    "FlowActionIdOutputPathName": lambda _word, item: f"{item['actionId']}:{item['outputPathId']}",
    "FlowActionTypeOutputPathId": lambda word, item: f"{word}:{item['outputPathId']}",
    "FlowActionTypeOutputPathName": lambda word, item: f"{word}:{item['outputPathId']}",
}


@routes.get(f"{_BASE}/querycapabilities")
def read_capabilities(_call: Call) -> object:
    """What can be asked for."""
    criteria = [
        {
            "criteriaKey": key,
            "criteriaGroups": ["and", "or", "not", "criteria"],
            "description": key,
            "operators": list(_OPERATORS),
            "dataType": "dateTime" if key.endswith("DateTime") else "string",
            "categoryInfo": {"categoryId": "flow" if key in _FIELDS else "action", "displayOrder": order},
        }
        for order, key in enumerate((*_FIELDS, *_VALUES))
    ]
    types = models()["FlowExecutionDataQueryResult"]["flowType"].enum
    return {
        "criteria": criteria,
        "flowTypes": list(types),
        "actionTypes": sorted(ACTIONS),
        "errorCodes": [],
        "warningCodes": [],
    }


# ---- how much is recorded


@routes.get(f"{_BASE}/settings/executiondata")
def read_switch(call: Call) -> object:
    """Whether execution data is recorded."""
    return call.store.control(log_levels.EXECUTION_DATA) or {"id": "executiondata", "enabled": True}


@routes.patch(f"{_BASE}/settings/executiondata")
def change_switch(call: Call) -> object:
    """Record execution data, or no more."""
    body = {
        "id": "executiondata",
        "enabled": bool(call.object()["enabled"]),
        "modifiedByClient": entities.client_of(call),
        "dateModified": call.now_iso(),
        "selfUri": f"{_BASE}/settings/executiondata",
    }
    call.tx.set_control(log_levels.EXECUTION_DATA, body)
    call.audit("Update", body, entity_type="FlowExecutionDataSettings", service="Architect")
    return body


@routes.get(f"{_LEVELS}/characteristics")
def read_characteristics(_call: Call) -> object:
    """What each log level shows."""
    return {
        "logLevels": [level_of({"level": level}) for level in LEVELS],
        "characteristics": [
            {"id": name, "minimumLevel": least, "dependsOn": {"executionItems": name != "executionItems"}}
            for name, least in CHARACTERISTICS.items()
        ],
    }


@routes.get(_LEVELS)
def list_levels(call: Call) -> object:
    """The levels of the flows that have one of their own."""
    return page(call, Query(log_levels.LEVEL))


@routes.get(f"{_LEVELS}/default")
def read_default(call: Call) -> object:
    """The level of flows without one."""
    found = call.store.control(log_levels.DEFAULT)
    return found or {
        "id": "default",
        "name": "default",
        "logLevelCharacteristics": level_of({"level": "All"}),
        "selfUri": f"{_LEVELS}/default",
    }


@routes.put(f"{_LEVELS}/default")
def set_default(call: Call) -> object:
    """Set the level of flows without one."""
    body = _settings(call, {"id": "default", "name": "default"}, path=f"{_LEVELS}/default")
    call.tx.set_control(log_levels.DEFAULT, body)
    call.audit("Update", body, entity_type="FlowLogLevelDefault", service="Architect")
    return body


@routes.delete(f"{_LEVELS}/default", status=204)
def delete_default(call: Call) -> object:
    """Go back to the level that holds without a setting."""
    before = call.store.control(log_levels.DEFAULT) or {"id": "default"}
    call.tx.set_control(log_levels.DEFAULT, None)
    call.audit("Delete", before, entity_type="FlowLogLevelDefault", service="Architect")
    return None


def _settings(call: Call, flow: Body, *, path: str) -> Body:
    body: Body = {
        "id": flow["id"],
        "name": flow["name"],
        "modifiedByClient": entities.client_of(call),
        "dateModified": call.now_iso(),
        "logLevelCharacteristics": level_of(call.object()["logLevelCharacteristics"]),
        "selfUri": path,
    }
    return body | ({"type": flow["type"].lower()} if flow.get("type") else {})


def _path(flow_id: str) -> str:
    return _OWN.replace("{flowId}", flow_id)


@routes.get(_OWN, errors=(410,))
def read_level(call: Call) -> object:
    """The level of one flow; 404 when it has none of its own."""
    flow = entities.need(call.store, call.path["flowId"])
    return call.store.need(log_levels.LEVEL, flow["id"])


@routes.post(_OWN, errors=(409, 410))
def add_level(call: Call) -> object:
    """Give a flow a level of its own."""
    flow = entities.need(call.store, call.path["flowId"])
    if call.store.get(log_levels.LEVEL, flow["id"]):
        raise errors.conflict(f"The flow {flow['name']!r} has a log level already.")
    body = call.tx.add(log_levels.LEVEL, _settings(call, flow, path=_path(flow["id"])))
    call.audit("Create", body, entity_type="FlowLogLevel", service="Architect")
    return body


@routes.put(_OWN, errors=(410,))
def set_level(call: Call) -> object:
    """Change the level of a flow."""
    flow = entities.need(call.store, call.path["flowId"])
    before = call.store.need(log_levels.LEVEL, flow["id"])
    body = call.tx.put(log_levels.LEVEL, _settings(call, flow, path=_path(flow["id"])))
    call.audit("Update", body, entity_type="FlowLogLevel", service="Architect", before=before)
    return body


@routes.delete(_OWN, status=204, errors=(410,))
def delete_level(call: Call) -> object:
    """Take a flow's own level away."""
    flow = entities.need(call.store, call.path["flowId"])
    before = call.store.need(log_levels.LEVEL, flow["id"])
    call.tx.remove(log_levels.LEVEL, flow["id"])
    call.audit("Delete", before, entity_type="FlowLogLevel", service="Architect")
    return None
