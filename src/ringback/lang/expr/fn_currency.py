"""Currency functions: MakeCurrency, MakeListCurrency, ConvertCurrency, GetCurrencySymbol."""

from __future__ import annotations

from decimal import Decimal

from ringback.lang.expr.currencies import symbol
from ringback.lang.expr.fn_math import padded
from ringback.lang.expr.raw import CONTEXT, Currency, EvaluationError, compute, decimal, tidy
from ringback.lang.expr.signature import overload

Amounts = tuple[Decimal | None, ...]


def make_currency(amount: Decimal | int | None, code: str | None) -> Currency:
    """The Currency; amount and code may be NOT_SET in it."""
    return Currency(None if amount is None else padded(decimal(amount)), _code(code))


def _code(text: str | None) -> str | None:
    return (text or "").strip().upper() or None


def make_list(amounts: Amounts, code: str | None) -> tuple[Currency, ...]:
    """All amounts in one currency."""
    return tuple(make_currency(amount, code) for amount in amounts)


def make_list_pairwise(amounts: Amounts, codes: tuple[str | None, ...]) -> tuple[Currency, ...]:
    """Each amount with its own code; both collections have the same number of items."""
    if len(amounts) != len(codes):
        raise EvaluationError(f"{len(amounts)} amounts but {len(codes)} currency codes", "BAD_ARGUMENT")
    return tuple(map(make_currency, amounts, codes))


def convert(value: Currency | None, code: str | None, rate: Decimal = Decimal(1)) -> Currency | None:
    """The amount times the rate in the other currency; NOT_SET stays NOT_SET."""
    if value is None:
        return None
    amount = None if value.amount is None else compute(CONTEXT.multiply, value.amount, rate)
    return Currency(None if amount is None else padded(tidy(amount)), _code(code))


def symbol_of(value: Currency | None) -> str | None:
    """The symbol of a Currency's code."""
    return symbol(value.code) if value and value.code else None


CURRENCY = (
    overload("ConvertCurrency", "(value cur?, code str?$) -> cur", convert),
    overload("ConvertCurrency", "(value cur?, code str?$, rate dec) -> cur", convert),
    overload("GetCurrencySymbol", "(code str$) -> str", symbol),
    overload("GetCurrencySymbol", "(value cur?) -> str", symbol_of),
    overload("MakeCurrency", "(amount dec?, code str?$) -> cur", make_currency),
    overload("MakeCurrency", "(amount int?, code str?$) -> cur", make_currency),
    overload("MakeListCurrency", "(amounts dec_coll, code str?$) -> cur_coll", make_list),
    overload("MakeListCurrency", "(amounts dec_coll, codes str_coll) -> cur_coll", make_list_pairwise),
)
