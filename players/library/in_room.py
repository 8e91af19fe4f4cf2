"""Whether a room plays a track of the library, so that those who may listen there may have its file."""

from __future__ import annotations

from players.models import Provider
from rooms.models import Room

NEAR = 10
"""Entries before and behind the current one whose files may be had: browsers load the next ahead, and hosts go back."""


def is_near(room: Room, media_id: str) -> bool:
    """Whether that track stands near the current place of the room's queue; a room that repeats comes to the first."""
    entries = room.queue.entries.order_by("order")
    current = room.player.entry
    near = [entries]
    if current is not None:
        near += [entries.filter(order__gte=current.order), entries.filter(order__lt=current.order).reverse()]
    return any(
        (Provider.LIBRARY, media_id) in part.values_list("track__provider", "track__media_id")[: NEAR + 1]
        for part in near
    )
