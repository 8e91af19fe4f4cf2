"""A minute of attacks by strangers, while a host of another room goes on: their calls are answered as if alone."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.soak.noise import Disturbance, unless_noisy
from tests.soak.test_faults import threads_of
from tests.support.raw import Raw
from tools.people import Lounge
from tools.server import Server

ATTACK_S = 60.0
ATTACKERS = 12
ACT_EVERY_S = 0.2
MOST_LATER_S = 1.0
"""So much longer than alone a call may take."""
MOST_THREADS = 150
GUESTS_SHARE = 1_500
"""Of a queue of 2,000."""
PLAYLISTS = " ".join(f"https://www.youtube.com/playlist?list=PL{n}" for n in range(60))
numbers = count()


@pytest.fixture(params=["daphne", "uvicorn"])
def server(request: pytest.FixtureRequest, prepared: Path, tmp_path: Path) -> Iterator[Server]:
    """A server for which YouTube takes every connection and never says a word."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    with closing(socket.create_server(("127.0.0.1", 0), backlog=4_096)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        server = Server(tmp_path, server=request.param, OEMBED_URL=url, PLAYLIST_FEED_URL=url).start()
        yield server
        assert server.stop() == 0
    assert "Traceback" not in server.log, server.log[-6000:]


class Acts:
    """What a host of another room, a visitor and two probes do all the time, and how long each took at most."""

    def __init__(self, server: Server) -> None:
        self._lounge = Lounge.open(server, name="Another room")
        self._lounge.add("https://media.example.org/a.mp3")
        self._lounge.control(playing=True)
        self._visitor = server.browser(timeout=60)
        self._calls: dict[str, Callable[[], httpx.Response]] = {
            "a host's call": lambda: self._lounge.alice.patch(
                f"{self._lounge.path}/player", json={"position_ms": next(numbers)}, timeout=60
            ),
            "the home page": lambda: self._visitor.get("/"),
            "the first probe": lambda: self._visitor.get("/healthz"),
            "the second probe": lambda: self._visitor.get("/readyz"),
        }

    def longest_s(self, until_s: float) -> dict[str, float]:
        longest = dict.fromkeys(self._calls, 0.0)
        while time.monotonic() < until_s:
            for name, call in self._calls.items():
                began = time.monotonic()
                assert call().status_code == 200, name
                longest[name] = max(longest[name], time.monotonic() - began)
            time.sleep(ACT_EVERY_S)
        return longest


def attacked(server: Server, attack: Callable[[httpx.Client], httpx.Response | None]) -> Counter[int]:
    """Have ``attack`` repeated by many for a minute; how often each status was answered."""
    acts, statuses = Acts(server), Counter[int]()
    alone = acts.longest_s(time.monotonic() + 3)
    ends, most_threads = time.monotonic() + ATTACK_S, 0

    def attacker() -> None:
        with httpx.Client(base_url=server.url, timeout=60) as client:
            while time.monotonic() < ends:
                answer = attack(client)
                statuses[answer.status_code if answer is not None else 0] += 1

    def watch() -> None:
        nonlocal most_threads
        while time.monotonic() < ends:
            most_threads = max(most_threads, threads_of(server))
            time.sleep(0.5)

    with Disturbance() as disturbance, ThreadPoolExecutor(ATTACKERS + 1) as threads:
        at_work = [threads.submit(work) for work in (*[attacker] * ATTACKERS, watch)]
        longest = acts.longest_s(ends)
        for one in at_work:
            one.result()
    for name, took_s in longest.items():
        disturbance.check(took_s, alone[name] + MOST_LATER_S)
    assert most_threads <= MOST_THREADS
    return statuses


def guest_of(lounge: Lounge) -> Callable[[httpx.Client], httpx.Client]:
    """Turns a client into a guest who opened the page; each thread's is one person."""
    known = threading.local()

    def guest(client: httpx.Client) -> httpx.Client:
        if getattr(known, "client", None) is not client:
            client.get(f"/r/{lounge.slug}")
            client.headers["X-CSRFToken"] = client.cookies["csrftoken"]
            known.client = client
        return client

    return guest


