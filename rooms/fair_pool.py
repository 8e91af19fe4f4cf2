"""Background threads for look-ups: few, bounded in what waits for them, and fair between rooms.

Jobs are taken from the rooms in turn, so that one room's thousand look-ups hold up another room's single one by one
look-up and no more. A job may be put off; no thread waits for it alone.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from heapq import heappop, heappush
from itertools import count
from typing import TypeVar

from rooms.clock import monotonic_s

logger = logging.getLogger(__name__)

T = TypeVar("T")
Job = Callable[[], object]


class Full(Exception):
    """So many jobs wait already, in this room or altogether, that no more are taken."""


class FairPool:
    """Runs jobs in at most ``threads`` threads, which are started when they are needed."""

    def __init__(self, name: str, *, threads: int, most_waiting: int, most_of_a_group: int) -> None:
        self._name = name
        self._most_threads = threads
        self._most_waiting = most_waiting
        self._most_of_a_group = most_of_a_group
        self._changed = threading.Condition()
        self._groups: OrderedDict[Hashable, deque[tuple[Hashable, Job]]] = OrderedDict()
        self._later: list[tuple[float, int, Hashable, Hashable, Job]] = []
        self._keys: set[Hashable] = set()
        self._waiting: Counter[Hashable] = Counter()
        self._numbers = count()
        self._threads = self._idle = 0

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being done, and nothing waits."""
        with self._changed:
            return not self._keys and self._idle == self._threads

    def submit(self, group: Hashable, key: Hashable, job: Job, *, delay_s: float = 0.0) -> None:
        """Have ``job`` done for a room (``group``), after ``delay_s``, unless one of this ``key`` waits already.

        Raises Full if too many wait.
        """
        with self._changed:
            if key in self._keys:
                return
            if len(self._keys) >= self._most_waiting or self._waiting[group] >= self._most_of_a_group:
                raise Full
            self._keys.add(key)
            self._waiting[group] += 1
            if delay_s:
                heappush(self._later, (monotonic_s() + delay_s, next(self._numbers), group, key, job))
            else:
                self._groups.setdefault(group, deque()).append((key, job))
            self._wake_one()

    def ask(self, group: Hashable, job: Callable[[], T], timeout_s: float) -> T:
        """What ``job`` returns or raises; TimeoutError if that takes longer, Full if too many wait."""
        answer: Future[T] = Future()

        def settle() -> None:
            if not answer.set_running_or_notify_cancel():
                return
            try:
                answer.set_result(job())
            except BaseException as error:  # noqa: BLE001  # the one who asks has to hear of it
                answer.set_exception(error)

        self.submit(group, answer, settle)
        try:
            return answer.result(timeout_s)
        finally:
            answer.cancel()  # one that has not begun never will

    def _wake_one(self) -> None:
        # A thread that was woken for the job before this one is idle until it comes to run.
        due = len(self._keys) - len(self._later)
        if self._idle < max(1, due) and self._threads < self._most_threads:
            self._threads += 1
            threading.Thread(target=self._work, name=f"{self._name}-{self._threads}", daemon=True).start()
        else:
            self._changed.notify()

    def _work(self) -> None:
        while True:
            job = self._taken()
            try:
                job()
            except Exception:  # whatever one job does, the thread is there for the next
                logger.exception("A job in the background failed.")

    def _taken(self) -> Job:
        """The next job, once there is one."""
        with self._changed:
            while not self._groups_with_what_is_due():
                self._idle += 1
                self._changed.wait(self._later[0][0] - monotonic_s() if self._later else None)
                self._idle -= 1
            group, jobs = self._groups.popitem(last=False)
            key, job = jobs.popleft()
            self._keys.discard(key)
            self._waiting[group] -= 1
            if not self._waiting[group]:
                del self._waiting[group]
            if jobs:
                self._groups[group] = jobs  # behind the others
            self._changed.notify()  # another thread waits for what is due next
            return job

    def _groups_with_what_is_due(self) -> OrderedDict[Hashable, deque[tuple[Hashable, Job]]]:
        while self._later and self._later[0][0] <= monotonic_s():
            _due_s, _number, group, key, job = heappop(self._later)
            self._groups.setdefault(group, deque()).append((key, job))
        return self._groups
