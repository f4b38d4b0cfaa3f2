"""The ways through a flow: which action can follow which, with the output that leads there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ringback.flows.actions import ACTIONS
from ringback.flows.loaders.branches import LOOPS
from ringback.flows.model import Action, Container, Flow

# Outputs of actions that leave by name; what is not in the document goes on below.
OUTPUTS: Mapping[str, tuple[str, ...]] = {
    "decision": ("yes", "no"),
    "callData": ("success", "failure", "timeout"),
    "callDataSecure": ("success", "failure", "timeout"),
    "callBridge": ("success", "failure", "timeout"),
    "callGuide": ("success", "failure", "timeout"),
    "dataTableLookup": ("found", "notFound", "failure"),
    "collectInput": ("success", "failure"),
    "getExternalContact": ("found", "notFound", "failure"),
    "plainLookup": ("success", "failure", "timeout"),
    "plainContactLookup": ("found", "notFound", "failure"),
    "findQueue": ("found", "notFound"),
    "findQueueById": ("found", "notFound"),
    "findUser": ("found", "notFound"),
    "findUserById": ("found", "notFound"),
    "findUsersById": ("found", "partiallyFound", "notFound"),
    "findGroup": ("found", "notFound"),
    "findSkill": ("found", "notFound"),
    "findLanguageSkill": ("found", "notFound"),
    "findSchedule": ("found", "notFound"),
    "findScheduleGroup": ("found", "notFound"),
    "findEmergencyGroup": ("found", "notFound"),
    "findUserPrompt": ("found", "notFound"),
    "findSystemPrompt": ("found", "notFound"),
    "getConversationData": ("found", "notFound", "failure"),
    "createCallback": ("success", "failure"),
}
BAD = frozenset(
    (
        "failure",
        "timeout",
        "notFound",
        "error",
        "noInput",
        "noMatch",
        "noIntent",
        "maxNoInputs",
        "maxNoMatches",
        "invalid",
    )
)
"""Outputs on which an action did not do what it was asked."""

_ENDS = frozenset(
    (
        "disconnect",
        "endWorkflow",
        "endState",
        "endTask",
        "endFlow",
        "exitBotFlow",
        "exitWorkitemFlow",
        "abortSurveyInvite",
        "completeSurveyInvite",
        "returnToAgent",
        "previousMenu",
        "repeatMenu",
        "changeState",
        "jumpToTask",
        "jumpToMenu",
        "loopNext",
        "loopExit",
        "menuDisconnect",
        "menuPreviousMenu",
        "menuRepeatMenu",
        "menuJumpToTask",
        "menuJumpToMenu",
    )
)
# A step that may refuse: accepted, the flow is over.
_TRANSFERS = ("transferTo", "menuTransferTo")


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one node to another.

    Attributes:
        to: id of an action, or of a container that is entered.
        output: the output that leads there; "" for the way down, "enter" into a container, "call" into a
            task that comes back, "again" for a container that starts once more.
    """

    to: str
    output: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """Edges by the id of the node that they leave; containers are nodes too."""

    flow: Flow
    edges: Mapping[str, tuple[Edge, ...]]

    def reached(self, starts: Iterable[str]) -> frozenset[str]:
        """Every node that can be reached from the starts, themselves included."""
        seen: set[str] = set()
        waiting = [start for start in starts if start in self.edges]
        while waiting:
            at = waiting.pop()
            if at not in seen:
                seen.add(at)
                waiting += [edge.to for edge in self.edges[at]]
        return frozenset(seen)

    def rounds(self, *, without: Callable[[str, Edge], bool]) -> list[list[str]]:
        """Components of more than one node, or of one that leads to itself; some edges left out.

        A call of a task comes back by itself; only its way in counts as an edge here.
        """
        edges = {at: [edge.to for edge in found if not without(at, edge)] for at, found in self.edges.items()}
        return [part for part in _components(edges) if len(part) > 1 or part[0] in edges[part[0]]]


def graph_of(flow: Flow) -> Graph:
    """The graph of a flow."""
    builder = _Builder(flow, flow.actions)
    found: dict[str, tuple[Edge, ...]] = {}
    for container in flow.containers.values():
        found[container.id] = tuple(builder.entry(container))
    for action in builder.actions.values():
        if action.id not in found:
            found[action.id] = tuple(dict.fromkeys(builder.leaving(action)))
    return Graph(flow, {at: tuple(edge for edge in edges if edge.to in found) for at, edges in found.items()})


