"""What the parts of the stack do wrong by themselves, and no stream of ours may suffer."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.conf import settings
from django.core import signing
from django.db import connection
from django.urls import Resolver404, resolve

from rooms.live.hub import Hub
from rooms.live.hub.limits import Limits
from tests.support.events import Listener
from tests.support.hub import Rooms, room_of, run
from tests.support.live import settle, until
from tests.support.raw import Raw
from tests.unit.test_stream_application import Exchange
from tools.people import Lounge
from tools.server import ROOT, START_TIMEOUT_S, Server

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


@pytest.mark.skipif(connection.vendor != "sqlite", reason="this is about SQLite")
def test_connections_that_outlive_their_requests_are_few(lounge: Lounge) -> None:
    with ThreadPoolExecutor(40) as callers:
        statuses = callers.map(lambda _: lounge.charlie.get(lounge.path).status_code, range(400))
        assert set(statuses) == {200}
    # One for each thread that was at work at one time, those of the hub included.
    assert opened_by(lounge.server, "db.sqlite3") <= 12


@pytest.mark.skipif(connection.vendor != "postgresql", reason="this is about PostgreSQL")
def test_connections_are_the_pools_and_are_not_kept_by_threads() -> None:
    assert settings.DATABASES["default"]["CONN_MAX_AGE"] == 0
    assert settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"] == 10


# What runs beside the requests has to start by itself, under whatever serves the application


COMMANDS = {
    "daphne": ["daphne", "-b", "127.0.0.1", "-p", "{port}", "musicrooms.asgi:application"],
    "uvicorn": ["uvicorn", "--host", "127.0.0.1", "--port", "{port}", "musicrooms.asgi:application"],
}


@pytest.mark.parametrize("program", COMMANDS)
def test_the_stream_starts_lazily_under_the_plain_command_of_each_server(tmp_path: Path, program: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", *[part.format(port=port) for part in COMMANDS[program]]]
    with running(command, tmp_path, f"http://127.0.0.1:{port}") as url:
        made = httpx.post(f"{url}/api/v1/rooms", json={"name": "Lounge"}).json()
        with Listener(url, made["slug"]) as bob:
            auth = {"Authorization": f"Bearer {made['host_token']}"}
            httpx.post(f"{url}/api/v1/rooms/{made['slug']}/queue", json={"url": A}, headers=auth)
            assert bob.wait_for("queue").data["version"] == 2
            assert bob.wait_for("people").data["listeners"] == 1  # told by what beats beside the requests


@contextmanager
def running(command: list[str], data_dir: Path, url: str) -> Iterator[str]:
    """A process of the test's own that serves the data in ``data_dir`` at ``url``, on SQLite and without Redis."""
    env = {**os.environ, "DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "musicrooms.settings"}
    for elsewhere in ("DATABASE_URL", "REDIS_URL"):
        env.pop(elsewhere, None)
    if not (data_dir / "db.sqlite3").exists():
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    with (data_dir / "own.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            assert process.poll() is None, (data_dir / "own.log").read_text()
            assert time.monotonic() < deadline, (data_dir / "own.log").read_text()
            try:
                httpx.get(f"{url}/api/v1/time")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        process.kill()
        process.wait()


# Daphne: after an exception out of a response that has begun, nothing of any later request is cleaned up

POISONED = """
import gc, socket, sys
import django
from musicrooms.asgi import application as project
from django.conf import settings
from daphne.http_protocol import WebRequest
from rooms.live.hub.live_room import LiveRoom
from musicrooms.serving.commands import listen, serve_with_daphne

join = LiveRoom.join

async def poisoned(self, listener, last_event_id):
    if last_event_id == 666:
        raise RuntimeError("poisoned")
    await join(self, listener, last_event_id)

LiveRoom.join = poisoned

async def application(scope, receive, send):
    if scope["type"] == "http" and scope["path"] == "/requests-in-memory":
        gc.collect()
        count = sum(issubclass(type(one), WebRequest) for one in gc.get_objects())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(count).encode()})
    else:
        await project(scope, receive, send)

settings.ASGI_APPLICATION = "__main__.application"
serve_with_daphne(listen("127.0.0.1", int(sys.argv[1])))
"""


def test_a_poisoned_stream_leaks_no_later_request_on_daphne(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", POISONED, str(port)]
    with running(command, tmp_path, f"http://127.0.0.1:{port}") as url, httpx.Client(base_url=url) as client:
        slug = client.post("/api/v1/rooms", json={"name": "Lounge"}).json()["slug"]

        def in_memory() -> int:
            return int(client.get("/requests-in-memory").text)

        for _ in range(10):
            ended = client.get(f"/api/v1/rooms/{slug}/events", headers={"Last-Event-ID": "666"})
            assert ended.status_code == 200
            assert "event:" not in ended.text
        for _ in range(300):
            assert client.get("/api/v1/time").status_code == 200
        deadline = time.monotonic() + 20
        while in_memory() > 20:  # daphne looks for what has ended once a second
            assert time.monotonic() < deadline, f"{in_memory()} requests are still in memory"
            time.sleep(0.5)
        with Listener(url, slug) as bob:
            assert bob.events[0].name == "snapshot"
        assert "RuntimeError: poisoned" in (tmp_path / "own.log").read_text()


# Daphne: a backlog of 50


def test_a_storm_of_connections_waits_and_none_is_refused(lounge: Lounge) -> None:
    """The server stands still, so that the kernel alone takes them; a full backlog would leave them unanswered."""
    host, port = lounge.server.url.removeprefix("http://").split(":")
    with ExitStack() as stack:
        os.kill(lounge.server.pid, signal.SIGSTOP)
        try:
            for _ in range(500):
                stack.enter_context(socket.create_connection((host, int(port)), timeout=5))
        finally:
            os.kill(lounge.server.pid, signal.SIGCONT)
        assert lounge.charlie.get("/time").status_code == 200


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


# django-eventstream: its view, and what its parameters do


@pytest.mark.parametrize(
    "query",
    ["es-meta=x", "recover=true", "recover=x", "link=next", "channel=room-1", "lastEventId=error", "lastEventId=r:abc"],
)
def test_parameters_of_the_stock_view_mean_nothing(lounge: Lounge, query: str) -> None:
    with Raw(lounge.server.url) as raw:
        assert raw.get(f"{stream_of(lounge)}?{query}").status == 200
        raw.read_until(b"\n\n")
        assert raw.events()[0]["event"] == "snapshot"


@pytest.mark.parametrize("ident", ["r:abc", "error", "room-1:1", "room-1:1,room-2:2", "%I"])
def test_event_ids_of_the_stock_view_get_the_snapshot(lounge: Lounge, ident: str) -> None:
    with Raw(lounge.server.url) as raw:
        assert raw.get(stream_of(lounge), ("Last-Event-ID", ident)).status == 200
        raw.read_until(b"\n\n")
        assert raw.events()[0]["event"] == "snapshot"


@pytest.mark.parametrize("path", ["/events/", "/events", "/api/v1/events", "/eventstream/", "/events/room-1/"])
def test_the_stock_view_is_at_no_address(path: str) -> None:
    with pytest.raises(Resolver404):
        resolve(path)


# Pushpin: without a key, any Grip-Sig counts as its own


def test_a_header_of_an_edge_changes_nothing_without_its_key(lounge: Lounge) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJyZWFsbSJ9.x"
    for headers in ([("Grip-Sig", token)], [("Grip-Sig", token), ("Grip-Last", "room-1; last-id=1")]):
        with Raw(lounge.server.url) as raw:
            head = raw.get(stream_of(lounge), *headers)
            assert head.status == 200
            assert not [name for name, _ in head.headers if name.startswith("grip")]
            raw.read_until(b"event: snapshot")
            lounge.add(A)
            raw.read_until(b"event: queue")


# SQLite: transactions that write late meet "database is locked"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="this is about SQLite")
def test_sqlite_writes_ahead_and_takes_its_lock_at_once() -> None:
    assert settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] >= 5_000


# An end that comes in the middle of something


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
