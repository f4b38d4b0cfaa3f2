"""Reading values from text: the rules of the casts ToInt, ToDecimal, ToDateTime, … and of JsonParse.

A blank text (no-break spaces included) is NOT_SET; any other text that does not fit is the error CONVERSION,
except for Booleans, where it is NOT_SET (Expression Help of the casts).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NoReturn

from ringback.lang.expr.raw import Currency, EvaluationError, decimal, duration, integer, moment
from ringback.lang.expr.types import display_name

_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", re.ASCII)
_DURATION = re.compile(
    r"(?P<sign>-)?P(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:\.(?P<fraction>\d+))?S)?)?",
    re.ASCII,
)
_BOOLEANS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
# Fifteen digits of milliseconds are what a Duration holds; longer parts need not be computed.
_MAX_DIGITS = 20
# Deeper JSON would run into Python's own stack when it is written again.
_MAX_DEPTH = 200
_HALF = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")  # perhaps half of a surrogate pair


def refuse(text: object, type_: str, *, hint: str = "") -> NoReturn:
    """Raise CONVERSION: the value does not fit the type."""
    shown = repr(text) if len(repr(text)) <= 80 else repr(text)[:77] + "..."
    raise EvaluationError(f"{shown} is not a valid {display_name(type_)}", "CONVERSION", hint=hint)


def parse_boolean(text: str) -> bool | None:
    """True, T, 1, False, F, 0 in any case; everything else is NOT_SET."""
    return _BOOLEANS.get(text.strip().lower())


def parse_integer(text: str) -> int | None:
    """Digits with an optional sign."""
    stripped = text.strip()
    if not stripped:
        return None
    if not _INTEGER.fullmatch(stripped) or len(stripped) > 400:
        refuse(text, "int")
    return integer(int(stripped))


def parse_decimal(text: str) -> Decimal | None:
    """Digits with an optional sign and point; no exponent, no thousands separators."""
    stripped = text.strip()
    if not stripped:
        return None
    if not _DECIMAL.fullmatch(stripped):
        refuse(text, "dec")
    return decimal(Decimal(stripped))


def parse_datetime(text: str) -> datetime | None:
    """`YYYY-MM-DDThh:mm:ss` with Z or an offset, in UTC."""
    stripped = text.strip()
    if not stripped:
        return None
    if not _DATETIME.fullmatch(stripped):
        refuse(text, "dtm", hint="the form is YYYY-MM-DDThh:mm:ss followed by Z or an offset such as +01:00")
    try:
        return moment(datetime.fromisoformat(stripped))
    except (ValueError, OverflowError):
        refuse(text, "dtm")


def parse_loose_datetime(text: str) -> datetime | None:
    """Any ISO 8601 date and time; without an offset it is UTC, fractions are cut."""
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
        return moment(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        refuse(text, "dtm")


def parse_duration(text: str) -> timedelta | None:
    """XSD duration without years and months: -P1DT2H3M4.5S; fractions are cut to milliseconds."""
    stripped = text.strip()
    if not stripped:
        return None
    match = _DURATION.fullmatch(stripped)
    if match is None or not any(match[name] for name in ("days", "hours", "minutes", "seconds")):
        refuse(text, "dur", hint="the form is PnDTnHnMn.nnnS, for instance PT1M30S")
    if len(stripped) > 5 * _MAX_DIGITS:
        refuse(text, "dur")
    days, hours, minutes, seconds = (
        int(match[name] or 0) for name in ("days", "hours", "minutes", "seconds")
    )
    milliseconds = int((match["fraction"] or "")[:3].ljust(3, "0"))
    total = ((days * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000 + milliseconds
    return duration(-total if match["sign"] else total)


def parse_currency(text: str) -> Currency | None:
    """`amount|CODE`, either part may be missing."""
    if not text.strip():
        return None
    amount, _, code = text.partition("|")
    if amount.strip() and not _DECIMAL.fullmatch(amount.strip()):
        refuse(text, "cur", hint="the form is amount|CODE, for instance 5.25|USD")
    return Currency(parse_decimal(amount), code.strip().upper() or None)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _depth(text: str) -> int:
    """How deep the brackets of a JSON text nest."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", text, flags=re.DOTALL)
    depth = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", bare):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def parse_json(text: str) -> Any:
    """The Python value of strict JSON text, at most 200 levels deep; numbers become int and Decimal."""
    if text.count("[") + text.count("{") > _MAX_DEPTH and _depth(text) > _MAX_DEPTH:
        raise EvaluationError(f"JSON is nested deeper than {_MAX_DEPTH} levels", "CONVERSION")
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except ValueError as error:
        reason = getattr(error, "msg", "") or str(error)
        place = f" at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
        raise EvaluationError(f"text is not JSON: {reason}{place}", "CONVERSION") from error
    return _whole(found) if _HALF.search(text) else found


def _whole(value: Any) -> Any:
    """The value with U+FFFD for each half of a surrogate pair: no text of ours may hold one."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_whole(name): _whole(item) for name, item in value.items()}
    return list(map(_whole, value)) if isinstance(value, list) else value


def as_json(value: Any) -> Any:
    """A Python JSON value with its floats as exact Decimals, as `parse_json` gives them."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, list | tuple) else value
