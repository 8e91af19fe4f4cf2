"""Public room list of the API and the home page.

Queues of rooms without listeners are advanced lazily: after the list was read, in a background thread, so that reading
it stays cheap.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, InterfaceError
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, Now

from rooms.clock import now_ms
from rooms.core.contains import contains
from rooms.errors import Refusal
from rooms.live.hub import hub
from rooms.live.hub.queries import settle
from rooms.live.presence import table
from rooms.live.threads import with_database
from rooms.models import Attendance, Room, one_line
from rooms.shapes.room import ListedRoomJson

logger = logging.getLogger(__name__)

MOST_FORESEEN = 12
"""Overdue rooms of a list whose current track is computed at once, at a few queries each."""
MOST_WAITING = 500
"""Size of the queue of the background thread; rooms beyond it are queued when they are listed again."""


def public_rooms(search: str = "", offset: int = 0, limit: int = 50) -> list[ListedRoomJson]:
    """``limit`` public rooms from ``offset`` on whose names contain ``search``.

    Sorted by whether they play, then by listeners.
    """
    rooms = Room.objects.public().whole()
    if search := one_line(search):
        rooms = rooms.filter(contains(search, ["name"]))
    # The sum over processes counts a person in two of them twice, which is good enough for sorting.
    counts = Attendance.objects.filter(room=OuterRef("pk"), seen_at__gt=Now() - table.STALE).order_by()
    heard = Coalesce(Subquery(counts.values("room").annotate(sum=Sum("count")).values("sum")), 0)
    return as_listed(list(rooms.annotate(heard=heard).order_by("-player__playing", "-heard", "-pk")[offset:][:limit]))


def as_listed(rooms: list[Room]) -> list[ListedRoomJson]:
    """The JSON of ``rooms``, which were read by ``whole()``: with listeners over all processes and current track."""
    listeners, now = hub.listeners_of([room.pk for room in rooms]), now_ms()
    due = [room for room in rooms if room.player.is_due(now)]
    for room in due[:MOST_FORESEEN]:
        room.player.settle(now, only_near=True)
    if due:
        _settle_queue.move_on(room.pk for room in due)
    return [_listed(room, listeners[room.pk]) for room in rooms]


class _SettleQueue:
    """Work queue with one background thread that advances rooms, without duplicates."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "listed")
        self._waiting: set[int] = set()

    def move_on(self, room_ids: Iterable[int]) -> None:
        """Queue these rooms; those beyond MOST_WAITING are ignored."""
        for room_id in room_ids:
            if room_id not in self._waiting and len(self._waiting) < MOST_WAITING:
                self._waiting.add(room_id)
                self._thread.submit(self._move_on, room_id)

    def _move_on(self, room_id: int) -> None:
        self._waiting.discard(room_id)
        try:
            with_database(settle, (room_id,))
        except (DatabaseError, InterfaceError, Refusal) as error:  # the next reading retries
            logger.debug("A room that was listed could not be moved on: %r.", error)
        except Exception:
            logger.exception("A room that was listed could not be moved on.")


_settle_queue = _SettleQueue()


def _listed(room: Room, listeners: int) -> ListedRoomJson:
    entry = None if room.password else room.player.entry
    return {
        "slug": room.slug,
        "name": room.name,
        "has_password": bool(room.password),
        "listeners": listeners,
        "playing": room.player.playing,
        "entry": entry.as_json(room.slug) if entry else None,
    }
