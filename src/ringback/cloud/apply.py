"""Carrying a plan out: step after step, in the order in which things need each other.

A step is planned once more immediately before it is taken. When somebody changed the same thing since the
plan was shown, it is not taken: what the reader agreed to is no longer what would happen. A conflict and a
lost answer are met by reading again and planning that one thing again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

from ringback.cloud.apply_actions import apply_action
from ringback.cloud.apply_flows import apply_flow
from ringback.cloud.apply_parts import apply_integration, apply_queue, apply_table
from ringback.cloud.errors import CloudError, Conflict, OutcomeUnknown
from ringback.cloud.plan import Plan, Step, circles
from ringback.cloud.planner import Planner
from ringback.core.errors import RemoteError

TRIES = 3
Phase: TypeAlias = Literal["begin", "again", "done", "failed"]


class Tell(Protocol):
    """Is told about each step."""

    def __call__(self, phase: Phase, step: Step, *, words: str) -> None:
        """What happens, to what, and in words how it went."""
        ...


class StoppedError(RemoteError):
    """A step was not taken: what is there is no longer what was planned."""


@dataclass(slots=True)
class Report:
    """What became of a plan.

    Attributes:
        done: steps that were taken, and in words how.
        failed: the step at which it stopped; None when it came to its end.
        error: why.
        left: steps that were not begun.
    """

    done: list[tuple[Step, str]] = field(default_factory=list)
    failed: Step | None = None
    error: RemoteError | None = None
    left: tuple[Step, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        failed = None
        if self.failed is not None and self.error is not None:
            problems = [found.to_dict() for found in getattr(self.error, "problems", ())]
            failed = _named(self.failed) | {"message": self.error.message, "hint": self.error.hint}
            failed |= {"problems": problems} if problems else {}
        return {
            "done": [_named(step) | {"result": words} for step, words in self.done],
            "failed": failed,
            "left": [_named(step) for step in self.left],
        }


def _named(step: Step) -> dict[str, Any]:
    return {"kind": step.item.kind, "name": step.item.name, "file": step.item.file, "action": step.verb}


@dataclass(frozen=True, slots=True)
class Applier:
    """Applies plans.

    Attributes:
        planner: plans single things again.
        tell: is told about each step.
        tries: how often one thing is planned and tried, the first time included.
    """

    planner: Planner
    tell: Tell
    tries: int = TRIES

    def apply(self, plan: Plan) -> Report:
        """Take every step of a plan that has none that are blocked; stop at the first that fails."""
        report = Report()
        todo = plan.todo
        stubs = circles(todo)
        for place, step in enumerate(todo):
            self.tell("begin", step, words="")
            try:
                words = self._take(step, stubs=step.item.key in stubs)
            except RemoteError as error:
                self.tell("failed", step, words=error.message)
                report.failed, report.error, report.left = step, error, todo[place + 1 :]
                return report
            self.tell("done", step, words=words)
            report.done.append((step, words))
        return report

    def _take(self, agreed: Step, *, stubs: bool) -> str:
        """Plan and take one step until it works.

        Raises:
            StoppedError: it is no longer what was agreed to. RemoteError: it cannot be done.
        """
        last: CloudError | None = None
        for _ in range(self.tries):
            step = self.planner.again(agreed.item)
            if not step.acts:
                return "was so already" if last is None else "is done: an answer was lost"
            self._check(agreed, step, again=last is not None)
            try:
                return self._do(step, stubs)
            except (Conflict, OutcomeUnknown) as error:
                last = error
                self.planner.organisation.forget()
                self.tell("again", step, words=error.message)
        assert last is not None
        raise last

    def _check(self, agreed: Step, step: Step, *, again: bool) -> None:
        if step.blocks:
            block = step.blocks[0]
            raise StoppedError(block.message, hint=block.hint)
        # What was created before an answer was lost may lack its rest: that is still to be added.
        rest = again and agreed.verb == "create" and all(change.kind == "added" for change in step.changes)
        if step.intent != agreed.intent and not rest:
            version = f" (version {step.version} is published now)" if step.version else ""
            raise StoppedError(
                f"somebody changed it since the plan was made{version}",
                hint="run the plan again, and look at what it shows",
            )

    def _do(self, step: Step, stubs: bool) -> str:
        organisation = self.planner.organisation
        if step.item.kind == "flow":
            return apply_flow(step, organisation, stubs=stubs, taken=self.planner.taken)
        words = _HANDLERS[step.item.kind](step, organisation, settings=self.planner.project.settings)
        if step.item.kind == "integration":
            organisation.forget()  # data actions look its id up
        return words


_HANDLERS: Mapping[str, Callable[..., str]] = {
    "integration": apply_integration,
    "queue": apply_queue,
    "data table": apply_table,
    "data action": apply_action,
}
