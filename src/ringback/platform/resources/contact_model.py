"""What a contact or an external organisation is made of: checked fields, numbers, search terms, claims.

Limits of lengths and lists are those that the SDK's models state. What only the server sets is in `SERVER`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ringback.contacts.emails import EmailError, parse_email, same_email
from ringback.contacts.native import EMAILS, NAMES, PHONES, SOURCE, native_phone
from ringback.contacts.numbers import NumberError, parse_number
from ringback.platform import errors
from ringback.platform.call import Call
from ringback.platform.catalogue import models
from ringback.platform.errors import ApiError
from ringback.platform.store.reader import Body, Key, Reader

CONTACT, EXTERNAL_ORG, EXTERNAL_SOURCE = "external_contact", "external_organization", "external_source"
SERVICE = "ExternalContacts"
PATH = "/api/v2/externalcontacts"
# Types of search keys and claims.
TERM, OF_ORG, TRUSTOR = "term", "organization", "trustor"
IDENTIFIER, PLAIN_ID = "identifier", "external_id"
MOST_IDS = 10
MOST_DIVISIONS = 50
_ORG_PHONES = ("phoneNumber", "faxNumber")
SERVER = frozenset(
    {"id", "selfUri", "createDate", "modifyDate", "identifiers", "externalDataSources", "type", "trustor"}
    | {"canonicalContact", "mergeSet", "mergedFrom", "mergedTo", "mergeOperation", "division"}
)
_LENGTHS: Mapping[str, int] = {
    **dict.fromkeys((*NAMES, "salutation", "title", "name"), 1000),
    **dict.fromkeys(EMAILS, 256),
}
_ADDRESS: Mapping[str, int] = {
    "address1": 200,
    "address2": 200,
    "city": 100,
    "state": 50,
    "postalCode": 25,
    "countryCode": 25,
}
_PHONE_FIELDS = (
    *("display", "extension", "acceptsSMS", "normalizationCountryCode", "userInput", "e164", "countryCode"),
)
_DISPLAY = 512
_UNSTORABLE = "\0"  # PostgreSQL keeps no text with it
_FEWEST_DIGITS = 5  # shorter ones are words: house numbers, extensions
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"(?:tel:)?[+\uff0b]?[\d\s().\-/]+")


class Faults:
    """The wrong fields of a body; `check` refuses the call with all of them."""

    def __init__(self) -> None:
        self._found: list[tuple[str, str]] = []

    def add(self, field: str, reason: str) -> None:
        """Note what is wrong with a field."""
        self._found.append((field, reason))

    def check(self) -> None:
        """ApiError 400 unless nothing was noted."""
        if self._found:
            raise refused(self._found)


def refused(faults: Iterable[tuple[str, str]], code: str = "constraint.validation") -> ApiError:
    """400 with every (field, reason) in its details."""
    found = list(faults)
    message = "; ".join(f"{field}: {reason}" if field else reason for field, reason in found)
    details = [{"errorCode": code, "fieldName": field} for field, _ in found]
    return errors.bad_request(message, code=code).with_details(details)


def country_of(store: Reader) -> str:
    """The organisation's country, for numbers that name none."""
    return str((store.control("organization") or {}).get("defaultCountryCode") or "US")


def clean(call: Call, sent: Mapping[str, Any], *, model: str) -> Body:
    """The fields of a request as they are stored, without what only the server sets.

    Args:
        call: the call, for the organisation's country and what the body refers to.
        sent: the body.
        model: ExternalContact or ExternalOrganization.

    Raises:
        ApiError: 400 with every fault.
    """
    faults, known = Faults(), models()[model]
    body: Body = {}
    for field, value in sent.items():
        if field in known and field not in SERVER and value is not None:
            made = _field(_Given(call, field, value, faults))
            if made is not None:
                body[field] = made
    faults.check()
    return body


@dataclass(frozen=True, slots=True)
class _Given:
    """A field of a request, on its way to being stored."""

    call: Call
    field: str
    value: Any
    faults: Faults

    def fault(self, reason: str, inner: str = "") -> None:
        """Note what is wrong with it, or with what is inside."""
        self.faults.add(f"{self.field}.{inner}" if inner else self.field, reason)


