"""The deep scan `..`: tries the next step at the value itself and at everything below it, parents first.

Where the next step is no leaf and an array fits it, Jayway hands every item of the array to the step after
it, whatever the next step would select: `$..[0].a.b` reads `a.b` of every item of every array. Only a key or
star at the end looks at the item's index again (see `Place.guard`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ringback.lang.jsonpath import limits, tree
from ringback.lang.jsonpath.errors import Failed, Loc
from ringback.lang.jsonpath.run import Run, Visit

Fits: TypeAlias = Callable[[Any, Run], bool]
"""Whether the step behind the scan is tried at a container."""


def scan_step(fits: Fits, *, on_object: Visit, on_array: Visit) -> Visit:
    """`..` before a step: what runs at the objects and at the arrays that fit."""

    def visit(model: Any, loc: Loc, *, run: Run) -> None:
        stack: list[tuple[Any, Loc, int]] = [(model, loc, 0)]
        while stack:
            node, where, depth = stack.pop()
            if isinstance(node, dict):
                if fits(node, run):
                    on_object(node, where, run=run)
            elif not isinstance(node, (list, tuple)):
                return
            elif fits(node, run):
                on_array(node, where, run=run)
            stack += _below(node, where, depth=depth + 1, run=run)

    return visit


def each_item(behind: Visit, *, noted: bool) -> Visit:
    """What a scan does with an array when its step is no leaf; `noted` when a leaf asks for the index."""

    def visit(model: Any, loc: Loc, *, run: Run) -> None:
        run.meter.spend(len(model))
        for index, item in enumerate(model):
            if noted:
                run.scan_index = index
            behind(item, (loc, index), run=run)

    return visit


def _below(node: Any, loc: Loc, *, depth: int, run: Run) -> list[tuple[Any, Loc, int]]:
    """The containers in a container, the last first, with their places and depth."""
    run.meter.spend(len(node))
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    children: list[tuple[Any, Loc, int]] = [
        (v, (loc, k), depth) for k, v in pairs if isinstance(v, (dict, list, tuple))
    ]
    if children and depth > limits.DOCUMENT_DEPTH:
        raise limits.exceeded("jsonpath_document_depth")
    children.reverse()
    return children


def scan_key_step(name: str, then: Visit, *, leaf: bool) -> Visit:
    """`..name`, the usual case, without a call for every container."""

    def visit(model: Any, loc: Loc, *, run: Run) -> None:
        stack: list[tuple[Any, Loc, int]] = [(model, loc, 0)]
        while stack:
            node, where, depth = stack.pop()
            if isinstance(node, dict):
                if name in node:
                    then(node[name], (where, name), run=run)
                elif leaf and run.leaf_null:
                    then(None, (where, name), run=run)
            elif not isinstance(node, (list, tuple)):
                return
            stack += _below(node, where, depth=depth + 1, run=run)

    return visit


def dead_end(model: Any, loc: Loc, *, run: Run) -> None:  # noqa: ARG001 - called like every step
    """`..` with nothing behind it, as `$..length()` leaves it."""
    raise Failed("the deep scan '..' has nothing behind it", "IllegalStateException")


def fits_for(step: tree.Step, *, leaf: bool) -> Fits:
    """When a scan tries `step` at a container; a filter tests for itself, a function is never tried."""
    if isinstance(step, tree.Keys):
        return _fits_keys(step.names, leaf=leaf)
    if isinstance(step, (tree.Indexes, tree.Slice)):
        return lambda node, _run: not isinstance(node, dict)
    if isinstance(step, tree.Wildcard):
        return lambda _node, _run: True
    return lambda _node, _run: False


def _fits_keys(names: tuple[str, ...], *, leaf: bool) -> Fits:
    if not leaf and len(names) > 1:
        return lambda node, _run: isinstance(node, dict)
    wanted = frozenset(names)
    return lambda node, run: isinstance(node, dict) and ((leaf and run.leaf_null) or wanted <= node.keys())
