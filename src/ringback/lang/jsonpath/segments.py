"""Says in words what each step of a path does, for `explain`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ringback.lang.jsonpath import tree
from ringback.lang.jsonpath.printer import expression_text, quoted


@dataclass(frozen=True, slots=True)
class Segment:
    """One step.

    Attributes:
        kind: root, keys, indexes, slice, wildcard, scan, filter or call.
        text: the step as it is written.
        definite: whether it selects at most one value.
        about: what it does, one clause.
        offset: where it is written, 0-based.
    """

    kind: str
    text: str
    definite: bool
    about: str
    offset: int


def describe(text: str, path: tree.PathTree) -> tuple[Segment, ...]:
    """The root and the steps of `path`, which was read from `text`."""
    about = "the document" if path.root == "$" else "the value itself"
    segments = [Segment("root", path.root, True, about, 0)]
    for index, step in enumerate(path.steps):
        leaf = index == len(path.steps) - 1
        kind = type(step).__name__.lower()
        start = max(0, step.at[0])
        shown = text[start : step.at[0] + step.at[1]]
        segments.append(Segment(kind, shown, _definite(step, leaf), _ABOUT[type(step)](step, leaf), start))
    return tuple(segments)


def _definite(step: tree.Step, leaf: bool) -> bool:
    if isinstance(step, tree.Keys):
        return leaf or len(step.names) == 1
    if isinstance(step, tree.Indexes):
        return len(step.indexes) == 1
    return isinstance(step, tree.Call)


def _keys(step: tree.Keys, leaf: bool) -> str:
    names = ", ".join(quoted(name) for name in step.names)
    if len(step.names) == 1:
        return f"the value of the key {names}"
    return f"one object with those of the keys {names} that exist" if leaf else f"each of the keys {names}"


def _indexes(step: tree.Indexes, _leaf: bool) -> str:
    if len(step.indexes) > 1:
        return "the items " + ", ".join(str(index) for index in step.indexes)
    index = step.indexes[0]
    return f"the item {index}, counted from {'0' if index >= 0 else 'the end'}"


def _slice(step: tree.Slice, _leaf: bool) -> str:
    start = "the first item" if step.start is None else f"item {step.start}"
    return f"{start} up to " + ("the last" if step.stop is None else f"before item {step.stop}")


def _call(step: tree.Call, _leaf: bool) -> str:
    count = len(step.arguments or ())
    return f"the function {step.name}" + (f" with {count} argument{'s' * (count != 1)}" if count else "")


_ABOUT: Mapping[type, Callable[[Any, bool], str]] = {
    tree.Keys: _keys,
    tree.Indexes: _indexes,
    tree.Slice: _slice,
    tree.Wildcard: lambda _step, _leaf: "every value of the object or array",
    tree.Scan: lambda _step, _leaf: "the next step at every depth",
    tree.Filter: lambda step, _leaf: f"what meets {expression_text(step.expression)}",
    tree.Call: _call,
}
