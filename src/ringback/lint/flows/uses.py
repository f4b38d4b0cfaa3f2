"""What the parts of a flow say: expressions, variables that are set, texts.

An action type that is registered declares its fields (`ringback.flows.actions`); of the others only the
wrappers tell: `exp` is an expression, `var` names a variable that is set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ringback.documents import Node
from ringback.flows.actions import ACTIONS
from ringback.flows.actions.base import Field
from ringback.flows.model import Action
from ringback.lang.expr.types import code_of_kind

VARIABLE = re.compile(r"(?:flow|task|state|common|slot|session)\.[^\W\d]\w*", re.IGNORECASE)
_MENU_PARTS = frozenset(("task", "menu", "subMenu"))
# Actions whose statements assign variables.
ASSIGNS = frozenset(("updateData", "extractSecureData"))
# Where a variable is named without a wrapper.
_BARE = frozenset(("variable", "flowOutcomeValueVariable"))
# A value below these keys is read also where it is written as `var`.
_READ = frozenset(("inputs", "taskInputs", "value", "sessionVariables", "scriptInputs"))


@dataclass(frozen=True, slots=True)
class Use:
    """An expression, or a variable that is set.

    Attributes:
        node: the text of the expression, or the name.
        path: the keys on the way from the action's body, list items left out.
        target: the type that the place wants; None when it takes any or nothing is known.
        writes: whether the variable is set here.
    """

    node: Node
    path: tuple[str, ...]
    target: str | None = None
    writes: bool = False

    @property
    def text(self) -> str:
        """The expression as written."""
        return (
            self.node.text
            if self.node.text and not isinstance(self.node.value, str)
            else str(self.node.value)
        )


def own_nodes(action: Action) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Every node of an action with its path, the actions nested in its outputs left out."""
    waiting: list[tuple[tuple[str, ...], Node]] = [((), action.body)]
    while waiting:
        path, node = waiting.pop()
        yield path, node
        below = [
            ((*path, key), member)
            for key, member in node.items()
            if not _nested(action, path, key=key, member=member)
        ]
        waiting += reversed([*below, *((path, item) for item in node)])


def _nested(action: Action, path: tuple[str, ...], *, key: str, member: Node) -> bool:
    if key == "actions":
        return True
    if key == "outputs" and not path:
        return action.type != "callTask" or any(each.get("actions") for _, each in member.items())
    return key in _MENU_PARTS and not path and action.type.startswith("menu")


def uses_of(action: Action, nodes: Iterable[tuple[tuple[str, ...], Node]]) -> Iterator[Use]:
    """What an action reads and sets, in the order of the document; `nodes` are its `own_nodes`."""
    known = ACTIONS.get(action.type)
    fields = known.fields if known is not None else ()
    for path, node in nodes:
        if path and isinstance(node.value, str):
            use = _use(action, path, node=node, fields=fields)
            if use is not None:
                yield use


def _use(action: Action, path: tuple[str, ...], *, node: Node, fields: tuple[Field, ...]) -> Use | None:
    last, where = path[-1], path[:-1]
    field = next(
        (each for each in fields if _matches(each.path, path if last not in ("exp", "var") else where)), None
    )
    if last == "exp":
        return Use(node, path, _target(field, action, path=where))
    if last == "var":
        writes = field.role == "writes" if field is not None else not _READ & set(where)
        return Use(node, path, None if writes else _target(field, action, path=where), writes)
    named = VARIABLE.fullmatch(str(node.value).strip()) is not None
    if named and (last in _BARE or (field is not None and field.role == "writes")):
        return Use(node, path, writes=True)
    return None


def literals_of(action: Action, nodes: Iterable[tuple[tuple[str, ...], Node]]) -> Iterator[Use]:
    """The literals of an action whose type is known."""
    known = ACTIONS.get(action.type)
    for path, node in nodes:
        if path and path[-1] == "lit":
            fields = known.fields if known is not None else ()
            field = next((each for each in fields if _matches(each.path, path[:-1])), None)
            target = _target(field, action, path=path[:-1])
            if target is not None:
                yield Use(node, path, target)


def _target(field: Field | None, action: Action, *, path: tuple[str, ...]) -> str | None:
    if action.type in ASSIGNS and len(path) >= 2:
        return code_of_kind(path[1])
    type_ = field.type if field is not None and field.role == "value" else "any"
    return None if type_ in ("any", "word") else type_


def _matches(pattern: str, path: tuple[str, ...]) -> bool:
    """Whether a field's path, whose `*` may be a list index, covers a path without list indices."""
    return _covers(tuple(pattern.split(".")), path)


def _covers(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    if not pattern:
        return not path
    if pattern[0] == "*" and _covers(pattern[1:], path):
        return True
    return bool(path) and pattern[0] in ("*", path[0]) and _covers(pattern[1:], path[1:])


def expressions_in(node: Node | None, path: tuple[str, ...] = ()) -> Iterator[Use]:
    """Every expression below a node that is no action: audio, settings, initial values."""
    for key, member in node.items() if node is not None else ():
        if key in ("exp", "var") and isinstance(member.value, str):
            yield Use(member, (*path, key))
        else:
            yield from expressions_in(member, (*path, key))
    for item in node or ():
        yield from expressions_in(item, path)
