"""Thread pool for the blocking database access of code in the event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection

from rooms.core.one_at_a_time import OneAtATime

T = TypeVar("T")


class DatabaseThreads:
    """Runs database jobs in threads, one at a time while they are quick (see ``OneAtATime``). For one event loop."""

    def __init__(self) -> None:
        self._threads = OneAtATime("hub")

    async def run(self, job: Callable[..., T], *args: Any) -> T:
        """Await ``job(*args)`` in a thread, when it is its turn; raises what it raises."""
        return await self._threads.run(with_database, job, args)

    def submit(self, job: Callable[..., object], *args: Any) -> None:
        """Call ``job(*args)`` in a thread at once, without waiting (fire and forget)."""
        self._threads.submit(with_database, job, args)


def with_database(job: Callable[..., T], args: tuple[Any, ...]) -> T:
    """Call ``job``, and release the thread's connection as Django does at the end of a request."""
    try:
        return job(*args)
    finally:
        connection.close_if_unusable_or_obsolete()
