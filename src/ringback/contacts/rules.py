"""Regulatory rules: may this contact be reached now, and on which channel?

`check` is pure: the same contact, rules and moment give the same verdict. Each refusal names its rule. A rule
refuses channels; a do-not-contact list refuses the whole contact unless it says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from ringback.contacts.emails import same_email
from ringback.contacts.numbers import main_region, number_type, parse_number, time_zones
from ringback.contacts.payload import CHANNELS, NUMBER_CHANNELS, Contact
from ringback.contacts.quiet import Hours, opens_at, quiet_end, zone_of
from ringback.core.errors import InternalError
from ringback.core.policies import Policies

Status = Literal["unknown", "pending", "passed", "failed"]
AVAILABLE = "available"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a rule refuses a channel.

    Attributes:
        rule: its name.
        kind: do-not-contact, blocked region, consent, channel check or quiet hours.
        reason: a sentence that names the rule.
        whole: whether the contact is refused, whatever the channel.
        waiting: whether it is not decided yet, as with a consent that was asked for.
        until: when these quiet hours end; None for other rules.
    """

    rule: str
    kind: str
    reason: str
    whole: bool = False
    waiting: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say.

    Attributes:
        status: passed when a channel is available; pending when none is but one is not decided; failed;
            unknown when there are no rules to ask.
        reason: why it is not passed; "" otherwise.
        rule: the rule that `reason` names.
        availability: each channel of the contact, to "available" or the reason why not.
        refusals: everything that any rule had to say, channel by channel.
        until: when only quiet hours stand in the way, the moment when a channel opens.
        policies: the named policies that decided something.
    """

    status: Status
    reason: str = ""
    rule: str = ""
    availability: Mapping[str, str] = field(default_factory=dict)
    refusals: Mapping[str, Sequence[Refusal]] = field(default_factory=dict)
    until: datetime | None = None
    policies: tuple[str, ...] = ()

    @property
    def first_channel(self) -> str | None:
        """The channel to use when nobody names one: the first available of voice, sms, email, chat."""
        return next((channel for channel, word in self.availability.items() if word == AVAILABLE), None)

    @property
    def clear(self) -> bool:
        """Whether an interaction may start: not failed, and a channel is available."""
        return self.status != "failed" and self.first_channel is not None


@dataclass(frozen=True, slots=True)
class Subject:
    """A contact at a moment, as rules see it."""

    contact: Contact
    now: datetime
    policies: Policies

    def zones(self, rule: QuietHours, channel: str) -> tuple[str, ...]:
        """Every time zone where the contact may be; () when nothing is known."""
        named = self.contact.metadata.get(rule.zone_field, "")
        if zone_of(named) is not None:
            return (named,)
        given = self.contact.channels
        # E-mail and chat have no place of their own: the contact's number tells it.
        number = (
            given.get(channel if channel in NUMBER_CHANNELS else "") or given.get("voice") or given.get("sms")
        )
        if number is None:
            return ()
        prefixes = [prefix for prefix in rule.zones if number.startswith(prefix)]
        return (rule.zones[max(prefixes, key=len)],) if prefixes else time_zones(number)


class Rule(Protocol):
    """One rule: a name, the channels that it looks at, and what it says of one."""

    @property
    def name(self) -> str:
        """How people call it."""

    @property
    def channels(self) -> tuple[str, ...]:
        """Where it holds."""

    def refuse(self, subject: Subject, channel: str) -> Refusal | None:
        """Why the channel must not be used, or None."""


@dataclass(frozen=True, slots=True)
class DoNotContact:
    """A list of people not to reach; `values` are normal forms from `listed_number` and its siblings."""

    name: str
    values: frozenset[str]
    channels: tuple[str, ...] = CHANNELS
    whole: bool = True

    def refuse(self, subject: Subject, channel: str) -> Refusal | None:
        """Refuse the contact when anything of it is listed, or (not `whole`) the listed address alone."""
        contact = subject.contact
        given = contact.channels if self.whole else {channel: contact.channels[channel]}
        what = next((name for name, value in given.items() if _listed(name, value) in self.values), None)
        if listed_id(contact.external_contact_id) in self.values:
            return self._refusal("its external id is listed", whole=True)
        return self._refusal(f"its {what} address is listed", whole=self.whole) if what else None

    def _refusal(self, reason: str, *, whole: bool) -> Refusal:
        return _refusal(self.name, "do-not-contact", reason=reason, whole=whole)


@dataclass(frozen=True, slots=True)
class BlockedRegions:
    """Countries (ISO 3166) and calling codes that must not be reached."""

    name: str
    regions: frozenset[str]
    calling_codes: frozenset[int]
    channels: tuple[str, ...] = NUMBER_CHANNELS

    def refuse(self, subject: Subject, channel: str) -> Refusal | None:
        """Refuse a number of a blocked country."""
        text = subject.contact.channels[channel]
        if channel not in NUMBER_CHANNELS:
            return None
        number = parse_number(text)
        if number.calling_code in self.calling_codes:
            reason = f"numbers of +{number.calling_code} are blocked"
            return _refusal(self.name, "blocked region", reason=reason)
        region = number.region
        if not region and self.regions:
            subject.policies.get("number_region")
            region = main_region(number.calling_code)
        return (
            _refusal(self.name, "blocked region", reason=f"{region} is blocked")
            if region in self.regions
            else None
        )


@dataclass(frozen=True, slots=True)
class Consent:
    """Channels that need the contact's consent, which stands in its metadata.

    Attributes:
        field: key of the metadata; `{channel}` in it becomes the channel's name.
        accepted: values that give consent, in lower case; so does a list of channels, `voice, sms`.
        pending: values that mean that it was asked for.
    """

    name: str
    channels: tuple[str, ...]
    field: str
    accepted: frozenset[str]
    pending: frozenset[str]

    def refuse(self, subject: Subject, channel: str) -> Refusal | None:
        """Refuse a channel without consent."""
        key = self.field.replace("{channel}", channel)
        value = subject.contact.metadata.get(key, "").strip().casefold()
        if value in self.accepted or channel in (part.strip() for part in value.split(",")):
            return None
        waiting = value in self.pending
        wanted = "is asked for, not given yet" if waiting else "is not given"
        reason = f"consent {wanted} (metadata {key!r})"
        return _refusal(self.name, "consent", reason=reason, waiting=waiting)


@dataclass(frozen=True, slots=True)
class ChannelCheck:
    """Channels that are closed, or not to be used for some kinds of line.

    Attributes:
        closed: whether nobody is reached there.
        refuse_types: of `numbers.number_types`.
    """

    name: str
    channels: tuple[str, ...]
    closed: bool = False
    refuse_types: frozenset[str] = frozenset()

    def refuse(self, subject: Subject, channel: str) -> Refusal | None:
        """Refuse a closed channel, or a number of a refused kind."""
        if self.closed:
            return _refusal(self.name, "channel check", reason=f"{channel} is closed")
        if channel not in NUMBER_CHANNELS or not self.refuse_types:
            return None
        kind = number_type(subject.contact.channels[channel])
        if kind not in self.refuse_types:
            return None
        return _refusal(self.name, "channel check", reason=f"the number is of type {kind}")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours in which channels rest, by the clock where the contact is.

    Attributes:
        zone_field: key of the metadata that may name the contact's time zone.
        zones: time zone by the beginning of a number; the longest beginning counts.
    """

    name: str
    channels: tuple[str, ...]
    hours: Hours
    zone_field: str = "timeZone"
    zones: Mapping[str, str] = field(default_factory=dict)

    def refuse(self, subject: Subject, channel: str) -> Refusal | None:
        """Refuse a channel while it rests."""
        zones = subject.zones(self, channel)
        if not zones:
            if subject.policies.get("quiet_hours_unknown_zone") == "open":
                return None
            return _refusal(self.name, "quiet hours", reason="the contact's time zone is not known")
        every = len(zones) > 1 and subject.policies.get("quiet_hours_zones") == "all_quiet"
        found = quiet_end(self.hours, zones, now=subject.now, every=every)
        if found is None:
            return None
        until, zone = found
        clock = subject.now.astimezone(zone_of(zone)).strftime("%H:%M")
        waiting = subject.policies.get("quiet_hours_status") == "pending"
        reason = f"it is {clock} in {zone}"
        if len(zones) > 1:
            reason += f", one of {len(zones)} time zones where the contact may be"
        return _refusal(self.name, "quiet hours", reason=reason, waiting=waiting, until=until)

    def end(self, subject: Subject, channel: str, *, moment: datetime) -> datetime | None:
        """When the quiet hours around a moment end, or None."""
        zones = subject.zones(self, channel)
        every = len(zones) > 1 and subject.policies.get("quiet_hours_zones") == "all_quiet"
        found = quiet_end(self.hours, zones, now=moment, every=every)
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a document, in the order in which they are asked: what never changes first."""

    do_not_contact: tuple[DoNotContact, ...] = ()
    blocked_regions: tuple[BlockedRegions, ...] = ()
    consent: tuple[Consent, ...] = ()
    channel_checks: tuple[ChannelCheck, ...] = ()
    quiet_hours: tuple[QuietHours, ...] = ()
    source: str = ""

    def of(self, channel: str) -> list[Rule]:
        """The rules that look at a channel."""
        every: tuple[Rule, ...] = (
            *self.do_not_contact,
            *self.blocked_regions,
            *self.consent,
            *self.channel_checks,
            *self.quiet_hours,
        )
        return [rule for rule in every if channel in rule.channels]


NO_RULES = Rules()


def check(
    contact: Contact, rules: Rules | None, *, now: datetime, policies: Policies | None = None
) -> Verdict:
    """What the rules say of a contact at a moment.

    Args:
        contact: as `parse_contact` gives it.
        rules: None when nobody has set any up, which is not the same as none that refuses.
        now: an aware moment.
        policies: which choices hold.
    """
    if now.tzinfo is None:
        raise InternalError("rules are checked at a moment with a time zone")
    if rules is None:
        return Verdict("unknown")
    used = Policies(policies.chosen if policies else {})
    subject = Subject(contact, now, used)
    refusals = {
        channel: [said for rule in rules.of(channel) if (said := rule.refuse(subject, channel))]
        for channel in contact.channels
    }
    whole = next((said for each in refusals.values() for said in each if said.whole), None)
    first = {channel: whole or next(iter(each), None) for channel, each in refusals.items()}
    availability = {channel: said.reason if said else AVAILABLE for channel, said in first.items()}
    if list(availability.values()).count(AVAILABLE) > 1:
        used.get("first_channel")
    until = None if whole else _until(rules, subject, refusals=refusals)
    status, blame = _status(availability, refusals, whole=whole)
    return Verdict(
        status=status,
        reason=blame.reason if blame else "",
        rule=blame.rule if blame else "",
        availability=availability,
        refusals=refusals,
        until=until,
        policies=tuple(sorted(used.used)),
    )


def listed_number(e164: str) -> str:
    """A number as do-not-contact lists compare it."""
    return f"number:{e164}"


def listed_email(text: str) -> str:
    """An e-mail address as do-not-contact lists compare it: without regard to case."""
    return f"email:{same_email(text)}"


def listed_id(text: str) -> str:
    """An external id as do-not-contact lists compare it: without regard to case."""
    return f"id:{text.strip().casefold()}"


def _listed(channel: str, value: str) -> str:
    if channel in NUMBER_CHANNELS:
        return listed_number(value)
    return listed_email(value) if channel == "email" else ""


def _refusal(
    rule: str,
    kind: str,
    *,
    reason: str,
    whole: bool = False,
    waiting: bool = False,
    until: datetime | None = None,
) -> Refusal:
    return Refusal(rule, kind, f"{kind} '{rule}': {reason}", whole, waiting, until)


def _status(
    availability: Mapping[str, str], refusals: Mapping[str, Sequence[Refusal]], *, whole: Refusal | None
) -> tuple[Status, Refusal | None]:
    """The status, and the refusal that decides it."""
    if AVAILABLE in availability.values():
        return "passed", None
    if whole:
        return "failed", whole
    for each in refusals.values():
        if all(said.waiting for said in each):
            return "pending", each[0]
    return "failed", next(iter(refusals.values()))[0]


def _until(rules: Rules, subject: Subject, *, refusals: Mapping[str, Sequence[Refusal]]) -> datetime | None:
    """When the first channel opens that only quiet hours close; None when one is open or none will be."""
    if not all(refusals.values()):
        return None
    resting = [channel for channel, each in refusals.items() if all(said.until for said in each)]
    opening = [opens_at(subject.now, _ends(rules, subject, channel=channel)) for channel in resting]
    return min((moment for moment in opening if moment), default=None)


def _ends(rules: Rules, subject: Subject, *, channel: str) -> list[Callable[[datetime], datetime | None]]:
    def end_of(rule: QuietHours) -> Callable[[datetime], datetime | None]:
        return lambda moment: rule.end(subject, channel, moment=moment)

    return [end_of(rule) for rule in rules.quiet_hours if channel in rule.channels]
