"""A plain flow as an Archy flow: its graph as tasks with nested actions.

What only one action leads to is nested in it or stands below it. In Archy an open end goes on below the
action that branched: branches that meet there are left open, and a nested list that ends the flow says so. An
action that is reached in yet another way becomes the beginning of a task, and the others jump there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ringback.core.diagnostics import Diagnostic
from ringback.documents import Node
from ringback.flows.loaders.branches import LOOPS
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
    structure = _Structure(flow)
    made = structure.flow_of()
    return made, (*missing, *structure.broken_loops())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a list of actions stands: its task, the branch that holds it, the loop around it, its depth.

    `below` is what an open end leads to; None where that is the end of the task, or the loop's next turn.
    """

    task: str
    parent: str | None = None
    branch: str | None = None
    loop: str | None = None
    below: str | None = None
    depth: int = 0

    def inside(self, action: Action, output: str) -> _Place:
        """The place of the actions of an output."""
        turns = action.type in LOOPS and output == "loop"
        loop, below = (action.id, None) if turns else (self.loop, action.next)
        return _Place(self.task, action.id, output, loop, below, self.depth + 1)


@dataclass(slots=True)
class _Structure:
    flow: Flow
    entries: dict[str, str] = field(default_factory=dict)
    menus: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
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
        tasks = self._tasks()
        made = {box.id: box for box in (*tasks, *(self._menu(box) for box in boxes if box.id in self.menus))}
        if main.start is None:
            made = {main.id: Container(main.id, main.name, "task", None, ()), **made}
        variables = tuple(_renamed_variable(item) for item in flow.variables)
        first = self.by_id.get(main.start or "")
        start = first.target if first is not None and first.type == "jumpToMenu" else None
        start = start or self.entries.get(main.start or "", main.id)
        return replace(flow, start=start, containers=made, variables=variables, body=None)

    def _find_entries(self, main: Container) -> None:
        """The actions that begin a task for sure: the first, and those that choices lead to."""
        first = [main.start] if main.start is not None else []
        led = [action.next for action in self.by_id.values() if action.container in self.menus]
        for id_ in (*first, *led):
            if id_ is not None and self.by_id[id_].type != "jumpToMenu":
                self._enter(self.by_id[id_])

    def _enter(self, action: Action) -> None:
        """Let an action begin a task."""
        taken = set(self.entries.values())
        name = action.name if action.name not in taken else f"{action.name} {len(taken)}"
        self.entries.setdefault(action.id, name)

    def _tasks(self) -> list[Container]:
        """A task for each entry; what is reached in a second way becomes one, and all are made again."""
        while True:
            before, self.seen = len(self.entries), set()
            made: list[Container] = []
            while len(made) < len(self.entries):
                entry, name = list(self.entries.items())[len(made)]
                made.append(Container(name, name, "task", entry, tuple(self._chain(entry, _Place(name)))))
            if len(self.entries) == before:
                return made

    def broken_loops(self) -> Iterator[Diagnostic]:
        """An error for each loop whose body is a task of its own: coming back would begin its count anew."""
        loops = {parent for id_ in self.entries if (parent := self.by_id[id_].parent) is not None}
        for id_ in loops:
            loop = self.by_id[id_]
            message = f"the loop {loop.name!r} cannot be written: ways from outside lead into its body"
            yield Diagnostic.at("RB045", "error", message, loop.span, hint="let its body begin and end in it")

    def _chain(self, first: str, place: _Place) -> Iterator[Action]:
        """The actions from one on to the next entry or the end, their nested ones behind each."""
        id_: str | None = first
        begins = place.parent is None
        while id_ is not None:
            if id_ == place.below:
                return
            if id_ == place.loop:
                yield from self._again(place)
                return
            action = self.by_id[id_]
            if not begins and not self._stays(action, place):
                yield self._jump(id_, place)
                return
            begins = False
            self.seen.add(id_)
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

    def _stays(self, action: Action, place: _Place) -> bool:
        """Whether an action stands here, rather than in a task of its own."""
        if action.type == "jumpToMenu":
            return True
        if action.id in self.seen or (place.depth > _DEEPEST and place.loop is None):
            self._enter(action)
        return action.id not in self.entries

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
