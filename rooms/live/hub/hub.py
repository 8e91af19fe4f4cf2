"""All live rooms of this process."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError

from rooms.clock import monotonic_s, now_ms
from rooms.core import publish
from rooms.core.one_at_a_time import OneAtATime
from rooms.errors import TooMany
from rooms.live import file_limit
from rooms.live.hub import queries
from rooms.live.hub.bus import Bus
from rooms.live.hub.limits import Limits
from rooms.live.hub.listener import Listener
from rooms.live.hub.live_room import LiveRoom
from rooms.live.hub.room_reader import Loaded
from rooms.live.metrics import DROPPED, LISTENERS, LIVE_ROOMS, RECONCILED, REFUSED, SLOW, TASKS
from rooms.live.presence import table
from rooms.live.presence.exchange import Sharing
from rooms.live.presence.people import people

logger = logging.getLogger(__name__)

BEAT_S = 0.4
TICK_EVERY_S = 15
RECONCILE_EVERY_S = 2
SHARE_EVERY_S = 0.4
"""Who listens is said to the other processes, and asked of them, so often: counts are right everywhere within 3 s,
although listeners are told at most every 2 s."""
SHARE_ALONE_EVERY_S = 1.2
"""The same while nobody else has listeners in the rooms that live here."""
PRESENCE = "presence"
"""What processes say to each other about people, and tell no listener."""
KEEP_EMPTY_S = 8
"""A room stays warm so long after its last listener: reloads and flaps cost nothing."""
MOVE_ON_AGAIN_S = 1.0
"""Between two attempts to move on a room whose track is over."""

T = TypeVar("T")


class Hub:
    """The live rooms of one process and the few tasks that serve them, whatever their number.

    Starts by itself with the first listener, in the running event loop.
    """

    def __init__(self) -> None:
        self.rooms: dict[int, LiveRoom] = {}
        self.streams = 0
        self.is_stopping = False
        self.limits: Limits[Listener] = Limits.of(settings)
        self._by_slug: dict[str, asyncio.Task[LiveRoom | None]] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._sharing = Sharing(self.in_thread)
        self._threads = OneAtATime("hub")
        self._bus: Bus | None = None

    async def live_room(self, slug: str) -> LiveRoom | None:
        """The open room of that slug, brought to life if nobody listened yet; None if there is none.

        It may be let go as soon as the caller waits for something, unless the caller visits it.
        """
        self._start()
        while True:
            opening = self._by_slug.get(slug)
            if opening is None:
                opening = self._by_slug[slug] = asyncio.get_running_loop().create_task(self._open(slug))
            live = await asyncio.shield(opening)
            if live is None or (self.rooms.get(live.room_id) is live and not live.is_closed):
                return live
            # That room was closed or let go meanwhile; another may have its slug by now.
            self._let_go(live)
            if self._by_slug.get(slug) is opening:
                del self._by_slug[slug]

    def admit(self, listener: Listener, address: str) -> None:
        """Count one stream more, until it is dismissed. An older one of its person may have to give way.

        Raises TooMany if it is one too many.
        """
        if self.streams >= file_limit.for_streams():
            REFUSED.labels("process").inc()
            raise TooMany(f"{self.streams} streams are open here, and no more fit; try again later.", retry_after_s=30)
        try:
            giving_way = self.limits.admit(listener, address, listener.person_id, listener.room.room_id)
        except TooMany:
            REFUSED.labels("limit").inc()
            raise
        for older in giving_way:
            DROPPED.labels("replaced").inc()
            older.room.end(older, "replaced")
        self.streams += 1

    def dismiss(self, listener: Listener) -> None:
        """A stream that was admitted has ended."""
        self.streams -= 1
        self.limits.forget(listener)

    def listeners(self, room_id: int) -> int:
        """How many people listen to a room. Uses the database; may be called from any thread but the event loop's."""
        return int(self.people(room_id)["listeners"])

    def people(self, room_id: int) -> dict[str, Any]:
        """Who listens to a room, in all processes; like ``listeners``."""
        return self.people_of([room_id])[room_id]

    def people_of(self, room_ids: list[int]) -> dict[int, dict[str, Any]]:
        """Who listens to each of these rooms, in all processes, with one query at most."""
        lives = {room_id: live for room_id in room_ids if (live := self.rooms.get(room_id))}
        others = table.elsewhere([room_id for room_id in room_ids if room_id not in lives])
        return {
            room_id: lives[room_id].presence.as_json() if room_id in lives else people(others.get(room_id, []))
            for room_id in room_ids
        }

    def rename(self, room_id: int, person_id: UUID, name: str) -> None:
        """Show a person who listens under another name. Like the two below, it may be called from any thread."""
        self._say_of(room_id, person_id, "rename", name)

    def goodbye(self, room_id: int, person_id: UUID) -> None:
        """A page of this person is being left: its stream ends, and not because of the network."""
        self._say_of(room_id, person_id, "goodbye")

    def expect(self, room_id: int, person_id: UUID) -> None:
        """This person asks for the page, and is about to listen."""
        self._say_of(room_id, person_id, "expect")

    async def in_thread(self, job: Callable[..., T], *args: Any) -> T:
        """Run ``job``, which uses the database, in a thread when it is its turn, and give its connection back."""
        return await self._threads.run(queries.with_database, job, args)

    def stop(self) -> None:
        """End every stream politely and refuse new ones, before the server stops."""
        self.is_stopping = True
        for live in list(self.rooms.values()):
            live.stop()
        for timer in self._timers.values():
            timer.cancel()
        if self._bus is not None:
            self._bus.close()
        for task in self._tasks:
            task.cancel()
        if self._sharing.has_said_something:
            self._threads.submit(queries.with_database, queries.farewell, ())

    def stop_soon(self) -> None:
        """``stop``, from a signal handler or another thread."""
        self.is_stopping = True
        _call_in_loop(self.stop)

    def _start(self) -> None:
        if self._bus is None:
            self._bus = Bus(self._receive, self._reload)
            self._spawn(self._beat_for_ever())
            self._spawn(self._reconcile_for_ever())
            self._spawn(self._share_for_ever())

    def _spawn(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _say_of(self, room_id: int, person_id: UUID, verb: str, *args: str) -> None:
        """Have ``verb`` of the room's presence called in each process that has listeners there."""
        _call_in_loop(self._hear_of, room_id, str(person_id), verb, *args)
        publish.whisper(room_id, PRESENCE, publish.encode({"of": [str(person_id), verb, *args]}))

    def _hear_of(self, room_id: int, person_id: str, verb: str, *args: str) -> None:
        live = self.rooms.get(room_id)
        if live is not None and verb in ("rename", "goodbye", "expect"):
            getattr(live.presence, verb)(UUID(person_id), *args)

    # Opening a room and letting it go

    async def _open(self, slug: str) -> LiveRoom | None:
        live = None
        try:
            room_id = await self.in_thread(queries.room_id_of, slug)
            if room_id is not None:
                live = await self._enliven(room_id, slug)
            return live
        finally:
            if live is None:
                self._by_slug.pop(slug, None)

    async def _enliven(self, room_id: int, slug: str) -> LiveRoom:
        if (known := self.rooms.get(room_id)) is not None:
            if not known.is_closed:
                return known
            self._let_go(known)
        assert self._bus is not None
        live = self.rooms[room_id] = LiveRoom(room_id, slug, self._load, self._arm)
        live.is_stopping = self.is_stopping
        with live:
            try:
                # Subscribed before it is read: what is committed in between arrives as an event, and is not lost.
                await self._bus.subscribe(room_id)
                await live.reload()
            except BaseException:
                self._let_go(live)
                raise
        return live

    def _let_go(self, live: LiveRoom) -> None:
        """Forget a room; doing it twice does no harm."""
        if self.rooms.get(live.room_id) is not live:
            return
        del self.rooms[live.room_id]
        opening = self._by_slug.get(live.slug)
        if opening is not None and opening.done():
            del self._by_slug[live.slug]
        if timer := self._timers.pop(live.room_id, None):
            timer.cancel()
        self._spawn(self._after_letting_go(live))

    async def _after_letting_go(self, live: LiveRoom) -> None:
        if self._bus is not None and live.room_id not in self.rooms:
            await self._bus.unsubscribe(live.room_id)
        if not live.is_closed and live.room_id not in self.rooms:
            await self._logged(self.in_thread(queries.left_alone, live.room_id), live)

    async def _load(self, room_id: int) -> Loaded | None:
        return await self.in_thread(queries.read_room, room_id)

    # Hearing from the bus

    def _receive(self, room_id: int, event: str, text: str) -> None:
        live = self.rooms.get(room_id)
        if live is None:
            return
        try:
            if event == PRESENCE:
                self._hear_of(room_id, *json.loads(text)["of"])
            else:
                live.receive(event, text)
        except (LookupError, TypeError, ValueError):
            logger.exception("An event of the room “%s” was not understood.", live.slug)

    def _reload(self, room_id: int) -> None:
        if live := self.rooms.get(room_id):
            live.reload()

    # The end of a track

    def _arm(self, live: LiveRoom) -> None:
        """Wake when the current track of ``live`` is over."""
        if self.rooms.get(live.room_id) is not live:
            return
        if timer := self._timers.pop(live.room_id, None):
            timer.cancel()
        if live.advance_at_ms is not None:
            delay_s = max(0, live.advance_at_ms - now_ms()) / 1000
            self._timers[live.room_id] = asyncio.get_running_loop().call_later(delay_s, self._advance, live)

    def _advance(self, live: LiveRoom) -> None:
        # Whoever comes next into an empty room settles it.
        if live.listeners:
            self._spawn(self._move_on(live))

    async def _move_on(self, live: LiveRoom) -> None:
        due_ms = live.advance_at_ms
        await self._logged(self.in_thread(queries.settle, live.room_id), live)
        await asyncio.sleep(MOVE_ON_AGAIN_S)
        # Not moved: the database failed, or the clock was set back.
        if live.advance_at_ms == due_ms:
            self._arm(live)

    async def _logged(self, job: Coroutine[Any, Any, Any], live: LiveRoom) -> None:
        try:
            await job
        except DatabaseError as error:
            logger.warning("The room “%s” could not be moved on: %r.", live.slug, error)
        except Exception:
            logger.exception("The room “%s” could not be moved on.", live.slug)

    # The beat

    async def _beat_for_ever(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            for live in list(self.rooms.values()):
                try:
                    self._beat(live, monotonic_s())
                except Exception:
                    logger.exception("A beat of the room “%s” failed; the next one follows.", live.slug)
            LIVE_ROOMS.set(len(self.rooms))
            LISTENERS.set(sum(len(live.listeners) for live in self.rooms.values()))
            SLOW.set(sum(live.slow for live in self.rooms.values()))

    def _beat(self, live: LiveRoom, now_s: float) -> None:
        if live.is_closed or live.is_deserted(KEEP_EMPTY_S):
            self._let_go(live)
            return
        live.end_the_old(now_s)
        live.tell_people(now_s)
        if now_s >= live.next_tick_at:
            live.next_tick_at = now_s + TICK_EVERY_S - BEAT_S
            live.tick()

    async def _reconcile_for_ever(self) -> None:
        while True:
            await asyncio.sleep(RECONCILE_EVERY_S)
            TASKS.set(len(asyncio.all_tasks()))
            try:
                await self._reconcile()
                if self._bus is not None:
                    await self._bus.join_missing_groups()
            except DatabaseError as error:
                logger.warning("The versions of the live rooms could not be compared; that is tried again: %r.", error)
            except Exception:
                logger.exception("The versions of the live rooms could not be compared; that is tried again.")

    async def _reconcile(self) -> None:
        """Compare the versions of the live rooms with the database: one query, however many they are."""
        rooms = list(self.rooms.values())
        versions = await self.in_thread(queries.versions_of, [live.room_id for live in rooms]) if rooms else {}
        for live in rooms:
            version = versions.get(live.room_id)
            if version is None:
                live.close()
            elif version > live.version:
                RECONCILED.inc()
                live.expect(version)

    async def _share_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SHARE_EVERY_S if self._sharing.has_company else SHARE_ALONE_EVERY_S)
            try:
                await self._sharing.share(list(self.rooms.values()), monotonic_s())
            except DatabaseError as error:
                logger.debug("The other processes could not be told who listens here: %r.", error)  # told below, too
            except Exception:
                logger.exception("The other processes could not be told who listens here; that is tried again.")


hub = Hub()
"""The hub of this process."""


def _call_in_loop(call: Callable[..., object], *args: Any) -> None:
    if publish.loop is not None and not publish.loop.is_closed():
        publish.loop.call_soon_threadsafe(call, *args)
