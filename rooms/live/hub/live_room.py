"""A room that somebody listens to."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

from rooms.clock import monotonic_s, now_ms
from rooms.live.hub import sse
from rooms.live.hub.listener import Listener
from rooms.live.hub.outbox import Event, Outbox
from rooms.live.hub.room_reader import Head, Load, Loaded
from rooms.live.presence.people import Crowd, Presence

logger = logging.getLogger(__name__)

GAP_PATIENCE_S = 0.05
"""How long an event waits for the one before it: two commits may be pushed in the wrong order."""

IN_FLIGHT_S = 1.0
"""A version that the database has and the bus has not brought yet gets so long to arrive. To read rooms whose events
are merely late would slow a busy process further."""

PAUSES_S = (0.0, 0.0, 0.0, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Before each reading for a newcomer. If the room still changes faster than it is read after the ones without a pause,
the newcomer is told the last reading and the changes since; the others are for what only a reading can mend."""

MOST_SINCE = 100
"""Changes since the last reading that are kept for that."""

LOOK_EVERY_S = 2.0
"""Each listener is looked at so often, for what only shows with time."""

PEOPLE_EVERY_S = 2.0
PEOPLE_EVERY_S_EACH = 0.002
"""Between two events of who listens, at least; in a crowd, so much for each: there it says less and costs more."""

MOST_EARLY = 1_000
"""Events kept that came before their turn. What is dropped beyond is found in the database."""


class Outdated(Exception):
    """The database keeps answering with an older state than the listeners were told."""


