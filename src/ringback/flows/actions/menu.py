"""menu: play the choices and wait for a key or a word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringback.documents import Node
from ringback.flows.actions.base import ActionType, Builder, Exit, Field, Finish, Next, Step
from ringback.flows.effects import Gather, Input
from ringback.flows.model import Action

DTMF = {"digit_star": "*", "digit_pound": "#", "star": "*", "pound": "#"} | {
    f"digit_{digit}": str(digit) for digit in range(10)
}


def key_of(choice: Action) -> str:
    """The key that picks a choice, "" when it has none."""
    node = choice.body.get("dtmf")
    word = node.text or str(node.value) if node is not None else ""
    return DTMF.get(word, word if word in "0123456789*#" else "")


def terms_of(choice: Action, language: str) -> list[str]:
    """The words that pick a choice in a language, lower case."""
    terms = choice.body.at("speechRecTerms", language, "terms")
    return [(term.text or str(term.value)).lower() for term in terms or ()]


def _options(choices: tuple[Action, ...], language: str) -> dict[str, str]:
    spoken = {term: choice.name for choice in choices for term in terms_of(choice, language)}
    return spoken | {key: choice.name for choice in choices if (key := key_of(choice))}


def pick(reply: Input, exits: Mapping[str, Exit]) -> Exit | None:
    """The exit that a key or a word leads to; None when it is no choice."""
    return exits.get(reply.digits or reply.speech.lower())


def _exits(b: Builder, choices: tuple[Action, ...], languages: tuple[str, ...]) -> dict[str, Exit]:
    exits: dict[str, Exit] = {}
    for choice in choices:
        leave = b.exit(choice.id)
        exits.update({term: leave for tag in languages for term in terms_of(choice, tag)})
        if key := key_of(choice):
            exits[key] = leave
    return exits


def build(b: Any) -> Step:
    """Plays once and again after each silence or wrong key; then the default choice, or disconnect."""
    choices, languages = b.choices, b.languages
    exits = _exits(b, choices, languages)
    audio, patience = (
        b.text("audio"),
        b.duration("settingsMenu.menuSelectionTimeout", "menu.menuSelectionTimeout", 10_000),
    )
    repeats = b.setting("repeatCount", "int", 3)
    otherwise: Next = b.exit(b.default_choice) if b.default_choice else Finish("disconnect")
    options = {tag: _options(choices, tag) for tag in languages}

    def ask(run: Any) -> Next:
        return Gather(
            audio(run),
            "menu",
            timeout_ms=patience(run),
            language=run.language,
            options=options.get(run.language, {}),
        )

    def begin(run: Any) -> Next:
        run.memo["asked"] = 1
        return ask(run)

    def resume(run: Any, reply: Input) -> Next:
        if (chosen := pick(reply, exits)) is not None:
            return chosen
        if reply.digits or reply.speech:
            run.services.policy("menu_invalid_key")
        run.services.policy("menu_repeat_count")
        if run.memo["asked"] > repeats(run):
            return otherwise
        run.memo["asked"] += 1
        return ask(run)

    return Step(begin, resume)


def setting_node(body: Node | None, key: str) -> Node | None:
    """A menu setting; `noValue` means: ask the flow's settings."""
    node = body.at("settingsMenu", key) if body is not None else None
    return None if node is None or node.get("noValue") is not None else node


MENU = ActionType(
    key="menu",
    title="Menu",
    about="Plays the choices, waits for a key or a term, repeats; then the default choice, or disconnect.",
    build=build,
    fields=(
        Field("audio", "aud", about="The prompt."),
        Field("settingsMenu.menuSelectionTimeout", "dur", about="Patience, 10 s by default."),
        Field("settingsMenu.repeatCount", "int", about="Repeats, 3 by default."),
    ),
    outputs=("*",),
    policies=("menu_invalid_key", "menu_repeat_count"),
    source="scripting SDK: Menu; official sample flows",
)
