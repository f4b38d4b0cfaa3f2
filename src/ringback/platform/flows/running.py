"""Running flows of the organisation: the engine over the store, live data actions, a bound on time."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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
from ringback.platform.errors import ApiError
from ringback.platform.flows.world import StoreDriver, world_of
from ringback.platform.services import POOL_THREADS, Services
from ringback.platform.upstream import Network

EXECUTION_SECONDS = 60.0  # of one execution; named in docs/limits.md
# Of the worker's threads; the others answer what the flows themselves ask of this server.
MAX_RUNNING = POOL_THREADS // 2
_slots = threading.BoundedSemaphore(MAX_RUNNING)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be run.

    Attributes:
        program: the flow.
        interaction: who calls, and the variables that are set.
        seconds: how long it may take on this machine.
        now: ms since 1970 at which virtual time begins.
        node: index of the action to start at; None for the beginning.
        waits_count: the virtual time of waits and answers is bounded by `seconds` as well.
    """

    program: Program
    interaction: Interaction
    seconds: float
    now: int
    node: int | None = None
    waits_count: bool = False


def take_slot() -> None:
    """Take one of the runs that a worker does at the same time; `give_slot` gives it back.

    Raises:
        ApiError: 429, all are taken.
    """
    if not _slots.acquire(blocking=False):
        raise ApiError(
            429, "too.many.requests.retry.after", "{most} flows are running already.", most=MAX_RUNNING
        ).with_headers({"Retry-After": "1"})


def give_slot() -> None:
    """Give a run back."""
    _slots.release()


@contextmanager
def slot() -> Iterator[None]:
    """A run inside the block."""
    take_slot()
    try:
        yield
    finally:
        give_slot()


class _Within:
    """A transport that waits no longer than the run may take."""

    def __init__(self, inner: Transport, bound: Bound) -> None:
        self._inner, self._bound = inner, bound

    def send(self, request: Request) -> Response:
        """The answer; `TransportTimeout` when the run's time is over before it is there."""
        left = max(self._bound.until - self._bound.clock(), 0.001)
        return self._inner.send(replace(request, timeout=min(request.timeout, left)))


def run(services: Services, order: Order) -> tuple[Run, bool]:
    """Run a flow to its end; the run, and whether its time was over before it ended.

    Raises:
        RingbackError: the run asked for something that nobody answers.
    """
    store, started = services.store.read(), monotonic()
    world = world_of(store, services.settings)
    calls = DataCalls(world)
    driver = StoreDriver(world, calls)
    driver.store = store

    def clock() -> float:
        return max(monotonic() - started, driver.waited_ms / 1000 if order.waits_count else 0.0)

    bound = Bound(order.seconds, clock).begun()
    calls.live = _Within(Network(services), bound)
    moment = datetime.fromtimestamp(order.now / 1000, UTC)
    done = run_session(
        order.program,
        driver,
        order.interaction,
        seam=Seam(moment, 0, bound),
        policies=Policies({}),
        node=order.node,
    )
    # The engine looks at the clock before it goes on; a flow that ends with its last wait may be late too.
    return done, clock() > bound.until


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
