"""Several processes on one database: whatever fails between them, everybody ends up right."""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.support.events import Event, Listener
from tools.people import Lounge
from tools.server import Server
from tools.services import Redis, require

CONVERGED_S = 5
"""What is promised. The tests wait longer where they cannot do otherwise, since they share the machine."""


@pytest.fixture
def redis() -> Iterator[Redis]:
    require(Redis)
    with Redis() as redis:
        yield redis


@contextmanager
def two_servers(prepared: Path, folder: Path, **env: str) -> Iterator[list[Server]]:
    """One of each program on the same data; they have to end without a traceback."""
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    servers = [Server(folder, **env).start(), Server(folder, server="uvicorn", **env).start()]
    yield servers
    for server in servers:
        assert server.stop() == 0
    assert "Traceback" not in servers[0].log, servers[0].log[-6000:]


@pytest.fixture
def servers(prepared: Path, tmp_path: Path, redis: Redis) -> Iterator[list[Server]]:
    with two_servers(prepared, tmp_path, REDIS_URL=redis.url) as servers:
        yield servers


@pytest.fixture
def lounge(servers: list[Server]) -> Lounge:
    lounge = Lounge.open(servers[0])
    lounge.add("https://media.example.org/a.mp3")
    lounge.control(playing=True)
    return lounge


def seek(lounge: Lounge, position_ms: int) -> float:
    """Alice seeks; how long her call took, in seconds."""
    began = time.monotonic()
    lounge.control(position_ms=position_ms)
    return time.monotonic() - began


def hear(listener: Listener, position_ms: int, timeout_s: float = 20) -> Event:
    """The event or snapshot by which the listener learnt of that position."""
    return listener.wait_for(
        lambda event: event.data.get("player", event.data).get("position_ms") == position_ms, timeout_s
    )


def is_pushed(lounge: Lounge, listener: Listener, position_ms: int) -> bool:
    """Whether that seek reaches the listener as an event of its own."""
    seek(lounge, position_ms)
    return hear(listener, position_ms).name == "player"


def until_pushed(lounge: Lounge, listener: Listener, timeout_s: float = 20) -> None:
    deadline = time.monotonic() + timeout_s
    while not is_pushed(lounge, listener, random.randrange(1_000_000)):
        assert time.monotonic() < deadline, "nothing is pushed to the other process"


def test_a_change_is_pushed_from_one_process_to_the_other(servers: list[Server], lounge: Lounge) -> None:
    with Listener(servers[1].url, lounge.slug) as bob:
        assert is_pushed(lounge, bob, 1_000)
        assert is_pushed(lounge, bob, 2_000)


def test_rooms_go_on_without_redis_and_are_pushed_again_when_it_is_back(
    servers: list[Server], lounge: Lounge, redis: Redis
) -> None:
    with Listener(servers[0].url, lounge.slug) as bob, Listener(servers[1].url, lounge.slug) as charlie:
        assert is_pushed(lounge, charlie, 1_000)
        for position_ms, end in ((2_000, redis.stop), (3_000, redis.kill)):
            end()
            seek(lounge, position_ms)
            committed_at = time.perf_counter()
            assert hear(bob, position_ms).name == "player"
            assert hear(charlie, position_ms).at - committed_at < CONVERGED_S
            redis.start()
            until_pushed(lounge, charlie)


def test_a_redis_that_hangs_holds_no_call_and_no_listener(servers: list[Server], lounge: Lounge, redis: Redis) -> None:
    with Listener(servers[0].url, lounge.slug) as bob, Listener(servers[1].url, lounge.slug) as charlie:
        redis.pause()
        try:
            took = [seek(lounge, position_ms) for position_ms in range(1_000, 6_000, 1_000)]
            committed_at = time.perf_counter()
            assert hear(bob, 5_000).name == "player"
            assert hear(charlie, 5_000).at - committed_at < CONVERGED_S
            assert max(took) < 3  # one that waited would wait for as long as Redis hangs
            with Listener(servers[1].url, lounge.slug) as late:
                assert late.events[0].data["player"]["position_ms"] == 5_000
            other = Lounge.open(servers[1])
            with other.bob() as first:
                assert first.events[0].name == "snapshot"
        finally:
            redis.resume()
        until_pushed(lounge, charlie)


