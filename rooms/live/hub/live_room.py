"""A live room: the in-memory state of a room with open streams in this process."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from typing import Any
from uuid import UUID

from rooms.clock import monotonic_s, now_ms
from rooms.core.access import no_such_room, password_needed
from rooms.core.publish import NOTICE, PRESENCE, REACTION
from rooms.errors import Refusal
from rooms.live.hub import sse
from rooms.live.hub.alarm import Alarm
from rooms.live.hub.event import Event
from rooms.live.hub.feed import BaseFeed
from rooms.live.hub.identity import Identity
from rooms.live.hub.listener import Listener
from rooms.live.hub.loaded import Loaded
from rooms.live.hub.ordering import Ordering, Step
from rooms.live.hub.room_reader import PAUSES_S, Outdated, RoomReader, log_failure
from rooms.live.hub.skip_recount import SkipRecount
from rooms.live.hub.tally import Tally
from rooms.live.hub.track_end import TrackEnd
from rooms.live.presence.people import Presence
from rooms.live.threads import DatabaseThreads
from rooms.models import WithoutHost

logger = logging.getLogger(__name__)

RENEW = "renew"
"""Message between processes: a person's browser signed in or out, so their streams reconnect."""

ACCESS_AGAIN_S = 1.0
"""Delay before access is read again, until it is as new as the last change of rules or members: a reading may fail."""

REACTIONS_EVERY_S = 0.25
REACTIONS_EVERY_S_EACH = 0.00025
"""Least interval of events with reactions: the longer of a constant and one per stream (from 1,000 streams on)."""

LONGEST_WAIT_S = 3_600.0
"""Before the end of a token is looked at again: the clock may have been set meanwhile."""

HOSTLESS_S = 60.0
"""Grace period before a stand-in becomes host, for a host's network outage."""


