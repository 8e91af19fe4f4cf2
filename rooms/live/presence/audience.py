"""The audience of a room: the people with a running player, of whom a share may decide."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from rooms.live.presence.people import QUIET, Crowd, Presence, count_players, may_play_for

AWAY = "away"


@dataclass(frozen=True, slots=True)
class Audience:
    """Who listens to a room, in this process and in the others. For any thread."""

    presence: Presence | None
    elsewhere: list[Crowd]

    @classmethod
    def of(cls, presence: Presence) -> Audience:
        return cls(presence, presence.elsewhere)

    def __contains__(self, person: object) -> bool:
        """Whether that person is here, as far as they are known, with a player or without."""
        if not isinstance(person, UUID):
            return False
        is_here = self.presence is not None and self.presence.knows(person)
        return is_here or any(crowd.names is not None and person.hex in crowd.names for crowd in self.elsewhere)

    def among(self, voters: Collection[UUID]) -> set[UUID]:
        """Which of them listen with a player, and are not away."""
        return {voter for voter in voters if self._state_of(voter) not in ("", AWAY)}

    def missing(self, voters: Collection[UUID]) -> set[UUID]:
        """Which of them do not listen with a player, as far as is known here."""
        return {voter for voter in voters if not self._state_of(voter)}

    def count(self, voices: Collection[UUID]) -> int:
        """How many people have a running player, and who else has one of the ``voices``, silent or missing."""
        here = self.presence.running if self.presence else frozenset()
        running = count_players(here, self.elsewhere, quiet=QUIET)
        others = sum(self._state_of(voter) in ("silent", "") for voter in voices)
        return max(len(voices), running + others)

    def _state_of(self, person: UUID) -> str:
        if self.presence is not None and (state := self.presence.state_of(person)):
            return state
        for crowd in self.elsewhere:
            if may_play_for(person, [crowd]):
                return crowd.state_of(person.hex)
        return ""
