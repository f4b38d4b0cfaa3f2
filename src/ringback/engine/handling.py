"""The steps around a flow's own actions: the greeting and the error handling."""

from __future__ import annotations

from typing import Any

from ringback.engine.builder import ActionBuilder
from ringback.flows.actions.base import Enter, Finish, Next, Step
from ringback.flows.effects import Play, Transfer
from ringback.flows.model import ErrorHandling
from ringback.lang.expr import EvaluationError

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
    voice = b.plan.flow.type in ("inboundCall", "outboundCall", "inqueueCall", "secureCall", "voicemail")
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
