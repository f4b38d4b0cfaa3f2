"""Which keys Archy YAML may have where: on actions, menu choices, containers and the flow itself.

The tables hold every key of the public flows we know (206 flows with 60 action types) and, for settings that
no public flow shows, the lower-camel form of the name in Genesys' scripting SDK. A key outside its table is
an error with a hint, except on actions of `UNSEEN`: no public flow shows those, so an unknown key there is a
warning.
"""

from __future__ import annotations

from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _table(**rows: str) -> Mapping[str, frozenset[str]]:
    return {key: _words(row) | {"name", "outputs", "none"} for key, row in rows.items()}


_FAILURE = " failureOutputs"
_AUDIO = " preTransferAudio failureTransferAudio preTransferCommunication failureTransferCommunication"
_TRANSFER = f"{_AUDIO}{_FAILURE} connectTimeout"
_ACD = (
    " targetQueue priority preferredAgents preferredAgentsWithScores languageSkill directAgent"
    " appendSkills acdSkills skills skillExpressionFilters overrideInQueueFlow inQueueFlow"
    f" useDefaultHandling{_TRANSFER}"
)
_FIND = " findName findId findResult"
_ASK = (
    " question noInput noMatch noInputs noMatches noInputReprompts noMatchReprompts voiceEndOfInputTimeout"
    " customizeNoInput customizeNoMatch knowledgeSearchResult speechRecognitionHints dtmfTermination"
)
_BOT = " inputText exitReason intent inputs outputs intentSlots sessionVariables sessionVariableOutputs"
_MAIL = " from replyTo cc bcc messageBody messageBodyStyle replyMode replyToSenderOnly attachments subject"
_DIAL = "extensionVariable interDigitTimeout repromptAudio repromptCount timeout failureOutputs"
_CONVERSATION = " conversationId participantId attributes"
_CHOICE = " refId dtmf globalDtmf speechRecTerms globalSpeechRecTerms speechRecTermsGlobal"

# Keys that stand in public flows.
_SEEN = _table(
    abortSurveyInvite="disposition",
    askForBoolean=f"result booleanResult{_ASK}",
    askForIntent=f"intents{_ASK}",
    askForSlot=(
        "slot customValidation confirmationMode confirmationQuestion chooser grammar repromptHandling"
        " continuationPrompt customizeContinuation continuationReprompts askResult"
        f" speechToTextEngineCompleteTimeout speechToTextEngineConfidenceLevel{_ASK}"
    ),
    callBotFlow=f"botFlow{_BOT}",
    callCommonModule="commonModule",
    callData=f"timeout category processingPrompt useSuggestedTimeout successOutputs{_FAILURE}",
    callDigitalBotFlow=f"digitalBotFlow{_BOT}",
    callTask="targetTaskRef targetTask inputs taskInputs taskOutputs",
    changeState="targetStateRef targetState",
    clearSlot="slot slots",
    collectInput=(
        "inputData digits interDigitTimeout noEntryTimeout inputAudio acceptJustStar acceptJustPound"
        f" verificationType verificationAudio includeTerminatingDtmfInResultData terminatingDtmf{_FAILURE}"
    ),
    communicate="communication",
    createCallback=(
        f"callbackNumber calleeName queue targetQueue script screenPopScript scriptInputs{_FAILURE}"
    ),
    dataTableLookup="lookupValue dataTable processingPrompt foundOutputs failureOutputs",
    decision="condition",
    digitalMenu=f"choices chooser selection{_ASK}",
    disconnect="",
    disconnectWorkitem="failureOutputs",
    endTask="outputPath",
    endWorkflow="exitReason",
    evaluateSchedule="evaluationType schedule evaluate emergencyGroup",
    evaluateScheduleGroup="inServiceSchedules evaluate scheduleGroup emergencyGroup",
    exitBotFlow="",
    exitWorkitemFlow="",
    findQueue=_FIND,
    findQueueById=_FIND,
    findUserById=_FIND,
    getConversationData=_CONVERSATION,
    getExternalContact="externalId externalResult externalContactId",
    getParticipantData="attributes",
    holdMusic="prompt bargeInEnabled playStyle",
    jumpToMenu="targetMenuRef targetMenu",
    jumpToTask="targetTaskRef targetTask inputs taskInputs",
    loop="currentIndex loopCount",
    loopExit="",
    loopNext="",
    playAudio="audio",
    playEstimatedWaitTime=(
        "estimatedWaitTime roundingInterval specificRoundingIntervals playbackMode estimatedWaitTimeAudio"
    ),
    playPositionInQueue="positionInQueue playbackMode positionInQueueAudio",
    sendAutoReply=f"failureOutputs{_MAIL}",
    sendResponse=f"failureOutputs cannedResponse quickReplies{_MAIL}",
    setConversationData=f"failureOutputs{_CONVERSATION}",
    setFlowOutcome="flowOutcome flowOutcomeValue",
    setLanguage="language languageValue",
    setParticipantData="attributes",
    setScreenPop="screenPopScript",
    switch="evaluate",
    transferToAcd=_ACD,
    transferToFlow=f"targetFlow invocationData{_TRANSFER}",
    transferToFlowSecure=f"targetFlow invocationData{_TRANSFER}",
    transferToUser=f"targetUser allowVoicemailRollover alertOnTransfer{_TRANSFER}",
    transferToVoicemail=f"destination script screenPopScript{_TRANSFER}",
    updateData="statements",
    wait="duration trimDurationNearMaxRunningTime",
    menuDisconnect=_CHOICE,
    menuJumpToTask=f"targetTaskRef targetTask inputs taskInputs{_CHOICE}",
    menuTask=f"task{_CHOICE}",
    menuTransferToAcd=f"{_ACD}{_CHOICE}",
)

