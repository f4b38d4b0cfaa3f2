"""What the pipeline does with a contact: register, check, start, each written down before the next.

A step that fails for the moment comes back later; how long later is the platform's wish (Retry-After) or a
growing wait. A step whose outcome is unknown looks at the platform before it writes again: for a
registration at once, because a second one would be refused anyway; for a start after the settling time, in
which the platform may still be doing what nobody waits for any more.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from ringback.cloud import pipeline_webhooks as webhooks
from ringback.cloud.errors import (
    CloudError,
    Conflict,
    MissingPermission,
    NotAuthenticated,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    UnreadableAnswer,
)
from ringback.cloud.pipeline_limiter import Limiter
from ringback.cloud.pipeline_metrics import Meter
from ringback.cloud.pipeline_platform import (
    Checked,
    NoIdError,
    NotRegistered,
    Platform,
    Registered,
    start_body,
)
from ringback.cloud.pipeline_store import Change, PipelineStore, Row
from ringback.cloud.pipeline_tables import CHECK, DONE, START
from ringback.contacts import Rules, check, parse_contact
from ringback.core.errors import RemoteError, UsageError

T = TypeVar("T")
# Metadata of an interaction: who started it.
SOURCE = "ringback contacts"
UNKNOWN = "unknown"  # outcome of a call, in the audit trail


@dataclass(frozen=True, slots=True)
class Pace:
    """Times of the pipeline, in seconds; docs/limits.md lists them.

    Attributes:
        lease: after which the work of a machine that is gone is taken up by another.
        settle: until a start without an answer is looked for.
        first_wait, longest_wait: between tries of a step.
        validation: until a contact that is being validated is asked for again.
        tries: of one step.
    """

    lease: float = 120.0
    settle: float = 30.0
    first_wait: float = 0.5
    longest_wait: float = 60.0
    validation: float = 0.25
    tries: int = 40

    def __post_init__(self) -> None:
        # A look-up may take half a lease before the start is sent; the rest must be enough to settle.
        if self.lease < 2 * self.settle:
            raise UsageError("the lease is shorter than twice the settling time", hint="a longer --lease")

    @property
    def lease_ms(self) -> int:
        """The lease in ms."""
        return int(self.lease * 1000)

    @property
    def settle_ms(self) -> int:
        """The settling time in ms."""
        return int(self.settle * 1000)

    def wait_ms(self, tries: int) -> int:
        """Ms before the next try: twice the last, a fifth more or less by chance."""
        nominal = min(self.first_wait * 2 ** min(tries, 20), self.longest_wait)
        return int(nominal * (0.8 + 0.4 * random.random()) * 1000)


class Steps:
    """Carries claimed rows as far as they go now.

    Args:
        store: where everything is written down.
        platform: whom to ask.
        limiter: of registrations.
        meter: counts and times.
        pace: waits.
        rules: judged here beside the platform's own; None for none.
    """

    def __init__(
        self, store: PipelineStore, platform: Platform, *, limiter: Limiter, meter: Meter, **more: Any
    ) -> None:
        self.store, self.platform, self.limiter, self.meter = store, platform, limiter, meter
        self.pace: Pace = more.get("pace") or Pace()
        self.rules: Rules | None = more.get("rules")

    # ---- registration

    def register(self, rows: Sequence[Row], *, note: int) -> list[Row]:
        """Register claimed rows, in one call when there are several; gives those that go on at once."""
        looked = self._look_ups(rows)
        fresh = [row for row in rows if not looked.get(row.id)]
        sent = [row for row in fresh if not isinstance(looked.get(row.id), Change)]
        changes = [(row, found) for row in rows if (found := looked.get(row.id))]
        late = 0
        try:
            made = self._send(sent) if sent else []
            changes += zip(sent, made, strict=True)
            if any(each.facts.get("outcome") == UNKNOWN for each in made):
                late = self.pace.settle_ms
        finally:
            with self.store.write() as transaction:
                self.limiter.answered(transaction, note, sent=len(sent), late=late)
        kept = self.store.record(changes, lease=self.pace.lease_ms)
        return [row for row in kept if row is not None and row.claim]

    def _look_ups(self, rows: Sequence[Row]) -> dict[int, Change | None]:
        """What is known of those that may have been sent before, or that the platform would take twice.

        Looking at many, one after the other, takes time, and what is sent must be over within the lease:
        those for which a third of it does not suffice are put back.
        """
        unsure = [row for row in rows if row.intent == "register" or not self.platform.unique]
        until = time.monotonic() + self.pace.lease / 3
        return {
            row.id: self._look_up(row) if row is unsure[0] or time.monotonic() < until else _put_back(row)
            for row in unsure
        }

    def _look_up(self, row: Row) -> Change | None:
        """What is known of a registration that may have been sent before; None when it was not done."""

        def look() -> Change | None:
            found = self.platform.find(row.external_id)
            if not found:
                return None
            return self._registered(row, Registered(found, existed=not row.intent), how="looked up")

        return self._asked("register", row, ask=look, looking=True)

    def _send(self, rows: Sequence[Row]) -> list[Change]:
        began = time.perf_counter()
        try:
            payloads = [row.payload for row in rows]
            several = len(rows) > 1
            found = (
                list(self.platform.register_many(payloads))
                if several
                else [self.platform.register(payloads[0])]
            )
        except (CloudError, NoIdError) as error:
            return [self._failed("register", row, error=error) for row in rows]
        finally:
            self.meter.took("register", (time.perf_counter() - began) * 1000)
        how = "bulk" if several else "single"
        return [self._registered(row, each, how=how) for row, each in zip(rows, found, strict=True)]

    def _registered(self, row: Row, found: Registered | NotRegistered | None, *, how: str) -> Change:
        if found is None:
            return self._later("register", row, reason="the answer does not name the contact", unknown=True)
        if isinstance(found, NotRegistered):
            if found.again:
                return self._later("register", row, reason=found.reason)
            self.meter.count("register", "failure")
            facts = {"reason": found.reason}
            return Change("rejected", facts, "rejected", DONE, values={"reason": found.reason, "intent": ""})
        self.meter.count("register", "success")
        state = "exists" if found.existed else "registered"
        more = row.until >= CHECK
        values = {"contact_id": found.id, "intent": "", "tries": 0, "reason": ""}
        # The platform validates a new contact for a moment; asking at once would be in vain.
        wait = int(self.pace.validation * 1000) if more else 0
        facts = {"id": found.id, "how": how}
        return Change(state, facts, state, CHECK if more else DONE, wait=wait, values=values)

    # ---- check

    def check(self, row: Row) -> Row | None:
        """Ask whether a contact may be reached; gives the row when its start comes next, at once."""
        change = self._asked("check", row, ask=lambda: self._checked(row))
        assert change is not None
        # A start that was sent must be known after a power cut. Everything else can be found out again: a
        # contact by its external id, an interaction by its metadata; a webhook may come twice.
        (kept,) = self.store.record([(row, change)], lease=self.pace.lease_ms, durable=change.keep)
        return kept if kept is not None and change.keep else None

    def _checked(self, row: Row) -> Change:
        found = self.platform.check(row.contact_id)
        if found.validating:
            return self._validating(row)
        found = self._own_rules(row, found)
        # The result of the check is a success of the step whatever it says.
        self.meter.count("check", "success")
        facts = {"status": found.status or "not validated", "availability": dict(found.availability)}
        if found.status == "failed" or not found.channel:
            reason = found.why_not
            return Change(
                "stopped", facts | {"reason": reason}, "stopped", DONE, values={"reason": reason, "tries": 0}
            )
        known = {"channel": found.channel, "compliance": int(bool(found.status)), "tries": 0, "reason": ""}
        facts |= {"channel": found.channel}
        if row.until < START:
            return Change("checked", facts, "checked", DONE, values=known)
        moment = int(time.time() * 1000)
        known |= {"intent": "start", "intent_at": moment}
        return Change("checked", facts, "checked", START, keep=True, values=known)

    def _own_rules(self, row: Row, found: Checked) -> Checked:
        """The platform's answer and that of the rules given here, the stricter of both for each channel."""
        contact = parse_contact(row.payload)
        if not found.status and not found.availability:
            found = Checked("", "", dict.fromkeys(contact.channels, "available"), validating=False)
        if self.rules is None:
            return found
        verdict = check(contact, self.rules, now=datetime.now(UTC))
        merged = {
            name: verdict.availability.get(name, said) if said == "available" else said
            for name, said in found.availability.items()
        }
        worse = verdict.status if verdict.status == "failed" else found.status or verdict.status
        return Checked(worse, verdict.reason or found.reason, merged, validating=False)

    # ---- start

    def start(self, row: Row, *, resumed: bool) -> None:
        """Start the interaction of a claimed row; `resumed` when a start may have been sent before."""
        change = self._asked("start", row, ask=lambda: self._started(row, resumed=resumed))
        assert change is not None
        with self.store.write() as transaction:
            kept = self.store.recorded(transaction, row, change=change, lease=self.pace.lease_ms)
            if kept is not None and change.state == "started" and row.webhook:
                webhooks.enqueue(transaction, kept)

    def _started(self, row: Row, *, resumed: bool) -> Change:
        metadata, looking = metadata_of(row), time.perf_counter()
        found = self.platform.find_conversation(row.contact_id, metadata) if resumed else ""
        how = "looked up" if found else "sent"
        if not found:
            if time.perf_counter() - looking > self.pace.lease / 2:
                return self._later("start", row, reason="looking took longer than half the lease")
            began = time.perf_counter()
            body = start_body(row.payload, row.contact_id, channel=row.channel, metadata=metadata)
            try:
                found = self.platform.start(body)
            finally:
                self.meter.took("start", (time.perf_counter() - began) * 1000)
        self.meter.count("start", "success")
        facts = {"conversation": found, "channel": row.channel, "how": how}
        values = {"conversation_id": found, "intent": "", "tries": 0, "reason": ""}
        return Change("started", facts, "started", DONE, values=values)

    # ---- what goes wrong

    def _asked(self, name: str, row: Row, *, ask: Callable[[], T], looking: bool = False) -> T | Change:
        began = time.perf_counter()
        try:
            return ask()
        except (CloudError, NoIdError) as error:
            return self._failed(name, row, error=error, looking=looking)
        finally:
            if name == "check":
                self.meter.took(name, (time.perf_counter() - began) * 1000)

    def _failed(self, name: str, row: Row, *, error: CloudError | NoIdError, looking: bool = False) -> Change:
        """What an error makes of a row.

        Args:
            name: of the step.
            row: which.
            error: what came back.
            looking: whether only a look-up failed: what may have been sent before may still have been.

        Raises:
            FatalError: it will be the same for every row.
        """
        if isinstance(error, NotAuthenticated | MissingPermission):
            raise FatalError(error.message, hint=error.hint) from error
        if isinstance(error, NoIdError | OutcomeUnknown | UnreadableAnswer):
            return self._later(name, row, reason=str(error) or "the answer has no id", unknown=True)
        if isinstance(error, RateLimited):
            self._pause(error.retry_after)
            return self._later(name, row, reason=error.message, unknown=looking, wait=error.retry_after)
        if name == "start" and isinstance(error, Conflict):
            self.meter.count(name, "failure")
            said = error.body.message
            return Change("stopped", {"reason": said}, "stopped", DONE, values={"reason": said})
        if isinstance(error, Refused | NotFound):
            state = "rejected" if name == "register" and row.state == "read" else "broken"
            return self._given_up(name, row, reason=error.message, state=state)
        return self._later(name, row, reason=error.message, unknown=looking)

    def _pause(self, seconds: float | None) -> None:
        if seconds is not None:
            with self.store.write() as transaction:
                self.limiter.pause(transaction, int(seconds * 1000))

    def _later(
        self, name: str, row: Row, *, reason: str, unknown: bool = False, wait: float | None = None
    ) -> Change:
        """Another try, later.

        Args:
            name: of the step.
            row: which.
            reason: why.
            unknown: whether the change may have been made: the next try looks first.
            wait: seconds that the platform asked for.
        """
        if row.tries + 1 >= self.pace.tries:
            return self._given_up(name, row, reason=f"{reason} (limit contact_tries)", state="broken")
        self.meter.count(name, "retry")
        milliseconds = self.pace.wait_ms(row.tries) if wait is None else int(wait * 1000)
        values: dict[str, Any] = {"tries": row.tries + 1, "retries": row.retries + 1, "reason": reason}
        if unknown and not self.platform.unique:
            milliseconds = max(milliseconds, self.pace.settle_ms)
        if name == "start":
            # Its intent stays in any case: looking once more than needed does no harm.
            milliseconds = max(milliseconds, self.pace.settle_ms) if unknown else milliseconds
        elif not unknown:
            values["intent"] = ""
        facts = {"step": name, "reason": reason, "outcome": UNKNOWN if unknown else "nothing was done"}
        return Change("put off", facts, wait=milliseconds, values=values)

    def _validating(self, row: Row) -> Change:
        """The platform has no verdict yet: ask again, less and less often."""
        if row.tries + 1 >= self.pace.tries:
            reason = "the platform does not end its validation (limit contact_tries)"
            return self._given_up("check", row, reason=reason, state="broken")
        wait = min(self.pace.validation * 2**row.tries, self.pace.longest_wait)
        return Change(
            "asked", {"state": "validating"}, wait=int(wait * 1000), values={"tries": row.tries + 1}
        )

    def _given_up(self, name: str, row: Row, *, reason: str, state: str) -> Change:
        self.meter.count(name, "failure")
        values = {"reason": reason, "tries": 0, "retries": row.retries}
        return Change(state, {"step": name, "reason": reason}, state, DONE, values=values)


def _put_back(row: Row) -> Change:
    facts = {"step": "register", "reason": "looking up others took a third of the lease"}
    return Change("put back", facts, values={"intent": row.intent})


class FatalError(RemoteError):
    """The platform refuses everything: the pipeline stops, and its rows stay where they are."""


def metadata_of(row: Row) -> dict[str, str]:
    """What marks an interaction as that of a row: the same for every try.

    The moment is the one at which the start was decided; it is written down before anything is sent.
    """
    moment = datetime.fromtimestamp(row.intent_at / 1000, UTC).isoformat(timespec="milliseconds")
    source = f"{SOURCE}/{row.campaign}#{row.id}"
    return {"source": source, "timestamp": moment.replace("+00:00", "Z")}
