"""Serving a stream whatever goes wrong: nothing leaves it, and a browser comes back by itself."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from typing import Any

import pytest
from django.db import OperationalError

from rooms.live.hub import Hub
from rooms.live.stream import stream
from tests.support.hops import told, traced
from tests.support.hub import Rooms, room_of, run
from tests.support.live import settle, until

HEADERS = [(b"host", b"localhost")]
ASKS_TO_COME_BACK = re.compile(rb"retry: [3-8]\d{3}\n\n|\nretry: [3-8]\d{3}\n")
DATABASE_IS_AWAY = OperationalError("away")


class Exchange:
    """One request as a server hands it to the application, and what came of it."""

    def __init__(self, method: str = "GET", slug: str = "lounge", *, poisoned_at: int | None = None) -> None:
        path = f"/api/v1/rooms/{slug}/events"
        self.scope = {"type": "http", "method": method, "path": path, "headers": HEADERS, "query_string": b""}
        self.messages: list[dict[str, Any]] = []
        self.poisoned_at = poisoned_at
        self.left = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if self.poisoned_at is not None and len(self.messages) >= self.poisoned_at:
            raise RuntimeError("poisoned")
        self.messages.append(message)
        if message["type"] == "http.response.body" and not message["more_body"]:
            self.left.set()

    async def play(self) -> None:
        await stream(self.scope, self.receive, self.send)

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.messages[1:])

    def asks_to_come_back(self) -> bool:
        return self.status == 200 and self.left.is_set() and bool(ASKS_TO_COME_BACK.fullmatch(self.body))


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Rooms:
    return Rooms.instead(monkeypatch)


@pytest.fixture(autouse=True)
def _applications_hub(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each hub that a test makes is the application's."""
    make = Hub.__init__

    def made(self: Hub) -> None:
        make(self)
        monkeypatch.setattr("rooms.live.stream.application.hub", self)

    monkeypatch.setattr(Hub, "__init__", made)


@pytest.mark.parametrize("poisoned_at", [0, 1, 2])
@pytest.mark.parametrize(
    ("method", "slug"),
    [("GET", "lounge"), ("HEAD", "lounge"), ("GET", "nowhere"), ("HEAD", "nowhere"), ("POST", "x"), ("OPTIONS", "x")],
)
def test_a_send_that_raises_leaves_no_exception_and_no_listener(
    rooms: Rooms, method: str, slug: str, poisoned_at: int
) -> None:
    async def scene(hub: Hub) -> None:
        for _ in range(10):
            exchange = Exchange(method, slug, poisoned_at=poisoned_at)
            await asyncio.wait_for(exchange.play(), 5)
        assert hub.streams == 0
        assert not any(live.listeners for live in hub.rooms.by_id.values())
        await until(lambda: not hub.rooms.by_id)

    run(scene)


def test_a_stream_whose_send_fails_later_ends_by_itself(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        exchange, other = Exchange(poisoned_at=3), Exchange()
        playing, listening = asyncio.create_task(exchange.play()), asyncio.create_task(other.play())
        await until(lambda: len(exchange.messages) == 3)
        live = await room_of(hub)
        live.receive("queue", json.dumps({"version": 2, "prev": 1, "advance_at_ms": None}))
        await asyncio.wait_for(playing, 5)
        await until(lambda: b"event: queue" in other.body)
        assert hub.streams == 1
        other.left.set()
        await asyncio.wait_for(listening, 5)

    run(scene)


def test_a_stream_that_the_server_cancels_ends_quietly(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        exchange = Exchange()
        playing = asyncio.create_task(exchange.play())
        await until(lambda: b"event: snapshot" in exchange.body)
        playing.cancel()
        await asyncio.wait_for(playing, 5)
        assert exchange.left.is_set()
        assert hub.streams == 0

    run(scene)


def test_a_database_that_is_away_asks_to_come_back(rooms: Rooms, caplog: pytest.LogCaptureFixture) -> None:
    async def scene(hub: Hub) -> None:
        rooms.error = DATABASE_IS_AWAY
        exchange = Exchange()
        await exchange.play()
        assert exchange.asks_to_come_back()

    with caplog.at_level(logging.WARNING):
        run(scene)
    assert "has to come back later" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_database_that_goes_away_on_the_way_in_ends_the_stream_cleanly(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        live.receive("queue", json.dumps({"version": 2, "prev": 1, "advance_at_ms": None}))
        rooms.error = DATABASE_IS_AWAY
        exchange = Exchange()
        await asyncio.wait_for(exchange.play(), 5)
        assert exchange.asks_to_come_back()

    run(scene)


def test_an_error_of_our_own_asks_to_come_back_and_is_logged_whole(
    rooms: Rooms, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(hub: Hub) -> None:
        rooms.error = ZeroDivisionError("ours")
        exchange = Exchange()
        await exchange.play()
        assert exchange.asks_to_come_back()

    run(scene)
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_server_that_stops_asks_to_come_back(rooms: Rooms, method: str) -> None:
    async def scene(hub: Hub) -> None:
        hub.stop()
        exchange = Exchange(method)
        await exchange.play()
        if method == "GET":
            assert exchange.asks_to_come_back()
        assert (exchange.status, exchange.left.is_set()) == (200, True)

    run(scene)


def test_a_server_that_stops_while_a_room_opens_asks_to_come_back(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        rooms.answers.clear()
        exchange = Exchange()
        playing = asyncio.create_task(exchange.play())
        await settle()
        hub.stop()
        rooms.answers.set()
        await asyncio.wait_for(playing, 5)
        assert (exchange.status, exchange.left.is_set()) == (200, True)
        assert exchange.body.startswith(b"retry: ")
        assert b"event" not in exchange.body

    run(scene)


def test_a_stream_opens_before_a_slow_database_has_answered(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        live.receive("queue", json.dumps({"version": 2, "prev": 1, "advance_at_ms": None}))
        rooms.versions[1] = 2
        rooms.answers.clear()
        exchange = Exchange()
        playing = asyncio.create_task(exchange.play())
        await until(lambda: len(exchange.messages) == 2)
        # Daphne sends the headers with the first part of a body.
        assert [message["type"] for message in exchange.messages] == ["http.response.start", "http.response.body"]
        rooms.answers.set()
        await until(lambda: b"event: snapshot" in exchange.body)
        exchange.left.set()
        await asyncio.wait_for(playing, 5)

    run(scene)


def test_a_join_takes_the_way_that_the_architecture_tells_hop_by_hop(rooms: Rooms) -> None:
    """Of a browser with a cookie, into a room that is live."""

    async def scene(hub: Hub) -> None:
        first = Exchange()
        listening = [asyncio.create_task(first.play())]
        await until(lambda: len(first.messages) > 2)
        bob = Exchange()
        with traced() as hops:
            listening.append(asyncio.create_task(bob.play()))
            for _turn in range(100):  # of the loop, in which no time passes, so that no periodic task runs
                await asyncio.sleep(0)
        assert len(bob.messages) > 2
        assert hops == told("A join, hop by hop")
        for exchange in (first, bob):
            exchange.left.set()
        await asyncio.gather(*listening)

    run(scene)
