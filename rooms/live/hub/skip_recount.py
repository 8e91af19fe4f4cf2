"""When the votes to skip of a live room have to be counted anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rooms.live.presence.people import PEOPLE_EVERY_S_EACH, Crowd, Presence


class SkipRecount:
    """Compares what the votes of one room were counted over with what it is now. Without votes it is a comparison."""

    def __init__(self) -> None:
        self.missed: frozenset[UUID] = frozenset()
        """Who has a voice and was not found by the last count: once more, and the voice counts no more."""
        self._votes = 0
        self._counted: tuple[int, list[Crowd], int] | None = None
        self._next_at_s = 0.0

    def hear(self, told: Mapping[str, Any]) -> None:
        """Note how many votes there are, by what is ``told``: a player, a snapshot, or what has none of both."""
        skip = told.get("player", told).get("skip")
        if skip is not None:
            self._votes = skip["votes"]

    def is_due(self, presence: Presence, version: int, listeners: int, now_s: float) -> bool:
        """Whether they have to be counted now; asked again, not until something changes."""
        if not self._votes:
            self.missed = frozenset()
            return False
        state = presence.revision, presence.elsewhere, version
        if now_s < self._next_at_s or (state == self._counted and not self.missed):
            return False
        self._counted = state
        # As rarely as a crowd is told who listens: each count there may tell thousands.
        self._next_at_s = now_s + listeners * PEOPLE_EVERY_S_EACH
        return True
