"""Actions that only tell the platform something, by subject: a row is a whole action."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import Field
from ringback.flows.actions.told import attempting, telling

_MAIL = (
    Field("from", "any", about="Sender."),
    Field("replyTo", "any", about="Where answers go."),
    Field("cc", "any", about="Copies."),
    Field("bcc", "any", about="Hidden copies."),
)


def _in_current_queue(run: Any, told: dict[str, Any]) -> None:
    """A callback without a queue goes to the one in which the interaction waits."""
    in_queue = run.program.flow.type.startswith("inqueue")
    if in_queue and "queue" not in told and "targetQueue" not in told:
        current = run.built_in("Call.CurrentQueue")
        if current is not None:
            told["queue"] = current.name


MESSAGES = (
    attempting(
        "sendResponse",
        "Send Response",
        about="Sends a text or a canned answer to the customer.",
        tells=(
            Field("messageBody", "str", about="The text."),
            Field("messageBodyStyle", "word", "word", about="How it is written."),
            Field("cannedResponse.name", "word", "word", about="A canned answer instead."),
        ),
        says="messageBody",
    ),
    attempting(
        "sendAutoReply",
        "Send Auto Reply",
        about="Answers an e-mail automatically.",
        tells=(
            *_MAIL,
            Field("subject", "str", about="Subject."),
            Field("messageBody", "str", about="The text."),
            Field("replyMode", "word", "word", about="Whom it goes to."),
        ),
        says="messageBody",
    ),
    attempting(
        "sendNotification",
        "Send Notification",
        about="Notifies users in the app or by mail.",
        tells=(
            Field("notificationType", "str", about="How."),
            Field("subject", "str", about="Subject."),
            Field("body", "str", about="The text."),
            Field("sendToUsers", "usr_coll", about="Whom."),
            Field("emailNotificationStyle", "str", about="How the mail looks."),
            Field("emailFrom", "any", about="Sender of the mail."),
        ),
    ),
    attempting(
        "getResponse",
        "Get Response",
        about="Reads a canned answer with substitutions.",
        tells=(
            Field("response.name", "word", "word", about="The canned answer."),
            Field("responseLibrary.name", "word", "word", about="Its library."),
            Field("responseSubstitutions.*", "any", about="What is put in."),
            Field("responseBodyHandling", "word", "word", about="Kept, stripped or turned to Markdown."),
            Field("responseBody", "str", "writes", about="Where the text goes."),
        ),
    ),
)
ANALYTICS = (
    telling(
        "addFlowMilestone",
        "Add Flow Milestone",
        about="Records that a milestone was reached.",
        tells=(Field("flowMilestone.name", "word", "word", about="The milestone."),),
    ),
    telling(
        "initializeFlowOutcome",
        "Initialize Flow Outcome",
        about="Starts a flow outcome; one that is never set counts as a failure at the end.",
        tells=(Field("flowOutcome.name", "word", "word", about="The outcome."),),
        then=lambda run, told: run.services.flow_outcome(str(told.get("flowOutcome")), done=False),
        policies=("unfinished_outcome",),
    ),
    telling(
        "setFlowOutcome",
        "Set Flow Outcome",
        about="Ends a flow outcome with SUCCESS or FAILURE.",
        tells=(
            Field("flowOutcome.name", "word", "word", about="The outcome."),
            Field("flowOutcomeValue", "str", about="SUCCESS or FAILURE."),
        ),
        then=lambda run, told: run.services.flow_outcome(str(told.get("flowOutcome")), done=True),
    ),
    attempting(
        "setExternalTag",
        "Set External Tag",
        about="Sets the external tag of the conversation.",
        tells=(Field("externalTag", "str", about="The tag."),),
    ),
    attempting(
        "setUtilizationLabel",
        "Set Utilization Label",
        about="Sets the utilization label of the interaction.",
        tells=(Field("utilizationLabel", "utl", about="The label."),),
    ),
    attempting("clearUtilizationLabel", "Clear Utilization Label", about="Removes the utilization label."),
    attempting(
        "setWrapupCode",
        "Set Wrap-up Code",
        about="Sets the wrap-up code of the interaction.",
        tells=(Field("wrapupCode", "wrc", about="The code."),),
    ),
)
ROUTING = (
    telling(
        "createCallback",
        "Create Callback",
        about="Asks for a callback; without a queue in the current one.",
        tells=(
            Field("callbackNumber", "phn", about="The number."),
            Field("calleeName", "str", about="Whom to call."),
            Field("targetQueue", "que", about="The queue."),
            Field("queue", "que", about="The same by another name."),
            Field("screenPopScript.*.inputs.*", "any", about="Inputs of the agent's script."),
            Field("scriptInputs.*", "any", about="The same by another name."),
        ),
        then=_in_current_queue,
    ),
    attempting(
        "setPriority",
        "Set Priority",
        about="Changes the priority while waiting.",
        tells=(Field("priority", "int", about="The priority."),),
    ),
    attempting(
        "setSkills",
        "Set Skills",
        about="Changes the requested skills while waiting.",
        tells=(
            Field("acdSkills.*.acdSkill", "skl", about="The skills."),
            Field("skills.*.acdSkill.skill", "skl", about="The same in another spelling."),
            Field("languageSkill", "lac", about="The language skill."),
        ),
    ),
    attempting(
        "setWhisperAudio",
        "Set Whisper Audio",
        about="Sets what the agent hears first; no value is the queue's own.",
        tells=(Field("whisperAudio", "aud", about="The audio."),),
    ),
    telling(
        "setUUIData",
        "Set UUI Data",
        about="Sets the user-to-user information of the outgoing leg.",
        tells=(Field("uuiData", "str", about="The text."),),
    ),
)
VOICE = (
    telling("flushAudio", "Flush Audio", about="Plays out queued audio before going on."),
    telling(
        "audioMonitoring",
        "Audio Monitoring",
        about="Switches audio monitoring on or off.",
        tells=(Field("enableMonitoring", "bln", about="NOT_SET is off."),),
        then=lambda _run, told: told.update({"enableMonitoring": told.get("enableMonitoring", False)}),
    ),
    telling(
        "enableParticipantRecord",
        "Enable Participant Recording",
        about="Switches the recording of the participant on or off.",
        tells=(Field("enable", "bln", about="On or off."),),
    ),
    telling(
        "transcription",
        "Transcription",
        about="Switches transcription on or off.",
        tells=(Field("enableTranscription", "bln", about="NOT_SET is off."),),
        then=lambda _run, told: told.update({"enableTranscription": told.get("enableTranscription", False)}),
    ),
    telling(
        "setPostFlow",
        "Set Post Flow",
        about="Names the flow that runs for a party afterwards.",
        tells=(
            Field("actionType", "str", about="What kind of flow."),
            Field("target", "str", about="Any, callee, caller or agent."),
            Field("targetFlow.name", "word", "word", about="The flow."),
            Field("invocationData", "jsn", about="Data for it."),
        ),
    ),
    telling(
        "clearPostFlow",
        "Clear Post Flow",
        about="Removes a post flow that was set.",
        tells=(Field("target", "str", about="Any, callee, caller or agent."),),
    ),
)
WORKITEMS = (
    attempting("disconnectWorkitem", "Disconnect Workitem", about="Takes the work item away from its agent."),
    attempting("terminateWorkitem", "Terminate Workitem", about="Closes the work item."),
    attempting(
        "updateWorkitem",
        "Update Workitem",
        about="Changes attributes of the work item.",
        tells=(Field("statements.*.*.value", "any", about="New values."),),
    ),
)
