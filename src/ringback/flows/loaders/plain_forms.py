"""The three ways a plain document lists its actions: `actions`, `nodes`, `steps`.

    actions   {"initialAction": {…}, "actions": [{"name", "type", …}]}
    nodes     {"nodes": [{"id", "name", "type", …}]}: what `GET /api/v2/architect/flows/{id}` returns
    steps     {"version": 7, "steps": [{"type", "name", "settings": {"timeout": 10}, "steps": […]}]}

All three hold the same actions. What `nodes` and `steps` write in another way is brought into the form of
`actions` here: `next` beside `on`, fields inside `settings`, seconds instead of milliseconds, lists inside
containers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ringback.documents import Node, Problems
from ringback.flows.loaders.plain_types import GROUP, camel, type_of
from ringback.flows.loaders.shapes import text_of

Listing = Literal["actions", "nodes", "steps"]

# The output that the list inside a container belongs to; a group has none, it runs its list in place.
_INSIDE: Mapping[str, str] = MappingProxyType({"loop": "loop", "decision": "yes", GROUP: ""})
_MS = 1_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """An action as `actions` would write it, and what stands inside it.

    Attributes:
        type: see `plain_types.type_of`.
        inside: the list inside the container, or None.
        output: the output that `inside` belongs to; "" for a group.
    """

    node: Node
    type: str | None
    inside: Node | None = None
    output: str = ""


def listing_of(document: Node, problems: Problems) -> Listing:
    """How a document lists its actions; `nodes` beside one of the others is a view of it and not read."""
    actions = next((key for key in ("initialAction", "actions") if document.get(key) is not None), None)
    if document.get("steps") is None:
        return "nodes" if actions is None and document.get("nodes") is not None else "actions"
    if actions is not None:
        message = f"the flow has `steps` and `{actions}`; which of them runs?"
        problems.error("RB020", message, span=document.key_span("steps"), hint="remove one of them")
    return "steps"


def prepared(node: Node, listing: Listing, *, problems: Problems) -> Prepared:
    """An action with camel-case keys, in the form of `actions`."""
    node = camel_keys(node, problems)
    if listing == "actions":
        found = type_of(node)
        return Prepared(node, found if found != GROUP else None)
    if listing == "steps":
        node = _with_settings(node, problems)
    members = dict(node.items())
    inside = members.pop(listing, None)
    type_ = type_of(node) or (GROUP if inside is not None and node.get("type") is None else None)
    if inside is not None and type_ is not None and type_ not in _INSIDE:
        hint = "a loop, a decision and a group hold others; other outputs stand in `on`"
        message = f"an action of type {type_!r} cannot hold `{listing}`"
        problems.error("RB020", message, span=node.key_span(listing), hint=hint)
        inside = None
    if (follows := members.pop("next", None)) is not None:
        members["on"] = _on_with(members.get("on"), follows, problems=problems)
    if listing == "steps" and type_ == "callData":
        members |= _called(node)
    made = Node(members, node.span, node.keys)
    return Prepared(made, type_, inside, _INSIDE.get(type_ or "", ""))


def camel_keys(node: Node, problems: Problems) -> Node:
    """The same mapping with camel-case keys."""
    members: dict[str, Node] = {}
    keys = {}
    for key, member in node.items():
        name = camel(key)
        if name in members:
            problems.error(
                "RB011", f"the key {key!r} stands for {name!r}, which is there too", span=node.key_span(key)
            )
        members[name] = member
        keys[name] = node.key_span(key)
    return Node(members, node.span, keys)


def _with_settings(node: Node, problems: Problems) -> Node:
    """A step whose `settings` stand beside its other keys, its timeout in milliseconds."""
    members, keys = dict(node.items()), dict(node.keys)
    settings = members.pop("settings", None)
    if "timeout" in members:
        hint = 'write "settings": {"timeout": 10}, in seconds'
        problems.error(
            "RB041", "the timeout of a step stands in `settings`", span=node.key_span("timeout"), hint=hint
        )
    if settings is None or settings.value is None:
        return Node(members, node.span, keys)
    if not settings.is_map:
        hint = 'write "settings": {"timeout": 10}'
        problems.error("RB020", "`settings` must be an object", span=settings.span, hint=hint)
    fields = camel_keys(settings, problems)
    for key, member in fields.items():
        if key in members:
            message = f"{key!r} stands in `settings` and beside it"
            problems.error("RB011", message, span=fields.key_span(key), hint="remove one of them")
        members[key] = _milliseconds(member, problems) if key == "timeout" else member
        keys[key] = fields.key_span(key)
    return Node(members, node.span, keys)


def _milliseconds(node: Node, problems: Problems) -> Node:
    """Seconds as whole milliseconds; nothing, and what is wrapped, as it is."""
    if node.value is None or node.is_map:
        return node
    number = node.value
    if isinstance(number, bool) or not isinstance(number, int | float) or round(number * _MS) < 1:
        hint = "write seconds, e.g. 10"
        problems.error("RB041", "the timeout must be a number of seconds", span=node.span, hint=hint)
        return node
    made = round(number * _MS)
    return Node(made, node.span, text=str(made))


def _on_with(on: Node | None, follows: Node, *, problems: Problems) -> Node:
    """`on` with the `next` that stands beside it."""
    if on is None or not on.is_map:
        return Node({"next": follows}, follows.span, {"next": follows.span})
    if on.get("next") is not None:
        message = "`next` stands in `on` and beside it"
        problems.error("RB011", message, span=follows.span, hint="remove one of them")
    return Node({**dict(on.items()), "next": follows}, on.span, {**on.keys, "next": follows.span})


def _called(node: Node) -> dict[str, Node]:
    """The data action of a step: what it names, `{"name": …}`, or the step's own name."""
    called = node.get("dataAction")
    if node.get("category") is not None:
        return {}
    if called is None or called.value is None:
        named = node.get("name")
        return {} if named is None else {"dataAction": named}
    name = called.get("name") if called.is_map else None
    return {} if name is None or not text_of(name) else {"dataAction": name}
