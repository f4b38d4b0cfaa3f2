"""What all transfers share: audio before, the attempt, audio and outputs after a failure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ringback.flows.actions.base import Builder, Exit, Field, Finish, FlowFault, Getter, Next, Step
from ringback.flows.actions.bindings import bindings, write
from ringback.flows.effects import Play, Transfer, TransferReply

TRANSFER_FIELDS = (
    Field("preTransferAudio", "aud", about="Played before the attempt."),
    Field("failureTransferAudio", "aud", about="Played when it did not work."),
    Field("preTransferCommunication", "com", about="Sent before the attempt, in digital flows."),
    Field("failureTransferCommunication", "com", about="Sent when it did not work, in digital flows."),
    Field("failureOutputs.errorType", "str", "writes", about="Kind of failure."),
    Field("failureOutputs.errorMessage", "str", "writes", about="Text of the failure."),
)
# Works out where to: raises FlowFault when the target is not set.
Target = Callable[[Any], Transfer]


def named(kind: str, target_type: str, *, value: Any, field: str) -> Transfer:
    """The transfer to an entity; a NOT_SET one is a flow error."""
    if value is None:
        raise FlowFault("NOT_SET_OPERAND", f"the {field} of the transfer is not set")
    return Transfer(kind, target_type, value.name or value.id or "", value.id or "")


def _words(b: Builder, when: str) -> Getter:
    """What the customer hears or reads, as text: digital flows have communications, calls have audio."""
    kind = "Communication" if b.has(f"{when}Communication") else "Audio"
    return b.text(f"{when}{kind}")


def transfer_step(b: Builder, target: Target) -> Step:
    """Pre-transfer audio, the attempt, and on refusal failure audio, failure outputs, the Failure output."""
    before, after = _words(b, "preTransfer"), _words(b, "failureTransfer")
    outputs = bindings(b, b.node("failureOutputs"))
    failure: Exit = b.exit("failure")

    def attempt(run: Any) -> Next:
        wanted = target(run)
        run.memo["stage"] = "attempt"
        run.memo["to"] = [wanted.kind, wanted.target_type, wanted.target]
        run.memo["details"] = wanted.details
        return wanted

    def begin(run: Any) -> Next:
        words = before(run)
        if not words:
            return attempt(run)
        run.memo["stage"] = "before"
        return Play(words, run.language, ms=run.services.reading_ms())

    def failed(run: Any, reply: TransferReply) -> Next:
        write(run, outputs, outputs={"errorType": reply.error_type, "errorMessage": reply.error_message})
        words = after(run)
        if not words:
            return failure
        run.memo["stage"] = "after"
        return Play(words, run.language, ms=run.services.reading_ms())

    def resume(run: Any, reply: Any) -> Next:
        stage = run.memo["stage"]
        if stage == "before":
            return attempt(run)
        if stage == "after":
            return failure
        if not reply.accepted:
            return failed(run, reply)
        kind, target_type, name = run.memo["to"]
        return Finish(kind, target_type, name, tuple(run.memo["details"].items()))

    return Step(begin, resume)
