"""Who listens to a room, as the others are told."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from rooms.hub.listener import Listener

FLAP_S = 5.0
"""Somebody who comes back within this time was never away: a reload or a short outage shall not flicker."""

MOST_NAMES = 100
"""In a larger crowd the names say nothing and cost bytes; the count is told alone."""

Key = UUID | int
"""Names a person; whoever has no cookie is somebody new with each stream."""


class Presence:
    """Each person once, however many streams they have open. Counted as they come and go, not each time it is told."""

    def __init__(self) -> None:
        self._streams: dict[Key, int] = {}
        self._names: dict[Key, str] = {}
        self._left_at: dict[Key, float] = {}

    def arrive(self, listener: Listener) -> None:
        key = _key(listener)
        self._left_at.pop(key, None)
        self._streams[key] = self._streams.get(key, 0) + 1
        self._names[key] = listener.name

    def leave(self, listener: Listener, *, for_good: bool) -> None:
        """One stream of a person ended; with the last of them the person leaves, at once if it is ``for_good``."""
        key = _key(listener)
        self._streams[key] -= 1
        if self._streams[key]:
            return
        del self._streams[key]
        if for_good or listener.person_id is None:
            del self._names[key]
        else:
            self._left_at[key] = time.monotonic()

    def rename(self, person_id: UUID, name: str) -> None:
        if person_id in self._names:
            self._names[person_id] = name

    def forget_the_gone(self) -> None:
        """Stop naming those who left and did not come back."""
        since = time.monotonic() - FLAP_S
        for key in [key for key, left_at in self._left_at.items() if left_at <= since]:
            del self._left_at[key], self._names[key]

    def as_json(self) -> dict[str, Any]:
        """How many people, and their names while they are few. May be called from any thread."""
        count = len(self._names)
        names = sorted(name for name in list(self._names.values()) if name) if count <= MOST_NAMES else []
        return {"listeners": count, "names": names}


def _key(listener: Listener) -> Key:
    return listener.person_id or id(listener)
