"""The public rooms, as the API and the home page list them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from rooms.change import settled
from rooms.clock import now_ms
from rooms.errors import Unknown
from rooms.hub import hub
from rooms.models import Room, one_line


def public_rooms(search: str = "", offset: int = 0, limit: int = 50) -> list[dict[str, Any]]:
    """``limit`` public rooms from ``offset`` on, those that play first; each with its listeners and what plays."""
    rooms = Room.objects.public().whole()
    if search := one_line(search):
        rooms = rooms.filter(name__icontains=search)
    page = list(rooms.order_by("-player__playing", "-pk")[offset:][:limit])
    people = hub.people_of([room.pk for room in page])
    found = []
    for room in page:
        with suppress(Unknown):  # it was closed meanwhile
            found.append(_listed(settled(room, now_ms()), people[room.pk]["listeners"]))
    return found


def _listed(room: Room, listeners: int) -> dict[str, Any]:
    entry = room.player.entry
    return {
        "slug": room.slug,
        "name": room.name,
        "listeners": listeners,
        "playing": room.player.playing,
        "entry": entry.as_json() if entry else None,
    }
