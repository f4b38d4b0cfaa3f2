"""E-mail addresses and languages."""

from __future__ import annotations

import re
from typing import Any

from ringback.lang.expr.raw import Entity, email_address
from ringback.lang.expr.signature import overload

_ADDRESS = re.compile(r"(?:[^<>@]*<)?\s*([^\s@<>]+)@([^\s@<>]+)\s*>?")


def _part(number: int, text: str | None) -> str | None:
    match = _ADDRESS.fullmatch((text or "").strip())
    return match[number] if match else None


def local_part(text: str | None) -> str | None:
    """What stands before the @; NOT_SET when the text is no address."""
    return _part(1, text)


def domain_part(text: str | None) -> str | None:
    """What stands behind the @; NOT_SET when the text is no address."""
    return _part(2, text)


def _default_language(env: Any) -> str | None:
    found = env.services.language("default")
    return None if found is None else str(found)


def _supported_languages(env: Any) -> tuple[str, ...]:
    return tuple(env.services.language("supported") or ())


def _local_of(address: Entity) -> str | None:
    return local_part(address.id)


def _domain_of(address: Entity) -> str | None:
    return domain_part(address.id)


MISC = (
    overload("EmailAddressDomainPart", "(address cpx_email_address) -> str", _domain_of),
    overload("EmailAddressDomainPart", "(text str?) -> str", domain_part),
    overload("EmailAddressLocalPart", "(address cpx_email_address) -> str", _local_of),
    overload("EmailAddressLocalPart", "(text str?) -> str", local_part),
    overload("GetDefaultLanguage", "() -> str", _default_language, style="context"),
    overload("GetSupportedLanguages", "() -> str_coll", _supported_languages, style="context"),
    overload("MakeEmailAddress", "(address str) -> cpx_email_address", email_address),
    overload("MakeEmailAddress", "(address str, name str?) -> cpx_email_address", email_address),
)
