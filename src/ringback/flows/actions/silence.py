"""detectSilence, playAudioOnSilence: what the line does is up to the scenario."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, Next, Step
from ringback.flows.actions.told import building
from ringback.flows.effects import Told, Wait

_OVERALL_MS = 40_000  # what official flows have as the default
_OUTPUTS = ("success", "timeout")
_DETECT = (Field("timeout", "dur", about="How long to try."),)
_PLAY = (
    Field("audio", "aud", about="What is played."),
    Field("timeout", "dur", about="How long to try."),
    Field("allowedRepeatCount", "int", about="How often it is played."),
    Field("actualRepeatCount", "int", "writes", about="How often it was played."),
)


def _building(fields: tuple[Field, ...], says: str = "") -> Callable[[Builder], Step]:
    asked = building(fields, _OUTPUTS, policy="declared_output", says=says)

    def build(b: Builder) -> Step:
        """The scenario says which output is taken; Timeout comes after the whole time (40 s by default)."""
        step, late = asked(b), b.exit("timeout")
        overall = b.duration("timeout", f"{b.action.type}.timeout", _OVERALL_MS)

        def resume(run: Any, reply: Any) -> Next:
            if not isinstance(reply, Told):
                return late
            leave = step.resume(run, reply)
            return Wait(overall(run)) if reply.output == "timeout" else leave

        return Step(step.begin, resume)

    return build


DETECT_SILENCE = ActionType(
    key="detectSilence",
    title="Detect Silence",
    about="Waits for a stretch of silence; Timeout when it does not come.",
    build=_building(_DETECT),
    fields=_DETECT,
    outputs=_OUTPUTS,
    policies=("declared_output",),
    source="scripting SDK: ActionDetectSilence",
)
PLAY_AUDIO_ON_SILENCE = ActionType(
    key="playAudioOnSilence",
    title="Play Audio on Silence",
    about="Plays audio after silence, again as often as allowed; Timeout when it stays loud.",
    build=_building(_PLAY, says="audio"),
    fields=_PLAY,
    outputs=_OUTPUTS,
    policies=("declared_output",),
    source="scripting SDK: ActionPlayAudioOnSilence",
)
