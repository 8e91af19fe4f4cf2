"""Fan-out queue of a room: writes each event to every listener, in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress

from rooms.clock import monotonic_s, now_ms
from rooms.live.hub import sse
from rooms.live.hub.event import Event
from rooms.live.hub.listener import PIECE_BYTES, Listener
from rooms.live.metrics import DELIVERIES, PUSH

logger = logging.getLogger(__name__)

SLICE = 200
"""Listeners written to before the fan-out yields to the event loop: about 3 ms."""

PLAYER_EVERY_S = 0.05
"""Least interval between events ``player``, as of a host who drags the seek bar. The first is sent at once, and those
that wait are coalesced to the newest. One that another event follows cannot be coalesced any more, and waits no longer:
where people write while the host drags, each would wait for the one before it, and the room for all of them."""


class Outbox:
    """Encodes each event once and writes the same bytes to every listener, in one task while there is work."""

    def __init__(self, listeners: Mapping[Listener, None]) -> None:
        self._listeners = listeners
        self._events: list[Event] = []
        self._emptying: asyncio.Task[None] | None = None
        self._next_player_at = 0.0
        self._is_followed = asyncio.Event()

    def put(self, event: Event) -> None:
        """Queue ``event``."""
        last = self._events[-1] if self._events else None
        if last is not None and last.name == event.name == "player":
            # Coalesced: a player event has the whole state, so the newer one covers both versions.
            event.prev = last.prev
            self._events[-1] = event
        else:
            self._events.append(event)
            if last is not None:
                self._is_followed.set()
        if self._emptying is None:
            self._emptying = asyncio.get_running_loop().create_task(self._empty())

    async def _empty(self) -> None:
        try:
            while self._events:
                if self._events[0].name == "player":
                    await self._coalesce()
                    self._next_player_at = monotonic_s() + PLAYER_EVERY_S
                await self._write(self._events.pop(0))
        finally:
            self._emptying = None

    async def _coalesce(self) -> None:
        """Wait until the first event, a ``player``, may be sent, or cannot be coalesced any more."""
        if len(self._events) > 1:
            return
        self._is_followed.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_followed.wait(), max(0.0, self._next_player_at - monotonic_s()))

    async def _write(self, event: Event) -> None:
        try:
            chunk = sse.Chunk(event.encoded())
        except (TypeError, ValueError):
            logger.exception("The event “%s” cannot be told; its listeners will find a gap.", event.name)
            return
        write = _write_to if event.version is None or len(chunk.body) > PIECE_BYTES else _write_directly
        listeners, written = list(self._listeners), 0
        # A copy: listeners that join meanwhile start from a snapshot that includes this event.
        for first in range(0, len(listeners), SLICE):
            if first:
                await asyncio.sleep(0)
            here = [listener for listener in listeners[first : first + SLICE] if listener in self._listeners]
            written += write(here, chunk, event.version)
        DELIVERIES.inc(written)
        if (committed_at_ms := event.data.get("committed_at_ms")) is not None:
            PUSH.observe((now_ms() - committed_at_ms) / 1000)


def _write_to(listeners: Sequence[Listener], chunk: sse.Chunk, version: int | None) -> int:
    """Write ``chunk``, of any length, to the listeners below ``version``; returns how many.

    An event without a version is dropped for listeners under back pressure.
    """
    written, is_long = 0, len(chunk.body) > PIECE_BYTES
    for listener in listeners:
        if version is None:
            if listener.is_slow:
                continue
        elif listener.version >= version:
            continue
        else:
            listener.version = version
        written += 1
        if is_long:
            listener.write_whole([chunk.body])
        else:
            listener.write(chunk)
    return written


def _write_directly(listeners: Sequence[Listener], chunk: sse.Chunk, version: int | None) -> int:
    """Fast path for a short, versioned event: a direct write costs one Python call for each listener."""
    assert version is not None
    written, framed = 0, chunk.framed
    for listener in listeners:
        if listener.version >= version:
            continue
        listener.version = version
        written += 1
        write_now = listener.write_now
        if write_now is None or not write_now(framed):
            listener.write(chunk)
    return written
