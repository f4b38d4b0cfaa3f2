"""Exported menus as Archy's: choices, keys of the telephone, spoken words, settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ringback.documents import Node
from ringback.flows.loaders.export_actions import Actions, archy_type, contents
from ringback.flows.loaders.export_parts import Part
from ringback.flows.loaders.export_values import wrapped

# Archy's key -> property of a menu, and of the flow's defaults for menus.
MENU_SETTINGS: Mapping[str, str] = {
    "extensionDialingMaxDelay": "extensionDialingDelay",
    "listenForExtensionDialing": "useExtensionDialing",
    "menuSelectionTimeout": "promptRepeatDelay",
    "repeatCount": "promptRepeatCount",
}
SPEECH_SETTINGS: Mapping[str, str] = {
    "completeMatchTimeout": "speechRecTimeoutComplete",
    "incompleteMatchTimeout": "speechRecTimeoutIncomplete",
    "maxSpeechLengthTimeout": "speechRecTimeoutTotal",
    "minConfidenceLevel": "speechRecMinConfidence",
}
# What a choice holds -> property with its id; the jump to it, and the key of that jump's reference.
_HOLDERS: Mapping[str, tuple[str, str, str]] = {
    "task": ("taskReference", "jumpToTask", "targetTaskRef"),
    "subMenu": ("menuReference", "jumpToMenu", "targetMenuRef"),
}
_KEYS: Mapping[str, str] = {
    "*": "digit_star",
    "#": "digit_pound",
    **{str(digit): f"digit_{digit}" for digit in range(10)},
}


def settings(part: Part, keys: Mapping[str, str]) -> dict[str, Node]:
    """The settings that a part has, under Archy's names."""
    members = {key: part.get(source) for key, source in keys.items()}
    found = {key: wrapped(member) for key, member in members.items() if member is not None}
    return {key: node for key, node in found.items() if node is not None}


@dataclass(frozen=True, slots=True)
class Menus:
    """Turns menus into Archy's.

    Attributes:
        parts: container id -> container, of the tasks and menus that choices hold.
        names: container id -> its refId.
        references: container id -> the reference to it.
    """

    actions: Actions
    parts: Mapping[str, Part]
    names: Mapping[str, str]
    references: Mapping[str, str]

    def menu(self, menu: Part, inside: frozenset[str] = frozenset()) -> dict[str, Node]:
        """What stands below `menu:` besides name and refId; `inside` holds the ids of the menus around it."""
        found: dict[str, Node] = {}
        prompts = menu.get("prompts")
        audio = wrapped(prompts) if prompts is not None else None
        if audio is not None:
            found["audio"] = audio
        found["settingsMenu"] = menu.map(settings(menu, MENU_SETTINGS))
        found["settingsSpeechRec"] = menu.map(settings(menu, SPEECH_SETTINGS))
        choices = menu.get("menuChoiceList") or menu
        around = inside | {menu.text_at("id")}
        found["choices"] = choices.list(self._choice(choice, around) for choice in choices)
        default = self._default(menu, choices)
        if default is not None:
            found["defaultMenuChoice"] = default
        return found

    @staticmethod
    def _default(menu: Part, choices: Part) -> Node | None:
        """`lit: {name: …}` of the choice that runs when nothing is chosen."""
        wanted = menu.get("defaultMenuChoice")
        if wanted is None:
            return None
        for choice in choices:
            if choice.text_at("id") == wanted.text:
                name = wanted.scalar(choice.text_at("name"))
                return wanted.named("lit", wanted.named("name", name))
        return None

    def _choice(self, choice: Part, inside: frozenset[str]) -> Node:
        action = choice.get("action") or choice
        type_ = archy_type(action.text_at("__type") or "DisconnectAction")
        if type_ in _HOLDERS:
            type_, body = self._inner(type_, action, inside=inside)
        else:
            body = self.actions.body(type_, action)
        key = f"menu{type_[:1].upper()}{type_[1:]}"
        name = choice.get("name") or action.get("name")
        members = {"name": name.scalar(name.text)} if name is not None else {}
        body.pop("name", None)
        item = choice.named(key, choice.map(members | dict(_frame(choice)) | body))
        self.actions.ids[item.key_span(key)] = action.text_at("id")
        return item

    def _inner(self, type_: str, action: Part, *, inside: frozenset[str]) -> tuple[str, dict[str, Node]]:
        """The task or menu that a choice holds itself; a jump when it is used elsewhere too."""
        source, jump, key = _HOLDERS[type_]
        held = action.get(source) or action
        part = self.parts.get(held.text)
        if part is None or held.text in inside:
            return jump, {key: held.scalar(self.references.get(held.text, f"task[{held.text}]"))}
        if type_ == "task":
            return "task", {"task": part.map(dict(contents(part, self.actions)))}
        name, ref = part.get("name") or part, part.get("id") or part
        frame = {"name": name.scalar(name.text), "refId": ref.scalar(self.names[held.text])}
        return "subMenu", {"menu": part.map(frame | self.menu(part, inside))}


def _frame(choice: Part) -> Iterator[tuple[str, Node]]:
    """How a choice is chosen."""
    digit = choice.get("digit")
    if digit is not None and digit.text in _KEYS:
        yield "dtmf", digit.scalar(_KEYS[digit.text])
        yield "globalDtmf", choice.scalar(value=choice.flag("globalDtmf"))
    yield "globalSpeechRecTerms", choice.scalar(value=choice.flag("globalSpeech"))
    spoken = choice.get("speechRecTerms")
    terms = {tag.lower(): node for tag, said in (spoken.items() if spoken else ()) if (node := _terms(said))}
    if spoken is not None and terms:
        yield "speechRecTerms", spoken.map(terms)


def _terms(said: Part) -> Node | None:
    words = [word.scalar(word.text) for word in said if word.text]
    return said.named("terms", said.list(iter(words))) if words else None
