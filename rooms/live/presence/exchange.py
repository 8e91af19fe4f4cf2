"""Telling the other processes who listens here, and hearing who listens there."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rooms.live.presence import table
from rooms.live.presence.empty_room import pause_if_empty
from rooms.live.presence.people import Crowd, Presence
from rooms.live.threads import DatabaseThreads


class RoomWithPresence(Protocol):
    """A room that people listen to."""

    @property
    def room_id(self) -> int: ...
    @property
    def presence(self) -> Presence: ...


@dataclass(frozen=True, slots=True)
class _Published:
    """What was said of one room: its presence at that revision. It is to be said again at ``repeat_at``."""

    revision: int
    repeat_at: float


class Exchange:
    """Says by way of the database who listens to the live rooms, where that changed, and takes in what others say."""

    def __init__(self, threads: DatabaseThreads) -> None:
        self._threads = threads
        self._published: dict[int, _Published] = {}
        self._tidy_at = 0.0
        self.has_company = False
        """Whether another process has listeners in a room that lives here."""

    @property
    def has_published(self) -> bool:
        return bool(self._published)

    async def share(self, rooms: Sequence[RoomWithPresence], now_s: float) -> None:
        """Say what is new, and all of it again in good time; nothing is asked while nobody listens anywhere here."""
        revisions = {live.room_id: live.presence.revision for live in rooms}
        news = {live.room_id: live.presence.crowd() for live in rooms if self._is_due(live, now_s)}
        said = {room_id: _Published(revisions[room_id], now_s + _repeat_s()) for room_id in news}
        news |= {room_id: Crowd(0) for room_id in self._published.keys() - revisions.keys()}
        is_tidied = now_s >= self._tidy_at
        if not rooms and not news:
            return
        try:
            crowds = await self._threads.run(share, news, list(revisions), is_tidied)
        except BaseException:
            self._published.clear()  # nobody knows what of it arrived
            raise
        self._published = {room_id: said.get(room_id) or self._published[room_id] for room_id in revisions}
        self.has_company = any(crowds.values())
        if is_tidied:
            self._tidy_at = now_s + table.REPEAT_S
        for live in rooms:
            live.presence.elsewhere = crowds.get(live.room_id, [])

    def _is_due(self, live: RoomWithPresence, now_s: float) -> bool:
        said = self._published.get(live.room_id)
        return said is None or said.revision != live.presence.revision or now_s >= said.repeat_at


def share(news: dict[int, Crowd], room_ids: list[int], is_tidied: bool) -> dict[int, list[Crowd]]:
    """Say the ``news`` of who listens here, and return who listens elsewhere to the rooms of ``room_ids``.

    With ``is_tidied`` forget what processes said that are gone.
    """
    if news:
        table.publish(news)
    if is_tidied:
        for room_id in table.delete_stale():
            pause_if_empty(room_id)
    return table.elsewhere(room_ids)


def _repeat_s() -> float:
    """Not all rooms at once: to say two hundred of them takes so long that a host would notice."""
    return table.REPEAT_S * random.uniform(0.5, 1)
