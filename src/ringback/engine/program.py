"""A flow compiled to a graph of steps: done once, run many times.

    Flow ──compile_flow──▶ Program ──Session──▶ events

Node 0 is the greeting, node 1 the rest of an interaction that waits in a queue, node 2 the error handling;
then, container by container, a node for each menu and each action in document order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ringback.core.errors import DefinitionError
from ringback.documents import DocumentErrors, Node
from ringback.engine.builder import ActionBuilder, Plan
from ringback.engine.handling import error_step, greeting_step, waiting_step
from ringback.engine.scope import FlowScope, Slot, flow_slots, task_slots
from ringback.engine.wrapped import is_empty
from ringback.flows.actions import ACTIONS, ActionType
from ringback.flows.actions.base import Begin, Getter, Resume, Step, constant
from ringback.flows.actions.walk import expressions
from ringback.flows.model import Action, Container, Flow, Variable
from ringback.lang.expr.types import is_collection
from ringback.trace.events import ActionRef

GREETING, WAITING, HANDLING = 0, 1, 2


class UnsupportedAction(Exception):  # noqa: N818 - a signal, not an error
    """The session reached an action that the simulator does not know."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """One node: what runs, and how the trace names it.

    Attributes:
        counts: whether it counts towards the action limit.
        silent: whether its end is left out of the trace (greeting, error handling, menu).
    """

    begin: Begin
    resume: Resume
    ref: ActionRef
    source: str
    container: int
    counts: bool = True
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """A compiled container.

    Attributes:
        entry: index of its first node; -1 when it is empty.
        slots: its variables by lower-case name, in order.
        initial: getter of each variable's initial value.
        outputs: (name without scope, slot) of its output variables.
    """

    id: str
    name: str
    kind: str
    entry: int
    slots: Mapping[str, Slot]
    initial: tuple[Getter, ...]
    outputs: tuple[tuple[str, Slot], ...]


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled flow."""

    flow: Flow
    nodes: tuple[Compiled, ...]
    rooms: tuple[Room, ...]
    start: int
    slots: Mapping[str, Slot]
    initial: tuple[Getter, ...]
    by_id: Mapping[str, int]
    containers: Mapping[str, int]

    def node_named(self, name: str) -> int | None:
        """Index of the action with that id, or else the first with that name, ignoring case."""
        if name in self.by_id:
            return self.by_id[name]
        wanted = name.lower()
        return next(
            (i for i, node in enumerate(self.nodes) if i > HANDLING and node.ref.name.lower() == wanted), None
        )


def compile_flow(flow: Flow) -> Program:
    """The program of a flow.

    Raises:
        DocumentErrors: expressions, literals or fields are wrong; all of them are in `diagnostics`.
    """
    return _Compiler(flow).compile()


