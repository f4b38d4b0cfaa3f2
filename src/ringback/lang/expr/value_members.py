"""Reading properties of values and the constants of the language."""

from __future__ import annotations

import re
from typing import Any

from ringback.lang.expr import phone
from ringback.lang.expr.raw import (
    MAX_DATETIME,
    MIN_DATETIME,
    Currency,
    Entity,
    EvaluationError,
    Member,
    PhoneNumber,
    duration,
)
from ringback.lang.expr.type_members import CONSTANTS, DAYS, Property, find_property
from ringback.lang.expr.types import MAX_INTEGER, MIN_INTEGER

_TAG = re.compile(r"([a-z]{2,3})([A-Z]{2})?")


def _language_tag(member: str) -> str:
    """The tag of a member: "enUS" -> "en-US"; a tag in any other spelling is returned as it is."""
    match = _TAG.fullmatch(member)
    return "-".join(part for part in match.groups() if part) if match else member


def _member_property(value: Member, found: Property) -> Any:
    if value.type == "dwc":
        return DAYS.index(found.name) + 1
    if value.type == "lge":
        return _language_tag(value.name)
    if value.type == "cre":
        return value.name.upper()
    if value.type == "rge":
        return value.name.upper() if found.name == "countryCode" else phone.region_calling_code(value.name)
    return Member(found.type, found.name)


def read_property(type: str, raw: Any, name: str) -> Any:  # noqa: A002 - the word of the field
    """The raw value of a property; the name may be written in any case.

    Raises:
        EvaluationError: NOT_SET_OPERAND when the value is NOT_SET, PROPERTY_MISSING when the type has no
            such property. JSON values are read by `fn_json.json_property`.
    """
    if raw is None:
        raise EvaluationError(f"property {name!r} of a NOT_SET value", "NOT_SET_OPERAND")
    found = find_property(type, name)
    if found is None:
        raise EvaluationError(f"type {type} has no property {name!r}", "PROPERTY_MISSING")
    if isinstance(raw, Currency | PhoneNumber):
        return getattr(raw, found.name)
    if isinstance(raw, Member):
        return _member_property(raw, found)
    assert isinstance(raw, Entity), raw
    if found.name in raw.fields:
        return raw.fields[found.name]
    if found.id == "id":
        return raw.id
    return raw.name if found.id == "name" else () if found.type.endswith("_coll") else None


_VALUES = {
    "system.minint": MIN_INTEGER,
    "system.maxint": MAX_INTEGER,
    "system.mindatetime": MIN_DATETIME,
    "system.maxdatetime": MAX_DATETIME,
    "system.minduration": duration(MIN_INTEGER),
    "system.maxduration": duration(MAX_INTEGER),
}


def constant_value(name: str) -> Any:
    """The raw value of a name in `type_members.CONSTANTS`, any case; KeyError for other names."""
    lowered = name.lower()
    if lowered in _VALUES:
        return _VALUES[lowered]
    constant = CONSTANTS[lowered]
    return Member(constant.type, constant.name)
