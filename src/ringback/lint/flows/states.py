"""The states in which a flow can come to each of its actions: data-flow over the paths.

A node keeps up to `_MOST` states apart, so that conditions that belong together (a flag that the Failure path
sets, a constant that a decision reads) rule each other out; beyond that they are joined. Task variables begin
afresh when their task is entered. A called task counts as setting everything that it may set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

from ringback.core.errors import DefinitionError
from ringback.documents import Node
from ringback.flows.loaders.branches import LOOPS
from ringback.flows.loaders.shapes import is_empty, text_of
from ringback.flows.model import Action, Container, Variable
from ringback.lang.expr.typed import Operation, Typed, walk
from ringback.lang.expr.types import is_collection
from ringback.lint.flows.graph import BAD, Edge
from ringback.lint.flows.nullness import Const, Is, Reading, State, Trouble, Value, measured, refined
from ringback.lint.flows.subject import FlowSubject, Located
from ringback.lint.flows.uses import ASSIGNS, Use

_AGAIN = "\0again"
_MOST = 12
_MOST_NODES = 300
_MOST_STEPS = 20_000
# Built-ins that are often not there (architect-behaviour B.3).
_ABSENT = ("call.customerexternalorganizationid", "call.externalcontactid", "call.uuidata")
# Outputs of the actions that write only on one of their paths.
_ONLY_ON: Mapping[str, frozenset[str]] = {
    "successOutputs": frozenset(("success", "")),
    "failureOutputs": frozenset(("failure",)),
    "foundOutputs": frozenset(("found", "")),
    "exactMatchOutputs": frozenset(("exactMatch", "matchExact")),
    "multipleOutputs": frozenset(("multipleMatches", "matchMultiple")),
}


@dataclass(slots=True)
class Site:
    """A place that raises in some state: in how many, and how the flow came there first."""

    located: Located
    trouble: Trouble
    states: int = 0
    sure: int = 0
    way: tuple[str, ...] = ()


@dataclass(slots=True)
class Analysis:
    """The result: the sites, in how many states each action was seen, and whether every way was walked."""

    sites: dict[tuple[int, int, str], Site] = field(default_factory=dict)
    visits: dict[str, int] = field(default_factory=dict)
    complete: bool = True


def analysis_of(subject: FlowSubject) -> Analysis:
    """Every operand that may be NOT_SET where that raises, and every unchecked index."""
    return _Run(subject).run()


@dataclass(slots=True)
class _Arrival:
    node: str
    state: State
    way: tuple[str, ...]


class _Run:
    def __init__(self, subject: FlowSubject) -> None:
        self.subject = subject
        self.flow = subject.flow
        self.result = Analysis()
        self.seen: dict[str, dict[Any, State]] = {}
        self.joined: dict[str, State] = {}
        self.waiting: list[tuple[int, int, _Arrival]] = []
        self.pending: dict[str, _Arrival] = {}
        self.order = {node: number for number, node in enumerate(subject.graph.edges)}
        self.tasks: dict[str, frozenset[str]] = {}
        self.serial = 0
        self.siblings = dict(_siblings(subject))

    def run(self) -> Analysis:
        self._arrive(self.flow.start, self._first(), way=())
        for container in self.subject.mentioned:
            self._arrive(container, State(), way=())
        steps = 0
        while self.waiting and steps < _MOST_STEPS:
            steps += 1
            arrival = heappop(self.waiting)[2]
            if self.pending.get(arrival.node) is arrival:
                del self.pending[arrival.node]
            if arrival.node in self.flow.containers:
                self._enter(arrival)
            else:
                self._act(arrival)
        self.result.complete = not self.waiting
        return self.result

    # ---- states

    def _first(self) -> State:
        state = State(dict.fromkeys(_ABSENT, Is.MAYBE))
        return self._initial(state, self.flow.variables, container=None)

    def _initial(
        self, state: State, variables: tuple[Variable, ...], *, container: Container | None
    ) -> State:
        for variable in variables:
            key = self._key(variable.name, container)
            state = state.having(key, self._initial_value(variable, container)).forgetting(
                frozenset((variable.name.lower(),))
            )
        return state

    def _initial_value(self, variable: Variable, container: Container | None) -> Value:
        if variable.is_input or variable.name.lower().startswith(("slot.", "session.")):
            return Is.SET
        if is_empty(variable.initial):
            declared = variable.span is not None and variable.type != "any"
            return Is.SET if is_collection(variable.type) or not declared else Is.UNSET
        return self._wrapped(variable.initial, variable.type, container=container, state=State())

    def _wrapped(self, node: Node | None, type_: str, *, container: Container | None, state: State) -> Value:
        """What a wrapped value gives where a type is wanted."""
        if node is None or is_empty(node):
            return Is.UNSET
        exp = node.get("exp") or node.get("var")
        if exp is not None:
            return self._computed(Located(Use(exp, ()), container, None), state)
        literal = node.get("lit") if node.is_map else node
        return _constant(literal, type_) if literal is not None else Is.SET

    def _root(self, located: Located) -> Typed | None:
        """The checked tree; None when it has an error, or is so large that nobody wrote it by hand."""
        root = self.subject.typed(located)
        if isinstance(root, DefinitionError) or len(walk(root)) > _MOST_NODES:
            return None
        return root

    def _computed(self, located: Located, state: State) -> Value:
        root = self._root(located)
        if root is None:
            return Is.SET
        return Reading(lambda name: self._key(name, located.container)).value(root, state)

    def _key(self, name: str, container: Container | None) -> str:
        lowered = name.strip().lower()
        own = container is not None and any(each.name.lower() == lowered for each in container.variables)
        return f"{container.id}\0{lowered}" if own and container is not None else lowered

    # ---- steps

    def _arrive(self, node: str, state: State, *, way: tuple[str, ...]) -> None:
        known = self.seen.setdefault(node, {})
        base = node.removesuffix(_AGAIN)
        key = state.key
        if key in known or base not in self.order:
            return
        if len(known) >= _MOST:
            self._join(node, state, way=way)
            return
        known[key] = state
        self._wait(_Arrival(node, state, way[-4:]))

    def _join(self, node: str, state: State, *, way: tuple[str, ...]) -> None:
        """Beyond so many states, what holds in all of them; one that still waits takes it over."""
        before = self.joined.get(node)
        merged = state if before is None else state.joined(before)
        for each in self.seen[node].values() if before is None else ():
            merged = merged.joined(each)
        if before is not None and merged.key == before.key:
            return
        self.joined[node] = merged
        if node in self.pending:
            self.pending[node].state = merged
            return
        self.pending[node] = _Arrival(node, merged, way[-4:])
        self._wait(self.pending[node])

    def _wait(self, arrival: _Arrival) -> None:
        """Nodes take their turn in the order of the document, so that ways meet before they go on."""
        self.serial += 1
        heappush(self.waiting, (self.order[arrival.node.removesuffix(_AGAIN)], self.serial, arrival))

    def _enter(self, arrival: _Arrival) -> None:
        container = self.flow.containers[arrival.node]
        state = arrival.state
        others = {
            name: value
            for name, value in state.values.items()
            if "\0" not in name or container.kind == "menuTask"
        }
        state = self._initial(State(others, state.checked), container.variables, container=container)
        if container.kind == "menu":
            for located in self._around(container):
                self._read(located, state, arrival=arrival)
        for edge in self.subject.graph.edges[container.id]:
            self._arrive(edge.to, state, way=arrival.way)

    def _around(self, container: Container) -> Iterator[Located]:
        for located in self.subject.located:
            if located.container is container and located.action is None:
                yield located

    def _act(self, arrival: _Arrival) -> None:
        action = self.subject.actions[arrival.node.removesuffix(_AGAIN)]
        container = self.flow.containers[action.container]
        self.result.visits[action.id] = self.result.visits.get(action.id, 0) + 1
        state = arrival.state
        if action.type in ASSIGNS:
            state = self._statements(action, container, state=state, arrival=arrival)
        else:
            for use in self.subject.uses[action.id]:
                if not use.writes:
                    state = self._read(Located(use, container, action), state, arrival=arrival)
        first_turn = arrival.node == action.id and action.type in LOOPS and self._turns(action)
        for edge in self.subject.graph.edges[action.id]:
            if first_turn and edge.output != "loop":
                continue
            behind = self._behind(action, container, edge=edge, state=state)
            if behind is not None:
                step = (f"{action.name!r}: {edge.output}",) if _tells(action, edge) else ()
                self._arrive(self._node(action, edge), behind, way=(*arrival.way, *step))

    def _turns(self, loop: Action) -> bool:
        """Whether a loop certainly makes a turn: it has a body, and no count or a written one."""
        counts = [node for key in ("loopCount", "maxLoopCount") if (node := loop.body.get(key)) is not None]
        written = (count.get("lit") or count for count in counts)
        return "loop" in loop.outputs and all(
            is_empty(node) or (isinstance(node.value, int) and node.value > 0) for node in written
        )

    def _node(self, action: Action, edge: Edge) -> str:
        """Where an edge leads; a loop that its own body comes back to is another place than at first."""
        target = self.subject.actions.get(edge.to)
        inside = target is not None and target.type in LOOPS and self.subject.is_inside(action, target)
        return edge.to + _AGAIN if inside else edge.to

    def _read(self, located: Located, state: State, *, arrival: _Arrival) -> State:
        """The state after an expression was computed: what it measured, and what it would have raised for."""
        root = self._root(located)
        if root is None:
            return state
        reading = Reading(lambda name: self._key(name, located.container))
        reading.value(root, state)
        behind = self._measure(state, root)
        for trouble in reading.troubles:
            if trouble.value != Is.SET or not self._is_measured(trouble, behind):
                self._note(located, trouble, way=arrival.way)
        return behind

    def _is_measured(self, trouble: Trouble, state: State) -> bool:
        """Whether something looked at a collection that is parallel to the one of an index."""
        name = str(trouble.operand).lower()
        return bool(self.siblings.get(name, frozenset()) & (state.checked - {name}))

    def _measure(self, state: State, root: Typed) -> State:
        names = measured(root)
        beside = frozenset(other for name in names for other in self.siblings.get(name, ()))
        return state.looked_at(names | beside)

    def _note(self, located: Located, trouble: Trouble, *, way: tuple[str, ...]) -> None:
        start = getattr(trouble.operand.node, "start", 0)
        key = id(located.use.node), start, trouble.by
        site = self.result.sites.setdefault(key, Site(located, trouble, way=way))
        site.states += 1
        site.sure += trouble.value == Is.UNSET

    def _statements(self, action: Action, container: Container, *, state: State, arrival: _Arrival) -> State:
        uses = {id(use.node): use for use in self.subject.uses[action.id]}
        for statement in action.body.get("statements") or ():
            for _, body in statement.items():
                value, variable = body.get("value"), body.get("variable")
                exp = (value.get("exp") or value.get("var")) if value is not None else None
                located = (
                    Located(uses[id(exp)], container, action) if exp is not None and id(exp) in uses else None
                )
                before = state
                if located is not None:
                    state = self._read(located, state, arrival=arrival)
                name = variable.get("var") if variable is not None and variable.is_map else variable
                if name is not None and isinstance(name.value, str):
                    given = (
                        self._computed(located, before)
                        if located
                        else self._wrapped(
                            value,
                            self.subject.type_of(name.value, container),
                            container=container,
                            state=state,
                        )
                    )
                    state = self._assigned(state, name.value, container=container, value=given)
                    state = self._sized(state, name.value, located=located)
        return state

    def _assigned(self, state: State, name: str, *, container: Container, value: Value) -> State:
        return state.having(self._key(name, container), value).forgetting(_sizes(name))

    def _sized(self, state: State, name: str, *, located: Located | None) -> State:
        """What is known of the size of a collection that was just assigned."""
        root = self._root(located) if located is not None else None
        if isinstance(root, Operation):
            if root.name in ("MakeList", "AddItem", "AddItemAt"):
                return state.looked_at(frozenset((name.strip().lower(),)))
            if root.name == "Split":
                return state.looked_at(frozenset((f"{name.strip().lower()}#0",)))
        return state

    def _behind(self, action: Action, container: Container, *, edge: Edge, state: State) -> State | None:
        """The state on one of the ways that leave an action; None when it cannot be taken."""
        if action.type == "decision" and edge.output in ("yes", "no"):
            behind = self._decided(action, container, state=state, truth=edge.output == "yes")
            if behind is None:
                return None
            state = behind
        elif action.type == "callTask" and edge.output != "call":
            for name in self._set_by(action.target or ""):
                state = state.having(name, Is.SET)
        for use in self.subject.uses[action.id]:
            if use.writes and action.type not in ASSIGNS and _is_written(use, edge.output):
                value = Is.MAYBE if use.node in self._missing(action) else Is.SET
                state = self._assigned(state, str(use.node.value), container=container, value=value)
        return state

    def _missing(self, action: Action) -> tuple[Node, ...]:
        """The variables of a Get Participant Data whose attributes nothing in the flow sets."""
        if action.type != "getParticipantData":
            return ()
        given = self.subject.once(_attributes_set)
        items = (each for item in action.body.get("attributes") or () for _, each in item.items())
        names = ((text_of(each.at("name", "lit")), each.get("variable")) for each in items)
        return tuple(node for name, node in names if node is not None and name and name not in given)

    def _decided(self, action: Action, container: Container, *, state: State, truth: bool) -> State | None:
        for use in self.subject.uses[action.id]:
            root = self._root(Located(use, container, action))
            if root is not None:
                names = lambda name: self._key(name, container)  # noqa: E731 - a name for two calls
                known = Reading(names).value(root, state)
                if known == Const(not truth):
                    return None
                return refined(root, state, truth=truth, names=names)
        return state

    def _set_by(self, container: str) -> frozenset[str]:
        """The flow's variables that a task may set, with the tasks that it calls."""
        if container not in self.tasks:
            self.tasks[container] = frozenset()
            names: set[str] = set()
            box = self.flow.containers.get(container)
            for action in box.actions if box is not None else ():
                names |= {
                    str(use.node.value).strip().lower() for use in self.subject.uses[action.id] if use.writes
                }
                names |= self._set_by(action.target) if action.type == "callTask" and action.target else set()
            self.tasks[container] = frozenset(names)
        return self.tasks[container]


