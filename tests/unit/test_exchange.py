"""A stream that ends before or amid an event: it ends once, and nothing is completed."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.core import signing

from rooms.live.hub import Hub
from rooms.live.hub.limits import Limits
from tests.support.hub import Rooms, room_of, run
from tests.support.live import settle, until
from tests.unit.test_stream_application import Exchange


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Rooms:
    """Rooms without a server; each hub that a test makes is the application's."""
    make = Hub.__init__

    def made(self: Hub) -> None:
        make(self)
        monkeypatch.setattr("rooms.live.stream.application.hub", self)

    monkeypatch.setattr(Hub, "__init__", made)
    return Rooms.instead(monkeypatch)


def cookie_of(person_id: str) -> tuple[bytes, bytes]:
    return b"cookie", f"person={signing.dumps([person_id, 'Bob'], salt='rooms.person')}".encode()


def check_ended_once(exchange: Exchange) -> None:
    bodies = [message for message in exchange.messages if message["type"] == "http.response.body"]
    assert [message["more_body"] for message in bodies] == [True] * (len(bodies) - 1) + [False]


def test_a_stream_that_gives_way_before_it_was_told_anything_ends_once(rooms: Rooms) -> None:
    """Else its bytes would follow the end of the response, as the start of the next one."""

    async def scene(hub: Hub) -> None:
        hub.limits = Limits(per_person=1)
        live = await room_of(hub)
        live.receive("queue", json.dumps({"version": 2, "prev": 1, "advance_at_ms": None}))
        rooms.versions[1] = 2
        rooms.answers.clear()
        person, exchanges, playing = str(uuid4()), [], []
        for _ in range(2):
            exchange = Exchange()
            exchange.scope["headers"] = [(b"host", b"localhost"), cookie_of(person)]
            exchanges.append(exchange)
            playing.append(asyncio.create_task(exchange.play()))
            await until(lambda: len(exchanges[-1].messages) >= 2)
        rooms.answers.set()
        await until(lambda: b"event: snapshot" in exchanges[1].body)
        await settle()
        check_ended_once(exchanges[0])
        assert len(live.listeners) == 1
        exchanges[1].left.set()
        await asyncio.wait_for(asyncio.gather(*playing), 5)

    run(scene)


def test_an_event_that_is_cut_off_is_never_completed(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads on would take half of it for whole."""

    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        monkeypatch.setattr(live, "_snapshot", lambda: [b"event: snapshot\nid: 1\ndata: " + b"x" * 300_000, b"\n\n"])
        exchange = Exchange()
        takes = asyncio.Semaphore(3)
        send = exchange.send

        async def slow(message: dict[str, Any]) -> None:
            if len(message.get("body", b"")) > 1_000:
                await takes.acquire()
            await send(message)

        exchange.send = slow  # type: ignore[method-assign]
        playing = asyncio.create_task(exchange.play())
        await until(lambda: len(exchange.body) > 100_000)
        playing.cancel()
        await asyncio.wait_for(playing, 5)
        await settle()
        # As a client puts it together: an event counts when a blank line has come.
        body = exchange.body.decode()
        blocks = body.split("\n\n")[:-1]
        assert not [block for block in blocks if re.search("^data: ", block, re.MULTILINE)], body[-200:]
        for _ in range(10):
            takes.release()
        await settle()

    run(scene)
