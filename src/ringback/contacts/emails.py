"""E-mail addresses, without asking the network about them."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

# Genesys Cloud takes no longer ones (External Contacts: workEmail and its siblings).
LONGEST = 256

# RFC 2606 and RFC 6762
_RESERVED = frozenset({"test", "invalid", "local", "localhost"})
_PUBLIC = ".com"


class EmailError(ValueError):
    """A text is no e-mail address; the message says why."""


def parse_email(text: str) -> str:
    """The address in its normal form: domain in lower case, Unicode in NFC.

    Names that no public server has (`crm.test`, `corp.local`) are taken; a domain without a full stop is not.

    >>> parse_email("Alice@Example.COM")
    'Alice@example.com'

    Raises:
        EmailError: the text is no address, or longer than 256 characters.
    """
    if len(text) > LONGEST:
        raise EmailError(f"the address has {len(text)} characters, at most {LONGEST} are allowed")
    try:
        # The library refuses reserved names, which companies use inside; below .com they are like any other.
        reserved = _is_reserved(text)
        normal = _normal(text + _PUBLIC).removesuffix(_PUBLIC) if reserved else _normal(text)
    except _library().EmailNotValidError as error:
        raise EmailError(f"{text!r} is no e-mail address: {error}") from None
    return normal


def _is_reserved(text: str) -> bool:
    name, dot, last = text.rpartition("@")[2].lower().rpartition(".")
    return bool(name and dot) and last in _RESERVED


def _normal(text: str) -> str:
    return str(_library().validate_email(text, check_deliverability=False).normalized)


def same_email(text: str) -> str:
    """What two spellings of one address have in common, for comparing; any text is taken.

    Only servers could tell apart `Alice@` and `alice@`, and none does.
    """
    try:
        return parse_email(text.strip()).lower()
    except EmailError:
        return text.strip().lower()


@cache
def _library() -> Any:
    # Start-up time, as for telephone numbers.
    return importlib.import_module("email_validator")
