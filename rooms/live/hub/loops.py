"""Periodic tasks of a process, each for all live rooms at once."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from rooms.clock import monotonic_s, now_ms
from rooms.live.hub import queries
from rooms.live.hub.limits import Limits
from rooms.live.hub.live_room import RENEW, LiveRoom
from rooms.live.hub.live_rooms import LiveRooms
from rooms.live.metrics import LISTENERS, LIVE_ROOMS, RECONCILED, SLOW, TASKS
from rooms.live.presence import table
from rooms.live.presence.audience import Audience
from rooms.live.presence.empty_room import close_abandoned
from rooms.live.presence.exchange import Exchange
from rooms.live.presence.renewals import recent_renewals
from rooms.live.presence.skip_votes import recount
from rooms.live.presence.stand_in import make_eldest_host
from rooms.live.presence.streams_elsewhere import exchange_counts, withdraw_counts
from rooms.live.threads import DatabaseThreads
from rooms.models.message import forget_the_old

logger = logging.getLogger(__name__)

BEAT_S = 0.4
"""Interval of the housekeeping of live rooms."""
TICK_EVERY_S = 15
"""Interval of a room's heartbeat."""
RECONCILE_EVERY_S = 2
"""Interval of the comparison with the database, by which lost events are found."""
SHARE_EVERY_S = 0.4
"""Interval of the exchange of presence between processes: with the 2 s between updates to listeners, counts converge
within 3 s."""
SHARE_ALONE_EVERY_S = 1.2
"""The same while no other process has listeners in these rooms."""
SET_BACK_MS = 1_000
"""A wall clock that falls behind the monotonic clock by so much between two beats was set back."""
SWEEP_EVERY_S = 60.0
"""Interval of the search for abandoned temporary rooms, which close after a day."""
FORGET_EVERY_S = 3_600
"""Interval of the deletion of expired chat messages, which are hidden from their expiry on."""
KEEP_EMPTY_S = 8
"""Time to live of a room without references, so that reloads and flapping connections do not reopen it."""


class WallClock:
    """Detects by the monotonic clock that the wall clock was set back."""

    def __init__(self) -> None:
        self._ahead_ms: float | None = None

    def was_set_back(self) -> bool:
        """Whether it was set back since the last call."""
        ahead_ms = now_ms() - 1000 * monotonic_s()
        before_ms, self._ahead_ms = self._ahead_ms, ahead_ms
        return before_ms is not None and ahead_ms < before_ms - SET_BACK_MS


Job = Callable[[list[int]], object]
"""Periodic job of another app, run in a thread with the ids of the live rooms that have listeners here."""


