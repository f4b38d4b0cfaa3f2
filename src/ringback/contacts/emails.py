"""E-mail addresses, without asking the network about them."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

# Genesys Cloud takes no longer ones (External Contacts: workEmail and its siblings).
LONGEST = 256


class EmailError(ValueError):
    """A text is no e-mail address; the message says why."""


def parse_email(text: str) -> str:
    """The address in its normal form: domain in lower case, Unicode in NFC.

    Test domains (`crm.test`) are taken, other reserved ones (`.localhost`, `.invalid`) are not.

    >>> parse_email("Alice@Example.COM")
    'Alice@example.com'

    Raises:
        EmailError: the text is no address, or longer than 256 characters.
    """
    if len(text) > LONGEST:
        raise EmailError(f"the address has {len(text)} characters, at most {LONGEST} are allowed")
    library = _library()
    try:
        found = library.validate_email(text, check_deliverability=False, test_environment=True)
    except library.EmailNotValidError as error:
        raise EmailError(f"{text!r} is no e-mail address: {error}") from None
    if "." not in found.domain:
        raise EmailError(f"{text!r} is no e-mail address: its domain has no full stop")
    return str(found.normalized)


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
