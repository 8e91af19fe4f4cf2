"""Who listens to a room, as the others are told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from rooms.clock import monotonic_s
from rooms.core.publish import encode
from rooms.shapes import PeopleJson

FLAP_S = 5.0
"""Somebody who comes back within this time was never away: a short outage shall not flicker."""

GOODBYE_S = 1.2
"""After a page said that it is being left. A reload says so too, and asks for the page again within this time."""

MOST_NAMES = 100
"""In a larger crowd the names say nothing and cost bytes; the count is told alone."""


PEOPLE_EVERY_S = 2.0
PEOPLE_EVERY_S_EACH = 0.002
"""Between two events of who listens, at least; in a crowd, so much for each: there it says less and costs more."""

HEARD = ("rename", "goodbye", "expect")
"""What other processes may say of a person."""


class Present(Protocol):
    """One stream of somebody; without a person it is counted alone."""

    @property
    def person_id(self) -> UUID | None: ...
    @property
    def name(self) -> str: ...
    @property
    def has_player(self) -> bool:
        """Whether it belongs to a page that plays, and not to one that only shows, as overlays do."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The people of a room in one process: how many, and while they are few the names of those who are known."""

    count: int
    names: dict[str, str] | None = None
    """Nicknames by person; None in a crowd that is only counted."""
    players: int = 0
    """How many of the people who are known have a player."""


