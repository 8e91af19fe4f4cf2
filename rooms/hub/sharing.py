"""Telling the other processes who listens here, and hearing who listens there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rooms.hub import attendance, database
from rooms.hub.live import LiveRoom
from rooms.hub.presence import Crowd


class Sharing:
    """Says by way of the database who listens to the live rooms, where that changed, and takes in what others say.

    ``in_thread`` runs a job that uses the database.
    """

    def __init__(self, in_thread: Callable[..., Awaitable[Any]]) -> None:
        self._in_thread = in_thread
        self._said: dict[int, int] = {}
        self._repeat_at = 0.0
        self.has_company = False
        """Whether another process has listeners in a room that lives here."""

    @property
    def has_said_something(self) -> bool:
        return bool(self._said)

    async def share(self, rooms: list[LiveRoom], now_s: float) -> None:
        """Say what is new, and everything from time to time; nothing is asked while nobody listens anywhere here."""
        is_repeated = now_s >= self._repeat_at
        revisions = {live.room_id: live.presence.revision for live in rooms}
        news = {
            live.room_id: live.presence.crowd()
            for live in rooms
            if is_repeated or self._said.get(live.room_id) != live.presence.revision
        }
        news |= {room_id: Crowd(0) for room_id in self._said.keys() - revisions.keys()}
        if not rooms and not news:
            return
        try:
            crowds = await self._in_thread(database.share, news, list(revisions), is_repeated)
        except BaseException:
            self._said.clear()  # nobody knows what of it arrived
            raise
        self._said = revisions
        self.has_company = any(crowds.values())
        if is_repeated:
            self._repeat_at = now_s + attendance.REPEAT_S
        for live in rooms:
            live.presence.elsewhere = crowds.get(live.room_id, [])
            live.tell_people(now_s)
