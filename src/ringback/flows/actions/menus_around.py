"""previousMenu, repeatMenu: back to the menu that the action belongs to, or to the one above."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Enter, FlowFault, Next, Step


def build(b: Builder) -> Step:
    """A task that belongs to no menu, or a menu below none, has nothing to go back to: a flow error."""
    menu = b.menu_around(up=1 if "revious" in b.action.type else 0)

    def begin(_run: Any) -> Next:
        if menu is None:
            raise FlowFault("MISSING_MENU", "there is no menu to go back to")
        return Enter(menu)

    return Step(begin)


REPEAT_MENU = ActionType(
    key="repeatMenu",
    title="Repeat Menu",
    about="Plays the menu again that the task belongs to.",
    build=build,
    ends=True,
    source="scripting SDK: ActionRepeatMenu",
)
PREVIOUS_MENU = replace(
    REPEAT_MENU,
    key="previousMenu",
    title="Previous Menu",
    about="Goes back to the menu above.",
    source="scripting SDK: ActionPreviousMenu",
)
MENU_REPEAT_MENU = replace(
    REPEAT_MENU,
    key="menuRepeatMenu",
    title="Repeat Menu (menu choice)",
    about="A menu choice that plays the menu again.",
)
MENU_PREVIOUS_MENU = replace(
    PREVIOUS_MENU,
    key="menuPreviousMenu",
    title="Previous Menu (menu choice)",
    about="A menu choice that goes back to the menu above.",
)