class _Compiler:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.errors: list[DefinitionError] = []
        self.flow_slots = flow_slots(flow)
        self.order = list(flow.containers.values())
        slots = {box.id: task_slots(box) for box in self.order}
        self.plan = Plan(flow, self._number(), {box.id: i for i, box in enumerate(self.order)}, slots)

    def _number(self) -> dict[str, int]:
        nodes: dict[str, int] = {}
        for box in self.order:
            ids = [box.id] if box.kind == "menu" else []
            for name in [*ids, *(action.id for action in box.actions)]:
                nodes[name] = len(nodes) + HANDLING + 1
        return nodes

    def compile(self) -> Program:
        first = [self._greeting(), self._waiting(), self._handling()]
        nodes = [node for box in self.order for node in self._container(box)]
        rooms = tuple(self._room(box) for box in self.order)
        initial = self._initial(self.flow.variables, self.scope(None))
        if self.errors:
            raise DocumentErrors(self.errors)
        start = self.plan.containers[self.flow.start]
        return Program(
            self.flow,
            (*first, *nodes),
            rooms,
            start,
            self.flow_slots,
            initial,
            self.plan.nodes,
            self.plan.containers,
        )

    def scope(self, box: Container | None) -> FlowScope:
        return FlowScope(self.flow_slots, self.plan.slots[box.id] if box is not None else {})

    def _container(self, box: Container) -> list[Compiled]:
        menu = [self._menu(box)] if box.kind == "menu" else []
        return menu + [self._action(box, action) for action in _coming_back(box.actions)]

    def _action(self, box: Container, action: Action) -> Compiled:
        known = ACTIONS.get(action.type)
        builder = ActionBuilder(self.plan, action, self.scope(box))
        step = Step(_unsupported)
        if known is not None and self._complete(known, builder):
            step = self._built(lambda: known.build(builder))
            self._check_rest(known, builder)
        ref = ActionRef(action.id, action.name, action.type, box.name)
        return Compiled(step.begin, step.resume, ref, _source(action), self.plan.containers[box.id])

    def _complete(self, known: ActionType, builder: ActionBuilder) -> bool:
        """Whether every required field is there; an error for each that is not."""
        missing = [item for item in known.fields if item.required and builder.node(item.path) is None]
        for item in missing:
            action = builder.action
            message = f"{action.type} {action.name!r} lacks {item.path!r}: {item.about}"
            self.errors.append(
                DefinitionError(message, span=action.span, hint=f"add `{item.path}:`", code="RB072")
            )
        return not missing

    def _check_rest(self, known: ActionType, builder: ActionBuilder) -> None:
        """Expressions in fields that a simulation does not need are checked all the same."""
        for found, node in expressions(builder.action, known.fields):
            try:
                builder.values.check(node, found.field.type)
            except DefinitionError as error:
                self.errors.append(error)

    def _menu(self, box: Container) -> Compiled:
        body = box.body or _nothing(self.flow)
        action = Action(box.id, box.name, "menu", body, None, container=box.id, span=box.span)
        builder = ActionBuilder(self.plan, action, self.scope(box), box)
        step = self._built(lambda: ACTIONS["menu"].build(builder))
        ref = ActionRef(box.id, box.name, "menu", box.name)
        return Compiled(step.begin, step.resume, ref, _source(action), self.plan.containers[box.id])

    def _built(self, build: Any) -> Step:
        try:
            return build()  # type: ignore[no-any-return]  # every build function returns a Step
        except DefinitionError as error:
            self.errors.append(error)
            return Step(_unsupported)

    def _pseudo(self, type_: str) -> ActionBuilder:
        body = self.flow.error_handling.body or _nothing(self.flow)
        action = Action(f"#{type_}", type_, type_, body, None, target=self.flow.error_handling.target)
        return ActionBuilder(self.plan, action, self.scope(None))

    def _greeting(self) -> Compiled:
        builder = self._pseudo("greeting")
        step = self._built(lambda: greeting_step(builder, self.plan.containers[self.flow.start]))
        ref = ActionRef("#greeting", "Initial greeting", "greeting", "")
        return Compiled(step.begin, step.resume, ref, self.flow.source, -1, counts=False, silent=True)

    def _waiting(self) -> Compiled:
        builder = self._pseudo("waiting")
        step = self._built(lambda: waiting_step(builder))
        ref = ActionRef("#waiting", "In queue", "waiting", "")
        return Compiled(step.begin, step.resume, ref, self.flow.source, -1, counts=False, silent=True)

    def _handling(self) -> Compiled:
        builder = self._pseudo("errorHandling")
        step = self._built(lambda: error_step(builder, self.flow.error_handling))
        ref = ActionRef("#errorHandling", "Error handling", "errorHandling", "")
        return Compiled(step.begin, step.resume, ref, self.flow.source, -1, counts=False, silent=True)

    def _room(self, box: Container) -> Room:
        slots = self.plan.slots[box.id]
        entry = box.id if box.kind == "menu" else box.start
        index = self.plan.nodes[entry] if entry is not None else -1
        outputs = tuple((key.partition(".")[2], slot) for key, slot in slots.items() if slot.is_output)
        return Room(
            box.id, box.name, box.kind, index, slots, self._initial(box.variables, self.scope(box)), outputs
        )

    def _initial(self, declared: tuple[Variable, ...], scope: FlowScope) -> tuple[Getter, ...]:
        first = {}
        for variable in declared:
            if variable.name.lower() not in first:
                first[variable.name.lower()] = self._initial_of(variable, scope)
        return tuple(first.values())

    def _initial_of(self, variable: Variable, scope: FlowScope) -> Getter:
        # A collection variable's default is an empty collection (scripting SDK).
        if is_empty(variable.initial) or variable.initial is None:
            return constant(() if is_collection(variable.type) else None)
        builder = ActionBuilder(
            self.plan, Action("", variable.name, "variable", variable.initial, None), scope
        )
        try:
            return builder.compile(variable.initial, variable.type)
        except DefinitionError as error:
            self.errors.append(error)
            return constant(None)


# Outputs of Loop Anything Else behind which the question does not come again (policy anything_else).
_LEAVES = frozenset({"no", "noIntent", "knowledge", "maxNoInputs", "maxNoMatches"})


def _coming_back(actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """The actions; what stands behind an intent of Loop Anything Else ends at the question again."""
    rounds = {action.id: action for action in actions if action.type == "loopAnythingElse"}
    if not rounds:
        return actions
    by_id = {action.id: action for action in actions}
    found = []
    for action in actions:
        inner: Action | None = action
        while inner is not None and not (inner.parent in rounds and inner.branch not in _LEAVES):
            inner = by_id.get(inner.parent or "")
        around = rounds[inner.parent or ""] if inner is not None else None
        last = around is not None and action.next == around.next
        found.append(replace(action, next=around.id) if around is not None and last else action)
    return tuple(found)


def _unsupported(_run: Any) -> Any:
    raise UnsupportedAction


def _source(action: Action) -> str:
    return f"{action.span.file}:{action.span.line}" if action.span is not None else ""


def _nothing(flow: Flow) -> Node:
    """An empty body for parts that the document does not write."""
    from_start = flow.containers[flow.start]
    span = from_start.span
    if span is None:
        raise DefinitionError(f"{flow.source}: the start of the flow has no place in the document")
    return Node({}, span)
