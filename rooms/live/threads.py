"""The threads in which the event loop's side of this process uses the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection

from rooms.core.one_at_a_time import OneAtATime

T = TypeVar("T")


class DatabaseThreads:
    """Runs jobs that use the database, one at a time while they are quick. For one event loop."""

    def __init__(self) -> None:
        self._threads = OneAtATime("hub")

    async def run(self, job: Callable[..., T], *args: Any) -> T:
        """Call ``job`` in a thread when it is its turn."""
        return await self._threads.run(with_database, job, args)

    def submit(self, job: Callable[..., object], *args: Any) -> None:
        """Call ``job`` in a thread at once; nobody waits for its answer."""
        self._threads.submit(with_database, job, args)


def with_database(job: Callable[..., T], args: tuple[Any, ...]) -> T:
    """Call ``job``, and give the thread's connection back as a request does."""
    try:
        return job(*args)
    finally:
        connection.close_if_unusable_or_obsolete()
