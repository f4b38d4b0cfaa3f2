"""The running pipeline: threads that take up what is due, until nothing is left.

Rows far on their way come first, so that what was begun is finished. Several processes, on several machines
with PostgreSQL, may work for one organisation at a time; they share rows, deliveries and the limit.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import sqlalchemy as sa

from ringback.cloud.client import Cloud
from ringback.cloud.limits import Limits
from ringback.cloud.pipeline_limiter import Limiter, Rate
from ringback.cloud.pipeline_metrics import Meter
from ringback.cloud.pipeline_platform import MOST_IN_BULK, platform_of
from ringback.cloud.pipeline_steps import Pace, Steps
from ringback.cloud.pipeline_store import PipelineStore, Row, database_error
from ringback.cloud.pipeline_tables import CHECK, REGISTER, START
from ringback.cloud.pipeline_webhooks import Outbox
from ringback.contacts import Rules
from ringback.core.signing import Secret

# From so many waiting registrations on, several go into one call.
BULK_FROM = 1_000
_IDLE = 0.05
_CARE = 2.0  # seconds between looks for processes that died
_SENDERS = 6


@dataclass(frozen=True, slots=True)
class Options:
    """How a process works.

    Attributes:
        rate: the organisation's limit of registrations; None for none.
        workers: threads.
        bulk: whether several contacts go into one call; None decides by how many wait.
        pace: waits.
        rules: judged beside the platform's own.
        secrets: of webhooks, the newest first.
        form: plain, native, or auto.
    """

    rate: Rate | None = Rate(100, 60.0)  # noqa: RUF009  a frozen value
    workers: int = 8
    bulk: bool | None = None
    pace: Pace = Pace()  # noqa: RUF009  as above
    rules: Rules | None = None
    secrets: tuple[Secret, ...] = ()
    form: str = "auto"


def call_limits(pace: Pace) -> Limits:
    """Limits of the client: each call once, and over well before the lease of its row."""
    seconds = min(30.0, pace.lease / 4)
    return Limits(
        cloud_tries=1, cloud_connect_tries=1, cloud_answer_time=seconds, cloud_connect_time=min(10.0, seconds)
    )


class Pipeline:
    """A worker process of the pipeline.

    Args:
        store: its database.
        cloud: the organisation, as `call_limits` has it.
        options: see `Options`.
    """

    def __init__(self, store: PipelineStore, cloud: Cloud, *, options: Options) -> None:
        self.store, self.options = store, options
        self.platform = platform_of(cloud, options.form)
        self.organisation = self.platform.organisation
        self.meter = Meter()
        hold = options.pace.lease_ms
        self._limiter = Limiter(store, self.organisation, rate=options.rate, hold=hold)
        more = {"pace": options.pace, "rules": options.rules}
        self._steps = Steps(store, self.platform, limiter=self._limiter, meter=self.meter, **more)
        self.outbox = Outbox(store, self.organisation, secrets=options.secrets, meter=self.meter)
        self._stop = threading.Event()
        self._bulk = bool(options.bulk)
        self._error: BaseException | None = None

    def depth(self) -> Mapping[str, int]:
        """What waits in each queue."""
        return {"contacts": self.store.queue_depth(self.organisation), "webhooks": self.outbox.pending()}

    @contextmanager
    def working(self) -> Iterator[None]:
        """The threads work while the block lasts; what they hold is given free at its end.

        Raises:
            whatever a thread raised: a refusal that holds for every contact, a database that is gone.
        """
        jobs = [self._work_once] * self.options.workers + [self.outbox.send_one] * _SENDERS
        threads = [threading.Thread(target=self._loop, args=(job,), daemon=True) for job in jobs]
        self.store.free_dead(settle=self.options.pace.settle_ms)
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()
            with suppress(Exception):  # the first error is the one to tell
                self.store.release(settle=self.options.pace.settle_ms)
            self.outbox.close()
        self.check()

    def check(self) -> None:
        """Raise what a thread raised."""
        if isinstance(self._error, sa.exc.DBAPIError):
            raise database_error(self._error) from self._error
        if self._error is not None:
            raise self._error

    def wait(self, *, webhooks: float, tick: Callable[[], None] = lambda: None, only: str = "") -> None:
        """Wait until every contact is done, and some seconds more for webhooks that are tried again.

        Args:
            webhooks: seconds, after the last contact.
            tick: called a few times a second.
            only: an external id: wait for that contact, whatever else is going on.
        """
        until = 0.0
        while not self._stop.wait(0.1):
            tick()
            self.care()
            if self.store.open_rows(self.organisation, only=only):
                continue
            until = until or time.monotonic() + webhooks
            if not self.outbox.pending(only=only) or time.monotonic() >= until:
                return
        self.check()

    _cared = 0.0

    def care(self) -> None:
        """What must be done now and then."""
        now = time.monotonic()
        if now - self._cared < _CARE:
            return
        self._cared = now
        self.store.free_dead(settle=self.options.pace.settle_ms)
        if self.options.bulk is None and not self._bulk:
            waiting = self.store.waiting(self.organisation, at=REGISTER, most=BULK_FROM)
            self._bulk = waiting >= BULK_FROM

    def _loop(self, job: Callable[[], bool]) -> None:
        try:
            while not self._stop.is_set():
                if not job():
                    self._stop.wait(_IDLE)
        except BaseException as error:
            self._error = self._error or error
            self._stop.set()

    def _take(self) -> tuple[int, list[Row], int]:
        """The step, rows and note of the limiter of what is due."""
        lease = self.options.pace.lease_ms
        with self.store.write() as transaction:
            for at in (START, CHECK):
                if rows := self.store.claim(transaction, self.organisation, at=at, lease=lease):
                    return at, rows, 0
            most = self._limiter.free(transaction, MOST_IN_BULK if self._bulk else 1)
            if not most:
                return 0, [], 0
            rows = self.store.claim(transaction, self.organisation, at=REGISTER, lease=lease, most=most)
            return REGISTER, rows, self._limiter.take(transaction, len(rows)) if rows else 0

    def _work_once(self) -> bool:
        at, rows, note = self._take()
        if not rows:
            return False
        if at == REGISTER:
            self._steps.register(rows, note=note)
        elif at == START:
            self._steps.start(rows[0], resumed=True)
        elif (row := self._steps.check(rows[0])) is not None:
            self._steps.start(row, resumed=False)
        return True
