"""Presence: who listens to a room, over all processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from rooms.clock import monotonic_s, now_ms
from rooms.core.publish import encode
from rooms.live.presence.people_json import ListeningPerson, Place, people_as_json
from rooms.shapes.people import PeopleJson
from rooms.shapes.words import LISTENER_STATES

FLAP_S = 5.0
"""Grace period after a person's last stream ended, so that a short outage does not show in the list."""

GOODBYE_S = 1.2
"""The same after the page was unloaded (``goodbye``). A reload requests the page again within this time."""

RENAMED_MS = 60_000
"""A stream that was asked for before its person was renamed is opened within this time."""

MOST_NAMES = 100
"""Largest crowd that is listed by name; of a larger one only the count is sent."""

PEOPLE_EVERY_S = 2.0
PEOPLE_EVERY_S_EACH = 0.002
"""Least interval of events ``people``: the longer of a constant and one per stream, as crowds change all the time."""

QUIET = frozenset({"silent", "away"})
"""States of people who do not hear their players."""

REMOTE_VERBS = ("rename", "goodbye", "expect", "change_state")
"""Methods of Presence that a message from another process may call."""


class Present(Protocol):
    """A stream, as far as presence needs it; an anonymous one (no ``person_id``) counts as a person of its own."""

    @property
    def person_id(self) -> UUID | None: ...
    @property
    def name(self) -> str: ...
    @property
    def named_at_ms(self) -> int:
        """When the name was chosen, in Unix milliseconds."""

    @property
    def address(self) -> str:
        """The client's counted address, for bans of guests; empty if it is not counted."""

    @property
    def has_player(self) -> bool:
        """Whether its page plays the music, which overlays and screens do not."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The listeners of a room in one process: their number, and the names of identified ones unless it is large."""

    count: int
    names: dict[str, str] | None = None
    """Nicknames by person (hex of the UUID); None if the crowd is too large to be named."""
    players: int = 0
    """Number of identified people with a player."""
    details: dict[str, list[Any]] = field(default_factory=dict)
    """By person: state, arrival (Unix milliseconds), counted address."""
    quiet: int = 0
    """Number of those with a player who are silent or away."""

    def state_of(self, person: str) -> str:
        """State of a named person (hex of the UUID)."""
        return str(self.details.get(person, ["listening"])[0])


