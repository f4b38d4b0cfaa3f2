"""Simulations: run a flow of the organisation once and tell every step; only the local platform has this."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ringback.core.errors import DefinitionError, RingbackError
from ringback.engine.interaction import Interaction
from ringback.engine.program import HANDLING, Program
from ringback.platform import errors
from ringback.platform.call import Call
from ringback.platform.clock import new_id
from ringback.platform.flows import entities, plain_view, running, simulation
from ringback.platform.flows.documents import Document, program_of
from ringback.platform.flows.kinds import FLOW
from ringback.platform.routing import Local, Routes
from ringback.platform.store.reader import Body, Reader

routes = Routes()
DEFAULT_MS, MAX_MS = 5_000, 30_000
_E164 = re.compile(r"\+[1-9]\d{1,14}")
_CHANNELS: Mapping[str, str] = {
    **{name: name for name in ("voice", "message", "email", "chat", "workflow")},
    "call": "voice",
    "callback": "voice",
    "sms": "message",
    "webchat": "chat",
    "webmessaging": "message",
}
_REQUEST: dict[str, Any] = {
    "type": "object",
    "required": ["flowId"],
    "properties": {
        "flowId": {"type": "string"},
        "nodeId": {"type": ["string", "null"]},
        "timeout": {"type": ["integer", "null"]},
        "context": {
            "type": ["object", "null"],
            "properties": {"participantData": {"type": ["object", "null"]}},
        },
    },
}
_RESPONSE: dict[str, Any] = {
    "type": "object",
    "required": ["status", "flowId", "conversationId", "trace", "variables", "end"],
    "properties": {
        "status": {"type": "string", "enum": ["completed", "failed", "timeout"]},
        "flowId": {"type": "string"},
        "conversationId": {"type": "string"},
        "trace": {"type": "array", "items": {"type": "object"}},
        "variables": {"type": "object"},
        "end": {"type": "object"},
    },
}


@routes.post(
    "/api/v2/architect/simulations",
    local=Local(("architect:flow:run",)),
    mode="free",
    errors=(429,),
    request=_REQUEST,
    response=_RESPONSE,
)
def simulate(call: Call) -> object:
    """Run a flow from its beginning, or from one of its actions."""
    sent = call.object()
    store = call.services.store.read()
    body, document = _flow(store, str(sent["flowId"]))
    try:
        program = program_of(document.text, document.file)
    except DefinitionError as error:
        raise errors.bad_request(
            f"The flow {body['name']!r} cannot run: {error.message}", field="flowId"
        ) from None
    order = running.Order(
        program,
        _interaction(sent.get("context") or {}, flow_type=body["type"]),
        _milliseconds(sent.get("timeout")) / 1000,
        call.now,
        _node(program, sent.get("nodeId")),
        waits_count=True,
    )
    found = plain_view.plain_document(document) if document.form == "plain" else {}
    types = {node["id"]: node["type"] for node in plain_view.nodes_of(program.flow, found)}
    try:
        with running.slot():
            run, late = running.run(call.services, order)
        return simulation.answer(run, late=late, flow_id=body["id"], types=types)
    except RingbackError as error:
        return _failed(order, body, error=error)


def _flow(store: Reader, flow_id: str) -> tuple[Body, Document]:
    body = store.get(FLOW, flow_id)
    if body is None or body.get("deleted"):
        raise errors.bad_request(f"There is no flow {flow_id!r}.", field="flowId")
    version_id = plain_view.in_force(body)
    if not version_id:
        raise errors.bad_request(f"The flow {body['name']!r} has no version that can run.", field="flowId")
    return body, entities.document(store, body, version_id=version_id)


def _milliseconds(timeout: Any) -> int:
    if timeout is None:
        return DEFAULT_MS
    if not 1 <= timeout <= MAX_MS:
        raise errors.bad_request(
            f"The timeout is {timeout} ms; the limit is 1 to {MAX_MS} ms.", field="timeout"
        )
    return int(timeout)


def _interaction(context: Mapping[str, Any], *, flow_type: str) -> Interaction:
    """The interaction that a context describes; ApiError 400."""
    named = context.get("channel") or context.get("mediaType") or _usual(flow_type)
    channel = _CHANNELS.get(str(named).lower())
    if channel is None:
        known = ", ".join(sorted(_CHANNELS))
        raise errors.bad_request(f"There is no channel {named!r}; known: {known}.", field="context.channel")
    for name in ("from", "to"):
        value = context.get(name)
        if channel == "voice" and value and not _E164.fullmatch(str(value)):
            raise errors.bad_request(
                f"{value!r} is no telephone number in E.164; write it like +15551234567.",
                field=f"context.{name}",
            )
    data = context.get("participantData") or {}
    return Interaction(
        from_=str(context.get("from") or ""),
        to=str(context.get("to") or ""),
        channel=channel,
        conversation_id=str(context.get("conversationId") or new_id()),
        participant_data={str(name): str(value) for name, value in dict(data).items()},
        queue=str(context.get("queue") or ""),
        text=str(context.get("text") or context.get("initialMessage") or ""),
    )


def _usual(flow_type: str) -> str:
    words = {"WORKFLOW": "workflow", "WORKITEM": "workflow", "INBOUNDEMAIL": "email", "INBOUNDCHAT": "chat"}
    return words.get(flow_type, "message" if "MESSAGE" in flow_type else "voice")


def _node(program: Program, node_id: Any) -> int | None:
    """The index of the action to start at.

    Raises:
        ApiError: 400, no such action, or a container, which cannot be executed.
    """
    if not node_id:
        return None
    index = program.node_named(str(node_id))
    if index is not None and program.nodes[index].ref.id not in program.containers:
        return index
    boxes = {box.id: box.name for box in program.flow.containers.values()}
    if node_id in boxes or node_id in boxes.values() or str(node_id).lower() == "start":
        raise errors.bad_request(
            f"The node {node_id!r} is a container and cannot be executed; name one of its actions.",
            field="nodeId",
        )
    names = ", ".join(dict.fromkeys(node.ref.name for node in program.nodes[HANDLING + 1 :]))
    raise errors.bad_request(f"The flow has no node {node_id!r}; its actions: {names}.", field="nodeId")


def _failed(order: running.Order, body: Body, *, error: RingbackError) -> Body:
    """The answer for a run that could not go on."""
    return {
        "status": "failed",
        "flowId": body["id"],
        "conversationId": order.interaction.conversation_id,
        "trace": [],
        "variables": {},
        "end": {},
        "error": {"message": error.message, "hint": error.hint},
    }
