"""What expressions and actions may ask of a running session."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ringback.core.policies import POLICIES, Policies
from ringback.core.seam import Seam
from ringback.engine import botdata, extensions, opening, queueing
from ringback.trace.events import PolicyUsed

if TYPE_CHECKING:
    from ringback.engine.session import Session


class SessionServices:
    """Clock, randomness, look-ups, policies and languages of one session.

    Attributes:
        seam: start of virtual time and seed.
        draws: how many random numbers were taken.
    """

    __slots__ = ("_policies", "_session", "draws", "seam")

    def __init__(self, session: Session, seam: Seam, *, policies: Policies) -> None:
        self._session = session
        self._policies = policies
        self.seam = seam
        self.draws = 0

    @property
    def start(self) -> datetime:
        """When virtual time began."""
        return self.seam.start

    @property
    def chosen_policies(self) -> dict[str, str]:
        """Policies that this run was told, by name."""
        return dict(self._policies.chosen)

    @property
    def used_policies(self) -> dict[str, str]:
        """Policies that this run used, with the choice."""
        return self._policies.used

    def share(self, other: SessionServices) -> None:
        """Use the policies of another session of the same interaction."""
        self._policies = other._policies
        self.seam = other.seam

    def now(self) -> datetime:
        """The virtual current moment, whole seconds."""
        return (self.seam.start + timedelta(milliseconds=self._session.at_ms)).replace(microsecond=0)

    def random(self) -> float:
        """The next random number of this session."""
        self.draws += 1
        return self.seam.random(self.draws)

    def find(self, kind: str, key: str, by: str) -> Any:
        """The one object of a kind by name or id; None when there is not exactly one.

        A user is found by e-mail address; one for whom the world has none, by name.
        """
        found = self._session.world.entity(kind, key, by=by)
        address = found.fields.get("email") if kind == "usr" and by == "name" and found is not None else None
        return found if not address or str(address).lower() == key.lower() else None

    def outcome(self, *names: str) -> Any:
        """What the scenario says under the first of these names that it knows; None for nothing."""
        return self._session.world.outcome(names)

    def extension(self, digits: str) -> tuple[str, Any] | None:
        """What the digits dial, ("user" or "group", entity); None when nobody has that extension."""
        return extensions.dialled(self._session.world, digits)

    def time_left(self) -> int:
        """Milliseconds that a flow may still run (72 hours in all; see the policy `running_time`)."""
        return max(0, queueing.RUNNING_TIME_MS - self._session.at_ms)

    def data_step(self, what: str, names: Iterable[str] = (), *, longest: int = 0) -> None:
        """Count a participant data step of a bot session against the platform's limits.

        Args:
            what: "set" or "get".
            names: the attributes that are set.
            longest: characters of the longest value.

        Raises:
            FlowFault: PARTICIPANT_DATA_LIMIT.
        """
        botdata.step(self._session, what, names=names, longest=longest)

    def flow_outcome(self, name: str, *, done: bool) -> None:
        """Note that a flow outcome was started, or set."""
        begun = self._session.counted.setdefault("outcomes", [])
        if done and name in begun:
            begun.remove(name)
        elif not done and name not in begun:
            begun.append(name)

    def reading_ms(self) -> int | None:
        """0 where the customer reads, None where the text is heard and takes its time."""
        if not self._session.reading:
            return None
        self.policy("digital_reading")
        return 0

    def take_said(self) -> str:
        """What the customer had said when the bot began; it answers the first question."""
        said, self._session.said = self._session.said, ""
        return said

    def set_intent(self, name: str) -> None:
        """The intent that is active now; "" for none."""
        self._session.intent = name

    def understood(self, change: int) -> int:
        """Count recognition failures in a row: 1 is an answer that was understood, -1 is a failure."""
        self._session.failures = 0 if change > 0 else self._session.failures + 1
        return self._session.failures

    def bot_end(self, reason: str = "exit") -> dict[str, str]:
        """What a bot says of its end: its last intent, and why it ended."""
        self.policy("bot_exit_reason")
        intent = self._session.intent
        return {"exitReason": reason} | ({"intent": intent} if intent else {})

    def emergency(self, group: Any) -> bool:
        """Whether an emergency group is switched on."""
        return opening.emergency(self._session, group)

    def schedule_active(self, schedule: Any, zone: str, *, when: datetime | None) -> bool:
        """Whether a schedule is active at a moment (None: now) in a zone ("": the organisation's)."""
        return opening.active(self._session, schedule, zone=zone, when=when)

    def schedule_group(self, group: Any, *, when: datetime | None) -> tuple[str, list[str]]:
        """Status of a schedule group, and the names of its active schedules."""
        return opening.group(self._session, group, when=when)

    def policy(self, name: str) -> str:
        """The choice of a policy; its first use is an event."""
        if name not in POLICIES:
            return ""
        known = name in self._policies.used
        choice = self._policies.get(name)
        if not known:
            self._session.emit(PolicyUsed(policy=name, choice=choice))
        return choice

    def language(self, which: str) -> Any:
        """The default language tag, or all supported ones."""
        flow = self._session.program.flow
        return flow.default_language if which == "default" else flow.supported_languages
