"""A hub without server and database."""

from __future__ import annotations

import gc
from collections.abc import Callable, Coroutine
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest

from rooms.core import publish
from rooms.live.hub import Hub
from rooms.live.hub.access import Access
from rooms.live.hub.identity import Credentials, Identity
from rooms.live.hub.live_room import LiveRoom
from rooms.live.hub.loaded import Loaded
from rooms.live.hub.queries import Opened
from rooms.live.presence.people import Crowd
from tests.support.live import settle
from tools import virtual_time

LOOPS = import_module("rooms.live.hub.loops")
QUICK = {
    "BEAT_S": 0.02,
    "RECONCILE_EVERY_S": 0.05,
    "SHARE_EVERY_S": 0.05,
    "SHARE_ALONE_EVERY_S": 0.05,
    "KEEP_EMPTY_S": 0.1,
}


IN_DATABASE = Identity(UUID(int=7), "Charlie")
"""Who has an account, as the database knows."""


class Rooms:
    """The database of a hub: rooms by slug, with what was asked of it."""

    def __init__(self) -> None:
        self.ids = {"lounge": 1}
        self.versions = {1: 1}
        self.advance_at_ms: int | None = None
        self.without_host = "nothing"
        self.access = Access("public")
        self.renewals: dict[int, UUID] = {}
        self.said: dict[int, Crowd] = {}
        self.elsewhere: dict[int, list[Crowd]] = {}
        self.asked: list[tuple[str, Any]] = []
        self.error: Exception | None = None
        self.answers = virtual_time.Gate()
        self.answers.set()

    def count(self, job: str) -> int:
        return sum(name == job for name, _args in self.asked)

    def with_database(self, job: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        self.asked.append((job.__name__, args))
        answer = getattr(self, job.__name__)(*args)
        self.answers.wait(5)
        if self.error is not None:
            raise self.error
        return answer

    def open_room(self, slug: str, credentials: Credentials) -> Opened | None:
        room_id = self.ids.get(slug)
        loaded = self.read_room(room_id) if room_id is not None else None
        return Opened(room_id, loaded, credentials.identity({}) or IN_DATABASE) if room_id and loaded else None

    def may_know(self, slug: str, credentials: Credentials) -> bool:
        return slug in self.ids

    def identify(self, room_id: int, credentials: Credentials) -> Identity:
        return IN_DATABASE

    def read_room(self, room_id: int) -> Loaded | None:
        version = self.versions.get(room_id)
        if version is None:
            return None
        room = {"rules": {"without_host": self.without_host}}
        return Loaded({"version": version, "advance_at_ms": self.advance_at_ms, "room": room}, self.access)

    def versions_of(self, room_ids: list[int]) -> dict[int, int]:
        return {room_id: self.versions[room_id] for room_id in room_ids if room_id in self.versions}

    def recent_renewals(self) -> dict[int, UUID]:
        return dict(self.renewals)

    def settle(self, room_id: int) -> None:
        pass

    def pause_if_empty(self, room_id: int) -> None:
        pass

    def make_eldest_host(self, room_id: int, present: list[tuple[UUID, str]]) -> None:
        pass

    def recount(self, room_id: int, audience: object, missed: frozenset[UUID]) -> frozenset[UUID]:
        return missed

    def share(self, news: dict[int, Crowd], room_ids: list[int], is_repeated: bool) -> dict[int, list[Crowd]]:
        self.said |= news
        return self.elsewhere

    def expire_soon(self) -> None:
        self.said.clear()

    @classmethod
    def instead(cls, monkeypatch: pytest.MonkeyPatch, *, is_quick: bool = True) -> Rooms:
        """Rooms in place of the database, and a hub that, if ``is_quick``, does soon what takes it long."""
        rooms = cls()
        monkeypatch.setattr("rooms.live.threads.with_database", rooms.with_database)
        if not is_quick:
            return rooms
        monkeypatch.setattr("rooms.live.hub.ordering.IN_FLIGHT_S", 0.02)
        monkeypatch.setattr("rooms.live.hub.live_room.ACCESS_AGAIN_S", 0.02)
        monkeypatch.setattr("rooms.live.hub.feed.CHECK_LISTENERS_EVERY_S", 0.0)
        monkeypatch.setattr("rooms.live.hub.track_end.MOVE_ON_AGAIN_S", 0.05)
        for name, seconds in QUICK.items():
            monkeypatch.setattr(LOOPS, name, seconds)
        return rooms


def run(scene: Callable[[Hub], Coroutine[Any, Any, None]]) -> None:
    """Play ``scene`` with a hub of its own, in virtual time."""

    async def play() -> None:
        hub = Hub()
        try:
            await scene(hub)
        finally:
            hub.stop()
            await settle()
            publish.loop = None

    virtual_time.run(play())
    gc.collect()  # a task's exception that nobody looked at would show here, as an error


async def room_of(hub: Hub, slug: str = "lounge") -> LiveRoom:
    live, _identity = await hub.enter(slug, Credentials())
    return live
