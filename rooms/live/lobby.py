"""The lobby: SSE stream of the public rooms, for the home page.

While there are listeners, one task of the process polls the database every READ_EVERY_S, sooner after a hint that a
public room changed. A list that differs from the last reading is encoded once and broadcast.
"""

from __future__ import annotations

import asyncio
import logging
import random
from typing import Any, Self

from django.db import DatabaseError

from rooms.clock import monotonic_s
from rooms.core import publish
from rooms.live.hub import hub, sse
from rooms.live.hub.bus import Bus
from rooms.live.hub.event import Event
from rooms.live.hub.feed import BaseFeed
from rooms.live.hub.listener import Listener
from rooms.live.public_rooms import public_rooms
from rooms.shapes.room import ListedRoomJson

logger = logging.getLogger(__name__)

MOST_ROOMS = 24
"""Rooms in the list; further ones are found by search."""

BEAT_S = 0.2
"""Interval of the housekeeping: below the 0.5 s that a stopping server waits for its streams."""
READ_EVERY_S = 2.0
"""Polling interval, for numbers of listeners, which send no hints, and for lost hints."""
READ_HINTED_EVERY_S = 1.0
"""Least interval of readings after hints, each of which reads all the rooms."""
TICK_EVERY_S = 15.0
"""Interval of the heartbeat."""
JOIN_GROUP_EVERY_S = 2.0
"""Retry interval for the channel layer's group that delivers the hints."""


class Lobby(BaseFeed):
    """The streams of the home page in one process; a feed of listeners as a live room is.

    For the event loop alone. Its task runs only while there are references.
    """

    room_id = publish.LOBBY
    slug = "the lobby"

    def __init__(self) -> None:
        super().__init__()
        self.version = 1
        self._rooms: list[dict[str, Any]] = []
        self._encoded: bytes | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._read_at = -READ_EVERY_S
        self._failed_at = -READ_EVERY_S
        self._is_hinted = False

    # Joining and leaving

    def __enter__(self) -> Self:
        super().__enter__()
        self._start()
        return self

    async def join(self, listener: Listener, last_event_id: int | None) -> None:
        """Add ``listener`` and send it all rooms. Versions are local to the process, so no stream is resumed."""
        if monotonic_s() - self._read_at > READ_EVERY_S:
            await self._read()
        if listener.is_ended:  # replaced by another stream of the same person meanwhile
            return
        if hub.is_stopping:
            self.turn_away(listener)
            return
        self.listeners[listener] = None
        listener.version = self.version
        listener.write_whole([sse.retry(), self._whole()])

    async def newest_for(self, listener: Listener) -> list[bytes] | None:
        """Encoded events that bring a lagging ``listener`` up to date; None if it left."""
        if listener not in self.listeners:
            return None
        listener.version = self.version
        return [self._whole()]

    def receive(self, name: str, text: str) -> None:
        """Handle a hint that a public room changed (as the bus' Subscriber)."""
        self._is_hinted = True

    def read(self) -> None:
        """Handle an overflow of hints, as one hint."""
        self._is_hinted = True

    # The task

    def _start(self) -> None:
        if self._keeping is None and self._references and not hub.is_stopping:
            self._keeping = asyncio.get_running_loop().create_task(self._keep())
            self._keeping.add_done_callback(self._kept)

    def _kept(self, keeping: asyncio.Task[None]) -> None:
        self._keeping = None
        _log_failure(keeping)
        if not keeping.cancelled():
            asyncio.get_running_loop().call_later(BEAT_S, self._start)  # for streams that opened while the task ended

    async def _keep(self) -> None:
        bus = Bus("lobby")
        try:
            bus.subscribe(self.room_id, self)
            await bus.join(self.room_id)
            await self._beat_while_needed(bus)
        finally:
            self.end_all()
            await bus.unsubscribe(self.room_id)
            bus.close()

    async def _beat_while_needed(self, bus: Bus) -> None:
        next_tick_at = monotonic_s() + random.uniform(1, TICK_EVERY_S)
        next_join_at = monotonic_s()
        while self._references and not hub.is_stopping:
            self._read_if_due()  # which may hang: streams are kept alive, and ended, all the same
            now_s = monotonic_s()
            self.end_expired(now_s)
            if now_s >= next_join_at:
                next_join_at = now_s + JOIN_GROUP_EVERY_S
                await bus.join_missing_groups()
            if now_s >= next_tick_at:
                next_tick_at = now_s + TICK_EVERY_S - BEAT_S
                self.tick(self.version)
            await asyncio.sleep(BEAT_S)

    def _read_if_due(self) -> None:
        wait_s = READ_HINTED_EVERY_S if self._is_hinted else READ_EVERY_S
        if not self.listeners or monotonic_s() - max(self._read_at, self._failed_at) < wait_s:
            return
        self._begin_to_read()

    # Reading and broadcasting

    async def _read(self) -> None:
        """Read the rooms; concurrent calls share one reading (single flight)."""
        await asyncio.shield(self._begin_to_read())

    def _begin_to_read(self) -> asyncio.Task[None]:
        if self._reading is None:
            self._reading = asyncio.get_running_loop().create_task(self._read_once())
            self._reading.add_done_callback(_log_failure)
        return self._reading

    async def _read_once(self) -> None:
        self._is_hinted = False
        try:
            rooms = await hub.threads.run(public_rooms, "", 0, MOST_ROOMS)
        except BaseException:
            self._failed_at = monotonic_s()
            raise
        finally:
            self._reading = None
        self._read_at = monotonic_s()
        self._broadcast(rooms)

    def _broadcast(self, rooms: list[ListedRoomJson]) -> None:
        covers = [_on_cover(room) for room in rooms]
        if covers == self._rooms:
            return
        self._rooms, self._encoded = covers, None
        self.version += 1
        self._outbox.put(self._event())

    def _whole(self) -> bytes:
        if self._encoded is None:
            self._encoded = self._event().encoded()
        return self._encoded

    def _event(self) -> Event:
        return Event("rooms", {"version": self.version, "rooms": self._rooms}, self.version)


def _on_cover(room: ListedRoomJson) -> dict[str, Any]:
    """A room with only those fields of its entry that the home page shows, to keep a frequent event small."""
    entry = room["entry"]
    cover = entry and {"title": entry["title"], "artist": entry["artist"], "artwork_url": entry["artwork_url"]}
    return {**room, "entry": cover}


def _log_failure(task: asyncio.Task[None]) -> None:
    if task.cancelled() or (error := task.exception()) is None:
        return
    if isinstance(error, DatabaseError):
        logger.warning("The public rooms could not be read; that is tried again: %r.", error)
    else:
        logger.error("The lobby failed; it starts again.", exc_info=error)


lobby = Lobby()
"""The lobby of this process."""
