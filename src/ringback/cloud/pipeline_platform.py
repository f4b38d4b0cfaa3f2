"""What the pipeline asks of the platform, and what an answer means for a contact.

Every call is sent once: repeating is the pipeline's own work, because only it knows the organisation's
limit and what was written down. A call whose outcome is unknown is told apart from one that did nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ringback.cloud.client import Cloud, quoted
from ringback.cloud.errors import Conflict, NotFound

CONTACTS = "/api/v2/externalcontacts/contacts"
BULK = "/api/v2/externalcontacts/bulk/contacts/add"
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


class Platform:
    """The calls of the pipeline; all raise `CloudError` for what they do not give as a result."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    @property
    def organisation(self) -> str:
        """What the organisation's limit belongs to: the origin of its API."""
        return self.cloud.profile.origins.api

    def find(self, external_id: str) -> str:
        """The id of the contact with an external id; "" when there is none."""
        try:
            return _id_of(self.cloud.get(f"{CONTACTS}/{quoted(external_id)}").json)
        except NotFound:
            return ""

    def register(self, payload: Mapping[str, Any]) -> Registered | NotRegistered:
        """Register a contact; one that exists is a success."""
        try:
            return Registered(_id_of(self.cloud.post(CONTACTS, payload).json), existed=False)
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
        answer = self.cloud.post(BULK, {"entities": list(payloads)})
        results = _results(answer.json)
        # The platform does not promise an order: what names its contact is matched by name.
        by_name = {name: result for result in results if (name := _named(result))}
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
            existing = self.find(payload["externalContactId"])
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


def _named(result: Mapping[str, Any]) -> str:
    """The external id of the contact that a result is about; "" when it does not say."""
    entity = result.get("entity") or (result.get("error") or {}).get("entity") or {}
    return str(entity.get("externalContactId") or "")


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