def test_servers_that_start_without_redis_find_it_later(prepared: Path, tmp_path: Path, redis: Redis) -> None:
    redis.stop()
    with two_servers(prepared, tmp_path, REDIS_URL=redis.url) as servers:
        lounge = Lounge.open(servers[0])
        lounge.add("https://media.example.org/a.mp3")
        lounge.control(playing=True)
        with Listener(servers[1].url, lounge.slug) as bob:
            seek(lounge, 1_000)
            hear(bob, 1_000)
            redis.start()
            until_pushed(lounge, bob, timeout_s=30)


KILLER = """
import os, signal, sys, threading, time

def arm():
    while "django_eventstream" not in sys.modules or not hasattr(sys.modules.get("rooms.core.publish"), "tell"):
        time.sleep(0.01)
    push = sys.modules["rooms.core.publish"]
    tell = push.tell
    def dies(*args):
        if os.path.exists({trigger!r}):
            os.kill(os.getpid(), signal.SIGKILL)
        tell(*args)
    push.tell = dies

if "serve" in sys.argv:
    threading.Thread(target=arm, daemon=True).start()
"""
"""Kills a server between the commit of a change and its push, from when a file exists."""


def test_what_a_process_committed_as_it_was_killed_reaches_everybody(prepared: Path, tmp_path: Path) -> None:
    hook = tmp_path / "hook"
    hook.mkdir()
    trigger = hook / "now"
    (hook / "sitecustomize.py").write_text(KILLER.format(trigger=str(trigger)))
    data = tmp_path / "data"
    shutil.copytree(prepared, data)
    dying, other = Server(data, PYTHONPATH=str(hook)).start(), Server(data, server="uvicorn").start()
    lounge = Lounge.open(dying)
    lounge.add("https://media.example.org/a.mp3")
    lounge.control(playing=True)
    with Listener(other.url, lounge.slug) as bob, lounge.bob() as charlie:
        trigger.touch()
        with pytest.raises(httpx.TransportError):
            lounge.alice.patch(f"{lounge.path}/player", json={"position_ms": 7_000})
        killed_at = time.perf_counter()
        assert hear(bob, 7_000).at - killed_at < CONVERGED_S
        assert charlie.ended.wait(5)
        trigger.unlink()
        dying.stop()
        dying.start()
        with lounge.server.client().stream("GET", f"{lounge.path}/events", headers={"Last-Event-ID": "1"}) as again:
            assert again.status_code == 200
    dying.stop()
    other.stop()


# Whatever happens


@dataclass
class Visitor:
    """Connects to any process, drops at any instant, and resumes, as browsers do."""

    servers: list[Server]
    slug: str
    chance: random.Random
    versions: list[int] = field(default_factory=list)
    state: dict[str, object] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def visit(self, is_over: threading.Event) -> None:
        while not is_over.is_set():
            self.listen_for(self.chance.uniform(0.05, 1.5))

    def listen_for(self, seconds: float) -> None:
        if self.chance.random() < 0.2:
            self.versions = []  # somebody new
        headers = {"Last-Event-ID": str(self.versions[-1])} if self.versions else {}
        listener = Listener(self.chance.choice(self.servers).url, self.slug, headers=headers)
        with suppress(AssertionError), listener:  # whoever was asked to come back does
            listener.ended.wait(seconds)
        for event in listener.events:
            self.take(event)

    def take(self, event: Event) -> None:
        known, data = self.versions[-1] if self.versions else 0, event.data
        if event.name == "resumed" and data["version"] != known:
            self.problems.append(f"resumed at {data['version']}, and {known} was known")
        if "prev" not in data:
            return
        if event.name == "snapshot":
            if data["version"] < known:
                self.problems.append(f"a snapshot took it back from {known} to {data['version']}")
            self.state = {"player": data["player"], "queue": [entry["id"] for entry in data["queue"]]}
        elif not data["prev"] <= known < data["version"]:
            self.problems.append(f"{event.name} {data['prev']} → {data['version']}, and {known} was known")
        self.versions.append(data["version"])
        if event.name == "player":
            self.state["player"] = {key: data[key] for key in ("entry_id", "playing", "position_ms", "version")}


