"""Compiled steps: each looks at a value and hands what it selects to the next (`then`).

A step knows three things about its path that never change: whether everything before it is definite (then
something missing is an error), whether it is the leaf, and where it is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ringback.lang.jsonpath import tree
from ringback.lang.jsonpath.errors import At, Loc, Missing, OutOfBounds, Refused
from ringback.lang.jsonpath.run import Run, Visit, bounded, emit


@dataclass(frozen=True, slots=True)
class Place:
    """What a step knows about its path.

    Attributes:
        at: where it is written.
        definite: whether every step before it is definite.
        leaf: whether nothing follows.
        guard: None, or for a leaf two steps behind a scan the only array index (as last seen by that scan) at
            which it answers; -1 for none. Jayway keeps that index in the step and never resets it.
    """

    at: At
    definite: bool
    leaf: bool
    guard: int | None = None


def open_at(guard: int, run: Run) -> bool:
    """Whether a guarded leaf answers: no array was scanned yet, or the last item's index is its own."""
    return run.scan_index in (-1, guard)


def absent(model: Any, loc: Loc, *, run: Run, key: object, place: Place) -> None:
    """Nothing at `key`: an error, or silence (with a note for the definite path that ends without result)."""
    if place.leaf:
        forgiven = run.suppress or not run.require
    else:
        forgiven = run.suppress or not (place.definite or run.require)
    if not forgiven:
        raise Missing(loc, key, model=model, at=place.at)
    if place.definite:
        run.miss = Missing(loc, key, model=model, at=place.at)


def no_object(model: Any, loc: Loc, *, run: Run, key: object, place: Place) -> None:
    """A key was asked of something that is no object; an index of something that is no array."""
    if place.definite:
        run.miss = Missing(loc, key, model=model, at=place.at)
        if not run.suppress:
            raise run.miss


# -- keys ------------------------------------------------------------------------------------------------


def key_step(name: str, *, place: Place, then: Visit) -> Visit:
    """`.name`."""
    leaf, guard = place.leaf, place.guard
    if then is emit and guard is None:
        return LastKey(name, place)

    def visit(model: Any, loc: Loc, *, run: Run) -> None:
        if isinstance(model, dict):
            if name in model:
                value = model[name]
            elif leaf and run.leaf_null:
                value = None
            else:
                return absent(model, loc, run=run, key=name, place=place)
            if guard is None or open_at(guard, run):
                then(value, (loc, name), run=run)
            return None
        return no_object(model, loc, run=run, key=name, place=place)

    return visit


@dataclass(frozen=True, slots=True)
class LastKey:
    """`.name` at the end: the most frequent step. Steps over lists look at the items in its place."""

    name: str
    place: Place

    def __call__(self, model: Any, loc: Loc, *, run: Run) -> None:
        """Write the result down."""
        if isinstance(model, dict):
            if self.name in model:
                emit(model[self.name], (loc, self.name), run=run)
            elif run.leaf_null:
                emit(None, (loc, self.name), run=run)
            else:
                absent(model, loc, run=run, key=self.name, place=self.place)
        else:
            no_object(model, loc, run=run, key=self.name, place=self.place)


def _tail(then: Visit) -> str | None:
    """The key that ends the path, if nothing else does."""
    return then.name if isinstance(then, LastKey) else None


def merge_step(names: tuple[str, ...], *, place: Place, then: Visit) -> Visit:
    """`['a', 'b']` at the end: one object with the keys that exist."""

    def visit(model: Any, loc: Loc, *, run: Run) -> None:
        if not isinstance(model, dict):
            return no_object(model, loc, run=run, key=names, place=place)
        merged: dict[str, Any] = {}
        for name in names:
            if name in model or run.leaf_null:
                merged[name] = model.get(name)
            elif run.require:
                raise Missing(loc, name, model=model, at=place.at)
        return then(merged, (loc, names), run=run)

    return visit


def each_key_step(names: tuple[str, ...], *, place: Place, then: Visit) -> Visit:
    """`['a', 'b']` with more behind it: each key that exists."""
    single = Place(place.at, definite=False, leaf=False)

    def visit(model: Any, loc: Loc, *, run: Run) -> None:
        if not isinstance(model, dict):
            return no_object(model, loc, run=run, key=names, place=place)
        for name in names:
            if name in model:
                then(model[name], (loc, name), run=run)
            else:
                absent(model, loc, run=run, key=name, place=single)
        return None

    return visit


# -- arrays ----------------------------------------------------------------------------------------------


def at_index(model: Any, index: int, *, loc: Loc, run: Run, then: Visit) -> bool:
    """Hand on the item at `index`, if any; whatever runs out of bounds behind it counts as absent."""
    try:
        item = model[index]
    except IndexError:
        return False
    try:
        then(item, (loc, index), run=run)
    except OutOfBounds:
        return False
    return True


