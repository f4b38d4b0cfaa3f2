"""Which steps a contact and a row of the pipeline may take; every other is refused.

A contact: new → validating → validated or failed, and from either back to validating, because rules and the
time of day change. A row: registered → checked → started → told, with ends and detours beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ringback.contacts.rules import Verdict
from ringback.core.errors import InternalError

CONTACT_STEPS: Mapping[str, frozenset[str]] = {
    "new": frozenset({"validating"}),
    "validating": frozenset({"validated", "failed"}),
    "validated": frozenset({"validating"}),
    "failed": frozenset({"validating"}),
}
# `exists` is a registration of another kind (409); `stopped` rests until a later check; `undelivered` is a
# dead letter that somebody may send again.
ROW_STEPS: Mapping[str, frozenset[str]] = {
    "read": frozenset({"rejected", "registered", "exists", "broken"}),
    "registered": frozenset({"checked", "stopped", "broken"}),
    "exists": frozenset({"checked", "stopped", "broken"}),
    "checked": frozenset({"started", "stopped", "broken"}),
    "stopped": frozenset({"checked", "stopped", "broken"}),
    "started": frozenset({"told", "undelivered"}),
    "undelivered": frozenset({"told"}),
    "broken": frozenset({"registered", "exists", "checked", "started", "stopped"}),
    "rejected": frozenset(),
    "told": frozenset(),
}


class IllegalStepError(InternalError):
    """A contact or row cannot go from one state to another."""


def step(steps: Mapping[str, frozenset[str]], state: str, *, to: str) -> str:
    """The next state.

    Args:
        steps: `CONTACT_STEPS` or `ROW_STEPS`.
        state: where it is.
        to: where it goes.

    >>> step(ROW_STEPS, "started", to="told")
    'told'

    Raises:
        IllegalStepError: the step does not exist.
    """
    allowed = steps.get(state)
    if allowed is None or to not in allowed:
        may = ", ".join(sorted(allowed or ())) or "nothing"
        raise IllegalStepError(f"{state!r} cannot become {to!r}; it may become {may}")
    return to


@dataclass(frozen=True, slots=True)
class ContactState:
    """Where a contact stands in its validation.

    Attributes:
        state: of `CONTACT_STEPS`.
        validation_status: unknown, pending, passed or failed.
        reason: why it failed or is pending; "" otherwise.
        availability: channel to "available" or the reason why not.
    """

    state: str = "new"
    validation_status: str = "unknown"
    reason: str = ""
    availability: Mapping[str, str] = field(default_factory=dict)

    def begin(self) -> ContactState:
        """Validation begins; what an earlier one said no longer holds.

        Raises:
            IllegalStepError: it has begun already.
        """
        return ContactState(step(CONTACT_STEPS, self.state, to="validating"), "pending")

    def end(self, verdict: Verdict) -> ContactState:
        """Validation ends with a verdict; a pending one leaves the contact validating.

        Raises:
            IllegalStepError: validation has not begun.
        """
        to = "failed" if verdict.status == "failed" else "validated"
        reached = step(CONTACT_STEPS, self.state, to=to)
        state = self.state if verdict.status == "pending" else reached
        return ContactState(state, verdict.status, verdict.reason, verdict.availability)

    def to_dict(self) -> dict[str, Any]:
        """The fields that the platform adds to a plain contact."""
        return {
            "state": self.state,
            "validationStatus": self.validation_status,
            "validationFailureReason": self.reason or None,
            "channelAvailability": dict(self.availability),
        }
