"""Who takes over without a host, rooms that close without anybody, and how rooms are made with rules."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.live.hub.queries import read_room
from rooms.live.presence.empty_room import close_abandoned
from rooms.live.presence.stand_in import make_eldest_host, may_vote_to_skip
from rooms.models import Attendance, Member, Room
from rooms.models.roles import Role
from tests.support.rooms import NOW_MS, Told, anew, rule
from tests.support.somebody import Somebody

pytestmark = pytest.mark.django_db(transaction=True)

A = "https://media.example.org/a.mp3"
DAY_MS = 24 * 3_600_000


def test_without_a_host_the_eldest_takes_over_where_the_rules_say_so(lounge: Room, told: list[Told]) -> None:
    guest, member, elder = (Somebody(lounge, Role(role), name) for role, name in ((0, "G"), (10, "M"), (10, "E")))
    Member.objects.filter(person=elder.person.id).update(joined_at=timezone.now() - timedelta(days=9))
    new = uuid4()
    present: list[tuple[UUID, str]] = [(new, "New"), *((one.person.id, "") for one in (guest, member, elder))]
    make_eldest_host(lounge.pk, present)
    assert told == []
    rule(lounge, without_host="eldest")
    make_eldest_host(lounge.pk, present)
    make_eldest_host(lounge.pk, present)
    assert [one.role for one in (guest, member, elder)] == ["guest", "member", "host"]
    assert [event.event for event in told] == ["room"]
    loaded = read_room(lounge.pk)
    assert loaded is not None
    assert {elder.person.id, member.person.id} & loaded.access.hosts == {elder.person.id}
    with change(lounge, NOW_MS) as lent:
        lent.members.get(person=elder.person.id).ban()
    make_eldest_host(lounge.pk, [(new, "New"), (elder.person.id, "")])
    assert Member.objects.get(person=new).role == Role.HOST


def test_everybody_votes_to_skip_while_no_host_is_here_where_the_rules_say_so(lounge: Room) -> None:
    rule(lounge, vote="host", without_host="everybody-skips")
    bob, host = Somebody(lounge), Somebody(lounge, Role.HOST)
    caller, room = Caller(person=bob.person), anew(lounge)
    assert may_vote_to_skip(caller, room, [bob.person.id])
    assert not may_vote_to_skip(caller, room, [bob.person.id, host.person.id])
    assert not may_vote_to_skip(Caller(), room, [])
    rule(lounge, without_host="nothing")
    assert not may_vote_to_skip(caller, anew(lounge), [bob.person.id])


def test_a_temporary_room_closes_after_a_day_without_anybody_and_is_reopened(alice: Somebody, lounge: Room) -> None:
    permanent, _ = make_room("Bar", Caller())
    assert alice.call("patch", "", {"permanent": False}).json()["permanent"] is False
    close_abandoned(NOW_MS)
    close_abandoned(NOW_MS + DAY_MS - 1)
    here = Attendance.objects.create(room=lounge, process="another", count=1, seen_at=Now())
    close_abandoned(NOW_MS + DAY_MS)
    here.delete()
    close_abandoned(NOW_MS + DAY_MS)
    assert anew(lounge).closed_at is None, "somebody was there meanwhile"
    close_abandoned(NOW_MS + 2 * DAY_MS)
    assert anew(lounge).closed_at is not None
    assert anew(permanent).closed_at is None
    assert Somebody(lounge).call("post", "/reopen", {}).status_code == 404
    page = alice.browser.get(f"/r/{lounge.slug}")
    assert (page.status_code, "Open it again" in page.content.decode()) == (404, True)
    assert alice.browser.post(f"/r/{lounge.slug}/reopen").status_code == 302
    assert alice.role == "owner"
    close_abandoned(NOW_MS + 2 * DAY_MS)
    assert anew(lounge).closed_at is None


def test_the_home_page_makes_a_room_by_a_preset_and_what_is_set_beside_it() -> None:
    bob = Client()
    form = {"name": "Bar", "preset": "radio", "skip": "guest", "max_length_ms": "10", "password": "x", "temporary": "1"}
    assert bob.post("/", form).status_code == 302
    bar = Room.objects.get(name="Bar")
    assert (bar.rules["add"], bar.rules["skip"], bar.rules["max_length_ms"]) == ("host", "guest", 600_000)
    assert (bool(bar.password), bar.is_permanent) == (True, False)
    for wrong in ({"preset": "disco"}, {"skip": "king"}, {"slow_mode_s": "never"}, {"password": "x" * 129}):
        page = bob.post("/", {"name": "Bar", **wrong})
        assert (page.status_code, b'role="alert"' in page.content) == (422, True)
