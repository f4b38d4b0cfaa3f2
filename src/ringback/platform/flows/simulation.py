"""The answer of a simulation, made from the events of the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ringback.engine.run import Run
from ringback.trace import events as ev

_CONTACT = frozenset(("id", "name", "email", "attributes"))
_NAMES = ("name", "fullName")
_EMAILS = ("email", "workEmail", "personalEmail", "otherEmail")
_IDS = ("id", "customer_id", "customerId", "contactId", "externalContactId")


def answer(run: Run, *, late: bool, flow_id: str, types: Mapping[str, str]) -> dict[str, Any]:
    """The body of `POST /api/v2/architect/simulations`.

    Args:
        run: the run that is over.
        late: its time was over before it ended.
        flow_id: the flow that ran.
        types: node id -> type as the document has it.
    """
    session = run.session
    return {
        "status": "timeout" if late else status_of(run),
        "flowId": flow_id,
        "conversationId": session.interaction.conversation_id,
        "trace": list(steps(run.events, types)),
        "variables": {name.removeprefix("$"): value for name, value in run.variables.items()},
        "end": run.end,
        "duration_ms": session.at_ms,
        "participantData": run.hide(dict(session.participant_data)),
        "policies": sorted(session.services.used_policies),
    }


def status_of(run: Run) -> str:
    """`completed` or `failed`; a flow that its error handling ended has failed."""
    if run.status not in ("ended", "waiting"):
        return "failed"
    last = next(
        (each for each in reversed(run.events) if isinstance(each, ev.ActionRan | ev.FlowErrorRaised)), None
    )
    return "failed" if isinstance(last, ev.FlowErrorRaised) else "completed"


def steps(found: tuple[ev.Event, ...], types: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """One entry for each action that ran: what it found, where it left."""
    inside: list[ev.Event] = []
    for event in found:
        if event.action is None or isinstance(event, ev.FlowEnded):
            continue
        if inside and inside[-1].action != event.action:
            yield _step(inside, None, types=types)
            inside = []
        if isinstance(event, ev.ActionRan):
            yield _step(inside, event, types=types)
            inside = []
        else:
            inside.append(event)
    if inside:
        yield _step(inside, None, types=types)


def _step(inside: list[ev.Event], ran: ev.ActionRan | None, *, types: Mapping[str, str]) -> dict[str, Any]:
    last: ev.Event = ran or inside[-1]
    action = last.action
    assert action is not None, "only events of actions are collected"
    start = inside[0].at_ms if inside else last.at_ms
    took = ran.duration_ms if ran is not None else last.at_ms - start
    return {
        "nodeId": action.id,
        "nodeName": action.name,
        "nodeType": types.get(action.id, action.type),
        "result": _result(inside),
        "output": ran.output if ran is not None else None,
        "at_ms": last.at_ms - took,
        "duration_ms": took,
    }


def _result(inside: list[ev.Event]) -> dict[str, Any]:
    """What an action did, in the words of what it is."""
    result: dict[str, Any] = {}
    for event in inside:
        match event:
            case ev.ContactsFound():
                result |= _of_contacts(event)
            case ev.DataActionReplied():
                result |= _of_reply(event)
            case ev.VariableSet():
                result.setdefault("variables", {})[event.name.removeprefix("$")] = event.value
            case ev.TableLookedUp():
                result |= {"status": event.status, "row": event.row}
            case ev.TransferAttempted():
                result["transfer"] = {"kind": event.kind, "target": event.target, "accepted": event.accepted}
                result |= {"error": event.error_message} if event.error_message else {}
            case ev.AudioPlayed():
                result["played"] = event.text
            case ev.InputReceived():
                result["input"] = event.digits or event.speech
            case ev.FlowErrorRaised():
                result["error"] = {"code": event.code, "message": event.message}
            case ev.ActionUnsupported():
                result["error"] = {"code": "UNSUPPORTED", "message": event.hint}
            case ev.LimitReached():
                result["error"] = {"code": event.limit, "message": event.message}
            case _:
                continue
    return result


def _of_contacts(event: ev.ContactsFound) -> dict[str, Any]:
    if event.error:
        return {"error": event.error}
    found: dict[str, Any] = {"contact": contact_of(event.contacts[0]) if event.contacts else None}
    return found | ({"contacts": [contact_of(each) for each in event.contacts]} if event.count > 1 else {})


def _of_reply(event: ev.DataActionReplied) -> dict[str, Any]:
    if event.status != "success":
        error = {
            "status": event.error.get("status"),
            "message": event.error.get("userMessage") or event.status,
        }
        return {"error": error, "status": event.status}
    if set(event.outputs) == {"body"}:  # a look-up of the plain form: its answer is the contact
        body = event.outputs["body"]
        return {"contact": contact_of(body) if isinstance(body, Mapping) else None, "response": body}
    return {"outputs": event.outputs}


def contact_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """A contact as simulations show it: `{id, name, email, attributes}`.

    >>> contact_of({"customer_id": "CUST-001", "name": "Alice Smith", "is_vip": True})["attributes"]
    {'is_vip': True}
    """
    full = f"{body.get('firstName') or ''} {body.get('lastName') or ''}".strip()
    used = {*_NAMES, *_EMAILS, *_IDS, *_CONTACT}
    own = body.get("attributes") or body.get("customFields")
    rest = {name: value for name, value in body.items() if name not in used}
    return {
        "id": _first(body, _IDS),
        "name": _first(body, _NAMES) or full or None,
        "email": _first(body, _EMAILS),
        "attributes": {**rest, **own} if isinstance(own, Mapping) else rest,
    }


def _first(body: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((body[name] for name in names if body.get(name)), None)
