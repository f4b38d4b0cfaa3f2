"""transferToAcd: hand the interaction to a queue. Also as a menu's choice."""

from __future__ import annotations

from typing import Any

import msgspec

from ringback.documents import Node
from ringback.flows.actions.base import ActionType, Builder, Field, FlowFault, Getter, Step
from ringback.flows.actions.transfers import TRANSFER_FIELDS, named, transfer_step
from ringback.flows.effects import Transfer

PRIORITY = (-25_000_000, 25_000_000)


def _skills(b: Builder) -> Getter:
    wanted: list[Getter] = []
    for item in (*(b.node("skills") or ()), *(b.node("acdSkills") or ())):
        node: Node = item.at("acdSkill", "skill") or item.get("acdSkill") or item.get("skill") or item
        wanted.append(b.compile(node, "skl"))
    return lambda run: [skill.name for get in wanted if (skill := get(run)) is not None]


def build(b: Builder) -> Step:
    """A NOT_SET queue is a flow error; a queue that refuses leads to Failure."""
    queue, skills = b.value("targetQueue", "que"), _skills(b)
    priority, language = b.value("priority", "int"), b.value("languageSkill", "lac")
    append, agent = b.value("appendSkills", "bln"), b.value("directAgent", "usr")
    flow = b.name("overrideInQueueFlow.name") or b.name("inQueueFlow.name")

    def target(run: Any) -> Transfer:
        wanted = named("transferToAcd", "queue", value=queue(run), field="target queue")
        details: dict[str, Any] = {}
        if (level := priority(run)) is not None:
            if not PRIORITY[0] <= level <= PRIORITY[1]:
                raise FlowFault("OUT_OF_RANGE", f"priority {level} is outside {PRIORITY[0]} to {PRIORITY[1]}")
            details["priority"] = level
        if names := skills(run):
            details["skills"] = names
        if (tongue := language(run)) is not None:
            details["languageSkill"] = tongue.name
        if names and append(run):
            details["appendSkills"] = True
        if (person := agent(run)) is not None:
            details["directAgent"] = person.name
        if flow:
            details["inQueueFlow"] = flow
        return msgspec.structs.replace(wanted, details=details)

    return transfer_step(b, target)


_FIELDS = (
    Field("targetQueue", "que", required=True, about="The queue."),
    Field("priority", "int", about="-25,000,000 to 25,000,000."),
    Field("languageSkill", "lac", about="Language skill of the agent."),
    Field("appendSkills", "bln", about="Whether the skills come on top; false or NOT_SET replaces them."),
    Field("overrideInQueueFlow.name", "word", "word", about="The in-queue flow instead of the queue's."),
    Field("inQueueFlow.name", "word", "word", about="The same by another name."),
    Field("preferredAgents", "any", about="Agents with scores."),
    Field("directAgent", "usr", about="One agent."),
    Field("skills.*.acdSkill.skill", "skl", about="Skills of the agent."),
    Field("acdSkills.*.acdSkill", "skl", about="The same in the exporter's spelling."),
    *TRANSFER_FIELDS,
)
TRANSFER_TO_ACD = ActionType(
    key="transferToAcd",
    title="Transfer to ACD",
    about="Hands the interaction to a queue; when that works the flow is over, else Failure.",
    build=build,
    fields=_FIELDS,
    outputs=("failure",),
    source="scripting SDK: ActionTransferToACD",
)
MENU_TRANSFER_TO_ACD = ActionType(
    key="menuTransferToAcd",
    title="Transfer to ACD (menu choice)",
    about="A menu choice that hands the interaction to a queue; a failed one returns to the menu.",
    build=build,
    fields=_FIELDS,
    outputs=("failure",),
    policies=("menu_choice_returns",),
    source="scripting SDK: ActionTransferToACD of a menu",
)
