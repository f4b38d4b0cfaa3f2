"""Values of an export as the wrapped values of Archy YAML.

    {"text": "Flow.x > 1", "type": "bln", "config": {…}, "uiMetaData": {"mode": 0}}   ->   exp: Flow.x > 1

`mode` says how the author entered the value: 0 and 4 an expression, 1 a literal, 2 a variable, 3 nothing; an
audio sequence has none. `outOfService` marks a value that the flow's type does not have: Archy leaves it out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from ringback.documents import Node
from ringback.flows.loaders.export_parts import Part
from ringback.lang.expr.types import base, is_collection, item_of

_EXPRESSION, _LITERAL, _VARIABLE, _NOTHING = 0, 1, 2, 3
_SPOKEN = re.compile(r'AudioPlaybackOptions\(ToAudioTTS\(("(?:[^"\\]|\\.)*")\), true\)\Z', re.DOTALL)
_PROMPT = re.compile(r"AudioPlaybackOptions\(ToAudio\((Prompt(?:System)?\.[\w.-]+)\), true\)\Z")
_DURATION = re.compile(r"P(\d+)D(\d+)H(\d+)M(\d+)S(\d+)F\Z")
_UNITS = ("days", "hours", "minutes", "seconds", "ms")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?Z\Z")
_DATE_PARTS = ("year", "month", "day", "hour", "minute", "second")
_ENTITIES = frozenset(
    ["que", "usr", "grp", "skl", "lac", "sch", "sqg", "emg", "cnl", "wrc", "pmt", "img", "fil", "utl"]
)


def is_value(part: Part) -> bool:
    """Whether a JSON value is a value of the flow: text with a type."""
    return part.node.get("text") is not None and part.node.get("type") is not None


def is_audio(part: Part) -> bool:
    """Whether a JSON value is a block of audio."""
    return part.node.get("defaultAudio") is not None


def wrapped(part: Part) -> Node | None:
    """The wrapped value; None when the flow's type does not have it, or there is none."""
    if is_audio(part):
        return audio(part)
    if not is_value(part) or part.flag("outOfService") or not (part.text_at("text") or part.get("config")):
        return None
    if _is_empty(part):
        return part.named("noValue", part.scalar(value=True))
    mode = part.at("uiMetaData", "mode")
    if mode is None:
        return _sequence(part)
    if mode.node.value == _LITERAL:
        return part.named("lit", literal(part))
    text = _text(part)
    return part.named("var" if mode.node.value == _VARIABLE else "exp", text)


def reference(part: Part) -> Node | None:
    """The bare name of the variable that is written; None when there is none."""
    return None if _is_empty(part) or not part.text_at("text") else _text(part)


def audio(part: Part) -> Node | None:
    """A block of audio: the default, and sequences of their own for some languages."""
    default = part.get("defaultAudio")
    members: dict[str, Node] = {}
    sequences = {language: node for case in part.get("cases") or () for language, node in _case(case)}
    if sequences:
        members["alternateSequences"] = part.map(sequences)
    found = wrapped(default) if default is not None else None
    if found is not None and not (sequences and found.get("noValue") is not None):
        members |= dict(found.items())
    return part.map(members) if members else None


def _case(case: Part) -> list[tuple[str, Node]]:
    """The sequence of one language; the key that names the language differs between versions."""
    value = next((member for _, member in case.items() if is_value(member)), None)
    named = case.get("language") or case.get("languageTag") or case.get("name") or case.get("locale")
    found = wrapped(value) if value is not None else None
    return [(named.text.lower(), found)] if named is not None and named.text and found is not None else []


def _is_empty(part: Part) -> bool:
    mode = part.at("uiMetaData", "mode")
    if mode is not None and mode.node.value == _NOTHING:
        return True
    config = part.node.get("config")
    if config is None or config.get("emp") is None:
        return False
    # The empty text is a value.
    return not (mode is not None and mode.node.value == _LITERAL and part.text_at("type") == "str")


def _sequence(part: Part) -> Node:
    """Audio as `tts` or `prompt` when it is exactly that, else as an expression."""
    text = part.text_at("text")
    if (spoken := _SPOKEN.match(text)) is not None and (words := _unquoted(spoken[1])) is not None:
        return part.named("tts", _at_text(part, words))
    if (prompt := _PROMPT.match(text)) is not None:
        return part.named("prompt", _at_text(part, prompt[1]))
    return part.named("exp", _text(part))


def _unquoted(written: str) -> str | None:
    """The text of a literal of the expression language."""
    try:
        found = json.loads(written, strict=False)
    except ValueError:
        return None
    return found if isinstance(found, str) else None


def _text(part: Part) -> Node:
    """The value's text, placed at its text."""
    return _at_text(part, part.text_at("text"))


def _at_text(part: Part, text: str) -> Node:
    return (part.get("text") or part).scalar(text)


def literal(part: Part) -> Node:
    """The payload of `lit:`."""
    type_ = part.text_at("type")
    if is_collection(type_):
        return _items(part, item_of(type_))
    properties = part.get("properties")
    if properties is not None and properties.node.value:
        return _members(properties)
    read = _LITERALS.get(base(type_)) or (_entity if base(type_) in _ENTITIES else _text)
    return read(part)


def _items(part: Part, _type: str) -> Node:
    items = part.at("config", "lit", "items") or ()
    return part.list(node for item in items if (node := wrapped(item)) is not None)


def _members(properties: Part) -> Node:
    """The parts of a chooser and the like, each wrapped again."""
    found = {key: node for key, member in properties.items() if (node := wrapped(member)) is not None}
    return properties.map(found)


def _number(part: Part) -> Node:
    text = part.text_at("text").strip()
    value: int | float | str = text
    if re.fullmatch(r"[-+]?\d{1,900}", text):
        value = int(text)
    elif re.fullmatch(r"[-+]?\d{1,300}\.\d{1,300}", text):
        value = float(text)
    return Node(value, _text(part).span, quoted=isinstance(value, str), text=text)


def _flag(part: Part) -> Node:
    text = part.text_at("text").lower()
    return _at_text(part, text) if text not in ("true", "false") else part.scalar(value=text == "true")


def _duration(part: Part) -> Node:
    match = _DURATION.match(part.text_at("text"))
    if match is None:
        return _text(part)
    amounts = {unit: int(amount) for unit, amount in zip(_UNITS, match.groups(), strict=True) if int(amount)}
    return part.map({unit: part.scalar(amount) for unit, amount in (amounts or {"seconds": 0}).items()})


def _moment(part: Part) -> Node:
    match = _DATE.match(part.text_at("text"))
    if match is None:
        return _text(part)
    values = zip(_DATE_PARTS, match.groups(), strict=True)
    return part.map({name: part.scalar(int(value)) for name, value in values})


def _entity(part: Part) -> Node:
    """Something of the organisation, by name; system prompts say that they are."""
    name = part.text_at("text")
    key = part.at("config", "lit", "val")
    if part.text_at("type") == "pmt" and not name.startswith("Prompt"):
        system = key is not None and key.text.startswith("__")
        name = f"{'PromptSystem' if system else 'Prompt'}.{name}"
    return part.named("name", _at_text(part, name))


def _phone(part: Part) -> Node:
    return _at_text(part, part.text_at("text").removeprefix("tel:"))


_LITERALS: Mapping[str, Callable[[Part], Node]] = {
    "int": _number,
    "dec": _number,
    "bln": _flag,
    "dur": _duration,
    "dtm": _moment,
    "phn": _phone,
}
