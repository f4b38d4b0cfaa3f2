"""How single values are written: the building bricks of ToString, of results and of speech."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ringback.lang.expr.raw import Currency, Entity, fixed, milliseconds_of

CURRENCY_PLACES = 2


def decimal_text(value: Decimal) -> str:
    """A Decimal in plain notation with at least one decimal place: 5 -> "5.0", 2.00 -> "2.00"."""
    text = f"{value if value else abs(value):f}"
    return text if "." in text else f"{text}.0"


def datetime_text(value: datetime) -> str:
    """`YYYY-MM-DDThh:mm:ssZ`."""
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def duration_text(value: timedelta) -> str:
    """The XSD form with days as the largest unit: "P1DT3H", "-PT0.5S", "PT0S"."""
    total = milliseconds_of(value)
    seconds, milliseconds = divmod(abs(total), 1000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    parts = [f"{count}{unit}" for count, unit in ((hour, "H"), (minute, "M")) if count]
    if second or milliseconds:
        parts.append(f"{second}.{milliseconds:03d}".rstrip("0").rstrip(".") + "S")
    if not day and not parts:
        return "PT0S"
    clock = f"T{''.join(parts)}" if parts else ""
    return f"{'-' if total < 0 else ''}P{f'{day}D' if day else ''}{clock}"


def currency_text(value: Currency, places: int = CURRENCY_PLACES) -> str:
    """`amount|CODE`; a NOT_SET part is empty."""
    amount = "" if value.amount is None else f"{fixed(value.amount, places):f}"
    return f"{amount}|{value.code or ''}"


def json_text(value: Any) -> str:
    """Compact JSON text with exact numbers."""
    if isinstance(value, Decimal):
        return f"{value:f}" if -20 < value.adjusted() < 20 else str(value)
    if isinstance(value, dict):
        members = ",".join(f"{json_text(str(key))}:{json_text(item)}" for key, item in value.items())
        return f"{{{members}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(json_text, value))}]"
    return json.dumps(value, ensure_ascii=False)


def json_as_text(value: Any) -> str | None:
    """The text that a JSON value becomes: a string without quotes, null as NOT_SET, else JSON text."""
    if value is None:
        return None
    return value if isinstance(value, str) else json_text(value)


_ADDRESS_PARTS = ("address1", "address2", "city", "state", "postalCode", "countryCode")
# What ToString takes of an object where it is not the name (Expression Help of ToString).
_TEXT_FIELD = {
    "usr": "username",
    "cpx_external_phone_number": "display",
    "cpx_string_key_value_pair": "value",
}
_TEXT_BY_ID = frozenset(
    (
        "cpx_external_contact",
        "cpx_external_organization",
        "cpx_email",
        "cpx_email_address",
        "cpx_email_attachment",
        "cpx_short_message",
        "con",
        "cpx_workitem",
    )
)


def entity_text(value: Entity) -> str | None:
    """The text of an object: mostly its name, see the tables above."""
    if value.type == "cpx_external_address":
        return ", ".join(str(part) for name in _ADDRESS_PARTS if (part := value.fields.get(name))) or None
    if value.type in _TEXT_BY_ID:
        return value.id
    chosen = value.fields.get(_TEXT_FIELD.get(value.type, ""))
    return chosen or value.name or value.id
