"""jumpToMenu: go to a menu and do not come back. Also the choices that lead to a menu or an inline task."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Enter, Field, Next, Step


def build(b: Builder) -> Step:
    """Ends the current task or menu."""
    container = b.container()

    def begin(_run: Any) -> Next:
        return Enter(container)

    return Step(begin)


def build_choice(b: Builder) -> Step:
    """Enters the choice's own task or sub-menu."""
    container = b.container()

    def begin(_run: Any) -> Next:
        return Enter(container, how="choice")

    return Step(begin)


JUMP_TO_MENU = ActionType(
    key="jumpToMenu",
    title="Jump to Menu",
    about="Continues in a menu; never returns.",
    build=build,
    fields=(Field("targetMenuRef", "menu", "ref", required=True, about="The menu."),),
    ends=True,
    source="scripting SDK: ActionJumpToMenu",
)
MENU_JUMP_TO_MENU = ActionType(
    key="menuJumpToMenu",
    title="Jump to Menu (menu choice)",
    about="A menu choice that continues in another menu.",
    build=build,
    fields=(Field("targetMenuRef", "menu", "ref", required=True, about="The menu."),),
    ends=True,
    source="scripting SDK: ActionJumpToMenu of a menu",
)
MENU_TASK = ActionType(
    key="menuTask",
    title="Task (menu choice)",
    about="A menu choice with a task of its own.",
    build=build_choice,
    fields=(Field("task", "task", "ref", about="The task's actions."),),
    ends=True,
    source="scripting SDK: ActionTask of a menu",
)
MENU_SUB_MENU = ActionType(
    key="menuSubMenu",
    title="Menu (menu choice)",
    about="A menu choice that opens a sub-menu.",
    build=build_choice,
    fields=(Field("menu", "menu", "ref", about="The sub-menu."),),
    ends=True,
    source="scripting SDK: ActionMenu of a menu",
)
