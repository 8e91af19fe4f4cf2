"""What a stream tells, on each server program."""

from __future__ import annotations

import random
import re

import httpx
import pytest

from tests.support.events import Event, Listener
from tools.patience import PATIENCE_S
from tools.people import Lounge
from tools.server import Server

A, B, C = (f"https://media.example.org/{name}.mp3" for name in "abc")


@pytest.fixture
def lounge(server: Server) -> Lounge:
    return Lounge.open(server)


def changes(listener: Listener) -> list[Event]:
    """What was told after the snapshot and has a version."""
    return [event for event in listener.events[1:] if "prev" in event.data]


# The events


def test_the_first_event_is_the_whole_snapshot(lounge: Lounge) -> None:
    lounge.add(A)
    with lounge.bob() as bob:
        first = bob.events[0]
        assert first.name == "snapshot"
        assert first.id == str(first.data["version"]) == "2"
        assert first.data["prev"] == 0
        assert [entry["url"] for entry in first.data["queue"]] == [A]
        assert set(first.data) >= {"version", "server_now_ms", "room", "player", "queue", "people", "chat"}


def test_what_changes_nothing_is_not_told(lounge: Lounge) -> None:
    lounge.add(A)
    version = lounge.snapshot()["version"]
    with lounge.bob() as bob:
        lounge.control(playing=False)
        lounge.alice.patch(lounge.path, json={"name": "Lounge"})
        lounge.control(playing=True)
        bob.wait_for("player")
        assert [event.id for event in changes(bob)] == [str(version + 1)]


def test_a_change_of_several_parts_is_one_snapshot(lounge: Lounge) -> None:
    current, _next = lounge.add(A), lounge.add(B)
    lounge.control(playing=True)
    with lounge.bob() as bob:
        # The current entry goes, and the player moves on to the next one.
        assert lounge.alice.delete(f"{lounge.path}/queue/{current['id']}").status_code == 204
        told = bob.wait_for(lambda event: event.name == "snapshot", after=1)
        assert [event.name for event in changes(bob)] == ["snapshot"]
        assert told.data["prev"] == told.data["version"] - 1
        now = lounge.snapshot()
        for part in ("version", "room", "player", "queue"):
            assert told.data[part] == now[part]


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


def test_two_listeners_are_told_the_same(lounge: Lounge) -> None:
    load(lounge)
    with lounge.bob() as bob, lounge.bob() as charlie:
        change_much(lounge, 30)
        last = str(lounge.snapshot()["version"])
        for listener in (bob, charlie):
            listener.wait_for(lambda event: event.id == last)
        assert [(e.name, e.id, e.data) for e in changes(bob)] == [(e.name, e.id, e.data) for e in changes(charlie)]


# People


def test_a_person_is_counted_once_and_named(lounge: Lounge) -> None:
    person, other = lounge.person(), lounge.person()
    with listening(lounge, person) as tab, listening(lounge, person), listening(lounge, other):
        people = tab.wait_for(lambda event: event.name == "people" and event.data["listeners"] == 2).data
        guests = [one for one in people["items"] if one["role"] == "guest"]
        assert len(guests) == 2
        assert all(re.fullmatch(r"Guest \d{4}", guest["name"]) for guest in guests)
        assert [one["id"] for one in lounge.snapshot()["people"]["items"]] == [one["id"] for one in people["items"]]


def listening(lounge: Lounge, browser: httpx.Client) -> Listener:
    return Listener(lounge.server.url, lounge.slug, cookies=dict(browser.cookies))


def test_a_new_room_may_have_the_address_of_a_closed_one_and_is_never_taken_for_it(server: Server) -> None:
    host, body = server.client(), {"name": "Phoenix", "visibility": "public"}
    first = host.post("/rooms", json=body).json()
    known = host.get(f"/rooms/{first['slug']}")
    with Listener(server.url, first["slug"]) as bob:
        server.client(first["host_token"]).delete(f"/rooms/{first['slug']}")
        bob.wait_for("bye")
        again = host.post("/rooms", json=body).json()
        assert again["slug"] == first["slug"]
        assert host.get(f"/rooms/{again['slug']}", headers={"If-None-Match": known.headers["ETag"]}).status_code == 200
        for version, name in ((known.json()["version"], "snapshot"), (again["version"], "resumed")):
            with Listener(server.url, again["slug"], headers={"Last-Event-ID": str(version)}) as charlie:
                assert charlie.events[0].name == name
        with Listener(server.url, again["slug"]) as charlie:
            assert charlie.events[0].data["room"]["created_at_ms"] == again["created_at_ms"]
    server.client(again["host_token"]).delete(f"/rooms/{again['slug']}")


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


def test_a_kicked_person_is_shown_out_and_may_come_back(lounge: Lounge) -> None:
    person = guest_of(lounge)
    with listening(lounge, person) as bob:
        as_admin(lounge, "member.kick()")
        assert bob.wait_for("bye").data == {"reason": "kicked"}
        assert bob.ended.wait(PATIENCE_S)
    with listening(lounge, person) as bob:
        lounge.control(playing=True)
        bob.wait_for("player")
        assert not bob.named("bye")


def test_whoever_is_no_member_has_to_leave_a_room_that_becomes_private(lounge: Lounge) -> None:
    headers = {"Authorization": f"Bearer {lounge.token}"}
    with lounge.bob() as stranger, lounge.bob(headers=headers) as alice:
        assert lounge.alice.patch(lounge.path, json={"visibility": "private"}).status_code == 200
        assert stranger.wait_for("bye").data == {"reason": "right withdrawn"}
        assert stranger.ended.wait(PATIENCE_S)
        lounge.alice.patch(lounge.path, json={"name": "Back room"})
        assert alice.wait_for(lambda e: e.name == "room" and e.data["room"]["name"] == "Back room")
        assert not alice.named("bye")
    assert lounge.charlie.get(f"{lounge.path}/events").status_code == 404


def test_a_member_who_loses_the_role_has_to_leave_a_private_room(lounge: Lounge) -> None:
    person = guest_of(lounge)
    as_admin(lounge, "from rooms.models.roles import Role; member.give_role(Role.MEMBER); room.visibility = 'private'")
    with listening(lounge, person) as bob:
        as_admin(lounge, "from rooms.models.roles import Role; member.give_role(Role.GUEST)")
        assert bob.wait_for("bye").data == {"reason": "right withdrawn"}
