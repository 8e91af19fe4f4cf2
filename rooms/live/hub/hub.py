"""The streams of this process: who is let in, who listens where, and their common end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings

from rooms.core import publish
from rooms.errors import TooMany
from rooms.live import file_limit
from rooms.live.hub.identity import Credentials, Identity
from rooms.live.hub.limits import Limits
from rooms.live.hub.listener import Listener
from rooms.live.hub.live_room import LiveRoom
from rooms.live.hub.live_rooms import LiveRooms
from rooms.live.hub.loops import Loops
from rooms.live.metrics import DROPPED, REFUSED
from rooms.live.presence import table
from rooms.live.presence.people import may_play_for, people
from rooms.live.threads import DatabaseThreads
from rooms.shapes import PeopleJson


class Hub:
    """What the rest of the program asks of the live rooms. Starts with the first listener, in the running loop."""

    def __init__(self) -> None:
        self.threads = DatabaseThreads()
        self.rooms = LiveRooms(self.threads)
        self.limits: Limits[Listener] = Limits.of(settings)
        self.streams = 0
        self.is_stopping = False
        self._loops = Loops(self.rooms, self.threads)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def enter(self, slug: str, credentials: Credentials) -> tuple[LiveRoom, Identity]:
        """The live room of that slug, and who asks for it; raises Refusal (see ``LiveRooms.enter``)."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._loops.start()
        return await self.rooms.enter(slug, credentials)

    def admit(self, listener: Listener, counted_address: str) -> None:
        """Count one stream more, until it is dismissed. An older one of its person may have to give way.

        Raises TooMany if it is one too many.
        """
        if self.streams >= file_limit.for_streams():
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
        self.streams += 1

    def dismiss(self, listener: Listener) -> None:
        """A stream that was admitted has ended."""
        self.streams -= 1
        self.limits.forget(listener)

    def stop(self) -> None:
        """End every stream politely and refuse new ones, before the server stops."""
        self.is_stopping = True
        self.rooms.stop()
        self._loops.stop()

    def stop_soon(self) -> None:
        """``stop``, from a signal handler or another thread."""
        self.is_stopping = True
        self._call_in_loop(self.stop)

    # From any thread

    def listeners(self, room_id: int) -> int:
        """How many people listen to a room. Uses the database; may be called from any thread but the event loop's."""
        return int(self.people(room_id)["listeners"])

    def people(self, room_id: int) -> PeopleJson:
        """Who listens to a room, in all processes; like ``listeners``."""
        return self.people_of([room_id])[room_id]

    def people_of(self, room_ids: list[int]) -> dict[int, PeopleJson]:
        """Who listens to each of these rooms, in all processes, with one query at most."""
        lives = {room_id: live for room_id in room_ids if (live := self.rooms.by_id.get(room_id))}
        others = table.elsewhere([room_id for room_id in room_ids if room_id not in lives])
        return {
            room_id: lives[room_id].presence.as_json() if room_id in lives else people(others.get(room_id, []))
            for room_id in room_ids
        }

    def voices(self, room_id: int, person_ids: set[UUID]) -> tuple[int, int]:
        """How many of these people listen to a room now with a player, and how many do of all; like ``listeners``."""
        live = self.rooms.by_id.get(room_id)
        crowds = live.presence.elsewhere if live else table.elsewhere([room_id]).get(room_id, [])
        here = live.presence.players if live else frozenset()
        voices = sum(person_id in here or may_play_for(person_id, crowds) for person_id in person_ids)
        return voices, max(voices, len(here) + sum(crowd.players for crowd in crowds))

    def present(self, room_id: int) -> dict[UUID, str]:
        """The names of the people who listen to a room, by person; in a crowd, of those who listen in this process."""
        live = self.rooms.by_id.get(room_id)
        crowds = live.presence.elsewhere if live else table.elsewhere([room_id]).get(room_id, [])
        found = {UUID(person): name for crowd in crowds for person, name in (crowd.names or {}).items()}
        return found | (live.presence.known() if live else {})

    def rename(self, room_id: int, person_id: UUID, name: str) -> None:
        """Show a person who listens under another name."""
        self._say_of(room_id, person_id, "rename", name)

    def goodbye(self, room_id: int, person_id: UUID) -> None:
        """A page of this person is being left: its stream ends, and not because of the network."""
        self._say_of(room_id, person_id, "goodbye")

    def expect(self, room_id: int, person_id: UUID) -> None:
        """This person asks for the page, and is about to listen."""
        self._say_of(room_id, person_id, "expect")

    def _say_of(self, room_id: int, person_id: UUID, verb: str, *args: str) -> None:
        """Have ``verb`` of the room's presence called in each process that has listeners there."""
        self._call_in_loop(self._hear_of, room_id, str(person_id), verb, *args)
        publish.whisper(room_id, publish.PRESENCE, publish.encode({"of": [str(person_id), verb, *args]}))

    def _hear_of(self, room_id: int, person_id: str, verb: str, *args: str) -> None:
        if live := self.rooms.by_id.get(room_id):
            live.presence.hear(person_id, verb, *args)

    def _call_in_loop(self, call: Callable[..., object], *args: Any) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *args)


hub = Hub()
"""The hub of this process."""
