"""A room that was closed can be opened again, for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.core.reopen import reopen
from rooms.errors import Invalid
from rooms.models import Room
from tests.support.rooms import Told, add, anew, hear, make_lounge

pytestmark = pytest.mark.django_db(transaction=True)

DAY_MS = 86_400_000


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    return hear(monkeypatch)


def closed(room: Room, played_ms: int = 0) -> tuple[Room, int]:
    """The room, closed after it played for so long, and the instant of its closing."""
    with change(room, 0) as lent:
        lent.close()
        now_ms = int(lent.closed_at.timestamp() * 1000) if lent.closed_at else 0
        lent.player.play(now_ms - played_ms - 1_500)
    return anew(room), now_ms


def test_a_reopened_room_stands_where_it_stood_when_it_was_closed(told: list[Told]) -> None:
    room, closed_at_ms = closed(make_lounge(60_000, 60_000), played_ms=20_000)
    version = room.version
    reopened = reopen(room, closed_at_ms + 29 * DAY_MS)
    assert reopened.closed_at is None
    player = anew(room).player
    assert (player.playing, player.position_ms) == (False, 20_000)
    assert reopened.version == version + 1
    assert told[-1].event == "snapshot"


def test_an_open_room_is_left_as_it_is() -> None:
    room = make_lounge()
    assert reopen(room, 0).version == room.version == anew(room).version


def test_a_room_that_was_closed_a_month_ago_stays_closed() -> None:
    room, closed_at_ms = closed(make_lounge())
    with pytest.raises(Invalid, match="a room can be reopened for 30 days"):
        reopen(room, closed_at_ms + 30 * DAY_MS + 1_000)
    assert anew(room).closed_at is not None


def test_a_room_whose_address_is_anothers_stays_closed() -> None:
    room, closed_at_ms = closed(make_lounge())
    Room.objects.filter(pk=make_room("Other", Caller())[0].pk).update(slug=room.slug)
    with pytest.raises(Invalid, match=f"another room has its address, /r/{room.slug}, by now"):
        reopen(room, closed_at_ms + timedelta(hours=1) // timedelta(milliseconds=1))


def test_no_room_has_a_version_that_another_of_its_address_had() -> None:
    """Not even of one that was deleted: who comes back with that would be told that nothing changed."""
    browser = Client()
    browser.force_login(User.objects.create_superuser("operator"))
    versions = []
    for is_deleted in (True, False, True):
        room, _owner = make_room("Bar", Caller(), "public")
        add(room, 60_000)
        versions += [room.version, anew(room).version]
        if is_deleted:
            assert browser.post(f"/admin/rooms/room/{room.pk}/delete/", {"post": "yes"}).status_code == 302
            assert not Room.objects.filter(slug="bar", closed_at=None).exists()
        else:
            closed(room)
    assert versions[:2] == [1, 2]
    assert versions == sorted(set(versions))
    assert versions[2] > versions[1] + 10**6, "the earlier one may be opened again and go on"
