"""A room that somebody listens to."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from rooms.clock import now_ms
from rooms.hub import wire
from rooms.hub.listener import Listener
from rooms.hub.rights import Rights
from rooms.push import encode

GAP_PATIENCE_S = 0.05
"""How long an event waits for the one before it: two commits may be pushed in the wrong order."""

RELOAD_EVERY_S = 1.0
"""At most so often a listener that claims to be ahead makes the room look into the database."""

SLICE = 200
"""Listeners written to before other work of the process gets its turn: about 4 ms."""

MOST_NAMES = 100
"""In a larger crowd the names say nothing and cost bytes; the count is told alone."""


@dataclass(slots=True)
class Loaded:
    """A room as it was read from the database at one instant."""

    snapshot: dict[str, Any]
    rights: Rights


@dataclass(slots=True)
class _Event:
    name: str
    version: int
    prev: int
    data: dict[str, Any]

    def encoded(self) -> bytes:
        self.data["prev"] = self.prev
        return wire.event(self.name, self.data, self.version)


class LiveRoom:
    """The streams of one room, what they were told, and what newcomers are told.

    Runs in the event loop alone: what is done between two awaits is one step for everybody.
    """

    def __init__(
        self,
        room_id: int,
        slug: str,
        load: Callable[[int], Awaitable[Loaded | None]],
        on_advance_at: Callable[[LiveRoom], None],
    ) -> None:
        self.room_id = room_id
        self.slug = slug
        self.listeners: set[Listener] = set()
        self.version = 0
        self.rights = Rights(visibility="")
        self.advance_at_ms: int | None = None
        self.empty_since = time.monotonic()
        self.next_tick_at = time.monotonic() + random.uniform(0, 15)
        self.people_at = 0.0
        self.is_closed = False
        self._load = load
        self._on_advance_at = on_advance_at
        self._head = ""
        self._head_version = 0
        self._loading: asyncio.Task[bool] | None = None
        self._loaded_at = 0.0
        self._early: dict[int, _Event] = {}
        self._outbox: list[_Event] = []
        self._pump: asyncio.Task[None] | None = None
        self._told_people: dict[str, Any] = {}

    # Coming and going

    async def join(self, listener: Listener, last_event_id: int | None) -> None:
        """Add ``listener`` and write its first events: ``resumed`` if it has the newest state, else the snapshot."""
        if last_event_id is not None and last_event_id > self._newest and self._may_reload:
            await self.reload()
        await self._with_head()
        self.listeners.add(listener)
        first = wire.retry(random.randint(1_000, 5_000))
        if last_event_id == self._newest:
            resumed = {"version": self._newest, "server_now_ms": now_ms()}
            first += wire.event("resumed", resumed, self._newest)
        else:
            first += self._snapshot_chunk()
        listener.version = self._newest
        listener.write(wire.message(first))

    def leave(self, listener: Listener) -> None:
        """Forget ``listener``; calling this twice does no harm."""
        self.listeners.discard(listener)
        self.touch()

    def touch(self) -> None:
        """Somebody is coming or was here until now: a room without listeners stays warm for a while."""
        self.empty_since = time.monotonic()

    async def catch_up(self, listener: Listener) -> None:
        """Write the newest state to a listener that had fallen behind."""
        await self._with_head()
        if listener in self.listeners:
            listener.version = self._newest
            listener.write(wire.message(self._snapshot_chunk()))

    def end(self, listener: Listener, reason: str = "") -> None:
        """End a stream: for good with a reason, else politely, so that the browser comes back."""
        last = wire.event("bye", {"reason": reason}) if reason else b""
        self.leave(listener)
        listener.write_last(wire.message(last, more=False))

    def close(self, reason: str) -> None:
        """End every stream for good."""
        self.is_closed = True
        for listener in list(self.listeners):
            self.end(listener, reason)

    # Hearing from the bus

    def receive(self, name: str, text: str) -> None:
        """Take an event from the bus, in whatever order it comes."""
        data = json.loads(text)
        event = _Event(name, data["version"], data["prev"], data)
        if event.version <= self.version:
            return
        if name == "snapshot":
            self._accept(event)
        else:
            self._early[event.version] = event
        while following := self._early.pop(self.version + 1, None):
            self._accept(following)
        self._early = {version: early for version, early in self._early.items() if version > self.version}
        if self._early:
            asyncio.get_running_loop().call_later(GAP_PATIENCE_S, self.expect, max(self._early))

    def expect(self, version: int) -> None:
        """Read the room anew unless it has reached ``version`` by now."""
        if version > self.version:
            self.reload()

    def reload(self) -> asyncio.Task[bool]:
        """Read the room from the database; one reading serves all who ask meanwhile."""
        if self._loading is None:
            self._loading = asyncio.get_running_loop().create_task(self._read())
        return self._loading

    async def _read(self) -> bool:
        try:
            loaded = await self._load(self.room_id)
        finally:
            self._loading = None
            self._loaded_at = time.monotonic()
        if loaded is None:
            self.close("closed")
            return False
        self._adopt(loaded)
        return True

    def _adopt(self, loaded: Loaded) -> None:
        version = loaded.snapshot["version"]
        if version < self._newest:
            return
        self._keep_head(loaded.snapshot)
        self._set_rights(loaded.rights)
        self._set_advance(loaded.snapshot["advance_at_ms"])
        if version > self.version and self.listeners:
            # The event may still be on its way; then it comes too late and is dropped.
            self._early = {v: event for v, event in self._early.items() if v > version}
            self._tell(_Event("snapshot", version, self.version, dict(loaded.snapshot)))
        self.version = max(self.version, version)

    def _accept(self, event: _Event) -> None:
        if event.name == "snapshot":
            self._keep_head(event.data)
        event.prev = self.version
        self.version = event.version
        self._set_advance(event.data["advance_at_ms"])
        self._tell(event)
        if event.name in ("room", "snapshot"):
            self.reload()

    def _keep_head(self, snapshot: dict[str, Any]) -> None:
        head = {key: value for key, value in snapshot.items() if key not in ("prev", "by")}
        self._head = encode(head)[:-1]
        self._head_version = snapshot["version"]

    def _set_advance(self, advance_at_ms: int | None) -> None:
        self.advance_at_ms = advance_at_ms
        self._on_advance_at(self)

    def _set_rights(self, rights: Rights) -> None:
        self.rights = rights
        for listener in list(self.listeners):
            if reason := rights.why_ended(listener):
                self.end(listener, reason)

    # Telling the listeners

    def _tell(self, event: _Event) -> None:
        last = self._outbox[-1] if self._outbox else None
        if last is not None and last.name == event.name == "player":
            # Nobody needs a state that is over already: the newer one stands for both.
            event.prev = last.prev
            self._outbox[-1] = event
        else:
            self._outbox.append(event)
        if self._pump is None:
            self._pump = asyncio.get_running_loop().create_task(self._empty_outbox())

    async def _empty_outbox(self) -> None:
        try:
            while self._outbox:
                event = self._outbox.pop(0)
                if event.name == "snapshot":
                    event.data |= {"people": self.people(), "server_now_ms": now_ms()}
                await self._write_all(event.encoded(), event.version)
        finally:
            self._pump = None

    async def _write_all(self, chunk: bytes, version: int) -> None:
        message = wire.message(chunk)
        for count, listener in enumerate(list(self.listeners), 1):
            if listener.version < version:
                listener.version = version
                listener.write(message)
            if count % SLICE == 0:
                await asyncio.sleep(0)

    def _write_unversioned(self, chunk: bytes) -> None:
        message = wire.message(chunk)
        for listener in list(self.listeners):
            if not listener.is_slow:
                listener.write(message)

    def tick(self) -> None:
        """The heartbeat, by which a gap shows."""
        self._write_unversioned(wire.event("tick", {"version": self.version, "server_now_ms": now_ms()}))

    def tell_people(self) -> None:
        """Tell who listens, if that is not what was told last."""
        people = self.people()
        if people != self._told_people:
            self._told_people = people
            self._write_unversioned(wire.event("people", people))

    def people(self) -> dict[str, Any]:
        """How many listen, each person once; and their names, while they are few."""
        names = {listener.person_id or id(listener): listener.name for listener in list(self.listeners)}
        few = len(names) <= MOST_NAMES
        return {"listeners": len(names), "names": sorted(name for name in names.values() if name) if few else []}

    # The newest state

    @property
    def _newest(self) -> int:
        return max(self.version, self._head_version)

    @property
    def _may_reload(self) -> bool:
        return time.monotonic() - self._loaded_at >= RELOAD_EVERY_S

    async def _with_head(self) -> None:
        """Return once the snapshot for newcomers is the newest that is known."""
        while self._head_version < self.version and not self.is_closed:
            await self.reload()

    def _snapshot_chunk(self) -> bytes:
        people = encode({"people": self.people(), "server_now_ms": now_ms()})
        return wire.event("snapshot", f"{self._head},{people[1:]}", self._head_version)
