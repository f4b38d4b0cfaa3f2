"""Doubles as the Java engine reads and prints them (`Double.toString` before JDK 19)."""

from __future__ import annotations

import math
import re
import struct

from ringback.lang.velocity.limits import LIMITS

_LONG_BITS = 63
_FLOAT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def double_text(value: float) -> str:
    """`Double.toString`: `1.0`, `1.0E7`, `1.0E-4`, `NaN`."""
    special = _special(value)
    if special is not None:
        return special
    digits, exponent = _digits(_double_parts(abs(value)))
    return ("-" if value < 0 else "") + _layout(digits, exponent)


def single_text(value: float) -> str:
    """`Float.toString` of a value of single precision."""
    special = _special(value)
    if special is not None:
        return special
    digits, exponent = _digits(_single_parts(abs(value)))
    return ("-" if value < 0 else "") + _layout(digits, exponent)


def to_single(value: float) -> float:
    """The nearest value of single precision."""
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def _special(value: float) -> str | None:
    if value != value:  # noqa: PLR0124 - the definition of NaN
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "-0.0" if math.copysign(1, value) < 0 else "0.0"
    return None


def _double_parts(value: float) -> tuple[int, int, int]:
    """Mantissa, binary exponent, and the format's number of significant bits."""
    bits = struct.unpack(">Q", struct.pack(">d", value))[0]
    exponent, fraction = bits >> 52, bits & ((1 << 52) - 1)
    if exponent:
        return fraction | 1 << 52, exponent - 1075, 53
    return fraction, -1074, 53


def _single_parts(value: float) -> tuple[int, int, int]:
    bits = struct.unpack(">I", struct.pack(">f", value))[0]
    exponent, fraction = bits >> 23, bits & ((1 << 23) - 1)
    if exponent:
        return fraction | 1 << 23, exponent - 150, 24
    return fraction, -149, 24


def _digits(parts: tuple[int, int, int]) -> tuple[str, int]:
    """Decimal digits d1d2… and the exponent e of 0.d1d2… times 10^e of a value.

    Digits are made one after the other until what is left is less than half a unit in the last place, the
    edges excluded; that is not always the shortest form. For a power of two the narrower gap below it counts
    on both sides. Whole numbers that fit a long keep all digits but those that the unit in the last
    place makes void.
    """
    mantissa, exponent, bits = parts
    trailing = (mantissa & -mantissa).bit_length() - 1
    top = exponent + mantissa.bit_length()
    if exponent + trailing >= 0 and top <= _LONG_BITS:
        return _whole_digits(mantissa << exponent if exponent >= 0 else mantissa >> -exponent, top - bits - 2)
    half = exponent - 1 - (mantissa == 1 << trailing)
    shift = min(half, 0)
    return _generate(mantissa << (exponent - shift), 1 << -shift, margin=1 << (half - shift))


def _whole_digits(value: int, void_bits: int) -> tuple[str, int]:
    void = len(str(1 << void_bits)) - 1 if void_bits > 1 else 0
    unit = 10**void
    kept, rest = divmod(value, unit)
    text = str(kept + (2 * rest >= unit if void else 0))
    return text.rstrip("0"), len(text) + void


def _generate(top: int, bottom: int, *, margin: int) -> tuple[str, int]:
    scale = max(len(str(top)) - len(str(bottom)) - 1, -400)
    if scale >= 0:
        bottom *= 10**scale
    else:
        top *= 10**-scale
        margin *= 10**-scale
    while top >= bottom:
        bottom *= 10
        scale += 1
    while top * 10 < bottom:
        top *= 10
        margin *= 10
        scale -= 1
    digits: list[int] = []
    while True:
        top *= 10
        margin *= 10
        digit, top = divmod(top, bottom)
        digits.append(digit)
        low, high = top < margin, top + margin > bottom
        if (low or high) and (len(digits) > 1 or -4 < scale - 1 < 8):  # the E form has at least two digits
            break
    if high and (not low or _round_up(top, bottom, digit=digits[-1])):
        return _carry(digits, scale)
    return _finish(digits, scale)


def _round_up(top: int, bottom: int, *, digit: int) -> bool:
    twice = 2 * top
    return twice > bottom or (twice == bottom and digit % 2 == 1)


def _carry(digits: list[int], scale: int) -> tuple[str, int]:
    index = len(digits) - 1
    while index >= 0 and digits[index] == 9:
        digits[index] = 0
        index -= 1
    if index < 0:
        return "1", scale + 1
    digits[index] += 1
    return _finish(digits, scale)


def _finish(digits: list[int], scale: int) -> tuple[str, int]:
    return "".join(map(str, digits)).rstrip("0") or "0", scale


def _layout(digits: str, exponent: int) -> str:
    if -3 < exponent <= 7:
        if exponent <= 0:
            return f"0.{'0' * -exponent}{digits}"
        whole = digits[:exponent].ljust(exponent, "0")
        return f"{whole}.{digits[exponent:] or '0'}"
    return f"{digits[0]}.{digits[1:] or '0'}E{exponent - 1}"


def parse_double(text: str) -> float | None:
    """`Double.valueOf`: white space around it and a type suffix are allowed; None when it is no number."""
    text = text.strip("".join(map(chr, range(33))))
    if text in {"NaN", "+NaN", "-NaN"}:
        return math.nan
    if text.lstrip("+-") == "Infinity" and len(text) <= len("+Infinity"):
        return -math.inf if text.startswith("-") else math.inf
    if text[-1:] in {"d", "D", "f", "F"}:
        text = text[:-1]
    if len(text) > LIMITS.output or not _FLOAT.fullmatch(text):
        return None
    return float(text)
