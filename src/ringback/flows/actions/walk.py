"""What one action says, found through the declared fields of its type.

Lint, dependency lists, coverage and the checks of a program ask here, so that an action tells where its
expressions and variables are once, in its own file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ringback.documents import Node
from ringback.flows.actions.base import Field
from ringback.flows.model import Action


@dataclass(frozen=True, slots=True)
class Found:
    """A place in an action's body that a declared field covers.

    Attributes:
        field: the declaration.
        name: the last key on the way, a user's name where the path has `*` ("" for the item of a list).
        node: what stands there.
    """

    field: Field
    name: str
    node: Node


def fields_of(action: Action, fields: tuple[Field, ...]) -> Iterator[Found]:
    """Every place of the action's body that one of its fields covers, field by field."""
    for field in fields:
        for name, node in _at(action.body, field.path.split(".")):
            yield Found(field, name, node)


def expressions(action: Action, fields: tuple[Field, ...]) -> Iterator[tuple[Found, Node]]:
    """Every expression of the action: the texts of `exp`, and of `var` where a value is wanted."""
    for found in fields_of(action, fields):
        if found.field.role == "value":
            for node in _wrapped(found.node):
                yield found, node


def written(action: Action, fields: tuple[Field, ...]) -> Iterator[tuple[Found, Node]]:
    """The name of every variable that the action sets, as it stands in the document."""
    for found in fields_of(action, fields):
        if found.field.role == "writes":
            named = found.node.get("var") if found.node.is_map else found.node
            if named is not None and isinstance(named.value, str):
                yield found, named


def _at(node: Node, path: list[str], *, name: str = "") -> Iterator[tuple[str, Node]]:
    if not path:
        yield name, node
        return
    step, rest = path[0], path[1:]
    if step != "*":
        if (member := node.get(step)) is not None:
            yield from _at(member, rest, name=step)
        return
    for key, member in node.items():
        yield from _at(member, rest, name=key)
    for item in node:
        yield from _at(item, rest)


def _wrapped(node: Node) -> Iterator[Node]:
    """The expressions inside a wrapped value: its own, those of a list's items and of audio by language."""
    for key, member in node.items():
        if key in ("exp", "var"):
            yield member
        else:
            yield from _wrapped(member)
    for item in node:
        yield from _wrapped(item)
