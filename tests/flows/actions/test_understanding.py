"""Scripted language understanding: intents, slots, yes and no."""

from __future__ import annotations

import pytest
import regex  # type: ignore[import-untyped]  # the package has no type hints

from ringback.flows.actions.understanding import Domain, Entity, Intent, entity_value, slot_value, yes_or_no

DOMAIN = Domain(
    (
        Intent("Pay a bill", ("I want to pay my bill", "settle an invoice"), ("Account",)),
        Intent("Opening hours", ("when are you open", "what time do you close")),
    ),
    {
        "account": Entity("Account", (regex.compile(r"\b\d{4}\b"),)),
        "size": Entity("Size", values={"big": "Large"}),
    },
)
ALL = ("Pay a bill", "Opening hours", "Agent")


@pytest.mark.parametrize(
    ("text", "exact", "meant"),
    [
        ("pay a bill", True, "Pay a bill"),
        ("PAY A BILL!", True, "Pay a bill"),
        ("settle an invoice", True, "Pay a bill"),
        ("settle my invoice now", True, None),
        ("settle my invoice now", False, "Pay a bill"),
        ("are you open on Sunday", False, "Opening hours"),
        ("agent", True, "Agent"),
        ("banana", False, None),
        ("", False, None),
    ],
)
def test_intents(text: str, exact: bool, meant: str | None) -> None:
    found = DOMAIN.meant(text, ALL, exact=exact)
    assert (found[0].name if found else None) == meant


def test_how_sure_an_intent_is() -> None:
    assert [DOMAIN.meant(text, ALL, exact=False) for text in ("settle an invoice", "banana")][1] is None
    for text, sure in (("settle an invoice", 1.0), ("invoice please", 0.5)):
        found = DOMAIN.meant(text, ALL, exact=False)
        assert found is not None
        assert found[1] == sure


def test_only_the_offered_intents() -> None:
    assert DOMAIN.meant("settle an invoice", ["Opening hours"], exact=False) is None


def test_slots_that_an_utterance_mentions() -> None:
    assert DOMAIN.mentioned("pay for 1234 please", DOMAIN.intents[0]) == {"Account": "1234"}
    assert DOMAIN.mentioned("pay", DOMAIN.intents[0]) == {}


def test_values_of_entities() -> None:
    assert entity_value(DOMAIN.entities["size"], "a big one", whole=False) == "Large"
    assert entity_value(DOMAIN.entities["size"], "a big one", whole=True) is None
    assert entity_value(Entity("Free"), " anything ", whole=True) == "anything"
    assert entity_value(Entity("Free"), "anything", whole=False) is None


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("int", "12", 12),
        ("int", "twelve", None),
        ("bln", "yes", True),
        ("str", " x ", "x"),
        ("str", "", None),
    ],
)
def test_slot_values(type_: str, text: str, value: object) -> None:
    assert slot_value(type_, None, text=text) == value


@pytest.mark.parametrize(
    ("text", "answer"), [("Yes!", True), ("no", False), ("yes or no", False), ("1", True), ("hm", None)]
)
def test_yes_or_no(text: str, answer: bool | None) -> None:
    assert yes_or_no(text) is answer
