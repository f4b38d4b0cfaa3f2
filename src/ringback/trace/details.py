"""What a person reads about one event: each type has its writer."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from ringback.trace import events as ev
from ringback.trace.layout import Segment, Style, clean, cut, shown

Written = Iterator[tuple[Segment, ...]]

FAULTS = (ev.FlowErrorRaised, ev.ActionUnsupported, ev.FunctionUnsupported, ev.LimitReached)
_ANSWERED_BY: Mapping[str, str] = MappingProxyType(
    {"live": "live", "reply": "prepared reply", "world": "reply of the world", "permissive": "made up"}
)
_HOW: Mapping[str, str] = MappingProxyType(
    {
        "start": "",
        "jump": "",
        "choice": "",
        "call": "called",
        "repeat": "once more",
        "error": "error handling",
    }
)


def details(event: ev.Event) -> Written:
    """The lines of an event, without time and indent; none for an event that says nothing to a person."""
    return _WRITERS[type(event)](event)


def _one(*pieces: tuple[str, Style]) -> Written:
    yield tuple(Segment(clean(text) if text.strip() else text, style) for text, style in _spaced(pieces))


def _spaced(pieces: tuple[tuple[str, Style], ...]) -> Iterator[tuple[str, Style]]:
    for position, (text, style) in enumerate(piece for piece in pieces if piece[0]):
        if position:
            yield " ", "plain"
        yield text, style


def _started(event: ev.FlowStarted) -> Written:
    about = event.interaction
    by = f"from {about['from']}" if about.get("from") else "from an unknown number"
    to = f"to {about['to']}" if about.get("to") else ""
    return _one((event.flow, "heading"), (f"· {event.flow_type} ·", "dim"), (by, "plain"), (to, "plain"))


def _entered(event: ev.ContainerEntered) -> Written:
    how = _HOW.get(event.how, event.how)
    if event.how == "call" and event.action is not None:
        how = f"called by {event.action.name}"
    return _one((event.kind, "dim"), (event.container, "heading"), (_paren(how), "dim"))


def _nothing(_event: ev.Event) -> Written:
    return iter(())


def _played(event: ev.AudioPlayed) -> Written:
    return _one(("flow:", "dim"), (event.text, "said"))


def _awaited(event: ev.InputAwaited) -> Written:
    by_choice: dict[str, list[str]] = {}
    for key, name in sorted(event.options.items()):
        by_choice.setdefault(name, []).append(key)
    choices = ", ".join(f"{'/'.join(keys)} {name}" for name, keys in by_choice.items())
    return _one((f"listens {_seconds(event.timeout_ms)} for {choices or event.kind}", "dim"))


def _received(event: ev.InputReceived) -> Written:
    what = f"presses {event.digits}" if event.digits else f'says "{event.speech}"' if event.speech else ""
    if not what:
        return _one(("caller:", "dim"), (event.reason or "nothing", "warning"))
    refused = "" if event.accepted else f"({event.reason or 'not accepted'})"
    return _one(("caller:", "dim"), (what, "heard"), (refused, "warning"))


def _variable(event: ev.VariableSet) -> Written:
    return _one(
        (event.name, "name"), (shown(event.was, 30), "dim"), ("→", "dim"), (shown(event.value), "value")
    )


def _participant(event: ev.ParticipantDataSet) -> Written:
    was = () if event.was is None else ((shown(event.was, 30), "dim"),)
    return _one(
        ("participant", "dim"), (event.name, "name"), *was, ("→", "dim"), (shown(event.value), "value")
    )


def _called(event: ev.DataActionCalled) -> Written:
    limit = f"within {_seconds(event.timeout_ms)}" if event.timeout_ms else ""
    given = ", ".join(f"{name} = {shown(value, 40)}" for name, value in event.inputs.items())
    # An action is often named after the data action that it calls.
    name = "" if event.action is not None and event.action.name == event.name else f'"{event.name}"'
    return _one(
        ("asks", "dim"), (name, "name"), ("with", "dim"), (given or "no inputs", "plain"), (limit, "dim")
    )


def _replied(event: ev.DataActionReplied) -> Written:
    http, by = event.http, _paren(_ANSWERED_BY.get(event.answered_by, event.answered_by))
    if http.get("method"):
        yield from _one(
            (f"{http['method']} {http.get('url') or ''}", "http"), (_body(http.get("request")), "dim")
        )
    if http.get("status"):
        good: Style = "http" if 200 <= http["status"] <= 299 else "error"
        yield from _one(
            (f"HTTP {http['status']}", good),
            (f"in {event.duration_ms:,} ms", "dim"),
            (by, "dim"),
            (_body(http.get("response"), 60), "dim"),
        )
    if event.status == "timeout":
        yield from _one((f"no answer within {event.duration_ms:,} ms", "warning"), (by, "dim"))
    elif event.error:
        yield from _error(event.error)
    elif not http:
        given = ", ".join(f"{name} = {shown(value, 30)}" for name, value in event.outputs.items())
        yield from _one(("answer", "dim"), (given or "nothing", "value"), (by, "dim"))


def _error(error: Mapping[str, Any]) -> Written:
    words = error.get("userMessage") or error.get("userParamsMessage") or ""
    facts = [str(error[key]) for key in ("errorCode", "status") if error.get(key)]
    return _one((" ".join(facts), "error"), (str(words), "error"))


def _row(event: ev.TableLookedUp) -> Written:
    style: Style = "value" if event.status == "found" else "warning"
    row = shown(event.row, 50) if event.row else ""
    return _one(
        (f"{event.table}[{shown(event.key, 24)}]", "name"),
        (event.status, style),
        (row, "dim"),
        (event.error, "error"),
    )


def _contacts(event: ev.ContactsFound) -> Written:
    names = ", ".join(_contact_name(contact) for contact in event.contacts[:3])
    found = f"{event.count} found" if event.count else "nobody found"
    return _one(
        (f"contacts by {event.by} {event.key}:", "dim"),
        (found, "value"),
        (names, "dim"),
        (event.error, "error"),
    )


def _contact_name(contact: Mapping[str, Any]) -> str:
    parts = [str(contact[key]) for key in ("firstName", "lastName") if contact.get(key)]
    return " ".join(parts) or str(contact.get("name") or contact.get("id") or "?")


def _language(event: ev.LanguageSet) -> Written:
    return _one(("language", "name"), (event.was, "dim"), ("→", "dim"), (event.language, "value"))


def _transfer(event: ev.TransferAttempted) -> Written:
    target = f'{event.target_type} "{event.target}"'
    if event.accepted:
        return _one(("to", "dim"), (target, "good"))
    return _one(
        ("to", "dim"),
        (f"{target} refused:", "error"),
        (event.error_type, "error"),
        (event.error_message, "error"),
    )


def _waited(event: ev.TimeWaited) -> Written:
    return _one((f"{_seconds(event.ms)} pass", "dim"))


def _told(event: ev.PlatformTold) -> Written:
    facts = ", ".join(f"{name} = {shown(value, 40)}" for name, value in event.facts.items())
    by = _paren("as the scenario says") if event.decided_by == "scenario" else ""
    return _one(
        ("tells", "dim"), (event.kind, "name"), (facts, "plain"), (event.output, "value"), (by, "dim")
    )


def _schedule(event: ev.ScheduleEvaluated) -> Written:
    active = _paren(", ".join(event.active))
    return _one(
        ("schedule", "dim"),
        (event.schedule, "name"),
        (f"at {event.local_time}:", "dim"),
        (event.status, "value"),
        (active, "dim"),
    )


def _flow_called(event: ev.FlowCalled) -> Written:
    given = ", ".join(f"{name} = {shown(value, 40)}" for name, value in event.inputs.items())
    return _one(
        (event.flow_type, "dim"), (event.flow, "heading"), (_paren("called"), "dim"), (given, "plain")
    )


def _flow_returned(event: ev.FlowReturned) -> Written:
    given = ", ".join(f"{name} = {shown(value, 40)}" for name, value in event.values.items())
    return _one(("back from", "dim"), (event.flow, "heading"), (event.output, "value"), (given, "plain"))


def _turn(event: ev.LoopTurned) -> Written:
    return _one((f"turn {event.index + 1} of {event.count}", "dim"))


def _fault(event: ev.FlowErrorRaised) -> Written:
    yield from _one(("error", "error"), (event.code, "error"), (event.message, "error"))
    if event.expression:
        yield from _one((f"in {event.field}:" if event.field else "in:", "dim"), (event.expression, "error"))


def _handling(event: ev.ErrorHandlingStarted) -> Written:
    return _one(("error handling", "heading"), (event.handling, "warning"), (event.target, "plain"))


def _unsupported(event: ev.ActionUnsupported) -> Written:
    return _one((event.hint or "not supported yet", "error"))


def _function(event: ev.FunctionUnsupported) -> Written:
    return _one(("not supported yet:", "error"), (event.function, "error"), (event.expression, "dim"))


def _limit(event: ev.LimitReached) -> Written:
    return _one((f"limit {event.limit} of {event.value:,} reached:", "error"), (event.message, "error"))


def _policy(event: ev.PolicyUsed) -> Written:
    return _one((f"undocumented, by policy {event.policy} = {event.choice}", "dim"))


def _hung_up(_event: ev.CallerHungUp) -> Written:
    return _one(("caller:", "dim"), ("hangs up", "heard"))


def _ended(event: ev.FlowEnded) -> Written:
    style: Style = "good" if event.status == "ended" else "error"
    target = f'to {event.target_type} "{event.target}"' if event.target_type else ""
    more = ", ".join(f"{name} {shown(value, 30)}" for name, value in event.details.items() if value)
    return _one((f"{event.status}:", style), (event.kind, "heading"), (target, style), (_paren(more), "dim"))


def _paren(text: str) -> str:
    return f"({text})" if text else ""


def _body(text: Any, width: int = 0) -> str:
    """A body on one line; JSON loses its line breaks and indents."""
    whole = str(text or "")
    with contextlib.suppress(ValueError):
        whole = json.dumps(json.loads(whole), ensure_ascii=False)
    return cut(clean(whole), width) if width else whole


def _seconds(ms: int) -> str:
    return f"{ms:,} ms" if ms % 1000 else f"{ms // 1000:,} s"


_WRITERS: Mapping[type[ev.Event], Callable[[Any], Written]] = MappingProxyType(
    {
        ev.FlowStarted: _started,
        ev.ContainerEntered: _entered,
        ev.ActionRan: _nothing,
        ev.AudioPlayed: _played,
        ev.InputAwaited: _awaited,
        ev.InputReceived: _received,
        ev.VariableSet: _variable,
        ev.ParticipantDataSet: _participant,
        ev.DataActionCalled: _called,
        ev.DataActionReplied: _replied,
        ev.TableLookedUp: _row,
        ev.ContactsFound: _contacts,
        ev.LanguageSet: _language,
        ev.TransferAttempted: _transfer,
        ev.TimeWaited: _waited,
        ev.PlatformTold: _told,
        ev.ScheduleEvaluated: _schedule,
        ev.FlowCalled: _flow_called,
        ev.FlowReturned: _flow_returned,
        ev.LoopTurned: _turn,
        ev.FlowErrorRaised: _fault,
        ev.ErrorHandlingStarted: _handling,
        ev.ActionUnsupported: _unsupported,
        ev.FunctionUnsupported: _function,
        ev.LimitReached: _limit,
        ev.PolicyUsed: _policy,
        ev.CallerHungUp: _hung_up,
        ev.FlowEnded: _ended,
    }
)
