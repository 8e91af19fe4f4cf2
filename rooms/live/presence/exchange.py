"""Exchange of presence between processes, through a table of the database."""

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
    """A live room, as far as the exchange needs it."""

    @property
    def room_id(self) -> int: ...
    @property
    def presence(self) -> Presence: ...


@dataclass(frozen=True, slots=True)
class _Published:
    """The revision of a room's presence that was published, and when to renew it (``repeat_at``, monotonic seconds)."""

    revision: int
    repeat_at: float


class Exchange:
    """Publishes this process' presence where it changed or its lease is due, and reads that of the other processes."""

    def __init__(self, threads: DatabaseThreads) -> None:
        self._threads = threads
        self._published: dict[int, _Published] = {}
        self._tidy_at = 0.0
        self.has_company = False
        """Whether another process has listeners in one of the rooms."""

    @property
    def has_published(self) -> bool:
        return bool(self._published)

    async def share(self, rooms: Sequence[RoomWithPresence], now_s: float) -> None:
        """Publish changes, renew leases, and set ``presence.elsewhere``; no query without rooms or changes.

        ``now_s`` is by the monotonic clock. Raises DatabaseError, after which everything is published again.
        """
        revisions = {live.room_id: live.presence.revision for live in rooms}
        changed = {live.room_id: live.presence.crowd() for live in rooms if self._is_due(live, now_s)}
        published = {room_id: _Published(revisions[room_id], now_s + _repeat_s()) for room_id in changed}
        changed |= {room_id: Crowd(0) for room_id in self._published.keys() - revisions.keys()}
        is_tidied = now_s >= self._tidy_at
        if not rooms and not changed:
            return
        try:
            crowds = await self._threads.run(share, changed, list(revisions), is_tidied)
        except BaseException:
            self._published.clear()  # it is unknown what was committed
            raise
        self._published = {room_id: published.get(room_id) or self._published[room_id] for room_id in revisions}
        self.has_company = any(crowds.values())
        if is_tidied:
            self._tidy_at = now_s + table.REPEAT_S
        for live in rooms:
            live.presence.elsewhere = crowds.get(live.room_id, [])

    def _is_due(self, live: RoomWithPresence, now_s: float) -> bool:
        last = self._published.get(live.room_id)
        return last is None or last.revision != live.presence.revision or now_s >= last.repeat_at


def share(changed: dict[int, Crowd], room_ids: list[int], is_tidied: bool) -> dict[int, list[Crowd]]:
    """Publish the ``changed`` crowds by room, and return the other processes' crowds in the rooms of ``room_ids``.

    ``is_tidied`` also deletes the rows of dead processes. Uses the database, so it runs in a thread.
    """
    if changed:
        table.publish(changed)
    if is_tidied:
        for room_id in table.delete_stale():
            pause_if_empty(room_id)
    return table.elsewhere(room_ids)


def _repeat_s() -> float:
    """Lease time with jitter: renewing two hundred rooms at once would delay a host's call noticeably."""
    return table.REPEAT_S * random.uniform(0.5, 1)
