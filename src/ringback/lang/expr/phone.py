"""Reading of telephone and SIP addresses as `ToPhoneNumber` does.

Rules (help of the PhoneNumber type and of ToPhoneNumber): `tel:`, `sip:` and `sips:` name the scheme; a
text of digits and the usual separators without a scheme is a tel number; e164, dialingCode and
subscriberNumber exist for global numbers (leading +) only. "Valid" is tested as "possible" (length and
calling code), so that invented numbers such as +1 555 000 1111 work in a simulation.
"""

from __future__ import annotations

import importlib
import re
from functools import cache, lru_cache
from typing import Any

_TEL = re.compile(r"\+?[\d\s().\-/*#]+(?:(?:;ext=|x|ext\.?)\s*\d+)?", re.IGNORECASE | re.ASCII)
_DIGIT = re.compile(r"\d", re.ASCII)
_SCHEME = re.compile(r"(tel|sips?):", re.IGNORECASE)
_NOT_DIGITS = re.compile(r"\D")


@cache
def _library() -> Any:
    # Loaded on first use: phonenumbers costs a third of the command's start-up time, and few runs need it.
    return importlib.import_module("phonenumbers")


def scheme(raw: str) -> str | None:
    """The scheme "tel", "sip" or "sips"; None when the text is no address.

    >>> scheme("sips:jo@example.com"), scheme("+1 (317) 555-0100"), scheme("anonymous")
    ('sips', 'tel', None)
    """
    if found := _SCHEME.match(raw.strip()):
        return found[1].lower()
    return "tel" if _TEL.fullmatch(raw.strip()) and _DIGIT.search(raw) else None


def number(raw: str) -> str:
    """The text behind the scheme."""
    return _SCHEME.sub("", raw.strip(), count=1)


def uri(raw: str) -> str | None:
    """The address with its scheme; a stray "@" at the end of a SIP address is dropped."""
    found = scheme(raw)
    if found is None:
        return None
    rest = number(raw)
    return f"{found}:{rest if found == 'tel' else rest.rstrip('@')}"


@lru_cache(maxsize=1024)
def split(raw: str) -> tuple[str, str] | None:
    """Calling code and national number of a global number; None when it is none."""
    rest = number(raw)
    if scheme(raw) != "tel" or not rest.startswith("+"):
        return None
    library = _library()
    try:
        parsed = library.parse(rest, None)
    except library.NumberParseException:
        return None
    if not library.is_possible_number(parsed):
        return None
    return str(parsed.country_code), library.national_significant_number(parsed)


def local_digits(raw: str) -> str:
    """The digits to dial inside the country, with its trunk prefix: +31755551212 -> 0755551212."""
    parts = split(raw)
    if parts is None:
        return _NOT_DIGITS.sub("", number(raw))
    library = _library()
    parsed = library.parse(number(raw), None)
    return _NOT_DIGITS.sub("", library.format_number(parsed, library.PhoneNumberFormat.NATIONAL))


def key(raw: str) -> tuple[str, str]:
    """What equality looks at: the digits of a tel number, the uri of SIP, else the raw text."""
    found = scheme(raw)
    if found == "tel":
        return "tel", _NOT_DIGITS.sub("", number(raw))
    return found or "", uri(raw) or raw


def region_calling_code(region: str) -> str | None:
    """The calling code of an ISO 3166 region ("NL" -> "31"); None when there is none."""
    code = _library().country_code_for_region(region.upper())
    return str(code) if code else None
