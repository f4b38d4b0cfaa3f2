"""`$math`: the MathTool of velocity-tools 3.1.

Numbers are computed as doubles. The result is a whole number when it is whole and no argument was a double,
else a double. Texts are read as a number at their start ("1,000.5 kg" is 1000.5). What is no number
gives null.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import reduce
from typing import Any

from ringback.lang.velocity.method import Method, Table
from ringback.lang.velocity.methods_number import signed, to_double, to_int, to_long
from ringback.lang.velocity.values import INT_MAX, INT_MIN, LISTS, LONG_MAX, LONG_MIN, Float32, View

_TEXT = re.compile(r"(-?)(?:(?=[0-9.])([0-9][0-9,]*)?(\.[0-9]*)?(E-?[0-9]+)?|(∞))")
_TINY = 4.9e-324


def number(value: Any) -> int | float | None:
    """The number of an argument, or None."""
    kind = type(value)
    if kind is int:
        return int(value)
    if kind is float or kind is Float32 or kind is Decimal:
        return to_double(value)
    return _number_of_text(value) if kind is str else None


def _number_of_text(text: str) -> int | float | None:
    found = _TEXT.match(text[:400])
    if found is None:
        return None
    sign, whole, fraction, exponent, infinite = found.groups()
    if infinite:
        return -math.inf if sign else math.inf
    if not whole and (fraction is None or len(fraction) < 2):
        return None
    value = float(
        f"{sign}{(whole or '0').replace(',', '')}{fraction or ''}{exponent or ''}".replace(".E", ".0E")
    )
    if value == 0 and sign:
        return value
    if value.is_integer() and LONG_MIN <= value < LONG_MAX:
        return int(f"{sign}{whole.replace(',', '')}") if whole and not exponent else int(value)
    return value


def _numbers(values: Iterable[Any]) -> list[int | float] | None:
    found = [number(value) for value in values]
    known = [item for item in found if item is not None]
    return known if len(known) == len(found) else None


def _matched(result: float, given: Iterable[int | float]) -> int | float:
    """The result as a whole number, when it is one and no argument is a double."""
    if any(type(item) is not int for item in given) or not math.isfinite(result):
        return result
    if not result.is_integer():
        return result
    return max(LONG_MIN, min(LONG_MAX, int(result)))


def _folding(compute: Callable[[float, float], float], empty: float) -> tuple[Method, ...]:
    """A method of any number of arguments, taken together from the left."""

    def run(_tool: Any, *values: Any) -> int | float | None:
        given = _numbers(values)
        if given is None:
            return None
        if not given:
            return _matched(empty, ())
        return _matched(reduce(compute, [to_double(item) for item in given]), given)

    return (Method("*", run),)


def _divide(_tool: Any, *values: Any) -> int | float | None:
    given = _numbers(values)
    if given is None or any(item == 0 for item in given[1:]):
        return None
    if not given:
        return 0
    return _matched(reduce(lambda left, right: left / right, [to_double(item) for item in given]), given)


def _largest(_tool: Any, *values: Any) -> int | float | None:
    """The engine starts from the smallest positive double, so negative numbers alone give that."""
    given = _numbers(values)
    return None if given is None else _matched(max([_TINY, *map(to_double, given)]), given)


def _smallest(_tool: Any, *values: Any) -> int | float | None:
    given = _numbers(values)
    return None if given is None else _matched(min([1.7976931348623157e308, *map(to_double, given)]), given)


def _whole_pair(compute: Callable[[int, int], int]) -> tuple[Method, ...]:
    def run(_tool: Any, left: Any, right: Any) -> int | None:
        given = _numbers((left, right))
        if given is None or to_int(given[1]) == 0:
            return None
        return signed(compute(to_int(given[0]), to_int(given[1])), 32)

    return (Method("oo", run),)


def _quotient(left: int, right: int) -> int:
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _remainder(left: int, right: int) -> int:
    return left - right * _quotient(left, right)


def _bitwise(compute: Callable[[int, int], int]) -> tuple[Method, ...]:
    def run(_tool: Any, *values: Any) -> int | None:
        given = _numbers(values)
        return None if not given else reduce(compute, [to_long(item) for item in given])

    return (Method("*", run),)


def _power(_tool: Any, base: Any, exponent: Any) -> int | float | None:
    given = _numbers((base, exponent))
    if given is None:
        return None
    try:
        result = math.pow(given[0], given[1])
    except OverflowError:
        result = math.inf if given[0] > 0 or given[1] % 2 == 0 else -math.inf
    except ValueError:
        result = math.inf if given[0] == 0 else math.nan
    if math.isinf(result) and all(type(item) is int for item in given):
        return LONG_MAX if result > 0 else LONG_MIN
    return _matched(result, given)


def _one(compute: Callable[[int | float], Any]) -> tuple[Method, ...]:
    """A method of one number; null for what is none."""

    def run(_tool: Any, value: Any) -> Any:
        given = number(value)
        return None if given is None else compute(given)

    return (Method("o", run),)


def _int_of(compute: Callable[[float], float]) -> Callable[[int | float], int]:
    def run(value: int | float) -> int:
        real = to_double(value)
        if not math.isfinite(real):
            return to_int(real)
        return max(INT_MIN, min(INT_MAX, int(compute(real))))

    return run


def _round_to(_tool: Any, places: Any, value: Any) -> float | None:
    given = _numbers((places, value))
    if given is None:
        return None
    digits, real = to_int(given[0]), to_double(given[1])
    if digits <= 0 or digits > 300 or not math.isfinite(real * 10.0**digits):
        return real
    return math.floor(real * 10.0**digits + 0.5) / 10.0**digits


def _sum(values: Any, divide: bool) -> int | float | None:
    given = _numbers(values)
    if given is None:
        return None
    total = math.fsum(()) + sum(map(to_double, given))
    if not divide:
        return _matched(total, given)
    return _matched(total / len(given), given) if given else math.nan


def _collected(*, divide: bool) -> tuple[Method, ...]:
    def run(_tool: Any, *values: Any) -> int | float | None:
        one = len(values) == 1 and type(values[0]) in LISTS and type(values[0]) is not View
        return _sum(values[0] if one else values, divide)

    return (Method("*", run),)


def _absolute(value: int | float) -> int | float:
    return _matched(abs(to_double(value)), (value,))


METHODS: Table = {
    "add": _folding(lambda left, right: left + right, 0.0),
    "sub": _folding(lambda left, right: left - right, 0.0),
    "mul": _folding(lambda left, right: left * right, 1.0),
    "div": (Method("*", _divide),),
    "idiv": _whole_pair(_quotient),
    "mod": _whole_pair(_remainder),
    "pow": (Method("oo", _power),),
    "max": (Method("*", _largest),),
    "min": (Method("*", _smallest),),
    "abs": _one(_absolute),
    "ceil": _one(_int_of(math.ceil)),
    "floor": _one(_int_of(math.floor)),
    "round": _one(_int_of(round)),
    "roundTo": (Method("oo", _round_to),),
    "toNumber": _one(lambda value: value),
    "toInteger": _one(to_int),
    "toLong": _one(to_long),
    "toDouble": _one(to_double),
    "bitwiseAnd": _bitwise(lambda left, right: left & right),
    "bitwiseOr": _bitwise(lambda left, right: left | right),
    "bitwiseXOr": _bitwise(lambda left, right: left ^ right),
    "getTotal": _collected(divide=False),
    "getAverage": _collected(divide=True),
}
