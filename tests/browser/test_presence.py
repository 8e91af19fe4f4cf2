"""Who listens, as people see it: at once, without flicker, and over all processes."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import Browser

from rooms.live.hub.identity import Identity
from rooms.live.hub.listener import Listener as Stream
from rooms.live.presence.people import FLAP_S, GOODBYE_S, Crowd, Presence, people
from tests.support.events import Listener
from tools.browser import Window
from tools.people import Lounge
from tools.server import Server

BOB, CHARLIE = UUID(int=1), UUID(int=2)


class Clock:
    """Stands in for the clock of presence."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 1_000.0
        monkeypatch.setattr("rooms.live.presence.people.time", self)

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def stream_of(person_id: UUID | None, name: str = "") -> Stream:
    return Stream(None, None, Identity(person_id, name))  # type: ignore[arg-type]  # nothing is sent


def names_after(presence: Presence, clock: Clock, seconds: float) -> list[str]:
    clock.now_s += seconds
    presence.forget_the_gone()
    return list(presence.as_json()["names"])


# One process


def test_whoever_comes_back_within_five_seconds_was_never_away(clock: Clock) -> None:
    presence, first = Presence(), stream_of(BOB, "Bob")
    presence.arrive(first)
    presence.leave(first, for_good=False)
    assert names_after(presence, clock, FLAP_S - 0.1) == ["Bob"]
    second = stream_of(BOB, "Bob")
    presence.arrive(second)
    assert names_after(presence, clock, 60) == ["Bob"]
    presence.leave(second, for_good=False)
    assert names_after(presence, clock, FLAP_S + 0.1) == []


@pytest.mark.parametrize("is_said_first", [True, False], ids=["goodbye, then the end", "the end, then goodbye"])
def test_whoever_says_goodbye_is_gone_sooner(is_said_first: bool, clock: Clock) -> None:
    presence, stream = Presence(), stream_of(BOB, "Bob")
    presence.arrive(stream)
    if is_said_first:
        presence.goodbye(BOB)
    presence.leave(stream, for_good=False)
    presence.goodbye(BOB)
    assert names_after(presence, clock, GOODBYE_S - 0.1) == ["Bob"]
    assert names_after(presence, clock, 0.2) == []


def test_whoever_reloads_says_goodbye_and_is_expected_again(clock: Clock) -> None:
    presence, stream = Presence(), stream_of(BOB, "Bob")
    presence.arrive(stream)
    presence.goodbye(BOB)
    presence.leave(stream, for_good=False)
    assert names_after(presence, clock, GOODBYE_S - 0.1) == ["Bob"]
    presence.expect(BOB)
    assert names_after(presence, clock, FLAP_S - 0.1) == ["Bob"]
    presence.arrive(stream_of(BOB, "Bob"))
    assert names_after(presence, clock, 60) == ["Bob"]


def test_a_goodbye_of_one_tab_leaves_the_other_there_and_is_forgotten(clock: Clock) -> None:
    presence, first, second = Presence(), stream_of(BOB, "Bob"), stream_of(BOB, "Bob")
    presence.arrive(first)
    presence.arrive(second)
    presence.goodbye(BOB)
    presence.leave(first, for_good=False)
    assert names_after(presence, clock, FLAP_S + 1) == ["Bob"]
    presence.leave(second, for_good=False)  # by the network, long after
    assert names_after(presence, clock, GOODBYE_S + 0.1) == ["Bob"]


def test_a_stranger_s_goodbye_changes_nothing(clock: Clock) -> None:
    presence = Presence()
    presence.arrive(stream_of(BOB, "Bob"))
    presence.goodbye(CHARLIE)
    presence.expect(CHARLIE)
    presence.rename(CHARLIE, "Charles")
    assert names_after(presence, clock, 60) == ["Bob"]


@pytest.mark.parametrize(
    ("crowds", "listeners", "names"),
    [
        ([], 0, []),
        ([Crowd(2, {"b": "Bob"})], 2, ["Bob"]),
        ([Crowd(1, {"b": "Bob"}), Crowd(1, {"b": "Bob"})], 1, ["Bob"]),
        ([Crowd(1, {"b": "Bob"}), Crowd(3, {"b": "Bob", "c": "Charlie"})], 3, ["Bob", "Charlie"]),
        ([Crowd(1, {"b": ""})], 1, []),
        ([Crowd(500), Crowd(1, {"b": "Bob"})], 501, []),
        ([Crowd(60, {}), Crowd(41, {"b": "Bob"})], 101, []),
    ],
)
def test_people_of_several_processes_count_once_if_they_are_known(
    crowds: list[Crowd], listeners: int, names: list[str]
) -> None:
    assert people(crowds) == {"listeners": listeners, "names": names}


# Several processes


