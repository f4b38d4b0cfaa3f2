"""External contact look-ups against the contacts of a world.

A term that reads as a telephone number is compared as E.164 unless it stands in quotes (help: Search
External Contacts action); other terms match a part of names, addresses and ids, ignoring case.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

_PHONES = ("workPhone", "cellPhone", "homePhone", "otherPhone")
_TEXTS = (
    "id",
    "externalContactId",
    "name",
    "firstName",
    "middleName",
    "lastName",
    "workEmail",
    "personalEmail",
    "otherEmail",
    "email",
)


@cache
def _library() -> Any:
    # Start-up time: phonenumbers is large, and few runs look for a contact.
    return importlib.import_module("phonenumbers")


def e164(text: str, country: str) -> str | None:
    """The number in E.164, or None when the text is no telephone number.

    >>> e164("(212) 555-0123", "US")
    '+12125550123'
    """
    bare = text.removeprefix("tel:").strip()
    if not any(char.isdigit() for char in bare):
        return None
    library = _library()
    try:
        number = library.parse(bare, country)
    except library.NumberParseException:
        return None
    if not library.is_possible_number(number):
        return None
    return str(library.format_number(number, library.PhoneNumberFormat.E164))


def numbers_of(contact: Mapping[str, Any], country: str) -> Iterator[str]:
    """The contact's numbers in E.164."""
    for field in (*_PHONES, "phone"):
        value = contact.get(field)
        text = (value.get("e164") or value.get("display")) if isinstance(value, Mapping) else value
        if text and (found := e164(str(text), country)):
            yield found


def search(contacts: tuple[Mapping[str, Any], ...], term: str, *, country: str) -> list[dict[str, Any]]:
    """The contacts that a term finds, in the world's order."""
    quoted = len(term) > 1 and term.startswith('"') and term.endswith('"')
    wanted = None if quoted else e164(term, country)
    if wanted is not None:
        return [dict(contact) for contact in contacts if wanted in numbers_of(contact, country)]
    needle = term.strip('"').lower()
    return [dict(contact) for contact in contacts if needle and needle in _text(contact)]


def by_id(contacts: tuple[Mapping[str, Any], ...], key: str) -> list[dict[str, Any]]:
    """The contact of that id, or none."""
    ids, wanted = ("id", "externalContactId"), key.lower()
    found = (item for item in contacts if wanted in (str(item[name]).lower() for name in ids if name in item))
    return [dict(item) for item in found][:1]


def organization(contacts: tuple[Mapping[str, Any], ...], key: str) -> list[dict[str, Any]]:
    """The organization of that id that a contact belongs to, or none."""
    bodies = (contact.get("externalOrganization") for contact in contacts)
    known = (body for body in bodies if isinstance(body, Mapping) and "id" in body)
    return [dict(body) for body in known if str(body["id"]).lower() == key.lower()][:1]


def _text(contact: Mapping[str, Any]) -> str:
    full = f"{contact.get('firstName', '')} {contact.get('lastName', '')}"
    return "\n".join([full, *(str(contact[field]) for field in _TEXTS if contact.get(field))]).lower()