class Presence:
    """The listeners of a room: a person with several streams counts once. Kept incrementally.

    ``revision`` rises with each change in this process; ``elsewhere`` has the crowds of the other processes.
    """

    def __init__(self, room_id: int = 0) -> None:
        self.revision = 0
        self.elsewhere: list[Crowd] = []
        self._streams: Counter[UUID] = Counter()
        self._names: dict[UUID, str] = {}
        self._renamed: dict[UUID, tuple[int, str]] = {}
        """Names that were chosen lately, and when (Unix milliseconds): a stream may be on its way with a former one."""
        self._players: Counter[UUID] = Counter()
        """Streams with a player, by person; kept during the grace period."""
        self._details: dict[UUID, tuple[str, int, str]] = {}
        """By person: state, arrival (Unix milliseconds), counted address."""
        self._quiet: set[UUID] = set()
        self._places: Mapping[UUID, Place] = {}
        self._room_id = room_id
        self._anonymous = 0
        # By the monotonic clock: ends of grace periods, and calls of ``goodbye``.
        self._expires_at_s: dict[UUID, float] = {}
        self._goodbye_at_s: dict[UUID, float] = {}
        self._unloaded: set[UUID] = set()
        """People of whom a page was unloaded since their last stream opened: the next one is another page's."""
        self._last_sent: PeopleJson | None = None
        self._compared: tuple[int, list[Crowd]] = (0, [])
        self._next_update_at_s = 0.0
        self._encoded: tuple[int, list[Crowd], bytes] | None = None

    def arrive(self, stream: Present) -> None:
        """Count a stream that opened."""
        self.revision += 1
        if (person_id := stream.person_id) is None:
            self._anonymous += 1
            return
        self.expect(person_id)
        if self._expires_at_s.pop(person_id, None) is not None:
            del self._players[person_id]  # those of ended streams
            if person_id in self._unloaded:  # and says nothing of what it does until that changes
                self.change_state(person_id, "listening")
        self._unloaded.discard(person_id)
        self._streams[person_id] += 1
        if stream.has_player:
            self._players[person_id] += 1
        renamed_at_ms, renamed = self._renamed.get(person_id, (0, ""))
        self._names[person_id] = renamed if renamed_at_ms > stream.named_at_ms else stream.name
        state, since_ms, _address = self._details.get(person_id) or ("listening", self._since_ms(person_id), "")
        self._details[person_id] = (state, since_ms, stream.address)

    def leave(self, stream: Present, *, for_good: bool) -> None:
        """Count a stream that ended.

        After the last one its person leaves: at once if ``for_good``, else after a grace period.
        """
        self.revision += 1
        if (person_id := stream.person_id) is None:
            self._anonymous -= 1
            return
        self._streams[person_id] -= 1
        if self._streams[person_id]:
            self._leave_player(stream, person_id)
            return
        del self._streams[person_id]
        if for_good:
            self._forget(person_id)
        else:
            self._expires_at_s[person_id] = monotonic_s() + (GOODBYE_S if person_id in self._goodbye_at_s else FLAP_S)

    def goodbye(self, person_id: UUID) -> None:
        """Shorten the grace period: a page of this person is unloaded, before or after the end of its stream."""
        self._goodbye_at_s[person_id] = monotonic_s()
        if person_id in self._names:
            self._unloaded.add(person_id)
        if person_id in self._expires_at_s:
            self._expires_at_s[person_id] = monotonic_s() + GOODBYE_S

    def expect(self, person_id: UUID) -> None:
        """Undo ``goodbye``: this person requested the page again."""
        self._goodbye_at_s.pop(person_id, None)
        if person_id in self._expires_at_s:
            self._expires_at_s[person_id] = monotonic_s() + FLAP_S

    def rename(self, person_id: UUID, name: str, at_ms: str) -> None:
        """Set the nickname that this person chose at that instant, also for a stream that is about to arrive."""
        self._renamed[person_id] = (int(at_ms), name)
        if person_id in self._names:
            self._names[person_id] = name
            self.revision += 1

    def change_state(self, person_id: UUID, state: str) -> None:
        """Set the state of this person's player, as their page reports it; unknown states are ignored."""
        known = self._details.get(person_id)
        if known is not None and known[0] != state and state in LISTENER_STATES:
            self._details[person_id] = (state, *known[1:])
            (self._quiet.add if state in QUIET else self._quiet.discard)(person_id)
            self.revision += 1

    def set_places(self, places: Mapping[UUID, Place]) -> None:
        """Replace the roles and mutes by those of the last reading."""
        if places != self._places:
            self._places = places
            self.revision += 1

    def address_of(self, person_id: UUID) -> str:
        """The counted address of a listening person; empty if it is not known. For any thread."""
        known = self._details.get(person_id)
        return known[2] if known else ""

    def apply(self, person_id: str, verb: str, *args: str) -> None:
        """Call one of REMOTE_VERBS for a person, as a message of any process asks; others are ignored."""
        if verb in REMOTE_VERBS:
            getattr(self, verb)(UUID(person_id), *args)

    def forget_departed(self) -> None:
        """Remove people whose grace period is over."""
        now_s = monotonic_s()
        for person_id in [person_id for person_id, expires_at_s in self._expires_at_s.items() if expires_at_s <= now_s]:
            del self._expires_at_s[person_id]
            self._forget(person_id)
            self.revision += 1
        for person_id in [person_id for person_id, at in self._goodbye_at_s.items() if at <= now_s - FLAP_S]:
            del self._goodbye_at_s[person_id]
        since_ms = now_ms() - RENAMED_MS
        for person_id in [person_id for person_id, (at_ms, _name) in self._renamed.items() if at_ms <= since_ms]:
            del self._renamed[person_id]

    @property
    def players(self) -> frozenset[UUID]:
        """People with a player in this process. For any thread."""
        return frozenset(self._players.copy())

    @property
    def quiet(self) -> int:
        """Number of people with a player in this process who are silent or away. For any thread."""
        return sum(person_id in self._players for person_id in self._quiet.copy())

    @property
    def running(self) -> frozenset[UUID]:
        """People with a player in this process who are neither silent nor away. For any thread."""
        return self.players - self._quiet.copy()

    def crowd(self, most: int | None = MOST_NAMES) -> Crowd:
        """The crowd of this process, named up to ``most`` people (None for any number). For any thread."""
        if most is not None and len(self._names) > most:
            return Crowd(self._count, players=len(self._players), quiet=self.quiet)
        names = {person_id.hex: name for person_id, name in list(self._names.items())}
        details = {person_id.hex: list(known) for person_id, known in list(self._details.items())}
        return Crowd(self._count, names, len(self._players), details, self.quiet)

    def knows(self, person_id: UUID) -> bool:
        """Whether this person listens in this process. For any thread."""
        return person_id in self._names

    def state_of(self, person_id: UUID) -> str:
        """State of a person's player; empty if they have none in this process. For any thread."""
        known = self._details.get(person_id)
        return known[0] if known and person_id in self._players else ""

    def here(self) -> dict[UUID, ListeningPerson]:
        """Identified listeners over all processes, but those in large crowds elsewhere. For any thread."""
        return named([*self.elsewhere, self.crowd(most=None)])

    def all_names(self) -> dict[UUID, str] | None:
        """Names by person over all processes, in the order of arrival; None for a large crowd elsewhere."""
        if any(crowd.names is None for crowd in self.elsewhere):
            return None
        here = named([*self.elsewhere, self.crowd(most=None)])
        return {person_id: here[person_id].name for person_id in sorted(here, key=lambda one: here[one].since_ms)}

    def as_json(self) -> PeopleJson:
        """The list of people over all processes, with roles and mutes. For any thread."""
        return people([self.crowd(), *self.elsewhere], self._places, self._room_id)

    @property
    def encoded(self) -> bytes:
        """``as_json``, encoded and cached until people change."""
        known = self._encoded
        if known is None or known[0] != self.revision or known[1] is not self.elsewhere:
            known = self._encoded = (self.revision, self.elsewhere, self._encode())
        return known[2]

    def _forget(self, person_id: UUID) -> None:
        del self._names[person_id]
        del self._players[person_id]
        del self._details[person_id]
        self._quiet.discard(person_id)
        self._unloaded.discard(person_id)

    def _since_ms(self, person_id: UUID) -> int:
        """Arrival of somebody new in this process (Unix milliseconds): their stream may come from another one."""
        known = [crowd.details[person_id.hex][1] for crowd in self.elsewhere if person_id.hex in crowd.details]
        return min([now_ms(), *map(int, known)])

    def _leave_player(self, stream: Present, person_id: UUID) -> None:
        self._players[person_id] -= stream.has_player
        if not self._players[person_id]:
            del self._players[person_id]

    def _encode(self) -> bytes:
        if (
            not self.elsewhere and self._count > MOST_NAMES
        ):  # fast path: in a join storm each snapshot has another count
            return b'{"listeners":%d,"items":null}' % self._count
        return encode(self.as_json()).encode(errors="replace")

    @property
    def _count(self) -> int:
        return self._anonymous + len(self._names)

    def due_update(self, now_s: float, listeners: int) -> PeopleJson | None:
        """The list of people if it changed since the last call that returned one, rate-limited; else None.

        ``now_s`` is by the monotonic clock; ``listeners`` is the number of streams, by which the interval grows.
        """
        if now_s < self._next_update_at_s:
            return None
        self.forget_departed()
        if (self.revision, self.elsewhere) == self._compared:
            return None
        self._compared = self.revision, self.elsewhere
        people = self.as_json()
        if people == self._last_sent:
            return None
        self._last_sent = people
        self._next_update_at_s = now_s + max(PEOPLE_EVERY_S, listeners * PEOPLE_EVERY_S_EACH)
        return people


