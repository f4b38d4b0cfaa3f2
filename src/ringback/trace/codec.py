"""Events as JSON objects, and the transcript that follows from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from ringback.trace.events import AnyEvent, AudioPlayed, CallerHungUp, Event, InputReceived

_COMMON = frozenset(Event.__struct_fields__)
_FIRST = ("id", "previous_id", "at_ms", "type", "action", "output", "source")


def event_dict(event: Event) -> dict[str, Any]:
    """One event as the JSON of the `trace` array.

    The members of `_FIRST` come first and are in every event (`action` and `output` null where they mean
    nothing), then the type's own ones.
    """
    found: dict[str, Any] = msgspec.to_builtins(event, builtin_types=())
    return {key: found.get(key) for key in _FIRST} | found


def masked(event: Event, hide: Callable[[Any], Any]) -> Event:
    """The event with every free text and JSON value of its own gone through `hide`."""
    own = (name for name in event.__struct_fields__ if name not in _COMMON)
    changed = {
        name: hide(value) for name in own if isinstance(value := getattr(event, name), str | dict | list)
    }
    return msgspec.structs.replace(event, **changed) if changed else event


def event_line(event: Event) -> str:
    """One event as one line of JSON (`--output-format events`)."""
    return msgspec.json.encode(event_dict(event)).decode()


def read_event(line: str | bytes) -> Event:
    """The event of a line that `event_line` wrote."""
    event: Event = msgspec.json.decode(line, type=AnyEvent)
    return event


def transcript(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Who said what: `{"at_ms", "who": "flow" | "caller", "text"}`."""
    lines = []
    for event in events:
        if isinstance(event, AudioPlayed):
            lines.append({"at_ms": event.at_ms, "who": "flow", "text": event.text})
        elif isinstance(event, InputReceived) and (event.digits or event.speech):
            lines.append({"at_ms": event.at_ms, "who": "caller", "text": event.digits or event.speech})
        elif isinstance(event, CallerHungUp):
            lines.append({"at_ms": event.at_ms, "who": "caller", "text": "(hangs up)"})
    return lines