# Keys in the lower-camel form of the scripting SDK; no public flow shows the action.
_FROM_SDK = _table(
    addFlowMilestone="flowMilestone milestone",
    associateExternalContact="externalContactId externalId",
    audioMonitoring="enableMonitoring",
    callBotConnector=f"botConnector failureOutputs{_BOT}",
    callBridge=f"timeout category processingPrompt successOutputs{_FAILURE}",
    callDataSecure=f"timeout category processingPrompt successOutputs{_FAILURE}",
    callDecisionTable="decisionTable input output failureOutputs",
    callDialogflowBot=f"dialogflowBot intentParameters intentProbability failureOutputs{_BOT}",
    callDialogflowCxBot=f"dialogflowCxBot sessionParameters sessionParameterOutputs failureOutputs{_BOT}",
    callGuide="guide guideInputs guideOutputs voiceProcessingPrompt failureOutputs",
    callLexBot=f"lexBot startAudio failureOutputs{_BOT}",
    callLexV2Bot=f"lexV2Bot aliasInitialIntentName failureOutputs{_BOT}",
    callVoiceFlow=f"voiceFlow{_BOT}",
    clearActiveIntent="",
    clearPostFlow="target",
    completeSurveyInvite=(
        "targetAddress targetAddressType inviteSubject inviteBody reminderSubject reminderBody"
    ),
    decryptData=f"dataToDecrypt decryptedData{_FAILURE}",
    detectSilence="timeout",
    dialByExtension=_DIAL,
    encryptData=f"dataToEncrypt encryptedData{_FAILURE}",
    endState="",
    enableParticipantRecord="enable",
    findEmergencyGroup=_FIND,
    findGrammar=_FIND,
    findGrammarById=_FIND,
    findGroup=_FIND,
    findLanguageSkill=_FIND,
    findSchedule=_FIND,
    findScheduleGroup=_FIND,
    findSkill=_FIND,
    findSystemPrompt=_FIND,
    findUser=_FIND,
    findUserPrompt=_FIND,
    findUsersById=_FIND,
    findUtilizationLabel=_FIND,
    flushAudio="",
    getExternalOrganization="externalId externalResult",
    getResponse=f"response responseLibrary responseSubstitutions responseBodyHandling responseBody{_FAILURE}",
    getSIPHeaders="sipHeaderNames sipHeadersResult failureOutputs",
    getRawSIPHeaders="rawSIPHeadersResult failureOutputs",
    initializeFlowOutcome="flowOutcome",
    loopAnythingElse=f"currentIndex maxLoopCount{_ASK}",
    loopUntil="currentIndex maxLoopCount loopCount untilCases cases",
    playAudioOnSilence="audio timeout allowedRepeatCount actualRepeatCount",
    playUserGreeting="user targetUser",
    playUserName="user targetUser",
    previousMenu="",
    promoteExternalContact="externalId externalResult failureOutputs",
    repeatMenu="",
    returnToAgent="",
    searchExternalContacts="searchTerm externalResults processingPrompt exactMatchOutputs multipleOutputs",
    sendNotification=(
        f"notificationType subject body sendToUsers emailNotificationStyle emailFrom{_FAILURE}"
    ),
    setExternalTag="externalTag failureOutputs",
    setIntent="intent",
    setPostFlow="actionType target targetFlow invocationData",
    setPriority="priority failureOutputs",
    setSkills="acdSkills skills languageSkill failureOutputs",
    setUUIData="uuiData",
    setUtilizationLabel="utilizationLabel failureOutputs",
    clearUtilizationLabel="failureOutputs",
    setWhisperAudio="whisperAudio failureOutputs",
    setWrapupCode="wrapupCode failureOutputs",
    transcription="enableTranscription",
    transferToGroup=f"targetGroup allowVoicemailRollover{_TRANSFER}",
    transferToNumber=f"targetNumber releaseLinkTransfer uuiData{_TRANSFER}",
    terminateWorkitem="failureOutputs",
    updateWorkitem="failureOutputs statements",
    waitForInput=_ASK,
    menuDialByExtension=f"{_DIAL}{_CHOICE}",
    menuJumpToMenu=f"targetMenuRef targetMenu{_CHOICE}",
    menuPreviousMenu=_CHOICE,
    menuRepeatMenu=_CHOICE,
    menuSubMenu=(
        f"menu subMenu targetMenuRef targetMenu choices audio settingsMenu settingsSpeechRec{_CHOICE}"
        " defaultMenuChoice defaultChildMenuRef"
    ),
    menuTransferToFlow=f"targetFlow invocationData{_TRANSFER}{_CHOICE}",
    menuTransferToFlowSecure=f"targetFlow invocationData{_TRANSFER}{_CHOICE}",
    menuTransferToGroup=f"targetGroup allowVoicemailRollover{_TRANSFER}{_CHOICE}",
    menuTransferToNumber=f"targetNumber releaseLinkTransfer{_TRANSFER}{_CHOICE}",
    menuTransferToUser=f"targetUser allowVoicemailRollover alertOnTransfer{_TRANSFER}{_CHOICE}",
    menuTransferToVoicemail=f"destination script screenPopScript{_TRANSFER}{_CHOICE}",
)

