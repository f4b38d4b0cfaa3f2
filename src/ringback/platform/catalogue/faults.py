"""What is wrong with a request, in the terms of the platform's 400 answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

__all__ = ["Code", "Fault", "shown", "spelling"]

Code = Literal[
    "bad.request", "constraint.validation", "invalid.date", "invalid.query.param.value", "invalid.value"
]
_SHOWN = 100  # characters of a wrong value that a message repeats


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong with a request.

    Attributes:
        field: dotted path in the body such as `contract.input.0`, name of the parameter, or empty.
        reason: one sentence.
        code: one of the codes of the platform's 400.
        allowed: the allowed values where there are few.
    """

    field: str
    reason: str
    code: Code
    allowed: tuple[str, ...] | None = None


def shown(value: object) -> str:
    """A wrong value as a message repeats it: cut short, and of objects and lists only what they are."""
    if isinstance(value, dict | list):
        return "object" if isinstance(value, dict) else "array"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= 10**_SHOWN:
        return "a number of many digits"
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def spelling(text: str, allowed: Iterable[str | None]) -> str | None:
    """The allowed value that a text means, whatever its case."""
    folded = text.casefold()
    return next((each for each in allowed if each is not None and each.casefold() == folded), None)
