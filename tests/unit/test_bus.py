"""Hearing of the other processes, through a bus that may be slow, deaf or away."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from rooms.core.publish import PROCESS
from rooms.live.hub.bus import Bus
from tests.support.events import Listener
from tests.support.live import settle, until
from tools import patience, virtual_time
from tools.people import Lounge
from tools.server import Server
from tools.services import reserved_port

A, B, C = (f"https://media.example.org/{name}.mp3" for name in "abc")


class Layer:
    """A channel layer that a test holds in its hand."""

    def __init__(self) -> None:
        self.groups: set[str] = set()
        self.messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.error: Exception | None = None
        self.answers = asyncio.Event()
        self.answers.set()
        self.calls = 0

    async def group_add(self, group: str, channel: str) -> None:
        await self._answer()
        self.groups.add(group)

    async def group_discard(self, group: str, channel: str) -> None:
        await self._answer()
        self.groups.discard(group)

    async def receive(self, channel: str) -> dict[str, Any]:
        message = await self.messages.get()
        if self.error is not None:
            raise self.error
        return message

    async def _answer(self) -> None:
        self.calls += 1
        await self.answers.wait()
        if self.error is not None:
            raise self.error


class Room:
    """A subscriber that notes its number for each event that it hears."""

    slug = "lounge"

    def __init__(self, room_id: int, heard: list[int]) -> None:
        self.room_id = room_id
        self.heard = heard

    def receive(self, name: str, text: str) -> None:
        self.heard.append(self.room_id)

    def read(self) -> None:
        raise AssertionError("nothing was dropped")


async def subscribe(bus: Bus, room_id: int, heard: list[int]) -> None:
    bus.subscribe(room_id, Room(room_id, heard))
    await bus.join(room_id)


def message(room_id: int = 1, sender: str = "another", event: str = "queue") -> dict[str, Any]:
    return {"type": "room.event", "from": sender, "room_id": room_id, "event": event, "data": "{}"}


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Play a scene with a bus, its layer, and the list of what it hears."""
    monkeypatch.setattr("rooms.live.hub.bus.PATIENCE_S", 0.05)
    monkeypatch.setattr("rooms.live.hub.bus.AWAY_S", 0.1)

    def play(scene: Callable[[Bus, Layer, list[int]], Coroutine[Any, Any, None]]) -> None:
        async def run() -> None:
            layer, heard = Layer(), list[int]()
            monkeypatch.setattr("rooms.live.hub.bus.get_channel_layer", lambda: layer)
            bus = Bus()
            try:
                await scene(bus, layer, heard)
            finally:
                bus.close()
                await settle()

        virtual_time.run(run())

    return play


def test_a_process_hears_the_others_and_not_itself(play: Callable[..., None]) -> None:
    async def scene(bus: Bus, layer: Layer, heard: list[int]) -> None:
        await subscribe(bus, 1, heard)
        assert layer.groups == {"room-1"}
        for told in (message(1), message(1, PROCESS), message(2)):
            layer.messages.put_nowait(told)
        await until(layer.messages.empty)
        await settle()
        assert heard == [1]
        await bus.unsubscribe(1)
        assert layer.groups == set()

    play(scene)


def test_a_group_that_could_not_be_joined_is_joined_later(play: Callable[..., None]) -> None:
    async def scene(bus: Bus, layer: Layer, heard: list[int]) -> None:
        layer.error = OSError("away")
        await subscribe(bus, 1, heard)
        await subscribe(bus, 2, heard)  # which does not ask again so soon
        assert layer.calls == 1
        await bus.join_missing_groups()
        assert layer.calls == 1
        layer.error = None
        await settle(0.15)
        await bus.join_missing_groups()
        assert layer.groups == {"room-1", "room-2"}
        await bus.join_missing_groups()
        assert layer.calls == 3

    play(scene)


def test_a_bus_that_hangs_holds_nobody_for_long(play: Callable[..., None]) -> None:
    async def scene(bus: Bus, layer: Layer, heard: list[int]) -> None:
        layer.answers.clear()
        async with asyncio.timeout(2):
            await asyncio.gather(*(subscribe(bus, room_id, heard) for room_id in range(50)))
            await asyncio.gather(*(bus.unsubscribe(room_id) for room_id in range(50)))

    play(scene)


def test_a_room_that_comes_back_while_it_is_let_go_is_heard(play: Callable[..., None]) -> None:
    async def scene(bus: Bus, layer: Layer, heard: list[int]) -> None:
        await subscribe(bus, 1, heard)
        layer.answers.clear()
        leaving = asyncio.create_task(bus.unsubscribe(1))
        await settle(0)
        coming = asyncio.create_task(subscribe(bus, 1, heard))
        await settle(0)
        layer.answers.set()
        await asyncio.gather(leaving, coming)
        assert layer.groups == {"room-1"}

    play(scene)


def test_a_bus_that_fails_is_listened_to_again(play: Callable[..., None]) -> None:
    async def scene(bus: Bus, layer: Layer, heard: list[int]) -> None:
        await subscribe(bus, 1, heard)
        layer.error = OSError("away")
        layer.messages.put_nowait(message())
        await until(layer.messages.empty)
        layer.error = None
        for odd in ({}, message(), {"from": "another"}, message()):
            layer.messages.put_nowait(odd)
        await until(lambda: len(heard) == 2)

    play(scene)


# Two processes and a Redis


@contextmanager
def redis(port: int) -> Iterator[None]:
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while not is_open(port):
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def told(lounge: Lounge, bobs: list[Listener], link: str) -> list[str]:
    """By which event the listener of each process hears of another link."""
    lounge.add(link)
    version = str(lounge.snapshot()["version"])
    return [bob.wait_for(lambda event: event.id == version).name for bob in bobs]


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="there is no redis-server")
def test_processes_tell_each_other_and_get_over_a_redis_that_goes_away(prepared: Path, tmp_path: Path) -> None:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    with ExitStack() as stack:
        port = stack.enter_context(reserved_port())  # also while there is no Redis
        url = f"redis://127.0.0.1:{port}/0"
        with redis(port):
            ours, other = (Server(tmp_path, server=name, REDIS_URL=url).start() for name in ("daphne", "uvicorn"))
            stack.callback(other.stop)
            stack.callback(ours.stop)
            lounge = Lounge.open(ours)
            bobs = [stack.enter_context(Listener(server.url, lounge.slug)) for server in (ours, other)]
            patience.until(
                lambda: told(lounge, bobs, A) == ["queue", "queue"], "nothing is pushed to the other process"
            )
        # Without it a change is told here at once, and there when the versions are compared.
        assert told(lounge, bobs, B) == ["queue", "snapshot"]
        with redis(port):
            patience.until(lambda: told(lounge, bobs, C) == ["queue", "queue"], "nothing is pushed as before")
