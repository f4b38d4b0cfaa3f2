"""Which overload fits the types of the operands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ringback.lang.expr.signature import Overload, Parameter
from ringback.lang.expr.typed import Constant, Typed
from ringback.lang.expr.types import base, collection_of, is_collection, item_of

_AUDIO_OR_PROMPT = ("audpmt", "apa")


class Choice(NamedTuple):
    """An overload that fits.

    Attributes:
        parameters: one for each operand; a repeating parameter stands as often as it is used.
        returns: the result's type, type variables replaced.
        types: the type that each place gives to a bare NOT_SET.
    """

    overload: Overload
    parameters: tuple[Parameter, ...]
    returns: str
    types: tuple[str, ...] = ()


# Whether a bare NOT_SET fits a parameter, from the strictest reading to the loosest.
_READINGS: tuple[Callable[[Parameter], bool], ...] = (
    lambda parameter: parameter.type == "nul",
    lambda parameter: parameter.not_set,
    lambda _: True,
)


def is_not_set(operand: Typed) -> bool:
    """Whether it is a bare NOT_SET."""
    return isinstance(operand, Constant) and operand.value is None


def choose(overloads: Sequence[Overload], operands: tuple[Typed, ...]) -> Choice | None:
    """The first overload that fits, or None."""
    nothing_typed = _untyped(overloads, operands)
    readings = _READINGS if any(map(is_not_set, operands)) and not nothing_typed else _READINGS[:1]
    for tolerates in readings:
        for overload in overloads:
            if choice := fit(overload, operands, tolerates=tolerates):
                return choice
    if nothing_typed:
        return None
    # Where no overload is made for collections, a parameter of any type takes them too.
    found = (fit(row, operands, tolerates=_READINGS[2], loose=True) for row in overloads)
    return next(filter(None, found), None)


def _untyped(overloads: Sequence[Overload], operands: tuple[Typed, ...]) -> bool:
    """Whether only bare NOT_SETs stand where a generic overload takes its type from."""
    for overload in overloads:
        pairs = zip(expand(overload, len(operands)) or (), operands, strict=False)
        places = [operand for parameter, operand in pairs if parameter.type in ("T", "T_coll")]
        if places:
            return all(map(is_not_set, places))
    return False


def expand(overload: Overload, count: int) -> tuple[Parameter, ...] | None:
    """One parameter for each of `count` operands; None when the overload takes another number of them."""
    parameters = overload.parameters
    if parameters and parameters[-1].repeats and count > len(parameters):
        return parameters + parameters[-1:] * (count - len(parameters))
    missing = parameters[count:]
    if count > len(parameters) or not all(parameter.optional for parameter in missing):
        return None
    return parameters[:count]


def fit(
    overload: Overload,
    operands: tuple[Typed, ...],
    *,
    tolerates: Callable[[Parameter], bool],
    loose: bool = False,
) -> Choice | None:
    """The choice of this overload when its parameters take the operands."""
    parameters = expand(overload, len(operands))
    if parameters is None:
        return None
    bound = ""
    for parameter, operand in zip(parameters, operands, strict=True):
        if is_not_set(operand):
            if not tolerates(parameter):
                return None
        elif parameter.type in ("T", "T_coll"):
            found = _binding(parameter.type, operand.type)
            if found is None or (bound and found != bound):
                return None
            bound = found
        elif not (accepts(parameter.type, operand.type) or (loose and parameter.type == "any")):
            return None
    if not bound and any(parameter.type in ("T", "T_coll") for parameter in parameters):
        return None
    returns = resolved(overload.returns, bound)
    places = tuple(_place(parameter.type, bound, returns=returns) for parameter in parameters)
    return Choice(overload, parameters, returns, places)


def accepts(wanted: str, given: str) -> bool:
    """Whether a parameter of a concrete type takes a value of another."""
    given = base(given)
    if wanted == "any":
        return not is_collection(given)
    if wanted == "any_coll":
        return is_collection(given)
    if wanted in _AUDIO_OR_PROMPT:
        return given in ("aud", "pmt")
    return wanted == given


def resolved(type_: str, bound: str) -> str:
    """A type of a signature with its type variable replaced."""
    if type_ == "T":
        return bound
    return collection_of(bound) if type_ == "T_coll" else type_


def _binding(wanted: str, given: str) -> str | None:
    # Audio is opaque: nothing compares it, and it has no collection.
    given = base(given)
    if wanted == "T_coll":
        return item_of(given) if is_collection(given) else None
    return None if is_collection(given) or given == "aud" else given


def _place(type_: str, bound: str, *, returns: str) -> str:
    if type_ in ("any", "nul"):
        return returns
    return "aud" if type_ in _AUDIO_OR_PROMPT else resolved(type_, bound)