# Actions of which only fields and outputs are known, see `flows.actions.declared`.
_DECLARED = _table(
    askForAuthentication="signInMessage successMessage authenticationCompletionTimeout failureOutputs",
    askForPayment="currency countryCode paymentPlatform totalPrice receivedMessageTitle failureOutputs",
    askSurveyQuestion="questionCondition answer followUpQuestion notApplicable",
    callAudioConnector="connectorId sessionVariables sessionVariableOutputs failureOutputs",
    callDialogEngineBot=(
        "inputText exitReason intent inputs sessionVariableOutputs terminationState failureOutputs"
    ),
    callNuanceMixBot=(
        "inputText exitReason intent inputs sessionVariableOutputs channelId botVariables failureOutputs"
    ),
    clearVoicemailSnippet="",
    deflect="deflectTo message smsFrom failureOutputs",
    detectIntent="detectedIntent",
    extractSecureData="statements",
    findKnowledgeBaseDocumentById="findId findResult",
    getAssignedCustomerIntents="externalContactId failureOutputs",
    getJourneyOutcome="findId findResult",
    getJourneyOutcomeScoresBySession="findId",
    getJourneySegment="findId findResult",
    getJourneySession="findId findResult",
    getJourneySessionDetails="findId",
    getJourneySessionsByCustomer="findId findIdType findResult",
    getJourneySessionsByExternalContact="findId findResult",
    getSecuredData="conversationId failureOutputs",
    processVoicemailInput="",
    sendDigitalCarousel="",
    sendDigitalContent="",
    sendInteractiveApplication="applicationName applicationUrl title subTitle failureOutputs",
    sendKnowledgeFeedback="knowledgeArticle knowledgeFeedback knowledgeSearchId failureOutputs",
    sendRichLink="body footer headerType headerText urlLabel urlValue failureOutputs",
    setSecuredData="conversationId failureOutputs",
    showKnowledgeArticle="knowledgeArticle",
)

