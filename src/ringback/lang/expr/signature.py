"""What a function or operator takes and gives: the row type of the library tables.

A signature is written as one line of text, close to the way Architect's Expression Help shows it:

    "(text str, start int[0..], length int[0..]) -> str"
    "(condition bln?, then T?, otherwise T?) -> T"
    "(item T?...) -> T_coll"
    "(value T_coll, delimiter str?) -> str"

Type codes are Architect's own (`str int dec bln dtm dur cur phn jsn aud pmt com que …`, `_coll` for a
collection, `nul` for a bare NOT_SET, `any` for any single value, `audpmt` for audio or prompt). `T` is a
type variable: every `T` of one overload is the same type, `T_coll` the collection of it. Marks behind a
type: `?` the parameter tolerates NOT_SET, `...` it may repeat, `=` it may be left out, `!` it must be a
literal, `~` a literal may not be zero, `$` a literal must be an ISO 4217 currency code, `[low..high]` the
range that a literal is checked against at design time (either end may be empty).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

# plain: call(*operands). context: call(env, *operands). lazy: call(env, *thunks), each thunk(env) -> value.
Style = Literal["plain", "context", "lazy"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an overload."""

    name: str
    type: str
    not_set: bool = False
    repeats: bool = False
    optional: bool = False
    literal: bool = False
    low: int | None = None
    high: int | None = None
    nonzero: bool = False
    currency: bool = False


@dataclass(frozen=True, slots=True)
class Overload:
    """One signature of a function or operator and what computes it.

    Attributes:
        name: canonical spelling, e.g. "FindString" or "+".
        parameters: in order.
        returns: type code, may be `T`, `T_coll`.
        call: computes the value from raw operands (see `values`); None when only the name is known, and
            evaluating it is then the event `function_unsupported`.
        style: how `call` wants its operands.
        source: where the rule comes from: "doc", "sample", "user", "name" (name only) or a policy name.
    """

    name: str
    parameters: tuple[Parameter, ...]
    returns: str
    call: Callable[..., Any] | None
    style: Style = "plain"
    source: str = "doc"


_PARAMETER = re.compile(
    r"(?P<name>\w+)\s+(?P<type>[\w.:]+)"
    r"(?:\[(?P<low>-?\d*)\.\.(?P<high>-?\d*)\])?(?P<marks>(?:\?|!|=|~|\$|\.\.\.)*)"
)


@cache  # the same parameters come again in many rows
def _parameter(text: str) -> Parameter:
    match = _PARAMETER.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a parameter: {text!r}")
    marks, low, high = match["marks"], match["low"], match["high"]
    return Parameter(
        match["name"],
        match["type"],
        not_set="?" in marks,
        repeats="..." in marks,
        optional="=" in marks,
        literal="!" in marks,
        low=int(low) if low else None,
        high=int(high) if high else None,
        nonzero="~" in marks,
        currency="$" in marks,
    )


@cache
def signature(text: str) -> tuple[tuple[Parameter, ...], str]:
    """The parameters and the result type that a signature line describes.

    >>> parameters, returns = signature("(text str, count int[0..]) -> str")
    >>> parameters[1].low, returns
    (0, 'str')
    """
    inside, _, returns = text.partition(") -> ")
    inside = inside.removeprefix("(").strip()
    return tuple(_parameter(part) for part in inside.split(",")) if inside else (), returns.strip()


def overload(
    name: str, text: str, call: Callable[..., Any] | None, *, style: Style = "plain", source: str = "doc"
) -> Overload:
    """One row of a library table."""
    parameters, returns = signature(text)
    return Overload(name, parameters, returns, call, style, source)