def index_step(indexes: tuple[int, ...], *, place: Place, then: Visit) -> Visit:
    """`[0]`, `[0,2]`."""

    def visit(model: Any, loc: Loc, *, run: Run) -> None:
        if not isinstance(model, (list, tuple)):
            return no_object(model, loc, run=run, key=indexes[0], place=place)
        for index in indexes:
            if not at_index(model, index, loc=loc, run=run, then=then) and place.definite:
                run.miss = Missing(loc, index, model=model, at=place.at)
        return None

    return visit


def slice_indexes(start: int | None, stop: int | None, *, length: int) -> range:
    """The indexes of `[start:stop]`: a negative start counts from the end only when there is no stop.

    >>> list(slice_indexes(-3, 4, length=5)), list(slice_indexes(-2, None, length=5))
    ([-3, -2, -1, 0, 1, 2, 3], [3, 4])
    """
    if length == 0:
        return range(0)
    if stop is None:
        start = start or 0
        return range(max(0, length + start if start < 0 else start), length)
    if start is None:
        return range(min(length, length + stop if stop < 0 else stop))
    return range(max(start, -length), min(length, stop))


def slice_step(start: int | None, stop: int | None, *, place: Place, then: Visit) -> Visit:
    """`[0:2]`."""

    def visit(model: Any, loc: Loc, *, run: Run) -> None:
        if not isinstance(model, (list, tuple)):
            return no_object(model, loc, run=run, key=start or 0, place=place)
        indexes = slice_indexes(start, stop, length=len(model))
        run.meter.spend(len(indexes))
        for index in indexes:
            at_index(model, index, loc=loc, run=run, then=then)
        return None

    return visit


# -- everything ------------------------------------------------------------------------------------------


def wildcard_step(place: Place, then: Visit) -> Visit:
    """`*`: something missing behind one item of an array does not stop the others, unless all is required."""
    guard = place.guard
    last = _tail(then)

    def visit(model: Any, loc: Loc, *, run: Run) -> None:
        if isinstance(model, dict):
            if guard is None or open_at(guard, run):
                run.meter.spend(len(model))
                for name, value in model.items():
                    then(value, (loc, name), run=run)
        elif isinstance(model, (list, tuple)):
            run.meter.spend(len(model))
            # at_index without its look at the bounds: every item exists.
            for index, item in enumerate(model):
                if last is not None and item.__class__ is dict and last in item:
                    run.values.append(item[last])
                    run.locs.append(((loc, index), last))
                    continue
                try:
                    then(item, (loc, index), run=run)
                except OutOfBounds:
                    continue
                except Missing:
                    if run.require:
                        raise
            bounded(run)

    return visit


def filter_step(accepts: Callable[[Any, Run], bool], *, place: Place, then: Visit) -> Visit:
    """`[?(…)]`: the items for which it holds, or the object itself."""
    last = _tail(then)

    def visit(model: Any, loc: Loc, *, run: Run) -> None:
        if isinstance(model, dict):
            run.meter.spend(1)
            if accepts(model, run):
                then(model, loc, run=run)
        elif isinstance(model, (list, tuple)):
            run.meter.spend(len(model))
            for index, item in enumerate(model):
                if not accepts(item, run):
                    continue
                if last is not None and item.__class__ is dict and last in item:
                    run.values.append(item[last])
                    run.locs.append(((loc, index), last))
                    continue
                try:
                    then(item, (loc, index), run=run)
                except OutOfBounds:
                    continue
            bounded(run)
        elif place.definite:
            raise Refused(f"a filter cannot be applied to {shown(model)}", place.at)

    return visit


def shown(model: Any) -> str:
    """A few words for what stands somewhere: `the number 5`, `a string`, `null`."""
    if model is None:
        return "null"
    if isinstance(model, bool):
        return "true" if model else "false"
    if isinstance(model, (int, float)):
        return "a number"
    if isinstance(model, str):
        return "a string"
    return "an object" if isinstance(model, dict) else "an array"


def simple_step(
    step: tree.Keys | tree.Indexes | tree.Slice | tree.Wildcard, *, place: Place, then: Visit
) -> Visit:
    """The compiled form of a step that needs nothing but itself."""
    if isinstance(step, tree.Indexes):
        return index_step(step.indexes, place=place, then=then)
    if isinstance(step, tree.Slice):
        return slice_step(step.start, step.stop, place=place, then=then)
    if isinstance(step, tree.Wildcard):
        return wildcard_step(place, then)
    if len(step.names) == 1:
        return key_step(step.names[0], place=place, then=then)
    return (merge_step if place.leaf else each_key_step)(step.names, place=place, then=then)
