"""Actions of which only the declared outputs are known: one table, no behaviour of their own.

Such an action tells the platform its fields and leaves through the output that the scenario names (`outcomes`
in the world), else through the first one (policy `declared_output`). `name:type` is a value, `name>type` a
variable that it writes with the scenario's value; `*` allows outputs of any name.
"""

from __future__ import annotations

from dataclasses import replace

from ringback.flows.actions.base import ActionType, Field
from ringback.flows.actions.call_data import CALL_DATA
from ringback.flows.actions.told import ERROR_FIELDS, building

_BOT = "inputText:str exitReason>str intent>str inputs.*:any sessionVariableOutputs.*>any"
# key, title, what it does, outputs, fields
_ROWS = (
    (
        "askForAuthentication",
        "Ask for Authentication",
        "Asks the participant to sign in.",
        "success failure maxNoInputs maxNoMatches",
        "signInMessage:str successMessage:str authenticationCompletionTimeout:dur",
    ),
    (
        "askForPayment",
        "Ask for Payment",
        "Sends a payment request.",
        "success failure maxNoInputs maxNoMatches *",
        "currency:str countryCode:str paymentPlatform:str totalPrice:cur receivedMessageTitle:str",
    ),
    (
        "askSurveyQuestion",
        "Ask Survey Question",
        "Asks one question of the survey form.",
        "default maxNoInputs maxNoMatches *",
        "questionCondition:bln answer:com followUpQuestion:com notApplicable:str",
    ),
    (
        "callAudioConnector",
        "Call Audio Connector",
        "Streams audio to an external service.",
        "success failure",
        "connectorId:str sessionVariables.*:any sessionVariableOutputs.*>any",
    ),
    ("callBotConnector", "Call Bot Connector", "Runs a bot of another maker.", "* failure", _BOT),
    (
        "callBridge",
        "Call Bridge Action",
        "Runs an action of the old premise bridge.",
        "success failure timeout",
        "",
    ),
    (
        "callDecisionTable",
        "Call Decision Table",
        "Evaluates a decision table.",
        "success failure",
        "input:jsn output>jsn",
    ),
    (
        "callDialogEngineBot",
        "Call Dialog Engine Bot",
        "Runs an old Dialog Engine bot.",
        "* noIntent knowledge failure",
        f"{_BOT} terminationState>str",
    ),
    (
        "callDialogflowBot",
        "Call Dialogflow Bot",
        "Runs a Google Dialogflow ES bot.",
        "* failure",
        f"{_BOT} intentProbability>dec",
    ),
    (
        "callDialogflowCxBot",
        "Call Dialogflow CX Bot",
        "Runs a Google Dialogflow CX bot.",
        "success failure",
        f"{_BOT} sessionParameters.*:any sessionParameterOutputs.*>any",
    ),
    (
        "callGuide",
        "Call Guide",
        "Runs an AI guide.",
        "success failure timeout",
        "guideInputs.*:any guideOutputs.*>any voiceProcessingPrompt:com",
    ),
    ("callLexBot", "Call Lex Bot", "Runs an Amazon Lex bot.", "* failure", f"{_BOT} startAudio:aud"),
    (
        "callLexV2Bot",
        "Call Lex V2 Bot",
        "Runs an Amazon Lex V2 bot.",
        "* failure",
        f"{_BOT} aliasInitialIntentName:str",
    ),
    (
        "callNuanceMixBot",
        "Call Nuance Mix Bot",
        "Runs a Nuance Mix bot.",
        "* failure",
        f"{_BOT} channelId:str botVariables.*:any",
    ),
    ("clearVoicemailSnippet", "Clear Voicemail Snippet", "Discards the recorded snippet.", "", ""),
    (
        "deflect",
        "Deflect",
        "Moves the caller to another channel.",
        "success failure",
        "deflectTo:str message:str smsFrom:phn",
    ),
    ("detectIntent", "Detect Intent", "Finds the intent of a text.", "default", "detectedIntent>str"),
    (
        "findKnowledgeBaseDocumentById",
        "Find Knowledge Base Document by Id",
        "Reads an article.",
        "found notFound",
        "findId:str findResult>kbd",
    ),
    (
        "getAssignedCustomerIntents",
        "Get Assigned Customer Intents",
        "Reads the customer intents of a contact.",
        "found notFound failure",
        "externalContactId:str",
    ),
    (
        "getJourneyOutcome",
        "Get Journey Outcome",
        "Reads a journey outcome.",
        "found notFound",
        "findId:str findResult>joc",
    ),
    (
        "getJourneyOutcomeScoresBySession",
        "Get Journey Outcome Scores by Session",
        "Reads the outcome scores of a journey session.",
        "found notFound",
        "findId:str",
    ),
    (
        "getJourneySegment",
        "Get Journey Segment",
        "Reads a journey segment.",
        "found notFound",
        "findId:str findResult>jsg",
    ),
    (
        "getJourneySession",
        "Get Journey Session",
        "Reads a journey session.",
        "found notFound",
        "findId:str findResult>jse",
    ),
    (
        "getJourneySessionDetails",
        "Get Journey Session Details",
        "Reads the details of a journey session.",
        "found notFound",
        "findId:str",
    ),
    (
        "getJourneySessionsByCustomer",
        "Get Journey Sessions by Customer",
        "Reads the journey sessions of a customer.",
        "found notFound",
        "findId:str findIdType:str findResult>jse_coll",
    ),
    (
        "getJourneySessionsByExternalContact",
        "Get Journey Sessions by External Contact",
        "Reads the journey sessions of a contact.",
        "found notFound",
        "findId:str findResult>jse_coll",
    ),
    (
        "getRawSIPHeaders",
        "Get Raw SIP Headers",
        "Reads all SIP headers.",
        "success failure",
        "rawSIPHeadersResult>str",
    ),
    (
        "getSIPHeaders",
        "Get SIP Headers",
        "Reads named SIP headers.",
        "success failure",
        "sipHeaderNames:str_coll sipHeadersResult>jsn",
    ),
    (
        "getSecuredData",
        "Get Secured Data",
        "Reads encrypted participant attributes.",
        "success failure",
        "conversationId:str",
    ),
    ("playUserGreeting", "Play User Greeting", "Plays the greeting of a user.", "", "user:usr"),
    ("playUserName", "Play User Name", "Plays the recorded name of a user.", "", "user:usr"),
    (
        "processVoicemailInput",
        "Process Voicemail Input",
        "Records and handles voicemail input.",
        "voicemail",
        "",
    ),
    ("sendDigitalCarousel", "Send Digital Carousel", "Sends cards.", "", ""),
    ("sendDigitalContent", "Send Digital Content", "Sends rich content.", "", ""),
    (
        "sendInteractiveApplication",
        "Send Interactive Application",
        "Starts an interactive app.",
        "success failure",
        "applicationName:str applicationUrl:str title:str subTitle:str",
    ),
    (
        "sendKnowledgeFeedback",
        "Send Knowledge Feedback",
        "Reports how useful an article was.",
        "success failure",
        "knowledgeArticle:kbd knowledgeFeedback:str knowledgeSearchId:str",
    ),
    (
        "sendRichLink",
        "Send Rich Link",
        "Sends a link card.",
        "success failure",
        "body:str footer:str headerType:str headerText:str urlLabel:str urlValue:str",
    ),
    (
        "setSecuredData",
        "Set Secured Data",
        "Writes encrypted participant attributes.",
        "success failure",
        "conversationId:str",
    ),
    ("showKnowledgeArticle", "Show Knowledge Article", "Shows an article.", "", "knowledgeArticle:kbd"),
)


def _field(text: str) -> Field:
    if ">" in text:
        path, _, type_ = text.partition(">")
        return Field(path, type_, "writes", about="A variable that it writes.")
    path, _, type_ = text.partition(":")
    return Field(path, type_, about="What it is told.")


def _declared(key: str, title: str, *, about: str, outputs: str, fields: str) -> ActionType:
    ways = tuple(outputs.split())
    told = tuple(_field(item) for item in fields.split())
    if "failure" in ways:
        told += ERROR_FIELDS
    return ActionType(
        key,
        title,
        about,
        building(told, ways, policy="declared_output"),
        told,
        ways,
        policies=("declared_output",) if ways else (),
        source="scripting SDK: declared outputs only",
    )


DECLARED = tuple(
    _declared(key, title, about=about, outputs=outputs, fields=fields)
    for key, title, about, outputs, fields in _ROWS
)
CALL_DATA_SECURE = replace(
    CALL_DATA,
    key="callDataSecure",
    title="Call Secure Data",
    about="Executes a data action that may read secure variables; Success, Failure or Timeout.",
    source="help: Call Secure Data action",
)
