"""The list of public rooms is told soon, and not too often."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.home import Visitor
from tests.support.servers import two_servers
from tools.people import Lounge
from tools.server import Server, served
from tools.services import Redis, require

CALM_S = 1.0
"""Two events of rooms are not told within this time."""


@pytest.fixture
def two(prepared: Path, tmp_path: Path) -> Iterator[list[Server]]:
    require(Redis)
    with Redis() as redis, two_servers(prepared, tmp_path, REDIS_URL=redis.url) as servers:
        yield servers


def test_a_change_is_told_sooner_than_what_only_the_database_knows(two: list[Server]) -> None:
    """A change by another process is told sooner than what only the database knows."""
    lounge = Lounge.open(two[0])
    with Visitor(two[1]) as dana:

        def took(name: str, rename: Callable[[str], object]) -> float:
            time.sleep(1.3)  # longer than hints are apart, and at another point between two looks each time
            began = time.perf_counter()
            rename(name)
            is_told = lambda event: event.name == "rooms" and event.data["rooms"][0]["name"] == name  # noqa: E731
            return dana.wait_for(is_told).at - began

        def by_call(name: str) -> object:
            return lounge.alice.patch(lounge.path, json={"name": name})

        def by_hand(name: str) -> object:
            return two[0].sql("UPDATE rooms_room SET name = %s", (name,))

        hinted = [took(f"By call {number}", by_call) for number in range(8)]
        found = [took(f"By hand {number}", by_hand) for number in range(8)]
        assert sum(hinted) < sum(found)


@pytest.fixture
def lively(prepared: Path, tmp_path: Path) -> Iterator[Server]:
    """A server without any room."""
    with served(prepared, tmp_path) as server:
        yield server


def test_many_changes_are_told_at_most_once_a_second(lively: Server) -> None:
    """Thirty changes in a row are told at most once a second."""
    lounge = Lounge.open(lively)
    with Visitor(lively) as charlie:
        for number in range(30):
            lounge.alice.patch(lounge.path, json={"name": f"Lounge {number}"})
            time.sleep(0.1)
        charlie.sees(lambda rooms: rooms[lounge.slug]["name"] == "Lounge 29")
        told = charlie.named("rooms")
        # Telling each change would be 30 events; the first comes at once, and the last may close a second of its own.
        # An event that is read late makes the time between longer, and none shorter but for the first.
        assert 2 < len(told) <= (told[-1].at - told[0].at) / CALM_S + 2


def test_nothing_is_told_while_nothing_changes(lively: Server) -> None:
    """While nothing changes, heartbeats are all that the list tells."""
    Lounge.open(lively)
    with Visitor(lively) as charlie:
        charlie.wait_for("tick")
        assert len(charlie.named("rooms")) == 1
        assert charlie.named("tick")[0].data["version"] == charlie.named("rooms")[0].data["version"]
