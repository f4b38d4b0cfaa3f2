"""callCommonModule, callBotFlow, callDigitalBotFlow, callVoiceFlow: run another flow and come back."""

from __future__ import annotations

from typing import Any

from ringback.documents import Node
from ringback.flows.actions.base import ActionType, Builder, CallFlow, Exit, Field, Getter, Next, Step
from ringback.flows.actions.bindings import Binding, bindings, types, write
from ringback.flows.actions.told import names_of
from ringback.flows.effects import Tell, Told
from ringback.lang.expr.values import plain

# action -> (field that names the flow, flow types that fit)
_KINDS = {
    "callCommonModule": ("commonModule", ("commonModule",)),
    "callBotFlow": ("botFlow", ("botFlow", "voice", "digitalBot", "digitalBotFlow")),
    "callDigitalBotFlow": ("digitalBotFlow", ("digitalBot", "digitalBotFlow", "botFlow")),
    "callVoiceFlow": ("voiceFlow", ("voice", "botFlow")),
}


def _called(b: Builder, field: str) -> tuple[str, Node | None]:
    """Name and `{inputs, outputs}` of the flow: `field: {name: {version: …}}`."""
    for name, versions in node.items() if (node := b.node(field)) is not None else ():
        return name, next((body for _, body in versions.items()), None)
    return b.fail(f"{b.action.type} names no flow", b.node(field))


def _inputs(b: Builder, body: Node | None) -> list[tuple[str, str, Getter]]:
    node = body.get("inputs") if body is not None else None
    members = node.items() if node is not None else ()
    given = [(name, value) for name, value in members if value.get("noValue") is None]
    return [(name, b.type_of(value), b.compile(value, None)) for name, value in given]


def _own(b: Builder) -> tuple[Binding, ...]:
    """What the action itself keeps: a bot's intent and exit reason."""
    return tuple(
        Binding(name, b.variable_type(b.node(name)), assign)
        for name in ("intent", "exitReason")
        if (assign := b.writes(name)) is not None
    )


def build(b: Builder) -> Step:
    """A flow of the world runs inside; of an unknown one the scenario says outputs and branch."""
    field, kinds = _KINDS[b.action.type]
    name, body = _called(b, field)
    inputs, text = _inputs(b, body), b.value("inputText", "str")
    keeps = bindings(b, body.get("outputs")) if body is not None else ()
    own, below = _own(b), b.down().target
    exits = {path.lower(): b.exit(path) for path in ("default", *b.action.outputs)}
    wanted, outputs = types((*keeps, *own)), ("default", *b.action.outputs, "*")

    def begin(run: Any) -> Next:
        given = tuple((key, get(run)) for key, _, get in inputs)
        facts = {key: plain(type_, raw) for (key, type_, _), (_, raw) in zip(inputs, given, strict=True)}
        if (said := text(run)) is not None:
            facts["inputText"] = said
        asked = Tell(
            b.action.type, names_of(b, name), {"flow": name} | facts, outputs, wanted, policy="unknown_flow"
        )
        return CallFlow(kinds, name, given, asked, said or "")

    def returned(run: Any, results: dict[str, Any]) -> None:
        for item in keeps:
            if item.output.lower() in results:
                item.assign(run, results[item.output.lower()])
        for item in own:
            item.assign(run, results.get(f"#{item.output}"))

    def resume(run: Any, reply: Any) -> Next:
        if isinstance(reply, Told):
            given = tuple(item for item in (*keeps, *own) if item.output in reply.values)
            write(run, given, outputs=reply.values)
            path = reply.output
        else:
            path, results = reply
            returned(run, results)
            if path == "default" and str(results.get("#intent", "")).lower() in exits:
                path = results["#intent"]
        return exits.get(path.lower()) or Exit(path, below)

    return Step(begin, resume)


def _call(key: str, title: str, *, about: str) -> ActionType:
    field, kinds = _KINDS[key]
    of_bot = (
        Field("inputText", "str", about="What the customer said already."),
        Field("intent", "str", "writes", about="Where the last intent's name goes."),
        Field("exitReason", "str", "writes", about="Where the reason of the bot's end goes."),
    )
    return ActionType(
        key=key,
        title=title,
        about=about,
        build=build,
        fields=(
            Field(field, "flow", "name", required=True, about="The flow, and its version."),
            Field(f"{field}.*.*.inputs.*", "any", about="Values of its input variables."),
            Field(f"{field}.*.*.outputs.*", "any", "writes", about="Where its output variables go."),
            *(of_bot if kinds != ("commonModule",) else ()),
        ),
        outputs=("default", "*"),
        policies=("unknown_flow", *(("bot_exit_reason",) if kinds != ("commonModule",) else ())),
        source=f"scripting SDK: Action{key[:1].upper()}{key[1:]}",
    )


CALL_COMMON_MODULE = _call(
    "callCommonModule",
    "Call Common Module",
    about="Runs a common module, takes its outputs, and continues on the branch that it ended with.",
)
CALL_BOT_FLOW = _call(
    "callBotFlow",
    "Call Bot Flow",
    about="Runs a bot flow inside the interaction and takes its outputs, its intent and why it ended.",
)
CALL_DIGITAL_BOT_FLOW = _call(
    "callDigitalBotFlow",
    "Call Digital Bot Flow",
    about="Runs a digital bot flow inside the interaction and takes its outputs and its intent.",
)
CALL_VOICE_FLOW = _call(
    "callVoiceFlow",
    "Call Voice Flow",
    about="Runs a voice bot flow inside the call and takes its outputs and its intent.",
)
