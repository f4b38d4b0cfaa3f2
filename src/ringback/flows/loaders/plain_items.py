"""The actions of a plain document and how they hang together, before they become the model's actions.

Every action has a name, and names (or ids) are how actions refer to each other: `on: {next, yes, failure, …}`
holds the name of an action, an action itself, or a list of them. An action that does not say what is next
goes on with the one below it in its list; the last one inside another's `on` where that other one goes on,
the last one inside a loop with the loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from ringback.documents import Node, Problems, suggestion
from ringback.flows.loaders.plain_forms import Listing, prepared
from ringback.flows.loaders.plain_types import GROUP, MENU, START, camel, spellings
from ringback.flows.loaders.shapes import list_of, text_of

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
        inside: the item in whose `on`, or list, it stands.
        output: the output of `inside` that it stands in; "" in a group.
        first: of a group: what runs first in it.
        choices: of a menu: key or word -> name of an action.
    """

    id: str
    name: str
    type: str
    node: Node
    on: dict[str, Node] = field(default_factory=dict)
    below: Item | None = None
    inside: Item | None = None
    output: str = ""
    first: Item | None = None
    choices: dict[str, Node] = field(default_factory=dict)


class Items:
    """Collects the actions of a document by name."""

    def __init__(self, problems: Problems, container: str, *, listing: Listing = "actions") -> None:
        self.problems = problems
        self._container = container
        self._listing: Listing = listing
        self._all: list[Item] = []
        self._by_name: dict[str, list[Item]] = {}
        self._by_id: dict[str, Item] = {}
        self._inline: dict[int, Item | None] = {}
        self._broken: set[str] = set()

    def __iter__(self) -> Iterator[Item]:
        """The items that are actions, in document order."""
        return (item for item in self._all if item.type not in (START, GROUP))

    def add_all(self, nodes: Iterable[Node], inside: Item | None = None, *, output: str = "") -> Item | None:
        """Take a list of actions, each of which goes on with the one below it; the first of them."""
        added = [item for node in nodes if (item := self.add(node, inside, output=output)) is not None]
        for item, below in pairwise(added):
            item.below = below
        return added[0] if added else None

    def add(self, node: Node, inside: Item | None = None, *, output: str = "") -> Item | None:
        """Take one action and those that stand inside it."""
        if not node.is_map:
            hint = 'write {"name": …, "type": …}'
            self.problems.error("RB020", "an action must be an object", span=node.span, hint=hint)
            return None
        found = prepared(node, self._listing, problems=self.problems)
        node, type_ = found.node, found.type
        id_ = text_of(node.get("id"))
        name = text_of(node.get("name")) or ("Start" if type_ == START else "")
        name = name or (id_ if self._listing == "nodes" else "")
        if not name:
            self.problems.error("RB020", "an action needs a name", span=node.span, hint='write "name": "…"')
            return None
        if type_ is None:
            self._broken |= {name, id_}
            self._no_type(name, node)
            return None
        item = Item(self._id_of(id_), name, type_, node, inside=inside, output=output)
        if self._is_taken(item, given=id_):
            return None
        self._all.append(item)
        self._by_name.setdefault(name, []).append(item)
        self._by_id[item.id] = item
        self._read_on(item)
        if found.inside is not None:
            self._read_inside(item, found.inside, output=found.output)
        return item

    def _id_of(self, given: str) -> str:
        """The id that a node gives itself, else its number; what else is called by a number stays apart."""
        if given and self._listing == "nodes":
            return given
        return f"{self._container}#{len(self._all) + 1}"

    def _is_taken(self, item: Item, *, given: str) -> bool:
        """Whether an action of that name, or id, is there already; nodes with ids may share a name."""
        others = self._by_name.get(item.name, [])
        if item.id in self._by_id:
            others, key, what = [self._by_id[item.id]], "id", item.id
        elif others and not (given and self._listing == "nodes"):
            key, what = "name", item.name
        else:
            return False
        line = others[0].node.key_span(key).line
        self.problems.error(
            "RB034",
            f"two actions are called {what!r}" if key == "name" else f"two actions have the id {what!r}",
            span=item.node.key_span(key),
            hint=f"the first stands in line {line}; {key}s must be unique",
        )
        return True

    def _read_inside(self, item: Item, node: Node, *, output: str) -> None:
        """The list inside a container."""
        first = self._list(node, item, output=output)
        if item.type == GROUP:
            item.first = first
        elif first is not None and output not in item.on:
            item.on[output] = self._named(first, node)

    def _list(self, node: Node, item: Item, *, output: str) -> Item | None:
        """Take the list of an output; the first of its actions."""
        listed = list_of(node, f"`{self._listing}`", problems=self.problems)
        return self.add_all(listed, item, output=output)

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
            item.on[output] = self._target(member, item, output=output)
        if item.type == "switch":
            self._read_cases(item)
        if item.type == MENU:
            self._read_choices(item)

    def _read_cases(self, item: Item) -> None:
        for number, case in enumerate(item.node.get("cases") or (), start=1):
            if (follows := case.get("next")) is not None:
                item.on[f"case{number}"] = self._target(follows, item, output=f"case{number}")
        if (default := item.node.get("default")) is not None:
            item.on["default"] = self._target(default, item, output="default")

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

    def _target(self, member: Node, item: Item, *, output: str = "") -> Node:
        """The node that names the target; actions that stand here are taken, the first of them is named."""
        if member.is_list:
            added = self._list(member, item, output=output)
        elif member.is_map:
            added = self.add(member, item, output=output)
        else:
            return member
        if added is None:
            return Node(END, member.span)
        return self._named(added, member)

    def _named(self, item: Item, place: Node) -> Node:
        """A node that names an item which stands right there."""
        node = Node(item.name, place.span, quoted=True, text=item.name)
        self._inline[id(node)] = item
        return node

    def find(self, target: Node) -> Item | None:
        """The item that a target names; None for the end of the flow, and with an error for unknown names."""
        found = self._inline.get(id(target)) or self._looked_up(target)
        return None if found is None else self.entry(found)

    def _looked_up(self, target: Node) -> Item | None:
        name = text_of(target)
        named = self._by_name.get(name, [])
        if len(named) > 1:
            ids = ", ".join(item.id for item in named)
            message = f"{len(named)} actions are called {name!r}"
            self.problems.error("RB023", message, span=target.span, hint=f"name one by its id: {ids}")
        found = named[0] if named else self._by_id.get(name)
        if found is None and target.value is not None and name not in (END, *self._broken):
            hint = suggestion(name, self._by_name, what="actions")
            self.problems.error("RB023", f"there is no action {name!r}", span=target.span, hint=hint)
        return found

    def entry(self, item: Item | None) -> Item | None:
        """The action that runs first when an item is reached: a group and Start are none themselves."""
        seen: set[str] = set()
        while item is not None and item.type in (START, GROUP) and item.id not in seen:
            seen.add(item.id)
            item = item.first or self._follows(item)
        return item if item is None or item.type not in (START, GROUP) else None

    def after(self, item: Item) -> Item | None:
        """The item that follows when no output leads elsewhere; None at the end."""
        return self.entry(self._follows(item))

    def _follows(self, item: Item) -> Item | None:
        """What follows an item, be it a group: its `next`, the one below it, or what its holder leads to."""
        seen: set[str] = set()
        current: Item | None = item
        while current is not None and current.id not in seen:
            seen.add(current.id)
            if "next" in current.on:
                return self._inline.get(id(current.on["next"])) or self._looked_up(current.on["next"])
            if current.below is not None:
                return current.below
            holder = current.inside
            if holder is not None and holder.type == "loop" and current.output == "loop":
                return holder
            current = holder
        return None
