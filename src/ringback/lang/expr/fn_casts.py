"""Casts: ToBool, ToInt, ToDecimal, ToString, ToDateTime, ToDuration, ToCurrency, ToPhoneNumber and others.

NOT_SET in gives NOT_SET out for all of them. Casts from JSON follow community flows (`ToInt(Flow.j.age)`);
JSON null is NOT_SET (policy `json_null_to_typed`). Casts of texts to directory objects look the name up.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ringback.lang.expr.raw import (
    EPOCH,
    Currency,
    EvaluationError,
    Json,
    PhoneNumber,
    decimal,
    duration,
    integer,
    milliseconds_of,
    moment,
    truncate,
)
from ringback.lang.expr.read_text import (
    parse_boolean,
    parse_currency,
    parse_datetime,
    parse_decimal,
    parse_duration,
    parse_integer,
    refuse,
)
from ringback.lang.expr.signature import Overload, overload
from ringback.lang.expr.value_text import to_text


def _unless_not_set(cast: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else cast(value)


def same(value: Any) -> Any:
    """The value itself."""
    return value


def nothing(value: Any) -> None:  # noqa: ARG001 - a bare NOT_SET
    """NOT_SET of the function's type."""
    return


def seconds_to_datetime(seconds: int) -> datetime:
    """The moment so many seconds after 1970."""
    try:
        return moment(EPOCH + timedelta(seconds=seconds))
    except OverflowError:
        raise EvaluationError("the DateTime is outside 1800 to 2200", "OUT_OF_RANGE") from None


def phone_number(text: str) -> PhoneNumber | None:
    """The address; a blank text is NOT_SET."""
    return PhoneNumber(text) if text.strip() else None


def _string(value: Any, delimiter: str | None = None, places: int | None = None) -> str | None:
    if places is not None and not 1 <= places <= 28:
        raise EvaluationError(f"{places} decimal places are outside 1 to 28", "BAD_ARGUMENT")
    return to_text("any", value, delimiter="\n" if delimiter is None else delimiter, places=places)


def _string_places(value: Any, places: int) -> str | None:
    return _string(value, None, places)


def display_string(value: Any) -> str:
    """Text for people: as ToString, "" for NOT_SET."""
    return to_text("any", value, delimiter=", ") or ""


# ---- JSON

_FROM_JSON: dict[str, dict[type, Callable[[Any], Any]]] = {
    "bln": {bool: same, str: parse_boolean, int: bool, Decimal: bool},
    "int": {bool: int, str: parse_integer, int: integer, Decimal: lambda value: integer(truncate(value))},
    "dec": {bool: lambda value: decimal(int(value)), str: parse_decimal, int: decimal, Decimal: decimal},
    "dtm": {str: parse_datetime, int: seconds_to_datetime},
    "dur": {str: parse_duration, int: duration},
    "cur": {str: parse_currency, int: lambda value: Currency(Decimal(value), None)},
    "phn": {str: phone_number},
}


def _from_json(code: str) -> Callable[[Any, Json | None], Any]:
    readers = _FROM_JSON[code]

    def call(env: Any, value: Json | None) -> Any:
        if value is None:
            return None
        if value.value is None:
            env.services.policy("json_null_to_typed")
            return None
        reader = readers.get(type(value.value))
        return reader(value.value) if reader else refuse(value.value, code)

    return call


def _json_to_string(env: Any, value: Json | None) -> str | None:
    if value is not None and value.value is None:
        env.services.policy("json_null_to_typed")
    return to_text("jsn", value)


# ---- the table


def _casts(name: str, code: str, *rows: tuple[str, Callable[[Any], Any]]) -> tuple[Overload, ...]:
    """The overloads of a cast: from other types, from a bare NOT_SET, from its own type, from JSON."""
    found = [overload(name, f"(value {kind}?) -> {code}", _unless_not_set(call)) for kind, call in rows]
    found += [
        overload(name, f"(value nul?) -> {code}", nothing),
        overload(name, f"(value {code}?) -> {code}", same),
    ]
    if code in _FROM_JSON:
        from_json = _from_json(code)
        found.append(
            overload(name, f"(value jsn?) -> {code}", from_json, style="context", source="user"),
        )
    return tuple(found)


def _directory_cast(name: str, code: str) -> tuple[Overload, ...]:
    def find(env: Any, wanted: str | None) -> Any:
        return env.services.find(code, wanted, "name") if wanted else None

    return (overload(name, f"(name str?) -> {code}", find, style="context"), *_casts(name, code))


_STRING = (
    overload("ToString", "(value any?) -> str", _string),
    overload("ToString", "(value nul?) -> str", nothing),
    overload("ToString", "(collection T_coll) -> str", _string),
    overload("ToString", "(collection T_coll, delimiter str?) -> str", _string),
    overload("ToString", "(value dec?, places int[1..28]) -> str", _string_places),
    overload("ToString", "(value cur?, places int[1..28]) -> str", _string_places),
    overload("ToString", "(collection dec_coll, places int[1..28]) -> str", _string_places),
    overload("ToString", "(collection cur_coll?, places int[1..28]) -> str", _string_places),
    overload("ToString", "(collection dec_coll, delimiter str?, places int[1..28]) -> str", _string),
    overload("ToString", "(collection cur_coll?, delimiter str?, places int[1..28]) -> str", _string),
)

CASTS = (
    *_casts("ToBool", "bln", ("dec", bool), ("str", parse_boolean), ("int", bool)),
    *_casts(
        "ToCurrency",
        "cur",
        ("str", parse_currency),
        ("dec", lambda value: Currency(value, None)),
        ("int", lambda value: Currency(Decimal(value), None)),
    ),
    *_casts("ToDateTime", "dtm", ("str", parse_datetime), ("int", seconds_to_datetime)),
    *_casts(
        "ToDecimal",
        "dec",
        ("bln", lambda value: Decimal("1.0") if value else Decimal("0.0")),
        ("cur", lambda value: value.amount),
        ("str", parse_decimal),
        ("int", decimal),
    ),
    overload("ToDisplayString", "(value any?) -> str", display_string, source="sample"),
    overload("ToDisplayString", "(collection T_coll?) -> str", display_string, source="sample"),
    *_casts("ToDuration", "dur", ("str", parse_duration), ("int", duration)),
    *_directory_cast("ToGroup", "grp"),
    *_casts(
        "ToInt",
        "int",
        ("bln", int),
        ("dec", lambda value: integer(truncate(value))),
        ("str", parse_integer),
        ("dur", milliseconds_of),
    ),
    *_directory_cast("ToLanguageSkill", "lac"),
    *_casts("ToPhoneNumber", "phn", ("str", phone_number)),
    *_directory_cast("ToQueue", "que"),
    overload("ToScheduleGroup", "(value nul?) -> sqg", nothing, source="sample"),
    overload("ToScheduleGroup", "(value sqg?) -> sqg", same, source="sample"),
    *_directory_cast("ToSkill", "skl"),
    overload("ToString", "(value jsn?) -> str", _json_to_string, style="context", source="sample"),
    *_STRING,
    *_directory_cast("ToUser", "usr"),
    *_directory_cast("ToWrapupCode", "wrc"),
)