class LiveRoom(BaseFeed):
    """The streams of one room, the order of its events, and the snapshot for new listeners.

    For the event loop alone: code without an ``await`` is atomic, which replaces locks.
    """

    def __init__(self, room_id: int, slug: str, loaded: Loaded, threads: DatabaseThreads) -> None:
        super().__init__()
        self.room_id = room_id
        self.slug = slug
        self.presence = Presence(room_id)
        self.presence.set_places(loaded.access.places)
        self.reader = RoomReader(room_id, loaded, threads)
        self.ordering = Ordering(loaded.version)
        self.track_end = TrackEnd(room_id, slug, self.listeners, threads)
        self.track_end.set(loaded.snapshot["advance_at_ms"])
        self.skip_recount = SkipRecount()
        self.skip_recount.hear(loaded.snapshot)
        self.reactions: Tally[str] = Tally(self._send_reactions, self._reactions_every_s)
        self.next_tick_at = monotonic_s() + random.uniform(0, 15)
        self.is_closed = False
        self.is_stopping = False
        self._hostless_since_s: float | None = None
        self._reading: asyncio.Task[None] | None = None
        self._order_check = Alarm(self._check_order)
        self._token_end = Alarm(self._end_unwelcome)
        self._await_token_end()

    @property
    def version(self) -> int:
        """The newest version broadcast to the listeners."""
        return self.ordering.sent

    # Joining and leaving

    async def may_listen(self, identity: Identity) -> bool:
        """Whether this person may listen, by an access list no older than the newest broadcast version.

        A denial is checked against the database, for people admitted a moment ago: at most once a second per room.
        """
        if self.reader.version < self.ordering.access_version:
            await self._freshen()
        if not self.reader.latest.access.may_listen(identity):
            await self._read_after_now()
        return self.reader.latest.access.may_listen(identity) and not self.is_closed

    def refusal_to(self, identity: Identity) -> Refusal:
        """The error for a person who may not listen: 404, or 403 if a password would let them in."""
        access = self.reader.latest.access
        if self.is_closed or not access.may_know(identity):
            return no_such_room(self.slug)
        return password_needed(self.slug, self.reader.latest.snapshot["room"]["name"])

    async def join(self, listener: Listener, last_event_id: int | None) -> None:
        """Add ``listener`` and write its first events: ``resumed`` if it has the newest state, else ``snapshot``.

        Checks access again, since it may have been withdrawn during the awaits before.
        """
        if last_event_id is not None and last_event_id > self.ordering.newest:
            await self._read_after_now()
        if not self._is_fresh:
            await self._freshen()
        if listener.is_ended:  # replaced by another stream of the same person meanwhile
            return
        if self.is_stopping:
            self.turn_away(listener)
        elif reason := "closed" if self.is_closed else self._why_ended(listener):
            self.turn_away(listener, reason)
        else:
            self.listeners[listener] = None
            self.presence.arrive(listener)
            listener.version = self.ordering.newest
            first = [self._resumed()] if last_event_id == listener.version else self._snapshot()
            listener.write_whole([sse.retry(), *first])

    def leave(self, listener: Listener, *, for_good: bool = False) -> None:
        """Remove ``listener``; idempotent. ``for_good`` ends its presence without the grace period."""
        if listener in self.listeners:
            super().leave(listener)
            self.presence.leave(listener, for_good=for_good)

    def farewell(self, listener: Listener, reason: str) -> dict[str, Any]:
        """The payload of ``bye``: the reason, and of a ban its end (Unix milliseconds) and cause if it has them."""
        ban = self.reader.latest.access.ban_of(listener.identity) if reason == "banned" else None
        about = {"until_ms": ban.until_ms, "because": ban.reason} if ban else {}
        return {"reason": reason} | {name: value for name, value in about.items() if value}

    def close(self) -> None:
        """The room was closed: end every stream, without reconnects."""
        self.is_closed = True
        self.end_all("closed")

    def stop(self) -> None:
        """The server stops: end every stream so that clients reconnect, pending joins included."""
        self.is_stopping = True
        self.release()
        self.end_all()

    def release(self) -> None:
        """Cancel the room's timers."""
        self.track_end.cancel()
        self._order_check.cancel()
        self._token_end.cancel()
        self.reactions.cancel()

    async def newest_for(self, listener: Listener) -> list[bytes] | None:
        """Encoded events that bring a lagging ``listener`` up to date; None if it left."""
        try:
            await self._freshen()
        except Exception as error:  # noqa: BLE001  # it reconnects, and gets a snapshot then
            logger.warning("A slow listener of the room “%s” could not be brought up to date: %r.", self.slug, error)
            self.end(listener)
        if listener not in self.listeners:
            return None
        listener.version = self.ordering.newest
        return self._snapshot()

    # Events from the bus

    def receive(self, name: str, text: str) -> None:
        """Handle an event from the bus, in any order; raises LookupError, TypeError or ValueError if malformed."""
        if name == PRESENCE:
            self.apply(*json.loads(text)["of"])
            return
        if name == NOTICE:
            self._outbox.put(Event("notice", {}, text=str(text)))
            return
        if name == REACTION:
            self.reactions.add(json.loads(text)["counts"])
            return
        event = Event.parse(name, text)
        event.data["advance_at_ms"]  # raises for a malformed event
        self._send(self.ordering.receive(event))
        self._order_check.set(self.ordering.wait_until)

    def apply(self, person_id: str, verb: str, *args: str) -> None:
        """Apply a presence message about a person, from any process."""
        if verb == RENEW:
            self._renew(UUID(person_id))
        else:
            self.presence.apply(person_id, verb, *args)

    def _renew(self, person_id: UUID) -> None:
        """End this person's streams, so that the browser reconnects with its new identity."""
        for listener in [listener for listener in self.listeners if listener.person_id == person_id]:
            self.leave(listener, for_good=True)
            listener.write_last(sse.Chunk(b"", more=False))

    def miss(self, version: int) -> None:
        """The room was changed to ``version`` as it came to life: broadcast a snapshot unless the event comes now."""
        self.ordering.miss(version)
        self._order_check.set(self.ordering.wait_until)

    def expect(self, version: int) -> None:
        """The database has ``version``: broadcast a snapshot unless the bus delivers it within IN_FLIGHT_S."""
        self.ordering.expect(version)
        self._order_check.set(self.ordering.wait_until)

    def _check_order(self) -> None:
        if self.is_closed:
            return
        step = self.ordering.check(is_being_read=self._reading is not None)
        if step is Step.SEND_SNAPSHOT:
            self._send_snapshot()
        elif step is Step.READ:
            self.read()
        self._order_check.set(self.ordering.wait_until)

    def _send_snapshot(self) -> None:
        """Broadcast the last reading as a snapshot."""
        latest = self.reader.latest
        self._send(self.ordering.receive(Event("snapshot", dict(latest.snapshot), latest.version)))

    def _send(self, events: list[Event]) -> None:
        for event in events:
            if event.name == "snapshot":
                event.add(people=self.presence.as_json(), server_now_ms=now_ms())
            self.track_end.set(event.data["advance_at_ms"])
            self.skip_recount.hear(event.data)
            self._outbox.put(event)
            if event.version == self.ordering.access_version:
                self._read_access()

    # Reading the database

    def read(self) -> asyncio.Task[None]:
        """Read the room. Concurrent calls share one task (single flight), so await it within ``asyncio.shield``."""
        if self._reading is None:
            self._reading = asyncio.get_running_loop().create_task(self._read())
            self._reading.add_done_callback(log_failure)
        return self._reading

    async def _read(self) -> None:
        try:
            loaded = await self.reader.read()
        finally:
            self._reading = None
        if loaded is None:
            self.close()
        elif loaded is self.reader.latest:
            self._adopt(loaded)

    def _adopt(self, loaded: Loaded) -> None:
        self.presence.set_places(loaded.access.places)
        self._end_unwelcome()
        if self.ordering.take_reading(loaded.version, has_listeners=bool(self.listeners)):
            self._send_snapshot()
        elif loaded.version >= self.ordering.sent:
            self.track_end.set(loaded.snapshot["advance_at_ms"])
            self.skip_recount.hear(loaded.snapshot)
        self._order_check.set(self.ordering.wait_until)

    def _end_unwelcome(self) -> None:
        """End the streams of those who may not listen any more."""
        for listener in list(self.listeners):
            if reason := self._why_ended(listener):
                self.end(listener, reason)
        self._await_token_end()

    def _await_token_end(self) -> None:
        expiry_ms = self.reader.latest.access.next_expiry_ms()
        if expiry_ms is not None:
            wait_s = min((expiry_ms - now_ms()) / 1000, LONGEST_WAIT_S)
            self._token_end.set(monotonic_s() + wait_s)

    def _read_access(self) -> None:
        """Read the room until its access list is as new as the last change of rules or members."""
        if self.reader.version < self.ordering.access_version and self._references and not self.is_closed:
            later = asyncio.get_running_loop().call_later
            self.read().add_done_callback(lambda _reading: later(ACCESS_AGAIN_S, self._read_access))

    async def _read_after_now(self) -> None:
        """Wait for a reading that began after this call; rate-limited by ``RoomReader.pause_s``."""
        asked_at_s = monotonic_s()
        await asyncio.sleep(self.reader.pause_s(asked_at_s))
        while self.reader.as_of_s < asked_at_s:  # a running one may have begun before
            await asyncio.shield(self.read())

    async def _freshen(self) -> None:
        """Wait until ``_snapshot`` gives the newest state; raises Outdated if repeated readings do not reach it."""
        for pause_s in PAUSES_S:
            if self._is_fresh or (pause_s and self.ordering.is_bridged):
                return
            if pause_s:
                await asyncio.sleep(pause_s)
            await asyncio.shield(self.read())
        if not self._is_fresh:
            raise Outdated(f"The database has version {self.reader.version}, and {self.version} was sent.")

    @property
    def _is_fresh(self) -> bool:
        """Whether the last reading is the newest state, but for chat messages broadcast since."""
        is_newest = self.reader.version >= self.ordering.sent or self.ordering.is_bridged_by_chat
        return self.is_closed or (is_newest and not self.track_end.is_over)

    def _why_ended(self, listener: Listener) -> str:
        return self.reader.latest.access.why_ended(listener.identity, listener.joined_at_ms)

    def stand_in_candidates(self, now_s: float) -> list[tuple[UUID, str]]:
        """People who could take over as host: all present ones, by id and name, after HOSTLESS_S without a host.

        Empty unless the room's rules ask for a stand-in, and in a crowd too large to be named.
        """
        latest = self.reader.latest
        is_asked_for = latest.snapshot["room"]["rules"]["without_host"] == WithoutHost.ELDEST
        present = self.presence.all_names() if is_asked_for else None
        if not present or not latest.access.hosts.isdisjoint(present):
            self._hostless_since_s = None
            return []
        self._hostless_since_s = self._hostless_since_s or now_s
        return list(present.items()) if now_s >= self._hostless_since_s + HOSTLESS_S else []

    def send_people(self, now_s: float) -> None:
        """Broadcast the list of people if it changed, rate-limited (see ``Presence.due_update``)."""
        people = self.presence.due_update(now_s, len(self.listeners))
        if people is not None:
            self._outbox.put(Event("people", dict(people)))

    def _send_reactions(self, counts: dict[str, int]) -> None:
        self._outbox.put(Event("reaction", {"counts": counts}))

    def _reactions_every_s(self) -> float:
        return max(REACTIONS_EVERY_S, len(self.listeners) * REACTIONS_EVERY_S_EACH)

    def _resumed(self) -> bytes:
        newest = self.ordering.newest
        return sse.event("resumed", {"version": newest, "server_now_ms": now_ms()}, newest)

    def _snapshot(self) -> list[bytes]:
        """The newest state, encoded: the last reading as a snapshot, and the events since."""
        since = [event.encoded() for event in self.ordering.since]
        return [*self.reader.latest.snapshot_event(self.presence.encoded), *since]
