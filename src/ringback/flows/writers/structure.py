"""A plain flow as an Archy flow: its graph as tasks with nested actions.

An action that several others lead to becomes the beginning of a task of its own, and they jump there; what
only one leads to is nested in it or stands below it. A nested list that ends the flow says so, since in Archy
an open end goes on below the action that branched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ringback.core.diagnostics import Diagnostic
from ringback.documents import Node
from ringback.flows.model import Action, Container, Flow, Variable
from ringback.flows.writers.nodes import listing, mapping, scalar

_NAME = re.compile(r'"(?:[^"\\]|\\.)*"|\$([A-Za-z_]\w*)')
_EXPRESSIONS = frozenset(["exp", "var", "variable"])
# Lists that are nested deeper become tasks of their own.
_DEEPEST = 6
_PLAIN_ONLY = frozenset(["plainLookup", "plainContactLookup"])


def structured(flow: Flow) -> tuple[Flow, tuple[Diagnostic, ...]]:
    """The Archy flow, and what it cannot say: requests that only the plain form has."""
    missing = tuple(
        Diagnostic.at(
            "RB045",
            "error",
            f"the action {action.name!r} ({action.type}) cannot be written: Archy has no such request",
            action.span,
            hint="replace it by a callData of a data action (`ringback action convert` writes those)",
        )
        for action in flow.actions.values()
        if action.type in _PLAIN_ONLY
    )
    return _Structure(flow).flow_of(), missing


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a list of actions stands: its task, the branch that holds it, the loop around it, its depth."""

    task: str
    parent: str | None = None
    branch: str | None = None
    loop: str | None = None
    depth: int = 0

    def inside(self, action: Action, output: str) -> _Place:
        """The place of the actions of an output."""
        loop = action.id if action.type == "loop" and output == "loop" else self.loop
        return _Place(self.task, action.id, output, loop, self.depth + 1)