def _field(given: _Given) -> Any:
    if (make := _MAKERS.get(given.field)) is not None:
        return make(given)
    return given.value.strip() if isinstance(given.value, str) else given.value


def _text(given: _Given) -> str | None:
    text, most = str(given.value).strip(), _LENGTHS[given.field]
    if len(text) > most:
        given.fault(f"has {len(text)} characters, at most {most} are allowed")
    if _UNSTORABLE in text:
        given.fault("has the character U+0000, which no database keeps")
    return text or None


def _email(given: _Given) -> str | None:
    text = _text(given)
    if text:
        try:
            parse_email(text)
        except EmailError as error:
            given.fault(str(error))
    return text


def _phone(given: _Given) -> Body | None:
    phone = {name: given.value[name] for name in _PHONE_FIELDS if given.value.get(name) is not None}
    if not (phone.get("display") or phone.get("e164")):
        return None
    if len(str(phone.get("display") or "")) > _DISPLAY:
        given.fault(f"is longer than {_DISPLAY} characters")
        return None
    if "normalizationCountryCode" in phone:
        return native_phone(phone)
    made = native_phone({**phone, "normalizationCountryCode": country_of(given.call.store)})
    del made["normalizationCountryCode"]
    return made


def _address(given: _Given) -> Body:
    made = {name: str(given.value[name]).strip() for name in _ADDRESS if given.value.get(name)}
    for name, text in made.items():
        if len(text) > _ADDRESS[name]:
            given.fault(f"has {len(text)} characters, at most {_ADDRESS[name]} are allowed", name)
    return made


def _external_ids(given: _Given) -> list[Body]:
    made = []
    for at, member in enumerate(_listed(given)):
        text = str(member.get("value") or "").strip()
        source = resolve_source(given.call.store, member.get("externalSource"))
        if not text or len(text) > 255 or _UNSTORABLE in text:
            given.fault("must have 1 to 255 characters, none of them U+0000", f"{at}.value")
        elif source is None:
            given.fault("there is no such external source", f"{at}.externalSource")
        else:
            made.append({"externalSource": source, "value": text})
    return made


def _listed(given: _Given) -> list[Any]:
    if len(given.value) > MOST_IDS:
        given.fault(f"has {len(given.value)} items, at most {MOST_IDS} are allowed")
    return list(given.value)


def _organization(given: _Given) -> Body | None:
    identity = str(given.value.get("id") or "")
    if not identity:
        return None
    if given.call.store.raw(EXTERNAL_ORG, identity) is None:
        given.fault(f"there is no external organization {identity}", "id")
    return {"id": identity, "selfUri": f"{PATH}/organizations/{identity}"}


_MAKERS: Mapping[str, Callable[[_Given], Any]] = {
    **dict.fromkeys(_LENGTHS, _text),
    **dict.fromkeys(EMAILS, _email),
    **dict.fromkeys((*PHONES, *_ORG_PHONES), _phone),
    "address": _address,
    "externalIds": _external_ids,
    "appleOpaqueIds": _listed,
    "externalOrganization": _organization,
}


def resolve_source(store: Reader, source: Mapping[str, Any] | None) -> Body | None:
    """The reference to an external source that a body means by id or name; None when there is none.

    The source of the plain form's ids needs no entity of its own.
    """
    identity, name = str((source or {}).get("id") or ""), str((source or {}).get("name") or "")
    if identity:
        found = store.get(EXTERNAL_SOURCE, identity)
    else:
        found = next(iter(store.named(EXTERNAL_SOURCE, name)), None) if name else None
    if found:
        return {name: found[name] for name in ("id", "name", "selfUri")}
    return {"name": SOURCE} if name == SOURCE else None


# ---- identifiers


def identifier(call: Call, sent: Mapping[str, Any]) -> Body:
    """An identifier as it is compared and stored: type, value in its normal form, external source.

    Raises:
        ApiError: 400, it has not the form of its type.
    """
    kind, value = str(sent["type"]), str(sent["value"]).strip()
    if not value or len(value) > 255 or _UNSTORABLE in value:
        raise errors.bad_request("An identifier has 1 to 255 characters, none of them U+0000.", field="value")
    made: Body = {"type": kind, "value": _normal(kind, value)}
    if kind == "ExternalId":
        source = resolve_source(call.store, sent.get("externalSource"))
        if source is None:
            raise errors.bad_request(
                "An identifier of type ExternalId names an external source that exists.",
                field="externalSource",
            )
        made["externalSource"] = source
    return made


