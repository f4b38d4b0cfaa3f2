"""communicate, clearSlot, setIntent, clearActiveIntent: small actions of bots."""

from __future__ import annotations

from typing import Any

from ringback.documents import Node
from ringback.flows.actions.base import ActionType, Builder, Field, Next, Setter, Step
from ringback.flows.effects import Play


def build_communicate(b: Builder) -> Step:
    """Says or sends the text; a blank one says nothing."""
    text, down = b.communication(b.node("communication")), b.down()

    def begin(run: Any) -> Next:
        words = text(run)
        return Play(words, run.language, ms=run.services.reading_ms()) if words else down

    return Step(begin, lambda _run, _reply: down)


def _slots(b: Builder) -> list[Setter]:
    named = [item.at("slot", "name") for item in b.node("slots") or ()]
    named.append(b.node("slot.name"))
    found = [Node(f"Slot.{node.text or node.value}", node.span) for node in named if node is not None]
    return [assign for node in found if (assign := b.setter(node)) is not None]


def build_clear_slot(b: Builder) -> Step:
    """Sets the slots back to NOT_SET."""
    slots, down = _slots(b), b.down()

    def begin(run: Any) -> Next:
        for assign in slots:
            assign(run, None)
        return down

    return Step(begin)


def build_set_intent(b: Builder) -> Step:
    """Makes an intent the active one; without one, none is active."""
    name = b.value("intent", "str")
    literal, down = b.name("intent.name"), b.down()

    def begin(run: Any) -> Next:
        run.services.set_intent(literal or name(run) or "")
        return down

    return Step(begin)


COMMUNICATE = ActionType(
    key="communicate",
    title="Communicate",
    about="Says or sends a communication.",
    build=build_communicate,
    fields=(Field("communication", "com", required=True, about="What is said."),),
    policies=("digital_reading",),
    source="scripting SDK: ActionCommunicate",
)
CLEAR_SLOT = ActionType(
    key="clearSlot",
    title="Clear Slot",
    about="Sets slots back to NOT_SET.",
    build=build_clear_slot,
    fields=(
        Field("slots.*.slot.name", "slot", "word", about="The slots."),
        Field("slot.name", "slot", "word", about="One slot."),
    ),
    source="scripting SDK: ActionClearSlot",
)
SET_INTENT = ActionType(
    key="setIntent",
    title="Set Intent",
    about="Makes an intent the active one.",
    build=build_set_intent,
    fields=(Field("intent", "str", about="Its name."),),
    source="scripting SDK: ActionSetIntent",
)
CLEAR_ACTIVE_INTENT = ActionType(
    key="clearActiveIntent",
    title="Clear Active Intent",
    about="Forgets the active intent.",
    build=build_set_intent,
    source="scripting SDK: ActionClearActiveIntent",
)
