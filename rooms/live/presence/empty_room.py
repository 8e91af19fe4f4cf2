"""What happens to the music of a room when its last listener has left."""

from __future__ import annotations

from rooms.clock import now_ms
from rooms.core.change import change
from rooms.live.presence import table
from rooms.models import Room, WhenEmpty


def left_alone(room_id: int) -> None:
    """Nobody listens here any more: pause, if nobody does elsewhere and the room's rules say so."""
    room = Room.objects.read(room_id)
    if room is not None and room.when_empty == WhenEmpty.PAUSE and not table.elsewhere([room_id]):
        now = now_ms()
        with change(room, now) as lent:
            if lent.player.playing:  # what ended goes on with what is added, whoever is here by then
                lent.player.pause(now)