class Presence:
    """Each person once, however many streams they have open. Counted as they come and go, not each time it is told.

    ``revision`` rises with each change of the own crowd; ``elsewhere`` are the crowds of the other processes.
    """

    def __init__(self) -> None:
        self.revision = 0
        self.elsewhere: list[Crowd] = []
        self._streams: Counter[UUID] = Counter()
        self._names: dict[UUID, str] = {}
        self._players: Counter[UUID] = Counter()
        """How many of the streams of each person have a player; until they are forgotten, if they left."""
        self._nameless = 0
        self._gone_at: dict[UUID, float] = {}
        self._goodbye_at: dict[UUID, float] = {}
        self._told: PeopleJson | None = None
        self._looked_at: tuple[int, list[Crowd]] = (0, [])
        self._next_news_at_s = 0.0
        self._encoded: tuple[int, list[Crowd], bytes] | None = None

    def arrive(self, stream: Present) -> None:
        self.revision += 1
        if (person_id := stream.person_id) is None:
            self._nameless += 1
            return
        self.expect(person_id)
        if self._gone_at.pop(person_id, None) is not None:
            del self._players[person_id]  # of the streams that left
        self._streams[person_id] += 1
        if stream.has_player:
            self._players[person_id] += 1
        self._names[person_id] = stream.name

    def leave(self, stream: Present, *, for_good: bool) -> None:
        """One stream of a person ended; with the last of them the person leaves, at once if it is ``for_good``."""
        self.revision += 1
        if (person_id := stream.person_id) is None:
            self._nameless -= 1
            return
        self._streams[person_id] -= 1
        if self._streams[person_id]:
            self._leave_player(stream, person_id)
            return
        del self._streams[person_id]
        if for_good:
            self._forget(person_id)
        else:
            self._gone_at[person_id] = monotonic_s() + (GOODBYE_S if person_id in self._goodbye_at else FLAP_S)

    def goodbye(self, person_id: UUID) -> None:
        """A page of this person is being left; it may have closed its stream already, or is about to."""
        self._goodbye_at[person_id] = monotonic_s()
        if person_id in self._gone_at:
            self._gone_at[person_id] = monotonic_s() + GOODBYE_S

    def expect(self, person_id: UUID) -> None:
        """This person asked for the page again, and is about to listen."""
        self._goodbye_at.pop(person_id, None)
        if person_id in self._gone_at:
            self._gone_at[person_id] = monotonic_s() + FLAP_S

    def rename(self, person_id: UUID, name: str) -> None:
        if person_id in self._names:
            self._names[person_id] = name
            self.revision += 1

    def hear(self, person_id: str, verb: str, *args: str) -> None:
        """Do what another process, or a call in this one, says of a person."""
        if verb in HEARD:
            getattr(self, verb)(UUID(person_id), *args)

    def forget_the_gone(self) -> None:
        """Stop naming those who left and did not come back."""
        now_s = monotonic_s()
        for person_id in [person_id for person_id, gone_at in self._gone_at.items() if gone_at <= now_s]:
            del self._gone_at[person_id]
            self._forget(person_id)
            self.revision += 1
        for person_id in [person_id for person_id, at in self._goodbye_at.items() if at <= now_s - FLAP_S]:
            del self._goodbye_at[person_id]

    @property
    def players(self) -> frozenset[UUID]:
        """Who listens here with a player. For any thread."""
        return frozenset(self._players.copy())

    def crowd(self) -> Crowd:
        """The people here, as the other processes are told. May be called from any thread."""
        if len(self._names) > MOST_NAMES:
            return Crowd(self._count, players=len(self._players))
        names = {person_id.hex: name for person_id, name in list(self._names.items())}
        return Crowd(self._count, names, len(self._players))

    def known(self) -> dict[UUID, str]:
        """Who is here in this process and can be named, in the order in which they came. For any thread."""
        return dict(list(self._names.items()))

    def everybody(self) -> dict[UUID, str] | None:
        """The names of all who can be named, in all processes, first those who are here longest; None in a crowd."""
        if any(crowd.names is None for crowd in self.elsewhere):
            return None
        others = {UUID(person): name for crowd in self.elsewhere for person, name in (crowd.names or {}).items()}
        return self.known() | others

    def as_json(self) -> PeopleJson:
        """How many people listen in all processes, and their names while they are few. For any thread."""
        return people([self.crowd(), *self.elsewhere])

    @property
    def encoded(self) -> bytes:
        """``as_json`` as bytes of JSON, made once for each change of the people."""
        known = self._encoded
        if known is None or known[0] != self.revision or known[1] is not self.elsewhere:
            known = self._encoded = (self.revision, self.elsewhere, self._encode())
        return known[2]

    def _forget(self, person_id: UUID) -> None:
        del self._names[person_id]
        del self._players[person_id]

    def _leave_player(self, stream: Present, person_id: UUID) -> None:
        self._players[person_id] -= stream.has_player
        if not self._players[person_id]:
            del self._players[person_id]

    def _encode(self) -> bytes:
        if not self.elsewhere and self._count > MOST_NAMES:  # as in a storm, when each newcomer is told another count
            return b'{"listeners":%d,"names":[]}' % self._count
        return encode(self.as_json()).encode(errors="replace")

    @property
    def _count(self) -> int:
        return self._nameless + len(self._names)

    def news(self, now_s: float, listeners: int) -> PeopleJson | None:
        """Who listens, if that is not what was told last and may be told again; None if there is nothing to tell.

        ``listeners`` is how many streams would be told.
        """
        if now_s < self._next_news_at_s:
            return None
        self.forget_the_gone()
        if (self.revision, self.elsewhere) == self._looked_at:
            return None
        self._looked_at = self.revision, self.elsewhere
        people = self.as_json()
        if people == self._told:
            return None
        self._told = people
        self._next_news_at_s = now_s + max(PEOPLE_EVERY_S, listeners * PEOPLE_EVERY_S_EACH)
        return people


def may_play_for(person_id: UUID, crowds: list[Crowd]) -> bool:
    """Whether this person may listen with a player in one of these ``crowds``; in a large one nobody is named."""
    return any(crowd.players and (crowd.names is None or person_id.hex in crowd.names) for crowd in crowds)


def people(crowds: list[Crowd]) -> PeopleJson:
    """The people of several processes: each once, if all of them are known by name."""
    names: dict[str, str] = {}
    nameless = 0
    for crowd in crowds:
        if crowd.names is None:
            return {"listeners": sum(crowd.count for crowd in crowds), "names": []}
        nameless += crowd.count - len(crowd.names)
        names |= crowd.names
    count = nameless + len(names)
    return {"listeners": count, "names": sorted(filter(None, names.values())) if count <= MOST_NAMES else []}
