"""The operators of filters: what each answers for two values.

`Refused` (InvalidPathException) makes the whole filter false for the node; `Failed` ends the reading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from ringback.lang.jsonpath import java_regex
from ringback.lang.jsonpath.errors import Failed, Refused
from ringback.lang.jsonpath.items import items_of, required_items
from ringback.lang.jsonpath.limits import Meter
from ringback.lang.jsonpath.text import java_before, java_length
from ringback.lang.jsonpath.values import (
    Pattern,
    Value,
    compare_numbers,
    equal,
    item_equal,
    json_value,
    kind_of,
    number_text,
    to_decimal,
)


class Operator(Protocol):
    """One operator."""

    def __call__(self, left: Value, right: Value, *, meter: Meter) -> bool:
        """Whether it holds; `meter` counts what is looked at."""


def _plain(test: Callable[[Value, Value], bool]) -> Operator:
    """An operator that looks at its two sides alone."""

    def operator(left: Value, right: Value, *, meter: Meter) -> bool:  # noqa: ARG001 - called like the others
        return test(left, right)

    return operator


def _not_equal(left: Value, right: Value, *, meter: Meter) -> bool:
    return not equal(left, right, meter=meter)


def _same_kind_equal(left: Value, right: Value, *, meter: Meter) -> bool:
    return kind_of(left) == kind_of(right) and equal(left, right, meter=meter)


def _not_same_kind_equal(left: Value, right: Value, *, meter: Meter) -> bool:
    return not _same_kind_equal(left, right, meter=meter)


def _less(left: Value, right: Value) -> bool:
    kind = kind_of(left)
    if kind != kind_of(right):
        return False
    if kind == "number":
        return compare_numbers(left, right) < 0
    return kind == "string" and java_before(left, right)


def _greater(left: Value, right: Value) -> bool:
    return _less(right, left)


def _at_most(left: Value, right: Value) -> bool:
    return _ordered(left, right) and not _less(right, left)


def _at_least(left: Value, right: Value) -> bool:
    return _ordered(left, right) and not _less(left, right)


def _ordered(left: Value, right: Value) -> bool:
    kind = kind_of(left)
    return kind == kind_of(right) and kind in ("number", "string")


def _regex(left: Value, right: Value, *, meter: Meter) -> bool:
    if isinstance(left, Pattern) == isinstance(right, Pattern):
        return False
    pattern, other = (left, right) if isinstance(left, Pattern) else (right, left)
    items = items_of(other)
    if items is None:
        return java_regex.matches(pattern.text, _matched_text(other), meter=meter)
    return any(java_regex.matches(pattern.text, _matched_text(item), meter=meter) for item in items)


def _matched_text(value: Value) -> str:
    kind = kind_of(value)
    if kind == "string":
        return str(value)
    if kind == "number":
        return number_text(value)
    return ("true" if value else "false") if kind == "boolean" else ""


def _among(value: Value, items: list[Value], *, meter: Meter) -> bool:
    meter.spend(len(items))
    return any(item_equal(value, item, meter=meter) for item in items)


def _contained(left: Value, right: Value, *, meter: Meter) -> bool:
    items = required_items(right)
    return items is not None and _among(left, items, meter=meter)


def _not_contained(left: Value, right: Value, *, meter: Meter) -> bool:
    return not _contained(left, right, meter=meter)


def _contains(left: Value, right: Value, *, meter: Meter) -> bool:
    if isinstance(left, str):
        return isinstance(right, str) and right in left
    items = items_of(left)
    return items is not None and _among(right, items, meter=meter)


def _size(left: Value, right: Value) -> bool:
    if kind_of(right) != "number":
        return False
    expected = _java_int(right)
    if isinstance(left, str):
        return java_length(left) == expected
    if kind_of(left) != "json":
        return False
    value = json_value(left)
    return (len(value) if isinstance(value, (list, tuple)) else -1) == expected


def _java_int(number: Value) -> int:
    """`BigDecimal.intValue()`: the fraction is cut off, then the low 32 bits count."""
    decimal = to_decimal(number)
    _, digits, exponent = decimal.as_tuple()
    if decimal.adjusted() < 0 or not isinstance(exponent, int) or exponent >= 32 or not any(digits):
        return 0  # 10 ** 32 has 32 zero bits at its end
    return (int(decimal) + 2**31) % 2**32 - 2**31


def _empty(left: Value, right: Value) -> bool:
    if isinstance(left, str):
        return (left == "") == _boolean(right)
    if kind_of(left) != "json":
        return False
    value = json_value(left)
    if isinstance(value, dict):
        raise Failed("the operator 'empty' cannot be used on an object", "ClassCastException")
    return (not value) == _boolean(right)


def _boolean(value: Value) -> bool:
    if not isinstance(value, bool):
        raise Refused("the operator needs true or false")
    return value


def _both(left: Value, right: Value) -> tuple[list[Value], list[Value]] | None:
    """The items of both sides, the right one looked at first; None when one is no array."""
    wanted = required_items(right)
    found = None if wanted is None else required_items(left)
    return None if wanted is None or found is None else (found, wanted)


def _subset(left: Value, right: Value, *, meter: Meter) -> bool:
    sides = _both(left, right)
    return sides is not None and all(_among(item, sides[1], meter=meter) for item in sides[0])


def _any_of(left: Value, right: Value, *, meter: Meter) -> bool:
    sides = _both(left, right)
    return sides is not None and any(_among(item, sides[1], meter=meter) for item in sides[0])


def _none_of(left: Value, right: Value, *, meter: Meter) -> bool:
    sides = _both(left, right)
    return sides is not None and not any(_among(item, sides[1], meter=meter) for item in sides[0])


def _never(_left: Value, _right: Value) -> bool:
    raise Refused("the operator needs a value that cannot be written in a path")


def _exists(left: Value, right: Value) -> bool:
    if not isinstance(left, bool) and not isinstance(right, bool):
        raise Failed("the operator 'exists' needs true or false")
    return _boolean(left) == _boolean(right)


EVALUATORS: Mapping[str, Operator] = {
    "==": equal,
    "!=": _not_equal,
    "===": _same_kind_equal,
    "!==": _not_same_kind_equal,
    "<": _plain(_less),
    "<=": _plain(_at_most),
    ">": _plain(_greater),
    ">=": _plain(_at_least),
    "=~": _regex,
    "in": _contained,
    "nin": _not_contained,
    "contains": _contains,
    "size": _plain(_size),
    "empty": _plain(_empty),
    "subsetof": _subset,
    "anyof": _any_of,
    "noneof": _none_of,
    "all": _plain(_never),
    "type": _plain(_never),
    "matches": _plain(_never),
    "exists": _plain(_exists),
}
"""One function for each name of `tree.OPERATORS`."""
