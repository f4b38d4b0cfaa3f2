"""`String.format` of Java for the conversions that make sense in a template: d x o s b c f e g n %."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from ringback.lang.velocity.errors import MethodFailed
from ringback.lang.velocity.limits import LIMITS, over_limit
from ringback.lang.velocity.values import Char, Float32, text_of

_SPECIFIER = re.compile(r"%(?:(\d+)\$)?([-#+ 0,(<]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])")
_CONTEXT = Context(prec=2_000, rounding=ROUND_HALF_UP)


def format_text(pattern: str, values: list[Any]) -> str:
    """The formatted text.

    Raises:
        MethodFailed: Java's IllegalFormatException and its kin.
    """
    out: list[str] = []
    position = ordinary = 0
    last = -1
    for found in _SPECIFIER.finditer(pattern):
        _plain(pattern[position : found.start()], out)
        position = found.end()
        conversion = found[5]
        if conversion in "n%":
            out.append(_padded("\n" if conversion == "n" else "%", found))
            continue
        if "<" in found[2]:
            index = last
        elif found[1]:
            index = int(found[1]) - 1
        else:
            index, ordinary = ordinary, ordinary + 1
        if not 0 <= index < len(values):
            raise MethodFailed("MissingFormatArgumentException", f"Format specifier '{found[0]}'")
        last = index
        out.append(_one(values[index], found))
    _plain(pattern[position:], out)
    return "".join(out)


def _plain(text: str, out: list[str]) -> None:
    if "%" in text:
        raise MethodFailed("UnknownFormatConversionException", "Conversion = '%'")
    out.append(text)


def _padded(text: str, found: re.Match[str]) -> str:
    width = int(found[3] or 0)
    if width > LIMITS.output:
        raise over_limit("output", LIMITS.output, what="a format asks for too wide a text")
    return text.ljust(width) if "-" in found[2] else text.rjust(width)


def _one(value: Any, found: re.Match[str]) -> str:
    convert = _CONVERSIONS.get(found[5].lower())
    if convert is None or (found[5].isupper() and found[5] not in "XSBCEG"):
        raise MethodFailed("UnknownFormatConversionException", f"Conversion = '{found[5]}'")
    is_null = value is None and found[5].lower() != "b"
    text = _cut("null", found) if is_null else convert(value, found)
    return _padded(text.upper() if found[5].isupper() else text, found)


def _cut(text: str, found: re.Match[str]) -> str:
    return text if found[4] is None else text[: int(found[4])]


def _wrong(value: Any, found: re.Match[str]) -> MethodFailed:
    return MethodFailed("IllegalFormatConversionException", f"{found[5]} != {type(value).__name__}")


def _string(value: Any, found: re.Match[str]) -> str:
    return _cut(text_of(value), found)


def _boolean(value: Any, found: re.Match[str]) -> str:
    truth = value is not None if type(value) is not bool else value
    return _cut("true" if truth else "false", found)


def _character(value: Any, found: re.Match[str]) -> str:
    if type(value) is Char:
        return str(value)
    if type(value) is int and 0 <= value <= 0x10FFFF:
        return chr(value)
    raise _wrong(value, found)


def _signed(digits: str, negative: bool, *, found: re.Match[str]) -> str:
    """The sign and, with flag 0, the zeros up to the width."""
    flags = found[2]
    sign = "-" if negative else "+" if "+" in flags else " " if " " in flags else ""
    close = ""
    if negative and "(" in flags:
        sign, close = "(", ")"
    if "0" in flags:
        digits = digits.rjust(min(int(found[3] or 0), LIMITS.output) - len(sign) - len(close), "0")
    return f"{sign}{digits}{close}"


def _whole(value: Any, found: re.Match[str]) -> str:
    if type(value) is not int:
        raise _wrong(value, found)
    digits = f"{abs(value):,}" if "," in found[2] else str(abs(value))
    return _signed(digits, value < 0, found=found)


def _radix(value: Any, found: re.Match[str]) -> str:
    if type(value) is not int:
        raise _wrong(value, found)
    if value < 0:
        value += 1 << (32 if value >= -(2**31) else 64)
    octal = found[5] == "o"
    digits = format(value, "o" if octal else "x")
    if "#" in found[2]:
        digits = ("0" if octal else "0x") + digits
    return digits.rjust(min(int(found[3] or 0), LIMITS.output), "0") if "0" in found[2] else digits


def _decimal(value: Any, found: re.Match[str]) -> Decimal:
    if type(value) is Decimal:
        return value
    if type(value) not in {float, Float32}:
        raise _wrong(value, found)
    return Decimal(text_of(value))


def _precision(found: re.Match[str]) -> int:
    digits = 6 if found[4] is None else int(found[4])
    if digits > 1_000:
        raise over_limit("digits", 1_000, what="a format asks for too many digits")
    return digits


def _special(value: Any) -> str | None:
    text = text_of(value) if type(value) in {float, Float32} else ""
    return text if text.endswith(("NaN", "Infinity")) else None


def _fixed(value: Any, found: re.Match[str]) -> str:
    if (special := _special(value)) is not None:
        return special
    number = _decimal(value, found)
    rounded = abs(number).quantize(Decimal(1).scaleb(-_precision(found)), context=_CONTEXT)
    digits = f"{rounded:,f}" if "," in found[2] else f"{rounded:f}"
    return _signed(digits, number.is_signed(), found=found)


def _scientific(value: Any, found: re.Match[str]) -> str:
    if (special := _special(value)) is not None:
        return special
    number = _decimal(value, found)
    context = Context(prec=_precision(found) + 1, rounding=ROUND_HALF_UP)
    rounded = context.plus(abs(number)) or Decimal(0)
    mantissa, exponent = f"{rounded:.{_precision(found)}e}".split("e")
    if not rounded:
        exponent = "+0"
    return _signed(f"{mantissa}e{exponent[0]}{exponent[1:].rjust(2, '0')}", number.is_signed(), found=found)


def _general(value: Any, found: re.Match[str]) -> str:
    if (special := _special(value)) is not None:
        return special
    number = _decimal(value, found)
    digits = max(1, _precision(found))
    rounded = Context(prec=digits, rounding=ROUND_HALF_UP).plus(abs(number))
    if rounded == 0 or Decimal("0.0001") <= rounded < Decimal(10) ** digits:
        places = max(0, digits - (rounded.adjusted() + 1 if rounded else 1))
        text = f"{abs(number).quantize(Decimal(1).scaleb(-places), context=_CONTEXT):f}"
        return _signed(text, number.is_signed(), found=found)
    mantissa, exponent = f"{rounded:.{digits - 1}e}".split("e")
    return _signed(f"{mantissa}e{exponent[0]}{exponent[1:].rjust(2, '0')}", number.is_signed(), found=found)


_CONVERSIONS: Mapping[str, Callable[[Any, re.Match[str]], str]] = {
    "s": _string,
    "b": _boolean,
    "c": _character,
    "d": _whole,
    "x": _radix,
    "o": _radix,
    "f": _fixed,
    "e": _scientific,
    "g": _general,
}
