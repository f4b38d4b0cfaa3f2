"""What the pipeline asks of the platform, and what an answer means for a contact.

Every call is sent once: repeating is the pipeline's own work, because only it knows the organisation's
limit and what was written down. A call whose outcome is unknown is told apart from one that did nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ringback.cloud.client import Cloud, quoted
from ringback.cloud.errors import CloudError, Conflict, NotFound
from ringback.contacts import parse_contact
from ringback.contacts.native import SOURCE, to_native

CONTACTS = "/api/v2/externalcontacts/contacts"
BULK = "/api/v2/externalcontacts/bulk/contacts/add"
LOOKUP = "/api/v2/externalcontacts/identifierlookup/contacts"
SOURCES = "/api/v2/externalcontacts/externalsources"
CONVERSATIONS = "/api/v2/conversations"
# Contacts in one bulk body; what the local platform takes at most (docs/limits.md).
MOST_IN_BULK = 100
AVAILABLE = "available"


@dataclass(frozen=True, slots=True)
class Registered:
    """A contact is there.

    Attributes:
        id: the platform's.
        existed: whether it was there before.
    """

    id: str
    existed: bool


@dataclass(frozen=True, slots=True)
class NotRegistered:
    """A contact cannot be registered: sending the same again changes nothing.

    Attributes:
        reason: the platform's words.
        again: whether another try may go better.
    """

    reason: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """What the platform says of a contact.

    Attributes:
        status: unknown, pending, passed or failed; "" where the platform does not validate.
        reason: why it failed or is pending.
        availability: channel to `available` or the reason why not.
        validating: whether there is no verdict yet.
    """

    status: str
    reason: str
    availability: Mapping[str, str]
    validating: bool

    @property
    def channel(self) -> str:
        """The first channel that is available; "" for none."""
        return next((name for name, said in self.availability.items() if said == AVAILABLE), "")

    @property
    def why_not(self) -> str:
        """Why no channel may be used."""
        reasons = (f"{name}: {said}" for name, said in self.availability.items() if said != AVAILABLE)
        return self.reason or "; ".join(reasons) or "no channel is available"


def organisation_of(cloud: Cloud) -> str:
    """What rows, deliveries and the limit belong to: an origin, of a real platform with the organisation."""
    origin = cloud.profile.origins.api
    if cloud.profile.origins.local:
        return origin
    return f"{origin}/{_id_of(cloud.get('/api/v2/organizations/me').json)}"


class Platform:
    """The calls of the pipeline; all raise `CloudError` for what they do not give as a result.

    Contacts go in the plain form, whose external ids the platform keeps unique.

    Attributes:
        unique: whether the platform refuses a second contact with an external id.
        starts: whether interactions can be started.
    """

    unique = True
    starts = True

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.organisation = organisation_of(cloud)

    def body_of(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """The body that registers a plain contact."""
        return payload

    def named(self, entity: Mapping[str, Any]) -> str:
        """The external id in a body; "" when it has none."""
        return str(entity.get("externalContactId") or "")

    def find(self, external_id: str) -> str:
        """The id of the contact with an external id; "" when there is none."""
        try:
            return _id_of(self.cloud.get(f"{CONTACTS}/{quoted(external_id)}").json)
        except NotFound:
            return ""

    def register(self, payload: Mapping[str, Any]) -> Registered | NotRegistered:
        """Register a contact; one that exists is a success."""
        try:
            return Registered(_id_of(self.cloud.post(CONTACTS, self.body_of(payload)).json), existed=False)
        except Conflict as error:
            if found := _holder(error) or self.find(payload["externalContactId"]):
                return Registered(found, existed=True)
            return NotRegistered(error.message)

    def register_many(
        self, payloads: Sequence[Mapping[str, Any]]
    ) -> Iterator[Registered | NotRegistered | None]:
        """Register up to `MOST_IN_BULK` contacts in one call; results in the order given.

        None stands for a contact that the answer does not tell: look for it.
        """
        answer = self.cloud.post(BULK, {"entities": [self.body_of(each) for each in payloads]})
        results = _results(answer.json)
        # The platform does not promise an order: what names its contact is matched by name.
        by_name = {name: result for result in results if (name := self.named(_entity(result)))}
        for payload in payloads:
            found = by_name.get(payload["externalContactId"])
            yield None if found is None else self._of_bulk(found, payload)

    def _of_bulk(
        self, result: Mapping[str, Any], payload: Mapping[str, Any]
    ) -> Registered | NotRegistered | None:
        if result.get("success"):
            found = str(result.get("id") or "")
            return Registered(found, existed=False) if found else None
        error = result.get("error") or {}
        status = result.get("status")
        if status == 409:
            try:
                existing = self.find(payload["externalContactId"])
            except CloudError:
                # The others' results count all the same.
                return NotRegistered(_why(error), again=True)
            return Registered(existing, existed=True) if existing else NotRegistered(_why(error))
        return NotRegistered(_why(error), again=status in (408, 429) or int(status or 500) >= 500)

    def check(self, contact_id: str) -> Checked:
        """What the platform says of a contact."""
        body = self.cloud.get(f"{CONTACTS}/{quoted(contact_id)}").json
        found: Mapping[str, Any] = body if isinstance(body, dict) else {}
        availability = found.get("channelAvailability") or {}
        status = str(found.get("validationStatus") or "")
        return Checked(
            status,
            str(found.get("validationFailureReason") or ""),
            {str(name): str(said) for name, said in availability.items()},
            validating=found.get("state") in ("new", "validating") and not availability,
        )

    def start(self, body: Mapping[str, Any]) -> str:
        """Start an interaction; gives the id of the conversation."""
        return _id_of(self.cloud.post(CONVERSATIONS, body).json)

    def find_conversation(self, contact_id: str, metadata: Mapping[str, str]) -> str:
        """The conversation with a contact that was started with some metadata; "" when there is none."""
        for each in self.cloud.entities(f"{CONTACTS}/{quoted(contact_id)}/conversations"):
            for party in each.get("participants") or ():
                attributes = party.get("attributes") or {}
                mine = party.get("externalContactId") == contact_id
                if mine and all(attributes.get(name) == value for name, value in metadata.items()):
                    return str(each["id"])
        return ""


class NativePlatform(Platform):
    """The same with the SDK's ExternalContact, which is all that a real organisation takes.

    The external id is one of an external source, which is made when it is not there. Whether the platform
    refuses a second contact with it is not documented, so each is looked for before it is registered.
    """

    unique = False
    starts = False

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self._source_lock = threading.Lock()
        self._source_id = ""

    def _source(self, *, make: bool = False) -> str:
        """The id of the external source; "" while there is none, unless it is to be made."""
        with self._source_lock:
            if not self._source_id:
                listed = self.cloud.entities(SOURCES, {"name": SOURCE, "active": True}, style="cursor")
                found = next((str(each["id"]) for each in listed if each.get("name") == SOURCE), "")
                if not found and make:
                    found = _id_of(self.cloud.post(SOURCES, {"name": SOURCE, "active": True}).json)
                self._source_id = found
            return self._source_id

    def body_of(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """The native body of a plain contact."""
        return to_native(parse_contact(payload), source={"id": self._source(make=True)})

    def named(self, entity: Mapping[str, Any]) -> str:
        """The id of our external source in a body; "" when it has none."""
        for each in entity.get("externalIds") or ():
            if (each.get("externalSource") or {}).get("id") == self._source():
                return str(each.get("value") or "")
        return ""

    def find(self, external_id: str) -> str:
        """The id of the contact with an external id; "" when there is none."""
        if not (source := self._source()):
            return ""
        asked = {"type": "ExternalId", "value": external_id, "externalSource": {"id": source}}
        try:
            return _id_of(self.cloud.post(LOOKUP, asked, repeatable=True).json)
        except NotFound:
            return ""


def platform_of(cloud: Cloud, form: str) -> Platform:
    """The calls in the plain or native form; `auto` is plain for a platform of this machine."""
    if form == "auto":
        form = "plain" if cloud.profile.origins.local else "native"
    return NativePlatform(cloud) if form == "native" else Platform(cloud)


def start_body(
    payload: Mapping[str, Any], contact_id: str, *, channel: str, metadata: Mapping[str, str]
) -> Any:
    """The body of a start."""
    message = payload.get("initialMessage")
    body = {"contactId": contact_id, "type": channel, "metadata": dict(metadata)}
    return body | ({"initialMessage": message} if message else {})


def _id_of(body: Any) -> str:
    found = body.get("id") if isinstance(body, dict) else None
    if not isinstance(found, str) or not found:
        raise NoIdError
    return found


class NoIdError(Exception):
    """A success without an id: the change was made, and what it made must be looked for."""


def _results(body: Any) -> list[Mapping[str, Any]]:
    found = body.get("results") if isinstance(body, dict) else None
    return [each for each in found or () if isinstance(each, dict)]


def _entity(result: Mapping[str, Any]) -> Mapping[str, Any]:
    """The contact that a result is about; empty when it does not say."""
    found = result.get("entity") or (result.get("error") or {}).get("entity")
    return found if isinstance(found, dict) else {}


def _why(error: Mapping[str, Any]) -> str:
    return str(error.get("message") or error.get("code") or "the platform gave no reason")


def _holder(error: Conflict) -> str:
    """The id of the contact that has the external id already; "" when the answer does not say."""
    response = error.exchange.response
    try:
        body = msgspec.json.decode(response.body) if response else None
    except msgspec.DecodeError:
        return ""
    if not isinstance(body, dict) or body.get("code") != "contact.exists":
        return ""
    return str(body.get("entityId") or body.get("id") or "")
