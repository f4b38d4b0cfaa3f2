"""Stands in for `library` until its part is there; removed then."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec

from ringback.lang.expr.signature import Overload, overload


def _functions() -> Mapping[str, tuple[Overload, ...]]:
    if find_spec("ringback.lang.expr.library"):
        return import_module("ringback.lang.expr.library").FUNCTIONS  # type: ignore[no-any-return]  # stand-in
    return {
        "append": (overload("Append", "(a str?, b str?...) -> str", lambda *a: "".join(x or "" for x in a)),),
        "isset": (
            overload("IsSet", "(a nul?) -> bln", lambda a: False),
            overload("IsSet", "(a any?) -> bln", lambda a: a is not None),
        ),
        "tostring": (
            overload("ToString", "(a any?) -> str", str),
            overload("ToString", "(a nul?) -> str", lambda a: None),
        ),
        "toint": (
            overload("ToInt", "(a any?) -> int", int),
            overload("ToInt", "(a nul?) -> int", lambda a: None),
        ),
        "makelist": (overload("MakeList", "(a T?...) -> T_coll", lambda *a: a),),
        "if": (
            overload(
                "If", "(c bln?, a T?, b T?) -> T", lambda e, c, a, b: a(e) if c(e) else b(e), style="lazy"
            ),
        ),
        "left": (overload("Left", "(t str, length int[0..]) -> str", lambda t, n: t[:n]),),
    }


FUNCTIONS: Mapping[str, tuple[Overload, ...]] = _functions()
