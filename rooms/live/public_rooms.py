"""The public rooms, as the API and the home page list them."""

from __future__ import annotations

from contextlib import suppress

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, Now

from rooms.clock import now_ms
from rooms.core.change import settled
from rooms.errors import Unknown
from rooms.live.hub import hub
from rooms.live.presence import table
from rooms.models import Attendance, Room, one_line
from rooms.shapes import ListedRoomJson


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
    """These rooms, read whole, as a list tells them, each as it is now."""
    listeners = hub.listeners_of([room.pk for room in rooms])
    found = []
    for room in rooms:
        with suppress(Unknown):  # it was closed meanwhile
            found.append(_listed(settled(room, now_ms()), listeners[room.pk]))
    return found


def _listed(room: Room, listeners: int) -> ListedRoomJson:
    entry = None if room.password else room.player.entry
    return {
        "slug": room.slug,
        "name": room.name,
        "has_password": bool(room.password),
        "listeners": listeners,
        "playing": room.player.playing,
        "entry": entry.as_json() if entry else None,
    }
