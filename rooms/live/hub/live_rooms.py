"""Registry of the live rooms of a process: opened by the first listener, released some time after the last."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from django.db import DatabaseError

from rooms.core.access import no_such_room
from rooms.core.token_use import note_use
from rooms.errors import Refusal
from rooms.live.hub import queries
from rooms.live.hub.bus import Bus
from rooms.live.hub.identity import Credentials, Identity
from rooms.live.hub.live_room import LiveRoom
from rooms.live.presence.empty_room import pause_if_empty
from rooms.live.threads import DatabaseThreads

logger = logging.getLogger(__name__)

Entered = tuple[LiveRoom, Identity | Refusal]
"""A live room and the identity of the caller who opened it; a Refusal in its place for invalid credentials."""


class LiveRooms:
    """Finds, opens and releases live rooms. For the event loop alone; ``by_id`` may be read from any thread."""

    def __init__(self, threads: DatabaseThreads) -> None:
        self.by_id: dict[int, LiveRoom] = {}
        self.bus = Bus()
        self.is_stopping = False
        self._by_slug: dict[str, LiveRoom] = {}
        self._opening: dict[str, asyncio.Task[Entered | Refusal]] = {}
        self._threads = threads
        self._tasks: set[asyncio.Task[None]] = set()

    async def enter(self, slug: str, credentials: Credentials) -> tuple[LiveRoom, Identity]:
        """The live room of ``slug``, opened if needed, and the caller's identity; both by one query job at most.

        The room may be released at the next ``await``, unless the caller holds a reference (``with live:``). Raises
        Unknown if there is no such room that the caller may know of, Unidentified for an invalid token, and Forbidden
        for one that may not read.
        """
        live = self._by_slug.get(slug)
        identity: Identity | Refusal | None = None
        if live is None or live.is_closed:
            live, identity = await self._opened(slug, credentials)
        if isinstance(identity, Refusal):
            raise identity
        identity = identity or credentials.identity(live.reader.latest.access.tokens)
        if identity is not None and identity.token_hash:
            self._threads.submit(note_use, identity.token_hash)
        if identity is None:
            with live:
                identity = await self._threads.run(queries.identify, live.room_id, credentials)
        if not live.reader.latest.access.may_listen(identity):
            # The same query as for a room that does not exist, against a timing oracle. The database may also be newer
            # than the cached access list.
            with live:
                if not await self._threads.run(queries.may_know, slug, credentials):
                    raise no_such_room(slug)
        return live, identity

    def release(self, live: LiveRoom) -> None:
        """Remove a room from the registry; idempotent."""
        if self.by_id.get(live.room_id) is not live:
            return
        del self.by_id[live.room_id]
        if self._by_slug.get(live.slug) is live:
            del self._by_slug[live.slug]
        live.release()
        self._spawn(self._after_release(live))

    def stop(self) -> None:
        """Graceful shutdown: end every stream so that clients reconnect, and unsubscribe from the bus."""
        self.is_stopping = True
        for live in list(self.by_id.values()):
            live.stop()
        self.bus.close()
        for task in self._tasks:
            task.cancel()

    async def _opened(self, slug: str, credentials: Credentials) -> tuple[LiveRoom, Identity | Refusal | None]:
        """The room, and the caller's identity if this call opened it.

        Concurrent calls share one task (single flight). Its refusal is for the caller who started it; others try again.
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
                self._spawn(self._catch_up(live))
        return live, read.identity

    async def _catch_up(self, live: LiveRoom) -> None:
        """Catch up with changes committed after the reading of a room and before its subscription.

        The event of one that was committed just now may still come: a snapshot for all would be the dearer way.
        """
        version = (await self._threads.run(queries.versions_of, [live.room_id])).get(live.room_id)
        if version is None:
            live.close()
        elif version > live.ordering.newest:
            live.miss(version)

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
        if isinstance(error, DatabaseError):  # the periodic comparison of versions makes up for it
            logger.warning("The database was away as a room came to life or was let go: %r.", error)
        else:
            logger.error("A room could not be brought to life or let go.", exc_info=error)
