"""The database is the truth: whatever was not pushed reaches the listeners all the same, on each server program."""

from __future__ import annotations

import time

import pytest

from tools.people import Lounge
from tools.server import Server

A, B = (f"https://media.example.org/{name}.mp3" for name in "ab")


@pytest.fixture
def lounge(server: Server) -> Lounge:
    return Lounge.open(server)


def add_short(lounge: Lounge, length_ms: int) -> int:
    """Alice adds something of that length, which is known before anybody plays it; its entry's id."""
    entry = lounge.add(f"https://media.example.org/{lounge.slug}/{length_ms}.mp3")
    lounge.server.sql(
        "UPDATE players_track SET length_ms = %s WHERE id = (SELECT track_id FROM players_entry WHERE id = %s)",
        (length_ms, entry["id"]),
    )
    return int(entry["id"])


def version_of(lounge: Lounge) -> int:
    """The room's version, without anybody looking at the room."""
    return int(lounge.server.sql("SELECT version FROM rooms_room WHERE slug = %s", (lounge.slug,))[0][0])


def test_what_another_process_changes_is_told_whole(lounge: Lounge) -> None:
    with lounge.bob() as bob, lounge.bob() as charlie:
        lounge.server.shell(
            "from django.db import transaction\n"
            "from rooms.core.change import change; from rooms.clock import now_ms; from rooms.models import Room\n"
            f"room = Room.objects.open().get(slug={lounge.slug!r})\n"
            "with transaction.atomic():\n"  # so that both are found at once
            "    with change(room, now_ms()) as lent: lent.rename('Salon')\n"
            "    with change(room, now_ms()) as lent: lent.rename('Parlour')\n",
            REDIS_URL="",
        )
        for listener in (bob, charlie):
            told = listener.wait_for(lambda event: event.id == "3")
            assert (told.name, told.data["prev"], told.data["room"]["name"]) == ("snapshot", 1, "Parlour")
            assert told.data["people"]["listeners"] == 2


def test_what_raw_sql_changes_is_told_whole_and_the_next_push_follows_it(lounge: Lounge) -> None:
    lounge.add(A)
    with lounge.bob() as bob:
        lounge.server.sql(
            "UPDATE players_player SET position_ms = 42000 WHERE room_id = (SELECT id FROM rooms_room WHERE slug = %s)",
            (lounge.slug,),
        )
        lounge.server.sql("UPDATE rooms_room SET version = version + 5 WHERE slug = %s", (lounge.slug,))
        told = bob.wait_for(lambda event: event.id == "7")
        assert (told.name, told.data["prev"], told.data["player"]["position_ms"]) == ("snapshot", 2, 42_000)
        lounge.add(B)
        event = bob.wait_for("queue")
        assert (event.data["prev"], event.data["version"]) == (7, 8)


def test_a_room_that_is_deleted_behind_our_back_says_goodbye(lounge: Lounge) -> None:
    with lounge.bob() as bob:
        lounge.server.shell(
            "from rooms.models import Room\n"
            f"room = Room.objects.open().get(slug={lounge.slug!r})\n"
            "room.player.delete(); room.queue.delete(); room.delete()"
        )
        assert bob.wait_for("bye").data == {"reason": "closed"}


def test_the_end_of_a_track_moves_everybody_on_exactly_once(lounge: Lounge) -> None:
    first, second = add_short(lounge, 1_500), lounge.add(B)["id"]
    with lounge.bob() as bob, lounge.bob() as charlie:
        lounge.control(playing=True)
        moved = bob.wait_for(lambda event: event.name == "player" and event.data["entry_id"] == second)
        lounge.add(A)
        assert bob.wait_for("queue").data["prev"] == int(moved.id)
        told = [event for event in bob.events if event.name == "player"]
        assert [event.data["entry_id"] for event in told] == [first, second]
        # It began when the first was over and its grace too, and has its lead to be loaded.
        assert moved.data["effective_at_ms"] == told[0].data["effective_at_ms"] + 1_500 + 500 + 1_500
        charlie.wait_for("queue")
        assert [event.data for event in charlie.events if event.name == "player"] == [event.data for event in told]


def test_a_room_without_listeners_does_nothing_and_is_settled_when_somebody_looks(lounge: Lounge) -> None:
    add_short(lounge, 100)
    second = lounge.add(B)
    with lounge.bob():
        pass
    lounge.control(playing=True)
    version = version_of(lounge)
    let_a_track_end(lounge.server)
    assert version_of(lounge) == version
    with lounge.bob() as bob:
        assert bob.events[0].data["player"]["entry_id"] == second["id"]
        assert version_of(lounge) == version + 1
        lounge.add(A)
        bob.wait_for("queue")
        assert [event.name for event in bob.events if "prev" in event.data] == ["snapshot", "queue"]


def let_a_track_end(server: Server) -> None:
    """Wait until one that began now, as long as the other, has ended where somebody listens."""
    bar = Lounge.open(server, name="Bar")
    add_short(bar, 100)
    second = bar.add(B)["id"]
    with bar.bob() as bob:
        bar.control(playing=True)
        bob.wait_for(lambda event: event.name == "player" and event.data["entry_id"] == second)


def test_a_room_whose_rules_say_so_pauses_when_the_last_listener_has_left(server: Server) -> None:
    lounge = Lounge.open(server)
    lounge.add(A)
    lounge.alice.patch(lounge.path, json={"rules": {"when_empty": "pause"}})
    with lounge.bob():
        playing = lounge.control(playing=True)
    deadline = time.monotonic() + 30
    while version_of(lounge) == playing["version"]:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert lounge.snapshot()["player"]["playing"] is False
