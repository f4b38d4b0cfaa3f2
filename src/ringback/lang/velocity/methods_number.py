"""Methods of the number classes, Boolean, Class and Optional, and the hash codes of everything."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ringback.lang.velocity.arithmetic import compare as compare_numbers
from ringback.lang.velocity.arithmetic import same
from ringback.lang.velocity.doubles import parse_double, to_single
from ringback.lang.velocity.errors import MethodFailed
from ringback.lang.velocity.limits import Budget, over_limit
from ringback.lang.velocity.method import Method, Table
from ringback.lang.velocity.values import (
    INT_MAX,
    INT_MIN,
    LISTS,
    LONG_MAX,
    LONG_MIN,
    Char,
    Entry,
    Float32,
    View,
    java_type,
    text_of,
)


def equals(value: Any, other: Any) -> bool:
    """`Object.equals`."""
    return same(value, other)


def signed(value: int, bits: int) -> int:
    """The low bits of a whole number, as a signed one."""
    half = 1 << (bits - 1)
    return (value + half) % (1 << bits) - half


def _saturated(value: float | Decimal, low: int, high: int) -> int:
    if value != value:  # noqa: PLR0124 - the definition of NaN
        return 0
    if value <= low:
        return low
    return high if value >= high else int(value)


def to_int(value: Any) -> int:
    """`intValue`: whole numbers wrap, others are cut and saturate."""
    if type(value) is int:
        return signed(value, 32)
    if type(value) is Decimal:
        return signed(int(value), 32)
    return _saturated(value, INT_MIN, INT_MAX)


def to_long(value: Any) -> int:
    """`longValue`."""
    if type(value) is int:
        return signed(value, 64)
    if type(value) is Decimal:
        return signed(int(value), 64)
    return _saturated(value, LONG_MIN, LONG_MAX)


def to_double(value: Any) -> float:
    """`doubleValue`."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def hash_code(value: Any) -> int:
    """`Object.hashCode` of a value."""
    return _hash(value, 0, Budget())


def _hash(value: Any, depth: int, budget: Budget) -> int:
    budget.spend(depth)
    kind = type(value)
    if value is None:
        return 0
    if kind is bool:
        return 1231 if value else 1237
    if kind is int:
        return _int_hash(value)
    if kind is float:
        bits: int = struct.unpack(">Q", struct.pack(">d", value))[0]
        return signed(bits ^ bits >> 32, 32)
    if kind is str or kind is Char:
        raw = value.encode("utf-16-le", "surrogatepass")
        return _folded((raw[i] | raw[i + 1] << 8 for i in range(0, len(raw), 2)), 0)
    if kind is Decimal:
        return _decimal_hash(value)
    if kind is View and value.part != "Values":
        return signed(sum(_hash(item, depth + 1, budget) for item in value), 32)
    if kind in LISTS:
        return _folded((_hash(item, depth + 1, budget) for item in value), 1)
    if kind is dict:
        return signed(sum(_pair_hash((key, item), depth, budget) for key, item in value.items()), 32)
    return _pair_hash((value.key, value.value), depth, budget) if kind is Entry else 0


def _pair_hash(pair: tuple[Any, Any], depth: int, budget: Budget) -> int:
    return _hash(pair[0], depth + 1, budget) ^ _hash(pair[1], depth + 1, budget)


def _folded(items: Any, start: int) -> int:
    result = start
    for item in items:
        result = (31 * result + item) & 0xFFFFFFFF
    return signed(result, 32)


def _int_hash(value: int) -> int:
    if INT_MIN <= value <= INT_MAX:
        return value
    if LONG_MIN <= value <= LONG_MAX:
        bits = value & (2**64 - 1)
        return signed(bits ^ bits >> 32, 32)
    magnitude = abs(value)
    words = []
    while magnitude:
        words.append(magnitude & 0xFFFFFFFF)
        magnitude >>= 32
    result = _folded(reversed(words), 0)
    return signed(-result, 32) if value < 0 else result


def _decimal_hash(value: Decimal) -> int:
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    unscaled = int("".join(map(str, digits)))
    if unscaled < 2**63:
        folded = (31 * (unscaled >> 32) + (unscaled & 0xFFFFFFFF)) & 0xFFFFFFFF
        return signed(31 * (-folded if sign else folded) - exponent, 32)
    return signed(31 * _int_hash(-unscaled if sign else unscaled) - exponent, 32)