def act(lounge: Lounge, servers: list[Server], chance: random.Random, times: int) -> None:
    """Alice does anything a host can, at any process."""
    hosts = [server.client(lounge.token) for server in servers]
    for _ in range(times):
        do_something(chance.choice(hosts), lounge.path, chance)
        time.sleep(chance.uniform(0, 0.05))


def do_something(host: httpx.Client, room: str, chance: random.Random) -> None:
    queue = [entry["id"] for entry in host.get(f"{room}/queue").json()["items"]]
    deeds: list[tuple[str, str, object]] = [
        ("PATCH", f"{room}/player", {"position_ms": chance.randrange(10**6)}),
        ("PATCH", f"{room}/player", {"playing": chance.random() < 0.7}),
        ("POST", f"{room}/player/next", {}),
        ("POST", f"{room}/player/previous", {}),
        ("POST", f"{room}/queue", {"url": f"https://media.example.org/{chance.random()}.mp3"}),
        ("PATCH", f"{room}/queue/{chance.choice(queue)}", {"after": None}),
        ("PATCH", room, {"name": f"Lounge {chance.random()}"}),
    ]
    if len(queue) > 2:
        deeds.append(("DELETE", f"{room}/queue/{chance.choice(queue)}", None))
    method, path, body = chance.choice(deeds)
    host.request(method, path, json=body)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_hosts_do_each_listener_ends_at_what_the_database_has(
    seed: int, servers: list[Server], redis: Redis
) -> None:
    chance = random.Random(seed)
    rooms = [Lounge.open(server) for server in servers]
    for room in rooms:
        for name in "abc":
            room.add(f"https://media.example.org/{name}.mp3")
    visitors = [Visitor(servers, room.slug, random.Random(chance.random())) for room in rooms for _ in range(3)]
    is_over = threading.Event()
    acting = [threading.Thread(target=act, args=[room, servers, random.Random(chance.random()), 60]) for room in rooms]
    visiting = [threading.Thread(target=visitor.visit, args=[is_over]) for visitor in visitors]
    for thread in acting + visiting:
        thread.start()
    redis.kill()
    time.sleep(2)
    redis.start()
    for thread in acting:
        thread.join()
    is_over.set()
    for thread in visiting:
        thread.join()
    truths = {room.slug: room.snapshot() for room in rooms}
    with ExitStack() as stack:
        last = [
            (
                visitor,
                stack.enter_context(Listener(chance.choice(servers).url, visitor.slug, headers=resuming(visitor))),
            )
            for visitor in visitors
        ]
        for visitor, listener in last:
            version = truths[visitor.slug]["version"]
            listener.wait_for(lambda event, version=version: event.data.get("version", 0) >= version)  # type: ignore[misc]
    for visitor, listener in last:
        for event in listener.events:
            visitor.take(event)
        truth = truths[visitor.slug]
        assert visitor.problems == []
        assert visitor.versions == sorted(visitor.versions)
        assert visitor.versions[-1] == truth["version"]
        told = dict(visitor.state["player"])  # type: ignore[call-overload]
        assert {key: truth["player"][key] for key in ("entry_id", "playing", "position_ms")} == {
            key: told[key] for key in ("entry_id", "playing", "position_ms")
        }


def resuming(visitor: Visitor) -> dict[str, str]:
    return {"Last-Event-ID": str(visitor.versions[-1])} if visitor.versions else {}
