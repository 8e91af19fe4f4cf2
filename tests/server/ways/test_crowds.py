"""Crowds on each way to a listener: threads, connections of the database, bursts."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.events import Listener
from tests.support.raw import Raw
from tools.people import Lounge
from tools.server import Server

A, B, C = (f"https://media.example.org/{name}.mp3" for name in "abc")


@pytest.fixture
def lounge(any_server: Server) -> Lounge:
    return Lounge.open(any_server)


def stream_of(lounge: Lounge) -> str:
    return f"/api/v1{lounge.path}/events"


@contextmanager
def crowd(lounge: Lounge, size: int) -> Iterator[list[Raw]]:
    """So many streams, each with its snapshot."""
    with ExitStack() as stack:
        streams = [stack.enter_context(Raw(lounge.server.url)) for _ in range(size)]
        for raw in streams:
            raw.get(stream_of(lounge))
            raw.read_until(b"event: snapshot")
        yield streams


# Django holds a thread and a connection of the database for each response


def threads_of(server: Server) -> int:
    return len(list(Path(f"/proc/{server.pid}/task").iterdir()))


def opened_by(server: Server, name: str) -> int:
    """How many descriptors of the server's process are a file of that name."""
    count = 0
    for descriptor in Path(f"/proc/{server.pid}/fd").iterdir():
        try:
            count += Path(os.readlink(descriptor)).name == name
        except FileNotFoundError:  # closed meanwhile
            continue
    return count


def test_idle_streams_hold_no_thread_and_no_connection_of_the_database(lounge: Lounge) -> None:
    server = lounge.server
    with crowd(lounge, 20):  # whatever the pools start for the first few
        before = threads_of(server), opened_by(server, "db.sqlite3")
        with crowd(lounge, 100):
            held = []
            for _ in range(20):
                held.append((threads_of(server), opened_by(server, "db.sqlite3")))
                time.sleep(0.05)
    # Some few are the hub's own, and SQLite keeps what it once opened: they grow with what runs
    # at one time, not with who listens.
    threads, connections = zip(*held, strict=True)
    assert min(threads) <= before[0] + 4
    assert max(threads) <= before[0] + 8
    assert min(connections) <= before[1] + 4


# Slow headers: whoever sends half a request holds a connection, and nothing else


def test_half_sent_requests_hold_up_nobody_and_no_thread(lounge: Lounge) -> None:
    before = threads_of(lounge.server)
    with ExitStack() as stack:
        for _ in range(100):
            raw = stack.enter_context(Raw(lounge.server.url))
            raw.send(f"GET {stream_of(lounge)} HTTP/1.1\r\nHost: loc".encode())
        with lounge.bob() as bob:
            lounge.add(A)
            bob.wait_for("queue")
        assert threads_of(lounge.server) <= before + 8


# django-eventstream: a burst above ten events loses some of them, and maybe the newest


def test_a_burst_of_fifty_changes_of_all_kinds_arrives_whole(lounge: Lounge) -> None:
    entries = [lounge.add(url)["id"] for url in (A, B, C)]
    lounge.control(entry_id=entries[0])
    with lounge.bob() as bob, lounge.bob() as charlie:
        for n in range(10):
            lounge.control(position_ms=n + 1)
            lounge.control(position_ms=n + 1_000_000)
            assert lounge.alice.patch(lounge.path, json={"name": f"Lounge {n}"}).status_code == 200
            lounge.add(f"https://media.example.org/{n}.mp3")
            moved = lounge.alice.patch(f"{lounge.path}/queue/{entries[n % 2 + 1]}", json={"after": entries[0]})
            assert moved.status_code == 200
        last = lounge.snapshot()
        for listener in (bob, charlie):
            listener.wait_for(lambda event: event.id == str(last["version"]))
            check_whole(listener, last)


def check_whole(listener: Listener, last: dict[str, Any]) -> None:
    """No version is missing but those of a player that a newer one followed, and each part ends as the newest."""
    known = 0
    seen: dict[str, dict[str, Any]] = {}
    for event in listener.events:
        if "prev" not in event.data:
            continue
        assert event.data["prev"] <= known < event.data["version"], (known, event.name, event.data)
        if event.name in ("queue", "room"):
            assert event.data["version"] == known + 1
        known = event.data["version"]
        parts = ("player", "queue", "room") if event.name == "snapshot" else (event.name,)
        seen |= dict.fromkeys(parts, event.data)
    assert known == last["version"]
    player = seen["player"].get("player", seen["player"])
    assert player["position_ms"] == last["player"]["position_ms"]
    assert seen["room"]["room"]["name"] == last["room"]["name"]
