"""What the listeners of a room are yet to be told, in its order."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from rooms.clock import monotonic_s, now_ms
from rooms.live.hub import sse
from rooms.live.hub.listener import PIECE_BYTES, Listener
from rooms.live.metrics import DELIVERIES, PUSH

logger = logging.getLogger(__name__)

SLICE = 200
"""Listeners written to before other work of the process gets its turn: about 3 ms."""

PLAYER_EVERY_S = 0.05
"""A host who drags the seek bar changes the player faster than anybody can follow: the newest state is told at most so
often, and the first change of all at once."""


@dataclass(slots=True)
class Event:
    """Something to tell; with a ``version`` it is a change, which follows the version ``prev``.

    ``text`` is the JSON of ``data``, if it came as such.
    """

    name: str
    data: dict[str, Any]
    version: int | None = None
    prev: int = 0
    text: str = ""

    def encoded(self) -> bytes:
        if self.version is not None and self.data.get("prev") != self.prev:
            self.data["prev"], self.text = self.prev, ""
        return sse.event(self.name, self.text or self.data, self.version)


class Outbox:
    """Encodes each event once and writes the same bytes to every listener; one task at most, while there is work."""

    def __init__(self, listeners: set[Listener]) -> None:
        self._listeners = listeners
        self._events: list[Event] = []
        self._emptying: asyncio.Task[None] | None = None
        self._next_player_at = 0.0

    def put(self, event: Event) -> None:
        last = self._events[-1] if self._events else None
        if last is not None and last.name == event.name == "player":
            # Nobody needs a state that is over already: the newer one stands for both.
            event.prev = last.prev
            self._events[-1] = event
        else:
            self._events.append(event)
        if self._emptying is None:
            self._emptying = asyncio.get_running_loop().create_task(self._empty())

    async def _empty(self) -> None:
        try:
            while self._events:
                if self._events[0].name == "player":
                    await asyncio.sleep(self._next_player_at - monotonic_s())
                    self._next_player_at = monotonic_s() + PLAYER_EVERY_S
                await self._write(self._events.pop(0))
        finally:
            self._emptying = None

    async def _write(self, event: Event) -> None:
        try:
            part = sse.Part(event.encoded())
        except (TypeError, ValueError):
            logger.exception("The event “%s” cannot be told; its listeners will find a gap.", event.name)
            return
        version, is_long = event.version, len(part.body) > PIECE_BYTES
        written = 0
        # Whoever joins meanwhile starts from a snapshot that has this event in it.
        for count, listener in enumerate(list(self._listeners), 1):
            if count % SLICE == 0:
                await asyncio.sleep(0)
            if listener not in self._listeners:
                continue
            if version is None:
                if listener.is_slow:
                    continue
            elif listener.version >= version:
                continue
            else:
                listener.version = version
            written += 1
            if is_long:
                listener.write_whole([part.body])
            else:
                listener.write(part)
        DELIVERIES.inc(written)
        if (committed_at_ms := event.data.get("committed_at_ms")) is not None:
            PUSH.observe((now_ms() - committed_at_ms) / 1000)
