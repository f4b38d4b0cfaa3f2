"""Makes closures of a tree.

The steps are compiled from the last to the first, each knowing the one behind it. `$..a.b.sum()` is first
rewritten to `$.sum($..a.b)`, as Jayway does; the arguments that the function had are lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ringback.lang.jsonpath import tree
from ringback.lang.jsonpath.errors import Failed, Loc, Missing, Refused
from ringback.lang.jsonpath.filters import FilterCompiler
from ringback.lang.jsonpath.functions import FUNCTIONS, Arguments
from ringback.lang.jsonpath.places import CallMark
from ringback.lang.jsonpath.run import Run, Visit, emit
from ringback.lang.jsonpath.scans import Fits, dead_end, each_item, fits_for, scan_key_step, scan_step
from ringback.lang.jsonpath.steps import Place, filter_step, simple_step


class Apply(Protocol):
    """A function as a step calls it."""

    def __call__(self, model: Any, arguments: Arguments, *, run: Run) -> Any:
        """The function's answer for the value before the dot and the values of the arguments."""


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled path.

    Attributes:
        visit: runs the whole path on a value.
        definite: whether it answers the value itself instead of a list.
        call: whether it ends in a function (the options about lists are refused then).
        keys: whether `keys()` is called: its answers are no lists to the other functions.
        simple: the keys and indexes of a path that is nothing else, with the type each needs; or None.
        appends: whether it calls `append`, which changes what it reads: then a copy must be read.
        steps: the steps as they are run.
    """

    visit: Visit
    definite: bool
    call: bool
    keys: bool
    simple: tuple[tuple[Any, Any], ...] | None
    appends: bool
    steps: tuple[tree.Step, ...]

    def value(self, document: Any, run: Run) -> Any:
        """The last result of a definite path (Missing without any), all results of another."""
        self.visit(document, None, run=run)
        if not self.definite:
            return run.values
        if not run.values and run.suppress:
            return None
        if not run.values:
            raise run.miss or Missing(None, None, model=document, at=(0, 1))
        return run.values[-1]


def compile_tree(path: tree.PathTree, *, counting: bool = False) -> Program:
    """The program of a path; `counting` when its last step was put there by `length(path)`."""
    steps, call = _inverted(path.steps)
    behind_scan = steps is not path.steps
    return Program(
        _chain(steps, definite=not behind_scan, counting=counting),
        definite=all(_is_definite(step, leaf=i == len(steps) - 1) for i, step in enumerate(steps)),
        call=call,
        keys=any(isinstance(step, tree.Call) and step.name == "keys" for step in steps),
        simple=_simple(steps),
        appends=_appends(path),
        steps=steps,
    )


def _inverted(steps: tuple[tree.Step, ...]) -> tuple[tuple[tree.Step, ...], bool]:
    """The steps with a function behind a leading scan turned into one with the scan as argument."""
    ends_in_call = bool(steps) and isinstance(steps[-1], tree.Call)
    if not ends_in_call or not isinstance(steps[0], tree.Scan):
        return steps, ends_in_call
    first = next(i for i, step in enumerate(steps) if isinstance(step, tree.Call))
    call = steps[first]
    assert isinstance(call, tree.Call)
    argument = tree.PathArgument(tree.PathTree("$", steps[:first]), at=call.at)
    return (replace(call, arguments=(argument,)), *steps[first + 1 :]), True


def _is_definite(step: tree.Step, *, leaf: bool) -> bool:
    if isinstance(step, tree.Keys):
        return leaf or len(step.names) == 1
    if isinstance(step, tree.Indexes):
        return len(step.indexes) == 1
    return isinstance(step, tree.Call)


def _simple(steps: Sequence[tree.Step]) -> tuple[tuple[Any, Any], ...] | None:
    pairs: list[tuple[type, Any]] = []
    for step in steps:
        if isinstance(step, tree.Keys) and len(step.names) == 1:
            pairs.append((dict, step.names[0]))
        elif isinstance(step, tree.Indexes) and len(step.indexes) == 1:
            pairs.append((list, step.indexes[0]))
        else:
            return None
    return tuple(pairs)


def _appends(node: object) -> bool:
    if isinstance(node, tree.Call) and node.name == "append":
        return True
    if isinstance(node, tuple):
        return any(_appends(item) for item in node)
    fields = getattr(node, "__dataclass_fields__", ())
    return any(_appends(getattr(node, name)) for name in fields if name != "at")


# -- chains ----------------------------------------------------------------------------------------------


def _chain(steps: tuple[tree.Step, ...], *, definite: bool, counting: bool) -> Visit:
    """The steps as one closure; `definite` is whether something missing may be an error at all."""
    visits: list[Visit] = [emit, emit]  # a scan asks for the step behind the next one
    for index in range(len(steps) - 1, -1, -1):
        step, then = steps[index], visits[-1]
        place = _place(steps, index, definite=definite)
        if counting and place.guard is not None:
            place = replace(place, guard=-1)
        if isinstance(step, tree.Scan):
            visits.append(_scan(steps[index + 1 :], target=then, behind=visits[-2]))
        elif isinstance(step, tree.Filter):
            visits.append(filter_step(_accepts(step), place=place, then=then))
        elif isinstance(step, tree.Call):
            visits.append(_call(step, None if index == len(steps) - 1 else then))
        else:
            visits.append(simple_step(step, place=place, then=then))
    return visits[-1]


def _place(steps: tuple[tree.Step, ...], index: int, *, definite: bool) -> Place:
    leaf = index == len(steps) - 1
    definite = definite and all(_is_definite(step, leaf=False) for step in steps[:index])
    return Place(steps[index].at, definite, leaf, _guard(steps, index) if leaf else None)


def _guard(steps: tuple[tree.Step, ...], index: int) -> int | None:
    """For a leaf two steps behind a scan: the index that the step between them names, -1 for none."""
    if index < 2 or not isinstance(steps[index - 2], tree.Scan):
        return None
    between = steps[index - 1]
    if isinstance(between, tree.Indexes) and len(between.indexes) == 1:
        return between.indexes[0]
    return -1


def _accepts(step: tree.Filter) -> Fits:
    return FilterCompiler(compile_tree).accepts(step)


def _scan(rest: tuple[tree.Step, ...], *, target: Visit, behind: Visit) -> Visit:
    """A scan: `target` is the compiled step behind it, `behind` the one after that (or the end)."""
    if not rest:
        return dead_end
    step, leaf = rest[0], len(rest) == 1
    if isinstance(step, tree.Keys) and len(step.names) == 1:
        return scan_key_step(step.names[0], behind, leaf=leaf)
    on_array = target if leaf else each_item(behind, noted=len(rest) == 2)
    if isinstance(step, tree.Filter):
        return scan_step(_accepts(step), on_object=behind, on_array=on_array)
    return scan_step(fits_for(step, leaf=leaf), on_object=target, on_array=on_array)


# -- calls -----------------------------------------------------------------------------------------------


def _call(step: tree.Call, then: Visit | None) -> Visit:
    apply = _function(step)
    if apply is None:
        return _unknown(step)
    known = apply
    programs = [
        argument if isinstance(argument, tree.JsonArgument) else compile_tree(argument.path)
        for argument in step.arguments or ()
    ]
    mark, wears_out = CallMark(step.name), _wears_out(step)

    def visit(model: Any, loc: Loc, *, run: Run) -> None:
        if wears_out:
            _wear(step, run)
        arguments = [
            program.value(run.root, run.inner()) if isinstance(program, Program) else program
            for program in programs
        ]
        try:
            result = known(model, arguments, run=run)
        except Failed as failed:
            failed.at = step.at if failed.at == (0, 1) else failed.at
            raise
        emit(result, (loc, mark), run=run)
        if then is not None:
            then(result, loc, run=run)

    return visit


def _wears_out(step: tree.Call) -> bool:
    """Whether the first argument scans for `*`: Jayway cuts the star off once it is read, and fails then."""
    if not step.arguments or isinstance(step.arguments[0], tree.JsonArgument):
        return False
    steps = step.arguments[0].path.steps
    stars = [i for i, part in enumerate(steps) if i and isinstance(part, tree.Wildcard)]
    ends_in_call = bool(steps) and isinstance(steps[-1], tree.Call)
    return bool(stars) and not ends_in_call and isinstance(steps[stars[0] - 1], tree.Scan)


def _wear(step: tree.Call, run: Run) -> None:
    if step.at in run.meter.worn:
        raise Failed("an argument that scans for '*' is read twice", "IllegalStateException", at=step.at)
    run.meter.worn.add(step.at)


def _function(step: tree.Call) -> Apply | None:
    function = FUNCTIONS.get(step.name)
    if function is None:
        return None
    if step.name in ("length", "size") and step.arguments:
        return _counting(step.arguments[0])
    known = function

    def apply(model: Any, arguments: Arguments, *, run: Run) -> Any:  # noqa: ARG001 - called like `length(path)`
        return known(model, arguments)

    return apply


def _unknown(step: tree.Call) -> Visit:
    message = f"there is no function {step.name!r}; functions: {', '.join(sorted(FUNCTIONS))}"

    def visit(model: Any, loc: Loc, *, run: Run) -> None:  # noqa: ARG001 - called like every step
        raise Refused(message, step.at)

    return visit


def _counting(argument: tree.Argument) -> Apply:
    """`length(path)`: how many values stand below the path, read from the value before the dot."""
    if isinstance(argument, tree.JsonArgument):
        return _no_path(argument)
    steps, call = _inverted(argument.path.steps)
    definite = compile_tree(argument.path).definite
    children = steps if call or not steps else (*steps, tree.Wildcard(at=argument.at))
    counted = compile_tree(replace(argument.path, steps=children), counting=children is not steps)
    program = replace(counted, definite=definite)

    def apply(model: Any, arguments: Arguments, *, run: Run) -> Any:  # noqa: ARG001 - as above
        if model is None:
            raise Failed("length(path) cannot be read from null", "IllegalArgumentException")
        inner = run.inner()
        inner.root, inner.cache = model, {}
        found = program.value(model, inner)
        return FUNCTIONS["length"](found if isinstance(found, (list, tuple)) else model, ())

    return apply


def _no_path(argument: tree.JsonArgument) -> Apply:
    def apply(model: Any, arguments: Arguments, *, run: Run) -> None:  # noqa: ARG001 - as above
        raise Failed("length() needs a path as its argument", "NullPointerException", at=argument.at)

    return apply
