"""Settings of an exported flow as the `settings…` blocks of Archy YAML."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from ringback.core.errors import RingbackError
from ringback.documents import Node, read_json
from ringback.flows.loaders.export_menus import MENU_SETTINGS, SPEECH_SETTINGS, settings
from ringback.flows.loaders.export_parts import Part
from ringback.flows.loaders.export_values import wrapped

# Archy's action and key -> the export's action and property.
_DEFAULTS: tuple[tuple[str, str, str, str], ...] = (
    ("askForIntent", "voiceEndOfInputTimeout", "AskForNLUIntentAction", "voiceEndOfInputTimeout"),
    ("askForBoolean", "voiceEndOfInputTimeout", "AskForBooleanAction", "voiceEndOfInputTimeout"),
    ("askForSlot", "voiceEndOfInputTimeout", "AskForSlotAction", "voiceEndOfInputTimeout"),
    ("loopAnythingElse", "voiceEndOfInputTimeout", "AskForNLUNextIntentAction", "voiceEndOfInputTimeout"),
    ("playAudioOnSilence", "timeout", "PlayAudioOnSilenceAction", "timeout"),
    ("detectSilence", "timeout", "DetectSilenceAction", "timeout"),
    ("callData", "processingPrompt", "DataAction", "processingPrompt"),
    ("callBridge", "processingPrompt", "BridgeServerAction", "processingPrompt"),
    ("collectInput", "noEntryTimeout", "CollectInputAction", "noEntryTimeout"),
    ("collectInput", "interDigitTimeout", "CollectInputAction", "interDigitTimeout"),
    ("dialByExtension", "interDigitTimeout", "DialExtensionAction", "digitTimeout"),
    ("transferToUser", "connectTimeout", "TransferUserAction", "connTimeout"),
    ("transferToNumber", "connectTimeout", "TransferExternalAction", "connTimeout"),
    ("transferToGroup", "connectTimeout", "TransferGroupAction", "connTimeout"),
    ("transferToFlowSecure", "connectTimeout", "TransferFlowSecureAction", "connTimeout"),
)
# The platform's own patience between digits; Archy's exporter does not write it.
_BETWEEN_DIGITS = "P0D0H0M3S0F"
_HANDLING: Mapping[str, str] = {
    "errorEventHandover": "errorEventHandover",
    "enableAgentEscalation": "enableAgentEscalation",
    "agentEscalationConfirmation": "agentEscalationConfirmation",
    "agentEscalationHandover": "agentEscalationHandover",
    "recognitionFailureEventHandover": "recognitionEventHandover",
}
_USER_INPUT = (
    "enableBargeIn",
    "enableAutomaticQuickReplies",
    "noMatchesMax",
    "noInputsMax",
    "noInputsTimeout",
    "speechToTextSpeechDetectionSensitivity",
    "speechToTextMaxSpeechTimeout",
    "enableIntentClassificationHinting",
    "interDigitTimeout",
    "dtmfTerminatingCharacter",
    "confirmationRejectionsMax",
    "collectionLowConfidenceThreshold",
    "collectionHighConfidenceThreshold",
    "confirmationLowConfidenceThreshold",
)
_APOLOGIES: Mapping[str, str] = {
    "noMatchApology": "noMatchApologies",
    "noInputApology": "noInputsApologies",
    "noToConfirmationApology": "noToConfirmationApologies",
    "confirmationNoMatchApology": "confirmationNoMatchApologies",
    "confirmationNoInputApology": "confirmationNoInputApologies",
}
_TARGETS: Mapping[str, str] = {
    "task": "targetTaskRef",
    "menu": "targetMenuRef",
    "state": "targetStateRef",
}


def flow_settings(flow: Part, references: Mapping[str, str]) -> Iterator[tuple[str, Node]]:
    """Every `settings…` block that the export has something for."""
    for key, found in (
        ("settingsInQueueCall", _block(flow, "inQueueCallFlowSettings", keys={"holdMusic": "holdMusic"})),
        (
            "settingsOutboundCall",
            _block(
                flow,
                "outboundCallSettings",
                keys={"contactList": "contactList", "wrapupCode": "defaultWrapupCode"},
            ),
        ),
        ("settingsActionDefaults", _action_defaults(flow)),
        ("settingsErrorHandling", _error_handling(flow, references)),
        ("settingsMenu", settings(flow.at("defaultSettings", "Menu") or flow, MENU_SETTINGS)),
        ("settingsSpeechRec", _speech(flow)),
        ("settingsBotFlow", _bot(flow)),
        ("settingsUserInput", _user_input(flow)),
        (
            "settingsVirtualAgent",
            _block(
                flow,
                "virtualAgentSettings",
                keys={"summarization": "summarization", "assignWrapupCodes": "assignWrapupCodes"},
            ),
        ),
        ("settingsNaturalLanguageUnderstanding", _language_understanding(flow)),
    ):
        if found:
            yield key, flow.map(found)


def _block(flow: Part, source: str, *, keys: Mapping[str, str]) -> dict[str, Node]:
    part = flow.get(source)
    return settings(part, keys) if part is not None else {}


def _action_defaults(flow: Part) -> dict[str, Node]:
    defaults = flow.get("defaultSettings")
    found: dict[str, dict[str, Node]] = {}
    for action, key, source, property_ in _DEFAULTS if defaults is not None else ():
        part = defaults.at(source, property_) if defaults is not None else None
        if part is None or (action, key, part.text_at("text")) == (
            "collectInput",
            "interDigitTimeout",
            _BETWEEN_DIGITS,
        ):
            continue
        node = wrapped(part)
        if node is not None:
            found.setdefault(action, {})[key] = node
    return {action: flow.map(members) for action, members in found.items()}


def _speech(flow: Part) -> dict[str, Node]:
    defaults = flow.at("defaultSettings", "SpeechRec")
    if defaults is None:
        return {}
    found = settings(defaults, SPEECH_SETTINGS)
    directory = flow.get("disableAsrCompanyDirectory")
    if directory is not None and directory.text_at("text") == "true":
        found["asrCompanyDir"] = directory.scalar("none")
    disabled, suppressed = flow.get("disableAsr"), flow.get("suppressRecording")
    if disabled is not None:
        found["asrEnabledOnFlow"] = disabled.scalar(value=disabled.text_at("text") != "true")
    if suppressed is not None:
        found["suppressRecording"] = suppressed.scalar(value=suppressed.text_at("text") == "true")
    return found


def _error_handling(flow: Part, references: Mapping[str, str]) -> dict[str, Node]:
    part = flow.get("errorHandling")
    if part is None:
        return {}
    found = {}
    for key, source in (
        ("errorHandling", "handlingType"),
        ("recognitionFailureEventHandling", "recognitionHandlingType"),
        ("agentEscalationHandling", "agentEscalationHandlingType"),
    ):
        if (kind := part.get(source)) is not None:
            found[key] = _handling(part, kind, references=references)
    audio = part.get("audio")
    if audio is not None and (node := wrapped(audio)) is not None and node.get("noValue") is None:
        found["preHandlingAudio"] = node
    return found | settings(part, _HANDLING)


def _handling(part: Part, kind: Part, *, references: Mapping[str, str]) -> Node:
    """`disconnect: {none: true}`, `queue: {targetQueue: …}`, `task: {targetTaskRef: …}`."""
    key = kind.text[:1].lower() + kind.text[1:]
    if key in _TARGETS:
        target = part.get(f"{key}Reference") or part.get(key) or kind
        reference = references.get(target.text, f"{key}[{target.text}]")
        return kind.named(key, target.named(_TARGETS[key], target.scalar(reference)))
    queue = part.get("queue")
    node = wrapped(queue) if key == "queue" and queue is not None else None
    if queue is not None and node is not None:
        return kind.named(key, queue.named("targetQueue", node))
    return kind.named(key, kind.named("none", kind.scalar(value=True)))


def _bot(flow: Part) -> dict[str, Node]:
    part = flow.get("botFlowSettings")
    if part is None:
        return {}
    found = {}
    intents = flow.at("nluMetaData", "intents")
    if intents is not None and intents.node.value:
        found["intentSettings"] = intents.list(_intent(name, intent) for name, intent in intents.items())
    if (enabled := part.get("virtualAgentEnabled")) is not None:
        found["virtualAgentEnabled"] = enabled.scalar(value=enabled.is_true)
    return found


def _intent(name: str, intent: Part) -> Node:
    members = settings(intent, {"confirmation": "confirmation"})
    return intent.named("intent", intent.map({**members, "name": intent.scalar(name)}))


def _user_input(flow: Part) -> dict[str, Node]:
    part = flow.get("userInputSettings")
    if part is None:
        return {}
    found = settings(part, {key: key for key in _USER_INPUT})
    for key, source in _APOLOGIES.items():
        for apology in part.get(source) or ():
            if (node := wrapped(apology)) is not None:
                found.setdefault(key, node)
    return found


def _language_understanding(flow: Part) -> dict[str, Node]:
    """The intents, utterances and slot types of a bot, which an export holds as a text of its own."""
    raw = flow.at("nluMetaData", "rawNlu")
    if raw is None or not raw.text.lstrip().startswith("{"):
        return {}
    try:
        domain = read_json(raw.text, file=raw.file or "nluMetaData.rawNlu")
    except RingbackError:
        return {}
    # The description of the domain's version is Architect's own.
    members = {key: _placed(member, raw) for key, member in domain.items() if key != "description"}
    found = {"nluDomainVersion": raw.map(members)}
    muted = flow.at("nluMetaData", "intentHealthInfo", "mutedUtterances")
    if muted is not None:
        found["mutedUtterances"] = _placed(muted.node, muted)
    return found


def _placed(node: Node, part: Part) -> Node:
    """A copy whose every place is that of the text it came from."""
    if node.is_map:
        return part.map({key: _placed(member, part) for key, member in node.items()})
    if node.is_list:
        return part.list(_placed(item, part) for item in node)
    return Node(
        node.value, part.span, quoted=isinstance(node.value, str), text=node.text or json.dumps(node.value)
    )
