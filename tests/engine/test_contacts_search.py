"""How a term finds external contacts."""

from typing import Any

import pytest

from ringback.engine.contacts_search import by_id, e164, search

_CONTACTS: tuple[dict[str, Any], ...] = (
    {"id": "A-1", "firstName": "Ann", "lastName": "Lee", "workPhone": "(212) 555-0123"},
    {"id": "b-2", "firstName": "Bob", "cellPhone": {"display": "030 901820", "e164": "+4930901820"}},
    {"id": "c-3", "name": "Cy 2125550123", "personalEmail": "CY@example.com", "externalContactId": "X9"},
    {"id": "d-4", "homePhone": {"display": "212 555 0123 ext. 5"}, "otherPhone": "none"},
)


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+1 (212) 555-0123", "DE", "+12125550123"),
        ("212.555.0123", "US", "+12125550123"),
        ("tel:+12125550123", "US", "+12125550123"),
        ("030 901820", "DE", "+4930901820"),
        ("", "US", None),
        ("Ann", "US", None),
        ("sip:ann@example.com", "US", None),
        ("12", "US", None),
        ("Ann 2", "US", None),
    ],
)
def test_e164(text: str, country: str, number: str | None) -> None:
    assert e164(text, country) == number


@pytest.mark.parametrize(
    ("term", "ids"),
    [
        ("+12125550123", ["A-1", "d-4"]),
        ("212-555-0123", ["A-1", "d-4"]),
        ('"2125550123"', ["c-3"]),
        ("+49 30 901820", ["b-2"]),
        ("030 901820", []),
        ("ann lee", ["A-1"]),
        ("b", ["b-2"]),
        ("cy@EXAMPLE", ["c-3"]),
        ("x9", ["c-3"]),
        ("", []),
        ('""', []),
        ('"', []),
    ],
)
def test_search(term: str, ids: list[str]) -> None:
    assert [contact["id"] for contact in search(_CONTACTS, term, country="US")] == ids


@pytest.mark.parametrize(("key", "ids"), [("a-1", ["A-1"]), ("x9", ["c-3"]), ("zz", []), ("", [])])
def test_by_id(key: str, ids: list[str]) -> None:
    assert [contact["id"] for contact in by_id(_CONTACTS, key)] == ids