def _normal(kind: str, value: str) -> str:
    if kind == "Phone":
        try:
            return parse_number(value).e164
        except NumberError as error:
            raise errors.bad_request(f"{error}; write it with + and country code.", field="value") from None
    if kind == "Email":
        try:
            parse_email(value)
        except EmailError as error:
            raise errors.bad_request(str(error), field="value") from None
        return same_email(value)
    return value


def identifiers_of(body: Mapping[str, Any]) -> list[Body]:
    """What an entity has claimed: its identifiers, and its external ids (policy `external_ids_claim`)."""
    claimed = list(body.get("identifiers") or ())
    known = {claim_of(each, body) for each in claimed}
    for member in body.get("externalIds") or ():
        each = {"type": "ExternalId", **member, "dateCreated": body["createDate"]}
        if claim_of(each, body) not in known:
            claimed.append(each)
    return claimed


def claim_of(each: Mapping[str, Any], body: Mapping[str, Any]) -> Key:
    """The claim of an identifier: unique in its division (policy `identifier_scope`)."""
    source = each.get("externalSource") or {}
    if source.get("name") == SOURCE:
        return PLAIN_ID, str(each["value"])
    division = (body.get("division") or {}).get("id", "")
    return IDENTIFIER, f"{division}|{each['type']}|{source.get('id', '')}|{each['value']}"


def claims_of(body: Body) -> list[Key]:
    """Every claim of a contact or organisation."""
    if "identifiers" not in body and "externalIds" not in body:
        return []
    return [claim_of(each, body) for each in identifiers_of(body)]


# ---- search


def words(text: str) -> list[str]:
    """The words of a text as they are compared."""
    return [word.casefold() for word in _WORD.findall(text)]


def terms(body: Mapping[str, Any]) -> Iterator[str]:
    """What a contact or organisation is found by: words of its name, addresses, numbers, external ids."""
    name = " ".join(str(body[field]) for field in NAMES if body.get(field)) or str(body.get("name") or "")
    found = words(name)
    yield from found
    if len(found) > 1:
        yield " ".join(found)
    yield from (str(body[field]).casefold() for field in EMAILS if body.get(field))
    for field in (*PHONES, *_ORG_PHONES):
        if phone := body.get(field):
            yield from [phone["e164"]] if phone.get("e164") else words(str(phone.get("display") or ""))
    yield from (str(each["value"]).casefold() for each in body.get("externalIds") or ())
    yield from (str(each["value"]).casefold() for each in body.get("identifiers") or ())
    if twitter := (body.get("twitterId") or {}).get("screenName"):
        yield str(twitter).removeprefix("@").casefold()


def keys_of(body: Mapping[str, Any]) -> list[Key]:
    """The search keys of a contact or organisation; none once it is merged into another."""
    if "mergedTo" in body:
        return []
    found = [(TERM, term) for term in terms(body)]
    if organization := body.get("externalOrganization"):
        found.append((OF_ORG, organization["id"]))
    if trustor := body.get("trustor"):
        found.append((TRUSTOR, trustor["id"]))
    return found


def numbers_in(text: str, country: str) -> list[str]:
    """The E.164 numbers that a text in any notation may mean.

    Args:
        text: what was typed.
        country: the organisation's, for national notation.
    """
    text = text.strip()
    if not looks_like_number(text):
        return []
    found: list[str] = []
    digits = "".join(character for character in text if character.isdigit())
    for spelling, region in ((text, country), (f"+{digits}", None)):
        try:
            e164 = parse_number(spelling, country=region).e164
        except NumberError:
            continue
        if e164 not in found:
            found.append(e164)
    return found


def looks_like_number(text: str) -> bool:
    """Whether a text consists of what telephone numbers are written with."""
    return bool(_NUMBER.fullmatch(text)) and sum(map(str.isdigit, text)) >= _FEWEST_DIGITS
