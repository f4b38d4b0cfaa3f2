"""Events as JSON: every type there and back, and the transcript."""

from __future__ import annotations

import json

import pytest

from ringback.trace import events as ev
from ringback.trace.codec import event_dict, event_line, read_event, transcript
from tests.trace.test_render import CASES


@pytest.mark.parametrize("event", [event for event, _ in CASES], ids=lambda value: type(value).__name__)
def test_there_and_back(event: ev.Event) -> None:
    event.id, event.previous_id, event.at_ms = 3, 2, 1200
    event.action = ev.ActionRef("a", "Name", "callData", "Main")
    line = event_line(event)
    assert "\n" not in line
    assert list(json.loads(line))[:5] == ["id", "previous_id", "at_ms", "type", "action"]
    assert read_event(line) == event
    assert event_dict(event) == json.loads(line)


def test_transcript() -> None:
    events = [
        ev.AudioPlayed(at_ms=0, text="Press a key"),
        ev.InputReceived(at_ms=900, digits="7", accepted=False),
        ev.InputReceived(at_ms=1200, accepted=False),
        ev.InputReceived(at_ms=1500, speech="billing"),
        ev.TimeWaited(ms=5),
        ev.CallerHungUp(at_ms=2000),
    ]
    assert transcript(events) == [
        {"at_ms": 0, "who": "flow", "text": "Press a key"},
        {"at_ms": 900, "who": "caller", "text": "7"},
        {"at_ms": 1500, "who": "caller", "text": "billing"},
        {"at_ms": 2000, "who": "caller", "text": "(hangs up)"},
    ]
