"""The newest state of a room that was read from the database: what newcomers are told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from rooms.clock import monotonic_s, now_ms
from rooms.core.publish import encode
from rooms.live.hub import sse
from rooms.live.hub.access import Rights

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
"""At most so often a listener that claims to be ahead makes the room look into the database."""


@dataclass(slots=True)
class Loaded:
    """A room as it was read from the database at one instant."""

    snapshot: dict[str, Any]
    rights: Rights

    @property
    def version(self) -> int:
        return int(self.snapshot["version"])


Load = Callable[[int], Awaitable[Loaded | None]]
"""Reads the room of an id; None if it was closed."""


class Head:
    """The last reading of one room. ``adopted`` is called with each one that is no older than the one before."""

    def __init__(self, room_id: int, load: Load, adopted: Callable[[Loaded | None], None]) -> None:
        self.latest = Loaded({"version": 0}, Rights(visibility=""))
        self._room_id = room_id
        self._load = load
        self._adopted = adopted
        self._encoded = b""
        self._reading: asyncio.Task[None] | None = None
        self._began_at = 0.0
        self._as_of = 0.0

    @property
    def version(self) -> int:
        return self.latest.version

    @property
    def is_being_read(self) -> bool:
        return self._reading is not None

    def read(self) -> asyncio.Task[None]:
        """Read the room; one reading serves all who ask meanwhile, so whoever waits for it shields it."""
        if self._reading is None:
            self._began_at = monotonic_s()
            self._reading = asyncio.get_running_loop().create_task(self._read())
            self._reading.add_done_callback(_log_failure)
        return self._reading

    async def look(self) -> None:
        """Return once the room was read, by a reading that began after this call: one a second serves all who ask."""
        asked_at = monotonic_s()
        await asyncio.sleep(max(0.0, self._began_at + LOOK_EVERY_S - asked_at))
        while self._as_of < asked_at:  # one that goes on may have begun before
            await asyncio.shield(self.read())

    def snapshot(self, people: dict[str, Any]) -> list[bytes]:
        """The snapshot for one listener, whatever it knew before, in pieces: the first, and by far the largest, is
        encoded once and shared by all; the second is what changes all the time.
        """
        if not self._encoded:
            self._encoded = sse.event("snapshot", encode({**self.latest.snapshot, "prev": 0}), self.version)[:-3]
        rest = encode({"people": people, "server_now_ms": now_ms()})
        return [self._encoded, f",{rest[1:]}\n\n".encode(errors="replace")]

    async def _read(self) -> None:
        try:
            loaded = await self._load(self._room_id)
        finally:
            self._reading = None
        self._as_of = self._began_at
        if loaded is None:
            self._adopted(None)
        elif loaded.version >= self.version:
            self.latest, self._encoded = loaded, b""
            self._adopted(loaded)


def _log_failure(reading: asyncio.Task[None]) -> None:
    if not reading.cancelled() and (error := reading.exception()) is not None:
        logger.warning("A room could not be read: %r.", error)
