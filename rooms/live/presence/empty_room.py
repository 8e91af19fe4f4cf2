"""What happens to a room and its music when its last listener has left."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from django.db.models.functions import Now

from rooms.clock import now_ms
from rooms.core.change import change
from rooms.errors import Unknown
from rooms.live.presence import table
from rooms.models import Attendance, Room, WhenEmpty

CLOSES_AFTER = timedelta(days=1)
MOST_CLOSED = 100
"""At one look; the others follow at the next."""


def pause_if_empty(room_id: int) -> None:
    """Nobody listens here any more: pause, if nobody does elsewhere and the room's rules say so."""
    room = Room.objects.read(room_id)
    if room is not None and room.when_empty == WhenEmpty.PAUSE and not table.elsewhere([room_id]):
        now = now_ms()
        with change(room, now) as lent:
            if lent.player.playing:  # what ended goes on with what is added, whoever is here by then
                lent.player.pause(now)


def close_abandoned(now_ms: int) -> None:
    """Close the temporary rooms that nobody listened to for a day, and note which are empty now.

    For all rooms at once and from time to time, so that nobody who leaves has to write anything.
    """
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    temporary = Room.objects.open().filter(is_permanent=False)
    heard = Attendance.objects.filter(seen_at__gt=Now() - table.STALE).values("room_id")
    temporary.filter(pk__in=heard).exclude(empty_since=None).update(empty_since=None)
    deserted = temporary.exclude(pk__in=heard)
    deserted.filter(empty_since=None).update(empty_since=now)
    for room in deserted.filter(empty_since__lte=now - CLOSES_AFTER)[:MOST_CLOSED]:
        with suppress(Unknown), change(room, now_ms) as lent:  # its owner closed it at the same moment
            lent.close()
