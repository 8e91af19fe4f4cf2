"""Roles that people give and take, rooms that are handed over and recovered, and people who are one on every way."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db.models.functions import Now
from django.test import Client

from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.core.person_id import person_of, public_id
from rooms.models import Attendance, Member, Room, Token
from rooms.models.roles import Role
from tests.support.rooms import NOW_MS, Told
from tests.support.somebody import Somebody

pytestmark = pytest.mark.django_db(transaction=True)

A = "https://media.example.org/a.mp3"
DAY_MS = 24 * 3_600_000


def test_a_host_makes_hosts_and_takes_back_what_they_gave_and_no_more(alice: Somebody, lounge: Room) -> None:
    bob, dana = Somebody(lounge, Role.HOST, "Bob"), Somebody(lounge, Role.HOST, "Dana")
    charlie = Somebody(lounge, Role.GUEST, "Charlie")
    for person, role, status in (
        (charlie, "host", 200),
        (charlie, "member", 200),
        (dana, "guest", 403),
        (alice, "guest", 422),
        (charlie, "owner", 422),
    ):
        answer = bob.call("patch", f"/people/{person.id}", {"role": role})
        assert answer.status_code == status, (role, answer.content)
    assert (charlie.role, dana.role, alice.role) == ("member", "host", "owner")
    refused = charlie.call("patch", f"/people/{bob.id}", {"role": "guest"})
    assert refused.json()["error"]["message"].startswith("A member may not")
    assert bob.call("patch", f"/people/{bob.id}", {"role": "guest"}).status_code == 200, "one's own"
    assert bob.call("patch", "/people/nobody", {"role": "host"}).status_code == 404


def test_who_only_listens_is_made_a_host_by_the_id_that_the_room_knows(alice: Somebody, lounge: Room) -> None:
    bob = Somebody(lounge)
    assert alice.call("patch", f"/people/{bob.id}", {"role": "host"}).status_code == 404, "not here"
    names = {bob.person.id.hex: "Bob"}
    Attendance.objects.create(room=lounge, process="another", count=1, names=names, seen_at=Now())
    made = alice.call("patch", f"/people/{bob.id}", {"role": "host"})
    assert made.json().items() >= {"id": bob.id, "name": "Bob", "role": "host"}.items()
    assert bob.role == "host"


def test_an_id_names_a_person_in_one_room_alone_and_hides_who_it_is(lounge: Room) -> None:
    person = uuid4()
    here, elsewhere = public_id(lounge.pk, person), public_id(lounge.pk + 1, person)
    assert here != elsewhere
    assert person_of(lounge.pk, here) == person
    assert person_of(lounge.pk, elsewhere) != person
    assert person.hex not in here
    assert [person_of(lounge.pk, text) for text in ("", "x", "é" * 22, f"{here}A")] == [None] * 4


def test_a_room_is_handed_over_whole(alice: Somebody, lounge: Room, told: list[Told]) -> None:
    bob = Somebody(lounge, Role.GUEST)
    link = alice.call("post", "/recovery", {}).json()["url"].removeprefix("http://testserver")
    assert bob.call("post", "/owner", {"id": bob.id}).status_code == 403
    assert alice.call("post", "/owner", {"id": bob.id}).json()["role"] == "owner"
    assert (alice.role, bob.role, told[-1].event) == ("host", "owner", "room")
    assert alice.call("delete", "").status_code == 403
    assert Client().get(link).status_code == 404, "who gave a room away cannot take it back"


def test_a_recovery_link_is_stored_as_a_hash_and_takes_a_button(alice: Somebody, lounge: Room) -> None:
    assert "clear" in alice.browser.get(f"/r/{lounge.slug}").content.decode()
    link = alice.call("post", "/recovery", {}).json()["url"].removeprefix("http://testserver")
    assert link.rpartition("/")[2] not in str(Room.objects.values())
    phone = Somebody(lounge)
    assert phone.browser.get(link).status_code == 200
    assert phone.role == "guest"
    assert (phone.join(link), phone.role, alice.role) == (302, "owner", "host")
    assert phone.call("delete", "/recovery").status_code == 204
    assert Somebody(lounge).join(link) == 404
    assert alice.call("post", "/recovery", {}).status_code == 403


# One person is one person


def test_a_ban_holds_for_a_token_of_another_room_and_for_a_cookie_beside_an_account(lounge: Room) -> None:
    bob = Somebody(lounge, Role.GUEST)
    _bar, owner = make_room("Bar", Caller(person=bob.person))
    bot = Client(headers={"Authorization": f"Bearer {Token.issue(owner)}"})
    path = f"/api/v1/rooms/{lounge.slug}"
    with change(lounge, NOW_MS) as lent:
        lent.members.get(person=bob.person.id).mute()
    assert bot.post(f"{path}/queue", {"url": A}, "application/json").status_code == 403
    user = User.objects.create_user("bob")
    Member.objects.create(room=lounge, user=user, nickname="Bob", role=Role.HOST)
    bob.browser.force_login(user)
    assert bob.call("post", "/queue", {"url": A}).status_code == 403
    with change(lounge, NOW_MS) as lent:
        lent.members.get(person=bob.person.id).ban()
    assert [bot.get(path).status_code, bob.call("get", "").status_code] == [404, 404]


def test_a_token_of_another_room_has_none_of_its_persons_rights_here(lounge: Room) -> None:
    bob = Somebody(lounge, Role.HOST)
    _bar, owner = make_room("Bar", Caller(person=bob.person))
    bot = Client(headers={"Authorization": f"Bearer {Token.issue(owner)}"})
    assert bot.get(f"/api/v1/rooms/{lounge.slug}").json()["you"]["role"] == "guest"


def test_the_place_of_a_new_entry_takes_the_right_to_reorder(lounge: Room) -> None:
    bob = Somebody(lounge, Role.MEMBER)
    assert bob.call("post", "/queue", {"url": A}).status_code == 201
    refused = bob.call("post", "/queue", {"url": A, "after": None})
    assert refused.json()["error"]["message"] == "A member may not change the queue here; that takes the role host."
