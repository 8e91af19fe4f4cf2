"""Telling the other processes who listens here, and hearing who listens there."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from rooms.live.hub import queries
from rooms.live.hub.live_room import LiveRoom
from rooms.live.presence import table
from rooms.live.presence.people import Crowd


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said of one room: its presence at that revision. It is to be said again at ``repeat_at``."""

    revision: int
    repeat_at: float


class Sharing:
    """Says by way of the database who listens to the live rooms, where that changed, and takes in what others say.

    ``in_thread`` runs a job that uses the database.
    """

    def __init__(self, in_thread: Callable[..., Awaitable[Any]]) -> None:
        self._in_thread = in_thread
        self._said: dict[int, _Said] = {}
        self._tidy_at = 0.0
        self.has_company = False
        """Whether another process has listeners in a room that lives here."""

    @property
    def has_said_something(self) -> bool:
        return bool(self._said)

    async def share(self, rooms: list[LiveRoom], now_s: float) -> None:
        """Say what is new, and all of it again in good time; nothing is asked while nobody listens anywhere here."""
        revisions = {live.room_id: live.presence.revision for live in rooms}
        news = {live.room_id: live.presence.crowd() for live in rooms if self._is_news(live, now_s)}
        said = {room_id: _Said(revisions[room_id], now_s + _repeat_s()) for room_id in news}
        news |= {room_id: Crowd(0) for room_id in self._said.keys() - revisions.keys()}
        is_tidied = now_s >= self._tidy_at
        if not rooms and not news:
            return
        try:
            crowds = await self._in_thread(queries.share, news, list(revisions), is_tidied)
        except BaseException:
            self._said.clear()  # nobody knows what of it arrived
            raise
        self._said = {room_id: said.get(room_id) or self._said[room_id] for room_id in revisions}
        self.has_company = any(crowds.values())
        if is_tidied:
            self._tidy_at = now_s + table.REPEAT_S
        for live in rooms:
            live.presence.elsewhere = crowds.get(live.room_id, [])
            live.tell_people(now_s)

    def _is_news(self, live: LiveRoom, now_s: float) -> bool:
        said = self._said.get(live.room_id)
        return said is None or said.revision != live.presence.revision or now_s >= said.repeat_at


def _repeat_s() -> float:
    """Not all rooms at once: to say two hundred of them takes so long that a host would notice."""
    return table.REPEAT_S * random.uniform(0.5, 1)
