"""askForIntent: an open question; what is meant decides the output."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ringback.documents import Node
from ringback.flows.actions.asking import (
    KNOWLEDGE_FIELD,
    POLICIES,
    QUESTION_FIELDS,
    Asking,
    Confirmed,
    confirm,
)
from ringback.flows.actions.base import ActionType, Builder, Exit, Field, Getter, Next, Setter, Step, constant
from ringback.flows.actions.understanding import Intent, domain_of
from ringback.lang.expr.values import EvaluationError, from_text

_SURE = 0.7  # collectionHighConfidenceThreshold of new bot flows (official samples)
# What follows once the intent of that name is certain.
Then = Callable[[Any, str], Next]


def offered(b: Builder) -> list[str]:
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


def _confirmations(b: Builder, names: Iterable[str]) -> dict[str, Getter]:
    """By intent, what the flow's settings ask when it is not sure."""
    wanted, found = {name.lower() for name in names}, {}
    for item in b.flow_setting("settingsBotFlow.intentSettings") or ():
        for _, intent in item.items():
            name, text = intent.get("name"), intent.get("confirmation")
            if (
                name is not None
                and text is not None
                and (key := (name.text or str(name.value))).lower() in wanted
            ):
                found[key.lower()] = b.communication(text)
    return found


def understanding(
    b: Builder, names: list[str], *, then: Then
) -> tuple[Callable[[Any, str], Next | None], Confirmed]:
    """Finds the intent among `names`, confirms one that is not certain, fills the slots that it mentions."""
    domain = domain_of(b)
    slots = _slots(b, [entity.name for entity in domain.entities.values()])
    confirmations = _confirmations(b, names)
    threshold = b.flow_setting("settingsUserInput.collectionHighConfidenceThreshold")
    sure = b.compile(threshold, "int") if threshold is not None else constant(None)

    def understand(run: Any, text: str) -> Next | None:
        exact = run.services.policy("bot_matching") == "exact"
        if (found := domain.meant(text, names, exact=exact)) is None:
            return None
        intent, confidence = found
        question = _question(run, intent, confidence=confidence)
        if question:
            run.memo["meant"] = [intent.name, text]
            return confirm(run, question)
        return chosen(run, intent.name, text=text)

    def _question(run: Any, intent: Intent, *, confidence: float) -> str:
        text = confirmations.get(intent.name.lower())
        level = sure(run)
        if text is None or confidence >= (_SURE if level is None else level / 100):
            return ""
        return str(text(run)) if run.services.policy("intent_confirmation") == "when_unsure" else ""

    def chosen(run: Any, name: str, *, text: str) -> Next:
        intent = next((each for each in domain.intents if each.name == name), Intent(name))
        run.services.set_intent(name)
        for entity, value in domain.mentioned(text, intent).items():
            if entity in slots:
                _fill(run, slots[entity], text=value)
        return then(run, name)

    def accepted(run: Any) -> Next:
        name, text = run.memo["meant"]
        return chosen(run, name, text=text)

    return understand, Confirmed(accepted, lambda _run: None)


def _fill(run: Any, slot: tuple[str, Setter], *, text: str) -> None:
    type_, assign = slot
    try:
        assign(run, from_text(type_, text))
    except EvaluationError:
        return  # the entity's pattern allows what the type does not: the slot stays empty


def build(b: Builder) -> Step:
    """The intent's output; slots that the utterance mentions are filled."""
    names = offered(b)
    exits: dict[str, Exit] = {name.lower(): b.exit(name) for name in names}
    understand, confirmed = understanding(b, names, then=lambda _run, name: exits[name.lower()])
    options = {name.lower(): name for name in names}
    asking = Asking(b, "intent", options, "noIntent", knowledge=True, confirmed=confirmed)
    return asking.step(understand)


INTENTS = Field("outputs.intents.*.intent.name", "str", "word", about="The intents with outputs.")
ASK_FOR_INTENT = ActionType(
    key="askForIntent",
    title="Ask for Intent",
    about="Asks an open question; the intent that is meant decides the output, slots it mentions are filled.",
    build=build,
    fields=(*QUESTION_FIELDS, INTENTS, KNOWLEDGE_FIELD),
    outputs=("noIntent", "maxNoInputs", "knowledge", "*"),
    policies=(*POLICIES, "intent_confirmation", "confirmation_rejections"),
    source="scripting SDK: ActionAskForIntent; the understanding is scripted",
)
