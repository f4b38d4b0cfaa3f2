"""Values inside filters, and how Jayway compares and converts them.

A value is what the document holds (None, bool, int, float, str, list, dict), or one of:

- `UNDEFINED`: the path found nothing;
- `Decimal`: a number written in the path, its digits kept (`5.00` is not the string "5.0");
- `JsonText`: an array or object written in the path: text on the left of `==`, its value everywhere else;
- `Pattern`: a regular expression;
- `PATH_ITEM`: a list item that is a path itself; equal to nothing.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, TypeAlias

from ringback.core.jsontypes import Json
from ringback.lang.jsonpath import limits
from ringback.lang.jsonpath.errors import Failed
from ringback.lang.jsonpath.lenient_json import LenientJsonError, read_lenient
from ringback.lang.jsonpath.limits import Meter
from ringback.lang.jsonpath.text import java_double

_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,10})?")
_EXACT = 2**53


class Special(enum.Enum):
    """Values that no document holds."""

    UNDEFINED = "undefined"
    PATH_ITEM = "path item"


UNDEFINED: Literal[Special.UNDEFINED] = Special.UNDEFINED
PATH_ITEM: Literal[Special.PATH_ITEM] = Special.PATH_ITEM


@dataclass(frozen=True, slots=True)
class JsonText:
    """An array or object as it is written in the path (or in an item of the document)."""

    text: str

    @property
    def value(self) -> Json:
        """The value; fails when evaluated, as in Jayway, not when the path is compiled."""
        try:
            return read_lenient(self.text)
        except LenientJsonError as error:
            raise Failed(f"{self.text}: {error}", "IllegalArgumentException") from None


class Pattern:
    """A regular expression literal, `/expression/flags`; equal to nothing but itself."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


Value: TypeAlias = Any
"""See the module docstring; `Any` because every operator looks at the kind first."""

Kind = Literal["undefined", "null", "boolean", "number", "string", "json", "pattern", "path"]
_KINDS: dict[type, Kind] = {
    type(None): "null", bool: "boolean", int: "number", float: "number", Decimal: "number", str: "string",
    list: "json", dict: "json", tuple: "json", JsonText: "json", Pattern: "pattern",
}  # fmt: skip


def kind_of(value: Value) -> Kind:
    """Which kind of node Jayway would make of the value."""
    kind = _KINDS.get(value.__class__)
    if kind is not None:
        return kind
    if value is UNDEFINED:
        return "undefined"
    if value is PATH_ITEM:
        return "path"
    return next((kind for base, kind in _KINDS.items() if isinstance(value, base)), "undefined")


def read_decimal(text: str) -> Decimal | None:
    """`new BigDecimal(text)`, or None where that would fail."""
    if not _DECIMAL.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def to_decimal(number: float | Decimal) -> Decimal:
    """The number as Jayway keeps it; a document's NaN or Infinity is a NumberFormatException."""
    if isinstance(number, Decimal):
        return number
    if isinstance(number, int):
        return Decimal(number)
    decimal = read_decimal(java_double(number))
    if decimal is None:
        raise Failed(f"{number} is no decimal number", "NumberFormatException")
    return decimal


def number_text(number: float | Decimal) -> str:
    """`BigDecimal.toString()` of the number: what a string is compared with."""
    return str(number) if isinstance(number, int) else str(to_decimal(number))


def compare_numbers(left: float | Decimal, right: float | Decimal) -> int:
    """Negative, 0 or positive, by value, whatever the types."""
    if left.__class__ is not right.__class__ or left.__class__ is Decimal:
        exact = -_EXACT < left < _EXACT and not isinstance(left, Decimal) and not isinstance(right, Decimal)
        if not exact:
            left, right = to_decimal(left), to_decimal(right)
    return (left > right) - (left < right)


def equal(left: Value, right: Value, *, meter: Meter) -> bool:
    """`==`: the left side decides; numbers and strings convert into each other, nothing else does."""
    kind, other = kind_of(left), kind_of(right)
    if kind == "number":
        return other in ("number", "string") and _number_equals(left, right)
    if kind == "string":
        text = right if other == "string" else number_text(right) if other == "number" else None
        return bool(left == text)
    if kind == "json":
        return other == "json" and _json_equal(left, right, meter=meter)
    return kind == other and kind in ("null", "boolean") and bool(left == right)


def item_equal(left: Value, right: Value, *, meter: Meter) -> bool:
    """How `in`, `contains` and the set operators compare: as `==`, but JSON text equals only its like."""
    if kind_of(left) != "json" or kind_of(right) != "json":
        return equal(left, right, meter=meter)
    if isinstance(left, JsonText) or isinstance(right, JsonText):
        return bool(left == right)
    return same_json(left, right, meter=meter)


def _number_equals(number: float | Decimal, other: Value) -> bool:
    if isinstance(other, str):
        decimal = read_decimal(other)
        return decimal is not None and compare_numbers(number, decimal) == 0
    return compare_numbers(number, other) == 0


def _json_equal(left: Value, right: Value, *, meter: Meter) -> bool:
    if isinstance(left, JsonText):  # the text itself is compared with the right side's value
        return isinstance(json_value(right), str) and left.text == json_value(right)
    return same_json(left, json_value(right), meter=meter)


def json_value(value: Value) -> Json:
    """The value behind a json node."""
    return value.value if isinstance(value, JsonText) else value


def same_json(left: Json, right: Json, *, meter: Meter, depth: int = 0) -> bool:
    """Java's `equals` of parsed JSON: 1, 1.0 and true all differ; the order of keys does not matter."""
    if left is right:
        return True
    if isinstance(left, dict) and isinstance(right, dict):
        _count(left, meter, depth=depth)
        return left.keys() == right.keys() and all(
            same_json(left[k], right[k], meter=meter, depth=depth + 1) for k in left
        )
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        _count(left, meter, depth=depth)
        pairs = zip(left, right, strict=False)
        return len(left) == len(right) and all(
            same_json(a, b, meter=meter, depth=depth + 1) for a, b in pairs
        )
    return left.__class__ is right.__class__ and left == right


def _count(value: Collection[Json], meter: Meter, *, depth: int) -> None:
    meter.spend(len(value))
    if depth > limits.DOCUMENT_DEPTH // 4:  # each level is two Python calls
        raise limits.exceeded("jsonpath_document_depth")