ACTION_KEYS: Mapping[str, frozenset[str]] = {**_SEEN, **_FROM_SDK, **_DECLARED}
UNSEEN = frozenset(_FROM_SDK) | frozenset(_DECLARED)

FLOW_KEYS = _words(
    "name description division startUpRef startUpObject startUpTaskActions startUpTaskVariables"
    " defaultLanguage supportedLanguages initialGreeting variables tasks menus states bots botStates"
    " settingsActionDefaults settingsErrorHandling settingsMenu settingsPrompts settingsSpeechRec"
    " settingsBotFlow settingsUserInput settingsKnowledge settingsNaturalLanguageUnderstanding"
    " settingsVirtualAgent settingsCommonModule settingsInQueueCall settingsInQueueEmail"
    " settingsInQueueShortMessage settingsInboundEmailHandling settingsOutboundCall settingsVoicemail"
    " settingsSurveyInvite settingsSecureCall settingsWorkitem settingsVoiceSurvey surveyForm worktype"
    " referencedObjects externalReferences"
)

_CONTAINER = "name refId description variables"
CONTAINER_KEYS: Mapping[str, frozenset[str]] = {
    "task": _words(f"{_CONTAINER} actions outputPaths"),
    "state": _words(f"{_CONTAINER} actions recurring"),
    "bot": _words(f"{_CONTAINER} actions"),
    "menu": _words(
        f"{_CONTAINER} audio settingsMenu settingsSpeechRec choices defaultMenuChoice defaultChildMenuRef"
    ),
}

VARIABLE_KEYS = _words("name initialValue isInput isOutput isSecure description")

# Members of settings blocks; a block that is not here is not checked.
SETTINGS_KEYS: Mapping[str, frozenset[str]] = {
    "settingsErrorHandling": _words(
        "errorHandling preHandlingAudio preHandlingCommunication enableAgentEscalation errorEventHandover"
        " errorEventHandling agentEscalationConfirmation agentEscalationHandover agentEscalationHandling"
        " recognitionFailureEventHandover recognitionFailureEventHandling none"
    ),
    "settingsMenu": _words(
        "extensionDialingMaxDelay listenForExtensionDialing menuSelectionTimeout repeatCount"
    ),
    "settingsPrompts": _words("ensureAudioInPrompts promptMediaToValidate"),
    "settingsSpeechRec": _words(
        "completeMatchTimeout incompleteMatchTimeout maxSpeechLengthTimeout minConfidenceLevel asrCompanyDir"
        " asrEnabledOnFlow suppressRecording"
    ),
}

# What a value may be wrapped in; exactly one of them, but `alternateSequences` may stand beside another.
WRAPPERS = _words("lit exp var tts prompt noValue none noValueWithNoFallback alternateSequences")
