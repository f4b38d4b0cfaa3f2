"""The bodies of loops in plain flows, found in the graph: plain documents need not nest them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ringback.flows.loaders.branches import LOOPS
from ringback.flows.model import Action


def with_bodies(actions: Iterable[Action]) -> list[Action]:
    """The actions, those of a loop's body with the loop as their parent; the innermost one counts."""
    by_id = {action.id: action for action in actions}
    bodies = {id_: _body(id_, by_id) for id_, action in by_id.items() if action.type in LOOPS}
    around: dict[str, str] = {}
    # A larger body is further out.
    for loop, body in sorted(bodies.items(), key=lambda pair: -len(pair[1])):
        around |= dict.fromkeys(body, loop)
    return [
        replace(action, parent=around[id_], branch="loop") if id_ in around else action
        for id_, action in by_id.items()
    ]


def _body(loop: str, by_id: Mapping[str, Action]) -> set[str]:
    """What the loop's output leads to and what leads back to the loop."""
    came_from: dict[str, list[str]] = {}
    waiting = [(by_id[loop].outputs.get("loop"), loop)]
    while waiting:
        id_, before = waiting.pop()
        if id_ is None or id_ not in by_id:
            continue
        known = id_ in came_from
        came_from.setdefault(id_, []).append(before)
        if not known and id_ != loop:
            action = by_id[id_]
            waiting += [(target, id_) for target in (action.next, *action.outputs.values())]
    found: set[str] = set()
    back = list(came_from.get(loop, []))
    while back:
        id_ = back.pop()
        if id_ not in found and id_ != loop:
            found.add(id_)
            back += came_from.get(id_, [])
    return found
