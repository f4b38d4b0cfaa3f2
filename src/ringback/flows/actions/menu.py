"""menu: play the choices and wait for a key or a word."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ringback.flows.actions.base import ActionType, Exit, Field, Finish, Goto, Next, Step
from ringback.flows.actions.dial_by_extension import extension_transfer
from ringback.flows.effects import Gather, Input, TransferReply
from ringback.flows.model import Action

_GLOBAL_TERMS = ("globalSpeechRecTerms", "speechRecTermsGlobal")
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


def pick(reply: Input, exits: Mapping[str, Exit | Goto]) -> Exit | Goto | None:
    """Where a key or a word leads; None when it is no choice."""
    return exits.get(reply.digits or reply.speech.strip().lower())


def _is_global(choice: Action, *keys: str) -> bool:
    return any((node := choice.body.get(key)) is not None and node.value is True for key in keys)


def _exits(
    b: Any, choices: tuple[Action, ...], *, language: str
) -> tuple[dict[str, Exit | Goto], dict[str, str]]:
    """What can be pressed or said in a language, and the choice that it means.

    Global keys and terms of other menus' choices count in every menu, after those of its own.
    """
    exits: dict[str, Exit | Goto] = {}
    names: dict[str, str] = {}
    for choice, target in b.other_choices():
        way = Goto(target)
        said = terms_of(choice, language) if _is_global(choice, *_GLOBAL_TERMS) else []
        keys = [key_of(choice)] if _is_global(choice, "globalDtmf") else []
        for word in (*said, *keys):
            if word:
                exits.setdefault(word, way)
                names.setdefault(word, choice.name)
    for choice in choices:
        leave = b.exit(choice.id)
        exits.update(dict.fromkeys(terms_of(choice, language), leave))
        if key := key_of(choice):
            exits[key] = leave
    return exits, names | _options(choices, language)


def _answered(run: Any, reply: TransferReply) -> Finish | None:
    """The end of a call that was put through to an extension; None when nobody took it."""
    kind, what, name, digits = run.memo["to"]
    return Finish(kind, what, name, (("extension", digits),)) if reply.accepted else None


def build(b: Any) -> Step:
    """Plays once and again after each silence or wrong key; then the default choice, or disconnect."""
    choices, languages = b.choices, b.languages
    ways = {tag: _exits(b, choices, language=tag) for tag in languages}
    exits = {tag: way for tag, (way, _) in ways.items()}
    options = {tag: names for tag, (_, names) in ways.items()}
    audio, patience = (
        b.text("audio"),
        b.duration("settingsMenu.menuSelectionTimeout", "menu.menuSelectionTimeout", 10_000),
    )
    repeats = b.setting("repeatCount", "int", 3)
    otherwise: Next = b.exit(b.default_choice) if b.default_choice else Finish("disconnect")
    listens = b.setting("listenForExtensionDialing", "bln", True)
    # An interaction in a language that the flow does not list is treated as one in the flow's own.
    own = languages[0]

    def ask(run: Any) -> Next:
        return Gather(
            audio(run),
            "menu",
            timeout_ms=patience(run),
            language=run.language,
            options=options.get(run.language, options[own]),
            extensions=listens(run) is not False,
        )

    def begin(run: Any) -> Next:
        run.memo["asked"] = 1
        return ask(run)

    def resume(run: Any, reply: Input | TransferReply) -> Next:
        if isinstance(reply, TransferReply):
            return _answered(run, reply) or again(run)
        if len(reply.digits) > 1 and (call := extension_transfer(run, reply.digits)) is not None:
            run.services.policy("dialled_extension")
            run.memo["to"] = [call.kind, call.target_type, call.target, reply.digits]
            return call
        if (chosen := pick(reply, exits.get(run.language, exits[own]))) is not None:
            return chosen
        if reply.digits or reply.speech:
            run.services.policy("menu_invalid_key")
        return again(run)

    def again(run: Any) -> Next:
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
        Field(
            "settingsMenu.listenForExtensionDialing",
            "bln",
            about="Whether several keys at once are an extension; true by default.",
        ),
    ),
    outputs=("*",),
    policies=("menu_invalid_key", "menu_repeat_count", "dialled_extension"),
    source="scripting SDK: Menu; official sample flows",
)
