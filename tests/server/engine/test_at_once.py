"""PostgreSQL beside SQLite: which database is meant, and what only happens where writers do not queue up."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import psycopg
import pytest

from tools.databases import CLUSTER_URL
from tools.patience import until
from tools.people import Lounge
from tools.server import Server

on_postgresql = pytest.mark.skipif(not CLUSTER_URL, reason="this is about PostgreSQL")


def at_once(calls: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return [call.result() for call in [threads.submit(call) for call in calls]]


def test_rooms_of_one_name_made_at_the_same_instant_have_addresses_of_their_own(server: Server) -> None:
    people = [server.client() for _ in range(8)]
    for number in range(4):
        name = f"Same name {number} {time.time_ns()}"
        made = at_once([partial(who.post, "/rooms", json={"name": name}) for who in people])
        assert [answer.status_code for answer in made] == [201] * 8
        assert len({answer.json()["slug"] for answer in made}) == 8


def test_changes_at_the_same_instant_all_count(lounge: Lounge) -> None:
    """Also where each waits for the other's transaction, and reads only then what it left behind."""
    lounge.add("https://media.example.org/a.mp3")
    people = [lounge.server.client(lounge.token) for _ in range(8)]
    urls = [f"https://media.example.org/{number}.mp3" for number in range(8)]
    for _ in range(3):
        before = lounge.snapshot()
        added = at_once(
            [
                partial(who.post, f"{lounge.path}/queue", json={"url": url})
                for who, url in zip(people, urls, strict=True)
            ]
        )
        after = lounge.snapshot()
        assert [answer.status_code for answer in added] == [201] * 8
        assert after["version"] == before["version"] + 8
        assert len(after["queue"]) == len(before["queue"]) + 8


@on_postgresql
def test_a_change_that_waited_for_another_sees_what_that_did(lounge: Lounge) -> None:
    lounge.add("https://media.example.org/a.mp3")
    lounge.control(entry_id=lounge.snapshot()["queue"][0]["id"])
    changes: list[dict[str, Any]] = [{"rate": 1.5}, {"position_ms": 42_000}]
    people = [lounge.server.client(lounge.token) for _ in changes]
    with ThreadPoolExecutor() as threads:
        with psycopg.connect(lounge.server.env["DATABASE_URL"]) as held:
            held.execute("SELECT 1 FROM rooms_room WHERE slug = %s FOR UPDATE", (lounge.slug,))
            calls = [
                threads.submit(who.patch, f"{lounge.path}/player", json=change)
                for who, change in zip(people, changes, strict=True)
            ]
            wait_until_they_wait(held, len(changes))
        assert [call.result().status_code for call in calls] == [200, 200]
    player = lounge.snapshot()["player"]
    assert (player["rate"], player["position_ms"]) == (1.5, 42_000)


def wait_until_they_wait(connection: psycopg.Connection[Any], count: int) -> None:
    """Wait until so many transactions of this database wait for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

    def do_wait() -> bool:
        connection.execute("SELECT pg_stat_clear_snapshot()")
        return connection.execute(waiting).fetchone() == (count,)

    until(do_wait)


def test_two_rooms_that_get_the_same_new_tracks_do_not_wait_for_each_other(lounge: Lounge) -> None:
    other = Lounge.open(lounge.server)
    for number in range(10):
        urls = [f"https://media.example.org/{lounge.slug}/{number}-{letter}.mp3" for letter in "abcdefghijklmnop"]
        added = at_once(
            [
                partial(lounge.alice.post, f"{lounge.path}/queue", json={"url": " ".join(urls)}),
                partial(other.alice.post, f"{other.path}/queue", json={"url": " ".join(reversed(urls))}),
            ]
        )
        assert [answer.status_code for answer in added] == [201, 201]
    assert [entry["url"] for entry in other.snapshot()["queue"][-16:]] == urls[::-1]


@on_postgresql
def test_a_request_gives_its_connection_back(lounge: Lounge) -> None:
    for _ in range(30):
        assert lounge.alice.get(lounge.path).status_code == 200
    open_now = lounge.server.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    assert 1 < open_now[0][0] <= 12  # the pool's, and the one that asks
