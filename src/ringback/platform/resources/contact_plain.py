"""The plain form of a contact: registered with an external id, then checked by the regulatory rules.

A plain contact is stored as an ExternalContact with the plain fields beside the native ones. How far its
validation is follows from the moment of its last change and the clock, so no thread moves it along (policy
`contact_validation_time`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from ringback.contacts import (
    NO_RULES,
    Contact,
    PayloadError,
    Rules,
    Verdict,
    check,
    load_rules,
    parse_contact,
)
from ringback.contacts.lifecycle import ContactState
from ringback.contacts.native import SOURCE, from_native, to_native
from ringback.contacts.payload import FIELDS
from ringback.platform.clock import from_iso
from ringback.platform.errors import ApiError
from ringback.platform.resources.contact_model import refused
from ringback.platform.store.reader import Body, Reader

RULES = "contact_rules"  # control document: {"text": YAML or JSON, "file": name, "dateModified": moment}
VALIDATING_MS = 200
_PLAIN_ONLY = ("initialMessage", "interactionDurationSeconds", "metadata")


def is_plain(body: Mapping[str, Any]) -> bool:
    """Whether a stored body is a plain contact's."""
    return "externalContactId" in body


def read_plain(sent: Mapping[str, Any]) -> Contact:
    """The plain contact of a request; ApiError 400 with every fault."""
    try:
        return parse_contact(sent)
    except PayloadError as error:
        raise faults_of(error) from None


def faults_of(error: PayloadError) -> ApiError:
    """400 whose details are the faults of a payload."""
    refusal = refused([(fault.field, fault.reason) for fault in error.faults])
    refusal.details = [
        {"errorCode": f"contact.{fault.code}", "fieldName": fault.field} for fault in error.faults
    ]
    return refusal


def native_of(contact: Contact, onto: Mapping[str, Any] | None = None) -> Body:
    """The stored fields of a plain contact: its native body, and what it says itself."""
    return {**to_native(contact, onto), **contact.to_dict()}


def after_native_change(body: Body) -> Body:
    """A stored contact whose native fields were changed: the plain fields follow them."""
    if not is_plain(body):
        return body
    kept = {name: body[name] for name in _PLAIN_ONLY if name in body}
    chat = {name: value for name, value in body["channels"].items() if name == "chat"}
    native = {name: value for name, value in body.items() if name not in FIELDS}
    try:
        contact = from_native(native, plain={**kept, "channels": chat}, source=SOURCE)
    except PayloadError as error:
        raise faults_of(error) from None
    return {**native, **contact.to_dict()}


def contact_of(body: Mapping[str, Any]) -> Contact:
    """The plain contact of a stored body, plain or native.

    Raises:
        PayloadError: a native body gives none, for example because it has no channel.
    """
    if not is_plain(body):
        return from_native(body)
    return Contact(
        external_contact_id=body["externalContactId"],
        name=body["name"],
        channels=body["channels"],
        initial_message=body.get("initialMessage"),
        interaction_duration_seconds=body["interactionDurationSeconds"],
        metadata=body.get("metadata") or {},
    )


@lru_cache(maxsize=8)
def _parsed(text: str, file: str) -> Rules:
    return load_rules(text, file=file)


def rules_of(store: Reader) -> Rules:
    """The rules that hold; none refuse before a document is set."""
    document = store.control(RULES)
    return _parsed(document["text"], document["file"]) if document else NO_RULES


def judge(store: Reader, contact: Contact, *, now: int) -> Verdict:
    """What the rules say of a contact at a moment (ms)."""
    return check(contact, rules_of(store), now=datetime.fromtimestamp(now / 1000, UTC))


def state_of(store: Reader, body: Mapping[str, Any], *, now: int) -> ContactState:
    """Where a contact stands at a moment (ms)."""
    state = ContactState().begin()
    if now - from_iso(body["modifyDate"]) < VALIDATING_MS:
        return state
    return state.end(judge(store, contact_of(body), now=now))


def with_state(store: Reader, body: Body, *, now: int) -> Body:
    """What callers see of a plain contact."""
    return {**body, **_written(state_of(store, body, now=now))}


def newly(body: Body) -> Body:
    """What the caller sees who has just registered a contact."""
    return {**body, **_written(ContactState())}


def _written(state: ContactState) -> Body:
    return {**state.to_dict(), "validationFailureReason": state.reason}