def count_players(here: Collection[UUID], elsewhere: list[Crowd], *, quiet: Collection[str] = ()) -> int:
    """Number of people with a player: those ``here``, and those of other processes in no state of ``quiet``.

    Who listens in several processes counts once where it is known who has a player: in crowds with names, all of whom
    have one.
    """
    known, more = {person_id.hex for person_id in here}, 0
    for crowd in elsewhere:
        if crowd.names is not None and crowd.players == len(crowd.names):
            known |= {person for person in crowd.names if crowd.state_of(person) not in quiet}
        else:
            more += crowd.players - (crowd.quiet if quiet else 0)
    return len(known) + more


def may_play_for(person_id: UUID, crowds: list[Crowd]) -> bool:
    """Whether one of ``crowds`` has this person with a player, or may have: large ones have no names."""
    return any(crowd.players and (crowd.names is None or person_id.hex in crowd.names) for crowd in crowds)


def people(
    crowds: list[Crowd], places: Mapping[UUID, Place] | None = None, room_id: int = 0, you: UUID | None = None
) -> PeopleJson:
    """The list of people over several processes, with a room's ``places`` (roles and mutes); see ``people_as_json``.

    ``items`` is None for more than MOST_NAMES people.
    """
    if any(crowd.names is None for crowd in crowds):
        return {"listeners": sum(crowd.count for crowd in crowds), "items": None}
    here = named(crowds)
    count = sum(crowd.count - len(crowd.names or ()) for crowd in crowds) + len(here)
    if count > MOST_NAMES:
        return {"listeners": count, "items": None}
    return {"listeners": count, "items": people_as_json(room_id, here, places or {}, you)}


def named(crowds: list[Crowd]) -> dict[UUID, ListeningPerson]:
    """The named people of several processes, each once."""
    here = {}
    for crowd in crowds:
        for person, name in (crowd.names or {}).items():
            state, since_ms, _address = crowd.details.get(person) or ("listening", 0, "")
            here[UUID(person)] = ListeningPerson(name, state, since_ms)
    return here
