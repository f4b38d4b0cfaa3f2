"""What a `lit:` block means for each type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ringback.documents import Node
from ringback.lang.expr.types import base
from ringback.lang.expr.values import (
    Currency,
    EvaluationError,
    Json,
    PhoneNumber,
    Speech,
    from_plain,
    from_text,
)

# Words for parts of a duration; the exporter writes the plural ones and "ms".
_UNITS = MappingProxyType(
    {
        "days": timedelta(days=1),
        "hours": timedelta(hours=1),
        "minutes": timedelta(minutes=1),
        "seconds": timedelta(seconds=1),
        "ms": timedelta(milliseconds=1),
        "milliseconds": timedelta(milliseconds=1),
    }
)


def _text(node: Node) -> str:
    return node.text or ("" if node.value is None else str(node.value))


def duration_of(node: Node) -> timedelta:
    """`{minutes: 1, seconds: 30}`; also a text such as PT30S.

    Raises:
        EvaluationError: CONVERSION for an unknown part.
    """
    if not node.is_map:
        found = from_plain("dur", node.value)
        return found if isinstance(found, timedelta) else timedelta(0)
    total = timedelta(0)
    for unit, amount in node.items():
        length = _UNITS.get(unit) or _UNITS.get(f"{unit}s")
        if length is None or isinstance(amount.value, bool) or not isinstance(amount.value, int | float):
            known = ", ".join(_UNITS)
            raise EvaluationError(f"a duration has numbers for {known}, not {unit!r}", "CONVERSION")
        total += length * amount.value
    return total


def _datetime(node: Node) -> Any:
    if not node.is_map:
        return from_plain("dtm", node.value)
    parts = {key: int(str(part.value)) for key, part in node.items()}
    year, month, day = (parts.get(name, 1) for name in ("year", "month", "day"))
    hour, minute, second = (parts.get(name, 0) for name in ("hour", "minute", "second"))
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise EvaluationError(f"not a date: {error}", "CONVERSION") from error


def _currency(node: Node) -> Any:
    if not node.is_map:
        return from_plain("cur", node.value)
    amount, code = node.get("amount"), node.get("code")
    has = amount is not None and amount.value is not None
    return Currency(
        Decimal(_text(amount)) if amount is not None and has else None, _text(code) if code else None
    )


def _json(node: Node) -> Any:
    # Text is JSON text, as in the literal editor; a block stands for itself.
    return from_text("jsn", node.value) if isinstance(node.value, str) else Json(node.plain())


def _number(type_: str) -> Callable[[Node], Any]:
    return lambda node: from_plain(type_, node.value)


_LITERALS: Mapping[str, Callable[[Node], Any]] = MappingProxyType(
    {
        "str": _text,
        "int": _number("int"),
        "dec": _number("dec"),
        "bln": _number("bln"),
        "dur": duration_of,
        "dtm": _datetime,
        "cur": _currency,
        "jsn": _json,
        "phn": lambda node: PhoneNumber(_text(node)),
        "aud": lambda node: Speech("ToAudioTTS", (_text(node),)),
        "com": lambda node: Speech("ToCommunication", (_text(node),), "com"),
    }
)


def literal(node: Node, type_: str) -> Any:
    """The raw value of a literal of a simple type.

    Raises:
        EvaluationError: CONVERSION when it does not fit the type.
    """
    if node.value is None:
        return None
    read = _LITERALS.get(base(type_))
    return read(node) if read is not None else from_plain(type_, node.plain())


def is_simple(type_: str) -> bool:
    """Whether literals of the type need nothing from the world."""
    return base(type_) in _LITERALS


def guess_type(node: Node) -> str:
    """The type of a literal that stands where any type goes."""
    value = node.value
    if isinstance(value, bool):
        return "bln"
    if isinstance(value, int):
        return "int"
    if isinstance(value, float):
        return "dec"
    if node.is_list:
        return f"{guess_type(next(iter(node)))}_coll" if value else "str_coll"
    if node.is_map:
        return "dur" if set(dict(node.items())) <= set(_UNITS) else "jsn"
    return "str"
