"""Reopening a closed room, as it was when it was closed."""

from __future__ import annotations

from django.db import IntegrityError

from rooms.core.change import change
from rooms.errors import Unknown
from rooms.models import Room


def reopen(room: Room, now_ms: int, *, by: str = "") -> Room:
    """Open the closed ``room`` again: its music stands where it stood, and its people have the roles that they had.

    Raises Invalid if it was closed too long ago or if another room has its address by now. One that is open is left as
    it is.
    """
    if room.closed_at is None:
        return room
    closed_at_ms = int(room.closed_at.timestamp() * 1000)
    try:
        # At the instant of its closing: what would have played since then is not walked through.
        with change(room, closed_at_ms, by=by, is_closed=True) as lent:
            lent.player.pause(closed_at_ms)
            lent.reopen(now_ms)
    except Unknown:
        if (opened := Room.objects.read(room.pk)) is None:
            raise
        return opened  # by another call at the same moment
    except IntegrityError:  # another room took the address at the same moment
        raise room.address_taken() from None
    return lent
