"""Timer that advances a room's queue at the end of its track."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection

from django.db import DatabaseError

from rooms.clock import monotonic_s, now_ms
from rooms.live.hub import queries
from rooms.live.threads import DatabaseThreads

logger = logging.getLogger(__name__)

MOVE_ON_AGAIN_S = 1.0
"""Least interval between two advances, which also bounds the load of a queue with hundreds of one-second tracks:
several are skipped at once."""


class TrackEnd:
    """The timer of one room. Without listeners it does nothing: the queue is settled when the room is read."""

    def __init__(self, room_id: int, slug: str, listeners: Collection[object], threads: DatabaseThreads) -> None:
        self.at_ms: int | None = None
        self._room_id = room_id
        self._slug = slug
        self._listeners = listeners
        self._threads = threads
        self._timer: asyncio.TimerHandle | None = None
        self._moving: set[asyncio.Task[None]] = set()
        self._is_cancelled = False
        self._not_before_s = 0.0

    @property
    def is_over(self) -> bool:
        """Whether the end of the track has passed."""
        return self.at_ms is not None and self.at_ms <= now_ms()

    def set(self, at_ms: int | None) -> None:
        """Set the timer to ``at_ms`` (Unix milliseconds); None clears it."""
        self.at_ms = at_ms
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if at_ms is not None and not self._is_cancelled:
            delay_s = max(0, (at_ms - now_ms()) / 1000, self._not_before_s - monotonic_s())
            self._timer = asyncio.get_running_loop().call_later(delay_s, self.look)

    def cancel(self) -> None:
        """Clear the timer for good."""
        self._is_cancelled = True
        self.set(None)

    def look(self) -> None:
        """Advance the queue if its track is over, in a task."""
        if self._listeners:
            self._not_before_s = monotonic_s() + MOVE_ON_AGAIN_S
            moving = asyncio.get_running_loop().create_task(self._move_on())
            self._moving.add(moving)
            moving.add_done_callback(self._moving.discard)

    async def _move_on(self) -> None:
        due_ms = self.at_ms
        try:
            await self._threads.run(queries.settle, self._room_id)
        except DatabaseError as error:
            logger.warning("The room “%s” could not be moved on: %r.", self._slug, error)
        except Exception:
            logger.exception("The room “%s” could not be moved on.", self._slug)
        await asyncio.sleep(MOVE_ON_AGAIN_S)
        # No advance: the database failed, or the clock was set back.
        if self.at_ms == due_ms:
            self.set(due_ms)
