"""setConversationData, getConversationData: attributes of a conversation, from a workflow."""

from __future__ import annotations

from typing import Any

from ringback.documents import Node
from ringback.flows.actions.base import ActionType, Builder, Field, FlowFault, Getter, Next, Setter, Step
from ringback.flows.actions.bindings import bindings, write
from ringback.flows.actions.told import ERROR_FIELDS, error_of, names_of
from ringback.flows.effects import Tell, Told

_WHERE = (
    Field("conversationId", "str", about="The conversation; none is the flow's own."),
    Field("participantId", "str", about="The participant; none is the customer."),
)


def _attribute(b: Builder, node: Node, *, key: str) -> tuple[Getter, Node | None]:
    attribute = node.get("attribute") or node
    name = attribute.get("name")
    if name is None:
        b.fail("an attribute needs `name`", node)
    return b.compile(name, "str"), attribute.get(key)


def _named(run: Any, name: Getter) -> str:
    key = name(run)
    if not key:
        raise FlowFault("NOT_SET_OPERAND", "the name of a conversation attribute is not set")
    return str(key)


def build_set(b: Builder) -> Step:
    """Every conversation is the one of this run (policy); the scenario can make it fail."""
    pairs = [_attribute(b, node, key="value") for node in b.node("attributes") or ()]
    given = [(name, b.compile(value, "str")) for name, value in pairs if value is not None]
    where, failed = b.value("conversationId", "str"), bindings(b, b.node("failureOutputs"))
    success, failure, names = b.exit("success"), b.exit("failure"), names_of(b)

    def begin(run: Any) -> Next:
        run.services.policy("conversation_data")
        values = {_named(run, name): value(run) or "" for name, value in given}
        run.memo["values"] = values
        facts = {"conversationId": where(run), **values}
        return Tell(b.action.type, names, facts, ("success", "failure"), policy="platform_accepts")

    def resume(run: Any, reply: Told) -> Next:
        if reply.output == "failure":
            write(run, failed, outputs=error_of(reply))
            return failure
        for key, value in run.memo["values"].items():
            run.set_participant_data(key, value)
        return success

    return Step(begin, resume)


def build_get(b: Builder) -> Step:
    """Found when the conversation has one of the attributes; those that it lacks give NOT_SET."""
    pairs = [_attribute(b, node, key="variable") for node in b.node("attributes") or ()]
    given: list[tuple[Getter, Setter]] = [
        (name, assign) for name, target in pairs if (assign := b.setter(target)) is not None
    ]
    found, missing = b.exit("found"), b.exit("notFound")

    def begin(run: Any) -> Next:
        run.services.policy("conversation_data")
        values = [(assign, run.participant_data.get(_named(run, name))) for name, assign in given]
        if all(value is None for _, value in values):
            return missing
        for assign, value in values:
            assign(run, value)
        return found

    return Step(begin)


SET_CONVERSATION_DATA = ActionType(
    key="setConversationData",
    title="Set Conversation Data",
    about="Writes String attributes of a conversation.",
    build=build_set,
    fields=(
        *_WHERE,
        Field("attributes.*.attribute.name", "str", about="Name of the attribute."),
        Field("attributes.*.attribute.value", "str", about="Its value."),
        *ERROR_FIELDS,
    ),
    outputs=("success", "failure"),
    policies=("conversation_data", "platform_accepts"),
    source="help: Set Conversation Data action",
)
GET_CONVERSATION_DATA = ActionType(
    key="getConversationData",
    title="Get Conversation Data",
    about="Reads String attributes of a conversation: Found when it has one of them.",
    build=build_get,
    fields=(
        *_WHERE,
        Field("attributes.*.attribute.name", "str", about="Name of the attribute."),
        Field("attributes.*.attribute.variable", "str", "writes", about="Where its value goes."),
    ),
    outputs=("found", "notFound"),
    policies=("conversation_data",),
    source="help: Get Conversation Data action",
)
