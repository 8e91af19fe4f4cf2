"""The stream of the home page: the public rooms, told to everybody who looks at it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support import patient
from tests.support.events import Listener
from tests.support.home import Visitor
from tests.support.servers import shared, two_servers
from tools.patience import PATIENCE_S
from tools.people import Lounge
from tools.server import Server, served
from tools.services import Redis, require


@pytest.fixture(scope="module")
def house(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with shared(served(prepared, tmp_path_factory.mktemp("house"))) as server:
        yield server


@pytest.fixture
def lively(house: Server) -> Server:
    """A server without any room: those of the tests before were closed, and its list knows."""
    house.sql("UPDATE rooms_room SET closed_at = created_at, version = version + 1 WHERE closed_at IS NULL")
    with Visitor(house) as charlie:
        charlie.sees(lambda rooms: not rooms)
    return house


@contextmanager
def bobs(lounge: Lounge, count: int) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(lounge.bob())
        yield


def test_a_newcomer_is_told_all_public_rooms_at_once(server: Server) -> None:
    lounge = Lounge.open(server, name="Told at once")
    Lounge.open(server, name="Not told", visibility="unlisted")
    lounge.add("https://media.example.org/Dusk.mp3")
    lounge.control(playing=True)
    with Visitor(server) as charlie:
        assert charlie.events[0].name == "rooms"
        assert charlie.headers["content-type"] == "text/event-stream; charset=utf-8"
        room = charlie.rooms[lounge.slug]
        assert (room["name"], room["playing"], room["entry"]["title"]) == ("Told at once", True, "Dusk")
        assert "not-told" not in charlie.rooms


def test_a_new_room_comes_and_a_closed_one_goes(lively: Server) -> None:
    with Visitor(lively) as charlie:
        assert charlie.rooms == {}
        lounge = Lounge.open(lively)
        charlie.sees(lambda rooms: lounge.slug in rooms)
        lounge.alice.delete(lounge.path)
        assert charlie.sees(lambda rooms: lounge.slug not in rooms) == {}


def test_a_room_that_is_taken_off_the_list_goes(lively: Server) -> None:
    lounge = Lounge.open(lively)
    with Visitor(lively) as charlie:
        charlie.sees(lambda rooms: lounge.slug in rooms)
        lounge.alice.patch(lounge.path, json={"visibility": "private"})
        charlie.sees(lambda rooms: lounge.slug not in rooms)


def test_a_change_of_what_plays_is_told(lively: Server) -> None:
    lounge = Lounge.open(lively)
    with Visitor(lively) as charlie:
        lounge.add("https://media.example.org/Dusk.mp3")
        lounge.control(playing=True)
        told = charlie.sees(lambda rooms: rooms[lounge.slug]["playing"])
        assert told[lounge.slug]["entry"] == {"title": "Dusk", "artist": "", "artwork_url": ""}


def test_who_listens_is_counted_and_not_named(lively: Server) -> None:
    lounge = Lounge.open(lively)
    with Visitor(lively) as charlie:
        with bobs(lounge, 3):
            charlie.sees(lambda rooms: rooms[lounge.slug]["listeners"] == 3)
        charlie.sees(lambda rooms: rooms[lounge.slug]["listeners"] == 0)
        assert not any("names" in room for event in charlie.named("rooms") for room in event.data["rooms"])


def test_a_visitor_of_the_home_page_listens_to_no_room(lively: Server) -> None:
    lounge = Lounge.open(lively)
    with Visitor(lively), Visitor(lively), lounge.bob() as bob:
        assert bob.events[0].data["people"]["listeners"] == 1


def test_the_list_is_bounded_and_begins_with_the_rooms_that_most_listen_to(lively: Server) -> None:
    rooms = [Lounge.open(lively, name=f"Room {number}") for number in range(30)]
    with bobs(rooms[0], 2), bobs(rooms[1], 1), Visitor(lively) as charlie:
        charlie.sees(lambda told: list(told)[:2] == [rooms[0].slug, rooms[1].slug])
        assert len(charlie.rooms) == 24


def test_a_name_cannot_break_out_of_its_event(lively: Server) -> None:
    lounge = Lounge.open(lively, name="a\u2028b\r\nevent: bye\ndata: {}")
    with Visitor(lively) as charlie:
        charlie.sees(lambda rooms: lounge.slug in rooms)
        assert {event.name for event in charlie.events} <= {"rooms", "tick"}


def test_the_stream_has_the_manners_of_the_others(lively: Server) -> None:
    client = lively.browser()
    head = client.head("/events")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["cache-control"] == "no-store, no-transform"
    assert client.post("/events").status_code == 405
    forged = {"Sec-Fetch-Site": "cross-site", "Cookie": "person=x"}
    assert client.get("/events", headers=forged).status_code == 403
    assert client.get("/api/v1/time").status_code == 200


def test_a_server_that_stops_ends_the_stream_politely(prepared: Path, tmp_path: Path) -> None:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    for program in ("daphne", "uvicorn"):
        server = Server(tmp_path, server=program).start()
        with Visitor(server) as charlie:
            assert server.stop() == 0
            assert charlie.ended.wait(PATIENCE_S)
            assert charlie.named("bye") == []


@pytest.fixture
def two(prepared: Path, tmp_path: Path) -> Iterator[list[Server]]:
    require(Redis)
    with Redis() as redis, two_servers(prepared, tmp_path, REDIS_URL=redis.url) as servers:
        yield servers


def test_a_visitor_is_told_of_every_process(two: list[Server]) -> None:
    lounge = Lounge.open(two[0])
    with Visitor(two[0]) as charlie, Visitor(two[1]) as dana:
        with bobs(lounge, 2), Listener(two[1].url, lounge.slug):
            for visitor in (charlie, dana):
                visitor.sees(lambda rooms: rooms[lounge.slug]["listeners"] == 3)
        lounge.alice.patch(lounge.path, json={"name": "Renamed"})
        for visitor in (charlie, dana):
            visitor.sees(lambda rooms: rooms[lounge.slug]["name"] == "Renamed")


def test_a_full_house_is_answered_429(prepared: Path, tmp_path: Path) -> None:
    with served(prepared, tmp_path, MAX_STREAMS_PER_ROOM="1") as server, Visitor(server):
        answer = patient.get(f"{server.url}/events", headers={"Accept": "text/event-stream"})
        assert answer.status_code == 429
        assert "retry-after" in answer.headers
