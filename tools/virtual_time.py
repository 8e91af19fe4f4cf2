"""An event loop with a clock of its own: when everything waits for time, the clock jumps to the next timer.

A scene of minutes is played in milliseconds, and no busy machine can make it late: between two timers everything that
can happen has happened. The product reads the same clock, by ``rooms.clock``.
"""

from __future__ import annotations

import asyncio
import selectors
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar
from unittest import mock

from rooms import clock

T = TypeVar("T")
INSTANT_S = 1e-6
"""Passes with each look at the clock: what happened later is never seen to have happened at the same time."""

_lock = threading.Lock()
_loop: VirtualTimeLoop | None = None


def run(scene: Coroutine[Any, Any, T]) -> T:
    """Play ``scene`` as ``asyncio.run`` does, in virtual time; real sockets and processes have no place in it."""
    global _loop
    loop = VirtualTimeLoop()
    with mock.patch.object(clock, "time", loop.clock), asyncio.Runner(loop_factory=lambda: loop) as runner:
        _loop = loop
        try:
            return runner.run(scene)
        finally:
            _loop = None


class VirtualClock:
    """What ``rooms.clock`` reads in place of the module ``time``: it begins at the real time, and moves by jumps."""

    def __init__(self) -> None:
        self._began_s = time.monotonic()
        self._began_ns = time.time_ns()
        self._passed_s = 0.0

    def monotonic(self) -> float:
        self._passed_s += INSTANT_S
        return self._began_s + self._passed_s

    def time_ns(self) -> int:
        return self._began_ns + int(self._passed_s * 1e9)

    def advance(self, seconds: float) -> None:
        self._passed_s += seconds


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Jobs of ``run_in_executor`` take no virtual time: the clock stands until they are done or wait at a ``Gate``."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.held = 0
        self._jobs = 0
        super().__init__(_JumpingSelector(self))

    def time(self) -> float:
        return self.clock.monotonic()

    @property
    def is_at_work(self) -> bool:
        """Whether a thread will report without any time passing."""
        return self._jobs > self.held

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:  # type: ignore[override]
        self._jobs += 1
        job = super().run_in_executor(executor, func, *args)
        job.add_done_callback(self._job_ended)
        return job

    def _job_ended(self, _job: object) -> None:
        self._jobs -= 1


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is None or self._loop.is_at_work:
            return super().select(None)
        self._loop.clock.advance(timeout)
        return []


class Gate:
    """A ``threading.Event`` for the jobs of threads, at which they may be held while virtual time goes on."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()
        self._waiting = 0

    def set(self) -> None:
        """Let all on. From this moment they are at work, though none of them has run yet."""
        with _lock:
            if _loop is not None:
                _loop.held -= self._waiting
            self._waiting = 0
            self._open.set()

    def clear(self) -> None:
        self._open.clear()

    def wait(self, timeout_s: float) -> None:
        """Wait for ``set``; called in threads alone."""
        with _lock:
            if self._open.is_set():
                return
            if loop := _loop:
                self._waiting += 1
                loop.held += 1
                with suppress(RuntimeError):  # it is closed
                    loop.call_soon_threadsafe(lambda: None)  # it may be waiting for this thread
        self._open.wait(timeout_s)
