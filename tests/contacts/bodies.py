"""Contacts for tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ringback.contacts import Contact
from ringback.contacts.payload import CHANNELS

BODY: dict[str, Any] = {
    "externalContactId": "EXT-9928374",
    "name": "Alice Smith",
    "channels": {"voice": "+15551234567", "email": "alice@example.com", "chat": "alice-42"},
    "initialMessage": "Hello",
    "interactionDurationSeconds": 600,
    "metadata": {"source": "crm"},
}

_NUMBERS = ["+15551234567", "+12125550123", "+442079460958", "+491712345678", "+33100000001", "+80012345678"]
_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
names = _texts.map(str.strip).filter(bool)
ids = st.from_regex(r"[A-Za-z0-9._-]{1,40}", fullmatch=True)
addresses = {
    "voice": st.sampled_from(_NUMBERS),
    "sms": st.sampled_from(_NUMBERS),
    "email": st.sampled_from(["alice@example.com", "Bob.Jones+x@mail.test", "grün@bücher.example"]),
    "chat": names,
}


@st.composite
def contacts(draw: st.DrawFn) -> Contact:
    given = draw(st.sets(st.sampled_from(CHANNELS), min_size=1))
    return Contact(
        external_contact_id=draw(ids),
        name=draw(names),
        channels={channel: draw(addresses[channel]) for channel in CHANNELS if channel in given},
        initial_message=draw(st.none() | _texts),
        interaction_duration_seconds=draw(st.integers(1, 7200)),
        metadata=draw(st.dictionaries(_texts, _texts, max_size=3)),
    )


def json_values() -> st.SearchStrategy[Any]:
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
    keys = st.sampled_from([*CHANNELS, "externalContactId", "name", "channels"]) | st.text(max_size=5)
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=8,
    )
