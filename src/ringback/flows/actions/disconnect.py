"""disconnect: end the interaction. Also as a menu's choice."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Finish, Next, Step


def build(_b: Builder) -> Step:
    """Ends the flow."""
    end = Finish("disconnect")

    def begin(_run: Any) -> Next:
        return end

    return Step(begin)


DISCONNECT = ActionType(
    key="disconnect",
    title="Disconnect",
    about="Ends the interaction and the flow.",
    build=build,
    ends=True,
    source="scripting SDK: ActionDisconnect",
)
MENU_DISCONNECT = ActionType(
    key="menuDisconnect",
    title="Disconnect (menu choice)",
    about="A menu choice that ends the interaction.",
    build=build,
    ends=True,
    source="scripting SDK: ActionDisconnect of a menu",
)
