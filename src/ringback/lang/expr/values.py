"""Values at the edges of the expression language, and everything about raw values in one place.

`raw` holds the classes and arithmetic limits, `value_text` texts and speech, `value_codec` the JSON forms;
the rest of ringback imports all of it from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ringback.lang.expr.raw import (
    CONTEXT,
    MAX_DATETIME,
    MIN_DATETIME,
    Currency,
    Entity,
    EvaluationError,
    Json,
    Member,
    PhoneNumber,
    Speech,
    decimal,
    duration,
    email_address,
    equal,
    fixed,
    integer,
    json_equal,
    milliseconds_of,
    moment,
    require,
    tidy,
    truncate,
)
from ringback.lang.expr.read_text import as_json
from ringback.lang.expr.types import collection_of
from ringback.lang.expr.value_codec import from_json, from_plain, from_text, plain, to_json
from ringback.lang.expr.value_members import constant_value, read_property
from ringback.lang.expr.value_speech import speech_text
from ringback.lang.expr.value_text import show, to_text

__all__ = [
    "CONTEXT",
    "MAX_DATETIME",
    "MIN_DATETIME",
    "Currency",
    "Entity",
    "EvaluationError",
    "Json",
    "Member",
    "PhoneNumber",
    "Speech",
    "Value",
    "constant_value",
    "decimal",
    "duration",
    "email_address",
    "equal",
    "fixed",
    "from_json",
    "from_plain",
    "from_text",
    "infer",
    "integer",
    "json_equal",
    "milliseconds_of",
    "moment",
    "plain",
    "read_property",
    "require",
    "show",
    "speech_text",
    "tidy",
    "to_json",
    "to_text",
    "truncate",
]


@dataclass(frozen=True, slots=True)
class Value:
    """A raw value with its type, for the edges: the API, a report, a test."""

    type: str
    raw: Any

    def show(self) -> str:
        """The value as Expression Help prints results."""
        return show(self.type, self.raw)


def infer(value: Any) -> tuple[str, Any]:
    """The type and raw value that a Python value stands for.

    Lists become collections of one type (Integer and Decimal together Decimal); mixed lists and dicts
    become JSON; an empty list is an empty String Collection.

    >>> infer([1, 2.5])
    ('dec_coll', (Decimal('1'), Decimal('2.5')))
    """
    for python, code in _PYTHON_TYPES:
        if isinstance(value, python):
            return code, value
    if isinstance(value, Speech | Entity | Member):
        return value.type, value
    if isinstance(value, Value):
        return value.type, value.raw
    if isinstance(value, float):
        return "dec", decimal(Decimal(repr(value)))
    if isinstance(value, datetime):
        return "dtm", moment(value if value.tzinfo else value.replace(tzinfo=UTC))
    if isinstance(value, date):
        return "dat", value
    if isinstance(value, list | tuple):
        return _infer_collection(value)
    if isinstance(value, dict):
        return "jsn", Json(as_json(value))
    raise EvaluationError(f"no expression type for a Python {type(value).__name__}", "CONVERSION")


# bool before int: a bool is an int to Python;
_PYTHON_TYPES: tuple[tuple[type, str], ...] = (
    (type(None), "nul"),
    (bool, "bln"),
    (int, "int"),
    (Decimal, "dec"),
    (str, "str"),
    (timedelta, "dur"),
    (Currency, "cur"),
    (PhoneNumber, "phn"),
    (Json, "jsn"),
    (time, "tim"),
)


def _infer_collection(items: list[Any] | tuple[Any, ...]) -> tuple[str, Any]:
    pairs = [infer(item) for item in items]
    codes = {code for code, _ in pairs} - {"nul"}
    if codes == {"int", "dec"}:
        return "dec_coll", tuple(raw if raw is None else decimal(raw) for _, raw in pairs)
    if len(codes) > 1 or "jsn" in codes or any(code.endswith("_coll") for code in codes):
        return "jsn", Json(as_json(items))
    return collection_of(codes.pop() if codes else "str"), tuple(raw for _, raw in pairs)
