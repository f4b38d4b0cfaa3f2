"""In which order Architect's own exporter writes keys.

The orders are those of the public flows that the exporter wrote; it never departs from them. A key that is in
no table stays behind the key that it follows in the document it came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FLOW = _words(
    "name description division startUpRef worktype surveyForm defaultLanguage supportedLanguages"
    " initialGreeting settingsInboundEmailHandling settingsOutboundCall variables settingsCommonModule"
    " settingsInQueueCall"
    " settingsActionDefaults settingsErrorHandling settingsMenu settingsPrompts settingsSpeechRec"
    " settingsBotFlow settingsUserInput settingsKnowledge settingsVirtualAgent menus bots botStates"
    " settingsNaturalLanguageUnderstanding startUpTaskActions startUpTaskVariables states tasks"
)
CONTAINERS: Mapping[str, tuple[str, ...]] = {
    "task": _words("name refId variables actions outputPaths"),
    "state": _words("name refId variables actions"),
    "bot": _words("name refId variables actions"),
    "menu": _words("name refId audio settingsMenu settingsSpeechRec choices defaultMenuChoice"),
}
VARIABLE = _words("name description initialValue isInput isOutput isSecure")
BLOCKS: Mapping[str, tuple[str, ...]] = {
    "settingsActionDefaults": _words(
        "askForIntent askForBoolean askForSlot loopAnythingElse playAudioOnSilence detectSilence callData"
        " callBridge callDataSecure collectInput dialByExtension transferToUser transferToNumber"
        " transferToGroup transferToFlowSecure"
    ),
    "settingsErrorHandling": _words(
        "errorHandling enableAgentEscalation errorEventHandover agentEscalationConfirmation"
        " agentEscalationHandover preHandlingAudio recognitionFailureEventHandover"
        " recognitionFailureEventHandling agentEscalationHandling"
    ),
    "settingsMenu": _words(
        "extensionDialingMaxDelay listenForExtensionDialing menuSelectionTimeout repeatCount"
    ),
    "settingsSpeechRec": _words(
        "completeMatchTimeout incompleteMatchTimeout maxSpeechLengthTimeout minConfidenceLevel asrCompanyDir"
        " asrEnabledOnFlow suppressRecording"
    ),
}
# Choices of menus begin so, whatever they do.
CHOICE = _words("name refId dtmf globalDtmf globalSpeechRecTerms")
_TRANSFER = "preTransferAudio failureTransferAudio preTransferCommunication failureTransferCommunication"
_ASKED = "noInput noMatch voiceEndOfInputTimeout knowledgeSearchResult"
_FIND = "findName findId findResult"
_FIELDS: Mapping[str, str] = {
    "askForBoolean": f"question {_ASKED}",
    "askForIntent": f"question {_ASKED}",
    "askForSlot": f"slot question customValidation confirmationMode {_ASKED} chooser",
    "callBotFlow": "inputText exitReason intent botFlow",
    "callData": "processingPrompt timeout category",
    "callDigitalBotFlow": "inputText exitReason intent digitalBotFlow",
    "callTask": "targetTaskRef inputs",
    "collectInput": (
        "inputData digits interDigitTimeout noEntryTimeout inputAudio includeTerminatingDtmfInResultData"
        " acceptJustStar acceptJustPound verificationType verificationAudio"
    ),
    "createCallback": "callbackNumber calleeName",
    "dataTableLookup": "lookupValue dataTable",
    "evaluateScheduleGroup": "inServiceSchedules evaluate scheduleGroup emergencyGroup",
    "findQueue": _FIND,
    "findQueueById": _FIND,
    "findUserById": _FIND,
    "getConversationData": "conversationId participantId attributes",
    "getExternalContact": "externalId externalResult",
    "holdMusic": "prompt bargeInEnabled playStyle",
    "jumpToTask": "targetTaskRef inputs",
    "loop": "currentIndex loopCount",
    "playEstimatedWaitTime": "estimatedWaitTime roundingInterval specificRoundingIntervals playbackMode",
    "playPositionInQueue": "positionInQueue playbackMode",
    "sendAutoReply": "from replyTo cc bcc messageBody replyMode",
    "sendResponse": "messageBodyStyle messageBody",
    "setConversationData": "conversationId participantId attributes",
    "transferToAcd": (
        f"targetQueue overrideInQueueFlow acdSkills {_TRANSFER} priority preferredAgents languageSkill"
        " appendSkills directAgent failureOutputs"
    ),
    "transferToFlowSecure": (
        "targetFlow connectTimeout preTransferAudio invocationData failureTransferAudio failureOutputs"
    ),
    "transferToUser": f"targetUser allowVoicemailRollover {_TRANSFER} connectTimeout failureOutputs",
    "transferToVoicemail": f"destination {_TRANSFER} failureOutputs",
    "wait": "trimDurationNearMaxRunningTime duration",
}
OUTPUTS = _words(
    "intents yes no success open closed holiday emergency active inactive found notFound partiallyFound"
    " default loop failure timeout noIntent knowledge maxNoInputs maxNoMatches"
)


def of_action(type_: str) -> tuple[str, ...]:
    """The keys of an action's body in order; those of a menu's choice begin with how it is chosen."""
    fields = _FIELDS.get(type_)
    if fields is not None or not type_.startswith("menu"):
        return ("name", *_words(fields or ""))
    inner = type_[4:5].lower() + type_[5:]
    return (*CHOICE, *_words(_FIELDS.get(inner, "")))


def last_of_action(type_: str) -> tuple[str, ...]:
    """The keys that stand at the end of an action's body."""
    return ("task", "menu", "speechRecTerms") if type_.startswith("menu") else ("outputs",)


def arranged(keys: Iterable[str], order: tuple[str, ...], *, last: tuple[str, ...] = ()) -> list[str]:
    """Keys in the order of a table.

    >>> arranged(["b", "own", "a"], ("a", "b"))
    ['a', 'b', 'own']
    """
    ranks = {key: (0, index) for index, key in enumerate(order)}
    ranks |= {key: (1, index) for index, key in enumerate(last)}
    placed: dict[str, tuple[int, int, int]] = {}
    before = (0, -1)
    for number, key in enumerate(keys):
        before = ranks.get(key, before)
        placed[key] = (*before, number if key not in ranks else -1)
    return sorted(placed, key=lambda key: placed[key])
