"""The plain contact and the body of Genesys Cloud's ExternalContact, one from the other.

| plain | native |
|---|---|
| name | firstName, middleName, lastName |
| externalContactId | a member of externalIds |
| channels.voice | workPhone, else cellPhone, homePhone; otherPhone when it takes no texts |
| channels.sms | the first of cellPhone, workPhone, homePhone, otherPhone with acceptsSMS |
| channels.email | workEmail, else personalEmail, otherEmail |

What both hold comes back as it was, in either direction; `onto` keeps what only the native body holds. The
rest of a plain contact (chat, message, duration, metadata) has no native field and stays with its keeper.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringback.contacts.numbers import NumberError, main_region, parse_number
from ringback.contacts.payload import Contact, Fault, PayloadError, parse_contact

PHONES = ("workPhone", "cellPhone", "homePhone", "otherPhone")
EMAILS = ("workEmail", "personalEmail", "otherEmail")
NAMES = ("firstName", "middleName", "lastName")
# The name of the external source whose ids are externalContactId, unless the caller names another.
SOURCE = "ringback"

_VOICE = ("workPhone", "cellPhone", "homePhone")
_SMS = ("cellPhone", "workPhone", "homePhone", "otherPhone")
_PLAIN_ONLY = frozenset(
    ["externalContactId", "name", "channels", "initialMessage", "interactionDurationSeconds", "metadata"]
)
# SDK: normalizationCountryCode; +1 is assumed when a phone number does not say more.
_DEFAULT_COUNTRY = "US"


def is_native(body: Mapping[str, Any]) -> bool:
    """Whether a body of `POST /externalcontacts/contacts` is the SDK's: it has nothing of the plain form."""
    return not _PLAIN_ONLY & set(body)


def native_phone(phone: Mapping[str, Any]) -> dict[str, Any]:
    """What the platform makes of a PhoneNumber on write (SDK: PhoneNumber).

    A number that can be read gets e164, countryCode (the country, e.g. FR) and the international form in
    display; any other stays as it is. The text that came goes to userInput either way.
    """
    text = str(phone.get("display") or phone.get("e164") or "")
    kept = {key: value for key, value in phone.items() if key not in ("e164", "countryCode", "userInput")}
    made = {**kept, "display": text, "userInput": text}
    try:
        number = parse_number(text, country=_country(phone.get("normalizationCountryCode")))
    except NumberError:
        return made
    region = number.region or main_region(number.calling_code)
    return {**made, "display": number.display, "e164": number.e164, "countryCode": region}


def to_native(
    contact: Contact, onto: Mapping[str, Any] | None = None, *, source: Mapping[str, Any] | str = SOURCE
) -> dict[str, Any]:
    """The native body of a plain contact.

    Args:
        contact: the plain contact.
        onto: a native body to change; what already says the same stays as it is.
        source: the external source of the id: its name, or an object with its id.
    """
    body = dict(onto or {})
    if _name(body) != contact.name:
        body |= {"middleName": None, **_names(contact.name)}
    _put_phones(body, contact.channels)
    if (email := contact.channels.get("email")) != _first(body, EMAILS):
        body |= dict.fromkeys(EMAILS) | {"workEmail": email}
    _put_id(body, contact.external_contact_id, source=source)
    return {key: value for key, value in body.items() if value is not None}


def from_native(
    body: Mapping[str, Any],
    *,
    plain: Mapping[str, Any] | None = None,
    source: Mapping[str, Any] | str = SOURCE,
) -> Contact:
    """The plain contact of a native body.

    Args:
        body: an ExternalContact; its `id` serves as external id when it has none.
        plain: the plain fields that no native body holds: chat in channels, initialMessage and so on.
        source: the external source whose id counts; else the first one.

    Raises:
        PayloadError: the body gives no valid plain contact, for example because it has no channel.
    """
    extra = dict(plain or {})
    given = dict(extra.pop("channels", None) or {})
    channels = {"voice": _voice(body), "sms": _sms(body), "email": _first(body, EMAILS), **given}
    made = {
        **extra,
        "externalContactId": _external_id(body, source) or body.get("id"),
        "name": _name(body) or None,
        "channels": {name: value for name, value in channels.items() if value},
    }
    try:
        return parse_contact(made)
    except PayloadError as error:
        raise PayloadError(_native_field(fault, body) for fault in error.faults) from None


