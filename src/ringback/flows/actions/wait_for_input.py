"""waitForInput: the bot has said what it had to say and waits for the customer."""

from __future__ import annotations

from ringback.flows.actions.ask_for_intent import INTENTS, offered, understanding
from ringback.flows.actions.asking import KNOWLEDGE_FIELD, POLICIES, QUESTION_FIELDS, Asking
from ringback.flows.actions.base import ActionType, Builder, Exit, Step
from ringback.flows.actions.understanding import domain_of


def build(b: Builder) -> Step:
    """Any intent of the bot leads to its output; while the customer says nothing, the run waits."""
    names = offered(b) or [intent.name for intent in domain_of(b).intents]
    exits: dict[str, Exit] = {name.lower(): b.exit(name) for name in names}
    understand, confirmed = understanding(b, names, then=lambda _run, name: exits[name.lower()])
    options = {name.lower(): name for name in names}
    return Asking(b, "intent", options, no_input="wait", knowledge=True, confirmed=confirmed).step(understand)


WAIT_FOR_INPUT = ActionType(
    key="waitForInput",
    title="Wait for Input",
    about="Waits for the customer; the intent that is meant decides the output.",
    build=build,
    fields=(*QUESTION_FIELDS, INTENTS, KNOWLEDGE_FIELD),
    outputs=("maxNoMatches", "knowledge", "*"),
    policies=(*POLICIES, "intent_confirmation", "confirmation_rejections"),
    source="scripting SDK: ActionWaitForInput; the understanding is scripted",
)
