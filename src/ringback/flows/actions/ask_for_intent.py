"""askForIntent: an open question; what is meant decides the output."""

from __future__ import annotations

from typing import Any

from ringback.documents import Node
from ringback.flows.actions.asking import POLICIES, QUESTION_FIELDS, Asking
from ringback.flows.actions.base import ActionType, Builder, Exit, Field, Next, Setter, Step
from ringback.flows.actions.understanding import domain_of
from ringback.lang.expr.values import EvaluationError, from_text


def _offered(b: Builder) -> list[str]:
    """The intents that the action has outputs for and that are switched on."""
    names = []
    for item in b.node("outputs.intents") or ():
        for _, intent in item.items():
            off = intent.get("enabled")
            name = intent.get("name")
            if name is not None and (off is None or off.value is not False):
                names.append(name.text or str(name.value))
    return names


def _slots(b: Builder, names: list[str]) -> dict[str, tuple[str, Setter]]:
    """Setters of the slots that utterances can fill, with their types."""
    found = {}
    for name in names:
        node = Node(f"Slot.{name}", b.action.body.span)
        if b.has_variable(f"Slot.{name}") and (assign := b.setter(node)) is not None:
            found[name] = (b.variable_type(node), assign)
    return found


def build(b: Builder) -> Step:
    """The intent's output; slots that the utterance mentions are filled."""
    domain, offered = domain_of(b), _offered(b)
    exits: dict[str, Exit] = {name: b.exit(name) for name in offered}
    slots = _slots(b, [entity.name for entity in domain.entities.values()])

    def understand(run: Any, text: str) -> Next | None:
        exact = run.services.policy("bot_matching") == "exact"
        intent = domain.meant(text, offered, exact=exact)
        if intent is None:
            return None
        run.services.set_intent(intent.name)
        for name, value in domain.mentioned(text, intent).items():
            if name in slots:
                _fill(run, slots[name], text=value)
        return exits[next(name for name in offered if name.lower() == intent.name.lower())]

    return Asking(b, "intent", {name.lower(): name for name in offered}, "noIntent").step(understand)


def _fill(run: Any, slot: tuple[str, Setter], *, text: str) -> None:
    type_, assign = slot
    try:
        assign(run, from_text(type_, text))
    except EvaluationError:
        return  # the entity's pattern allows what the type does not: the slot stays empty


ASK_FOR_INTENT = ActionType(
    key="askForIntent",
    title="Ask for Intent",
    about="Asks an open question; the intent that is meant decides the output, slots it mentions are filled.",
    build=build,
    fields=(
        *QUESTION_FIELDS,
        Field("outputs.intents.*.intent.name", "str", "word", about="The intents with outputs."),
        Field("knowledgeSearchResult", "any", "writes", about="Where articles go; there are none here."),
    ),
    outputs=("noIntent", "maxNoInputs", "knowledge", "*"),
    policies=POLICIES,
    source="scripting SDK: ActionAskForIntent; the understanding is scripted",
)
