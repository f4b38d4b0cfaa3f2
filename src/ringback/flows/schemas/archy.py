"""JSON Schema of Archy YAML, as it is after `{{names}}` are substituted."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ringback.flows.keys import FLOW_KEYS, SETTINGS_KEYS
from ringback.flows.loaders.archy import FLOW_TYPES
from ringback.flows.schemas import fields, values
from ringback.flows.schemas.actions import ACTION_TYPES, action_list, container, variable_list
from ringback.flows.schemas.parts import (
    ANYTHING,
    TEXT,
    Definitions,
    Schema,
    a_list,
    an_object,
    described,
    single_key,
)

_ABOUT: Mapping[str, str] = MappingProxyType(
    {
        "name": "The flow's name.",
        "description": "For people.",
        "division": "The division that it belongs to.",
        "startUpRef": 'Where it begins: "/inboundCall/tasks/task[Main_10]" or "./menus/menu[main]".',
        "startUpTaskActions": "The only task of a common module or an in-queue flow.",
        "startUpTaskVariables": "The variables of that task.",
        "defaultLanguage": "The language in which it begins, such as en-us.",
        "supportedLanguages": "Its languages, with their voices and skills.",
        "initialGreeting": "What a caller hears first.",
        "variables": "The variables of the flow, in every scope called Flow.name.",
        "tasks": "Reusable tasks.",
        "menus": "Menus.",
        "states": "States of message, e-mail, chat and workflow flows.",
        "bots": "States of bot flows.",
        "botStates": "States of bot flows.",
        "settingsActionDefaults": "What holds for every action of a type that does not say it itself.",
        "settingsErrorHandling": "What happens when a step cannot be executed.",
        "settingsMenu": "Patience and repeats of every menu.",
        "settingsPrompts": "Checks of prompts.",
        "settingsSpeechRec": "Speech recognition.",
    }
)
_TEXTS = ("name", "description", "division", "startUpRef", "defaultLanguage")
_SECTIONS = {"tasks": "task", "menus": "menu", "states": "state", "bots": "bot", "botStates": "bot"}


def archy_schema() -> Schema:
    """The schema of an Archy flow: one key, the flow type, and the flow below it."""
    defs = Definitions()
    flow = defs.ref("flow", lambda: _flow(defs))
    types = {type_: described(flow, f"A flow of the type {type_}.") for type_ in sorted(FLOW_TYPES)}
    about = "An Architect flow as archy writes it, after {{names}} are substituted."
    return defs.document(single_key(types), title="Archy YAML", about=about)


def _flow(defs: Definitions) -> Schema:
    members = {key: described(ANYTHING, _ABOUT.get(key, "")) for key in sorted(FLOW_KEYS)}
    members |= {key: described(TEXT, _ABOUT[key]) for key in _TEXTS}
    members["startUpRef"]["pattern"] = fields.REFERENCE
    members |= {key: described(member, _ABOUT[key]) for key, member in _parts(defs).items()}
    return an_object(members, required=["name"])


def _parts(defs: Definitions) -> dict[str, Schema]:
    """The sections of a flow."""
    settings = {
        key: an_object({name: dict(ANYTHING) for name in sorted(names)}, null=True)
        for key, names in SETTINGS_KEYS.items()
    }
    languages = {"type": "object", "additionalProperties": {"type": ["object", "null"]}}
    return {
        **{section: a_list(single_key({kind: container(kind, defs)})) for section, kind in _SECTIONS.items()},
        **settings,
        "settingsActionDefaults": _defaults(defs),
        "startUpTaskActions": action_list(defs),
        "startUpTaskVariables": variable_list(defs),
        "variables": variable_list(defs),
        "supportedLanguages": {"anyOf": [languages, a_list(dict(TEXT))]},
        "initialGreeting": {"anyOf": [values.value("aud", defs), {"type": "null"}]},
    }


def _defaults(defs: Definitions) -> Schema:
    """`settingsActionDefaults`: fields of actions by action type."""
    types = [type_ for type_ in ACTION_TYPES if not type_.startswith("menu")]
    members = {
        type_: {"type": ["object", "null"], "properties": fields.properties(type_, defs)} for type_ in types
    }
    return an_object(members, null=True)
