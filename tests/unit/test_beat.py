"""What a room tells while nothing changes: heartbeats, and who is there. Minutes of it, in virtual time."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from rooms.clock import monotonic_s
from rooms.live.hub import Hub
from rooms.live.hub.access import Access
from rooms.live.hub.identity import Identity
from rooms.live.hub.listener import Listener
from rooms.live.hub.live_room import HOSTLESS_S, LiveRoom
from rooms.live.presence.people import FLAP_S
from tests.support.hub import Rooms, room_of, run
from tests.support.live import BOB, Peer

ALICE = UUID(int=9)

SLACK_S = 1
"""The beat comes every 0.4 s, so that what is due is told at most so much later."""


@pytest.fixture(autouse=True)
def rooms(monkeypatch: pytest.MonkeyPatch) -> Rooms:
    return Rooms.instead(monkeypatch, is_quick=False)


class Timed(Peer):
    """A peer that remembers when it was told each event."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[float] = []

    async def send(self, message: dict[str, Any]) -> None:
        await super().send(message)
        self.at += [monotonic_s()] * (len(self.events) - len(self.at))

    def named(self, name: str) -> list[tuple[float, dict[str, Any]]]:
        return [(at, event) for at, event in zip(self.at, self.events, strict=True) if event["event"] == name]


async def listen(live: LiveRoom, person_id: UUID | None = None) -> tuple[Timed, Listener]:
    peer = Timed()
    listener = Listener(live, peer.send, Identity(person_id, "Bob"))
    await live.join(listener, None)
    return peer, listener


def test_a_heartbeat_comes_at_least_every_fifteen_seconds_and_has_no_id() -> None:
    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        with live:
            began_s = monotonic_s()
            peer, _listener = await listen(live)
            await asyncio.sleep(300)
            ticks = peer.named("tick")
            times = [began_s, *(at for at, _event in ticks), monotonic_s()]
            assert max(after - before for before, after in pairwise(times)) <= 15 + SLACK_S
            assert len(ticks) <= 300 / 14
            assert all((event["version"], event["id"]) == (1, None) for _at, event in ticks)

    run(scene)


def test_people_are_told_at_most_every_two_seconds_however_many_come() -> None:
    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        with live:
            peer, _listener = await listen(live)
            for _ in range(100):
                await listen(live)
                await asyncio.sleep(0.1)
            await asyncio.sleep(3)
            told = peer.named("people")
            assert min(after - before for (before, _), (after, _) in pairwise(told)) >= 2
            assert len(told) >= 4
            assert told[-1][1]["listeners"] == 101

    run(scene)


def test_a_reload_is_told_to_nobody() -> None:
    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        with live:
            alice, _listener = await listen(live)
            _peer, bob = await listen(live, BOB)
            await asyncio.sleep(10)
            before = len(alice.named("people"))
            for _ in range(5):
                live.leave(bob)
                await asyncio.sleep(FLAP_S - 1)
                _peer, bob = await listen(live, BOB)
                await asyncio.sleep(10)
            assert [event["listeners"] for _at, event in alice.named("people")[before:]] == []

    run(scene)


def test_whoever_has_left_is_counted_no_more_once_they_did_not_come_back() -> None:
    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        with live:
            alice, _listener = await listen(live)
            _peer, bob = await listen(live, BOB)
            await asyncio.sleep(10)
            left_s = monotonic_s()
            live.leave(bob)
            await asyncio.sleep(30)
            told_s, event = alice.named("people")[-1]
            assert (event["listeners"], event["items"]) == (1, [])
            assert FLAP_S <= told_s - left_s <= FLAP_S + 2 + SLACK_S

    run(scene)


def test_a_minute_after_the_host_left_the_eldest_takes_over_where_the_rules_say_so(rooms: Rooms) -> None:
    def asked() -> list[Any]:
        return [args for name, args in rooms.asked if name == "make_eldest_host"]

    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        with live:
            _peer, alice = await listen(live, ALICE)
            await listen(live, BOB)
            await asyncio.sleep(HOSTLESS_S + 5)
            live.leave(alice, for_good=True)
            await asyncio.sleep(HOSTLESS_S - 3)
            assert asked() == []
            await asyncio.sleep(6)
            assert (1, [(BOB, "Bob")]) in asked()

    rooms.access, rooms.without_host = Access("public", hosts=frozenset({ALICE})), "eldest"
    run(scene)
