"""The plain contact: what a caller registers, in one small JSON object.

    { "externalContactId": "EXT-9928374",              1 to 255 letters, digits, - _ .
      "name": "Alice Smith",                           1 to 255 characters
      "channels": { "voice": "+15551234567", "sms": "+15551234567",
                    "email": "alice@example.com", "chat": "alice-42" },      at least one
      "initialMessage": "Hello",
      "interactionDurationSeconds": 300,               1 to 7,200
      "metadata": { "consent": "yes" } }               text to text

`parse_contact` reports every fault of a body at once; `Contact.to_dict` gives the body back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ringback.contacts.emails import EmailError, parse_email
from ringback.contacts.numbers import NumberError, exact_e164
from ringback.core.errors import DefinitionError
from ringback.documents import suggestion

# The order in which a channel is picked when nobody names one (policy `first_channel`).
CHANNELS = ("voice", "sms", "email", "chat")
NUMBER_CHANNELS = ("voice", "sms")
FIELDS = ("externalContactId", "name", "channels", "initialMessage", "interactionDurationSeconds", "metadata")
# What the platform adds to a contact that it gives back; a body with them is taken, and they are not.
SERVER_FIELDS = frozenset(
    {"id", "state", "status", "validationStatus", "validationFailureReason", "channelAvailability", "version"}
    | {"createDate", "modifyDate", "dateCreated", "dateModified", "division", "selfUri"}
)
LONGEST_TEXT = 255
DEFAULT_DURATION = 300
LONGEST_DURATION = 7_200

_ID = re.compile(r"[A-Za-z0-9._-]{1,255}")
# No database keeps them: NUL (PostgreSQL), and halves of UTF-16 pairs (no UTF-8).
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a body.

    Attributes:
        field: its path, e.g. channels.voice; "" for the whole body.
        code: one of those in docs/contacts.md, e.g. required.
        reason: a sentence for people.
    """

    field: str
    code: str
    reason: str

    def to_dict(self) -> dict[str, str]:
        """The fault as JSON."""
        return {"field": self.field, "code": self.code, "reason": self.reason}

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}" if self.field else self.reason


class PayloadError(DefinitionError):
    """A body is no contact; `faults` has every reason, in the order of the fields."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__("; ".join(map(str, self.faults)), code=first.code)


@dataclass(frozen=True, slots=True)
class Contact:
    """A valid plain contact.

    Attributes:
        channels: channel to address, in the order of `CHANNELS`; numbers are E.164.
        interaction_duration_seconds: how long an interaction may last.
    """

    external_contact_id: str
    name: str
    channels: Mapping[str, str]
    initial_message: str | None = None
    interaction_duration_seconds: int = DEFAULT_DURATION
    metadata: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The plain body; `parse_contact` of it is this contact again."""
        body: dict[str, Any] = {
            "externalContactId": self.external_contact_id,
            "name": self.name,
            "channels": dict(self.channels),
        }
        if self.initial_message is not None:
            body["initialMessage"] = self.initial_message
        body["interactionDurationSeconds"] = self.interaction_duration_seconds
        if self.metadata:
            body["metadata"] = dict(self.metadata)
        return body


def parse_contact(body: object, *, read_number: Callable[[str], str] = exact_e164) -> Contact:
    """The contact of a plain body.

    Args:
        body: JSON as Python has it.
        read_number: gives the E.164 of a number as it stands in the body, or raises `NumberError`.

    Raises:
        PayloadError: with every fault of the body.
    """
    reader = _Reader(read_number)
    contact = reader.contact(body)
    if contact is None:
        raise PayloadError(reader.faults)
    return contact


def contact_faults(body: object) -> tuple[Fault, ...]:
    """Every fault of a plain body; () for a contact."""
    reader = _Reader()
    reader.contact(body)
    return tuple(reader.faults)


def text_fault(value: object, longest: int | None = LONGEST_TEXT) -> tuple[str, str] | None:
    """Code and reason why a value is no text that can be stored, or None."""
    if not isinstance(value, str):
        return "wrong_type", f"must be a text, not {_kind(value)}"
    if longest is not None and len(value) > longest:
        return "too_long", f"has {len(value):,} characters, at most {longest} are allowed"
    if found := _UNSTORABLE.search(value):
        return "unstorable_character", f"has the character U+{ord(found[0]):04X}, which cannot be stored"
    return None