def _attributes_set(subject: FlowSubject) -> frozenset[str]:
    """Names of the participant attributes that the flow itself sets."""
    return frozenset(
        text_of(each.at("name", "lit"))
        for action in subject.actions.values()
        if action.type == "setParticipantData"
        for item in action.body.get("attributes") or ()
        for _, each in item.items()
    )


def _constant(node: Node, type_: str) -> Value:
    """A literal of a type that is compared in conditions."""
    text = text_of(node)
    if type_ == "bln" and text.lower() in ("true", "false"):
        return Const(text.lower() == "true")
    if type_ == "str" and text:
        return Const(text)
    is_number = isinstance(node.value, int) and not isinstance(node.value, bool)
    return Const(node.value) if type_ == "int" and is_number else Is.SET


def _tells(action: Action, edge: Edge) -> bool:
    return edge.output in BAD or (action.type in ("decision", "switch", "menu") and bool(edge.output))


def _is_written(use: Use, output: str) -> bool:
    """Whether an action sets the variable when it leaves through an output."""
    if output in ("call", "enter"):
        return False
    only = next((_ONLY_ON[key] for key in use.path if key in _ONLY_ON), None)
    return output in only if only is not None else output not in BAD


def _sizes(name: str) -> frozenset[str]:
    lowered = name.strip().lower()
    return frozenset((lowered, f"{lowered}#0"))


def _siblings(subject: FlowSubject) -> Iterator[tuple[str, frozenset[str]]]:
    """Collections that one action sets together: they are parallel, so the size of one is that of all."""
    for uses in subject.uses.values():
        names = frozenset(str(use.node.value).strip().lower() for use in uses if use.writes)
        if len(names) > 1:
            yield from ((name, names) for name in names)
