"""A room that turns private: those inside who are no members leave, or stay as members."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from rooms.core.person import guest_name
from rooms.live.hub import queries
from rooms.live.hub.identity import Identity
from rooms.models import Member, Room
from rooms.models.roles import Role
from tests.support.people import listens
from tests.support.rooms import Told, anew
from tests.support.somebody import Somebody

pytestmark = pytest.mark.django_db(transaction=True)


def inside(room: Room, *people: Somebody) -> None:
    listens(room, *(one.person.id for one in people), names={one.person.id: one.person.name for one in people})


def may_listen(room: Room, one: Somebody) -> bool:
    loaded = queries.read_room(room.pk)
    assert loaded is not None
    return loaded.access.may_listen(Identity(one.person.id, one.person.name))


@pytest.mark.parametrize(("guests", "stays"), [({}, False), ({"guests": "leave"}, False), ({"guests": "stay"}, True)])
def test_guests_inside_leave_unless_they_are_let_stay(
    alice: Somebody, lounge: Room, told: list[Told], guests: dict[str, Any], stays: bool
) -> None:
    bob, charlie = Somebody(lounge), Somebody(lounge, name="Charlie")
    inside(lounge, alice, bob)
    before = anew(lounge).version
    answer = alice.call("patch", "", {"visibility": "private", **guests})
    assert (answer.status_code, answer.json()["version"]) == (200, before + 1)
    assert (may_listen(lounge, bob), may_listen(lounge, charlie)) == (stays, False)
    assert bob.call("get", "").status_code == (200 if stays else 404)
    assert [event.event for event in told[-1:]] == ["room"]


def test_who_stays_keeps_a_mute_and_takes_no_host_s_name_and_banned_people_stay_out(
    alice: Somebody, lounge: Room
) -> None:
    muted, banned = Somebody(lounge, Role.GUEST, "Mo"), Somebody(lounge, Role.GUEST, "Ben")
    alice.call("patch", f"/people/{muted.id}", {"muted": True})
    alice.call("post", f"/people/{banned.id}/ban", {})
    impostor = Somebody(lounge, name="ALICE")
    inside(lounge, alice, muted, banned, impostor)
    assert alice.call("patch", "", {"visibility": "private", "guests": "stay"}).status_code == 200
    places = {member.person: member for member in lounge.members.all()}
    assert (places[muted.person.id].role, places[muted.person.id].muted_at is not None) == (Role.MEMBER, True)
    assert not may_listen(lounge, banned)
    assert places[impostor.person.id].nickname == guest_name(impostor.person.id)
    assert places[impostor.person.id].given_by_id == Member.objects.get(person=alice.person.id).pk


def test_guests_are_not_raised_where_nothing_shuts_them_out_nor_a_crowd_of_them(alice: Somebody, lounge: Room) -> None:
    bob = Somebody(lounge)
    inside(lounge, alice, bob)
    refused = alice.call("patch", "", {"name": "Bar", "guests": "stay"})
    sentence = "guests is “stay”, which goes with the visibility private; the room is public."
    assert (refused.status_code, refused.json()["error"]["message"]) == (422, sentence)
    crowd = {uuid4(): "" for _ in range(101)}
    listens(lounge, *crowd, names=crowd)
    refused = alice.call("patch", "", {"visibility": "private", "guests": "stay"})
    assert (refused.status_code, "at most stay" in refused.json()["error"]["message"]) == (422, True)
    assert bob.call("patch", "", {"visibility": "private", "guests": "stay"}).status_code == 403
    room = anew(lounge)
    assert (room.name, room.visibility, room.members.count()) == ("Lounge", "public", 1)
