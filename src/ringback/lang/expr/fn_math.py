"""Mathematics and statistics: Ceiling, Floor, Round, Sum, Average; Random and RandomInt by name only.

A Currency keeps at least two decimal places. Sum counts NOT_SET as nothing, Average leaves it out of the
divisor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from ringback.lang.expr.raw import (
    CONTEXT,
    Currency,
    EvaluationError,
    compute,
    duration,
    fixed,
    integer,
    milliseconds_of,
)
from ringback.lang.expr.signature import overload

_ZERO = Decimal("0.0")


def padded(amount: Decimal) -> Decimal:
    """The amount with at least two decimal places."""
    return amount if _places(amount) >= 2 else fixed(amount, 2)


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _whole(rounding: str) -> Callable[[Decimal], Decimal]:
    def call(value: Decimal) -> Decimal:
        return CONTEXT.plus(value.to_integral_value(rounding=rounding))

    return call


ceiling = _whole(ROUND_CEILING)
floor = _whole(ROUND_FLOOR)


def round_decimal(value: Decimal, digits: int = 0) -> Decimal:
    """Rounded half away from zero; a value with fewer places stays as it is."""
    if not 0 <= digits <= 28:
        raise EvaluationError(f"{digits} digits are outside 0 to 28", "BAD_ARGUMENT")
    return value if _places(value) <= digits else CONTEXT.plus(fixed(value, digits, rounding=ROUND_HALF_UP))


def _money(call_decimal: Callable[..., Decimal]) -> Callable[..., Currency]:
    """The same for Currency: a NOT_SET amount is an error."""

    def call(value: Currency, *more: int) -> Currency:
        if value.amount is None:
            raise EvaluationError("the amount of the Currency is NOT_SET", "NOT_SET_OPERAND")
        return Currency(padded(call_decimal(value.amount, *more)), value.code)

    return call


def _set_amounts(values: Iterable[Currency | None]) -> tuple[list[Decimal], str | None]:
    """The amounts that are set, and the one code of all Currencies."""
    found = [value for value in values if value is not None]
    codes = {value.code for value in found}
    if len(codes) > 1:
        shown = " and ".join(sorted(code or "NOT_SET" for code in codes))
        raise EvaluationError(f"the Currencies {shown} differ", "CURRENCY_MISMATCH")
    return [value.amount for value in found if value.amount is not None], next(iter(codes), None)


def _total(values: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = compute(CONTEXT.add, total, value)
    return total


def sum_integers(*values: int | None) -> int:
    """The sum; NOT_SET is 0."""
    return integer(sum(value for value in values if value is not None))


def sum_decimals(*values: Decimal | None) -> Decimal:
    """The sum; NOT_SET is 0."""
    found = [value for value in values if value is not None]
    return _total(found) if found else _ZERO


def sum_durations(*values: timedelta | None) -> timedelta:
    """The sum; NOT_SET is no time."""
    return duration(sum(milliseconds_of(value) for value in values if value is not None))


def sum_money(*values: Currency | None) -> Currency:
    """The sum of one currency; what is NOT_SET is skipped."""
    found = sum_money_items(values)
    return Currency(padded(found.amount), found.code) if found.amount is not None and found.code else found


def sum_money_items(values: tuple[Currency | None, ...]) -> Currency:
    """The sum of the items; 0.0 when no amount is set."""
    amounts, code = _set_amounts(values)
    return Currency(_total(amounts) if amounts else _ZERO, code)


def average_decimals(*values: Decimal | int | None) -> Decimal:
    """The mean of what is set; 0.0 when nothing is."""
    found = [Decimal(value) for value in values if value is not None]
    return compute(CONTEXT.divide, _total(found), Decimal(len(found))) if found else _ZERO


def average_durations(*values: timedelta | None) -> timedelta:
    """The mean of what is set, cut to milliseconds; no time when nothing is."""
    found = [milliseconds_of(value) for value in values if value is not None]
    return duration(int(sum(found) / Decimal(len(found)))) if found else timedelta(0)


def average_money(*values: Currency | None) -> Currency:
    """The mean amount of one currency; what is NOT_SET is left out."""
    amounts, code = _set_amounts(values)
    return Currency(average_decimals(*amounts), code)


def _of_items(call: Callable[..., object]) -> Callable[[tuple[object, ...]], object]:
    return lambda items: call(*items)


MATH = (
    overload("Average", "(value cur?...) -> cur", average_money),
    overload("Average", "(value dec?...) -> dec", average_decimals),
    overload("Average", "(value dur?...) -> dur", average_durations),
    overload("Average", "(value int?...) -> dec", average_decimals),
    overload("Average", "(collection cur_coll) -> cur", _of_items(average_money)),
    overload("Average", "(collection dec_coll) -> dec", _of_items(average_decimals)),
    overload("Average", "(collection int_coll) -> dec", _of_items(average_decimals)),
    overload("Average", "(collection dur_coll) -> dur", _of_items(average_durations)),
    overload("Ceiling", "(value cur) -> cur", _money(ceiling)),
    overload("Ceiling", "(value dec) -> dec", ceiling),
    overload("Ceiling", "(value int) -> int", lambda value: value),
    overload("Floor", "(value cur) -> cur", _money(floor)),
    overload("Floor", "(value dec) -> dec", floor),
    overload("Floor", "(value int) -> int", lambda value: value),
    # The arguments of the two random functions are not public.
    overload("Random", "() -> dec", None, source="name"),
    overload("RandomInt", "() -> int", None, source="name"),
    overload("Round", "(value cur) -> cur", _money(round_decimal)),
    overload("Round", "(value dec) -> dec", round_decimal),
    overload("Round", "(value dec, digits int[0..28]) -> dec", round_decimal),
    overload("Round", "(value cur, digits int[0..28]) -> cur", _money(round_decimal)),
    overload("Sum", "(value int?, next int?...) -> int", sum_integers),
    overload("Sum", "(value cur?, next cur?...) -> cur", sum_money),
    overload("Sum", "(value dec?, next dec?...) -> dec", sum_decimals),
    overload("Sum", "(value dur?, next dur?...) -> dur", sum_durations),
    overload("Sum", "(collection int_coll) -> int", _of_items(sum_integers)),
    overload("Sum", "(collection cur_coll) -> cur", sum_money_items),
    overload("Sum", "(collection dec_coll) -> dec", _of_items(sum_decimals)),
    overload("Sum", "(collection dur_coll) -> dur", _of_items(sum_durations)),
)
