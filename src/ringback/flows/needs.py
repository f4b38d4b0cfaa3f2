"""What a flow needs of its organisation: the things that its actions name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ringback.core.span import Span
from ringback.documents import Node
from ringback.flows.actions import ACTIONS
from ringback.flows.actions.walk import fields_of
from ringback.flows.model import Action, Container, Flow

# Section of world.yaml -> type code of what it lists. The order is that of the documentation.
SECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "queues": "que",
        "users": "usr",
        "groups": "grp",
        "skills": "skl",
        "languages": "lac",
        "schedules": "sch",
        "scheduleGroups": "sqg",
        "emergencyGroups": "emg",
        "prompts": "pmt",
        "wrapUpCodes": "wrc",
        "utilizationLabels": "utl",
        "grammars": "gmr",
    }
)
SECTION_OF: Mapping[str, str] = MappingProxyType({code: section for section, code in SECTIONS.items()})

# What the simulation reads of a resource, besides its name and id.
FACTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "que": frozenset(("accepts", "waiting", "estimatedWait")),
        "usr": frozenset(("email",)),
        "sch": frozenset(("start", "end", "rrule", "days", "from", "to", "dates", "active")),
        "sqg": frozenset(("timeZone", "open", "closed", "holiday")),
        "emg": frozenset(("active",)),
    }
)
# The keys of world.yaml at each level. The loader refuses others, except in resources, contacts and replies.
WORLD_KEYS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "world": frozenset(
            (
                *SECTIONS,
                "country",
                "timeZone",
                "dataTables",
                "dataActions",
                "contacts",
                "participantData",
                "hosts",
                "flows",
                "outcomes",
            )
        ),
        "dataTable": frozenset(("key", "rows")),
        "dataAction": frozenset(("file", "reply", "credentials", "authResponse", "baseUrl")),
        "reply": frozenset(("status", "headers", "body", "elapsed_ms")),
        "flow": frozenset(("file",)),
        "outcome": frozenset(("output", "values")),
        **{code: frozenset(("name", "id")) | FACTS.get(code, frozenset()) for code in SECTIONS.values()},
    }
)


def needs(flow: Flow) -> Iterator[tuple[str, str, Node, Action]]:
    """Everything that a flow names: (kind, name, where, action).

    The kind is "dataAction", "dataTable", "flow", or a type code such as "que" for literal resources.
    """
    for action in flow.actions.values():
        known = ACTIONS.get(action.type)
        for found in fields_of(action, known.fields) if known is not None else ():
            field, node = found.field, found.node
            if field.role == "name" and field.type in ("dataAction", "dataTable", "flow"):
                for name, _ in node.items():
                    yield field.type, name, Node(name, node.key_span(name)), action
                if field.type == "flow" and not node.is_map and node.text:
                    yield field.type, node.text, node, action
            elif field.role == "value" and field.type in SECTION_OF:
                named = node.at("lit", "name")
                if named is not None:
                    yield field.type, named.text or str(named.value), named, action


# ---- with the prompts of expressions

_PROMPT_KEYS = frozenset(("prompt", "exp"))
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_USER_PROMPT = re.compile(r"(?<![\w.])prompt\.(\w+)", re.IGNORECASE)


def named_in(flow: Flow) -> Iterator[tuple[str, str, Span, Action | Container | None]]:
    """Everything that a flow names, user prompts included: (kind, name, place, who names it).

    Kinds are those of `needs`; None stands for the flow itself. A prompt comes once, where it is named first.
    """
    for kind, name, node, action in needs(flow):
        yield kind, name, node.span if node.span.line or action.span is None else action.span, action
    seen: set[str] = set()
    for user, root in _playing(flow):
        for name, span in _prompts(root):
            if name.casefold() not in seen:
                seen.add(name.casefold())
                yield "pmt", name, span, user


def _playing(flow: Flow) -> Iterator[tuple[Action | Container | None, Node]]:
    """The parts of a flow that may play prompts."""
    for action in flow.actions.values():
        yield action, action.body
    for box in flow.containers.values():
        if box.body is not None and flow.form != "plain":
            yield box, box.body
    for node in (flow.greeting, flow.error_handling.audio):
        if node is not None:
            yield None, node


def _prompts(root: Node) -> Iterator[tuple[str, Span]]:
    """User prompts below a node: in `prompt:`, and in expressions outside their texts."""
    waiting = [("", root)]
    while waiting:
        key, node = waiting.pop()
        if key in _PROMPT_KEYS and isinstance(node.value, str):
            for name in _USER_PROMPT.findall(_QUOTED.sub("", node.value)):
                yield name, node.span
        waiting += [*node.items(), *((key, item) for item in node)]
