"""Arithmetic and comparison as Velocity does them on Java's numbers.

A whole number is an Integer, a Long or a BigInteger by its size, so overflow widens. A BigDecimal on either
side makes BigDecimals of both; a BigInteger with a double too. Strings with a number in them count as
BigDecimal except under `+`, which joins texts. Null, and what is no number, gives null.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_DOWN, Context, Decimal
from typing import Any, TypeAlias

from ringback.lang.velocity.doubles import double_text, single_text, to_single
from ringback.lang.velocity.errors import MethodFailed
from ringback.lang.velocity.limits import Budget, over_limit
from ringback.lang.velocity.values import LISTS, LONG_MAX, LONG_MIN, Char, Entry, Float32, View, text_of

Numeric: TypeAlias = "int | float | Decimal"

_EXACT = Context(prec=20_000, Emax=MAX_EMAX, Emin=MIN_EMIN)
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE]([+-]?[0-9]{1,9}))?")
NUMBER_TYPES: frozenset[type] = frozenset({int, float, Float32, Decimal})
_MAX_EXPONENT = 4000
_MAX_BITS = 16_000


def number_of(value: Any) -> Numeric | None:
    """The number that a value counts as in `- * / %` and comparisons, or None."""
    kind = type(value)
    if kind in NUMBER_TYPES:
        number: Numeric = value
        return number
    return decimal_of_text(value) if kind is str else None


def decimal_of_text(text: str) -> Decimal | None:
    """The BigDecimal that a text spells, or None."""
    if len(text) > _MAX_EXPONENT:
        return None
    found = _DECIMAL.fullmatch(text)
    if found is None:
        return None
    if found[1] and abs(int(found[1])) > _MAX_EXPONENT:
        raise over_limit("digits", _MAX_EXPONENT, what="a number in a text has too large an exponent")
    return Decimal(text)


def _to_decimal(number: Numeric) -> Decimal:
    if type(number) is Decimal:
        return number
    if type(number) is int:
        if LONG_MIN <= number <= LONG_MAX:
            return Decimal(double_text(float(number)))
        return Decimal(number)
    text = single_text(number) if type(number) is Float32 else double_text(float(number))
    if text.endswith(("NaN", "Infinity")):
        raise MethodFailed("NumberFormatException", f"{text} has no decimal form")
    return Decimal(text)


def _is_big(number: Numeric) -> bool:
    return type(number) is int and not LONG_MIN <= number <= LONG_MAX


def _uses_decimals(left: Numeric, right: Numeric) -> bool:
    if type(left) is Decimal or type(right) is Decimal:
        return True
    return (_is_big(left) and type(right) is not int) or (_is_big(right) and type(left) is not int)


def _bounded(value: int) -> int:
    if value.bit_length() > _MAX_BITS:
        raise over_limit("digits", _MAX_BITS, what="a whole number has too many bits")
    return value


def _plain(left: Numeric, right: Numeric, *, compute: Callable[[Any, Any], Any]) -> Numeric:
    if type(left) is int and type(right) is int:
        return _bounded(compute(left, right))
    single = type(left) is not float and type(right) is not float
    result = float(compute(float(left), float(right)))
    return Float32(to_single(result)) if single else result


def _exactly(
    compute: Callable[[Context, Decimal, Decimal], Decimal], left: Numeric, *, right: Numeric
) -> Decimal:
    return compute(_EXACT, _to_decimal(left), _to_decimal(right))


def add(left: Numeric, right: Numeric) -> Numeric:
    """`left + right` of two numbers."""
    return (
        _exactly(Context.add, left, right=right)
        if _uses_decimals(left, right)
        else _plain(left, right, compute=operator.add)
    )


def subtract(left: Numeric, right: Numeric) -> Numeric:
    """`left - right`."""
    return (
        _exactly(Context.subtract, left, right=right)
        if _uses_decimals(left, right)
        else _plain(left, right, compute=operator.sub)
    )


def multiply(left: Numeric, right: Numeric) -> Numeric:
    """`left * right`."""
    if _uses_decimals(left, right):
        return _exactly(Context.multiply, left, right=right)
    return _plain(left, right, compute=operator.mul)


def divide(left: Numeric, right: Numeric) -> Numeric | None:
    """`left / right`: whole numbers towards zero, BigDecimals with the scale of the left; None for zero."""
    if right == 0:
        return None
    if _uses_decimals(left, right):
        return _divide_decimals(_to_decimal(left), _to_decimal(right))
    if type(left) is int and type(right) is int:
        quotient = abs(left) // abs(right)
        return quotient if (left < 0) == (right < 0) else -quotient
    return _plain(left, right, compute=operator.truediv)


def _divide_decimals(left: Decimal, right: Decimal) -> Decimal:
    exponent = left.as_tuple().exponent
    context = _EXACT.copy()
    context.rounding = ROUND_HALF_DOWN
    context.prec = 20_000
    assert isinstance(exponent, int)
    return _quotient(left, right, exponent=exponent, context=context)


def _quotient(left: Decimal, right: Decimal, *, exponent: int, context: Context) -> Decimal:
    """`left / right` rounded half down to a multiple of 10^exponent, from exact whole numbers."""
    numerator, below = (left.scaleb(-exponent, context)).as_integer_ratio()
    top, bottom = right.as_integer_ratio()
    numerator, denominator = numerator * bottom, below * top
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    whole, rest = divmod(abs(numerator), abs(denominator))
    whole += 2 * rest > abs(denominator)
    return Decimal(sign * whole).scaleb(exponent, context)


def modulo(left: Numeric, right: Numeric) -> Numeric | None:
    """`left % right` with the sign of the left; None for zero.

    Raises:
        MethodFailed: the engine has no modulo of BigDecimals.
    """
    if right == 0:
        return None
    if _uses_decimals(left, right):
        raise MethodFailed("ArithmeticException", "Cannot calculate the modulo of BigDecimals.")
    if type(left) is int and type(right) is int:
        if _is_big(left) or _is_big(right):
            return _big_modulo(left, right)
        rest = abs(left) % abs(right)
        return rest if left >= 0 else -rest
    return _plain(left, right, compute=lambda a, b: math.fmod(a, b) if math.isfinite(a) else math.nan)


def _big_modulo(left: int, right: int) -> int:
    """BigInteger's `mod`, which is never negative."""
    if right < 0:
        raise MethodFailed("ArithmeticException", "BigInteger: modulus not positive")
    return left % right


