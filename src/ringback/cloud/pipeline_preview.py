"""What an import would do, without doing it: what exists, what would clash, what may have to be merged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ringback.cloud.client import quoted
from ringback.cloud.pipeline_platform import CONTACTS, Platform
from ringback.contacts import Contact, PayloadError
from ringback.contacts.native import from_native
from ringback.contacts.payload import FIELDS
from ringback.contacts.rows import Item, Reject, Row

_LOOKUP = "/api/v2/externalcontacts/reversewhitepageslookup"
_SEARCHED = ("voice", "sms", "email")
_COMPARED = ("name", "channels", "initialMessage", "interactionDurationSeconds", "metadata")


@dataclass(frozen=True, slots=True)
class Finding:
    """What would become of a row.

    Attributes:
        line: where it begins in the file.
        external_id: "" for a reject.
        result: new, exists or rejected.
        differs: fields in which the contact that exists says something else; it would stay as it is.
        clashes: other contacts and rows with one of its addresses: probably the same person, to be merged.
        reasons: why it is rejected.
    """

    line: int
    external_id: str
    result: str
    differs: tuple[str, ...] = ()
    clashes: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON."""
        return {
            "row": self.line,
            "externalContactId": self.external_id or None,
            "result": self.result,
            "differs": list(self.differs),
            "clashes": list(self.clashes),
            "reasons": list(self.reasons),
        }


class Preview:
    """Looks contacts up in an organisation; nothing is written.

    Args:
        platform: the organisation, in the form in which contacts would be registered.
    """

    def __init__(self, platform: Platform) -> None:
        self._platform, self._cloud = platform, platform.cloud

    def of(self, item: Item) -> Finding:
        """What would become of a row.

        Raises:
            CloudError: the organisation cannot be asked.
        """
        if isinstance(item, Reject):
            return Finding(item.number, "", "rejected", reasons=item.reasons)
        contact = item.contact
        identity = self._platform.find(contact.external_contact_id)
        there = self._cloud.get(f"{CONTACTS}/{quoted(identity)}").json if identity else None
        clashes = (*_in_file(item), *self._in_organisation(contact, there))
        result, differs = ("exists", _differs(there, contact)) if there else ("new", ())
        return Finding(item.number, contact.external_contact_id, result, differs, tuple(clashes))

    def _in_organisation(self, contact: Contact, there: Any) -> Iterator[str]:
        own = there.get("id") if isinstance(there, dict) else None
        told = set()
        for channel in _SEARCHED:
            address = contact.channels.get(channel)
            if not address or address in told:
                continue
            told.add(address)
            found = self._cloud.get(_LOOKUP, {"lookupVal": address}).json or {}
            for each in found.get("contacts") or ():
                if each.get("id") != own:
                    yield f"{channel} {address} belongs to {_shown(each)}"


def _in_file(row: Row) -> Iterator[str]:
    for clash in row.clashes:
        channel = clash.field.removeprefix("channels.")
        yield f"{channel} {row.contact.channels[channel]} stands in line {clash.row}, too"


def _differs(there: Any, contact: Contact) -> tuple[str, ...]:
    """The fields in which a stored contact says something else than a row."""
    try:
        known = from_native(
            {name: value for name, value in there.items() if name not in FIELDS},
            plain={name: there[name] for name in FIELDS if name in there and name != "externalContactId"},
        ).to_dict()
    except PayloadError:
        known = there
    wanted = contact.to_dict()
    return tuple(name for name in _COMPARED if known.get(name) != wanted.get(name))


def _shown(contact: Any) -> str:
    name = contact.get("name") or " ".join(
        part for part in (contact.get("firstName"), contact.get("lastName")) if part
    )
    known = contact.get("externalContactId") or contact.get("id")
    return f"{name} ({known})" if name else str(known)
