"""menu: play the choices and wait for a key or a word."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Exit, Field, Finish, Next, Step
from ringback.flows.effects import Gather, Input
from ringback.flows.model import Action

_WORDS = MappingProxyType({"star": "*", "pound": "#", "hash": "#"})


def dtmf_key(word: str) -> str:
    """The key that a document names; "" for none.

    >>> dtmf_key("digit_9"), dtmf_key("digit_*"), dtmf_key("digit_pound")
    ('9', '*', '#')
    """
    bare = word.removeprefix("digit_")
    key = _WORDS.get(bare, bare)
    return key if len(key) == 1 and key in "0123456789*#" else ""


def key_of(choice: Action) -> str:
    """The key that picks a choice, "" when it has none."""
    node = choice.body.get("dtmf")
    return dtmf_key(node.text or str(node.value)) if node is not None else ""


def terms_of(choice: Action, language: str) -> list[str]:
    """The words that pick a choice in a language, lower case."""
    terms = choice.body.at("speechRecTerms", language, "terms")
    return [(term.text or str(term.value)).lower() for term in terms or ()]


def _options(choices: tuple[Action, ...], language: str) -> dict[str, str]:
    spoken = {term: choice.name for choice in choices for term in terms_of(choice, language)}
    return spoken | {key: choice.name for choice in choices if (key := key_of(choice))}


def pick(reply: Input, exits: Mapping[str, Exit]) -> Exit | None:
    """The exit that a key or a word leads to; None when it is no choice."""
    return exits.get(reply.digits or reply.speech.strip().lower())


def _exits(b: Builder, choices: tuple[Action, ...], *, language: str) -> dict[str, Exit]:
    """What can be pressed or said in a language."""
    exits: dict[str, Exit] = {}
    for choice in choices:
        leave = b.exit(choice.id)
        exits.update(dict.fromkeys(terms_of(choice, language), leave))
        if key := key_of(choice):
            exits[key] = leave
    return exits


def build(b: Any) -> Step:
    """Plays once and again after each silence or wrong key; then the default choice, or disconnect."""
    choices, languages = b.choices, b.languages
    exits = {tag: _exits(b, choices, language=tag) for tag in languages}
    audio, patience = (
        b.text("audio"),
        b.duration("settingsMenu.menuSelectionTimeout", "menu.menuSelectionTimeout", 10_000),
    )
    repeats = b.setting("repeatCount", "int", 3)
    otherwise: Next = b.exit(b.default_choice) if b.default_choice else Finish("disconnect")
    options = {tag: _options(choices, tag) for tag in languages}
    # An interaction in a language that the flow does not list is treated as one in the flow's own.
    own = languages[0]

    def ask(run: Any) -> Next:
        return Gather(
            audio(run),
            "menu",
            timeout_ms=patience(run),
            language=run.language,
            options=options.get(run.language, options[own]),
        )

    def begin(run: Any) -> Next:
        run.memo["asked"] = 1
        return ask(run)

    def resume(run: Any, reply: Input) -> Next:
        if (chosen := pick(reply, exits.get(run.language, exits[own]))) is not None:
            return chosen
        if reply.digits or reply.speech:
            run.services.policy("menu_invalid_key")
        run.services.policy("menu_repeat_count")
        if run.memo["asked"] > (repeats(run) or 0):
            return otherwise
        run.memo["asked"] += 1
        return ask(run)

    return Step(begin, resume)


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
