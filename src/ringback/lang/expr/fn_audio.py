"""Functions that make audio: a tree of calls that `speech_text` turns into text.

The platform speaks NOT_SET as blank audio. Barge-in and language context do not change the text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ringback.lang.expr.raw import EvaluationError, Speech
from ringback.lang.expr.signature import Overload, overload


def speech(function: str, kind: str = "aud") -> Callable[..., Speech]:
    """A function that keeps its operands as a piece of speech."""
    return lambda *operands: Speech(function, operands, kind)


def _blank(milliseconds: int) -> Speech:
    if not 0 <= milliseconds <= 10_000:
        raise EvaluationError(f"a pause of {milliseconds} ms is outside 0 to 10000", "BAD_ARGUMENT")
    return Speech("ToAudioBlank", (milliseconds,))


def _rows(name: str, *parameters: str) -> tuple[Overload, ...]:
    call: Callable[..., Any] = speech(name)
    return tuple(overload(name, f"({text}) -> aud", call) for text in parameters)


# The empty range ends the type, which would take the dots of "..." otherwise.
_CONTEXT = "context lne[..]..."

AUDIO = (
    *_rows("AudioPlaybackOptions", "audio audpmt, bargeIn bln!", "audio audpmt, bargeIn bln!, flushNow bln!"),
    *_rows("ToAudio", "prompt pmt"),
    overload("ToAudioBlank", "(milliseconds int[0..10000]!) -> aud", _blank),
    *_rows("ToAudioBool", "value bln?", "value bln?, format bof"),
    *_rows("ToAudioCurrency", "value cur?", "value cur?, format cuf", "value cur?, places int"),
    *_rows("ToAudioDate", "value dtm?", "value dtm?, format daf"),
    *_rows("ToAudioDateTime", "value dtm?"),
    *_rows("ToAudioDuration", "value dur?"),
    *_rows(
        "ToAudioNumber",
        "value int?",
        f"value int?, {_CONTEXT}",
        "value int?, format nuf",
        f"value int?, format nuf, {_CONTEXT}",
        "value dec?",
        f"value dec?, {_CONTEXT}",
        "value dec?, format nuf",
        f"value dec?, format nuf, {_CONTEXT}",
        "value dec?, places int",
        f"value dec?, places int, {_CONTEXT}",
        "value dec?, format nuf, places int",
        f"value dec?, format nuf, places int, {_CONTEXT}",
    ),
    *_rows("ToAudioNumberOrdinal", "value int?", f"value int?, {_CONTEXT}"),
    *_rows("ToAudioPercent", "value int?", "value dec?", "value dec?, places int"),
    *_rows(
        "ToAudioPhoneNumber",
        "value phn?",
        "value phn?, format phf",
        "value phn?, dialingCode str?",
        "text str?",
    ),
    *_rows("ToAudioTime", "value dtm?", "value dtm?, format tif"),
    *_rows("ToAudioTimeRange", "low int, high int, part tpf?"),
    *_rows("ToAudioTTS", "text str?", "text str?, language str!", "text str?, format stf"),
)
