"""The steps around a flow's own actions: the greeting, the rest in a queue, the error handling."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from ringback.documents import Node
from ringback.engine import queueing
from ringback.engine.builder import ActionBuilder
from ringback.engine.frames import VOICE
from ringback.engine.wrapped import is_empty
from ringback.flows.actions.base import Begin, Enter, Finish, FlowFault, Getter, Next, Resume, Step
from ringback.flows.effects import Play, Transfer
from ringback.flows.model import ErrorHandling
from ringback.lang.expr import EvaluationError
from ringback.lang.expr.values import milliseconds_of

# What Architect writes into new call flows, and so what a flow without the block plays.
DEFAULT_AUDIO = "Sorry, an error occurred. Please try your call again."


def greeting_step(b: ActionBuilder, start: int) -> Step:
    """Plays the initial greeting, then enters the start."""
    text = b.audio(b.plan.flow.greeting)
    go = Enter(start, how="start")

    def begin(run: Any) -> Next:
        words = text(run)
        return Play(words, run.language) if words else go

    return Step(begin, lambda _run, _reply: go)


# Milliseconds of the interval that a recurring state does not name, by policy recurring_interval.
_INTERVALS = {"five_minutes": 300_000, "one_hour": 3_600_000}


def _interval(b: ActionBuilder, written: Node) -> Getter:
    """Milliseconds between turns of a recurring state: `recurring: {interval: …}`, or `recurring: true`."""
    node = (written.get("interval") or written) if written.is_map else None
    read = b.compile(node, "dur") if node is not None and not is_empty(node) else None

    def interval(run: Any) -> int:
        run.services.policy("recurring_state")
        value = read(run) if read is not None else None
        if value is None:
            return _INTERVALS[run.services.policy("recurring_interval")]
        if (ms := milliseconds_of(value)) <= 0:
            raise FlowFault("BAD_ARGUMENT", "the interval of a recurring state must be more than nothing")
        return ms

    return interval


def waiting_step(b: ActionBuilder) -> Step:
    """The rest of an in-queue e-mail or message flow between its states; of other flows never reached."""
    found = []
    if b.plan.flow.type in queueing.RESTING:
        for box in b.plan.flow.containers.values():
            written = box.body.get("recurring") if box.body is not None else None
            if written is not None and written.value not in (None, False):
                found.append((b.plan.containers[box.id], _interval(b, written)))
    states = tuple(found)
    begin, resume = partial(queueing.rest, states=states), partial(queueing.wake, states=states)
    # No next step: the interaction has left the session, as `leave` says.
    return Step(cast("Begin", begin), cast("Resume", lambda run, _reply: resume(run)))


def _handled(b: ActionBuilder, handling: ErrorHandling) -> Next | None:
    """What follows the audio; None means a transfer to the handling's queue."""
    if handling.target is not None:
        return Enter(b.plan.containers[handling.target], how="error")
    if handling.kind == "transferToAcd":
        return None
    return Finish(_OWN_ENDS.get(handling.kind, handling.kind))


# Kinds of handling that are ends of flows by another name.
_OWN_ENDS = {"endInQueueState": "endState", "exitBotFlow": "exit", "workflow": "endWorkflow"}
# What flows without a call do when they have no error handling of their own.
_DEFAULTS = {
    "workflow": "endWorkflow",
    "botFlow": "exit",
    "digitalBot": "exit",
    "digitalBotFlow": "exit",
    "voice": "exit",
    "commonModule": "exit",
}


def _by_default(run: Any, kind: str) -> Finish:
    """The end of a flow without error handling."""
    own = _DEFAULTS.get(kind, "disconnect")
    if run.services.policy("default_error_handling") == "disconnect":
        own = "disconnect"
    return Finish(own, details=tuple(run.services.bot_end("error").items()) if own == "exit" else ())


def error_step(b: ActionBuilder, handling: ErrorHandling) -> Step:
    """Plays the audio, then disconnects, jumps, or transfers; a refused transfer disconnects."""
    voice = b.plan.flow.type in VOICE
    bare = "settingsErrorHandling" not in b.plan.flow.settings and voice
    spoken = handling.audio or b.flow_setting("settingsErrorHandling.errorEventHandover")
    text = (
        b.audio(spoken, "aud" if handling.audio is not None else "com")
        if not bare
        else lambda _run: DEFAULT_AUDIO
    )
    then, queue = _handled(b, handling), b.value("targetQueue", "que")
    silent = "settingsErrorHandling" not in b.plan.flow.settings and not voice

    def go(run: Any) -> Next:
        if silent:
            return _by_default(run, b.plan.flow.type)
        if isinstance(then, Finish) and then.kind == "exit":
            return Finish("exit", details=tuple(run.services.bot_end("error").items()))
        if then is not None:
            return then
        target = queue(run)
        if target is None:
            return Finish("disconnect")
        run.memo["queue"] = target.name
        return Transfer("transferToAcd", "queue", target.name or "", target.id or "")

    def begin(run: Any) -> Next:
        try:
            words = text(run)
        except EvaluationError as error:
            if error.code == "FUNCTION_UNSUPPORTED":
                raise
            words = ""
        if not words:
            return go(run)
        run.memo["stage"] = "audio"
        return Play(words, run.language)

    def resume(run: Any, reply: Any) -> Next:
        if run.memo.pop("stage", None) == "audio":
            return go(run)
        return Finish("transferToAcd", "queue", run.memo["queue"]) if reply.accepted else Finish("disconnect")

    return Step(begin, resume)
