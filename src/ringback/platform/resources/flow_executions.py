"""Executions: launch a workflow, and see what became of it."""

from __future__ import annotations

from ringback.core.errors import DefinitionError
from ringback.engine.interaction import Interaction
from ringback.platform import errors
from ringback.platform.call import Call
from ringback.platform.clock import new_id
from ringback.platform.flows import entities, executing, running
from ringback.platform.flows.documents import program_of
from ringback.platform.flows.executing import EXECUTION, Launch
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Reader

routes = Routes()
_BASE = "/api/v2/flows/executions"


@routes.post(_BASE, mode="free", errors=(404, 409, 410, 429))
def launch(call: Call) -> object:
    """Launch a workflow; it runs after this has been answered."""
    sent, store = call.object(), call.services.store.read()
    body, version = _version(store, str(sent["flowId"]), wanted=str(sent.get("flowVersion") or ""))
    document = entities.document(store, body, version_id=version["id"])
    try:
        program = program_of(document.text, document.file)
    except DefinitionError as error:
        raise errors.bad_request(f"The flow {body['name']!r} cannot run: {error.message}") from None
    values = running.variables(program, sent.get("inputData") or {})
    interaction = Interaction(channel="workflow", conversation_id=new_id(), variables=values)
    execution = _execution(call, version, name=str(sent.get("name") or body["name"]))
    facts = {
        "flowId": body["id"],
        "flowName": body["name"],
        "flowType": body["type"].lower(),
        "flowVersion": version["id"],
    }
    order = running.Order(program, interaction, running.EXECUTION_SECONDS, call.now)
    _start(call, Launch(execution, order, facts))
    reference = {"id": version["id"], "selfUri": version["selfUri"]}
    return {
        "id": execution["id"],
        "name": execution["name"],
        "flowVersion": reference,
        "selfUri": execution["selfUri"],
    }


def _start(call: Call, launched: Launch) -> None:
    """Keep the execution and let it run; ApiError 429 when too many do."""
    running.take_slot()
    try:
        with call.services.store.write() as tx:
            tx.add(EXECUTION, launched.execution)
            entity = {name: launched.execution[name] for name in ("id", "name")}
            call.enter(tx).audit("Execute", entity, entity_type="Flow", service="Architect")
        call.services.pool.submit(executing.execute, call.services, launched)
    except BaseException:
        running.give_slot()
        raise


def _version(store: Reader, flow_id: str, *, wanted: str) -> tuple[Body, Body]:
    """The flow and the version that is to run; ApiError 400, 404, 409, 410."""
    body = entities.need(store, flow_id)
    if body["type"] != "WORKFLOW":
        raise errors.bad_request(
            f"The flow {body['name']!r} is of type {body['type']}; only workflows can be launched.",
            field="flowId",
        )
    version_id = wanted or entities.published(body)
    if not version_id or not (wanted or body["active"]):
        raise errors.conflict(f"The flow {body['name']!r} is not published.", code="flow.not.published")
    return body, entities.version(store, body, version_id=version_id)


def _execution(call: Call, version: Body, *, name: str) -> Body:
    execution_id = new_id()
    return {
        "id": execution_id,
        "name": name,
        "flowVersion": {
            "id": version["id"],
            "name": version["name"],
            "type": version["type"],
            "selfUri": version["selfUri"],
        },
        "dateLaunched": call.now_iso(),
        "status": "RUNNING",
        "outputData": {},
        "selfUri": f"{_BASE}/{execution_id}",
    }


@routes.get(f"{_BASE}/{{flowExecutionId}}")
def read_execution(call: Call) -> object:
    """One execution."""
    return executing.seen(call.store.need(EXECUTION, call.path["flowExecutionId"]), call.now)
