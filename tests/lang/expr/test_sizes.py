"""Values that a loop makes larger and larger end in an error, quickly; what calls need is far below."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ringback.lang import expr
from ringback.lang.expr.fn_text import append_audio
from ringback.lang.expr.raw import MAX_LEVELS, EvaluationError, Json, Speech
from ringback.lang.expr.sizes import MAX_JSON, bounded_json, joined
from ringback.lang.expr.value_speech import speech_text

TEXT = "a text of more than 1,000,000 characters"
# expression that makes a value of its own result, its first value, how it ends
GROWING: list[tuple[str, Any, str]] = [
    ("Append(x, x)", "aaaa", TEXT),
    ("x + x", "aaaa", TEXT),
    ('Replace(x, "a", x)', "aaaa", TEXT),
    ('ToString(Split(x, ""), x)', "aaaa", TEXT),
    ("Append(x, x, x, x, x, x, x, x, x)", "a", TEXT),
    ("ToString(MakeList(x, x))", "aaaa", TEXT),
    ("Append(x, x)", Speech("ToAudioTTS", ("a",)), "a piece of speech of more than 1,000,000 characters"),
    ("AudioPlaybackOptions(x, true)", Speech("ToAudioTTS", ("a",)), "a piece of speech"),
    ('SetJsonObjectProperty(SetJsonObjectProperty(x, "a", x), "b", x)', Json({}), "a JSON value of more"),
    ("ToJson(MakeList(x, x))", Json([]), "a JSON value of more"),
    ('SetJsonObjectProperty(x, "a", x)', Json({}), "JSON is nested deeper than 200 levels"),
]  # fmt: skip


def _repeated(text: str, value: Any) -> None:
    for _ in range(300):
        value = expr.evaluate(text, {"x": value}).raw


@pytest.mark.parametrize(("text", "value", "message"), GROWING, ids=[row[0] for row in GROWING])
def test_a_growing_value_ends_in_an_error(text: str, value: Any, message: str) -> None:
    began = time.monotonic()
    with pytest.raises(EvaluationError) as caught:
        _repeated(text, value)
    assert message in caught.value.message
    assert caught.value.code == "OUT_OF_RANGE"
    assert time.monotonic() - began < 5


def test_what_is_just_small_enough() -> None:
    assert len(expr.evaluate("Append(x, x)", {"x": "a" * 500_000}).raw) == 1_000_000
    assert len(joined(["a" * 499_999, "b" * 500_000], ",")) == 1_000_000
    big = ["x" * (MAX_JSON // 2 - 10)] * 2
    assert bounded_json(big) is big


def test_a_long_announcement_is_no_deep_one() -> None:
    """Append in a loop: each turn adds to the same list."""
    audio: Any = Speech("ToAudioTTS", ("0",))
    for number in range(1, 10 * MAX_LEVELS):
        audio = append_audio(audio, Speech("ToAudioTTS", (str(number),)))
    assert audio.levels == 2
    assert speech_text(audio).startswith("0 1 2 3")


def test_long_collections_lose_their_duplicates_quickly() -> None:
    items = tuple(map(str, range(100_000)))
    began = time.monotonic()
    assert expr.evaluate("RemoveDups(x)", {"x": items + items}).raw == items
    assert time.monotonic() - began < 2
