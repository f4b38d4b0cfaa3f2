"""Wrapped values of Archy YAML: `lit`, `exp`, `var` and so on, by the type that their place wants."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ringback.flows.keys import WRAPPERS
from ringback.flows.schemas.parts import ANYTHING, FLAG, TEXT, Definitions, Schema, an_object, described
from ringback.lang.expr.types import base, display_name, group_of, is_collection, item_of

_ABOUT: Mapping[str, str] = MappingProxyType(
    {
        "lit": "A literal value.",
        "exp": "An expression, evaluated when the action runs.",
        "var": "The name of a variable, such as Flow.points.",
        "tts": "Text that is spoken.",
        "prompt": "A prompt: Prompt.name or PromptSystem.name.",
        "name": "The name again, as the exporter writes it.",
        "noValue": "No value: the next setting holds, or nothing.",
        "none": "Nothing.",
        "noValueWithNoFallback": "No value, and no other setting instead.",
        "alternateSequences": "Audio by language.",
    }
)
# Wrappers of audio, prompts and what bots say.
_SPOKEN = frozenset(["tts", "prompt", "alternateSequences"])
_FLAGS = frozenset(["noValue", "none", "noValueWithNoFallback"])
_UNITS = ("days", "hours", "minutes", "seconds", "milliseconds", "ms")
_DATE = ("year", "month", "day", "hour", "minute", "second")
# Types whose literals may also stand without a wrapper: `language: en-us`, `now: true`, lists of parts.
_BARE: Mapping[str, str] = MappingProxyType({"str": "string", "bln": "boolean", "any": "array"})
_NUMBER: Mapping[str, Any] = MappingProxyType({"type": "number"})


def value(type_: str, defs: Definitions) -> Schema:
    """A wrapped value of a type.

    Beside its one wrapper, speech may have `alternateSequences` (audio by language), and a thing of the
    organisation its `name` again.
    """
    name = f"value-{type_}" if type_ != "any" else "value"
    return defs.ref(name, lambda: _wrapped(type_, defs))


def variable(defs: Definitions) -> Schema:
    """A variable that an action writes: `{var: Flow.x}`, bare `Flow.x`, or `noValue`."""
    return defs.ref("variable-name", _variable)


def _variable() -> Schema:
    members: dict[str, Schema] = {"var": described(TEXT, _ABOUT["var"])}
    members |= {word: described(FLAG, _ABOUT[word]) for word in sorted(_FLAGS)}
    schema = {**an_object(members), "type": ["object", "string"], "minProperties": 1, "maxProperties": 1}
    return described(schema, "The variable that takes the value.")


def _wrapped(type_: str, defs: Definitions) -> Schema:
    spoken = type_ == "any" or group_of(type_) == "speech"
    words = WRAPPERS if spoken else WRAPPERS - _SPOKEN
    members = {word: _wrapper(word, defs) for word in sorted(words - {"lit"})}
    members["lit"] = described(literal(type_, defs), _ABOUT["lit"])
    schema = {**an_object(members), "minProperties": 1, "maxProperties": 1}
    if type_ in _BARE:
        schema["type"] = ["object", _BARE[type_]]
    beside = "alternateSequences" if spoken else "name" if group_of(type_) == "entity" else ""
    if beside:
        schema["properties"].setdefault(beside, described(TEXT, _ABOUT.get(beside, "")))
        schema |= {"maxProperties": 2, "if": {"not": {"required": [beside]}}, "then": {"maxProperties": 1}}
    return described(schema, "", title="Value" if type_ == "any" else display_name(type_))


def _wrapper(word: str, defs: Definitions) -> Schema:
    """What stands below every wrapper but `lit`, whatever the type."""
    return defs.ref(f"wrapper-{word}", lambda: described(_inside(word, defs), _ABOUT[word]))


def _inside(word: str, defs: Definitions) -> Schema:
    if word in _FLAGS:
        return dict(FLAG)
    if word == "prompt":
        named = an_object({"name": dict(TEXT)}, required=["name"])
        return {"anyOf": [dict(TEXT), named]}
    if word == "alternateSequences":
        return {"type": "object", "additionalProperties": value("aud", defs)}
    return dict(TEXT)


def literal(type_: str, defs: Definitions) -> Schema:
    """What stands below `lit` for a type."""
    if is_collection(type_):
        items = value(item_of(type_), defs)
        return {"type": "array", "items": items}
    simple = _LITERALS.get(base(type_))
    if simple is not None:
        return dict(simple)
    if group_of(type_) == "entity" and type_ != "any":
        named = an_object({"name": dict(TEXT)}, required=["name"], closed=False)
        return {"anyOf": [named, dict(TEXT)]}
    return dict(ANYTHING)


def _parts(names: tuple[str, ...]) -> Schema:
    return {**an_object({name: dict(_NUMBER) for name in names}), "minProperties": 1}


_LITERALS: Mapping[str, Schema] = MappingProxyType(
    {
        "str": dict(TEXT),
        "int": {"type": "integer"},
        "dec": dict(_NUMBER),
        "bln": dict(FLAG),
        "dur": {"anyOf": [_parts(_UNITS), dict(TEXT)]},
        "dtm": {"anyOf": [_parts(_DATE), dict(TEXT)]},
        "cur": {
            "anyOf": [
                an_object({"amount": dict(_NUMBER), "code": dict(TEXT)}, required=["amount"]),
                {"type": ["string", "number"]},
            ]
        },
        "phn": dict(TEXT),
    }
)
