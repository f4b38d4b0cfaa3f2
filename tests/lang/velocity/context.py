"""The context of the tables of this folder, made anew for each case."""

from __future__ import annotations

from typing import Any


def context() -> dict[str, Any]:
    return {
        "who": "Ann",
        "age": 41,
        "none": None,
        "yes": True,
        "no": False,
        "zero": 0,
        "half": 0.5,
        "blank": "",
        "tags": ["red", "blue"],
        "empty": [],
        "nums": [3, 4],
        "row": {"id": 7, "label": "L", "inner": {"k": "v"}, "nil": None},
        "nothing": {},
        "rows": [{"n": "a", "v": 1}, {"n": "b", "v": None}],
        "csv": "x,y,,z,",
        "text": "Hello World",
        "digits": "12",
        "real": "2.50",
        "big": 5000000000,
        "huge": 98765432109876543210,
        "uni": "ö漢😀",
        "line": 'a\nb\t"q" \\',
    }
