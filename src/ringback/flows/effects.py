"""What a flow asks of the world around it, and what it is told.

An effect is plain data: the session stops at it, a driver answers with a reply, the session goes on. Every
reply says how much virtual time passed (`elapsed_ms`). The same effects serve scripted, live, interactive
and exploratory runs.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec


class Effect(msgspec.Struct, frozen=True, tag_field="effect"):
    """Base of everything that a flow can ask for."""


class Play(Effect, frozen=True, tag="play"):
    """Play audio to the caller. Answered by `Done` or `HungUp`.

    Attributes:
        text: what is heard, as text.
        language: language tag in force.
        barge_in: whether a key interrupts it.
        ms: how long it takes; None is for the driver to say.
    """

    text: str
    language: str = ""
    barge_in: bool = True
    ms: int | None = None


class Gather(Effect, frozen=True, tag="gather"):
    """Play a prompt and wait for keys or speech. Answered by `Input` or `HungUp`.

    Attributes:
        text: the prompt as text.
        kind: "menu" (one key or a speech term) or "digits"; of bots "intent", "slot", "yes_no", "choice".
        least, most: number of digits for kind "digits"; 1 and 1 for a menu.
        terminator: key that ends the entry, or "".
        alone: keys that are an entry on their own, such as "*".
        secure: whether the entry goes to a secure variable; the trace shows *** then.
        timeout_ms: silence after the prompt until the entry counts as empty.
        inter_digit_ms: silence between keys that ends the entry.
        options: for a menu, what can be pressed or said -> choice name.
        ms: how long the prompt takes; None is for the driver to say.
        extensions: for a menu, whether several keys at once may dial an extension.
    """

    text: str
    kind: str
    least: int = 1
    most: int = 1
    terminator: str = ""
    timeout_ms: int = 10_000
    inter_digit_ms: int = 3_000
    language: str = ""
    options: dict[str, str] = {}
    alone: str = ""
    secure: bool = False
    ms: int | None = None
    extensions: bool = False


class CallDataAction(Effect, frozen=True, tag="call_data_action"):
    """Execute a data action. Answered by `DataActionReply`.

    Attributes:
        name, category: as the flow names them (action and integration).
        inputs: input name -> JSON value; NOT_SET inputs are already left out.
        timeout_ms: the step's own clock; None when the action's suggested timeout holds.
        outputs: wanted success output -> expression type code, for worlds that invent answers.
        masked: inputs that read secure variables; the trace shows *** for them.
    """

    name: str
    category: str
    inputs: dict[str, Any]
    timeout_ms: int | None = None
    secure: bool = False
    outputs: dict[str, str] = {}
    masked: tuple[str, ...] = ()


class PostLookup(Effect, frozen=True, tag="post_lookup"):
    """The plain form's look-up: POST JSON to a URL. Answered by `DataActionReply` (outputs: {"body": …})."""

    name: str
    url: str
    body: dict[str, Any]
    timeout_ms: int


class LookUpRow(Effect, frozen=True, tag="look_up_row"):
    """Read a data table row by key. Answered by `RowReply`."""

    table: str
    key: str
    outputs: dict[str, str] = {}


class FindContacts(Effect, frozen=True, tag="find_contacts"):
    """Find external contacts by `id` or by search `term`. Answered by `ContactsReply`."""

    by: str
    key: str


class FindOrganization(Effect, frozen=True, tag="find_organization"):
    """Find an external organization by its id. Answered by `ContactsReply` with its JSON body, or none."""

    key: str


class Transfer(Effect, frozen=True, tag="transfer"):
    """Try to hand the interaction over. Answered by `TransferReply` or `HungUp`.

    Attributes:
        kind: "transferToAcd", "transferToUser", "transferToNumber" …
        target_type: "queue", "user", "number" …
        target: its name or number.
    """

    kind: str
    target_type: str
    target: str
    target_id: str = ""
    details: dict[str, Any] = {}


