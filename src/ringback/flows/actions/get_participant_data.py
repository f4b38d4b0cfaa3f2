"""getParticipantData: read attributes of the participant."""

from __future__ import annotations

from typing import Any

from ringback.documents import Node
from ringback.flows.actions.base import BOTS, ActionType, Builder, Field, Getter, Next, Setter, Step


def _pair(b: Builder, node: Node) -> tuple[Getter, Setter | None]:
    attribute = node.get("attribute") or node
    name = attribute.get("name")
    if name is None:
        b.fail("an attribute needs `name`", node)
    return b.compile(name, "str"), b.setter(attribute.get("variable"))


def build(b: Builder) -> Step:
    """An attribute that does not exist leaves its variable NOT_SET."""
    pairs = [_pair(b, node) for node in b.node("attributes") or ()]
    down, of_bot = b.down(), b.flow_type in BOTS

    def begin(run: Any) -> Next:
        if of_bot:
            run.services.data_step("get")
        for name, assign in pairs:
            if assign is None:
                continue
            value = run.participant_data.get(name(run))
            if value is None:
                run.services.policy("missing_participant_data")
            assign(run, value)
        return down

    return Step(begin)


GET_PARTICIPANT_DATA = ActionType(
    key="getParticipantData",
    title="Get Participant Data",
    about="Reads String attributes of the participant; a missing one gives NOT_SET.",
    build=build,
    fields=(
        Field("attributes.*.attribute.name", "str", about="Name of the attribute, case sensitive."),
        Field("attributes.*.attribute.variable", "str", "writes", about="Where its value goes."),
    ),
    policies=("missing_participant_data",),
    source="help: Get Participant Data action; a missing attribute is a policy",
)
