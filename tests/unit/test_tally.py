"""Reactions are added up: four events a second reach a room, however many people react, in however many places."""

from __future__ import annotations

import asyncio
import json

import pytest

from rooms.clock import monotonic_s
from rooms.core import publish
from rooms.live.hub.hub import Hub
from rooms.live.hub.live_room import LiveRoom
from tests.support.live import Database, listener_in, live_room, settle
from tools import virtual_time


async def lounge_of(hub: Hub) -> LiveRoom:
    room = await live_room(Database())
    hub.rooms.by_id[room.room_id] = room
    return room


def test_a_storm_of_reactions_is_told_four_times_a_second_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        hub = Hub()
        room = await lounge_of(hub)
        bob = await listener_in(room)
        monkeypatch.setattr(publish, "loop", asyncio.get_running_loop())
        whispered: list[str] = []
        monkeypatch.setattr(publish, "whisper", lambda _room, name, text: whispered.append(text))
        began_at_s = monotonic_s()
        for _ in range(40):
            for emoji in "🔥👏":
                hub.react(room.room_id, emoji)
            room.receive(publish.REACTION, '{"counts":{"🔥":2}}')  # of another process
            await asyncio.sleep(0.05)
        await settle(1)
        told = [event["counts"] for event in bob.events if event["event"] == "reaction"]
        assert sum(counts.get("🔥", 0) for counts in told) == 120
        assert sum(counts.get("👏", 0) for counts in told) == 40
        assert told[0] == {"🔥": 2} or told[0] == {"🔥": 3, "👏": 1}
        assert len(told) <= (monotonic_s() - began_at_s) * 4 + 1
        assert all(event["id"] is None for event in bob.events if event["event"] == "reaction")
        # The other processes are told what was counted here, and as seldom.
        assert sum(json.loads(text)["counts"]["🔥"] for text in whispered) == 40
        assert len(whispered) <= (monotonic_s() - began_at_s) * 4 + 1

    virtual_time.run(run())


def test_a_notice_is_told_after_its_change_and_has_no_version() -> None:
    async def run() -> None:
        room = await live_room(Database())
        bob = await listener_in(room)
        room.receive(publish.NOTICE, '{"kind":"skipped","by":"Alice"}')
        await settle()
        (notice,) = [event for event in bob.events if event["event"] == "notice"]
        assert notice == {"event": "notice", "id": None, "kind": "skipped", "by": "Alice"}
        assert room.version == 1

    virtual_time.run(run())


def test_a_process_without_an_event_loop_tells_the_others_each_reaction(monkeypatch: pytest.MonkeyPatch) -> None:
    whispered: list[tuple[int, str, str]] = []
    monkeypatch.setattr(publish, "loop", None)
    monkeypatch.setattr(publish, "whisper", lambda *told: whispered.append(told))
    Hub().react(1, "🔥")
    assert whispered == [(1, publish.REACTION, publish.encode({"counts": {"🔥": 1}}))]
