"""callData: execute a data action."""

from __future__ import annotations

from typing import Any

from ringback.documents import Node
from ringback.flows.actions.base import ActionType, Builder, Field, Getter, Next, Step
from ringback.flows.actions.bindings import bindings, types, write
from ringback.flows.effects import CallDataAction, DataActionReply
from ringback.lang.expr.values import plain

_FAILURE = "category.*.dataAction.*.failureOutputs"


def _only(b: Builder, node: Node | None, *, what: str) -> tuple[str, Node]:
    members = list(node.items()) if node is not None else []
    if len(members) != 1:
        b.fail(f"callData names exactly one {what}, found {len(members)}", node)
    return members[0]


def _given(body: Node) -> list[tuple[str, Node]]:
    """The inputs that hold a value."""
    node = body.get("inputs")
    members = node.items() if node is not None else ()
    return [(name, value) for name, value in members if value.get("noValue") is None]


def _inputs(b: Builder, body: Node) -> list[tuple[str, str, Getter]]:
    return [(name, b.type_of(value), b.compile(value, None)) for name, value in _given(body)]


def build(b: Builder) -> Step:
    """Success outputs are written on Success only, failure outputs on Failure only; Timeout writes none."""
    category, inside = _only(b, b.node("category"), what="integration")
    name, body = _only(b, inside.get("dataAction"), what="data action")
    inputs = _inputs(b, body)
    success, failure = bindings(b, body.get("successOutputs")), bindings(b, body.get("failureOutputs"))
    timeout = b.duration("timeout", "callData.timeout", -1)
    exits = {status: b.exit(status) for status in ("success", "failure", "timeout")}
    wanted = types(success)
    masked = tuple(name for name, node in _given(body) if b.is_secure(node))

    def begin(run: Any) -> Next:
        sent = {}
        for key, type_, value in inputs:
            if (raw := value(run)) is not None:
                sent[key] = plain(type_, raw)
            elif run.services.policy("not_set_data_action_input") == "null":
                sent[key] = None
        limit = timeout(run)
        return CallDataAction(
            name, category, sent, limit if limit > 0 else None, outputs=wanted, masked=masked
        )

    def resume(run: Any, reply: DataActionReply) -> Next:
        if reply.status == "success":
            write(run, success, outputs=reply.outputs)
        elif reply.status == "failure":
            write(run, failure, outputs=reply.error)
        return exits[reply.status]

    return Step(begin, resume)


CALL_DATA = ActionType(
    key="callData",
    title="Call Data Action",
    about="Executes a published data action and goes on at Success, Failure or Timeout.",
    build=build,
    fields=(
        Field("category", "integration", "name", required=True, about="The integration."),
        Field("category.*.dataAction", "dataAction", "name", about="The data action."),
        Field("category.*.dataAction.*.inputs.*", "any", about="Its inputs."),
        Field("category.*.dataAction.*.successOutputs.*", "any", "writes", about="Where its outputs go."),
        Field(_FAILURE + ".*", "any", "writes", about="Where its error goes."),
        Field("timeout", "dur", about="The step's own clock."),
        Field("processingPrompt", "pmt", about="Played while the caller waits."),
    ),
    outputs=("success", "failure", "timeout"),
    policies=("not_set_data_action_input", "data_action_outputs_on_other_paths"),
    source="help: Call Data Action; scripting SDK: ActionCallData",
)
