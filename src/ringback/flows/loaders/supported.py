"""What the loaders ask of the registry of actions."""

from __future__ import annotations

from ringback.flows.actions import ACTIONS


def is_supported(type_: str) -> bool:
    """Whether the simulator can run actions, or take menu choices, of this type."""
    return type_ in ACTIONS


def known_outputs(type_: str) -> frozenset[str] | None:
    """The outputs that an action type declares (patterns included), or None when it is unknown."""
    action = ACTIONS.get(type_)
    return frozenset(action.outputs) if action is not None else None
