"""Query strings against the catalogue: what the clients send, typed.

Lists are comma-joined (Python, Go, JavaScript) or repeated (the Terraform provider); both are read, together
too. An empty value is no value: the Go SDK sends `secure=` for "no filter". Unknown parameters are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from ringback.platform.catalogue import Operation, Parameter
from ringback.platform.catalogue.faults import Fault, shown, spelling

__all__ = ["MAX_PAGE_NUMBER", "MAX_PAGE_SIZE", "Value", "is_datetime", "parse_query", "range_of"]

Value = str | int | bool | list[str | int | bool]
Scalar = str | int | bool

# Limits of our own, named in docs/limits.md.
MAX_PAGE_SIZE = 500  # the platform's largest, where an operation's own maximum is not known
MAX_PAGE_NUMBER = 1_000_000  # keeps pageNumber * pageSize far inside 64 bits

_RANGES = {"pageSize": (1, MAX_PAGE_SIZE), "limit": (1, MAX_PAGE_SIZE), "pageNumber": (1, MAX_PAGE_NUMBER)}
MAX_INTEGER = 10**18 - 1  # eighteen digits: inside 64 bits
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_BOOLEANS = {"true": True, "false": False}


def parse_query(
    operation: Operation, pairs: Iterable[tuple[str, str]]
) -> tuple[dict[str, Value], list[Fault]]:
    """The parameters of an operation that a query string has, and what is wrong with them.

    A parameter that is not a list takes its first value. Parameters that are absent or wrong are not in the
    result; defaults are the handler's.

    Args:
        operation: names the parameters.
        pairs: names and values, percent-decoded, in the order of the URL.
    """
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        if text:
            given.setdefault(name, []).append(text)
    values: dict[str, Value] = {}
    faults = []
    for parameter in operation.query:
        texts = given.get(parameter.name)
        if texts:
            read = _read(parameter, texts)
            if isinstance(read, Fault):
                faults.append(read)
            else:
                values[parameter.name] = read
        elif parameter.required:
            reason = f"The query parameter {parameter.name} is required."
            faults.append(Fault(parameter.name, reason, "bad.request"))
    return values, faults + _beyond_window(operation, values)


def is_datetime(text: str) -> bool:
    """Whether a text is an ISO-8601 date with time and offset that has a place in UTC."""
    if len(text) < 17 or text[4] + text[7] != "--" or text[10] not in "Tt":
        return False
    try:
        moment = datetime.fromisoformat(text)
        return moment.tzinfo is not None and bool(moment.astimezone(UTC))
    except (ValueError, OverflowError):
        return False


def range_of(parameter: Parameter) -> tuple[int, int]:
    """Smallest and largest value of a number."""
    low, high = _RANGES.get(parameter.name, (-MAX_INTEGER, MAX_INTEGER))
    low = low if parameter.minimum is None else parameter.minimum
    return low, (high if parameter.maximum is None else parameter.maximum)


def _read(parameter: Parameter, texts: list[str]) -> Value | Fault:
    if not parameter.type.startswith("list["):
        return _scalar(parameter, texts[0], kind=parameter.type)
    items: list[Scalar] = []
    for text in ",".join(texts).split(","):
        if text:
            item = _scalar(parameter, text, kind=parameter.type[5:-1])
            if isinstance(item, Fault):
                return item
            items.append(item)
    return items


def _scalar(parameter: Parameter, text: str, *, kind: str) -> Scalar | Fault:
    value = _READERS[kind](text)
    if value is None:
        return _wrong(parameter, text, allowed=_ALLOWED.get(kind, ()), kind=kind)
    if parameter.enum:
        return spelling(text, parameter.enum) or _wrong(parameter, text, allowed=parameter.enum, kind=kind)
    if kind == "int" and isinstance(value, int):
        return _within(parameter, value)
    return value


def _within(parameter: Parameter, value: int) -> int | Fault:
    low, high = range_of(parameter)
    if low <= value <= high:
        return value
    reason = (
        f"Value [{value}] is not valid for parameter [{parameter.name}]. It must be between {low} and {high}."
    )
    return Fault(parameter.name, reason, "invalid.query.param.value")


def _wrong(parameter: Parameter, text: str, *, allowed: tuple[str, ...], kind: str) -> Fault:
    reason = f"Value [{shown(text)}] is not valid for parameter [{parameter.name}]."
    hint = f" Allowable values are: {', '.join(allowed)}" if allowed else f" It must be {_WORDS[kind]}."
    return Fault(parameter.name, reason + hint, "invalid.query.param.value", allowed or None)


def _beyond_window(operation: Operation, values: Mapping[str, Value]) -> list[Fault]:
    number, size = values.get("pageNumber", 1), values.get("pageSize", 25)
    if not operation.window or not isinstance(number, int) or not isinstance(size, int):
        return []
    if number * size <= operation.window:
        return []
    reason = f"pageNumber * pageSize must be at most {operation.window}; {number} * {size} is more."
    return [Fault("pageNumber", reason, "invalid.query.param.value")]


def _integer(text: str) -> int | None:
    return int(text) if _INTEGER.fullmatch(text) else None


def _boolean(text: str) -> bool | None:
    return _BOOLEANS.get(text.lower())


def _datetime(text: str) -> str | None:
    return text if is_datetime(text) else None


_READERS: Mapping[str, Callable[[str], Scalar | None]] = {
    "str": lambda text: text,
    "int": _integer,
    "bool": _boolean,
    "datetime": _datetime,
}
_ALLOWED = {"bool": ("true", "false")}
_WORDS = {"int": "a whole number", "datetime": "an ISO-8601 date and time with its offset"}
