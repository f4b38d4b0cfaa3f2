"""Writes of API calls that wait for the same disk: what piles up during one commit shares the next.

Each call is a transaction of its own with its audit entry, and fails alone; none is answered before its group
is on disk. Only for SQLite: PostgreSQL does the same inside.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field

from ringback.platform.store.store import Store
from ringback.platform.store.transaction import Transaction

MOST_AT_ONCE = 64  # calls in a group: the first of them waits for the last
Work = Callable[[Transaction], object]


@dataclass(slots=True)
class _Job:
    work: Work
    future: Future[object] = field(default_factory=Future)
    result: object = None
    error: BaseException | None = None


class GroupWriter:
    """Collects writes and runs them in the one thread that writes."""

    def __init__(self, store: Store, writers: Executor) -> None:
        self._store, self._writers = store, writers
        self._waiting: deque[_Job] = deque()

    def submit(self, work: Work) -> Future[object]:
        """Run `work` in a transaction; the future is done once that is on disk, or undone."""
        job = _Job(work)
        self._waiting.append(job)
        self._writers.submit(self._drain)
        return job.future

    def _drain(self) -> None:
        """Run what is waiting; a drain that finds nothing comes after one that took its work along."""
        jobs: list[_Job] = []
        while self._waiting and len(jobs) < MOST_AT_ONCE:
            jobs.append(self._waiting.popleft())
        if not jobs:
            return
        try:
            self._run(jobs)
        except BaseException as error:  # whoever waits must be told; none of the group is on disk
            for job in jobs:
                job.error = job.error or error
        for job in jobs:
            if job.error is not None:
                job.future.set_exception(job.error)
            else:
                job.future.set_result(job.result)

    def _run(self, jobs: list[_Job]) -> None:
        if len(jobs) == 1:
            with self._store.write() as transaction:
                jobs[0].result = jobs[0].work(transaction)
            return
        with self._store.group() as one:
            for job in jobs:
                try:
                    with one() as transaction:
                        job.result = job.work(transaction)
                except Exception as error:  # its caller is told; the others go on
                    job.error = error