class Wait(Effect, frozen=True, tag="wait"):
    """Let time pass. Answered by `Done` or `HungUp`."""

    ms: int


class Tell(Effect, frozen=True, tag="tell"):
    """Tell the platform something, or ask it which way an action goes. Answered by `Told`.

    Attributes:
        kind: the action's type.
        names: by which names a scenario may speak of it, first the most particular one.
        facts: what is told, in friendly JSON.
        outputs: the action's outputs, the one that is taken when nothing is said first; "*" stands for any.
        wanted: output values that the flow keeps -> expression type code.
        text: what the customer reads or hears if it works; "" for nothing.
        policy: the policy that decides when the scenario says nothing.
    """

    kind: str
    names: tuple[str, ...]
    facts: dict[str, Any]
    outputs: tuple[str, ...] = ()
    wanted: dict[str, str] = {}
    text: str = ""
    policy: str = "declared_output"


class Done(msgspec.Struct, frozen=True, tag_field="reply", tag="done"):
    """It was played or waited."""

    elapsed_ms: int = 0


class HungUp(msgspec.Struct, frozen=True, tag_field="reply", tag="hung_up"):
    """The caller is gone."""

    elapsed_ms: int = 0


class Input(msgspec.Struct, frozen=True, tag_field="reply", tag="input"):
    """What the caller pressed (with the terminator, if it was pressed) or said; nothing came: both empty."""

    elapsed_ms: int = 0
    digits: str = ""
    speech: str = ""


class DataActionReply(msgspec.Struct, frozen=True, tag_field="reply", tag="data_action"):
    """How a data action ended.

    Attributes:
        status: "success", "failure" or "timeout".
        outputs: success outputs, flattened as Architect sees them: name -> JSON value.
        error: failure outputs by Architect's names ("errorCode", "status", "userMessage" …).
        http: request and answer in brief, for the trace; secrets already removed.
        source: where the answer came from: "live", "canned", "permissive" …
    """

    elapsed_ms: int = 0
    status: str = "success"
    outputs: dict[str, Any] = {}
    error: dict[str, Any] = {}
    http: dict[str, Any] = {}
    source: str = ""
    policies: dict[str, str] = {}


class RowReply(msgspec.Struct, frozen=True, tag_field="reply", tag="row"):
    """A data table row: status "found", "notFound" or "failure"."""

    elapsed_ms: int = 0
    status: str = "found"
    row: dict[str, Any] = {}
    error_type: str = ""
    error_message: str = ""


class ContactsReply(msgspec.Struct, frozen=True, tag_field="reply", tag="contacts"):
    """External contacts that were found, as their JSON bodies; `error` when the search itself failed."""

    elapsed_ms: int = 0
    contacts: list[dict[str, Any]] = []
    error: str = ""


class TransferReply(msgspec.Struct, frozen=True, tag_field="reply", tag="transfer"):
    """Whether the transfer worked; if not, why."""

    elapsed_ms: int = 0
    accepted: bool = True
    error_type: str = ""
    error_message: str = ""


class Told(msgspec.Struct, frozen=True, tag_field="reply", tag="told"):
    """Which output the action leaves through, and values for what it writes.

    Attributes:
        source: "scenario" or "policy".
        policies: policies that decided.
    """

    elapsed_ms: int = 0
    output: str = ""
    values: dict[str, Any] = {}
    source: str = ""
    policies: dict[str, str] = {}


def entered(keys: str, terminator: str) -> str:
    """The digits of an entry without the key that ended it.

    >>> entered("1234#", "#")
    '1234'
    """
    return keys.removesuffix(terminator) if terminator else keys


AnyEffect: TypeAlias = (
    Play
    | Gather
    | CallDataAction
    | PostLookup
    | LookUpRow
    | FindContacts
    | FindOrganization
    | Transfer
    | Wait
    | Tell
)
Reply: TypeAlias = Done | HungUp | Input | DataActionReply | RowReply | ContactsReply | TransferReply | Told
