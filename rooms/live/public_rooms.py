"""The public rooms, as the API and the home page list them.

Whoever reads a list pays for no room in it: what nobody watched is moved on afterwards, in a thread of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, InterfaceError
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, Now

from rooms.clock import now_ms
from rooms.errors import Refusal
from rooms.live.hub import hub
from rooms.live.hub.queries import settle
from rooms.live.presence import table
from rooms.live.threads import with_database
from rooms.models import Attendance, Room, one_line
from rooms.shapes import ListedRoomJson

logger = logging.getLogger(__name__)

MOST_FORESEEN = 12
"""Of so many rooms that are to move on is told what plays by now, with a few questions for each."""
MOST_WAITING = 500
"""Rooms that wait to be moved on; more are looked at when they are listed again."""


def public_rooms(search: str = "", offset: int = 0, limit: int = 50) -> list[ListedRoomJson]:
    """``limit`` public rooms from ``offset`` on, each with its listeners and what plays.

    First come those that play, and of these the ones that most people listen to.
    """
    rooms = Room.objects.public().whole()
    if search := one_line(search):
        rooms = rooms.filter(name__icontains=search)
    # By what each process said last: for the order that will do, however many they are.
    said = Attendance.objects.filter(room=OuterRef("pk"), seen_at__gt=Now() - table.STALE).order_by()
    heard = Coalesce(Subquery(said.values("room").annotate(sum=Sum("count")).values("sum")), 0)
    return as_listed(list(rooms.annotate(heard=heard).order_by("-player__playing", "-heard", "-pk")[offset:][:limit]))


def as_listed(rooms: list[Room]) -> list[ListedRoomJson]:
    """These rooms, read whole, as a list tells them."""
    listeners, now = hub.listeners_of([room.pk for room in rooms]), now_ms()
    due = [room for room in rooms if room.player.is_due(now)]
    for room in due[:MOST_FORESEEN]:
        room.player.settle(now, only_near=True)
    if due:
        _later.move_on(room.pk for room in due)
    return [_listed(room, listeners[room.pk]) for room in rooms]


class _Later:
    """Moves rooms on in one thread, each once however often it is asked for meanwhile."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "listed")
        self._waiting: set[int] = set()

    def move_on(self, room_ids: Iterable[int]) -> None:
        for room_id in room_ids:
            if room_id not in self._waiting and len(self._waiting) < MOST_WAITING:
                self._waiting.add(room_id)
                self._thread.submit(self._move_on, room_id)

    def _move_on(self, room_id: int) -> None:
        self._waiting.discard(room_id)
        try:
            with_database(settle, (room_id,))
        except (DatabaseError, InterfaceError, Refusal) as error:  # whoever looks next has it moved on
            logger.debug("A room that was listed could not be moved on: %r.", error)
        except Exception:
            logger.exception("A room that was listed could not be moved on.")


_later = _Later()


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
