"""What flows refer to: kinds of the store, words of dependency tracking, type codes of expressions.

One table says how a name in a flow document finds the entity of the organisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FLOW = "flow"
ARCHIVED = "deleted"  # state of a flow that was deleted
# Prompts of the platform itself exist in every organisation.
SYSTEM_PROMPT = "promptsystem."
SYSTEM_PROMPTS = ("on_hold_music", "processing", "voicemail_greeting")  # those that public flows name
USER_PROMPT = "prompt."


@dataclass(frozen=True, slots=True)
class Referred:
    """A kind of thing that flows name.

    Attributes:
        code: as `flows.needs` calls it: a type code, "dataAction", "dataTable" or "flow".
        kind: its kind in the store.
        type: word of `DependencyObject.type`; flows have one for each type of flow.
        words: for messages.
        path: path of the collection in the API.
    """

    code: str
    kind: str
    type: str
    words: str
    path: str


REFERRED: Mapping[str, Referred] = MappingProxyType(
    {
        each.code: each
        for each in (
            Referred(
                "dataAction", "data_action", "DATAACTION", "data action", "/api/v2/integrations/actions"
            ),
            Referred("dataTable", "datatable", "DATATABLE", "data table", "/api/v2/flows/datatables"),
            Referred("flow", FLOW, "", "flow", "/api/v2/flows"),
            Referred("que", "queue", "QUEUE", "queue", "/api/v2/routing/queues"),
            Referred("usr", "user", "USER", "user", "/api/v2/users"),
            Referred("grp", "group", "GROUP", "group", "/api/v2/groups"),
            Referred("skl", "skill", "ACDSKILL", "skill", "/api/v2/routing/skills"),
            Referred("lac", "language", "ACDLANGUAGE", "language skill", "/api/v2/routing/languages"),
            Referred("sch", "schedule", "SCHEDULE", "schedule", "/api/v2/architect/schedules"),
            Referred(
                "sqg", "schedule_group", "SCHEDULEGROUP", "schedule group", "/api/v2/architect/schedulegroups"
            ),
            Referred(
                "emg",
                "emergency_group",
                "EMERGENCYGROUP",
                "emergency group",
                "/api/v2/architect/emergencygroups",
            ),
            Referred("pmt", "prompt", "USERPROMPT", "prompt", "/api/v2/architect/prompts"),
            Referred("wrc", "wrapup_code", "ACDWRAPUPCODE", "wrap-up code", "/api/v2/routing/wrapupcodes"),
        )
    }
)
# Resources that the local platform does not keep: whatever a flow names of them exists.
OPEN = frozenset(("utl", "gmr"))

# Archy's flow types -> the words of the API, where upper case alone does not make one.
_API_TYPES: Mapping[str, str] = MappingProxyType(
    {"botFlow": "BOT", "digitalBotFlow": "DIGITALBOT", "digitalBot": "DIGITALBOT"}
)


def api_type(archy: str) -> str:
    """The API's word for a flow type.

    >>> api_type("inboundCall"), api_type("botFlow")
    ('INBOUNDCALL', 'BOT')
    """
    return _API_TYPES.get(archy, archy.upper())


def object_type(flow_type: str) -> str:
    """The word of dependency tracking for a flow of an API type.

    >>> object_type("INBOUNDCALL"), object_type("WORKFLOW")
    ('INBOUNDCALLFLOW', 'WORKFLOW')
    """
    return flow_type if flow_type.endswith("FLOW") else f"{flow_type}FLOW"


def is_system_prompt(name: str) -> bool:
    """Whether a name is that of a prompt that every organisation has."""
    return name.lower().startswith(SYSTEM_PROMPT)


def bare_prompt(name: str) -> str:
    """The name of a user prompt as the organisation has it: expressions write `Prompt.` before it."""
    return name[len(USER_PROMPT) :] if name.lower().startswith(USER_PROMPT) else name