def _parse_int(text: str | None, radix: int, low: int, high: int) -> int:
    if not 2 <= radix <= 36:
        raise MethodFailed("NumberFormatException", f"radix {radix} out of range")
    digits = "" if text is None else text[1:] if text[:1] in {"+", "-"} else text
    try:
        number = int(text or "", radix) if digits.isalnum() and len(digits) < 200 else None
    except ValueError:
        number = None
    if number is None or not low <= number <= high:
        raise MethodFailed("NumberFormatException", f'For input string: "{text}"')
    return number


def parse_int(_value: Any, text: str | None, radix: int = 10) -> int:
    """`Integer.parseInt`."""
    return _parse_int(text, radix, INT_MIN, INT_MAX)


def _parse_long(_value: Any, text: str | None, radix: int = 10) -> int:
    return _parse_int(text, radix, LONG_MIN, LONG_MAX)


def parse_real(_value: Any, text: str | None) -> float:
    """`Double.parseDouble`."""
    if text is None:
        raise MethodFailed("NullPointerException", "the text is null")
    number = parse_double(text)
    if number is None:
        raise MethodFailed("NumberFormatException", f'For input string: "{text}"')
    return number


def _radix_text(_value: Any, number: int, radix: int = 10) -> str:
    if not 2 <= radix <= 36:
        radix = 10
    digits = ""
    left = abs(number)
    while left or not digits:
        left, digit = divmod(left, radix)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return f"-{digits}" if number < 0 else digits


def _unsigned(number: int) -> int:
    return number & 0xFFFFFFFF if number >= INT_MIN else number & (2**64 - 1)


def _compare_to(value: Any, other: Any) -> int:
    """`compareTo`: only a value of the same class compares."""
    if other is None:
        raise MethodFailed("NullPointerException", "the argument is null")
    if type(other) is not type(value) or (type(value) is int and java_type(value) != java_type(other)):
        raise MethodFailed("ClassCastException", "the argument is of another class")
    return compare_numbers(value, other) or 0


def _whole(compute: Callable[[int, int], int]) -> Callable[[Any, int, int], int]:
    return lambda _value, left, right: compute(left, right)


def _real(compute: Callable[[float, float], float]) -> Callable[[Any, float, float], float]:
    return lambda _value, left, right: compute(left, right)


def _value_to_int(value: Any) -> int:
    return to_int(value)


_NUMBER: Table = {
    "intValue": (Method("", _value_to_int),),
    "longValue": (Method("", to_long),),
    "doubleValue": (Method("", to_double),),
    "floatValue": (Method("", lambda value: Float32(to_single(to_double(value)))),),
    "shortValue": (Method("", lambda value: signed(to_int(value), 16)),),
    "byteValue": (Method("", lambda value: signed(to_int(value), 8)),),
}


def _checked(value: int) -> int:
    if value.bit_length() > 16_000:
        raise over_limit("digits", 16_000, what="a whole number has too many bits")
    return value


def _only_big(compute: Callable[[int, int], int]) -> Callable[[int, int], Any]:
    """A method of BigInteger: other whole numbers do not have it."""

    def run(value: int, other: int) -> int:
        return _checked(compute(value, other))

    return run


def _towards_zero(value: int, other: int) -> int:
    if other == 0:
        raise MethodFailed("ArithmeticException", "BigInteger divide by zero")
    quotient = abs(value) // abs(other)
    return quotient if (value < 0) == (other < 0) else -quotient


def _rest(value: int, other: int) -> int:
    return value - other * _towards_zero(value, other)


def _power(value: int, exponent: int) -> int:
    if exponent < 0:
        raise MethodFailed("ArithmeticException", "Negative exponent")
    if value.bit_length() * exponent > 16_000:
        raise over_limit("digits", 16_000, what="a whole number has too many bits")
    return int(value**exponent)


