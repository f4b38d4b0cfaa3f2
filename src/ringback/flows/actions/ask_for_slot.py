"""askForSlot: ask for one value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ringback.documents import Node
from ringback.flows.actions.asking import POLICIES, QUESTION_FIELDS, Asking, Confirmed, confirm
from ringback.flows.actions.base import ActionType, Builder, Field, Next, Step
from ringback.flows.actions.understanding import domain_of, slot_value


def _slot_node(b: Builder) -> Node:
    name = b.name("slot.name") or b.name("slot")
    if not name:
        b.fail("askForSlot names no slot", b.node("slot"))
    place = b.node("slot.name") or b.node("slot")
    assert place is not None
    return Node(f"Slot.{name}", place.span)


def _reader(b: Builder, node: Node) -> Callable[[str], Any]:
    """What a text means for the slot; None when it is no value of it."""
    name = str(node.value).partition(".")[2]
    entity, type_ = domain_of(b).entities.get(name.lower()), b.variable_type(node)
    return lambda text: slot_value(type_, entity, text=text)


def build(b: Builder) -> Step:
    """A value of the slot's entity and type is stored; validation and confirmation can refuse it."""
    node = _slot_node(b)
    store, current = b.setter(node), b.compile(Node({"var": node}, node.span), None)
    read, valid = _reader(b, node), b.value("customValidation", "bln", default=True)
    mode, question = b.value("confirmationMode", "str"), b.communication(b.node("confirmationQuestion"))
    down = b.exit("default")

    def understand(run: Any, text: str) -> Next | None:
        value = read(text)
        if value is None or store is None:
            return None
        store(run, value)
        if not valid(run):
            store(run, None)
            return None
        if mode(run) == "always":
            return confirm(run, question(run))
        return down

    def forget(run: Any) -> None:
        if store is not None:
            store(run, None)

    step = Asking(b, "slot", {}, confirmed=Confirmed(lambda _run: down, forget)).step(understand)

    def begin(run: Any) -> Next:
        if current(run) is not None and run.services.policy("filled_slot") == "skipped":
            return down
        return step.begin(run)

    return Step(begin, step.resume)


ASK_FOR_SLOT = ActionType(
    key="askForSlot",
    title="Ask for Slot",
    about="Asks for the value of a slot, with reprompts, validation and confirmation.",
    build=build,
    fields=(
        Field("slot.name", "slot", "word", required=True, about="The slot."),
        *QUESTION_FIELDS,
        Field("customValidation", "bln", about="False or NOT_SET refuses the value."),
        Field("confirmationMode", "str", about="never or always."),
        Field("confirmationQuestion", "com", about="Asks whether the value is right."),
        Field("chooser", "any", about="How digital channels offer values."),
    ),
    outputs=("default", "maxNoInputs", "maxNoMatches"),
    policies=(*POLICIES, "filled_slot", "confirmation_rejections"),
    source="scripting SDK: ActionAskForSlot; the understanding is scripted",
)