def _country(code: object) -> str:
    """The country of `normalizationCountryCode`, which may be a country or a calling code."""
    text = str(code or "").strip()
    digits = text.removeprefix("+")
    if digits.isascii() and digits.isdigit() and len(digits) < 4:
        return main_region(int(digits)) or _DEFAULT_COUNTRY
    return text.upper() or _DEFAULT_COUNTRY


def _name(body: Mapping[str, Any]) -> str:
    parts = (str(body.get(field) or "").strip() for field in NAMES)
    return " ".join(part for part in parts if part)


def _names(name: str) -> dict[str, str | None]:
    """First and last name whose join is the name: cut at the last single space, else all in firstName."""
    first, _, last = name.rpartition(" ")
    if first and first.strip() == first and last.strip() == last != "":
        return {"firstName": first, "lastName": last}
    return {"firstName": name, "lastName": None}


def _number(body: Mapping[str, Any], field: str) -> str | None:
    phone = body.get(field)
    if not isinstance(phone, Mapping):
        return None
    return phone.get("e164") or native_phone(phone).get("e164")


def _texts(body: Mapping[str, Any], field: str) -> bool:
    phone = body.get(field)
    return isinstance(phone, Mapping) and phone.get("acceptsSMS") is True


def _voice(body: Mapping[str, Any]) -> str | None:
    fields = _VOICE if _texts(body, "otherPhone") else (*_VOICE, "otherPhone")
    return next((number for field in fields if (number := _number(body, field))), None)


def _sms(body: Mapping[str, Any]) -> str | None:
    return next((number for field in _SMS if _texts(body, field) and (number := _number(body, field))), None)


def _first(body: Mapping[str, Any], fields: tuple[str, ...]) -> Any:
    return next((body[field] for field in fields if body.get(field)), None)


def _put_phones(body: dict[str, Any], channels: Mapping[str, str]) -> None:
    voice, sms = channels.get("voice"), channels.get("sms")
    if _voice(body) == voice and _sms(body) == sms:
        return
    body |= dict.fromkeys(PHONES)
    if voice:
        body["workPhone"] = _phone(voice, texts=voice == sms)
    if sms and sms != voice:
        body["cellPhone" if voice else "otherPhone"] = _phone(sms, texts=True)


def _phone(e164: str, *, texts: bool) -> dict[str, Any]:
    return native_phone({"display": e164, "acceptsSMS": texts})


def _is_source(member: Mapping[str, Any], source: Mapping[str, Any] | str) -> bool:
    found = member.get("externalSource")
    wanted = {"name": source} if isinstance(source, str) else source
    if not isinstance(found, Mapping):
        return False
    return any(wanted.get(key) and found.get(key) == wanted[key] for key in ("id", "name"))


def _external_id(body: Mapping[str, Any], source: Mapping[str, Any] | str) -> Any:
    members = [member for member in body.get("externalIds") or () if isinstance(member, Mapping)]
    own = [member for member in members if _is_source(member, source)]
    return next((member.get("value") for member in own or members), None)


def _put_id(body: dict[str, Any], value: str, *, source: Mapping[str, Any] | str) -> None:
    if _external_id(body, source) == value:
        return
    named = {"name": source} if isinstance(source, str) else dict(source)
    others = [member for member in body.get("externalIds") or () if not _is_source(member, source)]
    body["externalIds"] = [{"externalSource": named, "value": value}, *others]


def _native_field(fault: Fault, body: Mapping[str, Any]) -> Fault:
    """The fault, at the native field that the value came from."""
    fields = {
        "name": ["firstName"],
        "externalContactId": ["externalIds"],
        "channels.email": [field for field in EMAILS if body.get(field)],
        "channels": list(PHONES),
    }
    places = fields.get(fault.field)
    return Fault(places[0], fault.code, fault.reason) if places else fault
