"""All functions of the language by lower-case name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ringback.lang.expr.fn_audio import AUDIO
from ringback.lang.expr.fn_bots import BOTS
from ringback.lang.expr.fn_casts import CASTS
from ringback.lang.expr.fn_collections import COLLECTIONS, LOGIC
from ringback.lang.expr.fn_currency import CURRENCY
from ringback.lang.expr.fn_dates import DATES
from ringback.lang.expr.fn_directory import DIRECTORY
from ringback.lang.expr.fn_json import JSON_FUNCTIONS
from ringback.lang.expr.fn_math import MATH
from ringback.lang.expr.fn_misc import MISC
from ringback.lang.expr.fn_text import TEXT
from ringback.lang.expr.signature import Overload

# The groups in the order of the documentation.
GROUPS: Mapping[str, tuple[Overload, ...]] = MappingProxyType(
    {
        "Text": TEXT,
        "Collections": COLLECTIONS,
        "Logic and comparison": LOGIC,
        "Mathematics": MATH,
        "Dates and durations": DATES,
        "Casts": CASTS,
        "Audio": AUDIO,
        "Currency": CURRENCY,
        "JSON": JSON_FUNCTIONS,
        "Directory": DIRECTORY,
        "Bots and messages": BOTS,
        "E-mail and languages": MISC,
    }
)


def _merged() -> dict[str, tuple[Overload, ...]]:
    found: dict[str, list[Overload]] = {}
    for rows in GROUPS.values():
        for row in rows:
            found.setdefault(row.name.lower(), []).append(row)
    return {name: tuple(rows) for name, rows in found.items()}


FUNCTIONS: Mapping[str, tuple[Overload, ...]] = MappingProxyType(_merged())


def lookup(name: str) -> tuple[Overload, ...]:
    """The overloads of a function, any case; empty when there is none."""
    return FUNCTIONS.get(name.lower(), ())
