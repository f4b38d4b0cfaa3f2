"""Texts of values: what ToString gives, and how Expression Help prints results."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ringback.lang.expr import types
from ringback.lang.expr.raw import Currency, Entity, Json, Member, PhoneNumber, Speech, fixed, milliseconds_of
from ringback.lang.expr.sizes import bounded, joined
from ringback.lang.expr.text_forms import (
    currency_text,
    datetime_text,
    decimal_text,
    duration_text,
    entity_text,
    json_as_text,
    json_text,
)
from ringback.lang.expr.value_speech import speech_text


def to_text(type: str, raw: Any, *, delimiter: str = "\n", places: int | None = None) -> str | None:  # noqa: A002 - the word of the field
    """What ToString gives; NOT_SET stays NOT_SET.

    Args:
        type: code of the static type.
        raw: the value.
        delimiter: between the items of a collection; a NOT_SET item is "".
        places: decimal places of Decimals and Currencies, rounded half away from zero.
    """
    if raw is None:
        return None
    if types.is_collection(type) or isinstance(raw, tuple):
        item = types.item_of(type)
        return joined([to_text(item, one, places=places) or "" for one in raw], delimiter)
    if places is not None and isinstance(raw, Decimal):
        return f"{fixed(raw, places):f}"
    if places is not None and isinstance(raw, Currency):
        return currency_text(raw, places)
    text = _TEXTS[_kind(raw)](raw)
    return bounded(text) if text is not None else None


def _kind(raw: Any) -> type:
    """The class in `_TEXTS` and `_SHOWN` that a raw value belongs to."""
    return next((kind for kind in _TEXTS if isinstance(raw, kind)), object)


# The order matters: bool is an int, datetime is a date.
_TEXTS: dict[type, Callable[[Any], str | None]] = {
    str: str,
    bool: lambda raw: "true" if raw else "false",
    int: str,
    Decimal: decimal_text,
    datetime: datetime_text,
    date: date.isoformat,
    time: lambda raw: raw.strftime("%H:%M:%S"),
    timedelta: duration_text,
    Currency: currency_text,
    PhoneNumber: lambda raw: raw.uri,
    Json: lambda raw: json_as_text(raw.value),
    Entity: entity_text,
    Member: lambda raw: raw.name,
    Speech: speech_text,
    object: str,
}
_ESCAPES = str.maketrans(
    {"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\f": r"\f"},
)


def quoted(text: str | None) -> str:
    """A string literal; NOT_SET for None."""
    return "NOT_SET" if text is None else f'"{text.translate(_ESCAPES)}"'


def _shown_seconds(value: timedelta) -> str:
    seconds = Decimal(milliseconds_of(value)) / 1000
    return f"Duration({seconds.normalize():f}s)"


def _shown_currency(value: Currency) -> str:
    amount = "NOT_SET" if value.amount is None else f"{value.amount:f}"
    return f"Currency({amount}, {quoted(value.code)})"


_SHOWN: dict[type, Callable[[Any], str]] = {
    str: quoted,
    datetime: lambda raw: f'DateTime("{datetime_text(raw)}")',
    date: lambda raw: f'Date("{raw.isoformat()}")',
    time: lambda raw: f'Time("{raw:%H:%M:%S}")',
    timedelta: _shown_seconds,
    Currency: _shown_currency,
    PhoneNumber: lambda raw: f"PhoneNumber({quoted(raw.uri or raw.raw)})",
    Json: lambda raw: f"JSON {json_text(raw.value)}",
    Entity: lambda raw: f"{types.display_name(raw.type)}({quoted(entity_text(raw))})",
    Speech: lambda raw: f"{types.display_name(raw.type)}({quoted(speech_text(raw))})",
}


def show(type: str, raw: Any) -> str:  # noqa: A002 - the word of the field
    """A value as Expression Help prints results.

    >>> show("int_coll", (1, None)), show("int_coll", ()), show("dec", Decimal(5))
    ('[1, NOT_SET]', 'empty Integer Collection', '5.0')
    """
    if raw is None:
        return "NOT_SET"
    if isinstance(raw, tuple):
        item = types.item_of(type)
        shown = ", ".join(show(item, one) for one in raw)
        return f"[{shown}]" if raw else f"empty {types.display_name(types.collection_of(type))}"
    kind = _kind(raw)
    return _SHOWN[kind](raw) if kind in _SHOWN else str(_TEXTS[kind](raw))
