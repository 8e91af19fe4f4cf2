"""A live room without server and database: peers that take what they are sent, or do not, and a database of words."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, cast
from uuid import UUID

from rooms.live.hub import queries
from rooms.live.hub.access import Access
from rooms.live.hub.identity import Identity
from rooms.live.hub.listener import Cancellable, Listener
from rooms.live.hub.live_room import LiveRoom
from rooms.live.hub.loaded import Loaded
from rooms.live.threads import DatabaseThreads
from tools.patience import PATIENCE_S


class Peer:
    """The other end of one stream; its ``send`` is what a server would give to the application."""

    def __init__(self) -> None:
        self.reads = asyncio.Event()
        self.reads.set()
        self.is_gone = False
        self.messages: list[dict[str, Any]] = []

    async def send(self, message: dict[str, Any]) -> None:
        await self.reads.wait()
        if self.is_gone:
            raise ConnectionResetError("the peer is gone")
        self.messages.append(message)

    @property
    def has_ended(self) -> bool:
        return bool(self.messages) and not self.messages[-1]["more_body"]

    @property
    def events(self) -> list[dict[str, Any]]:
        """What it was told: the data of each event, with its ``event`` and ``id``."""
        body = b"".join(message["body"] for message in self.messages).decode()
        blocks = [dict(line.split(": ", 1) for line in block.split("\n")) for block in body.split("\n\n")[:-1]]
        return [
            {"event": fields["event"], "id": fields.get("id"), **json.loads(fields["data"])}
            for fields in blocks
            if "data" in fields
        ]

    @property
    def told(self) -> list[tuple[str, int]]:
        """The names and versions of its events, but for the people."""
        return [(event["event"], event["version"]) for event in self.events if "version" in event]


ROOM = {"name": "Lounge", "rules": {"without_host": "nothing"}}
"""What its snapshot says of the room."""


class Database:
    """Answers with a room at ``version``; None says that it was closed. Counts how often it was asked."""

    def __init__(self, version: int | None = 1) -> None:
        self.version = version
        self.access = Access(visibility="public")
        self.advance_at_ms: int | None = None
        self.readings = 0
        self.error: Exception | None = None
        self.answers = asyncio.Event()
        self.answers.set()
        self.visit: AbstractContextManager[Any] = nullcontext()

    async def run(self, job: Callable[..., Any], *args: Any) -> Loaded | None:
        """Answer in place of the hub's threads, which are asked to read a room and for nothing else."""
        assert job is queries.read_room
        return await self.read()

    async def read(self) -> Loaded | None:
        self.readings += 1
        version, access = self.version, self.access
        await self.answers.wait()
        if self.error is not None:
            raise self.error
        if version is None:
            return None
        return Loaded({"version": version, "advance_at_ms": self.advance_at_ms, "player": {}, "room": ROOM}, access)


async def live_room(database: Database) -> LiveRoom:
    loaded = await database.read()
    assert loaded is not None
    live = LiveRoom(1, "lounge", loaded, cast(DatabaseThreads, database))
    database.visit = live
    database.visit.__enter__()
    return live


async def listener_in(
    live: LiveRoom,
    peer: Peer | None = None,
    last_event_id: int | None = None,
    *,
    serving: Cancellable | None = None,
    **identity: Any,
) -> Peer:
    """Somebody who joins and has been told the first event."""
    peer = peer or Peer()
    await live.join(Listener(live, peer.send, Identity(**identity), serving=serving), last_event_id)
    return peer


def push(live: LiveRoom, version: int, name: str = "player", **data: Any) -> None:
    """Have the room hear of a change, as the bus brings it."""
    told = {"version": version, "prev": version - 1, "advance_at_ms": None, **data}
    live.receive(name, json.dumps(told))


async def settle(seconds: float = 0.02) -> None:
    """Let everything that is on its way arrive."""
    await asyncio.sleep(seconds)


async def until(condition: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
    """Wait for what has to come."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        await settle(0.01)


BOB = UUID(int=1)
