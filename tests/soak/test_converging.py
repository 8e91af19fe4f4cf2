"""Several processes, a bus that fails amid it all, and hosts who do anything: everybody ends up right."""

from __future__ import annotations

import random
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field

import httpx
import pytest

from tests.support.events import Event, Listener
from tools.people import Lounge
from tools.server import Server
from tools.services import Redis


@pytest.fixture
def lounge(servers: list[Server]) -> Lounge:
    return Lounge.playing(servers[0])


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
    """Whatever hosts do at two processes while Redis dies, each listener ends at what the database has."""
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