def duration_fault(value: object) -> tuple[str, str] | None:
    """Code and reason why a value is no interaction duration, or None."""
    if not isinstance(value, int) or isinstance(value, bool):
        return "wrong_type", f"must be a whole number of seconds, not {_kind(value)}"
    if not 1 <= value <= LONGEST_DURATION:
        return "out_of_range", f"is {value}; 1 to {LONGEST_DURATION:,} seconds are allowed"
    return None


class _Reader:
    """Reads one body and notes what is wrong."""

    def __init__(self, read_number: Callable[[str], str] = exact_e164) -> None:
        self.faults: list[Fault] = []
        self._read_number = read_number

    def contact(self, body: object) -> Contact | None:
        if not isinstance(body, Mapping):
            self._fault("", ("wrong_type", f"a contact must be an object, not {_kind(body)}"))
            return None
        identity, name = self._identity(body.get("externalContactId")), self._name(body.get("name"))
        channels = self._channels(body.get("channels"))
        message = self._optional(body, "initialMessage", check=lambda value: text_fault(value, None))
        duration = self._optional(body, "interactionDurationSeconds", check=duration_fault)
        metadata = self._metadata(body.get("metadata"))
        self._unknown(body, {*FIELDS, *SERVER_FIELDS}, prefix="")
        if self.faults:
            return None
        return Contact(
            external_contact_id=identity,
            name=name,
            channels=channels,
            initial_message=message,
            interaction_duration_seconds=DEFAULT_DURATION if duration is None else duration,
            metadata=metadata,
        )

    def _fault(self, path: str, problem: tuple[str, str]) -> None:
        self.faults.append(Fault(path, *problem))

    def _required(self, value: object, path: str) -> str:
        """A text with at least one visible character, or "" with a fault."""
        if value is None:
            self._fault(path, ("required", "is required"))
        elif problem := text_fault(value):
            self._fault(path, problem)
        elif not str(value).strip():
            self._fault(path, ("empty", "must not be empty"))
        else:
            return str(value)
        return ""

    def _identity(self, value: object) -> str:
        text = self._required(value, "externalContactId")
        if text and not _ID.fullmatch(text):
            reason = "may have letters (A-Z, a-z), digits, '-', '_' and '.' only"
            self._fault("externalContactId", ("bad_characters", reason))
        return text

    def _name(self, value: object) -> str:
        # The platform strips names on write; doing the same here keeps what is read equal to what was sent.
        return self._required(value.strip() if isinstance(value, str) else value, "name")

    def _optional(
        self, body: Mapping[str, Any], name: str, *, check: Callable[[object], tuple[str, str] | None]
    ) -> Any:
        value = body.get(name)
        if value is not None and (problem := check(value)):
            self._fault(name, problem)
        return value

    def _channels(self, value: object) -> dict[str, str]:
        if value is None:
            self._fault("channels", ("required", "is required"))
            return {}
        if not isinstance(value, Mapping):
            self._fault("channels", ("wrong_type", f"must be an object, not {_kind(value)}"))
            return {}
        self._unknown(value, CHANNELS, prefix="channels.")
        given = [name for name in CHANNELS if value.get(name) is not None]
        if not given and not set(value) - set(CHANNELS):
            reason = f"at least one of {', '.join(CHANNELS)} is required"
            self._fault("channels", ("required", reason))
        return {name: self._address(name, value[name]) for name in given}

    def _address(self, channel: str, value: object) -> str:
        path = f"channels.{channel}"
        text = self._required(value, path)
        if not text:
            return ""
        try:
            if channel in NUMBER_CHANNELS:
                return self._read_number(text)
            if channel == "email":
                parse_email(text)
        except NumberError as error:
            self._fault(path, (error.code, str(error)))
        except EmailError as error:
            self._fault(path, ("bad_email", str(error)))
        return text

    def _metadata(self, value: object) -> dict[str, str]:
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self._fault("metadata", ("wrong_type", f"must be an object, not {_kind(value)}"))
            return {}
        for key, text in value.items():
            if problem := text_fault(key) or text_fault(text, None):
                self._fault(f"metadata.{key}", problem)
        return dict(value)

    def _unknown(self, body: Mapping[str, Any], known: Iterable[str], *, prefix: str) -> None:
        names = FIELDS if not prefix else CHANNELS
        for key in sorted(set(body) - set(known), key=str):
            reason = f"is no field of a contact; {suggestion(str(key), names, what='fields')}"
            self._fault(f"{prefix}{key}", ("unknown_field", reason))


def _kind(value: object) -> str:
    """What a JSON value is called."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    kinds: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (str, "a text"),
        ((int, float), "a number"),
        (Mapping, "an object"),
        ((list, tuple), "a list"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), type(value).__name__)