@dataclass(frozen=True, slots=True)
class _Builder:
    flow: Flow
    actions: Mapping[str, Action]

    def entry(self, container: Container) -> Iterator[Edge]:
        if container.kind == "menu":
            yield from (Edge(choice.id, choice.name) for choice in container.actions)
            if container.default_choice is not None:
                yield Edge(container.default_choice, "default")
        elif container.start is not None:
            yield Edge(container.start)

    def leaving(self, action: Action) -> Iterator[Edge]:
        if action.type in ("loopNext", "loopExit"):
            yield from self._leave_loop(action)
        elif action.type in LOOPS:
            yield from (Edge(to, output) for output, to in action.outputs.items())
            yield from self._below(action, "")
        elif action.type == "callTask":
            yield Edge(action.target or "", "call")
            yield from self._outputs(action, ("default", *action.outputs))
        elif action.target is not None and action.type != "callTask":
            yield Edge(action.target, "enter")
        elif action.type.startswith(_TRANSFERS):
            yield from self._outputs(action, ("failure",))
        elif not ends(action):
            yield from self._outputs(action, outputs_of(action))

    def _outputs(self, action: Action, names: Iterable[str]) -> Iterator[Edge]:
        for name in dict.fromkeys(names):
            if name in action.outputs:
                yield Edge(action.outputs[name], name)
            else:
                yield from self._below(action, name)

    def _below(self, action: Action, output: str) -> Iterator[Edge]:
        if action.next is not None:
            yield Edge(action.next, output)
            return
        container = self.flow.containers.get(action.container)
        if container is None:
            return
        if container.kind == "loopTask":
            yield Edge(container.id, "again")
        elif container.kind == "menuTask" and container.parent is not None:
            yield Edge(container.parent, "again")

    def _leave_loop(self, action: Action) -> Iterator[Edge]:
        loop = self.loop_around(action)
        if loop is None:
            return
        if action.type == "loopNext":
            yield Edge(loop.id, "loopNext")
        else:
            yield from self._below(loop, "loopExit")

    def loop_around(self, action: Action) -> Action | None:
        """The innermost loop whose body holds an action."""
        while action.parent is not None:
            parent = self.actions[action.parent]
            if parent.type in LOOPS and action.branch == "loop":
                return parent
            action = parent
        return None


def outputs_of(action: Action) -> tuple[str, ...]:
    """The outputs through which an action can leave; "" is the way down without a name."""
    if action.type == "switch":
        return (*(name for name in action.outputs if name != "default"), "default")
    known = ACTIONS.get(action.type)
    declared = tuple(name for name in known.outputs if "*" not in name) if known is not None else ()
    names = OUTPUTS.get(action.type) or declared
    written = tuple(name for name in action.outputs if name not in names)
    return (*names, *written) if names else (*written, "")


def falls_through(action: Action) -> tuple[str, ...]:
    """The outputs without actions of their own, behind which the flow goes on below ("" is the way down)."""
    if action.type in LOOPS:
        return ("",)
    if ends(action) or (action.target is not None and action.type != "callTask"):
        return ()
    if action.type == "callTask":
        names: tuple[str, ...] = ("default",)
    else:
        names = ("failure",) if action.type.startswith(_TRANSFERS) else outputs_of(action)
    return tuple(name for name in names if name not in action.outputs)


def ends(action: Action) -> bool:
    """Whether nothing below the action runs after it."""
    known = ACTIONS.get(action.type)
    return action.type in _ENDS or (known is not None and known.ends)


def _components(edges: Mapping[str, list[str]]) -> list[list[str]]:
    """Strongly connected components, each behind those that it leads to (Tarjan, without recursion)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[list[str]] = []
    for root in edges:
        if root in order:
            continue
        work = [(root, iter(edges[root]))]
        order[root] = low[root] = len(order)
        stack.append(root)
        on_stack.add(root)
        while work:
            at, rest = work[-1]
            step = next(rest, None)
            if step is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[at])
                if low[at] == order[at]:
                    cut = stack.index(at)
                    found.append(stack[cut:])
                    on_stack -= set(stack[cut:])
                    del stack[cut:]
            elif step not in order:
                order[step] = low[step] = len(order)
                stack.append(step)
                on_stack.add(step)
                work.append((step, iter(edges[step])))
            elif step in on_stack:
                low[at] = min(low[at], order[step])
    return found