class LiveRoom:
    """The streams of one room, what they were told, and what newcomers are told.

    ``version`` is what the listeners were told; the head may be ahead of it, by what is still on its way, or behind.
    Runs in the event loop alone: what is done between two awaits is one step for everybody.
    """

    def __init__(self, room_id: int, slug: str, load: Load, on_advance_at: Callable[[LiveRoom], None]) -> None:
        self.room_id = room_id
        self.slug = slug
        self.listeners: set[Listener] = set()
        self.presence = Presence()
        self.head = Head(room_id, load, self._adopt)
        self.version = 0
        self.advance_at_ms: int | None = None
        self.next_tick_at = monotonic_s() + random.uniform(0, 15)
        self.slow = 0
        self.is_closed = False
        self.is_stopping = False
        self._on_advance_at = on_advance_at
        self._visitors = 0
        self._empty_since = monotonic_s()
        self._rights_needed = 0
        self._early: dict[int, Event] = {}
        self._since_head: list[Event] = []
        self._outbox = Outbox(self.listeners)
        self._told_people: dict[str, Any] = {}
        self._next_people_at = 0.0
        self._people_looked_at: tuple[int, list[Crowd]] = (0, [])
        self._next_look_at = 0.0

    # Coming and going

    def __enter__(self) -> LiveRoom:
        """Within, the room is kept alive: by a listener, or by somebody who is about to become one."""
        self._visitors += 1
        return self

    def __exit__(self, *error: object) -> None:
        self._visitors -= 1
        self._empty_since = monotonic_s()

    def is_deserted(self, since_s: float) -> bool:
        """Whether nobody was here for so long."""
        return not self._visitors and monotonic_s() - self._empty_since > since_s

    async def may_listen(self, person_id: UUID | None, *, is_operator: bool = False) -> bool:
        """Whether the person may listen, by rights that are no older than what was told.

        Whoever may not is looked up once more, for who was let in a moment ago: at most once a second for all.
        """
        if self.head.version < self._rights_needed:
            await self._freshen()
        if not self.head.latest.rights.may_listen(person_id, is_operator=is_operator):
            await self.head.look()
        return self.head.latest.rights.may_listen(person_id, is_operator=is_operator) and not self.is_closed

    async def join(self, listener: Listener, last_event_id: int | None) -> None:
        """Add ``listener`` and write its first events: ``resumed`` if it has the newest state, else the snapshot.

        Rights are checked here once more, since they may have been withdrawn on the way in.
        """
        if last_event_id is not None and last_event_id > self._newest:
            await self.head.look()
        await self._freshen()
        retry = sse.retry(random.randint(1_000, 5_000))
        if listener.is_ended:  # it gave way to another on the way in
            return
        if self.is_stopping:
            listener.write_last(sse.Part(retry + b"\n", more=False))
        elif reason := "closed" if self.is_closed else self.head.latest.rights.why_ended(listener):
            listener.write_last(sse.Part(retry + sse.event("bye", {"reason": reason}), more=False))
        else:
            self.listeners.add(listener)
            self.presence.arrive(listener)
            listener.version = self._newest
            first = [self._resumed()] if last_event_id == self._newest else self._snapshot()
            listener.write_whole([retry, *first])

    def leave(self, listener: Listener, *, for_good: bool = False) -> None:
        """Forget ``listener``; calling this twice does no harm."""
        if listener in self.listeners:
            self.listeners.remove(listener)
            self.presence.leave(listener, for_good=for_good)

    def end(self, listener: Listener, reason: str = "") -> None:
        """End a stream: for good with a reason, else politely, so that the browser comes back."""
        self.leave(listener, for_good=bool(reason))
        last = sse.event("bye", {"reason": reason}) if reason else b""
        listener.write_last(sse.Part(last, more=False))

    def close(self) -> None:
        """The room was closed: end every stream for good."""
        self.is_closed = True
        for listener in list(self.listeners):
            self.end(listener, "closed")

    def stop(self) -> None:
        """The server stops: end every stream politely, those of newcomers too."""
        self.is_stopping = True
        for listener in list(self.listeners):
            self.end(listener)

    async def newest_for(self, listener: Listener) -> list[bytes] | None:
        """What brings ``listener``, which fell behind, up to date; None if it left."""
        try:
            await self._freshen()
        except Exception as error:  # noqa: BLE001  # it reconnects, and is told then
            logger.warning("A slow listener of the room “%s” could not be brought up to date: %r.", self.slug, error)
            self.end(listener)
        if listener not in self.listeners:
            return None
        listener.version = self._newest
        return self._snapshot()

    # Hearing from the bus

    def receive(self, name: str, text: str) -> None:
        """Take an event from the bus, in whatever order it comes; raises LookupError or so for what is none."""
        data = json.loads(text)
        version, prev = data["version"], data["prev"]
        if version <= self.version:
            return
        if name == "snapshot":
            self._skip_to(Event(name, data, version, prev))
        elif len(self._early) < MOST_EARLY:
            self._early[version] = Event(name, data, version, prev, text)
        self._tell_what_follows()
        if self._early:
            self.expect(max(self._early), within_s=GAP_PATIENCE_S)

    def expect(self, version: int, *, within_s: float = IN_FLIGHT_S) -> None:
        """Tell the whole room from the database unless ``version`` is reached within that time."""
        asyncio.get_running_loop().call_later(within_s, self._mend, version)

    def _mend(self, version: int) -> None:
        """What was to come did not, unless it did."""
        if version <= self.version or self.is_closed:
            return
        if self.head.version >= version:
            self._tell_head()
        elif self.head.is_being_read:
            self.expect(version, within_s=GAP_PATIENCE_S)  # that reading may have begun too early
        else:
            self.head.read().add_done_callback(lambda _reading: self._tell_head())

    def _tell_head(self) -> None:
        if self.head.version > self.version:
            self._skip_to(Event("snapshot", dict(self.head.latest.snapshot), self.head.version))
            self._tell_what_follows()

    def _skip_to(self, snapshot: Event) -> None:
        snapshot.data |= {"people": self.presence.as_json(), "server_now_ms": now_ms()}
        self._tell(snapshot)

    def _tell_what_follows(self) -> None:
        while following := self._early.pop(self.version + 1, None):
            self._tell(following)
        self._early = {version: event for version, event in self._early.items() if version > self.version}

    def _tell(self, event: Event) -> None:
        assert event.version is not None
        self._set_advance(event.data["advance_at_ms"])
        event.prev, self.version = self.version, event.version
        # Whole snapshots are not kept: they are large, and lead to a reading of their own.
        self._since_head = [] if event.name == "snapshot" else [*self._since_head[1 - MOST_SINCE :], event]
        self._outbox.put(event)
        if event.name in ("room", "snapshot"):
            self._rights_needed = event.version
            self._read_rights()

    # Reading the database

    def reload(self) -> asyncio.Task[None]:
        """Read the room; whoever waits for it shields it."""
        return self.head.read()

    def _adopt(self, loaded: Loaded | None) -> None:
        if loaded is None:
            self.close()
            return
        self._since_head = [event for event in self._since_head if (event.version or 0) > loaded.version]
        for listener in list(self.listeners):
            if reason := loaded.rights.why_ended(listener):
                self.end(listener, reason)
        if not self.listeners:
            self.version = self._newest
        if loaded.version > self.version:
            self.expect(loaded.version)
        if loaded.version >= self.version:
            self._set_advance(loaded.snapshot["advance_at_ms"])

    def _read_rights(self) -> None:
        """Read the room until its rights are those of the last change: a reading may fail, or have begun before it."""
        if self.head.version < self._rights_needed and self._visitors and not self.is_closed:
            later = asyncio.get_running_loop().call_later
            self.head.read().add_done_callback(lambda _reading: later(IN_FLIGHT_S, self._read_rights))

    def _set_advance(self, advance_at_ms: int | None) -> None:
        self.advance_at_ms = advance_at_ms
        self._on_advance_at(self)

    @property
    def _newest(self) -> int:
        return max(self.version, self.head.version)

    @property
    def _is_fresh(self) -> bool:
        is_overdue = self.advance_at_ms is not None and self.advance_at_ms <= now_ms()
        return self.head.version >= self.version and not is_overdue

    @property
    def _is_bridged(self) -> bool:
        """Whether the changes since the head lead from it to what was told last, and took no rights away."""
        since = self._since_head
        leads_on = bool(since) and since[0].prev <= self.head.version and since[-1].version == self.version
        return leads_on and self._rights_needed <= self.head.version

    async def _freshen(self) -> None:
        """Return once a snapshot of the newest state can be told; raises Outdated if that does not come about."""
        for pause_s in PAUSES_S:
            if self._is_fresh or self.is_closed or (pause_s and self._is_bridged):
                return
            await asyncio.sleep(pause_s)
            await asyncio.shield(self.head.read())
        if not (self._is_fresh or self.is_closed):
            raise Outdated(f"The database has version {self.head.version}, and {self.version} was told.")

    # What is told beside the changes

    def tick(self) -> None:
        """The heartbeat, by which a gap shows. It follows what is on its way, so that it shows none that closes."""
        self._outbox.put(Event("tick", {"version": self.version, "server_now_ms": now_ms()}))

    def tell_people(self, now_s: float) -> None:
        """Tell who listens, if that is not what was told last, and not too often."""
        if now_s < self._next_people_at:
            return
        presence = self.presence
        presence.forget_the_gone()
        if (presence.revision, presence.elsewhere) == self._people_looked_at:
            return
        self._people_looked_at = presence.revision, presence.elsewhere
        people = presence.as_json()
        if people != self._told_people:
            self._told_people = people
            self._next_people_at = now_s + max(PEOPLE_EVERY_S, len(self.listeners) * PEOPLE_EVERY_S_EACH)
            self._outbox.put(Event("people", people))

    def end_the_old(self, now_s: float) -> None:
        """Now and then, end the streams that reached their maximum age and those whose peer does not read any more."""
        if now_s < self._next_look_at:
            return
        self._next_look_at = now_s + LOOK_EVERY_S
        for listener in list(self.listeners):
            listener.end_if_old(now_s)
        self.slow = sum(listener.is_slow for listener in self.listeners)

    def _resumed(self) -> bytes:
        return sse.event("resumed", {"version": self._newest, "server_now_ms": now_ms()}, self._newest)

    def _snapshot(self) -> list[bytes]:
        """The newest state for one listener: the last reading, and what was told since if there was more."""
        since = [event.encoded() for event in self._since_head if (event.version or 0) > self.head.version]
        return [*self.head.snapshot(self.presence.as_json()), *since]
