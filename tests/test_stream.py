"""What a stream tells, on each server program."""

from __future__ import annotations

import pytest

from tests.support.people import Lounge
from tests.support.server import Server

A, B, C = (f"https://media.example.org/{name}.mp3" for name in "abc")


@pytest.fixture
def lounge(any_server: Server) -> Lounge:
    return Lounge.open(any_server)


def test_the_first_event_is_the_whole_snapshot(lounge: Lounge) -> None:
    lounge.add(A)
    with lounge.bob() as bob:
        first = bob.events[0]
        assert first.name == "snapshot"
        assert first.id == str(first.data["version"]) == "2"
        assert [entry["url"] for entry in first.data["queue"]] == [A]
        assert set(first.data) >= {"version", "server_now_ms", "room", "player", "queue", "people", "chat"}


def test_each_change_is_told_once_with_the_version_it_follows(lounge: Lounge) -> None:
    with lounge.bob() as bob:
        lounge.add(A)
        lounge.add(B)
        lounge.control(playing=True)
        bob.wait_for("player")
        told = [event for event in bob.events if event.id and event.name != "snapshot"]
        assert [event.name for event in told] == ["queue", "queue", "player"]
        assert [(event.data["prev"], event.data["version"]) for event in told] == [(1, 2), (2, 3), (3, 4)]
