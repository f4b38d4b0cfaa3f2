"""Fields of exported actions: which property of which `__type` is which field in Archy YAML.

The pairs of public flows that exist in both forms prove the entries; for types without an entry a property
keeps its name when Archy has a key of that name (`generic`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ringback.documents import Node
from ringback.flows.loaders.export_parts import Part
from ringback.flows.loaders.export_values import is_audio, is_value, reference, wrapped
from ringback.lang.expr.types import kind_of

Convert = Callable[[Part], Node | None]
# Archy's key; the export's property ("" = the action itself); how it is converted.
Rule = tuple[str, str, Convert]


def word(part: Part) -> Node | None:
    """A scalar that stands bare."""
    return part.scalar(part.text) if part.text else None


def bindings(part: Part) -> Node | None:
    """`[{name, value}]` as a mapping; None when it is empty or nothing in it is in use."""
    found = {}
    for item in part:
        name, value = item.text_at("name"), item.get("value")
        if name and value is not None and (node := wrapped(value)) is not None:
            found[name] = node
    return part.map(found) if found else None


def _named(key: str) -> Convert:
    """`name: …` from a property that holds a name."""

    def convert(part: Part) -> Node | None:
        name = part.get(key) if key else part
        return part.named("name", name.scalar(name.text)) if name is not None and name.text else None

    return convert


def _only_true(part: Part) -> Node | None:
    """A flag that Archy leaves out when it is false."""
    return wrapped(part) if part.text_at("text") != "false" else None


def _first(part: Part) -> Node | None:
    """The first item that has a value."""
    return next((node for item in part if (node := wrapped(item)) is not None), None)


def _statements(part: Part) -> Node | None:
    """`- string: {variable: Flow.x, value: …}`."""
    items = []
    for item in part:
        variable, value = item.get("variable"), item.get("expression")
        if variable is None or value is None:
            continue
        name, found = reference(variable), wrapped(value)
        if name is None or found is None:
            continue
        kind = kind_of(variable.text_at("type")) or kind_of(value.text_at("type")) or "string"
        items.append(item.named(kind, item.map({"variable": name, "value": found})))
    return part.list(iter(items))


def _attributes(key: str) -> Convert:
    """`- attribute: {name, value}`, or with `variable` for what is read."""

    def convert(part: Part) -> Node | None:
        return part.list(node for item in part if (node := _attribute(item, key)) is not None)

    return convert


def _attribute(item: Part, key: str) -> Node | None:
    name, other = item.get("variable"), item.get("expression")
    if name is None or other is None:
        return None
    members = {"name": wrapped(name), key: wrapped(other) if key == "value" else reference(other)}
    return item.named(
        "attribute", item.map({name: node for name, node in members.items() if node is not None})
    )


def _category(part: Part) -> Node | None:
    """`category: {integration: {dataAction: {name: {inputs, successOutputs, failureOutputs}}}}`."""
    integration, name = part.at("category", "name") or part.at("category", "id"), part.get("actionName")
    inside = _inside(part, inputs="inputs", successOutputs="outputs", failureOutputs="errorBindings")
    action = name or part.get("actionId") or part
    group = integration or part
    return group.named(group.text, group.named("dataAction", action.named(action.text, inside)))


def _inside(part: Part, **keys: str) -> Node:
    """Bindings under the names of Archy; the empty ones are left out."""
    found = {}
    for key, source in keys.items():
        member = part.get(source)
        if member is not None and (node := bindings(member)) is not None:
            found[key] = node
    return part.map(found)


def _table(part: Part) -> Node | None:
    name = part.get("datatableName") or part.get("datatableId") or part
    return name.named(name.text, _inside(part, foundOutputs="outputs", failureOutputs="errorBindings"))


def _script(part: Part) -> Node | None:
    name = part.get("screenPopName") or part.get("screenPopId")
    return name.named(name.text, _inside(part, inputs="inputs")) if name is not None else None


def _called_flow(part: Part) -> Node | None:
    """`{flow: {ver_latestPublished: {inputs, outputs}}}`; `none: true` when nothing is passed."""
    name = part.get("flowName") or part.get("flowId")
    if name is None:
        return None
    inside = _inside(part, inputs="inputs", outputs="outputs")
    if not inside.value:
        inside = part.named("none", part.scalar(value=True))
    return name.named(name.text, part.named("ver_latestPublished", inside))


def _digits(part: Part) -> Node | None:
    """`exact: n` or `range: {min, max}`."""
    least, most = (_amount(part.get(key)) for key in ("numberOfDigitsMin", "numberOfDigitsMax"))
    if least is None or most is None:
        return None
    if least.value == most.value:
        return part.named("exact", most)
    return part.named("range", part.map({"min": least, "max": most}))


def _amount(part: Part | None) -> Node | None:
    node = wrapped(part) if part is not None else None
    return None if node is None else node.get("lit") or node


def _verification(part: Part) -> Node | None:
    return part.scalar("individualDigits" if part.is_true else "none")


def _skills(part: Part) -> Node | None:
    """`- acdSkill: …`; None without skills."""
    items = []
    for item in part:
        skill = item.get("skill")
        if skill is not None and (node := wrapped(skill)) is not None:
            items.append(item.named("acdSkill", node))
    return part.list(iter(items)) if items else None


def _play_style(part: Part) -> Node | None:
    duration = part.get("duration")
    if part.flag("playForDuration") and duration is not None and (node := wrapped(duration)) is not None:
        return part.named("duration", node)
    return part.named("entirePrompt", part.scalar(value=True))


def _slots(part: Part) -> Node | None:
    names = (item.get("name") for item in part)
    return part.list(
        name.named("slot", name.named("name", name.scalar(name.text))) for name in names if name is not None
    )


def _reply_mode(part: Part) -> Node | None:
    return part.scalar("replyToSender" if part.is_true else "replyAll")


def _ask(*fields: str) -> tuple[Rule, ...]:
    """What actions that ask have in common, `fields` between the question and the reprompts."""
    return (
        ("question", "question", wrapped),
        *((field, field, wrapped) for field in fields),
        ("noInput", "noInputs", _first),
        ("noMatch", "noMatches", _first),
        ("voiceEndOfInputTimeout", "voiceEndOfInputTimeout", wrapped),
        ("knowledgeSearchResult", "knowledgeSearchResult", wrapped),
    )


_TRANSFER_AUDIO: tuple[Rule, ...] = tuple(
    (key, key, wrapped)
    for key in (
        "preTransferAudio",
        "failureTransferAudio",
        "preTransferCommunication",
        "failureTransferCommunication",
    )
)
_FAILURE: Rule = ("failureOutputs", "errorBindings", bindings)
_CONVERSATION: tuple[Rule, ...] = (
    ("conversationId", "conversationId", wrapped),
    ("participantId", "participantId", wrapped),
)
_FIND: tuple[Rule, ...] = (
    ("findName", "findName", wrapped),
    ("findId", "findId", wrapped),
    ("findResult", "findResult", wrapped),
)


def _called(key: str) -> tuple[Rule, ...]:
    return (
        ("inputText", "inputText", wrapped),
        ("exitReason", "exitReason", wrapped),
        ("intent", "intent", wrapped),
        (key, "", _called_flow),
    )


def _plain(*fields: str) -> tuple[Rule, ...]:
    """Values that are called the same in both forms."""
    return tuple((field, field, wrapped) for field in fields)


def _timeout(part: Part) -> Node | None:
    """The step's own clock; none where the box "use the action's suggested timeout" is ticked.

    The box is ticked in every public export; the stored minute beside it does not count then (help: Call Data
    Action).
    """
    if part.text_at("useSuggestedTimeout") == "true":
        return part.named("noValue", part.scalar(value=True))
    own = part.get("timeout")
    return wrapped(own) if own is not None else None


_DATA = (*_plain("processingPrompt"), ("timeout", "", _timeout), ("category", "", _category))

RULES: Mapping[str, tuple[Rule, ...]] = {
    "askForBoolean": (("booleanResult", "booleanResult", wrapped), *_ask()),
    "askForIntent": _ask(),
    "askForSlot": (
        ("slot", "", _named("selectedSlot")),
        *_ask("customValidation", "confirmationMode"),
        ("chooser", "chooser", wrapped),
    ),
    "callBotFlow": _called("botFlow"),
    "callCommonModule": (("commonModule", "", _called_flow),),
    "callData": _DATA,
    "callDataSecure": _DATA,
    "callBridge": _DATA,
    "callDigitalBotFlow": _called("digitalBotFlow"),
    "callTask": (("inputs", "inputs", bindings), ("taskOutputs", "outputs", bindings)),
    "changeState": (),
    "clearSlot": (("slots", "slots", _slots),),
    "collectInput": (
        ("inputData", "resultData", wrapped),
        ("digits", "", _digits),
        *_plain("interDigitTimeout", "noEntryTimeout"),
        ("inputAudio", "prompts", wrapped),
        *_plain("acceptJustStar", "acceptJustPound"),
        ("verificationType", "verification", _verification),
    ),
    "communicate": _plain("communication"),
    "dataTableLookup": (("lookupValue", "lookupKeyValue", wrapped), ("dataTable", "", _table)),
    "decision": (("condition", "expression", wrapped),),
    "digitalMenu": (*_ask(), ("chooser", "chooser", wrapped), ("selection", "selection", wrapped)),
    "disconnect": (),
    "disconnectWorkitem": (_FAILURE,),
    "endTask": (("outputPath", "", _named("pathName")),),
    "endWorkflow": _plain("exitReason"),
    "findQueue": _FIND,
    "findQueueById": _FIND,
    "findUser": _FIND,
    "findUserById": _FIND,
    "getConversationData": (*_CONVERSATION, ("attributes", "variables", _attributes("variable"))),
    "getParticipantData": (("attributes", "variables", _attributes("variable")),),
    "getResponse": (
        ("response", "", _named("responseName")),
        ("responseLibrary", "responseLibrary", _named("name")),
        ("responseSubstitutions", "substitutions", bindings),
        ("responseBody", "responseBody", wrapped),
    ),
    "holdMusic": (
        ("prompt", "prompt", wrapped),
        ("bargeInEnabled", "bargeInExpression", wrapped),
        ("playStyle", "", _play_style),
    ),
    "jumpToMenu": (),
    "jumpToTask": (("inputs", "inputs", bindings),),
    "loop": _plain("currentIndex", "loopCount"),
    "loopExit": (),
    "loopNext": (),
    "playAudio": (("audio", "prompts", wrapped),),
    "sendAutoReply": (
        *_plain("from", "replyTo", "cc", "bcc", "messageBody"),
        ("replyMode", "replyToSenderOnly", _reply_mode),
    ),
    "sendResponse": _plain("messageBodyStyle", "messageBody"),
    "setConversationData": (*_CONVERSATION, ("attributes", "variables", _attributes("value"))),
    "setParticipantData": (("attributes", "variables", _attributes("value")),),
    "setScreenPop": (("screenPopScript", "", _script),),
    "switch": (),
    "transferToAcd": (
        ("targetQueue", "queues", _first),
        ("overrideInQueueFlow", "inQueueFlowName", _named("")),
        ("acdSkills", "skills", _skills),
        *_TRANSFER_AUDIO,
        *_plain("priority", "preferredAgents", "languageSkill"),
        ("appendSkills", "appendSkills", _only_true),
        *_plain("directAgent"),
        _FAILURE,
    ),
    "updateData": (("statements", "variables", _statements),),
    "wait": _plain("trimDurationNearMaxRunningTime", "duration"),
}

# Properties that are no fields, whatever the action.
FRAME = frozenset(
    [
        "id",
        "trackingId",
        "name",
        "__type",
        "nextAction",
        "paths",
        "path",
        "uiMetaData",
        "version",
        "taskReference",
        "taskName",
        "menuReference",
        "menuName",
        "stateReference",
        "stateName",
    ]
)
# Other names that properties of actions without an entry are known by.
_RENAMED = {
    "errorBindings": "failureOutputs",
    "connTimeout": "connectTimeout",
    "digitTimeout": "interDigitTimeout",
    "prompts": "audio",
    "expression": "condition",
}


def generic(action: Part) -> Iterator[tuple[str, Part, Node]]:
    """Key, property and value of each field of an action without an entry."""
    for key, member in action.items():
        node = _anything(member) if key not in FRAME else None
        if node is not None:
            yield _RENAMED.get(key, key), member, node


def _anything(part: Part) -> Node | None:
    """Whatever a property holds."""
    if is_value(part) or is_audio(part):
        return wrapped(part)
    if part.node.is_list:
        named = [item for item in part if item.get("name") is not None and item.get("value") is not None]
        return (
            bindings(part)
            if named
            else part.list(node for item in part if (node := _anything(item)) is not None)
        )
    if part.node.is_map:
        return part.map({key: node for key, item in part.items() if (node := _anything(item)) is not None})
    return part.scalar(part.node.value) if isinstance(part.node.value, str | int) else None
