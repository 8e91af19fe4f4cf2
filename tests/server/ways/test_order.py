"""Each way to a listener tells each change once and in order."""

from __future__ import annotations

import random
import threading
import time

import httpx
import pytest

from tests.support.events import Event, Listener
from tools.patience import PATIENCE_S
from tools.people import Lounge
from tools.server import Server

A, B, C = (f"https://media.example.org/{name}.mp3" for name in "abc")


@pytest.fixture
def lounge(any_server: Server) -> Lounge:
    return Lounge.open(any_server)


def changes(listener: Listener) -> list[Event]:
    """What was told after the snapshot and has a version."""
    return [event for event in listener.events[1:] if "prev" in event.data]


def test_each_change_is_told_once_with_the_version_it_follows(lounge: Lounge) -> None:
    with lounge.bob() as bob:
        lounge.add(A)
        lounge.add(B)
        lounge.control(playing=True)
        bob.wait_for("player")
        told = changes(bob)
        assert [event.name for event in told] == ["queue", "queue", "player"]
        assert [(event.data["prev"], event.data["version"]) for event in told] == [(1, 2), (2, 3), (3, 4)]


# Order


def test_whoever_joins_while_the_room_changes_sees_an_unbroken_chain(lounge: Lounge) -> None:
    load(lounge)
    joined: list[Listener] = []
    is_over = threading.Event()

    def join_now_and_then(seed: int) -> None:
        chance = random.Random(seed)
        while not is_over.is_set():
            bob = lounge.bob()
            bob.__enter__()
            joined.append(bob)
            time.sleep(chance.uniform(0, 0.15))

    joiners = [threading.Thread(target=join_now_and_then, args=[seed]) for seed in range(3)]
    hosts = [threading.Thread(target=change_much, args=[lounge, 50]) for _ in range(4)]
    for thread in joiners + hosts:
        thread.start()
    for thread in hosts:
        thread.join()
    is_over.set()
    for thread in joiners:
        thread.join()
    last = lounge.snapshot()
    assert len(joined) > len(joiners)  # so some came while it changed
    for bob in joined:
        bob.wait_for(lambda event: event.id == str(last["version"]))
        bob.close()
        check_chain(bob)
        states = [event.data for event in bob.events if event.name in ("snapshot", "player")]
        player = states[-1].get("player", states[-1])
        assert player["position_ms"] == last["player"]["position_ms"]
        assert player["effective_at_ms"] == last["player"]["effective_at_ms"]


def load(lounge: Lounge) -> None:
    """Have a player that can be moved without an end: paused in the middle of something."""
    lounge.control(entry_id=lounge.add(A)["id"])


def change_much(lounge: Lounge, times: int) -> None:
    with lounge.server.client(lounge.token) as host:
        for n in range(times):
            body = {"position_ms": random.randrange(1, 10_000_000)}
            assert host.patch(f"{lounge.path}/player", json=body).status_code == 200
            if n % 10 == 0:
                assert host.post(f"{lounge.path}/queue", json={"url": random.choice([A, B, C])}).status_code == 201


def check_chain(bob: Listener) -> None:
    """Each change follows one that was told; none goes back; none is missing."""
    version = 0
    for event in bob.events:
        if event.name in ("tick", "people"):
            continue
        assert event.data["prev"] <= version < event.data["version"], (version, event.name, event.data)
        version = event.data["version"]


def listening(lounge: Lounge, browser: httpx.Client) -> Listener:
    return Listener(lounge.server.url, lounge.slug, cookies=dict(browser.cookies))


# Farewells


def test_a_room_that_is_closed_says_so_and_ends(lounge: Lounge) -> None:
    with lounge.bob() as bob:
        assert lounge.alice.delete(lounge.path).status_code == 204
        assert bob.wait_for("bye").data == {"reason": "closed"}
        assert bob.ended.wait(PATIENCE_S)
    assert lounge.charlie.get(f"{lounge.path}/events").status_code == 404


def as_admin(lounge: Lounge, verbs: str) -> None:
    """Run ``verbs`` on the lent ``room`` and on ``member``, who is the last to have come, in another process."""
    lounge.server.shell(
        "from rooms.core.change import change; from rooms.clock import now_ms; from rooms.models import Room\n"
        f"with change(Room.objects.open().get(slug={lounge.slug!r}), now_ms()) as room:\n"
        f"    member = room.members.last()\n    member.room = room\n    {verbs}\n"
    )


def guest_of(lounge: Lounge) -> httpx.Client:
    """A person who has a place in the room: they added something."""
    person = lounge.person()
    added = person.post(f"/api/v1{lounge.path}/queue", json={"url": A})
    assert added.status_code == 201, added.text
    return person


def test_a_banned_person_is_shown_out_and_cannot_come_back(lounge: Lounge) -> None:
    person = guest_of(lounge)
    with listening(lounge, person) as bob, lounge.bob() as charlie:
        as_admin(lounge, "member.ban()")
        assert bob.wait_for("bye").data == {"reason": "banned"}
        assert bob.ended.wait(PATIENCE_S)
        assert person.get(f"/api/v1{lounge.path}/events").status_code == 404
        assert not charlie.named("bye")
