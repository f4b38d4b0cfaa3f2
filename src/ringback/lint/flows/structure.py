"""Checks of the shape of a flow: what nobody reaches, what never ends, loops, retries."""

from __future__ import annotations

from collections.abc import Iterator

from ringback.core.errors import DefinitionError
from ringback.flows.loaders.branches import LOOPS
from ringback.flows.loaders.shapes import is_empty
from ringback.flows.model import Action, Container
from ringback.lang.expr.typed import Operation, Reference, Typed, walk
from ringback.lint.flows.graph import Edge, ends, falls_through
from ringback.lint.flows.subject import DATA_STEPS, VOICE, FlowSubject, Located
from ringback.lint.flows.uses import ASSIGNS
from ringback.lint.model import Edit, Finding, Fix

MOST_TURNS = 99
_ASKS = (
    "collectInput",
    "askFor",
    "communicate",
    "waitForInput",
    "digitalMenu",
    "callBotFlow",
    "callDigitalBot",
    "callLex",
    "callDialog",
    "dialByExtension",
)
_WAITS = ("wait", "holdMusic")
_SLOW = (*DATA_STEPS, "plainLookup", "plainContactLookup", "dataTableLookup")
_COUNTS = ("loopCount", "maxLoopCount")


def unreached_container(subject: FlowSubject) -> Iterator[Finding]:
    """A task, menu or state that nothing leads to."""
    for container in subject.flow.containers.values():
        if container.id not in subject.reached and container.kind != "menuTask":
            kind = "task" if container.kind == "loopTask" else container.kind
            yield Finding(
                subject.place_of(container),
                f"nothing leads to the {kind} {container.name!r}",
                "jump to it, call it, or remove it",
                severity="info" if _is_default(container) else None,
            )


def _is_default(container: Container) -> bool:
    """Whether it is a container as the editor makes it: with nothing but an end."""
    return all(
        action.type in ("disconnect", "endWorkflow", "exitBotFlow", "menuDisconnect")
        for action in container.actions
    )


def unreachable_action(subject: FlowSubject) -> Iterator[Finding]:
    """An action that no way leads to: what stands above it always ends or goes elsewhere."""
    for container in subject.flow.containers.values():
        if container.id not in subject.reached:
            continue
        for action in container.actions:
            if (
                _is_routing(subject, action)
                or action.id in subject.reached
                or _follows_unreachable(subject, action)
                or _is_safety_net(action)
            ):
                continue
            yield Finding(
                subject.place(action),
                f"the flow never comes to {action.name!r}: the actions above it never go on",
                "move it up, or remove it",
            )


def open_end(subject: FlowSubject) -> Iterator[Finding]:
    """A task or state that the flow runs off the end of: nothing says what happens then."""
    if subject.flow.form == "plain":
        return
    digital = subject.flow.type not in VOICE
    for container in subject.flow.containers.values():
        if container.kind not in ("task", "state", "bot"):
            continue
        for action in container.actions:
            if action.next is not None or action.id not in subject.reached:
                continue
            # Published message flows end with a transfer; calls have a closing action behind it.
            ways = () if digital and action.type.startswith("transferTo") else falls_through(action)
            if ways:
                through = f" through {ways[0]}" if ways[0] else ""
                yield Finding(
                    subject.place(action),
                    f"behind {action.name!r}{through} nothing follows: the {container.kind} has no end there",
                    "close it with an action that ends it, such as Disconnect, End Task or End State",
                )
                break


def _is_routing(subject: FlowSubject, action: Action) -> bool:
    """Whether it is where a plain flow goes when an action names no next one."""
    name = action.body.get("name")
    return subject.flow.form == "plain" and (name is None or name.span == action.span)


def _follows_unreachable(subject: FlowSubject, action: Action) -> bool:
    """Whether the action above is unreachable too: one finding is enough."""
    if action.parent is not None and action.parent not in subject.reached:
        return True
    return any(
        each.next == action.id and each.id not in subject.reached and each.parent == action.parent
        for each in subject.actions.values()
    )


def _is_safety_net(action: Action) -> bool:
    """Whether it is the closing action that the editor puts at the end of every task."""
    return action.next is None and action.parent is None and ends(action) and action.target is None


def endless_cycle(subject: FlowSubject) -> Iterator[Finding]:
    """Actions that come round again and again: no way out, and nobody is asked on the way."""
    for cycle in _cycles(subject):
        inside = set(cycle)
        leaves = any(edge.to not in inside for at in cycle for edge in subject.graph.edges[at]) or any(
            _may_end(subject, at) for at in cycle
        )
        if leaves or _asks(subject, cycle):
            continue
        first = _first(subject, cycle)
        if first is not None:
            yield Finding(
                subject.place(first),
                "these actions come round for ever: the flow stops at the limit of 10,000 actions",
                "leave the round with a Decision, or count its turns",
            )


def _may_end(subject: FlowSubject, at: str) -> bool:
    action = subject.actions.get(at)
    return action is not None and (action.type.startswith("transferTo") or not subject.graph.edges[at])


def retry_without_limit(subject: FlowSubject) -> Iterator[Finding]:
    """The flow goes back over a data action, and nothing counts the turns."""
    for cycle in _cycles(subject):
        calls = [
            subject.actions[at] for at in cycle if at in subject.actions and subject.actions[at].type in _SLOW
        ]
        if not calls or _asks(subject, cycle) or _counts(subject, cycle):
            continue
        yield Finding(
            subject.place(calls[0]),
            f"the flow can come back to {calls[0].name!r} without a limit: a service that is down gets every "
            "caller's requests again and again",
            "count the tries in a variable and stop after two or three, or use a Loop",
        )


