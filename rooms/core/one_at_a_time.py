"""Serialisation of blocking jobs: threads that run one at a time while jobs are quick."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar, copy_context
from functools import partial
from typing import Any, TypeVar

from rooms.core.warm_threads import WarmThreads

T = TypeVar("T")

PATIENCE_S = 0.2
"""A job that takes longer is likely to wait for a lock, or for a database that is away: the next one begins."""

MAX_THREADS = 100
"""Far more than wait at one time: every one of them waited for PATIENCE_S before the next began."""

_end_turn: ContextVar[Callable[[], object] | None] = ContextVar("end_turn", default=None)


def give_way() -> None:
    """Called by a job that is about to wait for something slow: the next one begins at once."""
    if end := _end_turn.get():
        with suppress(RuntimeError):  # the loop was closed: the server stops
            end()


class OneAtATime:
    """Runs jobs in threads, one at a time while they are quick. For one event loop.

    Python computes in one thread at a time, and a thread that waits for a moment, as for each answer of a database, has
    to get that right back from the others. Seven that were at work took ten times as long as one after the other, and
    the event loop, which pauses at every write, waited with them.
    """

    def __init__(self, name: str) -> None:
        self._threads = WarmThreads(MAX_THREADS, name)
        self._current: asyncio.Future[None] | None = None
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def run(self, job: Callable[..., T], *args: Any) -> T:
        """Call ``job`` in a thread when it is its turn. What it leaves in its context, as a language, ends with it."""
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        try:
            if self._current is None:
                self._current = turn
            else:
                self._waiting.append(turn)
                await turn
            loop.call_later(PATIENCE_S, self._end, turn)
            context = copy_context()
            context.run(_end_turn.set, partial(loop.call_soon_threadsafe, self._end, turn))
            return await loop.run_in_executor(self._threads, context.run, job, *args)
        finally:
            self._end(turn)

    def submit(self, job: Callable[..., object], *args: Any) -> None:
        """Call ``job`` in a thread at once, beside the one whose turn it is."""
        self._threads.submit(job, *args)

    def _end(self, turn: asyncio.Future[None]) -> None:
        """Give the turn to the next job that waits, unless it has it already."""
        if self._current is not turn:
            return
        self._current = None
        while self._waiting and self._current is None:
            following = self._waiting.popleft()
            if not following.done():
                self._current = following
                following.set_result(None)
