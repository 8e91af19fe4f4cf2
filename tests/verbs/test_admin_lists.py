"""The lists of the admin ask the database as often for many rows as for few."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from players.links import Link, parse
from rooms.clock import now_ms
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.chat import add_message
from rooms.core.create_room import make_room
from rooms.core.person import Person
from rooms.models import Room
from rooms.models.roles import Role
from tests.support.forms import Fields
from tests.support.rooms import hear

A = "https://media.example.org/a.mp3"
ROOMS = "/admin/rooms/room/"


@pytest.fixture
def many_rooms(db: None) -> list[Room]:
    from players.links import Link, parse  # Django has to be set up first

    link = parse(A)
    assert isinstance(link, Link)
    rooms = []
    for number in range(30):
        room, owner = make_room(f"Room {number}", Caller(person=Person.new()))
        with change(room, now_ms()) as lent:
            lent.queue.add([link], now_ms(), after=None, at_end=True, member=owner)
            lent.player.play(now_ms())
            add_message(lent, owner, "Good evening", now_ms())
        rooms.append(room)
    return rooms


@pytest.mark.parametrize(
    "path",
    [
        ROOMS,
        "/admin/rooms/member/",
        "/admin/rooms/token/",
        "/admin/rooms/message/",
        "/admin/rooms/logentry/",
        "/admin/players/played/",
        "/admin/players/entry/",
        "/admin/players/track/",
    ],
)
def test_a_list_asks_the_database_as_often_for_many_rows_as_for_few(
    admin_client: Client, many_rooms: list[Room], django_assert_max_num_queries: Any, path: str
) -> None:
    with django_assert_max_num_queries(10):
        assert admin_client.get(path).status_code == 200


def test_the_page_of_a_room_asks_as_often_for_many_rows_as_for_few(
    admin_client: Client, many_rooms: list[Room], django_assert_max_num_queries: Any
) -> None:
    room = many_rooms[0]
    with change(room, now_ms()) as lent:
        links = [parse(f"https://media.example.org/{number}.mp3") for number in range(30)]
        lent.queue.add(
            [link for link in links if isinstance(link, Link)], now_ms(), after=None, at_end=True, member=None
        )
        for _ in links:
            Caller(person=Person.new()).join(lent, Role.GUEST)
    path = f"{ROOMS}{room.pk}/change/"
    with django_assert_max_num_queries(20):
        shown = admin_client.get(path)
    with django_assert_max_num_queries(50):
        assert admin_client.post(path, Fields(shown.content.decode()).values | {"name": "Salon"}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_all_rooms_of_a_long_list_can_be_closed(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    hear(monkeypatch)
    monkeypatch.setattr("rooms.admin.base.MOST_ASKED", 5)
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 15
    rooms = [make_room(f"Room {number}", Caller())[0] for number in range(20)]
    chosen = {"action": "close", "_selected_action": [rooms[0].pk], "select_across": "1"}
    page = admin_client.post(ROOMS, chosen).content.decode()
    assert "… (20)" in page
    assert page.count("_selected_action") == 5
    assert admin_client.post(ROOMS, {**Fields(page).values, "confirmed": "Yes"}).status_code == 302
    assert not Room.objects.open().exists()
