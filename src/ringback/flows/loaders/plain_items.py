"""The actions of a plain document and how they hang together, before they become the model's actions.

Every action has a name, and names are how actions refer to each other: `on: {next, yes, failure, …}` holds
the name of an action or an action itself. An action that does not say what is next goes on with the one
below it in `actions`; an action that stands inside another's `on` goes on where that other one does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from ringback.documents import Node, Problems, suggestion
from ringback.flows.loaders.plain_types import MENU, START, camel, spellings, type_of
from ringback.flows.loaders.shapes import text_of

# Other words for outputs; the rest is used as written.
_OUTPUTS = {"onerror": "failure", "error": "failure", "ontimeout": "timeout", "onsuccess": "success"}
_BESIDE = ("onerror", "ontimeout", "onError", "onTimeout")
END = "end"


@dataclass(slots=True)
class Item:
    """One action of a plain document.

    Attributes:
        id: its id in the model.
        on: output (or "next") -> what the document says: the name of an action.
        below: the item that follows when nothing else is said.
        inside: the item in whose `on` it stands.
        choices: of a menu: key or word -> name of an action.
    """

    id: str
    name: str
    type: str
    node: Node
    on: dict[str, Node] = field(default_factory=dict)
    below: Item | None = None
    inside: Item | None = None
    choices: dict[str, Node] = field(default_factory=dict)


class Items:
    """Collects the actions of a document by name."""

    def __init__(self, problems: Problems, container: str) -> None:
        self.problems = problems
        self._container = container
        self._by_name: dict[str, Item] = {}
        self._broken: set[str] = set()

    def __iter__(self) -> Iterator[Item]:
        """The items that are actions, in document order."""
        return (item for item in self._by_name.values() if item.type != START)

    def add_all(self, nodes: tuple[Node, ...]) -> Item | None:
        """Take the list of actions, each of which goes on with the one below it; the first of them."""
        added = [item for node in nodes if (item := self.add(node)) is not None]
        for item, below in pairwise(added):
            item.below = below
        return added[0] if added else None

    def add(self, node: Node, inside: Item | None = None) -> Item | None:
        """Take one action and those that stand inside it."""
        if not node.is_map:
            hint = 'write {"name": …, "type": …}'
            self.problems.error("RB020", "an action must be an object", span=node.span, hint=hint)
            return None
        node = camel_keys(node, self.problems)
        type_ = type_of(node)
        name = text_of(node.get("name")) or ("Start" if type_ == START else "")
        if not name:
            self.problems.error("RB020", "an action needs a name", span=node.span, hint='write "name": "…"')
            return None
        if type_ is None:
            self._broken.add(name)
            self._no_type(name, node)
            return None
        if name in self._by_name:
            first = self._by_name[name].node.key_span("name").line
            hint = f"the first stands in line {first}; names must be unique"
            self.problems.error(
                "RB034", f"two actions are called {name!r}", span=node.key_span("name"), hint=hint
            )
            return None
        number = len(self._by_name) + 1
        item = Item(f"{self._container}#{number}", name, type_, node, inside=inside)
        self._by_name[name] = item
        self._read_on(item)
        return item

    def _no_type(self, name: str, node: Node) -> None:
        written = node.get("type")
        message = f"the action {name!r} has no known type"
        hint = 'write "type": "PlayAudio" or another'
        if written is not None:
            message = f"unknown action type {text_of(written)!r}"
            hint = suggestion(text_of(written), spellings(), what="types")
        self.problems.error("RB035", message, span=(written or node).span, hint=hint)

    def _read_on(self, item: Item) -> None:
        on = item.node.get("on")
        if on is not None and not on.is_map:
            self.problems.error(
                "RB020", "`on` must be an object", span=on.span, hint='write {"next": "action name"}'
            )
        said = [*(on.items() if on is not None else ())]
        said += [(key, member) for key in _BESIDE if (member := item.node.get(key)) is not None]
        for key, member in said:
            output = _OUTPUTS.get(key.lower().replace("_", ""), camel(key))
            item.on[output] = self._target(member, item)
        if item.type == "switch":
            self._read_cases(item)
        if item.type == MENU:
            self._read_choices(item)

    def _read_cases(self, item: Item) -> None:
        for number, case in enumerate(item.node.get("cases") or (), start=1):
            if (follows := case.get("next")) is not None:
                item.on[f"case{number}"] = self._target(follows, item)
        if (default := item.node.get("default")) is not None:
            item.on["default"] = self._target(default, item)

    def _read_choices(self, item: Item) -> None:
        choices = item.node.get("choices")
        if choices is None or not choices.is_map or not choices.value:
            place = choices.span if choices is not None else item.node.span
            hint = 'write "choices": {"1": "action name"}'
            self.problems.error("RB020", f"the menu {item.name!r} has no choices", span=place, hint=hint)
            return
        item.choices = {key: self._target(member, item) for key, member in choices.items()}
        if (default := item.node.get("default")) is not None:
            item.on["default"] = self._target(default, item)

    def _target(self, member: Node, item: Item) -> Node:
        """The node that names the target; an action that stands here is taken and named."""
        if not member.is_map:
            return member
        added = self.add(member, inside=item)
        if added is None:
            return Node(END, member.span)
        return Node(added.name, member.span, quoted=True, text=added.name)

    def find(self, target: Node) -> Item | None:
        """The item that a target names; None for the end of the flow, and with an error for unknown names."""
        name = text_of(target)
        found = self._by_name.get(name)
        if found is None and target.value is not None and name not in (END, *self._broken):
            hint = suggestion(name, self._by_name, what="actions")
            self.problems.error("RB023", f"there is no action {name!r}", span=target.span, hint=hint)
        return found if found is None or found.type != START else self.after(found)

    def after(self, item: Item) -> Item | None:
        """The item that follows when no output leads elsewhere; None at the end."""
        seen: set[str] = set()
        current: Item | None = item
        while current is not None and current.name not in seen:
            seen.add(current.name)
            if "next" in current.on:
                return self.find(current.on["next"])
            if current.inside is None:
                return current.below
            current = current.inside
        return None


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
