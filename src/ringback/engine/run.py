"""A whole simulated interaction: session and driver together, and what came out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ringback.core.diagnostics import Diagnostic
from ringback.core.policies import Policies
from ringback.core.seam import Seam
from ringback.dataactions.secrets import Secrets
from ringback.engine import calling
from ringback.engine.driver import ScriptedDriver
from ringback.engine.interaction import Interaction
from ringback.engine.program import Program
from ringback.engine.session import Session
from ringback.flows.actions.base import Finish, Next
from ringback.lang.expr.values import plain
from ringback.trace.codec import event_dict, masked, transcript
from ringback.trace.events import Event, LimitReached

# Reading the clock costs as much as an action: it is looked at once in so many.
_EVERY = 64


class _BoundSession(Session):
    """A session that ends with the status "limit" when its time is over; so do the flows inside it."""

    __slots__ = ("_ticks",)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._ticks = 0

    def _begin(self, index: int) -> Next | None:
        self._ticks += 1
        if self._ticks % _EVERY == 0 and self.stopped():
            return None
        return super()._begin(index)

    def stopped(self) -> bool:
        """Whether the time is over; then the session has ended."""
        bound = self.services.seam.bound
        if bound.clock() <= bound.until:
            return False
        message = f"the run took longer than {bound.seconds:g} s on this machine"
        self.emit(LimitReached(limit="run_seconds", value=round(bound.seconds), message=message))
        self.leave(Finish("disconnect"), "limit")
        return True


def _show(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Run:
    """What one interaction did.

    Attributes:
        session: as it stood at the end.
        events: everything that happened, in order.
        warnings: what the loader, the world and the driver have to say.
        hide: takes the secrets of the run out of a JSON value.
    """

    session: Session
    events: tuple[Event, ...]
    warnings: tuple[Diagnostic, ...] = ()
    hide: Callable[[Any], Any] = _show

    @property
    def status(self) -> str:
        """ended, failed, waiting or limit."""
        return self.session.end.status if self.session.end is not None else "waiting"

    @property
    def end(self) -> dict[str, Any]:
        """How it ended: kind, action, target and further facts; empty while it waits."""
        end = self.session.end
        if end is None:
            return {}
        target = (
            {"type": end.finish.target_type, "name": end.finish.target} if end.finish.target_type else None
        )
        shown: dict[str, Any] = {"kind": end.finish.kind, "action": end.action}
        found: dict[str, Any] = self.hide(
            shown | ({"target": target} if target else {}) | dict(end.finish.details)
        )
        return found

    @property
    def variables(self) -> dict[str, Any]:
        """Variables of the flow and of the container it ended in, in friendly JSON.

        After a transfer, of the flow that went on: variables are not carried.
        """
        session = calling.last(self.session)
        pairs = list(zip(session.program.slots.values(), session.flow, strict=False))
        if session.frames:
            room = session.program.rooms[session.frames[-1].room]
            pairs += zip(room.slots.values(), session.task, strict=True)
        shown = {slot.name: "***" if slot.secure else plain(slot.type, raw) for slot, raw in pairs}
        return {name: self.hide(value) for name, value in shown.items()}

    def with_warnings(self, more: tuple[Diagnostic, ...]) -> Run:
        """The same run with further warnings."""
        return replace(self, warnings=(*self.warnings, *more))

    def to_dict(self) -> dict[str, Any]:
        """The JSON of `ringback run --output-format json`."""
        session = self.session
        flow = session.program.flow
        return {
            "flow": {"name": flow.name, "type": flow.type, "source": flow.source},
            "status": self.status,
            "end": self.end,
            "duration_ms": session.at_ms,
            "variables": self.variables,
            "participant_data": self.hide(dict(session.participant_data)),
            "transcript": transcript(self.events),
            "trace": [event_dict(event) for event in self.events],
            "policies": sorted(session.services.used_policies),
            "warnings": [warning.to_dict() for warning in self.warnings],
        }


def run_session(
    program: Program,
    driver: ScriptedDriver,
    interaction: Interaction,
    *,
    seam: Seam | None = None,
    policies: Policies | None = None,
    node: int | None = None,
) -> Run:
    """Run an interaction to its end.

    Args:
        program: the compiled flow.
        driver: answers its effects.
        interaction: caller and channel.
        seam: start of virtual time, seed, how long the run may take.
        policies: choices for undocumented behaviour.
        node: index of the node to start at instead of the beginning.
    """
    begun = seam or Seam()
    begun = replace(begun, bound=begun.bound.begun())
    session = _BoundSession(program, driver.world, interaction, seam=begun, policies=policies)
    effect = session.advance() if node is None else session.start_at(node)
    while effect is not None and not session.stopped():
        effect = session.advance(driver.answer(session, effect))
    events, hide = tuple(session.events or ()), _hider(driver, session)
    if hide is not _show:
        events = tuple(masked(event, hide) for event in events)
    return Run(session, events, warnings=program.flow.diagnostics, hide=hide)


def _hider(driver: ScriptedDriver, session: Session) -> Callable[[Any], Any]:
    """What hides the credentials, tokens and secure values of a run; `_show` when it had none."""
    known = [*driver.calls.secrets, *session.secure_values]
    known += [
        plain(slot.type, raw)
        for each in (session, calling.last(session))
        for slot, raw in zip(each.program.slots.values(), each.flow, strict=False)
        if slot.secure
    ]
    found = [value for value in known if value not in (None, "")]
    return Secrets.of(found).json if found else _show
