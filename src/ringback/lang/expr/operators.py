"""The operators of the language: one row per overload, as Architect's Expression Help lists them (A.12).

`negate` is the minus before a value, `[` item access (index first, as Architect stores it). Property access
has no row: the checker reads the property tables of `type_members.py`. `/` of two Integers is a Decimal. Our
reading where the help is silent: `%` has the sign of the dividend, `0 ^ 0` is 1.0, Currency values of two
codes neither add nor compare.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, DecimalException, DivisionByZero, InvalidOperation
from types import MappingProxyType
from typing import Any

from ringback.lang.expr.collation import compare_text
from ringback.lang.expr.environment import Environment
from ringback.lang.expr.fn_text import append, append_audio
from ringback.lang.expr.signature import Overload, overload
from ringback.lang.expr.values import (
    CONTEXT,
    Currency,
    EvaluationError,
    Json,
    duration,
    equal,
    integer,
    milliseconds_of,
    moment,
    tidy,
)

Numeric = Decimal | int


def _exactly(value: Decimal) -> Decimal:
    return value


def _guarded(
    compute: Callable[[Any, Any], Decimal], *, shape: Callable[[Decimal], Decimal] = tidy
) -> Callable[[Any, Any], Decimal]:
    """Decimal arithmetic without trailing zeros (7.5 * 12.2 is 91.5), its traps as errors of the language."""

    def call(left: Numeric, right: Numeric) -> Decimal:
        try:
            return shape(compute(left, right))
        except DecimalException as error:
            raise _trapped(error, right) from None

    return call


def _trapped(error: DecimalException, right: Numeric) -> EvaluationError:
    if isinstance(error, DivisionByZero) or (isinstance(error, InvalidOperation) and not right):
        return EvaluationError("division by zero", "DIVISION_BY_ZERO")
    if isinstance(error, InvalidOperation):
        return EvaluationError("the result is not a number", "OUT_OF_RANGE")
    return EvaluationError("the result is more than a Decimal holds (10^40)", "OUT_OF_RANGE")


_add = _guarded(CONTEXT.add)
_subtract = _guarded(CONTEXT.subtract)
_multiply = _guarded(CONTEXT.multiply)
_divide = _guarded(CONTEXT.divide)
# A Currency that is divided keeps its places: 45.00 USD / 6 is 7.50 (Expression Help).
_divide_amount = _guarded(CONTEXT.divide, shape=_exactly)
_raise = _guarded(CONTEXT.power)
_remainder = _guarded(lambda left, right: _exact_remainder(Decimal(left), Decimal(right)))


def _exact_remainder(left: Decimal, right: Decimal) -> Decimal:
    # The context's own remainder fails when the whole quotient has more than 40 digits.
    if left and right and left.adjusted() - right.adjusted() >= CONTEXT.prec - 1:
        wide = CONTEXT.copy()
        wide.prec = 2500
        return CONTEXT.plus(wide.remainder(left, right))
    return CONTEXT.remainder(left, right)


def _power(left: Numeric, right: Numeric) -> Decimal:
    if not left and not right:
        return Decimal("1.0")
    if not left and right < 0:
        raise EvaluationError("division by zero: 0 to a negative power", "DIVISION_BY_ZERO")
    return _raise(left, right)


def _add_integers(left: int, right: int) -> int:
    return integer(left + right)


def _subtract_integers(left: int, right: int) -> int:
    return integer(left - right)


def _multiply_integers(left: int, right: int) -> int:
    return integer(left * right)


def _remainder_of_integers(left: int, right: int) -> int:
    if right == 0:
        raise EvaluationError("division by zero", "DIVISION_BY_ZERO")
    rest = abs(left) % abs(right)
    return rest if left >= 0 else -rest


def _negate_decimal(value: Decimal) -> Decimal:
    return value.copy_negate() if value else value


# Currency: both codes must be the same; an amount that is NOT_SET inside a set Currency is an error.


def _amount(value: Currency) -> Decimal:
    if value.amount is None:
        raise EvaluationError("the amount of the Currency is NOT_SET", "NOT_SET_OPERAND")
    return value.amount


def _amounts(left: Currency, right: Currency) -> tuple[Decimal, Decimal]:
    if left.code != right.code:
        raise EvaluationError(
            f"the Currencies {left.code or 'NOT_SET'} and {right.code or 'NOT_SET'} differ",
            "CURRENCY_MISMATCH",
        )
    return _amount(left), _amount(right)


def _of_currencies(compute: Callable[[Any, Any], Any]) -> Callable[[Currency, Currency], Currency]:
    def call(left: Currency, right: Currency) -> Currency:
        return Currency(compute(*_amounts(left, right)), left.code)

    return call


def _comparing_currencies(compare: Callable[[Any, Any], bool]) -> Callable[[Currency, Currency], bool]:
    def call(left: Currency, right: Currency) -> bool:
        return compare(*_amounts(left, right))

    return call


def _scaled(compute: Callable[[Any, Any], Any]) -> Callable[[Currency, Numeric], Currency]:
    def call(value: Currency, factor: Numeric) -> Currency:
        return Currency(compute(_amount(value), factor), value.code)

    return call


def _times(factor: Numeric, value: Currency) -> Currency:
    return Currency(_multiply(factor, _amount(value)), value.code)


def _negate_currency(value: Currency) -> Currency:
    return Currency(_negate_decimal(_amount(value)), value.code)


# Dates and durations.


def _later(start: datetime, length: timedelta) -> datetime:
    try:
        return moment(start + length)
    except OverflowError:
        raise EvaluationError("the DateTime is outside 1800 to 2200", "OUT_OF_RANGE") from None


def _later_swapped(length: timedelta, start: datetime) -> datetime:
    return _later(start, length)


def _earlier(start: datetime, length: timedelta) -> datetime:
    return _later(start, -length)


def _add_durations(left: timedelta, right: timedelta) -> timedelta:
    return duration(milliseconds_of(left) + milliseconds_of(right))


def _subtract_durations(left: timedelta, right: timedelta) -> timedelta:
    return duration(milliseconds_of(left) - milliseconds_of(right))


# Text, audio, logic, access.


def _not_equal(left: Any, right: Any) -> bool:
    return not equal(left, right)


def _comparing_text(compare: Callable[[Any, Any], bool]) -> Callable[..., bool]:
    def call(env: Environment, left: str, right: str) -> bool:
        return compare(compare_text(env, left, right), 0)

    return call


def _both(env: Any, left: Callable[[Any], Any], right: Callable[[Any], Any]) -> bool:
    return bool(_truth(left(env), "left") and _truth(right(env), "right"))


def _either(env: Any, left: Callable[[Any], Any], right: Callable[[Any], Any]) -> bool:
    return bool(_truth(left(env), "left") or _truth(right(env), "right"))


def _truth(value: bool | None, side: str) -> bool:
    if value is None:
        raise EvaluationError(f"the {side} operand is NOT_SET", "NOT_SET_OPERAND")
    return value


def _chosen(env: Any, condition: Callable[[Any], Any], *branches: Callable[[Any], Any]) -> Any:
    return branches[0](env) if condition(env) else branches[1](env)


def _item(index: int, items: tuple[Any, ...]) -> Any:
    if not 0 <= index < len(items):
        raise EvaluationError(
            f"index {index} is outside a collection of {len(items)} items", "INDEX_OUT_OF_RANGE"
        )
    return items[index]


def json_index(env: Environment, index: int, *, array: Any) -> None:
    """What happens when `array[index]` is no item of a JSON array: NOT_SET or an error."""
    if not isinstance(array, list | tuple):
        raise EvaluationError("the JSON value is not an array", "CONVERSION")
    if env.services.policy("json_index_out_of_range") != "not_set":
        raise EvaluationError(
            f"index {index} is outside a JSON array of {len(array)} items", "INDEX_OUT_OF_RANGE"
        )


def _json_item(env: Environment, index: int, array: Json) -> Json | None:
    value = array.value
    if isinstance(value, list | tuple) and 0 <= index < len(value):
        return Json(value[index])
    json_index(env, index, array=value)
    return None


def _comparison(symbol: str, compare: Callable[[Any, Any], bool]) -> tuple[Overload, ...]:
    plain = [("int", "dec"), ("dec", "int"), ("dtm", "dtm"), ("dec", "dec"), ("dur", "dur"), ("int", "int")]
    rows = [overload(symbol, f"(left {a}, right {b}) -> bln", compare) for a, b in plain]
    money = overload(symbol, "(left cur, right cur) -> bln", _comparing_currencies(compare))
    text = overload(symbol, "(left str, right str) -> bln", _comparing_text(compare), style="context")
    return (*rows, money, text)


def _equality(symbol: str, compare: Callable[[Any, Any], bool]) -> tuple[Overload, ...]:
    pairs = ["T T", "dec int", "int dec", "int_coll dec_coll", "dec_coll int_coll", "T_coll T_coll"]
    signatures = ["(left {}?, right {}?) -> bln".format(*pair.split()) for pair in pairs]
    return tuple(overload(symbol, text, compare) for text in signatures)


def _rows(symbol: str, *rows: tuple[str, Callable[..., Any]]) -> tuple[Overload, ...]:
    return tuple(overload(symbol, text, call) for text, call in rows)


def _decimals(call: Callable[..., Any], *, nonzero: bool = False) -> list[tuple[str, Callable[..., Any]]]:
    mark = "~" if nonzero else ""
    pairs = [("dec", "int"), ("int", "dec"), ("dec", "dec")]
    return [(f"(left {a}, right {b}{mark}) -> dec", call) for a, b in pairs]


def _scalings(symbol: str, call: Callable[..., Any], *, mark: str) -> tuple[Overload, ...]:
    return _rows(symbol, *((f"(left cur, right {kind}{mark}) -> cur", call) for kind in ("dec", "int")))


_AUDIO = [(f"(left {a}, right {b}) -> aud", append_audio) for a in ("aud", "pmt") for b in ("aud", "pmt")]

OPERATORS: Mapping[str, tuple[Overload, ...]] = MappingProxyType(
    {
        "+": _rows(
            "+",
            ("(left int, right int) -> int", _add_integers),
            *_decimals(_add),
            ("(left str, right str) -> str", append),
            ("(left cur, right cur) -> cur", _of_currencies(_add)),
            ("(left dur, right dtm) -> dtm", _later_swapped),
            ("(left dtm, right dur) -> dtm", _later),
            ("(left dur, right dur) -> dur", _add_durations),
            *_AUDIO,
        ),
        "-": _rows(
            "-",
            ("(left int, right int) -> int", _subtract_integers),
            *_decimals(_subtract),
            ("(left cur, right cur) -> cur", _of_currencies(_subtract)),
            ("(left dur, right dur) -> dur", _subtract_durations),
            ("(left dtm, right dur) -> dtm", _earlier),
        ),
        "*": (
            *_rows("*", ("(left int, right int) -> int", _multiply_integers), *_decimals(_multiply)),
            *_scalings("*", _scaled(_multiply), mark=""),
            *_rows("*", ("(left dec, right cur) -> cur", _times), ("(left int, right cur) -> cur", _times)),
        ),
        "/": (
            *_rows("/", ("(left int, right int~) -> dec", _divide), *_decimals(_divide, nonzero=True)),
            *_scalings("/", _scaled(_divide_amount), mark="~"),
        ),
        "%": (
            *_rows("%", ("(left int, right int~) -> int", _remainder_of_integers)),
            *_rows("%", *_decimals(_remainder, nonzero=True)),
            *_scalings("%", _scaled(_remainder), mark="~"),
        ),
        "^": _rows("^", ("(base int, exponent int) -> dec", _power), *_decimals(_power)),
        "&": _rows("&", ("(left int, right int) -> int", operator.and_)),
        "|": _rows("|", ("(left int, right int) -> int", operator.or_)),
        "~": _rows("~", ("(value int) -> int", lambda value: integer(~value))),
        "!": _rows("!", ("(value bln) -> bln", operator.not_)),
        "negate": _rows(
            "-",
            ("(value int) -> int", operator.neg),
            ("(value dec) -> dec", _negate_decimal),
            ("(value cur) -> cur", _negate_currency),
            ("(value dur) -> dur", operator.neg),
        ),
        "and": (overload("and", "(left bln, right bln) -> bln", _both, style="lazy"),),
        "or": (overload("or", "(left bln, right bln) -> bln", _either, style="lazy"),),
        "?": tuple(
            overload(
                "?", f"(condition bln?, then {kind}?, otherwise {kind}?) -> {kind}", _chosen, style="lazy"
            )
            for kind in ("T", "T_coll", "aud")
        ),
        "==": _equality("==", equal),
        "!=": _equality("!=", _not_equal),
        ">": _comparison(">", operator.gt),
        ">=": _comparison(">=", operator.ge),
        "<": _comparison("<", operator.lt),
        "<=": _comparison("<=", operator.le),
        "[": (
            *_rows("[", ("(index int[0..], collection T_coll) -> T", _item)),
            overload("[", "(index int[0..], json jsn) -> jsn", _json_item, style="context"),
        ),
    }
)