INTEGER_METHODS: Table = {
    **_NUMBER,
    "compareTo": (Method("o", _compare_to),),
    "parseInt": (Method("s", parse_int), Method("si", parse_int)),
    "parseLong": (Method("s", _parse_long), Method("si", _parse_long)),
    "valueOf": (
        Method("w", lambda _value, number: number),
        Method("s", parse_int),
        Method("si", parse_int),
    ),
    "toString": (Method("", text_of), Method("w", _radix_text), Method("wi", _radix_text)),
    "toHexString": (Method("w", lambda _value, number: format(_unsigned(number), "x")),),
    "toOctalString": (Method("w", lambda _value, number: format(_unsigned(number), "o")),),
    "toBinaryString": (Method("w", lambda _value, number: format(_unsigned(number), "b")),),
    "compare": (Method("ww", lambda _value, left, right: (left > right) - (left < right)),),
    "sum": (Method("ww", _whole(lambda left, right: signed(left + right, 32))),),
    "max": (Method("ww", _whole(max)),),
    "min": (Method("ww", _whole(min)),),
    "signum": (Method("w", lambda _value, number: (number > 0) - (number < 0)),),
    "bitCount": (Method("w", lambda _value, number: _unsigned(number).bit_count()),),
    "reverse": (Method("i", lambda _value, number: signed(int(f"{number & 0xFFFFFFFF:032b}"[::-1], 2), 32)),),
}
BIG_METHODS: Table = {
    **_NUMBER,
    "compareTo": (Method("o", _compare_to),),
    "add": (Method("w", _only_big(lambda value, other: value + other)),),
    "subtract": (Method("w", _only_big(lambda value, other: value - other)),),
    "multiply": (Method("w", _only_big(lambda value, other: value * other)),),
    "divide": (Method("w", _only_big(_towards_zero)),),
    "mod": (Method("w", _only_big(lambda value, other: _rest(value, other) % abs(other))),),
    "remainder": (Method("w", _only_big(_rest)),),
    "pow": (Method("i", _only_big(_power)),),
    "negate": (Method("", lambda value: -value),),
    "abs": (Method("", abs),),
    "max": (Method("w", max),),
    "min": (Method("w", min),),
    "signum": (Method("", lambda value: (value > 0) - (value < 0)),),
    "bitLength": (Method("", lambda value: (value if value >= 0 else ~value).bit_length()),),
    "toString": (Method("", text_of), Method("i", lambda value, radix: _radix_text(value, value, radix))),
}
DOUBLE_METHODS: Table = {
    **_NUMBER,
    "isNaN": (Method("", lambda value: value != value), Method("d", lambda _value, other: other != other)),  # noqa: PLR0124 - not a number
    "isInfinite": (Method("", math.isinf), Method("d", lambda _value, other: math.isinf(other))),
    "isFinite": (Method("d", lambda _value, other: math.isfinite(other)),),
    "compareTo": (Method("o", _compare_to),),
    "compare": (Method("dd", lambda _value, left, right: compare_numbers(left, right) or 0),),
    "parseDouble": (Method("s", parse_real),),
    "valueOf": (Method("d", lambda _value, number: float(number)), Method("s", parse_real)),
    "toString": (Method("", text_of), Method("d", lambda _value, number: text_of(number))),
    "sum": (Method("dd", _real(lambda left, right: left + right)),),
    "max": (Method("dd", _real(max)),),
    "min": (Method("dd", _real(min)),),
}


def _decimal_scale(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return -exponent


DECIMAL_METHODS: Table = {
    **_NUMBER,
    "scale": (Method("", _decimal_scale),),
    "signum": (Method("", lambda value: (value > 0) - (value < 0)),),
    "negate": (Method("", Decimal.copy_negate),),
    "abs": (Method("", Decimal.copy_abs),),
    "toPlainString": (Method("", lambda value: f"{value:f}"),),
    "stripTrailingZeros": (Method("", lambda value: value.normalize() if value else Decimal(0)),),
}


def _compare_booleans(value: bool, other: Any) -> int:
    if type(other) is not bool:
        raise MethodFailed("ClassCastException", "the argument is of another class")
    return int(value) - int(other)


BOOLEAN_METHODS: Table = {
    "booleanValue": (Method("", lambda value: value),),
    "compareTo": (Method("o", _compare_booleans),),
    "compare": (Method("zz", lambda _value, left, right: int(left) - int(right)),),
    "parseBoolean": (Method("s", lambda _value, text: (text or "").lower() == "true"),),
    "valueOf": (
        Method("z", lambda _value, other: other),
        Method("s", lambda _value, text: (text or "").lower() == "true"),
    ),
    "logicalAnd": (Method("zz", lambda _value, left, right: left and right),),
    "logicalOr": (Method("zz", lambda _value, left, right: left or right),),
    "logicalXor": (Method("zz", lambda _value, left, right: left != right),),
    "toString": (Method("", text_of), Method("z", lambda _value, other: text_of(other))),
}
CLASS_METHODS: Table = {
    "getName": (Method("", lambda value: value.name),),
    "getTypeName": (Method("", lambda value: value.name),),
    "getSimpleName": (Method("", lambda value: value.name.rpartition(".")[2]),),
    "getPackageName": (Method("", lambda value: value.name.rpartition(".")[0]),),
}
OPTIONAL_METHODS: Table = {
    "get": (Method("", lambda value: value.value),),
    "isPresent": (Method("", lambda _value: True),),
    "isEmpty": (Method("", lambda _value: False),),
}
