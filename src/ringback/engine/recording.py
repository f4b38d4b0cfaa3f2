"""Which events an effect and its reply leave in the trace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ringback.flows import effects as ask
from ringback.trace import events

if TYPE_CHECKING:
    from ringback.engine.session import Session

Events = list[events.Event]
# What is seen when the effect begins, and what when the reply comes.
Pair = tuple[Events, Events]
MASK = "***"
# Kinds of questions whose answers are words; whether the flow could use one shows in what it does next.
_WORDS = frozenset({"intent", "slot", "yes_no", "choice"})


def _play(effect: ask.Play, _reply: Any) -> Pair:
    return [events.AudioPlayed(text=effect.text, language=effect.language)], []


def _gather(effect: ask.Gather, reply: Any) -> Pair:
    heard: Events = [events.AudioPlayed(text=effect.text, language=effect.language)] if effect.text else []
    heard.append(
        events.InputAwaited(kind=effect.kind, timeout_ms=effect.timeout_ms, options=dict(effect.options))
    )
    return heard, [_received(effect, reply)] if isinstance(reply, ask.Input) else []


def _received(effect: ask.Gather, reply: ask.Input) -> events.InputReceived:
    if not reply.digits and not reply.speech:
        return events.InputReceived(accepted=False, reason="nothing in time")
    if effect.kind in _WORDS:
        return events.InputReceived(digits=reply.digits, speech=reply.speech)
    if effect.kind == "menu":
        good = (reply.digits or reply.speech.strip().lower()) in effect.options or (
            effect.extensions and len(reply.digits) > 1
        )
        reason = "" if good else "not on the menu"
    else:
        count = len(ask.entered(reply.digits, effect.terminator))
        good = effect.least <= count <= effect.most or reply.digits in tuple(effect.alone)
        reason = "" if good else f"{count} of {effect.least} to {effect.most} digits"
    digits = MASK if effect.secure and reply.digits else reply.digits
    return events.InputReceived(digits=digits, speech=reply.speech, accepted=good, reason=reason)


def _data_action(effect: ask.CallDataAction, reply: ask.DataActionReply) -> Pair:
    replied = _replied(effect.name, reply)
    # The longest first: one secret may be a part of another.
    for secret in sorted((str(effect.inputs.get(key) or "") for key in effect.masked), key=len, reverse=True):
        replied.http = _without(secret, replied.http)
    return [_called(effect)], [replied]


def _called(effect: ask.CallDataAction) -> events.DataActionCalled:
    inputs = {key: MASK if key in effect.masked else value for key, value in effect.inputs.items()}
    return events.DataActionCalled(
        name=effect.name, category=effect.category, inputs=inputs, timeout_ms=effect.timeout_ms
    )


def _without(secret: str, http: dict[str, Any]) -> dict[str, Any]:
    """The exchange in brief without a secret, wherever it stands."""
    return {
        key: value.replace(secret, MASK) if secret and isinstance(value, str) else value
        for key, value in http.items()
    }


def _post(effect: ask.PostLookup, reply: ask.DataActionReply) -> Pair:
    called = events.DataActionCalled(
        name=effect.name, category=effect.url, inputs=effect.body, timeout_ms=effect.timeout_ms
    )
    return [called], [_replied(effect.name, reply)]


def _replied(name: str, reply: ask.DataActionReply) -> events.DataActionReplied:
    return events.DataActionReplied(
        name=name,
        status=reply.status,
        duration_ms=reply.elapsed_ms,
        outputs=reply.outputs,
        error=reply.error,
        http=reply.http,
        answered_by=reply.source,
    )


def _row(effect: ask.LookUpRow, reply: ask.RowReply) -> Pair:
    error = f"{reply.error_type}: {reply.error_message}" if reply.error_type else ""
    looked = events.TableLookedUp(
        table=effect.table, key=effect.key, status=reply.status, row=reply.row, error=error
    )
    return [], [looked]


def _contacts(effect: ask.FindContacts, reply: ask.ContactsReply) -> Pair:
    contacts = reply.contacts
    found = events.ContactsFound(
        by=effect.by, key=effect.key, count=len(contacts), contacts=contacts, error=reply.error
    )
    return [], [found]


def _organization(effect: ask.FindOrganization, reply: ask.ContactsReply) -> Pair:
    return _contacts(ask.FindContacts("organization id", effect.key), reply)


def _transfer(effect: ask.Transfer, reply: ask.TransferReply) -> Pair:
    attempt = events.TransferAttempted(
        kind=effect.kind,
        target_type=effect.target_type,
        target=effect.target,
        accepted=reply.accepted,
        error_type=reply.error_type,
        error_message=reply.error_message,
    )
    return [], [attempt]


def _told(effect: ask.Tell, reply: ask.Told) -> Pair:
    told = events.PlatformTold(
        kind=effect.kind,
        facts=effect.facts,
        output=reply.output,
        values=reply.values,
        decided_by=reply.source,
    )
    said = [events.AudioPlayed(text=effect.text, role="message")] if effect.text else []
    return [], [told, *(said if reply.output != "failure" else [])]


def _wait(effect: ask.Wait, _reply: Any) -> Pair:
    return [], [events.TimeWaited(ms=effect.ms)]


_RECORDERS: Mapping[type, Callable[[Any, Any], Pair]] = MappingProxyType(
    {
        ask.Play: _play,
        ask.Gather: _gather,
        ask.CallDataAction: _data_action,
        ask.PostLookup: _post,
        ask.LookUpRow: _row,
        ask.FindContacts: _contacts,
        ask.FindOrganization: _organization,
        ask.Transfer: _transfer,
        ask.Wait: _wait,
        ask.Tell: _told,
    }
)


def record(session: Session, effect: ask.Effect, *, reply: ask.Reply) -> None:
    """Note an answered effect in the session's trace, and let its time pass."""
    if session.events is None:
        session.at_ms += reply.elapsed_ms
        return
    began, came = events_of(effect, reply)
    for event in began:
        session.emit(event)
    session.at_ms += reply.elapsed_ms
    for event in came:
        session.emit(event)


def events_of(effect: ask.Effect, reply: Any) -> Pair:
    """The events of an answered effect: when it began, and when the reply came.

    A caller who hung up leaves what was played and the data action that was called.
    """
    if isinstance(reply, ask.HungUp):
        if isinstance(effect, ask.CallDataAction):
            return [_called(effect)], []
        if not isinstance(effect, ask.Play | ask.Gather):
            return [], []
    return _RECORDERS[type(effect)](effect, reply)
