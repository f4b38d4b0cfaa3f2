"""setParticipantData: write attributes of the participant."""

from __future__ import annotations

from typing import Any

from ringback.documents import Node
from ringback.flows.actions.base import BOTS, ActionType, Builder, Field, FlowFault, Getter, Next, Step


def _pair(b: Builder, node: Node) -> tuple[Getter, Getter]:
    attribute = node.get("attribute")
    name, value = (attribute or node).get("name"), (attribute or node).get("value")
    if attribute is None or name is None or value is None:
        b.fail("an attribute needs `name` and `value`", node)
    return b.compile(name, "str"), b.compile(value, "str")


def build(b: Builder) -> Step:
    """Names and values are Strings; names are case sensitive; a NOT_SET value stores the empty text.

    Nothing is stored when a name or a value cannot be had, or when a bot session has stored enough.
    """
    pairs = [_pair(b, node) for node in b.node("attributes") or ()]
    down, of_bot = b.down(), b.flow_type in BOTS

    def begin(run: Any) -> Next:
        given = [(name(run), value(run) or "") for name, value in pairs]
        for key, _ in given:
            if not key:
                raise FlowFault("NOT_SET_OPERAND", "the name of a participant attribute is not set")
        if of_bot:
            longest = max((len(value) for _, value in given), default=0)
            run.services.data_step("set", [name for name, _ in given], longest=longest)
        for name, value in given:
            run.set_participant_data(name, value)
        return down

    return Step(begin)


SET_PARTICIPANT_DATA = ActionType(
    key="setParticipantData",
    title="Set Participant Data",
    about="Writes String attributes of the participant; later flows can read them.",
    build=build,
    fields=(
        Field("attributes.*.attribute.name", "str", about="Name of the attribute, case sensitive."),
        Field("attributes.*.attribute.value", "str", about="Its value."),
    ),
    source="help: Set Participant Data action",
)
