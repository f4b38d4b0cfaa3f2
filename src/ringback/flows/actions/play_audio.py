"""playAudio: the caller hears something."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, Next, Step
from ringback.flows.effects import Play


def build(b: Builder) -> Step:
    """Play the text of `audio`; blank audio takes no time and makes no transcript line."""
    text, down = b.text("audio"), b.down()

    def begin(run: Any) -> Next:
        words = text(run)
        return Play(words, run.language) if words else down

    return Step(begin, lambda _run, _reply: down)


PLAY_AUDIO = ActionType(
    key="playAudio",
    title="Play Audio",
    about="Plays audio: text to speech, a prompt, or an expression.",
    build=build,
    fields=(Field("audio", "aud", required=True, about="What is played."),),
    policies=("voice_audio",),
    source="scripting SDK: ActionPlayAudio",
)
