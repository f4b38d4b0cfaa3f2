"""Execution data of a flow instance, made from the events of a run, as much as the log level shows.

The shape is the real platform's: `flow` with `execution`, a list of one-key objects such as `startedFlow`,
`startedTask`, `actionCallData`; each has `actionId`, `actionName`, `actionNumber`, `dateTime`, `executionId`,
`outputPathId`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ringback.engine.run import Run
from ringback.platform.clock import iso
from ringback.platform.store.reader import Body
from ringback.trace import events as ev

LEVELS = ("Disabled", "Base", "Notes", "VerboseNotes", "All")
# Characteristic -> the mildest level that includes it.
CHARACTERISTICS: Mapping[str, str] = {
    "executionItems": "Base",
    "eventError": "Base",
    "eventWarning": "Notes",
    "eventOther": "VerboseNotes",
    "executionInputOutputs": "All",
    "communications": "All",
    "variables": "All",
    "names": "All",
}


def level_of(request: Mapping[str, Any]) -> Body:
    """A log level with all its characteristics; those that a request names win."""
    level = str(request.get("level") or "Base")
    rank = LEVELS.index(level) if level in LEVELS else 1
    shown = {name: LEVELS.index(least) <= rank for name, least in CHARACTERISTICS.items()}
    named = request.get("characteristics") or {}
    return {"level": level, "characteristics": shown | {k: bool(v) for k, v in named.items() if k in shown}}


def data_of(run: Run, *, facts: Body, started: int, level: Body) -> Body:
    """The document that an instance's `downloadUri` gives.

    Args:
        run: the run that is over.
        facts: flowId, flowName, flowType, flowVersion.
        started: ms since 1970.
        level: the log level with its characteristics.
    """
    shown = level["characteristics"]
    end = run.end
    body: Body = {
        **facts,
        "conversationId": run.session.interaction.conversation_id,
        "flowExitReason": end.get("kind", ""),
        "startDateTime": iso(started),
        "endDateTime": iso(started + run.session.at_ms),
        "logLevel": level["level"],
        "execution": [],
    }
    if shown["eventError"]:
        body["errors"] = list(_problems(run, started))
    if shown["eventWarning"]:
        body["warnings"] = [{"text": each.message, "code": each.code} for each in run.warnings]
    if shown["executionItems"]:
        body["execution"] = [
            _reduced(item, shown) for item in map(run.hide, _items(run.events, started=started))
        ]
    if shown["variables"]:
        body["variables"] = run.variables
    return {"flow": body}


def reason(run: Run) -> str:
    """The code of the first error of a run; "" when it had none."""
    return next((each.code for each in run.events if isinstance(each, ev.FlowErrorRaised)), "")


def _problems(run: Run, started: int) -> Iterator[Body]:
    for event in run.events:
        if isinstance(event, ev.FlowErrorRaised | ev.LimitReached):
            code = event.code if isinstance(event, ev.FlowErrorRaised) else event.limit
            found = {"code": code, "text": event.message, "dateTime": iso(started + event.at_ms)}
            yield found | ({"actionId": event.action.id} if event.action else {})


def _items(found: tuple[ev.Event, ...], *, started: int) -> Iterator[Body]:
    inside: list[ev.Event] = []
    number = 0
    for event in found:
        if isinstance(event, ev.FlowStarted | ev.ContainerEntered | ev.FlowEnded):
            number += 1
            yield _frame(event, number, started=started)
        elif isinstance(event, ev.ActionRan) and event.action is not None:
            number += 1
            yield _action(event, inside, number=number, started=started)
            inside = []
        elif event.action is not None:
            inside.append(event)


def _frame(event: ev.Event, number: int, *, started: int) -> Body:
    common = {"executionId": number, "dateTime": iso(started + event.at_ms)}
    if isinstance(event, ev.FlowStarted):
        return {"startedFlow": {**common, "flowName": event.flow, "flowType": event.flow_type}}
    if isinstance(event, ev.ContainerEntered):
        word = {"menu": "startedMenu", "state": "startedState"}.get(event.kind, "startedTask")
        return {word: {**common, "containerName": event.container, "how": event.how}}
    assert isinstance(event, ev.FlowEnded), "frames are of three kinds"
    return {"endedFlow": {**common, "flowExitReason": event.kind, "status": event.status}}


def _action(event: ev.ActionRan, inside: list[ev.Event], *, number: int, started: int) -> Body:
    action = event.action
    assert action is not None, "only events of actions come here"
    word = "action" + action.type[:1].upper() + action.type[1:]
    item: Body = {
        "executionId": number,
        "actionId": action.id,
        "actionName": action.name,
        "actionNumber": int(_digits(action.id) or number),
        "dateTime": iso(started + event.at_ms - event.duration_ms),
        "durationMs": event.duration_ms,
        "outputPathId": event.output or "default",
    }
    for each in inside:
        if isinstance(each, ev.DataActionCalled | ev.FlowCalled):
            item["inputs"] = each.inputs
        elif isinstance(each, ev.DataActionReplied):
            item |= {"outputs": each.outputs, "error": each.error, "communications": each.http}
        elif isinstance(each, ev.VariableSet):
            item.setdefault("variables", {})[each.name] = each.value
        elif isinstance(each, ev.AudioPlayed):
            item.setdefault("communications", {})["played"] = each.text
    return {word: item}


def _digits(identity: str) -> str:
    tail = identity.rpartition("#")[2]
    return tail if tail.isdigit() else ""


_KEYS = {
    "executionInputOutputs": ("inputs", "outputs", "error"),
    "communications": ("communications",),
    "variables": ("variables",),
    "names": ("actionName", "flowName", "containerName"),
}


def _reduced(item: Body, shown: Mapping[str, bool]) -> Body:
    """An item without what the level does not show."""
    hidden = {key for name, keys in _KEYS.items() if not shown[name] for key in keys}
    return {
        word: {key: value for key, value in body.items() if key not in hidden} for word, body in item.items()
    }
