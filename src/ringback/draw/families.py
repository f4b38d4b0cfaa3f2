"""What a reader should see at a glance: the family of an action, and the class of an output.

A family decides shape and colour. Types without a row here are found by the beginning of their name
(`transferToX`, `playX`, `findX` …), so a new action type gets a sensible place by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ringback.flows.actions import ACTIONS

Family = Literal["says", "asks", "decides", "data", "sets", "transfer", "end", "jump", "start"]
LinkClass = Literal["flow", "failure", "timeout", "entry", "jump", "call", "error"]

ABOUT: Mapping[Family, str] = {
    "says": "says something",
    "asks": "asks and listens",
    "decides": "decides",
    "data": "fetches data",
    "sets": "sets something",
    "transfer": "transfers",
    "end": "ends",
    "jump": "goes elsewhere",
    "start": "begins",
}


def _rows(**families: str) -> Mapping[str, Family]:
    return {type_: family for family, types in families.items() for type_ in types.split()}  # type: ignore[misc]  # the keywords are families


_FAMILIES = _rows(
    says="communicate holdMusic sendAutoReply sendNotification",
    asks="collectInput digitalMenu dialByExtension menu waitForInput menuDialByExtension",
    decides="decision switch loop loopUntil loopAnythingElse evaluateSchedule evaluateScheduleGroup",
    data="dataTableLookup plainLookup plainContactLookup getResponse",
    transfer="createCallback returnToAgent",
    end=(
        "disconnect endTask endState endWorkflow exitBotFlow exitWorkitemFlow menuDisconnect"
        " disconnectWorkitem terminateWorkitem abortSurveyInvite completeSurveyInvite"
    ),
    jump=(
        "jumpToTask jumpToMenu changeState callTask loopNext loopExit previousMenu repeatMenu menuTask"
        " menuSubMenu menuPreviousMenu menuRepeatMenu plainChoice"
        " callCommonModule callBotFlow callDigitalBotFlow"
    ),
)
_BEGINNINGS: tuple[tuple[str, Family], ...] = (
    ("transferTo", "transfer"),
    ("menuTransferTo", "transfer"),
    ("menuJumpTo", "jump"),
    ("play", "says"),
    ("sendResponse", "says"),
    ("askFor", "asks"),
    ("evaluate", "decides"),
    ("exit", "end"),
    ("find", "data"),
    ("search", "data"),
    ("call", "data"),
    ("get", "data"),
)
# The simulator's registry says which of its actions never continue below; these it may not know yet.
_ENDS = frozenset(
    {
        *("disconnect", "endWorkflow", "endState", "endTask", "exitBotFlow", "exitWorkitemFlow"),
        *("changeState", "loopNext", "loopExit", "jumpToTask", "jumpToMenu", "previousMenu", "repeatMenu"),
        "terminateWorkitem",
    }
)
LOOPS = frozenset({"loop", "loopUntil", "loopAnythingElse"})
# Outputs of types that the registry may not know yet.
_OUTPUTS: Mapping[str, tuple[str, ...]] = {
    "evaluateSchedule": ("active", "inactive"),
    "evaluateScheduleGroup": ("open", "closed", "holiday", "emergency"),
}
_FOUND = ("found", "notFound")
_FAILURES = frozenset({"failure", "error", "onerror", "notfound", "nomatch", "nointent", "emergency"})
_TIMEOUTS = frozenset({"timeout", "ontimeout", "noinput"})


def family_of(type_: str) -> Family:
    """The family of an action type, known or not.

    >>> family_of("transferToMoon"), family_of("updateData")
    ('transfer', 'sets')
    """
    if type_ in _FAMILIES:
        return _FAMILIES[type_]
    return next((family for start, family in _BEGINNINGS if type_.startswith(start)), "sets")


def ends(type_: str) -> bool:
    """Whether an action of this type never continues below."""
    known = ACTIONS.get(type_)
    return type_ in _ENDS or (known is not None and known.ends)


def class_of(output: str) -> LinkClass:
    """How an output is coloured.

    >>> class_of("failure"), class_of("onTimeout"), class_of("yes")
    ('failure', 'timeout', 'flow')
    """
    name = output.lower()
    if name in _TIMEOUTS:
        return "timeout"
    return "failure" if name in _FAILURES else "flow"


def below(type_: str, written: frozenset[str], *, documented: tuple[str, ...] = ()) -> tuple[str, ...] | None:
    """The outputs by which an action reaches the action below it.

    Args:
        type_: of the action.
        written: its outputs that have actions.
        documented: its outputs that the document names, with or without actions.

    `()` is the plain way down; None means that it cannot get there directly.
    """
    if ends(type_):
        return None
    if type_ in LOOPS:
        return ("done",)
    if family_of(type_) == "transfer":
        return None if "failure" in written else ("failure",)
    if not written:
        return ()
    declared = tuple(dict.fromkeys((*documented, *_declared(type_))))
    if declared and all(class_of(name) != "flow" for name in declared):
        return ()
    left = tuple(name for name in declared if "*" not in name and name not in written)
    # A type of which nothing is known may have more outputs than are written.
    return left or (None if _declared(type_) or "default" in written else ("otherwise",))


def _declared(type_: str) -> tuple[str, ...]:
    known = ACTIONS.get(type_)
    if known is not None:
        return known.outputs
    return _OUTPUTS.get(type_, _FOUND if type_.startswith("find") else ())


def title_of(type_: str) -> str:
    """Architect's name of an action type, else one made of the key.

    >>> title_of("callData"), title_of("somethingNew")
    ('Call Data Action', 'Something new')
    """
    known = ACTIONS.get(type_)
    if known is not None:
        return known.title
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in type_)
    return spaced[:1].upper() + spaced[1:]
