"""Request bodies against the catalogue.

A fault has the codes of the platform's error answers. Where the platform's behaviour is not documented the
choice is: a value of the wrong type is refused (`"5"` is no number, `5.0` no whole one), texts of an
enumeration compare without regard to case and take the model's spelling, unknown fields are ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import Any

import jsonschema_rs

from ringback.platform.catalogue.faults import Fault, shown, spelling
from ringback.platform.catalogue.query import is_datetime, parse_query
from ringback.platform.catalogue.schemas import Schema, schema_of

__all__ = [
    "MAX_DEPTH",
    "MAX_FAULTS",
    "Fault",
    "check_body",
    "checker",
    "is_date",
    "is_datetime",
    "parse_query",
]

# Limits of our own, named in docs/limits.md.
MAX_DEPTH = 200  # objects and lists inside each other in a body
MAX_FAULTS = 20  # faults that one answer lists

Checker = Callable[[object], list[Fault]]


def check_body(model: str, value: object, *, partial: bool = False) -> list[Fault]:
    """What is wrong with a request's body; empty when nothing is.

    Texts of an enumeration in another case are rewritten in `value` to the model's spelling, which is what
    the platform answers.

    Args:
        model: a type in the notation of the catalogue: `Queue`, `list[str]`, `object`.
        value: the decoded JSON. None, an empty body and `{}` are the same.
        partial: the body carries only what changes; see `Operation.partial`.

    Raises:
        LookupError: the catalogue knows no such type.
    """
    if value is None:
        value = [] if model.startswith("list[") else {}
    return _of_model(model, partial)(value)


def checker(schema: Schema) -> Checker:
    """A check of values against a schema of one's own, with the same faults as `check_body`.

    Args:
        schema: JSON Schema 2020-12.

    Raises:
        ValueError: the schema is none.
    """
    validator = jsonschema_rs.Draft202012Validator(
        schema, validate_formats=True, formats={"date-time": is_datetime, "date": is_date}, offline=True
    )

    def check(value: object) -> list[Fault]:
        if _too_deep(value):
            return [Fault("", f"More than {MAX_DEPTH} objects and lists inside each other.", "bad.request")]
        try:
            if not validator.is_valid(value):
                return _faults(validator.iter_errors(value), value)
            return _no_integers(validator, value) if _has_float(value) else []
        except (ValueError, OverflowError):  # a half of a surrogate pair, an object that JSON cannot hold
            return [Fault("", "The body holds text or numbers that JSON does not have.", "bad.request")]

    return check


@lru_cache(maxsize=512)
def _of_model(model: str, partial: bool) -> Checker:
    return checker(schema_of(model, partial=partial))


def is_date(text: str) -> bool:
    """Whether a text is a date `yyyy-MM-dd`."""
    try:
        return len(text) == 10 and text[4] == text[7] == "-" and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _too_deep(value: object) -> bool:
    level: list[Any] = [[value]]
    for _ in range(MAX_DEPTH + 1):
        level = [
            child
            for container in level
            for child in (container.values() if type(container) is dict else container)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return False
    return True


def _has_float(value: object) -> bool:
    """Whether a number such as 5.0 is in a value: an integer for JSON Schema, none for a handler."""
    if type(value) is float:
        return value.is_integer()
    children = value.values() if type(value) is dict else value if type(value) is list else ()
    return any(map(_has_float, children))


def _no_integers(validator: jsonschema_rs.Draft202012Validator, value: object) -> list[Fault]:
    """The faults of numbers such as 5.0 where a whole number is wanted."""
    errors = validator.iter_errors(_broken(value))
    # Whatever else a fraction breaks is no fault of what was sent.
    wrong = [error for error in errors if error.kind.name in {"type", "anyOf"}]
    return [_whole(".".join(map(str, error.instance_path))) for error in wrong[:MAX_FAULTS]]


def _whole(path: str) -> Fault:
    reason = (
        f"Value is not valid for field type [integer]: {path or 'the body'} needs a number without a point."
    )
    return Fault(path, reason, "invalid.value")


def _broken(value: object) -> object:
    """The value with a fraction in place of each number such as 5.0."""
    if isinstance(value, dict):
        return {name: _broken(each) for name, each in value.items()}
    if isinstance(value, list):
        return list(map(_broken, value))
    return 0.5 if type(value) is float and value.is_integer() else value


def _faults(errors: Iterable[jsonschema_rs.ValidationError], value: object) -> list[Fault]:
    found: dict[str, Fault] = {}  # one fault per field: the first
    for error in errors:
        if len(found) == MAX_FAULTS:
            break
        if not _spelled(error, value):
            fault = _fault(error)
            found.setdefault(fault.field, fault)
    return list(found.values())


def _spelled(error: jsonschema_rs.ValidationError, value: object) -> bool:
    """Put the enumeration's spelling in the place of a text that differs by case alone."""
    if error.kind.name != "enum" or not isinstance(error.instance, str) or not error.instance_path:
        return False
    same = spelling(error.instance, error.kind.value)
    if same is None:
        return False
    *path, last = error.instance_path
    container: Any = value
    for step in path:
        container = container[step]
    container[last] = same
    return True


def _fault(error: jsonschema_rs.ValidationError) -> Fault:
    path = ".".join(map(str, error.instance_path))
    rule, detail = error.kind.name, error.kind.as_dict()
    if rule == "required":
        missing = f"{path}.{detail['property']}" if path else detail["property"]
        return Fault(missing, f"The field {missing} is required.", "constraint.validation")
    if rule in {"type", "enum"} and error.instance is None:
        return Fault(path, f"The field {path or 'of the body'} must not be null.", "constraint.validation")
    make = _FAULTS.get(rule)
    return (
        make(path, error.instance, detail=detail)
        if make
        else Fault(path, error.message[:200], "constraint.validation")
    )


def _wrong_type(path: str, value: object, *, detail: dict[str, Any]) -> Fault:
    kinds = [each for each in detail["types"] if each != "null"]
    reason = f"Value [{shown(value)}] is not valid for field type [{' or '.join(kinds)}]."
    return Fault(path, reason, "invalid.value")


def _wrong_text(path: str, value: object, *, detail: dict[str, Any]) -> Fault:
    allowed = tuple(each for each in detail["options"] if isinstance(each, str))
    name = path.rpartition(".")[2]
    reason = f"Value [{shown(value)}] is not valid for field type [{name}]."
    return Fault(path, f"{reason} Allowable values are: {', '.join(allowed)}", "invalid.value", allowed)


def _wrong_format(path: str, value: object, *, detail: dict[str, Any]) -> Fault:
    if detail["format"] in _DATES:
        example = _DATES[detail["format"]]
        reason = (
            f"Dates must be specified as ISO-8601 strings. For example: {example}; [{shown(value)}] is none."
        )
        return Fault(path, reason, "invalid.date")
    return Fault(path, f"Value [{shown(value)}] is no {detail['format']}.", "constraint.validation")


def _wrong_size(path: str, value: object, *, detail: dict[str, Any]) -> Fault:
    return Fault(
        path, f"Value [{shown(value)}] is beyond the limit of {detail['limit']}.", "constraint.validation"
    )


_DATES = {"date-time": "yyyy-MM-ddTHH:mm:ss.SSSZ", "date": "yyyy-MM-dd"}
_FAULTS: dict[str, Callable[..., Fault]] = {
    "type": _wrong_type,
    "enum": _wrong_text,
    "format": _wrong_format,
    "maximum": _wrong_size,
    "minimum": _wrong_size,
}
