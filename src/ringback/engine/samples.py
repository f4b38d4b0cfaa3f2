"""Plain values of each type, for answers that nobody prepared (policy `permissive_values`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ringback.lang.expr.types import base, is_collection, item_of

# "1" is a text that casts to Integer, Decimal and Boolean too.
_SAMPLES: Mapping[str, Any] = MappingProxyType(
    {
        "str": "1",
        "int": 1,
        "dec": 1.0,
        "bln": True,
        "dtm": "2025-01-01T00:00:00Z",
        "dur": "PT1S",
        "cur": "1.00|USD",
        "phn": "tel:+15555550100",
        "jsn": {},
    }
)


def sample(type_: str) -> Any:
    """A plain JSON value of a type: collections have one item; other types are NOT_SET.

    >>> sample("int_coll"), sample("bln")
    ([1], True)
    """
    if is_collection(type_):
        item = sample(item_of(type_))
        return [] if item is None else [item]
    return _SAMPLES.get(base(type_))
