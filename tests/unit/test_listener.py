"""One listener: what a slow peer is told, and what a broken one costs the others."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
from typing import Any

import pytest

from musicrooms.serving.sockets import USER_TIMEOUT_MS, listen
from rooms.clock import monotonic_s
from rooms.live.hub import sse
from rooms.live.hub.listener import PIECE_BYTES, STALLED_S, Listener
from rooms.live.hub.live_room import LiveRoom
from tests.support.live import Database, Peer, listener_in, live_room, push, settle
from tools import virtual_time


async def a_room_with(peer: Peer, database: Database | None = None) -> tuple[LiveRoom, Listener]:
    live = await live_room(database or Database())
    await listener_in(live, peer)
    return live, next(iter(live.listeners))


class Serving:
    """The task that serves a stream, as its listener sees it."""

    def __init__(self) -> None:
        self.cancelled = 0

    def cancel(self) -> None:
        self.cancelled += 1


class Direct:
    """A connection whose socket is full."""

    is_aborted = False

    def write(self, _chunk: bytes) -> bool:
        return False

    def abort(self) -> None:
        self.is_aborted = True


# Without a server


def test_a_peer_that_reads_costs_no_task() -> None:
    async def run() -> None:
        peer = Peer()
        _live, listener = await a_room_with(peer)
        tasks = len(asyncio.all_tasks())
        listener.write(sse.Chunk(b"event: x\ndata: {}\n\n"))
        assert peer.events[-1]["event"] == "x"
        assert len(asyncio.all_tasks()) == tasks
        assert not listener.is_slow

    virtual_time.run(run())


def test_a_peer_that_does_not_read_ends_with_the_newest_state_and_no_queue() -> None:
    async def run() -> None:
        peer, database = Peer(), Database()
        live, listener = await a_room_with(peer, database)
        fast = await listener_in(live)
        peer.reads.clear()
        for version in range(2, 300):
            database.version = version
            push(live, version, "queue", op="add")
            if version % 10 == 0:
                await asyncio.sleep(0)
        await settle()
        assert fast.told[-1] == ("queue", 299)
        assert len(fast.told) == 299
        assert peer.told == [("snapshot", 1)]
        peer.reads.set()
        await settle()
        # What was on its way when it stopped reading, and then at once how things are now.
        assert peer.told == [("snapshot", 1), ("queue", 2), ("snapshot", 299)]
        assert not listener.is_slow
        push(live, 300)
        await settle()
        assert peer.events[-1]["prev"] == 299

    virtual_time.run(run())


def test_what_happens_while_a_slow_peer_is_brought_up_to_date_is_told_after_it() -> None:
    async def run() -> None:
        peer, database = Peer(), Database()
        live, _listener = await a_room_with(peer, database)
        peer.reads.clear()
        for version in (2, 3):
            push(live, version, "queue")
            await settle()
        database.version = 3
        database.answers.clear()
        peer.reads.set()
        await settle()  # it waits for the database
        push(live, 4, "queue")
        await settle()
        database.version = 4
        database.answers.set()
        await settle()
        versions = [version for _name, version in peer.told]
        assert versions == sorted(set(versions))
        assert versions[-1] == 4
        assert all(event["prev"] <= known for event, known in zip(peer.events[1:], versions, strict=False))

    virtual_time.run(run())


def test_a_slow_peer_gets_no_heartbeats_in_between() -> None:
    async def run() -> None:
        peer = Peer()
        live, _listener = await a_room_with(peer)
        peer.reads.clear()
        push(live, 2)
        await settle()
        for _ in range(100):
            live.tick(live.version)
        await settle()
        peer.reads.set()
        await settle()
        assert [name for name, _version in peer.told] == ["snapshot", "player"]

    virtual_time.run(run())


def test_the_last_message_waits_for_a_slow_peer_and_nothing_follows_it() -> None:
    async def run() -> None:
        peer = Peer()
        live, listener = await a_room_with(peer)
        peer.reads.clear()
        push(live, 2)
        push(live, 3, "queue")
        await settle()
        live.end(listener, "closed")
        push(live, 4)
        await settle()
        peer.reads.set()
        await settle()
        assert peer.events[-1]["event"] == "bye"
        assert peer.has_ended
        assert ("player", 4) not in peer.told

    virtual_time.run(run())


@pytest.mark.parametrize("length", [1, 2 * PIECE_BYTES])
def test_a_slow_peer_misses_long_events_and_short_ones_for_the_newest_state(length: int) -> None:
    async def run() -> None:
        peer, database = Peer(), Database()
        live, _listener = await a_room_with(peer, database)
        peer.reads.clear()
        push(live, 2, "queue")
        await settle()
        push(live, 3, "queue", text="x" * length)
        await settle()
        database.version = 3
        peer.reads.set()
        await settle()
        assert peer.told == [("snapshot", 1), ("queue", 2), ("snapshot", 3)]

    virtual_time.run(run())


def test_a_peer_that_accepts_nothing_for_too_long_is_cut_off_and_one_that_reads_is_not() -> None:
    async def run() -> None:
        peer, serving, direct = Peer(), Serving(), Direct()
        live = await live_room(Database())
        await listener_in(live, peer, serving=serving)
        (slow,) = live.listeners
        slow.use(direct)
        await listener_in(live)
        peer.reads.clear()
        push(live, 2)
        for after_s, listening in ((STALLED_S - 1, 2), (46 - STALLED_S, 1)):  # after 45 s at the latest
            await settle(after_s)
            for listener in list(live.listeners):
                listener.end_if_expired(monotonic_s())
            assert len(live.listeners) == listening
        assert (direct.is_aborted, serving.cancelled) == (True, 1)
        assert slow not in live.listeners

    virtual_time.run(run())


@pytest.mark.parametrize("reads", [True, False])
def test_a_send_that_raises_ends_that_listener_alone(reads: bool) -> None:
    async def run() -> None:
        peer, serving = Peer(), Serving()
        live = await live_room(Database())
        await listener_in(live, peer, serving=serving)
        other = await listener_in(live)
        if not reads:
            peer.reads.clear()
        peer.is_gone = True
        push(live, 2)
        await settle()
        peer.reads.set()
        push(live, 3, "queue")
        await settle()
        assert serving.cancelled == 1
        assert len(live.listeners) == 1
        assert other.told[1:] == [("player", 2), ("queue", 3)]

    virtual_time.run(run())


def test_a_slow_peer_is_let_go_if_the_database_is_away(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        peer, database = Peer(), Database()
        live, _listener = await a_room_with(peer, database)
        peer.reads.clear()
        push(live, 2)
        await settle()
        push(live, 3, "queue")
        await settle()
        database.error = OSError("away")
        peer.reads.set()
        await settle()
        assert peer.has_ended
        assert not live.listeners
        assert peer.events[-1]["event"] != "bye"

    with caplog.at_level(logging.WARNING):
        virtual_time.run(run())
        gc.collect()
    assert "Traceback" not in caplog.text


def test_a_cancelled_send_is_cancelled_where_it_waits() -> None:
    async def run() -> None:
        seen: list[str] = []

        async def send(message: dict[str, Any]) -> None:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                await asyncio.sleep(0)
                seen.append("tidied up")
                raise

        live = await live_room(Database())
        await live.join(Listener(live, send), None)
        before = asyncio.all_tasks()
        await asyncio.sleep(0)
        for task in asyncio.all_tasks() - {asyncio.current_task()} & before:
            task.cancel()
        await settle()
        assert seen == ["tidied up"]

    virtual_time.run(run())


def test_what_is_accepted_inherits_how_a_dead_peer_is_noticed() -> None:
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()) as _peer:
        accepted, _address = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == USER_TIMEOUT_MS
            idle, interval, count = (
                accepted.getsockopt(socket.IPPROTO_TCP, getattr(socket, f"TCP_KEEP{name}"))
                for name in ("IDLE", "INTVL", "CNT")
            )
            assert idle + interval * count <= 45
