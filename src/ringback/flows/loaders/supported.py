"""What the loaders ask of the registry of actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringback.flows import actions

_ACTIONS: Mapping[str, Any] = getattr(actions, "ACTIONS", {})


def is_supported(type_: str) -> bool:
    """Whether the simulator can run actions of this type; a menu's choices count as their action."""
    return type_ in _ACTIONS or not _ACTIONS


def known_outputs(type_: str) -> frozenset[str] | None:
    """The outputs that an action type declares (patterns included), or None when it is unknown."""
    action = _ACTIONS.get(type_)
    return frozenset(action.outputs) if action is not None else None
