"""Rules for rooms without listeners: pausing the player, and closing temporary rooms after a day."""

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
"""Rooms closed per call; the others follow at the next."""


def pause_if_empty(room_id: int) -> None:
    """Pause the player after the last listener left this process, if there is none elsewhere and the rules say so."""
    room = Room.objects.read(room_id)
    if room is not None and room.when_empty == WhenEmpty.PAUSE and not table.elsewhere([room_id]):
        now = now_ms()
        with change(room, now) as lent:
            if table.elsewhere([room_id]):  # who came while this waited for the room
                return
            if lent.player.playing:  # a queue that ended starts again with the next entry added
                lent.player.pause(now)


def close_abandoned(now_ms: int) -> None:
    """Close temporary rooms that were empty for CLOSES_AFTER, and update ``empty_since`` of all others.

    Called periodically for all rooms, so that leaving one writes nothing. ``now_ms`` is in Unix milliseconds.
    """
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    temporary = Room.objects.open().filter(is_permanent=False)
    heard = Attendance.objects.filter(seen_at__gt=Now() - table.STALE).values("room_id")
    temporary.filter(pk__in=heard).exclude(empty_since=None).update(empty_since=None)
    deserted = temporary.exclude(pk__in=heard)
    deserted.filter(empty_since=None).update(empty_since=now)
    for room in deserted.filter(empty_since__lte=now - CLOSES_AFTER)[:MOST_CLOSED]:
        with suppress(Unknown), change(room, now_ms) as lent:  # closed by its owner at the same moment
            # Its owner may have kept it, and people may have come, while this waited for it and for those before it.
            if not lent.is_permanent and not heard.filter(room=lent).exists():
                lent.close()
