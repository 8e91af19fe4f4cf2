"""Reading one room from the database, for all who wait for it at once."""

from __future__ import annotations

import asyncio
import logging

from rooms.clock import monotonic_s
from rooms.live.hub import queries
from rooms.live.hub.loaded import Loaded
from rooms.live.threads import DatabaseThreads

logger = logging.getLogger(__name__)

READ_AGAIN_S = 1.0
"""At most so often a listener that claims to be ahead, or may not come in, has the room read."""


PAUSES_S = (0.0, 0.0, 0.0, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Before each reading for a newcomer. If the room still changes faster than it is read after the ones without a pause,
the newcomer is told the last reading and the changes since; the others are for what only a reading can mend."""


class Outdated(Exception):
    """The database keeps answering with an older state than the listeners were told."""


class RoomReader:
    """The last reading of one room, and when it and the one that goes on began (by the monotonic clock)."""

    def __init__(self, room_id: int, loaded: Loaded, threads: DatabaseThreads) -> None:
        self.latest = loaded
        self.as_of_s = self.began_at_s = monotonic_s()
        self._room_id = room_id
        self._threads = threads

    @property
    def version(self) -> int:
        return self.latest.version

    def pause_s(self, now_s: float) -> float:
        """How long to wait with a reading that somebody asks for who may be wrong."""
        return max(0.0, self.began_at_s + READ_AGAIN_S - now_s)

    async def read(self) -> Loaded | None:
        """Read the room; None if it was closed. A reading that is older than the last one is not kept."""
        self.began_at_s = began_at_s = monotonic_s()
        loaded = await self._threads.run(queries.read_room, self._room_id)
        self.as_of_s = began_at_s
        if loaded is not None and loaded.version >= self.version:
            self.latest = loaded
        return loaded


def log_failure(reading: asyncio.Task[None]) -> None:
    """Log why a reading that ended has failed, if it has."""
    if not reading.cancelled() and (error := reading.exception()) is not None:
        logger.warning("A room could not be read: %r.", error)
