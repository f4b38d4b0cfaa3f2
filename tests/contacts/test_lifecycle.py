"""States of a contact and of a row."""

from __future__ import annotations

import pytest

from ringback.contacts import Verdict
from ringback.contacts.lifecycle import CONTACT_STEPS, ROW_STEPS, ContactState, IllegalStepError, step

PASSED = Verdict("passed", availability={"voice": "available"})
FAILED = Verdict("failed", "do-not-contact 'x': its voice address is listed", "x", {"voice": "no"})
PENDING = Verdict("pending", "consent 'c': consent is asked for", "c", {"voice": "no"})
UNKNOWN = Verdict("unknown")


def test_a_new_contact() -> None:
    assert ContactState().to_dict() == {
        "state": "new",
        "validationStatus": "unknown",
        "validationFailureReason": None,
        "channelAvailability": {},
    }


@pytest.mark.parametrize(
    ("verdict", "state"),
    [(PASSED, "validated"), (FAILED, "failed"), (PENDING, "validating"), (UNKNOWN, "validated")],
)
def test_validation(verdict: Verdict, state: str) -> None:
    begun = ContactState().begin()
    assert (begun.state, begun.validation_status) == ("validating", "pending")
    ended = begun.end(verdict)
    assert ended.state == state
    assert ended.to_dict() == {
        "state": state,
        "validationStatus": verdict.status,
        "validationFailureReason": verdict.reason or None,
        "channelAvailability": dict(verdict.availability),
    }


def test_rules_are_asked_again() -> None:
    again = ContactState().begin().end(FAILED).begin()
    assert (again.state, again.reason, again.availability) == ("validating", "", {})
    assert again.end(PASSED).state == "validated"


def test_illegal_steps_of_a_contact() -> None:
    with pytest.raises(IllegalStepError, match="'new' cannot become 'validated'; it may become validating"):
        ContactState().end(PASSED)
    with pytest.raises(IllegalStepError, match="'validating' cannot become 'validating'"):
        ContactState().begin().begin()


@pytest.mark.parametrize("steps", [CONTACT_STEPS, ROW_STEPS], ids=["contact", "row"])
def test_every_pair_of_states(steps: dict[str, frozenset[str]]) -> None:
    for state, allowed in steps.items():
        assert allowed <= set(steps)
        for to in steps:
            if to in allowed:
                assert step(steps, state, to=to) == to
            else:
                with pytest.raises(IllegalStepError):
                    step(steps, state, to=to)
    with pytest.raises(IllegalStepError, match="it may become nothing"):
        step(steps, "nowhere", to="new")


def test_the_way_of_a_row() -> None:
    state = "read"
    for to in ("registered", "checked", "started", "told"):
        state = step(ROW_STEPS, state, to=to)
    assert ROW_STEPS[state] == frozenset()
