"""Who listens to a room, as the others are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from rooms.clock import monotonic_s, now_ms
from rooms.core.publish import encode
from rooms.live.presence.people_json import Here, Place, people_as_json
from rooms.shapes import LISTENER_STATES, PeopleJson

FLAP_S = 5.0
"""Somebody who comes back within this time was never away: a short outage shall not flicker."""

GOODBYE_S = 1.2
"""After a page said that it is being left. A reload says so too, and asks for the page again within this time."""

MOST_NAMES = 100
"""In a larger crowd the names say nothing and cost bytes; the count is told alone."""


PEOPLE_EVERY_S = 2.0
PEOPLE_EVERY_S_EACH = 0.002
"""Between two events of who listens, at least; in a crowd, so much for each: there it says less and costs more."""

QUIET = frozenset({"silent", "away"})
"""States of people whose players do not run, or not for them to hear."""

REMOTE_VERBS = ("rename", "goodbye", "expect", "change_state")
"""What other processes may say of a person."""


class Present(Protocol):
    """One stream of somebody; without a person it is counted alone."""

    @property
    def person_id(self) -> UUID | None: ...
    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str:
        """What the client's address counts as, for bans of those who only listen; empty if not counted."""

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
    details: dict[str, list[Any]] = field(default_factory=dict)
    """State, instant of arrival and counted address of those who are named."""
    quiet: int = 0
    """How many of those with a player are silent or away."""


class Presence:
    """Each person once, however many streams they have open. Counted as they come and go, not each time it is told.

    ``revision`` rises with each change of the own crowd; ``elsewhere`` are the crowds of the other processes.
    """

    def __init__(self, room_id: int = 0) -> None:
        self.revision = 0
        self.elsewhere: list[Crowd] = []
        self._streams: Counter[UUID] = Counter()
        self._names: dict[UUID, str] = {}
        self._players: Counter[UUID] = Counter()
        """How many of the streams of each person have a player; until they are forgotten, if they left."""
        self._details: dict[UUID, tuple[str, int, str]] = {}
        """State, instant of arrival (Unix milliseconds) and counted address."""
        self._quiet: set[UUID] = set()
        self._places: Mapping[UUID, Place] = {}
        self._room_id = room_id
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
        state, since_ms, _address = self._details.get(person_id) or ("listening", now_ms(), "")
        self._details[person_id] = (state, since_ms, stream.address)

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

    def change_state(self, person_id: UUID, state: str) -> None:
        """What this person's own player does now, as their page says."""
        known = self._details.get(person_id)
        if known is not None and known[0] != state and state in LISTENER_STATES:
            self._details[person_id] = (state, *known[1:])
            (self._quiet.add if state in QUIET else self._quiet.discard)(person_id)
            self.revision += 1

    def set_places(self, places: Mapping[UUID, Place]) -> None:
        """Who holds a role in the room or was muted, as it was read last."""
        if places != self._places:
            self._places = places
            self.revision += 1

    def address_of(self, person_id: UUID) -> str:
        """What the address of somebody who is here counts as; empty if it is not known. For any thread."""
        known = self._details.get(person_id)
        return known[2] if known else ""

    def apply(self, person_id: str, verb: str, *args: str) -> None:
        """Do what another process, or a call in this one, says of a person."""
        if verb in REMOTE_VERBS:
            getattr(self, verb)(UUID(person_id), *args)

    def forget_departed(self) -> None:
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

    @property
    def quiet(self) -> int:
        """How many of those who listen here with a player are silent or away. For any thread."""
        return sum(person_id in self._players for person_id in self._quiet.copy())

    def crowd(self, most: int | None = MOST_NAMES) -> Crowd:
        """The people here, as the other processes are told; named if they are ``most`` at most. For any thread."""
        if most is not None and len(self._names) > most:
            return Crowd(self._count, players=len(self._players), quiet=self.quiet)
        names = {person_id.hex: name for person_id, name in list(self._names.items())}
        details = {person_id.hex: list(known) for person_id, known in list(self._details.items())}
        return Crowd(self._count, names, len(self._players), details, self.quiet)

    def knows(self, person_id: UUID) -> bool:
        """Whether that person listens here. For any thread."""
        return person_id in self._names

    def state_of(self, person_id: UUID) -> str:
        """What the player of somebody does; empty if they do not listen here with one. For any thread."""
        known = self._details.get(person_id)
        return known[0] if known and person_id in self._players else ""

    def here(self) -> dict[UUID, Here]:
        """Those who listen and are known, in all processes; of a crowd elsewhere nobody is. For any thread."""
        return named([*self.elsewhere, self.crowd(most=None)])

    def everybody(self) -> dict[UUID, str] | None:
        """The names of all who can be named, in all processes, first those who are here longest; None in a crowd."""
        if any(crowd.names is None for crowd in self.elsewhere):
            return None
        others = {UUID(person): name for crowd in self.elsewhere for person, name in (crowd.names or {}).items()}
        return dict(list(self._names.items())) | others

    def as_json(self) -> PeopleJson:
        """How many people listen in all processes, and who, with those who hold a role. For any thread."""
        return people([self.crowd(), *self.elsewhere], self._places, self._room_id)

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
        del self._details[person_id]
        self._quiet.discard(person_id)

    def _leave_player(self, stream: Present, person_id: UUID) -> None:
        self._players[person_id] -= stream.has_player
        if not self._players[person_id]:
            del self._players[person_id]

    def _encode(self) -> bytes:
        if not self.elsewhere and self._count > MOST_NAMES:  # as in a storm, when each newcomer is told another count
            return b'{"listeners":%d,"items":null}' % self._count
        return encode(self.as_json()).encode(errors="replace")

    @property
    def _count(self) -> int:
        return self._nameless + len(self._names)

    def due_update(self, now_s: float, listeners: int) -> PeopleJson | None:
        """Who listens, if that is not what was told last and may be told again; None if there is nothing to tell.

        ``listeners`` is how many streams would be told.
        """
        if now_s < self._next_news_at_s:
            return None
        self.forget_departed()
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
    """Whether this person may listen with a player in one of these ``crowds``, of which large ones name nobody."""
    return any(crowd.players and (crowd.names is None or person_id.hex in crowd.names) for crowd in crowds)


def people(
    crowds: list[Crowd], places: Mapping[UUID, Place] | None = None, room_id: int = 0, you: UUID | None = None
) -> PeopleJson:
    """The people of several processes, each once, with who holds one of the ``places``; a crowd is counted."""
    if any(crowd.names is None for crowd in crowds):
        return {"listeners": sum(crowd.count for crowd in crowds), "items": None}
    here = named(crowds)
    count = sum(crowd.count - len(crowd.names or ()) for crowd in crowds) + len(here)
    if count > MOST_NAMES:
        return {"listeners": count, "items": None}
    return {"listeners": count, "items": people_as_json(room_id, here, places or {}, you)}


def named(crowds: list[Crowd]) -> dict[UUID, Here]:
    """Those of several processes who are named, each once."""
    here = {}
    for crowd in crowds:
        for person, name in (crowd.names or {}).items():
            state, since_ms, _address = crowd.details.get(person) or ("listening", 0, "")
            here[UUID(person)] = Here(name, state, since_ms)
    return here
