"""The live rooms of one process: brought to life by their first listener, and let go some time after the last."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from django.db import DatabaseError

from rooms.core.access import no_such_room
from rooms.errors import Refusal
from rooms.live.hub import queries
from rooms.live.hub.bus import Bus
from rooms.live.hub.identity import Credentials, Identity
from rooms.live.hub.live_room import LiveRoom
from rooms.live.presence.empty_room import pause_if_empty
from rooms.live.threads import DatabaseThreads

logger = logging.getLogger(__name__)

Entered = tuple[LiveRoom, Identity | Refusal]
"""A room that lives, and who had it opened; a Refusal instead if that could not be found out."""


class LiveRooms:
    """Finds, opens and forgets live rooms. Runs in the event loop alone; ``by_id`` may be read from any thread."""

    def __init__(self, threads: DatabaseThreads) -> None:
        self.by_id: dict[int, LiveRoom] = {}
        self.bus = Bus()
        self.is_stopping = False
        self._by_slug: dict[str, LiveRoom] = {}
        self._opening: dict[str, asyncio.Task[Entered | Refusal]] = {}
        self._threads = threads
        self._tasks: set[asyncio.Task[None]] = set()

    async def enter(self, slug: str, credentials: Credentials) -> tuple[LiveRoom, Identity]:
        """The open room of that slug, brought to life if nobody listened yet, and who asks for it.

        At most one visit to a thread finds out both. The room may be let go as soon as the caller waits for something,
        unless the caller visits it. Raises Unknown if there is none that they may know of, and Unidentified for a token
        that is not valid.
        """
        live = self._by_slug.get(slug)
        identity: Identity | Refusal | None = None
        if live is None or live.is_closed:
            live, identity = await self._opened(slug, credentials)
        if isinstance(identity, Refusal):
            raise identity
        identity = identity or credentials.identity(live.reader.latest.access.tokens)
        if identity is None:
            with live:
                identity = await self._threads.run(queries.identify, live.room_id, credentials)
        if not live.reader.latest.access.may_listen(identity):
            # Asked of the database as for a room that does not exist, in the same time. It may know better: somebody
            # was let in just now.
            with live:
                if not await self._threads.run(queries.may_know, slug, credentials):
                    raise no_such_room(slug)
        return live, identity

    def release(self, live: LiveRoom) -> None:
        """Forget a room; doing it twice does no harm."""
        if self.by_id.get(live.room_id) is not live:
            return
        del self.by_id[live.room_id]
        if self._by_slug.get(live.slug) is live:
            del self._by_slug[live.slug]
        live.release()
        self._spawn(self._after_release(live))

    def stop(self) -> None:
        """End every stream politely, those of newcomers too, and hear of nothing any more."""
        self.is_stopping = True
        for live in list(self.by_id.values()):
            live.stop()
        self.bus.close()
        for task in self._tasks:
            task.cancel()

    async def _opened(self, slug: str, credentials: Credentials) -> tuple[LiveRoom, Identity | Refusal | None]:
        """The room, brought to life once for all who ask meanwhile; and who asks, if this call had it opened.

        A refusal is for the one whose call that was, and says nothing to the others.
        """
        while True:
            opening = self._opening.get(slug)
            is_ours = opening is None
            if opening is None:
                opening = self._opening[slug] = asyncio.get_running_loop().create_task(self._open(slug, credentials))
                opening.add_done_callback(lambda _opening: self._opening.pop(slug))
            opened = await asyncio.shield(opening)
            if not isinstance(opened, Refusal):
                live, identity = opened
                return live, identity if is_ours else None
            if is_ours:
                raise opened

    async def _open(self, slug: str, credentials: Credentials) -> Entered | Refusal:
        read = await self._threads.run(queries.open_room, slug, credentials)
        if read is None or isinstance(read, Refusal):
            return read or no_such_room(slug)
        live = self.by_id.get(read.room_id)
        if live is not None and live.is_closed:
            self.release(live)
            live = None
        if live is None:
            live = LiveRoom(read.room_id, slug, read.loaded, self._threads)
            live.is_stopping = self.is_stopping
            self.by_id[read.room_id] = self._by_slug[slug] = live
            if not self.is_stopping:
                self.bus.subscribe(read.room_id, live)
                with live:
                    await self.bus.join(read.room_id)
                self._spawn(self._compare(live))
        return live, read.identity

    async def _compare(self, live: LiveRoom) -> None:
        """Look for what was committed between the reading of a room and its subscription: no event brought that."""
        version = (await self._threads.run(queries.versions_of, [live.room_id])).get(live.room_id)
        if version is None:
            live.close()
        elif version > live.ordering.newest:
            live.mend()

    async def _after_release(self, live: LiveRoom) -> None:
        if live.room_id not in self.by_id:
            await self.bus.unsubscribe(live.room_id)
        if not live.is_closed and live.room_id not in self.by_id:
            await self._threads.run(pause_if_empty, live.room_id)

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, DatabaseError):  # the comparison of versions mends it
            logger.warning("The database was away as a room came to life or was let go: %r.", error)
        else:
            logger.error("A room could not be brought to life or let go.", exc_info=error)
