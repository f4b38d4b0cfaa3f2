"""Running flows of the organisation: the engine over the store, live data actions, a bound on time.

A run is bounded twice by one number: by the clock of this machine and by virtual time, so that neither a
loop nor a long wait holds a thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from ringback.core.policies import Policies
from ringback.core.seam import Bound, Seam
from ringback.dataactions.transport import Request, Response, Transport
from ringback.engine.data_calls import DataCalls
from ringback.engine.interaction import Interaction
from ringback.engine.program import Program
from ringback.engine.run import Run, run_session
from ringback.lang.expr.values import EvaluationError, from_plain
from ringback.platform import errors
from ringback.platform.flows.world import StoreDriver, world_of
from ringback.platform.services import Services
from ringback.platform.upstream import Network

EXECUTION_SECONDS = 60.0  # of one execution; named in docs/limits.md


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be run.

    Attributes:
        program: the flow.
        interaction: who calls, and the variables that are set.
        seconds: how long it may take, in virtual time and on this machine.
        now: ms since 1970 at which virtual time begins.
        node: index of the action to start at; None for the beginning.
    """

    program: Program
    interaction: Interaction
    seconds: float
    now: int
    node: int | None = None


class _Within:
    """A transport that waits no longer than the run may take."""

    def __init__(self, inner: Transport, bound: Bound) -> None:
        self._inner, self._bound = inner, bound

    def send(self, request: Request) -> Response:
        """The answer; `TransportTimeout` when the run's time is over before it is there."""
        left = max(self._bound.until - self._bound.clock(), 0.001)
        return self._inner.send(replace(request, timeout=min(request.timeout, left)))


def run(services: Services, order: Order) -> Run:
    """Run a flow to its end.

    Raises:
        RingbackError: the run asked for something that nobody answers.
    """
    store, started = services.store.read(), monotonic()
    world = world_of(store, services.settings)
    calls = DataCalls(world)
    driver = StoreDriver(world, calls)
    driver.store = store

    def clock() -> float:
        virtual = driver.session.at_ms / 1000 if driver.session is not None else 0.0
        return max(monotonic() - started, virtual)

    bound = Bound(order.seconds, clock).begun()
    calls.live = _Within(Network(services), bound)
    moment = datetime.fromtimestamp(order.now / 1000, UTC)
    return run_session(
        order.program,
        driver,
        order.interaction,
        seam=Seam(moment, 0, bound),
        policies=Policies({}),
        node=order.node,
    )


def is_out_of_time(done: Run) -> bool:
    """Whether the run was stopped because its time was over."""
    return done.status == "limit" and any(
        getattr(event, "limit", "") == "run_seconds" for event in done.events
    )


def variables(program: Program, given: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Values for input variables, by name with or without scope.

    Raises:
        ApiError: 400, no such input variable, or the value is not of its type.
    """
    found = []
    inputs = {key: slot for key, slot in program.slots.items() if slot.is_input}
    for name, value in given.items():
        slot = inputs.get(name.lower()) or inputs.get(f"flow.{name.lower()}")
        if slot is None:
            known = ", ".join(each.name for each in inputs.values()) or "none"
            raise errors.bad_request(
                f"The flow has no input variable {name!r}; it has: {known}.", field=f"inputData.{name}"
            )
        try:
            found.append((slot.name, from_plain(slot.type, value)))
        except EvaluationError as error:
            raise errors.bad_request(
                f"{name} cannot be {value!r}: {error.message}", field=f"inputData.{name}"
            ) from None
    return tuple(found)
