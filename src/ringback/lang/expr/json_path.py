"""Properties and items of JSON values in one closure: `Flow.j.a.b[1]` makes no value on its way.

A missing property and an index outside an array are the policies `json_missing_property` and
`json_index_out_of_range`; null is a value and has no properties.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ringback.lang.expr.operators import json_index
from ringback.lang.expr.values import EvaluationError, Json

# From the plain JSON value before the step, or ABSENT for NOT_SET, to the one behind it.
Step: TypeAlias = Callable[[Any, Any], Any]
Failure: TypeAlias = Callable[[], EvaluationError]

ABSENT = object()


def property_step(name: str, not_set: Failure, *, missing: Failure) -> Step:
    """The step `.name`; `not_set` and `missing` make the errors of its place."""

    def step(value: Any, env: Any) -> Any:
        if isinstance(value, dict) and name in value:
            return value[name]
        if value is ABSENT:
            raise not_set()
        if env.services.policy("json_missing_property") == "not_set":
            return ABSENT
        raise missing()

    return step


def item_step(
    index: Callable[[Any], Any], no_index: Failure, *, not_set: Failure, locate: Callable[..., None]
) -> Step:
    """The step `[index]`; `locate` adds the place to the errors of the array."""

    def step(value: Any, env: Any) -> Any:
        number = index(env)
        if number is None:
            raise no_index()
        if value is ABSENT:
            raise not_set()
        if isinstance(value, list | tuple) and 0 <= number < len(value):
            return value[number]
        try:
            json_index(env, number, array=value)
        except EvaluationError as error:
            locate(error)
            raise
        return ABSENT

    return step


def json_path(source: Callable[[Any], Any], steps: list[Step]) -> Callable[[Any], Json | None]:
    """The closure that follows the steps from a JSON value."""

    def run(env: Any) -> Json | None:
        found = source(env)
        value = ABSENT if found is None else found.value
        for step in steps:
            value = step(value, env)
        return None if value is ABSENT else Json(value)

    return run
