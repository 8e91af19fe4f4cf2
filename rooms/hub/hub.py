"""All live rooms of this process."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection

from rooms import push
from rooms.change import change, current_snapshot, settled
from rooms.clock import now_ms
from rooms.errors import Unknown
from rooms.hub.bus import Bus
from rooms.hub.live import LiveRoom, Loaded
from rooms.hub.rights import Rights
from rooms.models import Room, WhenEmpty

logger = logging.getLogger(__name__)

BEAT_S = 1.0
TICK_EVERY_S = 15
PEOPLE_EVERY_S = 2
RECONCILE_EVERY_S = 2
IN_FLIGHT_S = 0.2
"""A version that the database has and the bus has not brought yet gets so long to arrive."""
KEEP_EMPTY_S = 8
"""A room stays warm so long after its last listener: reloads and flaps cost nothing."""

T = TypeVar("T")


class Hub:
    """The live rooms of one process and the few tasks that serve them, whatever their number.

    Starts by itself with the first listener, in the running event loop.
    """

    def __init__(self) -> None:
        self.rooms: dict[int, LiveRoom] = {}
        self.is_stopping = False
        self._by_slug: dict[str, asyncio.Task[LiveRoom | None]] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="hub")
        self._bus: Bus | None = None

    async def live_room(self, slug: str) -> LiveRoom | None:
        """The open room of that slug, brought to life if nobody listened yet; None if there is none."""
        opening = self._by_slug.get(slug)
        if opening is None:
            self._start()
            opening = self._by_slug[slug] = asyncio.get_running_loop().create_task(self._open(slug))
        try:
            live = await asyncio.shield(opening)
        except Exception:
            self._by_slug.pop(slug, None)
            raise
        if live is None or live.is_closed:
            self._by_slug.pop(slug, None)
            return None
        live.touch()
        return live

    def listeners(self, room_id: int) -> int:
        """How many people listen to a room here. May be called from any thread."""
        live = self.rooms.get(room_id)
        return live.people()["listeners"] if live else 0

    def people(self, room_id: int) -> dict[str, Any]:
        """Who listens to a room here. May be called from any thread."""
        live = self.rooms.get(room_id)
        return live.people() if live else {"listeners": 0, "names": []}

    def rename(self, person_id: UUID, name: str) -> None:
        """Show a person who listens here under another name. May be called from any thread."""
        for live in list(self.rooms.values()):
            for listener in list(live.listeners):
                if listener.person_id == person_id:
                    listener.name = name

    async def in_thread(self, job: Callable[..., T], *args: Any) -> T:
        """Run ``job``, which uses the database, in a thread; no connection stays open after it."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, _with_database, job, args)

    def stop(self) -> None:
        """End every stream politely and refuse new ones, before the server stops."""
        self.is_stopping = True
        for live in self.rooms.values():
            for listener in list(live.listeners):
                live.end(listener)
        if self._bus is not None:
            self._bus.close()
        for task in self._tasks:
            task.cancel()

    def stop_soon(self) -> None:
        """``stop``, from a signal handler or another thread."""
        if push.loop is not None and not push.loop.is_closed():
            push.loop.call_soon_threadsafe(self.stop)

    def _start(self) -> None:
        if self._bus is None:
            self._bus = Bus(self._receive, self._reload)
            push.loop = asyncio.get_running_loop()
            self._spawn(self._beat_for_ever())

    def _spawn(self, coroutine: Any) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _open(self, slug: str) -> LiveRoom | None:
        room_id = await self.in_thread(_room_id, slug)
        if room_id is None or self._bus is None:
            return None
        live = LiveRoom(room_id, slug, self._load, self._arm)
        self.rooms[room_id] = live
        # Subscribed before it is read: what is committed in between arrives as an event, and is not lost.
        await self._bus.subscribe(room_id)
        await live.reload()
        return live

    async def _load(self, room_id: int) -> Loaded | None:
        return await self.in_thread(_read_room, room_id)

    def _receive(self, room_id: int, event: str, text: str) -> None:
        if live := self.rooms.get(room_id):
            live.receive(event, text)

    def _reload(self, room_id: int) -> None:
        if live := self.rooms.get(room_id):
            live.reload()

    # The end of a track

    def _arm(self, live: LiveRoom) -> None:
        """Wake when the current track of ``live`` is over."""
        if timer := self._timers.pop(live.room_id, None):
            timer.cancel()
        if live.advance_at_ms is not None and live.room_id in self.rooms:
            delay_s = max(0, live.advance_at_ms - now_ms()) / 1000
            self._timers[live.room_id] = asyncio.get_running_loop().call_later(delay_s, self._advance, live)

    def _advance(self, live: LiveRoom) -> None:
        self._timers.pop(live.room_id, None)
        if live.listeners:
            self._spawn(self._guarded(self.in_thread(_settle, live.room_id), live))

    async def _guarded(self, job: Any, live: LiveRoom) -> None:
        try:
            await job
        except Exception:
            logger.exception("The room “%s” could not be moved on.", live.slug)

    # The beat

    async def _beat_for_ever(self) -> None:
        next_reconciliation = 0.0
        while True:
            await asyncio.sleep(BEAT_S)
            try:
                for live in list(self.rooms.values()):
                    await self._beat(live, time.monotonic())
                if time.monotonic() >= next_reconciliation:
                    next_reconciliation = time.monotonic() + RECONCILE_EVERY_S
                    await self._reconcile()
            except Exception:
                logger.exception("A beat of the hub failed; the next one follows.")

    async def _beat(self, live: LiveRoom, now: float) -> None:
        if not live.listeners and now - live.empty_since > KEEP_EMPTY_S:
            await self._let_go(live)
            return
        for listener in [listener for listener in live.listeners if listener.expires_at < now]:
            live.end(listener)
        if now >= live.people_at:
            live.people_at = now + PEOPLE_EVERY_S - BEAT_S / 2
            live.tell_people()
        if now >= live.next_tick_at:
            live.next_tick_at = now + TICK_EVERY_S - BEAT_S
            live.tick()

    async def _let_go(self, live: LiveRoom) -> None:
        self.rooms.pop(live.room_id, None)
        self._by_slug.pop(live.slug, None)
        if timer := self._timers.pop(live.room_id, None):
            timer.cancel()
        if self._bus is not None:
            await self._bus.unsubscribe(live.room_id)
        if not live.is_closed:
            await self.in_thread(_left_alone, live.room_id)

    async def _reconcile(self) -> None:
        """Compare the versions of the live rooms with the database: one query, however many they are."""
        if not self.rooms:
            return
        versions = await self.in_thread(_versions, list(self.rooms))
        for live in list(self.rooms.values()):
            version = versions.get(live.room_id)
            if version is None:
                live.close("closed")
            elif version > live.version:
                asyncio.get_running_loop().call_later(IN_FLIGHT_S, live.expect, version)


hub = Hub()
"""The hub of this process."""


def _with_database(job: Callable[..., T], args: tuple[Any, ...]) -> T:
    try:
        return job(*args)
    finally:
        connection.close()


def _room_id(slug: str) -> int | None:
    return Room.objects.open().filter(slug=slug).values_list("pk", flat=True).first()


def _read_room(room_id: int) -> Loaded | None:
    room = Room.objects.open().whole().filter(pk=room_id).first()
    if room is None:
        return None
    try:
        return Loaded(current_snapshot(room, now_ms()), Rights.of(room))
    except Unknown:
        return None


def _settle(room_id: int) -> None:
    if room := Room.objects.open().whole().filter(pk=room_id).first():
        settled(room, now_ms())


def _left_alone(room_id: int) -> None:
    """Nobody listens any more: pause, if the room's rules say so."""
    room = Room.objects.open().whole().filter(pk=room_id, when_empty=WhenEmpty.PAUSE).first()
    if room is not None:
        with change(room, now_ms()) as lent:
            lent.player.pause(now_ms())


def _versions(room_ids: list[int]) -> dict[int, int]:
    return dict(Room.objects.open().filter(pk__in=room_ids).values_list("pk", "version"))
