"""The rules document (YAML or JSON) to `Rules`.

    country: US                        region of numbers in national notation; none by default
    doNotContact:
      - name: national list
        scope: contact                 or channel: only the listed address is refused
        numbers: ["+1 212 555 0123"]
        emails: [alice@example.com]
        externalIds: [EXT-1]
    consent:
      - {name: opt-in, channels: [voice], field: "consent.{channel}", accepted: ["yes"], pending: [asked]}
    quietHours:
      - {name: evenings, channels: [voice], days: [MO, TU], from: "21:00", to: "08:00",
         zoneField: timeZone, zones: {"+1555": America/New_York}}
    blockedRegions:
      - {name: sanctions, regions: [KP], callingCodes: ["+850"]}
    channelChecks:
      - {name: no texts to land lines, channels: [sms], refuseTypes: [fixedLine]}
      - {name: chat is closed, channels: [chat], closed: true}

Unknown keys are refused: a rule that is misspelt must not pass as one that says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import time
from typing import TypeVar

from ringback.contacts.emails import EmailError, parse_email
from ringback.contacts.numbers import NumberError, is_region, main_region, number_types, parse_number
from ringback.contacts.payload import CHANNELS, NUMBER_CHANNELS
from ringback.contacts.quiet import DAYS, Hours, zone_of
from ringback.contacts.rules import (
    BlockedRegions,
    ChannelCheck,
    Consent,
    DoNotContact,
    QuietHours,
    Rules,
    listed_email,
    listed_id,
    listed_number,
)
from ringback.core.errors import DefinitionError
from ringback.documents import Node, Problems, read_json, read_yaml, suggestion

_CODE = "RB080"
_SECTIONS = ("country", "doNotContact", "consent", "quietHours", "blockedRegions", "channelChecks")
_ACCEPTED = ("yes", "true", "1", "granted", "given", "opted-in")
_PENDING = ("pending", "asked")
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_PREFIX = re.compile(r"\+[1-9]\d{0,14}")
_CALLING_CODE = re.compile(r"\+?([1-9]\d{0,2})")
_CODE_HINT = 'write "+44"; one of several countries with a code is named instead: regions: [BS]'
_T = TypeVar("_T")


def load_rules(text: str, *, file: str) -> Rules:
    """The rules of a document.

    Args:
        text: YAML, or JSON when it begins with a brace.
        file: its name in messages.

    Raises:
        DefinitionError: `DocumentErrors` with every mistake and its place.
    """
    read = read_json if text.lstrip("\ufeff \t\r\n").startswith("{") else read_yaml
    document = read(text, file=file)
    if document.value is not None and not document.is_map:
        hint = f"sections: {', '.join(_SECTIONS)}"
        raise DefinitionError("rules are a mapping of sections", span=document.span, hint=hint, code=_CODE)
    problems = Problems()
    country = document.get("country")
    region = None if country is None else _region(country, problems)
    rules = _Loader(document, problems, region).load(file)
    problems.check()
    return rules


@dataclass(frozen=True, slots=True)
class _Loader:
    document: Node
    problems: Problems
    country: str | None = None

    def load(self, file: str) -> Rules:
        """The rules; problems are noted, not raised."""
        self.problems.unknown_keys(self.document, _SECTIONS, where="in the rules")
        rules = Rules(
            do_not_contact=self._section("doNotContact", self._do_not_contact),
            blocked_regions=self._section("blockedRegions", self._blocked_regions),
            consent=self._section("consent", self._consent),
            channel_checks=self._section("channelChecks", self._channel_check),
            quiet_hours=self._section("quietHours", self._quiet_hours),
            source=file,
        )
        self._unique_names()
        return rules

    # ---- sections

    def _section(self, section: str, load: Callable[[Node, str], _T]) -> tuple[_T, ...]:
        node = self.document.get(section)
        if node is None or node.value is None:
            return ()
        if not node.is_list:
            self._error(f"{section} must be a list of rules", node, hint="write `- name: …` below it")
            return ()
        found = []
        for number, item in enumerate(node, 1):
            if item.is_map:
                found.append(load(item, _text(item.get("name")) or f"{section} {number}"))
            else:
                self._error("a rule must be a mapping", item, hint="write `- name: …`")
        return tuple(found)

    def _do_not_contact(self, node: Node, name: str) -> DoNotContact:
        self._keys(node, name, known=("channels", "scope", "numbers", "emails", "externalIds"))
        scope = self._choice(node, "scope", choices=("contact", "channel"))
        values = [self._number(item) for item in self._items(node, "numbers")]
        values += [self._email(item) for item in self._items(node, "emails")]
        values += [listed_id(_text(item)) for item in self._items(node, "externalIds")]
        if node.get("numbers") is node.get("emails") is node.get("externalIds") is None:
            self._error(f"the list {name!r} has no values", node, hint="give numbers, emails or externalIds")
        channels = self._channels(node, CHANNELS)
        return DoNotContact(name, frozenset(values), channels, whole=scope == "contact")

    def _blocked_regions(self, node: Node, name: str) -> BlockedRegions:
        self._keys(node, name, known=("channels", "regions", "callingCodes"))
        regions = {_region(item, self.problems) for item in self._items(node, "regions")}
        codes = {self._calling_code(item) for item in self._items(node, "callingCodes")}
        if not regions and not codes:
            self._error(f"the rule {name!r} blocks nothing", node, hint="give regions or callingCodes")
        channels = self._channels(node, NUMBER_CHANNELS, allowed=NUMBER_CHANNELS)
        return BlockedRegions(name, frozenset(regions), frozenset(codes), channels)

    def _consent(self, node: Node, name: str) -> Consent:
        self._keys(node, name, known=("channels", "field", "accepted", "pending"))
        return Consent(
            name=name,
            channels=self._channels(node, CHANNELS),
            field=_text(node.get("field")) or "consent",
            accepted=self._words(node, "accepted", default=_ACCEPTED),
            pending=self._words(node, "pending", default=_PENDING),
        )

    def _channel_check(self, node: Node, name: str) -> ChannelCheck:
        self._keys(node, name, known=("channels", "closed", "refuseTypes"))
        closed, kinds = node.get("closed"), number_types()
        types = [self._one_of(item, kinds, what="kinds of line") for item in self._items(node, "refuseTypes")]
        if closed is not None and not isinstance(closed.value, bool):
            self._error("closed must be true or false", closed, hint="write `closed: true`")
        is_closed = closed is not None and closed.value is True
        if not types and (closed is None or closed.value is False):
            self._error(f"the rule {name!r} refuses nothing", node, hint="give `closed: true` or refuseTypes")
        return ChannelCheck(name, self._channels(node, CHANNELS), is_closed, frozenset(types))

    def _quiet_hours(self, node: Node, name: str) -> QuietHours:
        self._keys(node, name, known=("channels", "days", "from", "to", "zoneField", "zones"))
        days = [self._one_of(item, DAYS, what="days") for item in self._items(node, "days")]
        hours = Hours(frozenset(days or DAYS), self._time(node, "from"), self._time(node, "to"))
        zones = node.get("zones")
        if zones is not None and not zones.is_map:
            self._error("zones must be a mapping", zones, hint='write {"+1555": America/New_York}')
        return QuietHours(
            name=name,
            channels=self._channels(node, NUMBER_CHANNELS),
            hours=hours,
            zone_field=_text(node.get("zoneField")) or "timeZone",
            zones=dict(self._zone(zones, key) for key, _ in zones.items()) if zones else {},
        )

    # ---- values

    def _keys(self, node: Node, name: str, *, known: tuple[str, ...]) -> None:
        self.problems.unknown_keys(node, {"name", *known}, where=f"in the rule {name!r}")

    def _unique_names(self) -> None:
        """A refusal names its rule, so that no two may have one name."""
        seen: set[str] = set()
        for section in _SECTIONS:
            for item in self.document.get(section) or ():
                name = item.get("name")
                if name is None:
                    continue
                if _text(name) in seen:
                    self._error(f"two rules have the name {_text(name)!r}", name, hint="rename one of them")
                seen.add(_text(name))

    def _items(self, node: Node, key: str) -> list[Node]:
        found = node.get(key)
        if found is None or found.value is None:
            return []
        if not found.is_list:
            self._error(f"{key} must be a list", found, hint=f"write {key}: [{_text(found) or '…'}]")
            return []
        return list(found)

    def _channels(
        self, node: Node, default: tuple[str, ...], *, allowed: tuple[str, ...] = CHANNELS
    ) -> tuple[str, ...]:
        if node.get("channels") is None:
            return default
        given = {self._one_of(item, allowed, what="channels") for item in self._items(node, "channels")}
        if not given:
            self._error("the rule holds on no channel", node, hint=f"channels: {', '.join(allowed)}")
        return tuple(channel for channel in CHANNELS if channel in given)

    def _one_of(self, node: Node, known: Collection[str], *, what: str) -> str:
        text = _text(node)
        if text not in known:
            self._error(f"{text!r} is none of the {what}", node, hint=suggestion(text, known, what=what))
        return text

    def _choice(self, node: Node, key: str, *, choices: tuple[str, ...]) -> str:
        found = node.get(key)
        return choices[0] if found is None else self._one_of(found, choices, what=f"values of {key}")

    def _words(self, node: Node, key: str, *, default: tuple[str, ...]) -> frozenset[str]:
        if node.get(key) is None:
            return frozenset(default)
        return frozenset(_text(item).strip().casefold() for item in self._items(node, key))

    def _time(self, node: Node, key: str) -> time:
        found = node.get(key)
        if found is None:
            self._error(f"quiet hours need `{key}`", node, hint=f'write {key}: "21:00"')
        elif not _TIME.fullmatch(_text(found)):
            self._error(f"{_text(found)!r} is no time of day", found, hint="write hours and minutes: 08:00")
        else:
            return time.fromisoformat(_text(found))
        return time()

    def _zone(self, zones: Node, prefix: str) -> tuple[str, str]:
        if not _PREFIX.fullmatch(prefix):
            message = f"{prefix!r} is not the beginning of a number"
            self.problems.error(_CODE, message, span=zones.key_span(prefix), hint='write "+1555"')
        node = zones.get(prefix)
        if node is not None and zone_of(_text(node)) is None:
            self._error(f"{_text(node)!r} is no time zone", node, hint="write a name like America/New_York")
        return prefix, _text(node)

    def _number(self, node: Node) -> str:
        try:
            return listed_number(parse_number(_text(node), country=self.country).e164)
        except NumberError as fault:
            self._error(str(fault), node, hint="write it in E.164, or give the document a country")
            return ""

    def _email(self, node: Node) -> str:
        try:
            return listed_email(parse_email(_text(node)))
        except EmailError as fault:
            self._error(str(fault), node, hint="write name@example.com")
            return ""

    def _calling_code(self, node: Node) -> int:
        found = _CALLING_CODE.fullmatch(_text(node))
        code = int(found[1]) if found else 0
        if not code or not main_region(code):
            self._error(f"{_text(node)!r} is no calling code", node, hint=_CODE_HINT)
        return code

    def _error(self, message: str, node: Node, *, hint: str) -> None:
        self.problems.error(_CODE, message, span=node.span, hint=hint)


def _region(node: Node, problems: Problems) -> str:
    code = _text(node).upper()
    if not is_region(code):
        hint = "write two letters (ISO 3166), e.g. US or DE"
        message = f"{_text(node)!r} is no country with telephone numbers"
        problems.error(_CODE, message, span=node.span, hint=hint)
    return code


def _text(node: Node | None) -> str:
    """The text of a scalar as written; "" for anything else."""
    if node is None or node.value is None or node.is_map or node.is_list:
        return ""
    return node.text or str(node.value)
