"""detectSilence, playAudioOnSilence: what the line does is up to the scenario."""

from __future__ import annotations

from ringback.flows.actions.base import ActionType, Field
from ringback.flows.actions.told import building

_OUTPUTS = ("success", "timeout")
_DETECT = (Field("timeout", "dur", about="How long to try."),)
_PLAY = (
    Field("audio", "aud", about="What is played."),
    Field("timeout", "dur", about="How long to try."),
    Field("allowedRepeatCount", "int", about="How often it is played."),
    Field("actualRepeatCount", "int", "writes", about="How often it was played."),
)
DETECT_SILENCE = ActionType(
    key="detectSilence",
    title="Detect Silence",
    about="Waits for a stretch of silence; Timeout when it does not come.",
    build=building(_DETECT, _OUTPUTS, policy="declared_output"),
    fields=_DETECT,
    outputs=_OUTPUTS,
    policies=("declared_output",),
    source="scripting SDK: ActionDetectSilence",
)
PLAY_AUDIO_ON_SILENCE = ActionType(
    key="playAudioOnSilence",
    title="Play Audio on Silence",
    about="Plays audio after silence, again as often as allowed; Timeout when it stays loud.",
    build=building(_PLAY, _OUTPUTS, policy="declared_output", says="audio"),
    fields=_PLAY,
    outputs=_OUTPUTS,
    policies=("declared_output",),
    source="scripting SDK: ActionPlayAudioOnSilence",
)