@dataclass(slots=True)
class _Structure:
    flow: Flow
    entries: dict[str, str] = field(default_factory=dict)
    menus: dict[str, str] = field(default_factory=dict)
    by_id: Mapping[str, Action] = field(init=False)

    def __post_init__(self) -> None:
        self.by_id = self.flow.actions

    def flow_of(self) -> Flow:
        """The flow with its containers made anew."""
        flow = self.flow
        boxes = list(flow.containers.values())
        self.menus = {box.id: box.name for box in boxes if box.kind == "menu"}
        main = boxes[0]
        self._find_entries(main)
        made = {
            box.id: box
            for box in (*self._tasks(), *(self._menu(box) for box in boxes if box.id in self.menus))
        }
        if main.start is None:
            made = {main.id: Container(main.id, main.name, "task", None, ()), **made}
        variables = tuple(_renamed_variable(item) for item in flow.variables)
        first = self.by_id.get(main.start or "")
        start = first.target if first is not None and first.type == "jumpToMenu" else None
        start = start or self.entries.get(main.start or "", main.id)
        return replace(flow, start=start, containers=made, variables=variables, body=None)

    def _find_entries(self, main: Container) -> None:
        """The actions that begin a task: the first, those with several ways in, those of choices."""
        ways: Counter[str] = Counter()
        for action in self.by_id.values():
            weight = 2 if action.container in self.menus else 1
            for target in (action.next, *action.outputs.values()):
                if target is not None:
                    ways[target] += weight
        if main.start is not None:
            ways[main.start] += 2
        for action in main.actions:
            if ways[action.id] > 1 and action.type != "jumpToMenu":
                self._enter(action)

    def _enter(self, action: Action) -> None:
        """Let an action begin a task."""
        taken = set(self.entries.values())
        name = action.name if action.name not in taken else f"{action.name} {len(taken)}"
        self.entries.setdefault(action.id, name)

    def _tasks(self) -> Iterator[Container]:
        """A task for each entry; writing one may find more."""
        done = 0
        while done < len(self.entries):
            entry, name = list(self.entries.items())[done]
            done += 1
            found = tuple(self._chain(entry, _Place(name)))
            yield Container(name, name, "task", entry, found)

    def _chain(self, first: str, place: _Place) -> Iterator[Action]:
        """The actions from one on to the next entry or the end, their nested ones behind each."""
        id_: str | None = first
        while id_ is not None:
            if id_ == place.loop:
                yield from self._again(place)
                return
            if place.depth > _DEEPEST and self.by_id[id_].type != "jumpToMenu":
                self._enter(self.by_id[id_])
            if id_ in self.entries and (place.parent is not None or id_ != first):
                yield self._jump(id_, place)
                return
            action = self.by_id[id_]
            yield replace(
                action,
                body=self._body(action),
                container=place.task,
                parent=place.parent,
                branch=place.branch,
            )
            for output, target in action.outputs.items():
                yield from self._chain(target, place.inside(action, output))
            if action.type == "jumpToMenu":
                return
            id_ = action.next
        if place.parent is not None:
            yield self._end(place)

    def _body(self, action: Action) -> Node:
        if action.type != "jumpToMenu":
            return _renamed(action.body)
        return mapping({"targetMenuRef": scalar(f"./menus/menu[{self.menus[action.target or '']}]")})

    def _again(self, place: _Place) -> Iterator[Action]:
        """The end of a loop's turn: nothing at the end of its own list."""
        if place.parent != place.loop:
            yield _made("loopNext", "Next Loop", place=place)

    def _jump(self, entry: str, place: _Place) -> Action:
        reference = scalar(f"./tasks/task[{self.entries[entry]}]")
        return _made("jumpToTask", "Jump to Task", place=place, targetTaskRef=reference)

    def _end(self, place: _Place) -> Action:
        if self.flow.type == "workflow":
            return _made(
                "endWorkflow",
                "End Workflow",
                place=place,
                exitReason=mapping({"noValue": scalar(value=True)}),
            )
        return _made("disconnect", "Disconnect", place=place)

    def _menu(self, box: Container) -> Container:
        """A menu whose choices jump to tasks."""
        choices = tuple(self._choice(choice) for choice in box.actions)
        default = self.by_id.get(box.default_choice or "")
        body = dict((_renamed(box.body) if box.body is not None else mapping({})).items())
        if default is not None:
            body["defaultMenuChoice"] = mapping({"lit": mapping({"name": scalar(default.name)})})
        frame = {"name": scalar(box.name), "refId": scalar(box.name)}
        return replace(box, actions=choices, body=mapping(frame | body))

    def _choice(self, choice: Action) -> Action:
        members = dict(choice.body.items())
        led = self.by_id.get(choice.next or "")
        if led is not None and led.type == "jumpToMenu":
            members["targetMenuRef"] = scalar(f"./menus/menu[{self.menus[led.target or '']}]")
            return replace(choice, type="menuJumpToMenu", body=mapping(members))
        name = self.entries.get(choice.next or "")
        if name is None:
            return replace(choice, type="menuDisconnect")
        members["targetTaskRef"] = scalar(f"./tasks/task[{name}]")
        return replace(choice, type="menuJumpToTask", body=mapping(members))


def _made(type_: str, title: str, *, place: _Place, **fields: Node) -> Action:
    """An action that the plain form has as an edge only, at the end of a list."""
    id_ = f"{place.parent or place.task}/{place.branch or ''}/end"
    body = mapping({"name": scalar(title), **fields})
    return Action(
        id_, title, type_, body, None, parent=place.parent, branch=place.branch, container=place.task
    )


def _renamed_variable(variable: Variable) -> Variable:
    name = variable.name if not variable.name.startswith("$") else f"Flow.{variable.name[1:]}"
    initial = _renamed(variable.initial) if variable.initial is not None else None
    return replace(variable, name=name, initial=initial)


def _renamed(node: Node, *, expression: bool = False) -> Node:
    """A body with `$name` as `Flow.name` in its expressions."""
    if node.is_map:
        return mapping(
            {key: _renamed(member, expression=key in _EXPRESSIONS) for key, member in node.items()}
        )
    if node.is_list:
        return listing(_renamed(item) for item in node)
    if expression and isinstance(node.value, str):
        return scalar(_NAME.sub(lambda match: f"Flow.{match[1]}" if match[1] else match[0], node.value))
    return node
