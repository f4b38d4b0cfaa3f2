"""holdMusic, playEstimatedWaitTime, playPositionInQueue: what a caller hears in a queue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, Getter, Next, Step
from ringback.flows.effects import Play
from ringback.lang.expr.values import speech_text

WHOLE_PROMPT_MS = 60_000
_SPAN_WORDS = {"about": "about {}", "exact": "{}", "lessThan": "less than {}", "range": "{} to {}"}


def build_hold_music(b: Builder) -> Step:
    """A whole prompt lasts a minute (policy); else as long as the document says."""
    prompt, down = b.value("prompt", "pmt"), b.down()
    own = b.flow_setting("settingsInQueueCall.holdMusic")
    flows_own = b.compile(own, "pmt") if own is not None else prompt
    timed = b.has("playStyle.duration")
    length = b.duration("playStyle.duration", "holdMusic.playDuration", WHOLE_PROMPT_MS)

    def begin(run: Any) -> Next:
        music = prompt(run) or flows_own(run)
        if not timed:
            run.services.policy("hold_music_length")
        return Play(f"hold music {speech_text(music) if music else ''}".strip(), run.language, ms=length(run))

    return Step(begin, lambda _run, _reply: down)


def _steps(b: Builder) -> list[Getter]:
    return [b.compile(item, "dur") for item in b.node("specificRoundingIntervals") or ()]


def rounded(wait: timedelta, steps: list[timedelta], *, interval: timedelta | None) -> timedelta:
    """The wait rounded up: to the first of the steps that is as long, else to the interval."""
    for step in sorted(steps):
        if wait <= step:
            return step
    if interval is None or interval <= timedelta(0):
        return wait
    return -(-wait // interval) * interval


def spoken(wait: timedelta) -> str:
    """A span in words.

    >>> spoken(timedelta(seconds=90)), spoken(timedelta(hours=1))
    ('1 minute 30 seconds', '1 hour')
    """
    seconds = round(wait.total_seconds())
    parts = ((seconds // 3600, "hour"), (seconds % 3600 // 60, "minute"), (seconds % 60, "second"))
    words = [f"{count} {unit}{'s' if count != 1 else ''}" for count, unit in parts if count]
    return " ".join(words) or "0 seconds"


def build_estimated_wait(b: Builder) -> Step:
    """An unknown estimate plays nothing."""
    wait, mode, down = b.value("estimatedWaitTime", "dur"), b.name("playbackMode") or "exact", b.down()
    steps, interval = _steps(b), b.value("roundingInterval", "dur")
    own = b.text("estimatedWaitTimeAudio")

    def begin(run: Any) -> Next:
        if (span := wait(run)) is None:
            return down
        given = [found for step in steps if (found := step(run)) is not None]
        most = rounded(span, given, interval=interval(run))
        least = max(most - (interval(run) or timedelta(0)), timedelta(0))
        pattern = _SPAN_WORDS.get(mode, "{}")
        words = (
            pattern.format(spoken(least), spoken(most)) if mode == "range" else pattern.format(spoken(most))
        )
        return Play(own(run) or f"Your estimated wait time is {words}.", run.language)

    return Step(begin, lambda _run, _reply: down)


def ordinal(number: int) -> str:
    """The place of a number, as 1st, 2nd, 3rd.

    >>> [ordinal(n) for n in (1, 2, 3, 11, 22)]
    ['1st', '2nd', '3rd', '11th', '22nd']
    """
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def build_position(b: Builder) -> Step:
    """A NOT_SET position plays nothing."""
    position, mode, down = b.value("positionInQueue", "int"), b.name("playbackMode"), b.down()
    own = b.text("positionInQueueAudio")

    def begin(run: Any) -> Next:
        if (place := position(run)) is None:
            return down
        words = {
            "ahead": f"There are {max(place - 1, 0)} callers ahead of you.",
            "ordinal": f"You are the {ordinal(place)} caller in the queue.",
        }.get(mode, f"You are caller number {place} in the queue.")
        return Play(own(run) or words, run.language)

    return Step(begin, lambda _run, _reply: down)


HOLD_MUSIC = ActionType(
    key="holdMusic",
    title="Hold Music",
    about="Plays a prompt in full or for a duration.",
    build=build_hold_music,
    fields=(
        Field("prompt", "pmt", about="The music; the flow's own by default."),
        Field("bargeInEnabled", "bln", about="Whether a key interrupts it."),
        Field("playStyle.duration", "dur", about="How long; without it the whole prompt."),
        Field("playStyle.entirePrompt", "bln", "word", about="The whole prompt."),
    ),
    policies=("hold_music_length",),
    source="scripting SDK: ActionHoldMusic",
)
PLAY_ESTIMATED_WAIT_TIME = ActionType(
    key="playEstimatedWaitTime",
    title="Play Estimated Wait Time",
    about="Says the estimated wait as about, exact, lessThan or range; an unknown one plays nothing.",
    build=build_estimated_wait,
    fields=(
        Field("estimatedWaitTime", "dur", about="The wait."),
        Field("roundingInterval", "dur", about="What longer waits are rounded to."),
        Field("specificRoundingIntervals.*", "dur", about="Steps for shorter ones."),
        Field("playbackMode", "word", "word", about="about, exact, lessThan or range."),
        Field("estimatedWaitTimeAudio", "aud", about="Audio instead of the platform's words."),
    ),
    policies=("queue_position",),
    source="scripting SDK: ActionPlayEstimatedWaitTime; the words are ours",
)
PLAY_POSITION_IN_QUEUE = ActionType(
    key="playPositionInQueue",
    title="Play Position In Queue",
    about="Says the position as ahead, number or ordinal; nothing when it is unknown.",
    build=build_position,
    fields=(
        Field("positionInQueue", "int", about="The position."),
        Field("playbackMode", "word", "word", about="ahead, number or ordinal."),
        Field("positionInQueueAudio", "aud", about="Audio instead of the platform's words."),
    ),
    policies=("queue_position",),
    source="scripting SDK: ActionPlayPositionInQueue; the words are ours",
)
