"""Telephone numbers: E.164 from what people write, where a number belongs, and what time it is there.

A number is accepted when it is possible (calling code and length), not only when it is assigned, so that
invented numbers such as +1 555 123 4567 work everywhere in ringback alike. Data: phonenumbers, the Python
form of Google's libphonenumber.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

# Text that a spreadsheet made of a number: 1.55512E+10.
_SCIENTIFIC = re.compile(r"[0-9.,]+[eE][+-]?[0-9]+")
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_UNKNOWN_ZONE = "Etc/Unknown"
# Plus, and the wide one of East Asian text.
_PLUS = "+\uff0b"
# The library reads no longer texts, and no number needs one.
_LONGEST = 250

_UNKNOWN_COUNTRY = ("unknown_country", "has a calling code of no country")
_NOT_A_NUMBER = ("not_a_number", "is no telephone number")
_TOO_SHORT = ("too_short", "is too short for its country")
_TOO_LONG = ("too_long", "is too long")
_IMPOSSIBLE = ("impossible", "has a length that no number of its country has")


class NumberError(ValueError):
    """A text is no usable telephone number; `code` is one of those in docs/contacts.md."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number.

    Attributes:
        e164: plus, calling code, number.
        calling_code: for example 1 or 49.
        parsed: the library's own number.
    """

    e164: str
    calling_code: int
    parsed: Any = field(repr=False, compare=False)

    @property
    def region(self) -> str:
        """ISO 3166 country, "001" for numbers of the world; "" where the number tells none."""
        return _library().region_code_for_number(self.parsed) or ""

    @property
    def display(self) -> str:
        """The international form with spaces."""
        library = _library()
        form = library.PhoneNumberFormat.INTERNATIONAL
        return str(library.format_number(self.parsed, form))


def parse_number(text: str, *, country: str | None = None) -> Number:
    """The number that a text means.

    Args:
        text: E.164, international, or national notation of `country`; `tel:` may stand before it.
        country: two letters for national notation, e.g. US; None takes numbers with their + only.

    >>> parse_number("(212) 555-0123", country="US").e164
    '+12125550123'

    Raises:
        NumberError: it is no possible number, has an extension, or lacks its country.
    """
    return _parse(text, country.upper() if country else None)


def exact_e164(text: str) -> str:
    """A text that is E.164 exactly as it stands.

    Raises:
        NumberError: it is not; the message gives the right form of a number in another one.
    """
    if "+" not in text and _DIGIT.search(text):
        raise NumberError(f"{text!r} is not E.164; it begins with + and the calling code", code="not_e164")
    number = parse_number(text)
    if number.e164 != text:
        raise NumberError(f"{text!r} is not E.164; write {number.e164}", code="not_e164")
    return text


@lru_cache(maxsize=4096)
def time_zones(e164: str) -> tuple[str, ...]:
    """The tz database names of the zones where a number may be; () when nothing is known.

    A mobile or toll-free number may be in any zone of its country; an unassigned one in those of its
    longest known prefix.

    >>> time_zones("+12125550123")
    ('America/New_York',)
    """
    library, zones = _library(), _module("phonenumbers.timezone")
    number = library.parse(e164)
    names: tuple[str, ...] = zones.time_zones_for_number(number)
    if names == (_UNKNOWN_ZONE,):
        names = zones.time_zones_for_geographical_number(number)
    return tuple(name for name in names if name != _UNKNOWN_ZONE)


def is_region(code: str) -> bool:
    """Whether an upper case country code has telephone numbers."""
    return code in _library().SUPPORTED_REGIONS


def main_region(calling_code: int) -> str:
    """The main country of a calling code (US for 1); "" when there is none."""
    found = str(_library().region_code_for_country_code(calling_code))
    return "" if found == "ZZ" else found


@lru_cache(maxsize=4096)
def number_type(e164: str) -> str:
    """What kind of line a number is, e.g. fixedLine, mobile, tollFree; unknown for unassigned numbers."""
    return _types().get(_library().number_type(_library().parse(e164)), "unknown")


def number_types() -> frozenset[str]:
    """Every answer of `number_type`."""
    return frozenset(_types().values())


@cache
def _types() -> dict[int, str]:
    kinds = _library().PhoneNumberType
    return {getattr(kinds, name): _camel(name) for name in vars(kinds) if name.isupper()}


def _camel(name: str) -> str:
    first, *rest = name.lower().split("_")
    return first + "".join(word.capitalize() for word in rest)


@lru_cache(maxsize=4096)
def _parse(text: str, country: str | None) -> Number:
    bare = text.strip().removeprefix("tel:")
    _check_text(bare)
    library = _library()
    if country is not None and not is_region(country):
        raise NumberError(f"{country!r} is no country with telephone numbers", code="unknown_country")
    try:
        number = library.parse(bare, country)
    except library.NumberParseException as error:
        raise _fault(bare, _parse_fault(error, bare, country=country)) from None
    if number.extension:
        raise _fault(bare, ("extension", f"has the extension {number.extension}; a channel takes none"))
    # The reader takes 1-800-FLOWERS, and would as well take the digits out of a sentence.
    if _LETTER.search(bare):
        raise _fault(bare, ("letters", "has letters"))
    if (problem := _length_fault(number)) is not None:
        raise _fault(bare, problem)
    return Number(
        e164=library.format_number(number, library.PhoneNumberFormat.E164),
        calling_code=number.country_code,
        parsed=number,
    )


def _check_text(text: str) -> None:
    if not text:
        raise NumberError("the number is empty", code="empty")
    if len(text) > _LONGEST:
        raise NumberError(f"{text[:20]!r}… is too long", code="too_long")
    if _SCIENTIFIC.fullmatch(text):
        reason = "was changed by a spreadsheet; format its column as text and export it again"
        raise _fault(text, ("spreadsheet", reason))
    if not _DIGIT.search(text):
        raise _fault(text, _NOT_A_NUMBER)


def _parse_fault(error: Any, text: str, *, country: str | None) -> tuple[str, str]:
    kinds = type(error)
    if error.error_type == kinds.INVALID_COUNTRY_CODE and country is None and text[0] not in _PLUS:
        return (
            "unknown_country",
            "has no country; write it with + and calling code, or give a default country",
        )
    return {
        kinds.INVALID_COUNTRY_CODE: _UNKNOWN_COUNTRY,
        kinds.TOO_SHORT_AFTER_IDD: _TOO_SHORT,
        kinds.TOO_SHORT_NSN: _TOO_SHORT,
        kinds.TOO_LONG: _TOO_LONG,
    }.get(error.error_type, _NOT_A_NUMBER)


def _length_fault(number: Any) -> tuple[str, str] | None:
    library = _library()
    kinds = library.ValidationResult
    faults = {
        kinds.INVALID_COUNTRY_CODE: _UNKNOWN_COUNTRY,
        kinds.TOO_SHORT: _TOO_SHORT,
        kinds.IS_POSSIBLE_LOCAL_ONLY: _TOO_SHORT,
        kinds.TOO_LONG: _TOO_LONG,
        kinds.INVALID_LENGTH: _IMPOSSIBLE,
    }
    return faults.get(library.is_possible_number_with_reason(number))


def _fault(text: str, problem: tuple[str, str]) -> NumberError:
    code, reason = problem
    return NumberError(f"{text!r} {reason}", code=code)


def _library() -> Any:
    return _module("phonenumbers")


@cache
def _module(name: str) -> Any:
    # Start-up time: phonenumbers is large, and commands that touch no number do not load it.
    return importlib.import_module(name)
