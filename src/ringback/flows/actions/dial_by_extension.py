"""dialByExtension: let the caller dial a user or group. Also as a menu's choice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Exit, Field, Finish, Next, Step
from ringback.flows.actions.bindings import bindings, write
from ringback.flows.effects import Gather, Input, Transfer, TransferReply, entered

MAX_DIGITS = 40
NO_ENTRY_MS = 5_000  # as Collect Input


def extension_transfer(run: Any, digits: str) -> Transfer | None:
    """The transfer to whom the digits dial; None when nobody has that extension."""
    found = run.services.extension(digits)
    if found is None:
        return None
    what, entity = found
    kind = "transferToUser" if what == "user" else "transferToGroup"
    return Transfer(kind, what, entity.name or "", entity.id or "", {"extension": digits})


def build(b: Builder) -> Step:
    """Silence and unknown extensions are asked again, then they are Timeout and Failure."""
    again, audio = b.value("repromptCount", "int", default=0), b.text("repromptAudio")
    between = b.duration("interDigitTimeout", "dialByExtension.interDigitTimeout", 6_000)
    patience = b.duration("timeout", "dialByExtension.timeout", NO_ENTRY_MS)
    store, outputs = b.writes("extensionVariable"), bindings(b, b.node("failureOutputs"))
    exits: dict[str, Exit] = {name: b.exit(name) for name in ("failure", "timeout")}

    def ask(run: Any, text: str) -> Next:
        return Gather(
            text,
            "digits",
            1,
            MAX_DIGITS,
            "#",
            timeout_ms=patience(run),
            inter_digit_ms=between(run),
            language=run.language,
        )

    def begin(run: Any) -> Next:
        run.memo["asked"] = 1
        return ask(run, "")

    def missed(run: Any, output: str) -> Next:
        if run.memo["asked"] > (again(run) or 0):
            words = {"errorType": "ExtensionNotFound", "errorMessage": "nobody has this extension"}
            write(run, outputs, outputs=words if output == "failure" else {})
            return exits[output]
        run.memo["asked"] += 1
        return ask(run, audio(run))

    def resume(run: Any, reply: Input | TransferReply) -> Next:
        if isinstance(reply, TransferReply):
            return attempted(run, reply)
        digits = entered(reply.digits, "#")
        if not digits:
            return missed(run, "timeout")
        if store is not None:
            store(run, digits)
        run.services.policy("dialled_extension")
        transfer = extension_transfer(run, digits)
        if transfer is None:
            return missed(run, "failure")
        run.memo["to"] = [transfer.kind, transfer.target_type, transfer.target, digits]
        return transfer

    def attempted(run: Any, reply: TransferReply) -> Next:
        if not reply.accepted:
            write(run, outputs, outputs={"errorType": reply.error_type, "errorMessage": reply.error_message})
            return exits["failure"]
        kind, what, name, digits = run.memo["to"]
        return Finish(kind, what, name, (("extension", digits),))

    return Step(begin, resume)


DIAL_BY_EXTENSION = ActionType(
    key="dialByExtension",
    title="Dial by Extension",
    about="Lets the caller dial a user or group; when that works the flow is over, else Failure or Timeout.",
    build=build,
    fields=(
        Field("extensionVariable", "str", "writes", about="Where the digits go."),
        Field("interDigitTimeout", "dur", about="Patience between keys, 6 s by default."),
        Field("timeout", "dur", about="Patience for the first key."),
        Field("repromptAudio", "aud", about="Played when nothing or no extension was dialled."),
        Field("repromptCount", "int", about="How often it is asked again."),
        Field("failureOutputs.errorType", "str", "writes", about="Kind of failure."),
        Field("failureOutputs.errorMessage", "str", "writes", about="Text of the failure."),
    ),
    outputs=("failure", "timeout"),
    policies=("dialled_extension",),
    source="scripting SDK: ActionDialByExtension",
)
MENU_DIAL_BY_EXTENSION = replace(
    DIAL_BY_EXTENSION,
    key="menuDialByExtension",
    title="Dial by Extension (menu choice)",
    about="A menu choice that lets the caller dial a user or group.",
    policies=("dialled_extension", "menu_choice_returns"),
    source="scripting SDK: MenuDialByExtension",
)
