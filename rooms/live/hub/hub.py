"""Facade of the live rooms of this process: admission, presence queries and shutdown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings

from rooms.clock import now_ms
from rooms.core import publish
from rooms.errors import TooMany
from rooms.live import file_limit
from rooms.live.hub.identity import Credentials, Identity
from rooms.live.hub.limits import Limits
from rooms.live.hub.listener import Listener
from rooms.live.hub.live_room import REACTIONS_EVERY_S, RENEW, LiveRoom
from rooms.live.hub.live_rooms import LiveRooms
from rooms.live.hub.loops import Job, Loops
from rooms.live.hub.tally import Tally
from rooms.live.metrics import DROPPED, REFUSED
from rooms.live.presence import table
from rooms.live.presence.audience import Audience
from rooms.live.presence.people import Crowd, count_players, may_play_for, named, people
from rooms.live.presence.people_json import ListeningPerson, Place, people_as_json, places_in
from rooms.live.presence.renewals import ask_for_renewal
from rooms.live.threads import DatabaseThreads
from rooms.models import Member
from rooms.models.roles import Role
from rooms.shapes.people import PeopleJson, PersonJson


class Hub:
    """Entry point to the live rooms for the rest of the program. Its periodic tasks start with the first listener."""

    def __init__(self) -> None:
        self.threads = DatabaseThreads()
        self.rooms = LiveRooms(self.threads)
        self.limits: Limits[Listener] = Limits.of(settings)
        self.streams = 0
        self.is_stopping = False
        self._reactions: Tally[tuple[int, str]] = Tally(self._send_reactions, lambda: REACTIONS_EVERY_S)
        self._loops = Loops(self.rooms, self.threads, lambda: self.limits)
        self._loop: asyncio.AbstractEventLoop | None = None

    def do_for_live_rooms(self, job: Job, every_s: float) -> None:
        """Register a periodic job for the rooms with listeners in this process (see ``Job``)."""
        self._loops.add(job, every_s)

    async def enter(self, slug: str, credentials: Credentials) -> tuple[LiveRoom, Identity]:
        """The live room of ``slug`` and the caller's identity; raises Refusal (see ``LiveRooms.enter``)."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._loops.start()
        return await self.rooms.enter(slug, credentials)

    def admit(self, listener: Listener, counted_address: str) -> None:
        """Count a stream until ``dismiss``; the person's oldest stream may be ended in its favour.

        Raises TooMany beyond the limits of process, address or room.
        """
        if self.streams >= file_limit.max_streams():
            REFUSED.labels("process").inc()
            raise TooMany(f"{self.streams} streams are open here, and no more fit; try again later.", retry_after_s=30)
        try:
            giving_way = self.limits.admit(listener, counted_address, listener.person_id, listener.feed.room_id)
        except TooMany:
            REFUSED.labels("limit").inc()
            raise
        for older in giving_way:
            DROPPED.labels("replaced").inc()
            older.feed.end(older, "replaced")
            if older.is_slow:  # its last words might wait for ever, and it is counted no more
                older.break_off()
        self.streams += 1

    def dismiss(self, listener: Listener) -> None:
        """Stop counting an admitted stream, which has ended."""
        self.streams -= 1
        self.limits.forget(listener)

    def stop(self) -> None:
        """Graceful shutdown: end every stream so that clients reconnect, and admit no more."""
        self.is_stopping = True
        self.rooms.stop()
        self._loops.stop()

    def stop_soon(self) -> None:
        """``stop``, from a signal handler or another thread."""
        self.is_stopping = True
        self._call_in_loop(self.stop)

    # From any thread but the event loop's, since most of it uses the database

    def listeners_of(self, room_ids: list[int]) -> dict[int, int]:
        """Number of people who listen to each of these rooms, over all processes, with one query at most."""
        return {room_id: int(people(crowds)["listeners"]) for room_id, crowds in self._crowds(room_ids).items()}

    def people(self, room_id: int, you: UUID | None = None) -> PeopleJson:
        """Who listens to a room or holds a role there, over all processes; ``you`` is the person with ``is_you``."""
        return people(self._crowds([room_id])[room_id], places_in(room_id), room_id, you)

    def present(self, room_id: int) -> dict[UUID, str]:
        """Nicknames of the identified people who listen to a room; in a large crowd, of those in this process."""
        return {person: present.name for person, present in self._listening(room_id).items()}

    def person(self, room_id: int, person_id: UUID, member: Member | None, *, name: str = "") -> PersonJson:
        """The JSON of one person, whose row in the room is ``member`` or who is a guest of that ``name``."""
        place = Place.of(member) if member else Place(name, Role.GUEST, False, now_ms())
        present = {person: known for person, known in self._listening(room_id).items() if person == person_id}
        items = people_as_json(room_id, present, {person_id: place}, None) or people_as_json(
            room_id, {person_id: ListeningPerson(place.name, "away", place.since_ms)}, {person_id: place}, None
        )
        return {**items[0], "is_you": False}

    def address_of(self, room_id: int, person_id: UUID) -> str:
        """The counted address of a person who listens to a room; empty if it is not known."""
        live, elsewhere = self._by_process(room_id)
        known = [crowd.details[person_id.hex][2] for crowd in elsewhere if person_id.hex in crowd.details]
        return next(filter(None, [live.presence.address_of(person_id) if live else "", *known]), "")

    def _listening(self, room_id: int) -> dict[UUID, ListeningPerson]:
        """The identified people who listen to a room; in a large crowd, those in this process alone."""
        live, elsewhere = self._by_process(room_id)
        return live.presence.here() if live else named(elsewhere)

    def _by_process(self, room_id: int) -> tuple[LiveRoom | None, list[Crowd]]:
        """The room if it is live here, and its crowds in the other processes."""
        live = self.rooms.by_id.get(room_id)
        return live, live.presence.elsewhere if live else table.elsewhere([room_id]).get(room_id, [])

    def _crowds(self, room_ids: list[int]) -> dict[int, list[Crowd]]:
        """The crowds of each of these rooms, one for each process."""
        lives = {room_id: live for room_id in room_ids if (live := self.rooms.by_id.get(room_id))}
        others = table.elsewhere([room_id for room_id in room_ids if room_id not in lives])
        return {
            room_id: [lives[room_id].presence.crowd(), *lives[room_id].presence.elsewhere]
            if room_id in lives
            else others.get(room_id, [])
            for room_id in room_ids
        }

    def voices(self, room_id: int, person_ids: set[UUID]) -> tuple[int, int]:
        """How many of these people listen to a room with a player, and how many people do so in total."""
        live, elsewhere = self._by_process(room_id)
        here = live.presence.players if live else frozenset()
        found = {person_id for person_id in person_ids if person_id in here or may_play_for(person_id, elsewhere)}
        return len(found), max(len(found), count_players(here, elsewhere))

    def audience(self, room_id: int) -> Audience:
        """The listeners of a room over all processes, as the electorate of its votes."""
        live, elsewhere = self._by_process(room_id)
        return Audience.of(live.presence) if live else Audience(None, elsewhere)

    def rename(self, room_id: int, person_id: UUID, name: str) -> None:
        """Change a listening person's name in the list of people to the one that they chose just now."""
        self._broadcast_presence(room_id, person_id, "rename", name, str(now_ms()))

    def change_state(self, room_id: int, person_id: UUID, state: str) -> None:
        """Change the state of a listening person's player in the list of people (LISTENER_STATES)."""
        self._broadcast_presence(room_id, person_id, "change_state", state)

    def goodbye(self, room_id: int, person_id: UUID) -> None:
        """A page of this person is being unloaded, so the end of its stream is no network failure."""
        self._broadcast_presence(room_id, person_id, "goodbye")

    def expect(self, room_id: int, person_id: UUID) -> None:
        """This person requested the page, so its stream is about to open."""
        self._broadcast_presence(room_id, person_id, "expect")

    def renew(self, person_id: UUID) -> None:
        """Make this person's streams reconnect, in all rooms and processes, since their browser signs in or out."""
        self._call_in_loop(self._renew_here, person_id)
        ask_for_renewal(person_id)
        for room_id in table.rooms_of(person_id):
            self._broadcast_presence(room_id, person_id, RENEW)

    def _renew_here(self, person_id: UUID) -> None:
        for live in list(self.rooms.by_id.values()):
            live.apply(str(person_id), RENEW)

    def react(self, room_id: int, emoji: str) -> None:
        """Broadcast a reaction to a room, coalesced with others of the same moment. For any thread."""
        loop = publish.loop or self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._reactions.add, {(room_id, emoji): 1})
        else:
            publish.whisper(room_id, publish.REACTION, publish.encode({"counts": {emoji: 1}}))

    def _send_reactions(self, counts: dict[tuple[int, str], int]) -> None:
        """Publish counts by room and emoji to every process, which adds them up for its own listeners."""
        by_room: dict[int, dict[str, int]] = {}
        for (room_id, emoji), count in counts.items():
            by_room.setdefault(room_id, {})[emoji] = count
        for room_id, of_room in by_room.items():
            if live := self.rooms.by_id.get(room_id):
                live.reactions.add(of_room)
            publish.whisper(room_id, publish.REACTION, publish.encode({"counts": of_room}))

    def _broadcast_presence(self, room_id: int, person_id: UUID, verb: str, *args: str) -> None:
        """Call the method ``verb`` of the room's Presence in every process that has listeners there."""
        self._call_in_loop(self._apply_presence, room_id, str(person_id), verb, *args)
        publish.whisper(room_id, publish.PRESENCE, publish.encode({"of": [str(person_id), verb, *args]}))

    def _apply_presence(self, room_id: int, person_id: str, verb: str, *args: str) -> None:
        if live := self.rooms.by_id.get(room_id):
            live.apply(person_id, verb, *args)

    def _call_in_loop(self, call: Callable[..., object], *args: Any) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *args)


hub = Hub()
"""The hub of this process."""
