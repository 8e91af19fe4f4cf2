"""Executor of threads in which the one that became idle last takes the next job."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class WarmThreads(Executor):
    """At most so many threads, started as they are needed. All of it may be called by any thread.

    What a thread did a moment ago is warm: the caches of the processor, the statements that it compiled, and the pages
    of its database connection, which SQLite throws away once another connection has written. ``ThreadPoolExecutor``
    has its threads take turns, and starts one more whenever a caller asks again as soon as it was answered.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._lock = threading.Lock()
        self._started = 0
        self._idle: list[ThreadPoolExecutor] = []
        self._waiting: deque[Callable[[ThreadPoolExecutor], object]] = deque()

    def submit(self, job: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a thread call ``job``; one that finds all threads at work waits for the first to be idle."""
        done: Future[T] = Future()
        work = partial(self._work, done, partial(job, *args, **kwargs))
        with self._lock:
            if self._idle:
                thread = self._idle.pop()
            elif self._started < self._most:
                self._started += 1
                thread = ThreadPoolExecutor(1, f"{self._name}-{self._started}")
            else:
                self._waiting.append(work)
                return done
        thread.submit(work, thread)
        return done

    def _work(self, done: Future[T], job: Callable[[], T], thread: ThreadPoolExecutor) -> None:
        tell: Callable[[], None] | None = None
        if done.set_running_or_notify_cancel():
            try:
                tell = partial(done.set_result, job())
            except BaseException as error:  # noqa: BLE001  # whatever it is, it is the caller's
                tell = partial(done.set_exception, error)
        self._take_next(thread)  # first, so that a caller who asks again at once finds it idle
        if tell:
            tell()

    def _take_next(self, thread: ThreadPoolExecutor) -> None:
        with self._lock:
            if not self._waiting:
                self._idle.append(thread)
                return
            work = self._waiting.popleft()
        thread.submit(work, thread)
