"""Which Architect action a plain action stands for, and what its keys are called there."""

from __future__ import annotations

from collections.abc import Mapping

from ringback.documents import Node
from ringback.flows.actions import ACTIONS
from ringback.flows.keys import ACTION_KEYS
from ringback.flows.loaders.shapes import text_of

LOOKUP, CONTACT_LOOKUP, SET_VARIABLE, MENU, START, GROUP = (
    "plainLookup",
    "plainContactLookup",
    "updateData",
    "menu",
    "start",
    "group",
)
# Spellings of their own, in lower case and without "action": plain words and Genesys' configuration names.
_SPELLINGS: Mapping[str, str] = {
    "start": START,
    "menu": MENU,
    "setvariable": SET_VARIABLE,
    "updatevariable": SET_VARIABLE,
    "data": "callData",
    "transferpurematch": "transferToAcd",
    "transfertoqueue": "transferToAcd",
    "transfermenu": "jumpToMenu",
    "getattributes": "getParticipantData",
    "setattributes": "setParticipantData",
    "setlocale": "setLanguage",
    # Containers of `nodes` and `steps` that are no actions.
    **dict.fromkeys(("group", "container", "sequence", "block", "task", "state"), GROUP),
}
_BY_LOWER: Mapping[str, str] = {**{key.lower(): key for key in (*ACTION_KEYS, *ACTIONS)}, **_SPELLINGS}

# A key that makes the type plain when `type` is absent.
_TELLING = (
    ("url", LOOKUP),
    ("set", SET_VARIABLE),
    ("choices", MENU),
    ("condition", "decision"),
    ("cases", "switch"),
    ("audio", "playAudio"),
    ("queue", "transferToAcd"),
    ("dataAction", "callData"),
)

# Short names of fields: action -> plain key -> key in Archy.
ALIASES: Mapping[str, Mapping[str, str]] = {
    "playAudio": {"text": "audio", "message": "audio"},
    "transferToAcd": {"queue": "targetQueue", "skill": "languageSkill"},
    "transferToNumber": {"number": "targetNumber"},
    "transferToUser": {"user": "targetUser"},
    "collectInput": {"audio": "inputAudio", "outputVariable": "inputData", "timeout": "noEntryTimeout"},
    "getExternalContact": {"outputVariable": "externalResult", "id": "externalId"},
    "searchExternalContacts": {"outputVariable": "externalResults", "term": "searchTerm"},
    "findQueue": {"queue": "findName", "outputVariable": "findResult"},
    "wait": {"timeout": "duration"},
    "endTask": {"output": "outputPath"},
}


def camel(key: str) -> str:
    """A key in camel case, whatever way it was written.

    >>> camel("initial_action"), camel("onerror")
    ('initialAction', 'onerror')
    """
    first, *rest = key.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest) if first else key


def canonical_type(written: str) -> str | None:
    """Archy's key for a type in any spelling, or None.

    >>> canonical_type("PlayAudioAction"), canonical_type("play_audio"), canonical_type("playAudio")
    ('playAudio', 'playAudio', 'playAudio')
    """
    lowered = written.lower().replace("_", "").replace("-", "").replace(" ", "")
    return _BY_LOWER.get(lowered) or _BY_LOWER.get(lowered.removesuffix("action"))


def type_of(node: Node) -> str | None:
    """The action type of a plain action: its `type`, or what its keys make plain; None when neither says."""
    written = text_of(node.get("type"))
    if written:
        found = canonical_type(written)
    else:
        found = next((type_ for key, type_ in _TELLING if node.get(key) is not None), None)
    if found == "getExternalContact" and node.get("externalId") is None and node.get("id") is None:
        return LOOKUP if node.get("url") is not None else CONTACT_LOOKUP
    return found


def spellings() -> list[str]:
    """Names of types for hints."""
    return sorted(
        {key for key in ACTIONS if not key.startswith(("menu", "plain"))}
        | {"Start", "Menu", "SetVariable", "data-action"}
    )