def negate(number: Numeric) -> Numeric:
    """`-number`."""
    if type(number) is Float32:
        return Float32(-number)
    return -number if type(number) is not Decimal else number.copy_negate()


def compare(left: Numeric, right: Numeric) -> int | None:
    """-1, 0 or 1; None when one of them is NaN."""
    if left != left or right != right:  # noqa: PLR0124 - the definition of NaN
        return None
    if type(left) is not type(right):
        if _uses_decimals(left, right):
            left, right = _to_decimal(left), _to_decimal(right)
        elif type(left) is not Decimal and type(right) is not Decimal:
            left, right = float(left), float(right)
    return (left > right) - (left < right)


def equal(left: Any, right: Any) -> bool:
    """Velocity's `==`."""
    if left is None or right is None:
        return left is right
    kinds = type(left), type(right)
    if kinds == (str, str):
        return bool(left == right)
    if kinds[0] in NUMBER_TYPES or kinds[1] in NUMBER_TYPES:
        first, second = number_of(left), number_of(right)
        if first is not None and second is not None:
            return compare(first, second) == 0
    if kinds[0] is kinds[1] or (kinds[0] in LISTS and kinds[1] in LISTS):
        return same(left, right)
    return text_of(left) == text_of(right)


def order(left: Any, right: Any) -> int | None:
    """How two values stand under `< <= > >=`: -1, 0, 1, or None when they do not compare."""
    if type(left) not in NUMBER_TYPES and type(right) not in NUMBER_TYPES:
        return None
    first, second = number_of(left), number_of(right)
    return None if first is None or second is None else compare(first, second)


def same(left: Any, right: Any) -> bool:
    """Java's `equals`: numbers only of the same class, collections item by item."""
    return _same(left, right, depth=0, budget=Budget())


def _same(left: Any, right: Any, *, depth: int, budget: Budget) -> bool:
    budget.spend(depth)
    if left is right:
        return True
    kinds = type(left), type(right)
    if (kinds[0] is View) != (kinds[1] is View):
        return False
    if kinds[0] in LISTS and kinds[1] in LISTS:
        return len(left) == len(right) and all(
            _same(a, b, depth=depth + 1, budget=budget) for a, b in zip(left, right, strict=True)
        )
    if kinds[0] is not kinds[1]:
        return False
    if kinds[0] is dict:
        return len(left) == len(right) and all(
            key in right and _same(value, right[key], depth=depth + 1, budget=budget)
            for key, value in left.items()
        )
    return _same_plain(left, right, depth=depth, budget=budget)


def _same_plain(left: Any, right: Any, *, depth: int, budget: Budget) -> bool:
    match left:
        case Entry():
            return _same(left.key, right.key, depth=depth, budget=budget) and _same(
                left.value, right.value, depth=depth, budget=budget
            )
        case float():
            return double_text(left) == double_text(right)
        case Decimal():
            return bool(left.as_tuple() == right.as_tuple())
        case int() | str() | Char() | bool():
            return bool(left == right)
    return False


OPERATORS: Mapping[str, Callable[[Numeric, Numeric], Numeric | None]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": modulo,
}