class Loops:
    """Housekeeping of rooms, reconciliation with the database, exchange of presence, expiry of chat, and added jobs.

    One task each.
    """

    def __init__(self, rooms: LiveRooms, threads: DatabaseThreads, limits: Callable[[], Limits[Any]]) -> None:
        self._rooms = rooms
        self._limits = limits
        self._has_said_counts = False
        self._renewed: set[int] = set()
        self._threads = threads
        self._exchange = Exchange(threads)
        self._sweep_at_s = monotonic_s() + SWEEP_EVERY_S
        self._tasks: list[asyncio.Task[None]] = []
        self._wall_clock = WallClock()
        self._jobs: list[tuple[Job, float]] = []

    def add(self, job: Job, every_s: float) -> None:
        """Register a job to run every ``every_s`` seconds; before ``start``."""
        self._jobs.append((job, every_s))

    def start(self) -> None:
        """Start the tasks in the running event loop."""
        start = asyncio.get_running_loop().create_task
        tasks = self._beat_for_ever, self._reconcile_for_ever, self._share_for_ever, self._forget_for_ever
        self._tasks = [start(task()) for task in tasks]
        self._tasks += [start(self._do_for_ever(job, every_s)) for job, every_s in self._jobs]

    def stop(self) -> None:
        """Cancel the tasks, and shorten the lifetime of this process' presence rows: its listeners move elsewhere."""
        for task in self._tasks:
            task.cancel()
        if self._exchange.has_published:
            self._threads.submit(table.expire_soon)
        if self._has_said_counts:
            self._threads.submit(withdraw_counts)

    async def _beat_for_ever(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            lives = list(self._rooms.by_id.values())
            is_set_back = self._wall_clock.was_set_back()
            for live in lives:
                try:
                    if is_set_back:  # else the track would not end before the clock has caught up
                        live.track_end.look()
                    self._beat(live, monotonic_s())
                except Exception:
                    logger.exception("A beat of the room “%s” failed; the next one follows.", live.slug)
            LIVE_ROOMS.set(len(lives))
            LISTENERS.set(sum(len(live.listeners) for live in lives))
            SLOW.set(sum(live.slow for live in lives))

    def _beat(self, live: LiveRoom, now_s: float) -> None:
        if live.is_closed or live.is_idle(KEEP_EMPTY_S):
            self._rooms.release(live)
            return
        live.end_expired(now_s)
        live.send_people(now_s)
        if now_s >= live.next_tick_at:
            live.next_tick_at = now_s + TICK_EVERY_S - BEAT_S
            live.tick(live.version)

    async def _reconcile_for_ever(self) -> None:
        while True:
            await asyncio.sleep(RECONCILE_EVERY_S)
            TASKS.set(len(asyncio.all_tasks()))
            try:
                await self._reconcile()
                await self._renew()
                await self._take_over()
                await self._recount(monotonic_s())
                await self._share_counts()
                await self._sweep(monotonic_s())
                await self._rooms.bus.join_missing_groups()
            except DatabaseError as error:
                logger.warning("The versions of the live rooms could not be compared; that is tried again: %r.", error)
            except Exception:
                logger.exception("The versions of the live rooms could not be compared; that is tried again.")

    async def _reconcile(self) -> None:
        """Compare the versions of all live rooms with the database, in one query."""
        lives = list(self._rooms.by_id.values())
        if not lives:
            return
        versions = await self._threads.run(queries.versions_of, [live.room_id for live in lives])
        for live in lives:
            version = versions.get(live.room_id)
            if version is None:
                live.close()
            elif version > live.version:
                RECONCILED.inc()
                live.expect(version)

    async def _renew(self) -> None:
        """Make streams reconnect whose people signed in or out elsewhere: the bus may have lost it, or be none."""
        if not self._rooms.by_id:
            return
        asked = await self._threads.run(recent_renewals)
        for number in sorted(asked.keys() - self._renewed):
            for live in list(self._rooms.by_id.values()):
                live.apply(str(asked[number]), RENEW)
        self._renewed = set(asked)

    async def _take_over(self) -> None:
        """Appoint stand-in hosts in rooms whose hosts are gone, where the rules say so."""
        for live in list(self._rooms.by_id.values()):
            if present := live.stand_in_candidates(monotonic_s()):
                await self._threads.run(make_eldest_host, live.room_id, present)

    async def _recount(self, now_s: float) -> None:
        """Count the votes to skip anew where those who listen, or what they may, changed since."""
        for live in list(self._rooms.by_id.values()):
            if live.skip_recount.is_due(live.presence, live.version, len(live.listeners), now_s):
                live.skip_recount.missed = await self._threads.run(
                    recount, live.room_id, Audience.of(live.presence), live.skip_recount.missed
                )

    async def _share_counts(self) -> None:
        """Have the limits of streams count those of the other processes, if there may be any."""
        if settings.REDIS_URL:
            limits = self._limits()
            counts, has_said, self._has_said_counts = limits.told(), self._has_said_counts, True
            try:
                limits.elsewhere = await self._threads.run(exchange_counts, counts, has_said)
            except BaseException:
                limits.elsewhere = Counter()  # nobody knows how many there are by now
                raise
            self._has_said_counts = bool(counts)

    async def _sweep(self, now_s: float) -> None:
        """Close abandoned temporary rooms."""
        if now_s >= self._sweep_at_s:
            self._sweep_at_s = now_s + SWEEP_EVERY_S
            await self._threads.run(close_abandoned, now_ms())

    async def _share_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SHARE_EVERY_S if self._exchange.has_company else SHARE_ALONE_EVERY_S)
            try:
                lives = list(self._rooms.by_id.values())
                await self._exchange.share(lives, monotonic_s())
                for live in lives:
                    live.send_people(monotonic_s())
            except DatabaseError as error:
                # The reconciliation logs the outage at a higher level.
                logger.debug("The other processes could not be told who listens here: %r.", error)
            except Exception:
                logger.exception("The other processes could not be told who listens here; that is tried again.")

    async def _do_for_ever(self, job: Job, every_s: float) -> None:
        while True:
            await asyncio.sleep(every_s)
            room_ids = [room_id for room_id, live in self._rooms.by_id.items() if live.listeners]
            try:
                if room_ids:
                    await self._threads.run(job, room_ids)
            except Exception as error:  # noqa: BLE001  # the next run follows
                logger.warning("A job for rooms with listeners failed; that is tried again: %r.", error)

    async def _forget_for_ever(self) -> None:
        while True:
            await asyncio.sleep(FORGET_EVERY_S)
            try:
                await self._threads.run(forget_the_old, now_ms())
            except Exception as error:  # noqa: BLE001  # no caller depends on it
                logger.warning("What chats forget could not be deleted; that is tried again: %r.", error)
