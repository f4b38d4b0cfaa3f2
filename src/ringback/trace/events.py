"""What happened in a run: flat, typed events in the past tense.

Every event has an `id` (1, 2, 3 …), the id of the event before it, the virtual time, and, where it belongs
to one, the action and its place in the source. Renderers, reports, coverage and tests see only events.
Event types are the wire names in `tag`; `docs/events.md` lists them and a test compares.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec


class ActionRef(msgspec.Struct, frozen=True):
    """The action that an event belongs to."""

    id: str
    name: str
    type: str
    container: str


class Event(msgspec.Struct, tag_field="type", kw_only=True):
    """Fields of every event.

    Attributes:
        id, previous_id: number of this event and of the one before it (0: none).
        at_ms: virtual milliseconds since the interaction began.
        action: the action that was running, if any.
        source: "file:line" of that action.
    """

    id: int = 0
    previous_id: int = 0
    at_ms: int = 0
    action: ActionRef | None = None
    source: str = ""


class FlowStarted(Event, tag="flow_started"):
    """The interaction reached the flow."""

    flow: str
    flow_type: str
    interaction: dict[str, Any]


class ContainerEntered(Event, tag="container_entered"):
    """A task, menu or state was entered; `how` is start, jump, call, choice, error or repeat."""

    container: str
    kind: str
    how: str


class ActionRan(Event, tag="action_ran"):
    """An action ended through an output; "" is the way down to the next action."""

    output: str = ""
    duration_ms: int = 0
    detail: str = ""


class AudioPlayed(Event, tag="audio_played"):
    """The caller heard something."""

    text: str
    language: str = ""
    role: str = ""


class InputAwaited(Event, tag="input_awaited"):
    """The flow listened for keys or speech."""

    kind: str
    timeout_ms: int
    options: dict[str, str] = {}


class InputReceived(Event, tag="input_received"):
    """What came: digits, speech, or nothing in time; `accepted` tells whether the flow could use it."""

    digits: str = ""
    speech: str = ""
    accepted: bool = True
    reason: str = ""


class VariableSet(Event, tag="variable_set"):
    """A variable changed; values in friendly JSON, secure ones as ***."""

    name: str
    value: Any
    was: Any


class ParticipantDataSet(Event, tag="participant_data_set"):
    """A participant attribute changed."""

    name: str
    value: str | None
    was: str | None


class DataActionCalled(Event, tag="data_action_called"):
    """A data action was started with these inputs."""

    name: str
    category: str
    inputs: dict[str, Any]
    timeout_ms: int | None = None


class DataActionReplied(Event, tag="data_action_replied"):
    """A data action ended: status success, failure or timeout; `http` holds request and answer in brief."""

    name: str
    status: str
    duration_ms: int
    outputs: dict[str, Any] = {}
    error: dict[str, Any] = {}
    http: dict[str, Any] = {}
    answered_by: str = ""


class TableLookedUp(Event, tag="table_looked_up"):
    """A data table row was asked for."""

    table: str
    key: str
    status: str
    row: dict[str, Any] = {}
    error: str = ""


class ContactsFound(Event, tag="contacts_found"):
    """External contacts were looked for."""

    by: str
    key: str
    count: int
    contacts: list[dict[str, Any]] = []
    error: str = ""


class LanguageSet(Event, tag="language_set"):
    """The language of the interaction changed."""

    language: str
    was: str


class TransferAttempted(Event, tag="transfer_attempted"):
    """The flow tried to hand the interaction over."""

    kind: str
    target_type: str
    target: str
    accepted: bool
    error_type: str = ""
    error_message: str = ""


class TimeWaited(Event, tag="time_waited"):
    """The flow waited on purpose."""

    ms: int


class PlatformTold(Event, tag="platform_told"):
    """The flow told the platform something (milestone, tag, message …); `decided_by` scenario or policy."""

    kind: str
    facts: dict[str, Any] = {}
    output: str = ""
    values: dict[str, Any] = {}
    decided_by: str = ""


class ScheduleEvaluated(Event, tag="schedule_evaluated"):
    """A schedule or schedule group was looked at: the moment in its zone, the answer."""

    schedule: str
    local_time: str
    status: str
    active: list[str] = []


class FlowCalled(Event, tag="flow_called"):
    """A bot flow or common module began inside this interaction; its actions' ids begin with its name."""

    flow: str
    flow_type: str
    inputs: dict[str, Any] = {}


class FlowReturned(Event, tag="flow_returned"):
    """The called flow came back; `output` is the branch that it chose."""

    flow: str
    output: str
    values: dict[str, Any] = {}


class LoopTurned(Event, tag="loop_turned"):
    """A loop began a turn; the index counts from 0."""

    index: int
    count: int


class FlowErrorRaised(Event, tag="flow_error_raised"):
    """A step could not be executed; the flow's error handling takes over.

    Attributes:
        code: e.g. NOT_SET_OPERAND, INDEX_OUT_OF_RANGE, ACTION_LIMIT.
        message: what is wrong, with the expression.
        where: the field of the action, and the expression's text.
    """

    code: str
    message: str
    field: str = ""
    expression: str = ""


class ErrorHandlingStarted(Event, tag="error_handling_started"):
    """The flow's error handling runs: disconnect, jumpToTask, jumpToMenu, transferToAcd and so on."""

    handling: str
    target: str = ""


class ActionUnsupported(Event, tag="action_unsupported"):
    """The simulator does not know this action; the run ends as failed rather than guess."""

    hint: str = ""


class FunctionUnsupported(Event, tag="function_unsupported"):
    """An expression called a function of which only the name is known; the run ends as failed."""

    function: str
    expression: str = ""


class LimitReached(Event, tag="limit_reached"):
    """A named limit was hit; see docs/limits.md."""

    limit: str
    value: int
    message: str = ""


class PolicyUsed(Event, tag="policy_used"):
    """An undocumented behaviour was decided by a named policy, see docs/policies.md."""

    policy: str
    choice: str


class CallerHungUp(Event, tag="caller_hung_up"):
    """The caller ended the interaction."""


class FlowEnded(Event, tag="flow_ended"):
    """The flow is over; `kind` is the end's kind as in `ringback run`'s JSON."""

    kind: str
    target_type: str = ""
    target: str = ""
    status: str = "ended"
    details: dict[str, Any] = {}


AnyEvent: TypeAlias = (
    FlowStarted
    | ContainerEntered
    | ActionRan
    | AudioPlayed
    | InputAwaited
    | InputReceived
    | VariableSet
    | ParticipantDataSet
    | DataActionCalled
    | DataActionReplied
    | TableLookedUp
    | ContactsFound
    | LanguageSet
    | TransferAttempted
    | TimeWaited
    | PlatformTold
    | ScheduleEvaluated
    | FlowCalled
    | FlowReturned
    | LoopTurned
    | FlowErrorRaised
    | ErrorHandlingStarted
    | ActionUnsupported
    | FunctionUnsupported
    | LimitReached
    | PolicyUsed
    | CallerHungUp
    | FlowEnded
)
