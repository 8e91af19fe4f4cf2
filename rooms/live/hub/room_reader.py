"""Read-through cache of one room's state."""

from __future__ import annotations

import asyncio
import logging

from rooms.clock import monotonic_s
from rooms.live.hub import queries
from rooms.live.hub.loaded import Loaded
from rooms.live.threads import DatabaseThreads

logger = logging.getLogger(__name__)

READ_AGAIN_S = 1.0
"""Rate limit on readings for listeners that claim to be ahead, or are denied access."""

PAUSES_S = (0.0, 0.0, 0.0, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Pauses before the readings for a new listener, with exponential back-off. If after the first three the room still
changes faster than it is read, the listener gets the last reading and the events since; the others are for gaps."""


class Outdated(Exception):
    """The database keeps returning an older version than was broadcast, as a lagging replica does."""


class RoomReader:
    """The last reading of one room.

    ``as_of_s`` is when it began and ``began_at_s`` when the newest one did, in seconds of the monotonic clock.
    """

    def __init__(self, room_id: int, loaded: Loaded, threads: DatabaseThreads) -> None:
        self.latest = loaded
        self.as_of_s = self.began_at_s = monotonic_s()
        self._room_id = room_id
        self._threads = threads

    @property
    def version(self) -> int:
        return self.latest.version

    def pause_s(self, now_s: float) -> float:
        """Seconds to wait before a reading on an unverified claim, by READ_AGAIN_S."""
        return max(0.0, self.began_at_s + READ_AGAIN_S - now_s)

    async def read(self) -> Loaded | None:
        """Read the room; None if it was closed. An older version than the last one does not replace it."""
        self.began_at_s = began_at_s = monotonic_s()
        loaded = await self._threads.run(queries.read_room, self._room_id)
        self.as_of_s = began_at_s
        if loaded is not None and loaded.version >= self.version:
            self.latest = loaded
        return loaded


def log_failure(reading: asyncio.Task[None]) -> None:
    """Done callback that logs a failed reading."""
    if not reading.cancelled() and (error := reading.exception()) is not None:
        logger.warning("A room could not be read: %r.", error)
