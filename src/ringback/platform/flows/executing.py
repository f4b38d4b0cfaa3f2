"""Launched flows: a workflow runs in a thread of its own; what it gave is kept with its execution data."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ringback.core.errors import RingbackError
from ringback.engine.run import Run
from ringback.platform.clock import from_iso, iso
from ringback.platform.flows import execution_data, log_levels, running
from ringback.platform.flows.running import EXECUTION_SECONDS, Order
from ringback.platform.services import Services
from ringback.platform.store.reader import Body

EXECUTION, INSTANCE, DATA = "flow_execution", "flow_instance", "flow_instance_data"
_GRACE_MS = 30_000
_LOG = logging.getLogger("ringback.platform")


@dataclass(frozen=True, slots=True)
class Launch:
    """A launched flow.

    Attributes:
        execution: the stored execution.
        order: what runs.
        facts: flowId, flowName, flowType, flowVersion.
    """

    execution: Body
    order: Order
    facts: Mapping[str, Any]


def execute(services: Services, launch: Launch) -> None:
    """Run to the end, keep the outcome, give the slot back; never raises, since nobody waits."""
    try:
        try:
            run, late = running.run(services, launch.order)
        except RingbackError as error:
            _keep(services, launch, outcome=_failed(error.message, "flow.execution.failed"), run=None)
            return
        _keep(services, launch, outcome=_outcome(run, late=late), run=run)
    except Exception:
        _LOG.exception("execution %s failed", launch.execution["id"])
        _keep(services, launch, outcome=_failed("The server failed.", "internal.server.error"), run=None)
    finally:
        running.give_slot()


def _outcome(run: Run, *, late: bool) -> Body:
    code = execution_data.reason(run)
    if late:
        return _failed(f"The flow ran longer than {EXECUTION_SECONDS:g} s.", "run_seconds") | {
            "status": "TERMINATED"
        }
    if run.status == "failed" or code:
        text = next((getattr(each, "message", "") for each in run.events if getattr(each, "code", "")), "")
        return _failed(text or "The flow failed.", code or "flow.failed")
    slots = [slot for slot in run.session.program.slots.values() if slot.is_output]
    values = run.variables
    return {
        "status": "COMPLETED",
        "completionReason": run.end.get("kind", ""),
        "outputData": {slot.name: values[slot.name] for slot in slots if slot.name in values},
    }


def _failed(message: str, code: str) -> Body:
    error = {"message": message, "code": code, "status": 400, "details": [], "errors": []}
    return {"status": "FAILED", "flowErrorInfo": error, "outputData": {}}


def _keep(services: Services, launch: Launch, *, outcome: Body, run: Run | None) -> None:
    with services.store.write() as tx:
        execution = launch.execution | outcome | {"dateCompleted": iso(tx.now)}
        tx.put(EXECUTION, execution)
        if run is None or not log_levels.is_recorded(tx):
            return
        level = log_levels.level(tx, launch.facts["flowId"])
        if level["level"] == "Disabled":
            return
        started = from_iso(execution["dateLaunched"])
        facts = dict(launch.facts)
        data = execution_data.data_of(run, facts=facts, started=started, level=level)
        instance: Body = {
            "id": execution["id"],
            "name": execution["name"],
            "startDateTime": execution["dateLaunched"],
            "endDateTime": iso(started + run.session.at_ms),
            **facts,
            "conversationId": run.session.interaction.conversation_id,
            "flowErrorReason": execution_data.reason(run),
            "flowWarningReason": "",
            "selfUri": f"/api/v2/flows/instances/{execution['id']}",
        }
        tx.add(INSTANCE, instance)
        tx.add(DATA, {"id": execution["id"], "data": data})


def seen(execution: Body, now: int) -> Body:
    """An execution as callers see it; one that the server did not live to end is terminated."""
    if execution["status"] == "RUNNING":
        deadline = from_iso(execution["dateLaunched"]) + EXECUTION_SECONDS * 1000 + _GRACE_MS
        if now > deadline:
            return execution | {"status": "TERMINATED", "completionReason": "the server stopped"}
    return execution
