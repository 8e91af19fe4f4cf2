"""What the listeners of a room are yet to be told, in its order."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from rooms.hub import wire
from rooms.hub.listener import Listener

logger = logging.getLogger(__name__)

SLICE = 200
"""Listeners written to before other work of the process gets its turn: about 4 ms."""


@dataclass(slots=True)
class Event:
    """Something to tell; with a ``version`` it is a change, which follows the version ``prev``."""

    name: str
    data: dict[str, Any]
    version: int | None = None
    prev: int = 0

    def encoded(self) -> bytes:
        if self.version is not None:
            self.data["prev"] = self.prev
        return wire.event(self.name, self.data, self.version)


class Outbox:
    """Encodes each event once and writes the same bytes to every listener; one task at most, while there is work."""

    def __init__(self, listeners: set[Listener]) -> None:
        self._listeners = listeners
        self._events: list[Event] = []
        self._emptying: asyncio.Task[None] | None = None

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
                await self._write(self._events.pop(0))
        finally:
            self._emptying = None

    async def _write(self, event: Event) -> None:
        try:
            message = wire.message(event.encoded())
        except (TypeError, ValueError):
            logger.exception("The event “%s” cannot be told; its listeners will find a gap.", event.name)
            return
        version = event.version
        # Whoever joins meanwhile starts from a snapshot that has this event in it.
        for count, listener in enumerate(list(self._listeners), 1):
            if listener not in self._listeners:
                continue
            if version is None:
                if not listener.is_slow:
                    listener.write(message)
            elif listener.version < version:
                listener.version = version
                listener.write(message)
            if count % SLICE == 0:
                await asyncio.sleep(0)
