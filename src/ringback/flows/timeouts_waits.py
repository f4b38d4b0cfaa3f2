"""The worst wait: how long a caller has waited for data actions at most when a step's clock runs out.

Every way through the flow is an edge of a graph: the action below, the branches, jumps, calls of tasks,
choices of menus. The worst wait of a step is the longest sum of waits on a way from the start to it, its own
included. A loop with a literal count multiplies what its body can wait; one with a computed count is counted
once and marked. A cycle (a retry by jump, a task that calls itself, an in-queue task that starts again) has
no longest way: each of its steps is counted once, and what stands on or behind it is marked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from ringback.flows.actions import ACTIONS
from ringback.flows.loaders.branches import LOOPS
from ringback.flows.model import Action, Container, Flow

_CALL = "callTask"
# Keys that hold the count of a loop.
_COUNTS = ("loopCount", "maxLoopCount")
_MOST_TURNS = 99


@dataclass(frozen=True, slots=True)
class Wait:
    """A sum of waits.

    Attributes:
        ms: milliseconds.
        cycle: it comes back to a wait as often as the flow likes; each is counted once.
        computed: it passes a loop whose count is computed; counted once.
    """

    ms: int = 0
    cycle: bool = False
    computed: bool = False

    def then(self, other: Wait) -> Wait:
        """Both, one after the other."""
        return Wait(self.ms + other.ms, self.cycle or other.cycle, self.computed or other.computed)

    def worse(self, other: Wait) -> Wait:
        """The longer one, with the marks of both."""
        return Wait(max(self.ms, other.ms), self.cycle or other.cycle, self.computed or other.computed)


_NOTHING = Wait()
Edge = tuple[str, Wait]


def worst_waits(flow: Flow, waits: Mapping[str, int]) -> dict[str, Wait]:
    """The worst wait of each step that can be reached.

    Args:
        flow: the flow.
        waits: id of a step -> milliseconds that it waits at most. A step whose container no way from the
            start leads to (an error handler, a task that nobody uses) counts from its container's beginning.
    """
    graph = _Graph(flow, waits)
    found = graph.from_start(_menu_or_start(flow.containers.get(flow.start)), within=None)
    for container in flow.containers.values():
        if not any(action.id in found for action in container.actions):
            own = graph.from_start(_menu_or_start(container), within=None)
            found |= {id_: wait for id_, wait in own.items() if id_ not in found}
    return {id_: found[id_] for id_ in waits if id_ in found}


def _menu_or_start(container: Container | None) -> list[str]:
    """The actions with which a container can begin: the choices of a menu, else the first action."""
    if container is None:
        return []
    if container.kind == "menu":
        return [choice.id for choice in container.actions]
    return [container.start] if container.start is not None else []


@dataclass(slots=True)
class _Graph:
    """The ways through a flow; `loops` and `calls` remember what was computed."""

    flow: Flow
    waits: Mapping[str, int]
    actions: Mapping[str, Action] = field(init=False)
    _inside: dict[str, set[str]] = field(init=False)
    _loops: dict[str, Wait] = field(default_factory=dict)
    _calls: dict[str, Wait | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.actions = self.flow.actions
        self._inside = {id_: set() for id_, action in self.actions.items() if action.type in LOOPS}
        for id_ in self.actions:
            for loop in self._loops_around(id_):
                self._inside[loop].add(id_)

    def _loops_around(self, id_: str) -> Iterator[str]:
        """The loops whose body holds an action, innermost first."""
        action = self.actions[id_]
        while action.parent is not None:
            parent = self.actions[action.parent]
            if parent.type in LOOPS and action.branch == "loop":
                yield parent.id
            action = parent

    def from_start(self, starts: Collection[str], *, within: Collection[str] | None) -> dict[str, Wait]:
        """The worst wait of every action that can be reached, its own wait included."""
        edges = self._reached(starts, within)
        best = dict.fromkeys((id_ for id_ in starts if id_ in edges), _NOTHING)
        done: dict[str, Wait] = {}
        for group in reversed(_components(edges)):
            before = _NOTHING
            for id_ in group:
                before = before.worse(best.get(id_, _NOTHING))
            after = before.then(self._own(group, edges))
            for id_ in group:
                done[id_] = after
                for target, extra in edges[id_]:
                    best[target] = best.get(target, _NOTHING).worse(after.then(extra))
        return done

    def _own(self, group: list[str], edges: Mapping[str, list[Edge]]) -> Wait:
        """What the actions of one component wait themselves."""
        total = Wait(sum(self.waits.get(id_, 0) for id_ in group))
        members = set(group)
        again = len(group) > 1 or any(target in members for target, _ in edges[group[0]])
        if not again:
            return total
        for id_ in group:
            inner = [extra.ms for target, extra in edges[id_] if target in members]
            total = total.then(Wait(max(inner, default=0)))
        return Wait(total.ms, total.ms > 0)

    def _reached(self, starts: Collection[str], within: Collection[str] | None) -> dict[str, list[Edge]]:
        """The edges of everything that can be reached from the starts, inside the given actions."""
        found: dict[str, list[Edge]] = {}
        waiting = [id_ for id_ in starts if id_ in self.actions]
        while waiting:
            id_ = waiting.pop()
            if id_ in found:
                continue
            found[id_] = [
                (target, extra)
                for target, extra in self._edges(self.actions[id_])
                if within is None or target in within
            ]
            waiting += [target for target, _ in found[id_]]
        return found

    # ---- edges

    def _edges(self, action: Action) -> Iterator[Edge]:
        """Where an action leads, and what is waited on the way."""
        if action.type in LOOPS:
            yield from self._loop(action)
        elif action.type in ("loopNext", "loopExit"):
            yield from self._leave(action)
        elif action.target is not None:
            yield from self._enter(action)
        else:
            yield from self._on(action, _NOTHING)

    def _on(self, action: Action, extra: Wait) -> Iterator[Edge]:
        """The branches, and the action below when a path has no branch."""
        for target in action.outputs.values():
            yield target, extra
        if not self._ends(action):
            yield from self._below(action, extra)

    def _below(self, action: Action, extra: Wait) -> Iterator[Edge]:
        """The action below; not back to the loop around, whose turns are counted already."""
        if action.next is not None and action.id not in self._inside.get(action.next, ()):
            yield action.next, extra
        elif action.next is None:
            container = self.flow.containers[action.container]
            if container.kind == "loopTask" and container.start is not None:
                yield container.start, extra

    def _ends(self, action: Action) -> bool:
        kind = ACTIONS.get(action.type)
        if kind is None:
            return False
        named = [output for output in kind.outputs if "*" not in output]
        all_written = bool(named) and named == list(kind.outputs) and set(named) <= set(action.outputs)
        return kind.ends or all_written

    def _enter(self, action: Action) -> Iterator[Edge]:
        """A jump, or a call that comes back."""
        target = action.target or ""
        for id_ in _menu_or_start(self.flow.containers.get(target)):
            yield id_, _NOTHING
        if action.type == _CALL:
            yield from self._on(action, self._call(target))

    def _call(self, container: str) -> Wait:
        """What a called task can wait until it comes back."""
        if container not in self._calls:
            self._calls[container] = None
            task = self.flow.containers.get(container)
            ids = [action.id for action in task.actions] if task is not None else []
            self._calls[container] = self._longest(_menu_or_start(task), ids)
        return self._calls[container] or _NOTHING

    def _longest(self, starts: Collection[str], within: Collection[str]) -> Wait:
        """The longest way inside the given actions; what it calls outside counts as well."""
        longest = _NOTHING
        for id_, wait in self.from_start(starts, within=set(within)).items():
            action = self.actions[id_]
            comes_back = action.type == _CALL and action.target is not None
            longest = longest.worse(wait.then(self._call(action.target or "")) if comes_back else wait)
        return longest

    def _loop(self, loop: Action) -> Iterator[Edge]:
        """Into the body, in the worst case for its last turn, and past all turns to the action below."""
        count = _count(loop)
        turns = 1 if count is None else count
        body, turn = loop.outputs.get("loop"), self._turn(loop)
        computed = count is None and turn.ms > 0
        if body is not None and turns > 0:
            yield body, Wait((turns - 1) * turn.ms, turn.cycle, turn.computed or computed)
        after = Wait(turns * turn.ms, turn.cycle, turn.computed or computed) if turns > 0 else _NOTHING
        for output, target in loop.outputs.items():
            if output != "loop":
                yield target, after
        yield from self._below(loop, after)

    def _turn(self, loop: Action) -> Wait:
        """What one turn of a loop can wait."""
        if loop.id not in self._loops:
            body = loop.outputs.get("loop")
            self._loops[loop.id] = self._longest([body] if body is not None else [], self._inside[loop.id])
        return self._loops[loop.id]

    def _leave(self, action: Action) -> Iterator[Edge]:
        """After loopExit it goes on below the loop around; a turn that loopNext begins is counted already."""
        around = next(self._loops_around(action.id), None)
        if around is not None and action.type == "loopExit":
            yield from self._below(self.actions[around], _NOTHING)


def _count(loop: Action) -> int | None:
    """The literal count of a loop, 1 when it has none; None when it is computed."""
    for key in _COUNTS:
        node = loop.body.get(key)
        if node is None:
            continue
        value = (node.get("lit") or node).value
        if isinstance(value, int) and not isinstance(value, bool):
            return min(max(value, 0), _MOST_TURNS)
        if node.get("exp") is not None or node.get("var") is not None:
            return None
    return 1


def _components(edges: Mapping[str, list[Edge]]) -> list[list[str]]:
    """Strongly connected components, each before those that lead to it (Tarjan, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    open_: dict[str, None] = {}
    found: list[list[str]] = []
    for root in edges:
        if root in index:
            continue
        work = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        open_[root] = None
        while work:
            id_, rest = work[-1]
            step = next(rest, None)
            if step is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[id_])
                if low[id_] == index[id_]:
                    found.append(_closed(open_, id_))
            elif step[0] not in index:
                index[step[0]] = low[step[0]] = len(index)
                open_[step[0]] = None
                work.append((step[0], iter(edges[step[0]])))
            elif step[0] in open_:
                low[id_] = min(low[id_], index[step[0]])
    return found


def _closed(open_: dict[str, None], root: str) -> list[str]:
    """Take the component that begins at `root` off the open actions."""
    group = []
    while True:
        id_, _ = open_.popitem()
        group.append(id_)
        if id_ == root:
            return group
