"""Scripted language understanding: which intent or slot value did the customer say?

Intents, utterances and entities are those of the flow's document. What is said is an intent's name, an
utterance, or words of one; a slot value is read by its entity's list or pattern and by its type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from ringback.documents import Node
from ringback.lang.expr.values import EvaluationError, from_text

_DOMAIN = "settingsNaturalLanguageUnderstanding.nluDomainVersion"
_WORD = re.compile(r"[^\W_]+")
# Words that say nothing of what is meant.
_COMMON = frozenset(["a", "an", "and", "for", "i", "in", "is", "it", "me", "my", "of", "on", "or", "please"])
_COMMON |= {"the", "to", "want", "would", "like", "you"}
_PATIENCE_SECONDS = 0.25  # for one pattern of an entity, as in templates
_LEAST = 0.5  # of an utterance's words must be said
YES = frozenset(["yes", "y", "yeah", "yep", "sure", "ok", "okay", "correct", "right", "true", "1"])
YES |= {"si", "sí", "oui", "ja"}
NO = frozenset(["no", "n", "nope", "not", "wrong", "incorrect", "false", "2", "non", "nein"])


@dataclass(frozen=True, slots=True)
class Intent:
    """An intent: its utterances as texts, and the entities that they mention."""

    name: str
    utterances: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entity:
    """How a slot's values are recognised: by patterns, by a list (said word -> value), or freely."""

    name: str
    patterns: tuple[Any, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Domain:
    """What a bot flow understands."""

    intents: tuple[Intent, ...] = ()
    entities: Mapping[str, Entity] = field(default_factory=dict)

    def meant(self, text: str, among: Iterable[str], *, exact: bool) -> tuple[Intent, float] | None:
        """The intent that is meant, of those with these names, and how sure that is (at most 1)."""
        names = {name.lower(): name for name in among}
        known = [item for item in self.intents if item.name.lower() in names]
        known += [Intent(name) for key, name in names.items() if all(i.name.lower() != key for i in known)]
        said = _plain(text)
        for intent in known:
            if said in (_plain(intent.name), *map(_plain, intent.utterances)):
                return intent, 1.0
        if exact:
            return None
        scored = [(_score(said, intent), -place) for place, intent in enumerate(known)]
        best, place = max(scored, default=(0.0, 0))
        return (known[-place], best) if best >= _LEAST else None

    def mentioned(self, text: str, intent: Intent) -> dict[str, str]:
        """Slot values that an utterance of the intent carries, by entity."""
        found = {}
        for name in intent.entities:
            entity = self.entities.get(name.lower())
            value = entity_value(entity, text, whole=False) if entity is not None else None
            if value is not None:
                found[name] = value
        return found


def entity_value(entity: Entity, text: str, *, whole: bool) -> str | None:
    """The value of an entity in a text; one without list and patterns takes the whole text."""
    for pattern in entity.patterns:
        try:
            hit = pattern.search(text, timeout=_PATIENCE_SECONDS)
        except TimeoutError:
            continue
        if hit is not None:
            return str(hit.group(0))
    said = _plain(text)
    for word, value in entity.values.items():
        if said == word or (not whole and f" {word} " in f" {said} "):
            return value
    return text.strip() if whole and not entity.patterns and not entity.values else None


def slot_value(type_: str, entity: Entity | None, *, text: str) -> Any:
    """The raw value of a slot; None when the text is none."""
    found = entity_value(entity, text, whole=True) if entity is not None else text.strip()
    if not found:
        return None
    if type_ == "bln":
        return yes_or_no(found)
    try:
        return from_text(type_, found)
    except EvaluationError:
        return None


def yes_or_no(text: str) -> bool | None:
    """What a customer means by an answer; None when it is neither.

    >>> yes_or_no("Yes, please"), yes_or_no("no"), yes_or_no("perhaps")
    (True, False, None)
    """
    words = _plain(text).split()
    if any(word in NO for word in words):
        return False
    return True if any(word in YES for word in words) else None


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))


def _score(said: str, intent: Intent) -> float:
    """The largest share of an utterance's telling words that were said."""
    words = set(said.split())
    best = 0.0
    for utterance in (intent.name, *intent.utterances):
        telling = set(_plain(utterance).split()) - _COMMON
        if telling:
            best = max(best, len(words & telling) / len(telling))
    return best


def _text(node: Node | None) -> str:
    return "" if node is None or node.value is None else node.text or str(node.value)


def _intent(node: Node) -> Intent:
    utterances = tuple(
        "".join(_text(segment.get("text")) for segment in utterance.get("segments") or ())
        for utterance in node.get("utterances") or ()
    )
    references = tuple(_text(item) for item in node.get("entityNameReferences") or ())
    return Intent(_text(node.get("name")), utterances, references)


def _entity(name: str, kind: Node | None) -> Entity:
    mechanism = kind.get("mechanism") if kind is not None else None
    items = list((mechanism.get("items") if mechanism is not None else None) or ())
    if _text(mechanism.get("type") if mechanism is not None else None) == "Regex":
        return Entity(name, tuple(_patterns(items)))
    values: dict[str, str] = {}
    for item in items:
        value = _text(item.get("value"))
        values |= {_plain(word): value for word in (value, *(_text(x) for x in item.get("synonyms") or ()))}
    return Entity(name, values=values)


def _patterns(items: list[Node]) -> list[Any]:
    """Patterns that Python reads as well; others match nothing."""
    # Loaded here: most runs need no patterns, and the module is slow to load.
    regex, found = import_module("regex"), []
    for item in items:
        try:
            found.append(regex.compile(_text(item.get("value"))))
        except regex.error:
            continue
    return found


def domain_of(b: Any) -> Domain:
    """What the flow's document says about its language understanding."""
    node = b.flow_setting(_DOMAIN)
    if node is None:
        return Domain()
    kinds = {_text(item.get("name")): item for item in node.get("entityTypes") or ()}
    entities = [
        _entity(_text(item.get("name")), kinds.get(_text(item.get("type"))))
        for item in node.get("entities") or ()
    ]
    return Domain(
        tuple(_intent(item) for item in node.get("intents") or ()),
        {entity.name.lower(): entity for entity in entities},
    )