@pytest.fixture
def servers(prepared: Path, tmp_path: Path) -> Iterator[list[Server]]:
    """Two servers on the same data, which share nothing else."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    running = [Server(tmp_path).start(), Server(tmp_path, server="uvicorn").start()]
    yield running
    for server in running:
        server.stop()


def told(listener: Listener) -> dict[str, Any]:
    """Who listens, as the listener was told last."""
    events = [event.data for event in listener.events if event.name in ("people", "snapshot")]
    return dict(events[-1].get("people", events[-1]))


def until_told(
    listener: Listener, listeners: int, timeout_s: float = 10, sleep: Callable[[float], None] = time.sleep
) -> float:
    """Wait until the listener was told of so many; how long that took, in seconds."""
    began = time.monotonic()
    while told(listener)["listeners"] != listeners:
        assert time.monotonic() - began < timeout_s, told(listener)
        sleep(0.02)
    return time.monotonic() - began


def test_counts_and_names_are_right_in_each_process(servers: list[Server]) -> None:
    lounge = Lounge.open(servers[0])
    charlie = lounge.person()
    charlie.post(f"/r/{lounge.slug}/name", data={"name": "Charlie"})
    cookies = {"headers": {"Cookie": f"person={charlie.cookies['person']}"}}
    elsewhere = servers[1].client()
    with Listener(servers[0].url, lounge.slug) as bob, Listener(servers[1].url, lounge.slug) as other:
        until_told(bob, 2)
        until_told(other, 2)
        with Listener(servers[1].url, lounge.slug, **cookies):
            assert until_told(bob, 3) < 6  # 3 s are promised; the tests share the machine
            assert told(bob)["names"] == ["Charlie"]
            assert elsewhere.get(f"/rooms/{lounge.slug}").json()["people"] == {"listeners": 3, "names": ["Charlie"]}
            with Listener(servers[0].url, lounge.slug, **cookies):
                time.sleep(3)
                assert told(bob)["listeners"] == told(other)["listeners"] == 3  # Charlie is one
            charlie.post(f"/r/{lounge.slug}/name", data={"name": "Charles"})
        until_told(bob, 2)
    deadline = time.monotonic() + 10
    while (rooms := elsewhere.get("/rooms").json()["items"])[0]["listeners"]:
        assert time.monotonic() < deadline, rooms
        time.sleep(0.1)


def test_a_process_without_listeners_knows_who_listens_in_others(servers: list[Server]) -> None:
    lounge = Lounge.open(servers[0])
    with Listener(servers[0].url, lounge.slug), Listener(servers[0].url, lounge.slug):
        deadline = time.monotonic() + 10
        elsewhere = servers[1].client()
        while elsewhere.get("/rooms").json()["items"][0]["listeners"] != 2:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_the_listeners_of_a_killed_process_are_gone_within_45_seconds(servers: list[Server]) -> None:
    lounge = Lounge.open(servers[0])
    lounge.add("https://media.example.org/a.mp3")
    with Listener(servers[0].url, lounge.slug) as bob, Listener(servers[1].url, lounge.slug):
        until_told(bob, 2)
        servers[1].stop(signal.SIGKILL)
        assert until_told(bob, 1, timeout_s=60) < 45
    servers[1].start()


def test_a_room_pauses_only_when_nobody_listens_in_any_process(servers: list[Server]) -> None:
    lounge = Lounge.open(servers[0])
    lounge.add("https://media.example.org/a.mp3")
    lounge.alice.patch(lounge.path, json={"rules": {"when_empty": "pause"}})
    with Listener(servers[1].url, lounge.slug) as other:
        with Listener(servers[0].url, lounge.slug) as bob:
            lounge.control(playing=True)
            until_told(bob, 2)
        until_told(other, 1)
        time.sleep(10)  # the first server has let the room go by then
        assert lounge.snapshot()["player"]["playing"] is True
    deadline = time.monotonic() + 40
    while lounge.snapshot()["player"]["playing"]:
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_a_storm_of_joins_is_few_writes(servers: list[Server]) -> None:
    lounge = Lounge.open(servers[0])
    with Listener(servers[0].url, lounge.slug) as bob:
        streams = [httpx.Client(timeout=10) for _ in range(60)]
        responses = []
        for client in streams:
            request = client.build_request("GET", f"{servers[0].url}/api/v1{lounge.path}/events")
            responses.append(client.send(request, stream=True))
        until_told(bob, 61)
        rows = servers[0].shell("from rooms.models import Attendance as A; print(*A.objects.values_list('count'))")
        assert rows.strip().splitlines()[-1] == "(61,)"
        for response, client in zip(responses, streams, strict=True):
            response.close()
            client.close()


# In a browser


def test_a_closed_tab_is_gone_at_once_and_a_reload_is_not_seen(server: Server, browser: Browser) -> None:
    lounge = Lounge.open(server)
    with lounge.bob() as bob:
        window, other = Window.open(browser, server.url, f"/r/{lounge.slug}"), Window.open(browser, server.url)

        def sleep(seconds: float) -> None:
            other.page.wait_for_timeout(seconds * 1_000)  # the browser's requests pass through this process

        until_told(bob, 2, sleep=sleep)
        heard = len(bob.named("people"))
        window.page.reload()
        sleep(FLAP_S + 1)
        assert len(bob.named("people")) == heard
        window.page.close(run_before_unload=True)
        assert until_told(bob, 1, sleep=sleep) < FLAP_S  # 2 s are promised; without a goodbye it would be more than 5