@pytest.mark.timeout(300)
@unless_noisy()
def test_a_thousand_playlists_of_a_silent_youtube_hold_up_nobody(server: Server) -> None:
    """Calls with sixty playlists each, of a YouTube that never answers, hold up no other call and no probe."""
    bar = Lounge.open(server, name="Bar")
    guest = guest_of(bar)

    def attack(client: httpx.Client) -> httpx.Response:
        n = next(numbers)
        videos = " ".join(f"https://youtu.be/{n:07}{video:04}" for video in range(3))
        text = PLAYLISTS if n % 4 else videos
        return guest(client).post(f"/api/v1{bar.path}/queue", json={"url": text})

    statuses = attacked(server, attack)
    assert set(statuses) <= {201, 422, 429, 503}
    assert statuses[503] > statuses[201]


@pytest.mark.timeout(300)
@unless_noisy()
def test_votes_names_and_rooms_without_end_hold_up_nobody(server: Server) -> None:
    """Guests who flip votes and names, fill a queue and make rooms hold up nobody, and leave room for the host."""
    bar = Lounge.open(server, name="Bar")
    entry = bar.add("https://media.example.org/b.mp3")
    guest = guest_of(bar)

    def attack(client: httpx.Client) -> httpx.Response | None:
        n, bob = next(numbers), guest(client)
        if n % 4 == 0:
            return bob.patch(f"/api/v1{bar.path}/queue/{entry['id']}", json={"vote": n % 8 == 0})
        if n % 4 == 1:
            return bob.post(f"/r/{bar.slug}/name", data={"name": f"Bob {n}"}, headers={"Accept": "application/json"})
        if n % 4 == 2:
            links = " ".join(f"https://media.example.org/{n}/{part}.mp3" for part in range(200))
            return bob.post(f"/api/v1{bar.path}/queue", json={"url": links})
        made = bob.post("/api/v1/rooms", json={"name": "Room"})
        if made.status_code != 201:
            return made
        headers = {"Authorization": f"Bearer {made.json()['host_token']}"}
        return bob.delete(f"/api/v1/rooms/{made.json()['slug']}", headers=headers)

    before = bar.snapshot()["version"]
    statuses = attacked(server, attack)
    assert set(statuses) <= {200, 201, 204, 422, 429}
    assert len(bar.snapshot()["queue"]) <= GUESTS_SHARE + 1
    # Each attacker may change the room sixty times at once and then twice a second, and hosts have a quarter left.
    assert bar.snapshot()["version"] - before <= ATTACKERS * (60 + 2 * (ATTACK_S + 30))
    links = " ".join(f"https://media.example.org/last/{n}.mp3" for n in range(200))
    assert bar.alice.post(f"{bar.path}/queue", json={"url": links}).status_code == 201


@pytest.mark.timeout(300)
@unless_noisy()
def test_reports_of_those_who_do_not_listen_hold_up_nobody_and_move_nothing(server: Server) -> None:
    """Cookies without a stream that report lengths, ends and failures change no room."""
    bar = Lounge.open(server, name="Bar")
    entry = bar.add("https://media.example.org/b.mp3")
    bar.add("https://media.example.org/c.mp3")
    bar.control(playing=True)
    guest = guest_of(bar)
    reports: list[dict[str, Any]] = [
        {"kind": "length", "length_ms": 1_000},
        {"kind": "ended"},
        {"kind": "failed"},
        {"kind": "live"},
    ]

    def attack(client: httpx.Client) -> httpx.Response:
        report = {"entry_id": entry["id"], **reports[next(numbers) % len(reports)]}
        return guest(client).post(f"/api/v1{bar.path}/player/hints", json=report)

    before = bar.snapshot()["version"]
    assert set(attacked(server, attack)) == {403}
    assert bar.snapshot()["version"] == before


@pytest.mark.timeout(300)
@unless_noisy()
def test_bodies_without_end_hold_up_nobody(server: Server) -> None:
    """Bodies and trailers beyond their limits, as fast as they are taken, hold up nobody."""
    parts = [b"8000\r\n" + b" " * 0x8000 + b"\r\n", b"0\r\n" + b"X-Long: " + b"x" * 60_000 + b"\r\n"]

    def attack(_client: httpx.Client) -> None:
        part = parts[next(numbers) % len(parts)]
        with Raw(server.url) as raw, suppress(OSError):
            raw.ask("POST", "/api/v1/rooms", ("Transfer-Encoding", "chunked"))
            for _ in range(100):
                raw.send(part)

    attacked(server, attack)
