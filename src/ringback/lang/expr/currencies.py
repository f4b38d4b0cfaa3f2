"""Currencies: the ISO 4217 codes in use and the symbols of the common ones."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF
GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK
LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD
OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN
SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF
XPF YER ZAR ZMW ZWG
"""
# Replaced by newer currencies; old flows still name them.
_FORMER = "ANG BYR EEK HRK LTL LVL MRO SLL STD VEF ZMK ZWL"
CODES = frozenset((_CODES + _FORMER).split())

SYMBOLS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        ("ARS", "AUD", "BBD", "BMD", "BND", "BSD", "CAD", "CLP", "COP", "FJD", "HKD", "KYD", "MXN", "NZD"),
        "$",
    )
    | dict.fromkeys(("SGD", "TWD", "USD", "XCD"), "$")
    | dict.fromkeys(("DKK", "ISK", "NOK", "SEK"), "kr")
    | {
        "BRL": "R$",
        "CHF": "CHF",
        "CNY": "¥",
        "CRC": "₡",
        "CZK": "Kč",
        "EUR": "€",
        "GBP": "£",
        "GHS": "₵",
        "HUF": "Ft",
        "ILS": "₪",
        "INR": "₹",
        "JPY": "¥",
        "KRW": "₩",
        "KZT": "₸",
        "MYR": "RM",
        "NGN": "₦",
        "PEN": "S/",
        "PHP": "₱",
        "PLN": "zł",
        "RUB": "₽",
        "THB": "฿",
        "TRY": "₺",
        "UAH": "₴",
        "VND": "₫",
        "ZAR": "R",
    }
)


def symbol(code: str) -> str:
    """The symbol of a currency; its code when it has none of its own."""
    return SYMBOLS.get(code.upper(), code.upper())
