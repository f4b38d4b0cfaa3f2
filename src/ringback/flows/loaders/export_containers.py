"""Containers of an export as the `tasks:`, `menus:`, `states:` and `bots:` of Archy YAML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from ringback.documents import Node, Problems
from ringback.flows.loaders.export_actions import Actions, archy_type, contents
from ringback.flows.loaders.export_menus import Menus
from ringback.flows.loaders.export_parts import Part
from ringback.flows.loaders.export_variables import variable_list

_KINDS: Mapping[str, str] = {
    "Task": "task",
    "LoopTask": "task",
    "CommonModuleTask": "task",
    "State": "state",
    "BotState": "bot",
    "Menu": "menu",
}
_SECTIONS: Mapping[str, str] = {"menu": "menus", "bot": "bots", "state": "states", "task": "tasks"}
# The task that flows of these types consist of; Archy writes it without a container.
_START_UP = frozenset(["LoopTask", "CommonModuleTask"])
_REFERS = ("taskReference", "menuReference", "stateReference")


class Boxes:
    """The containers of an export.

    Attributes:
        references: container id -> `/inboundCall/tasks/task[Main_12]`.
    """

    def __init__(self, root: Part, problems: Problems, *, type_: str) -> None:
        self._root = root
        self._problems = problems
        self._parts: dict[str, Part] = {}
        for part in root.get("flowSequenceItemList") or ():
            if part.text_at("id") in self._parts:
                problems.error("RB025", f"two containers have the id {part.text_at('id')!r}", span=part.span)
            self._parts[part.text_at("id")] = part
        self._names = {id_: _ref_id(part) for id_, part in self._parts.items()}
        self._held = self._held_by_choices()
        self.references = {
            id_: f"/{type_}/{_SECTIONS[kind]}/{kind}[{self._names[id_]}]"
            for id_, kind in ((id_, _kind(part)) for id_, part in self._parts.items())
        }

    def _held_by_choices(self) -> frozenset[str]:
        """Ids of the tasks and menus that stand inside the choice that leads to them, and nowhere else."""
        inside: Counter[str] = Counter()
        others: set[str] = {self._root.text_at("initialSequence")}
        for part in self._parts.values():
            for choice in part.get("menuChoiceList") or ():
                action = choice.get("action") or choice
                keeps = archy_type(action.text_at("__type")) in ("task", "subMenu")
                for key in _REFERS:
                    if target := action.text_at(key):
                        inside.update([target]) if keeps else others.add(target)
            for action in part.get("actionList") or ():
                others |= {target for key in _REFERS if (target := action.text_at(key))}
        # Jumps may also lead to a menu inside a choice, but not to a task.
        return frozenset(
            id_
            for id_ in inside
            if inside[id_] == 1
            and id_ in self._parts
            and (_kind(self._parts[id_]) == "menu" or id_ not in others)
        )

    def start(self) -> Iterator[tuple[str, Node]]:
        """`startUpRef`, unless the flow is one task without a container."""
        initial = self._root.get("initialSequence")
        part = self._parts.get(initial.text) if initial is not None else None
        if initial is None or (part is not None and part.text_at("__type") in _START_UP):
            return
        yield "startUpRef", initial.scalar(self.references.get(initial.text, f"task[{initial.text}]"))

    def sections(self, actions: Actions) -> Iterator[tuple[str, Node]]:
        """The sections with their containers, and the start-up task."""
        held = {id_: self._parts[id_] for id_ in self._held}
        menus = Menus(actions, held, self._names, self.references)
        boxes: dict[str, list[Node]] = {kind: [] for kind in _SECTIONS}
        for id_, part in self._parts.items():
            if part.text_at("__type") in _START_UP:
                yield from self._start_up(part, actions)
            elif id_ not in held:
                boxes[_kind(part)].append(self._box(id_, part, menus=menus))
        place = self._root.get("flowSequenceItemList") or self._root
        for kind, section in _SECTIONS.items():
            if boxes[kind]:
                yield section, place.list(iter(boxes[kind]))

    def _box(self, id_: str, part: Part, *, menus: Menus) -> Node:
        kind = _kind(part)
        if part.text_at("__type") not in _KINDS:
            message = f"unknown kind of container {part.text_at('__type')!r}; it is taken as a task"
            self._problems.warn("RB039", message, span=(part.get("__type") or part).span)
        name = part.get("name") or part
        members = {"name": name.scalar(name.text), "refId": name.scalar(self._names[id_])}
        members |= menus.menu(part) if kind == "menu" else dict(contents(part, menus.actions))
        return part.named(kind, part.map(members))

    @staticmethod
    def _start_up(part: Part, actions: Actions) -> Iterator[tuple[str, Node]]:
        yield "startUpTaskActions", actions.chain(part)
        variables = part.get("variables")
        if variables is not None and variables.node.value:
            yield "startUpTaskVariables", variable_list(variables)


def _kind(part: Part) -> str:
    return _KINDS.get(part.text_at("__type"), "task")


def _ref_id(part: Part) -> str:
    """`<name>_<trackingId>`, as Architect's exporter makes it."""
    name, number = part.text_at("name"), part.text_at("trackingId")
    return f"{name}_{number}" if name and number else part.text_at("id")
