"""The functions of paths. They take the value before the dot and their arguments, and answer a value.

They fail as Jayway's do: `OutOfBounds` for IndexOutOfBoundsException, JsonPathException for an aggregate
of nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from ringback.core.jsontypes import Json
from ringback.lang.jsonpath import limits
from ringback.lang.jsonpath.errors import Failed, OutOfBounds
from ringback.lang.jsonpath.java_text import KeySet, to_string
from ringback.lang.jsonpath.lenient_json import LenientJsonError, read_lenient
from ringback.lang.jsonpath.tree import JsonArgument

Arguments: TypeAlias = "Sequence[Json | JsonArgument]"
"""Values of path arguments, and JSON arguments as they are written."""
Function: TypeAlias = Callable[[Any, Arguments], Any]


def argument_value(argument: Json | JsonArgument) -> Json:
    """The value of an argument; unreadable JSON is noticed only here."""
    if not isinstance(argument, JsonArgument):
        return argument
    try:
        return read_lenient(argument.text)
    except LenientJsonError as error:
        raise Failed(f"the argument is no JSON: {error}", "InvalidJsonException", at=argument.at) from None


def _flat(arguments: Arguments) -> Iterator[Json]:
    """The arguments, lists among them replaced by their items."""
    for argument in arguments:
        value = argument_value(argument)
        if isinstance(value, (list, tuple)):
            yield from value
        else:
            yield value


def _numbers(values: Iterator[Json] | Sequence[Json]) -> list[float]:
    return [v for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]


def _aggregate(calculate: Callable[[list[float]], float]) -> Function:
    def run(model: Any, arguments: Arguments) -> float:
        own = _numbers(model) if isinstance(model, (list, tuple)) else []
        numbers = [_as_double(number) for number in own + _numbers(_flat(arguments))]
        if not numbers:
            raise Failed("there are no numbers to aggregate")
        return calculate(numbers)

    return run


def _as_double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _plain_sum(numbers: list[float]) -> float:
    """Left to right in double precision, as a Java loop adds (`sum` of Python 3.12 compensates)."""
    total = 0.0
    for number in numbers:
        total += number
    return total


def _deviation(numbers: list[float]) -> float:
    count, total = len(numbers), _plain_sum(numbers)
    variance = _plain_sum([n * n for n in numbers]) / count - total * total / count / count
    return math.sqrt(variance) if variance >= 0 else math.nan


def _smallest(numbers: list[float]) -> float:
    return min([1.7976931348623157e308, *numbers])


def _largest(numbers: list[float]) -> float:
    """`max` begins at Double.MIN_VALUE, the smallest positive number: negative numbers never win."""
    return max([5e-324, *numbers])


def _concat(model: Any, arguments: Arguments) -> str:
    own = [v for v in model if isinstance(v, str)] if isinstance(model, (list, tuple)) else []
    return "".join(own) + "".join(to_string(v) for v in _flat(arguments) if v is not None)


def _length(model: Any, _arguments: Arguments) -> int | None:
    return len(model) if isinstance(model, (list, tuple, dict)) else None


def _keys(model: Any, _arguments: Arguments) -> KeySet | None:
    return KeySet(tuple(model)) if isinstance(model, dict) else None


def copied(value: Any, depth: int = 0) -> Any:
    """A copy of a JSON value."""
    if depth > limits.DOCUMENT_DEPTH // 4:  # each level is two Python calls
        raise limits.exceeded("jsonpath_document_depth")
    if isinstance(value, dict):
        return {key: copied(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [copied(item, depth + 1) for item in value]
    return value


def plain(value: Any) -> Any:
    """The value as JSON: what `keys()` answered as a list."""
    return list(value.names) if isinstance(value, KeySet) else value


def _append(model: Any, arguments: Arguments) -> Any:
    if isinstance(model, list):  # a copy of the document: see `Path.read`
        model.extend([copied(plain(argument_value(argument))) for argument in arguments])
    return model


def _item(model: Any, index: int) -> Any:
    if index >= 0:
        if index >= len(model):
            raise OutOfBounds(f"index {index} is out of bounds for {len(model)} items")
        return model[index]
    if len(model) + index <= 0:  # Jayway never counts back to the first item
        raise Failed(f"index {index} counts back too far for {len(model)} items")
    return model[index]


def _array(model: Any) -> Any:
    if not isinstance(model, (list, tuple)):
        raise Failed("there is no array to take an item of")
    return model


def _first(model: Any, _arguments: Arguments) -> Any:
    return _item(_array(model), 0)


def _last(model: Any, _arguments: Arguments) -> Any:
    return _item(_array(model), -1)


def _index(model: Any, arguments: Arguments) -> Any:
    items = _array(model)
    numbers = _numbers(_flat(arguments))
    if not numbers:
        raise OutOfBounds("index() needs a number")
    return _item(items, _java_int(numbers[0]))


def _java_int(number: float) -> int:
    """`Number.intValue()`."""
    if isinstance(number, int):
        return (number + 2**31) % 2**32 - 2**31
    return 0 if math.isnan(number) else int(max(-(2.0**31), min(2.0**31 - 1, number)))


FUNCTIONS: Mapping[str, Function] = {
    "avg": _aggregate(lambda numbers: _plain_sum(numbers) / len(numbers)),
    "stddev": _aggregate(_deviation),
    "sum": _aggregate(_plain_sum),
    "min": _aggregate(_smallest),
    "max": _aggregate(_largest),
    "concat": _concat,
    "length": _length,
    "size": _length,
    "append": _append,
    "keys": _keys,
    "first": _first,
    "last": _last,
    "index": _index,
}
"""Every function of Jayway 2.9; names are case-sensitive."""