def _cycles(subject: FlowSubject) -> Iterator[list[str]]:
    """Rounds that a jump or a Loop without end makes; a Loop's own turns are limited."""
    for component in subject.once(_components):
        if component[0] in subject.reached:
            yield component


def _components(subject: FlowSubject) -> list[list[str]]:
    def repeats(at: str, edge: Edge) -> bool:
        """Whether a loop's next turn begins there, or a task that the platform itself starts again."""
        loop, action = subject.actions.get(edge.to), subject.actions.get(at)
        inside = loop is not None and action is not None and subject.is_inside(action, loop)
        return (inside and loop is not None and loop.type in LOOPS) or edge.output == "again"

    return subject.graph.rounds(without=repeats)


def _asks(subject: FlowSubject, cycle: list[str]) -> bool:
    """Whether somebody answers on the way round: a caller who can hang up, or time that passes."""
    kinds = {subject.flow.containers[at].kind for at in cycle if at in subject.flow.containers}
    types = {subject.actions[at].type for at in cycle if at in subject.actions}
    return bool(kinds & {"menu", "bot"}) or any(type_.startswith(_ASKS) or type_ in _WAITS for type_ in types)


def _counts(subject: FlowSubject, cycle: list[str]) -> bool:
    """Whether a variable is computed from itself on the way round, and a condition reads it."""
    changed: set[str] = set()
    tested: set[str] = set()
    for located, root in _roots(subject, set(cycle)):
        action = located.action
        if action is not None and action.type in ("decision", "switch"):
            tested |= _names(root)
        elif action is not None and action.type in ASSIGNS:
            changed |= _names(root)
    return bool(changed & tested)


def _roots(subject: FlowSubject, inside: set[str]) -> Iterator[tuple[Located, Typed]]:
    for located in subject.located:
        if located.action is not None and located.action.id in inside and not located.use.writes:
            root = subject.typed(located)
            if not isinstance(root, DefinitionError):
                yield located, root


def _names(root: Typed) -> set[str]:
    return {node.variable.name.lower() for node in walk(root) if isinstance(node, Reference)}


def _first(subject: FlowSubject, cycle: list[str]) -> Action | None:
    inside = set(cycle)
    return next((action for action in subject.actions.values() if action.id in inside), None)


def loop_count(subject: FlowSubject) -> Iterator[Finding]:
    """A loop with a count outside 1 to 99."""
    for action in subject.actions.values():
        for key in _COUNTS if action.type in LOOPS else ():
            node = action.body.get(key)
            count = (node.get("lit") or node) if node is not None else None
            if count is None or not isinstance(count.value, int) or isinstance(count.value, bool):
                continue
            if count.value > MOST_TURNS:
                edit = _edit(subject, count.span.line, column=count.span.column, old=str(count.value))
                fix = Fix("write 99", (edit,)) if edit is not None else None
                yield Finding(
                    count.span,
                    f"a loop makes at most {MOST_TURNS} turns, not {count.value}",
                    "write 99 or less",
                    fix,
                )
            elif count.value < 1:
                yield Finding(
                    count.span, f"with a count of {count.value} the loop makes no turn", "write 1 to 99"
                )


def _edit(subject: FlowSubject, line: int, *, column: int, old: str) -> Edit | None:
    if subject.flow.form == "export" or line > len(subject.positions.lines):
        return None
    start = subject.positions.lines[line - 1] + column - 1
    return (
        Edit(start, start + len(old), str(MOST_TURNS))
        if subject.text[start : start + len(old)] == old
        else None
    )


def loop_body_ends(subject: FlowSubject) -> Iterator[Finding]:
    """The body of a loop always leaves it, so that it makes one turn at most."""
    for loop in subject.actions.values():
        first = loop.outputs.get("loop") if loop.type in LOOPS else None
        if first is None or loop.id not in subject.reached or _makes_one_turn(loop):
            continue
        inside = {each.id for each in subject.actions.values() if subject.is_inside(each, loop)}
        back = any(edge.to == loop.id for at in inside & subject.reached for edge in subject.graph.edges[at])
        if not back:
            yield Finding(
                subject.place(loop),
                f"the loop {loop.name!r} makes one turn at most: every way through its body leaves it",
                "let a way through the body come to its end, or to Next Loop",
            )


def _makes_one_turn(loop: Action) -> bool:
    counts = [node for key in _COUNTS if not is_empty(node := loop.body.get(key)) and node is not None]
    return not counts or any((count.get("lit") or count).value == 1 for count in counts)


def constant_condition(subject: FlowSubject) -> Iterator[Finding]:
    """A Decision whose condition reads nothing always goes the same way."""
    for action in subject.actions.values():
        if action.type != "decision" or action.id not in subject.reached:
            continue
        condition = action.body.get("condition")
        literal = condition.get("lit") if condition is not None else None
        if condition is not None and literal is not None and isinstance(literal.value, bool):
            way = "Yes" if literal.value else "No"
            yield Finding(
                literal.span,
                f"the Decision {action.name!r} always takes {way}",
                "write the condition, or remove it",
            )
            continue
        for located, root in _roots(subject, {action.id}):
            if not any(isinstance(node, Reference) or _varies(node) for node in walk(root)):
                yield Finding(
                    located.use.node.span,
                    f"the Decision {action.name!r} always goes the same way: its condition reads nothing",
                    "compare a variable",
                )


def _varies(node: Typed) -> bool:
    return isinstance(node, Operation) and (node.overload.style == "context" or not node.overload.parameters)
