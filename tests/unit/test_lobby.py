"""The stream of the home page, on a database that may hang."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rooms.live.hub.listener import Listener
from rooms.live.lobby import BEAT_S, READ_EVERY_S, TICK_EVERY_S, Lobby
from tests.support.live import Peer
from tools import virtual_time


class Hub:
    """Stands in for the hub: its threads read no room, one at a time, and hang while the database does."""

    def __init__(self) -> None:
        self.is_stopping = False
        self.threads = SimpleNamespace(run=self._run)
        self.answers = asyncio.Event()
        self.answers.set()
        self.readings = 0

    async def _run(self, *_job: Any) -> list[Any]:
        self.readings += 1
        await self.answers.wait()
        return []


def test_a_database_that_hangs_stops_neither_the_heartbeat_nor_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        hub, lobby, visitor = Hub(), Lobby(), Peer()
        monkeypatch.setattr("rooms.live.lobby.hub", hub)
        with lobby:
            await lobby.join(Listener(cast(Any, lobby), visitor.send), None)
            await asyncio.sleep(READ_EVERY_S)
            hub.answers.clear()
            await asyncio.sleep(READ_EVERY_S)
            before = hub.readings
            ticks = [event for event in visitor.events if event["event"] == "tick"]
            await asyncio.sleep(2 * TICK_EVERY_S)
            assert len([event for event in visitor.events if event["event"] == "tick"]) >= len(ticks) + 1
            assert hub.readings == before, "one reading at a time"
            hub.is_stopping = True
            await asyncio.sleep(2 * BEAT_S)
            assert visitor.has_ended
            hub.answers.set()

    virtual_time.run(run())
