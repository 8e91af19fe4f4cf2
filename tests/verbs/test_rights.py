"""Operators, accounts and tokens: who may do what, asked of the application itself."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.core.person import Person
from rooms.errors import Forbidden
from rooms.models import Member, Room, Token, Visibility
from rooms.models.roles import Role
from tests.support.rooms import NOW_MS, anew, hear, role_link

A = "https://media.example.org/a.mp3"


@pytest.fixture
def room(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Room:
    hear(monkeypatch)
    return make_room("Lounge", Caller(), Visibility.PRIVATE)[0]


def account(name: str, **fields: Any) -> Client:
    client = Client()
    client.force_login(User.objects.create_user(name, **fields))
    return client


def rename(client: Client, room: Room) -> int:
    answer = client.patch(f"/api/v1/rooms/{room.slug}", {"name": "Bar"}, content_type="application/json")
    return int(answer.status_code)


def test_an_operator_who_may_change_rooms_owns_every_room(room: Room) -> None:
    operator = account("operator", is_superuser=True)
    assert operator.get(f"/r/{room.slug}").status_code == 200
    assert operator.get(f"/api/v1/rooms/{room.slug}").status_code == 200
    assert rename(operator, room) == 200
    helper = User.objects.create_user("helper")
    helper.user_permissions.add(Permission.objects.get(codename="change_room"))
    client = Client()
    client.force_login(helper)
    assert rename(client, room) == 200


def test_an_account_without_that_right_is_anybody(room: Room) -> None:
    bob = account("bob", is_staff=True)
    assert bob.get(f"/r/{room.slug}").status_code == 404
    assert rename(bob, room) == 404
    Room.objects.update(visibility=Visibility.PUBLIC)
    assert rename(bob, room) == 403


def test_an_account_keeps_its_place_in_every_browser(room: Room) -> None:
    user = User.objects.create_user("bob")
    Member.objects.create(room=room, user=user, nickname="Bob", role=Role.HOST)
    for _ in range(2):
        client = Client()
        client.force_login(user)
        assert client.get(f"/r/{room.slug}").status_code == 200
        assert client.get(f"/api/v1/rooms/{room.slug}/player").status_code == 200


def test_a_session_without_the_csrf_token_changes_nothing(room: Room) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("operator"))
    assert rename(client, room) == 403
    assert anew(room).name == "Lounge"


def test_a_withdrawn_token_is_worth_nothing(room: Room) -> None:
    bot = Client(headers={"Authorization": f"Bearer {Token.issue(room.members.get())}"})
    assert rename(bot, room) == 200
    Token.objects.all().delete()
    assert rename(bot, room) == 401
    assert bot.get(f"/api/v1/rooms/{room.slug}").status_code == 401


def test_what_is_taken_from_a_member_is_taken_from_the_token_too(room: Room) -> None:
    alice = room.members.get()
    bot = Client(headers={"Authorization": f"Bearer {Token.issue(alice)}"})
    for verb, args, status in (("give_role", (Role.HOST,), 403), ("ban", (), 401), ("forgive", (), 401)):
        with change(room, NOW_MS) as lent:
            getattr(lent.members.get(), verb)(*args)
        assert rename(bot, room) == status


def test_the_token_of_another_room_speaks_with_one_voice_and_its_own_name_here(room: Room) -> None:
    Room.objects.update(visibility=Visibility.PUBLIC)
    _bar, alice = make_room("Bar", Caller(person=Person(uuid4(), "Alice")))
    bot = Client(headers={"Authorization": f"Bearer {Token.issue(alice)}"})
    for _ in range(2):
        added = bot.post(f"/api/v1/rooms/{room.slug}/queue", {"url": A}, content_type="application/json")
        assert (added.status_code, added.json()["added_by"]["name"]) == (201, "Alice")
    assert room.members.filter(nickname="Alice").count() == 1


def test_the_token_of_another_room_gives_none_of_its_persons_rights_here(room: Room) -> None:
    alice = Caller(person=Person(uuid4(), "Alice"))
    bar, owner = make_room("Bar", alice, Visibility.PUBLIC)
    _foyer, elsewhere = make_room("Foyer", alice)
    assert rename(Client(headers={"Authorization": f"Bearer {Token.issue(elsewhere)}"}), bar) == 403
    assert rename(Client(headers={"Authorization": f"Bearer {Token.issue(owner)}"}), bar) == 200


def test_the_ban_of_an_address_holds_in_its_own_room_alone(transactional_db: None) -> None:
    bar, lounge = (make_room(name, Caller(), Visibility.PUBLIC)[0] for name in ("Bar", "Lounge"))
    for room, address in ((bar, "192.0.2.1"), (lounge, "192.0.2.2")):
        with change(room, NOW_MS) as lent:
            Caller(person=Person.new()).join(lent, Role.GUEST).ban(address=address)
    charlie = Caller(person=Person.new(), address="192.0.2.1")
    bar, lounge = anew(bar), anew(lounge)
    for _ in range(2):
        assert [charlie.place_in(room).is_banned for room in (bar, lounge)] == [True, False]


def test_withdrawn_links_let_nobody_in_and_take_nothing_from_who_is_in(room: Room) -> None:
    bob, charlie = Client(), Client()
    link = role_link(room, Role.HOST)
    assert bob.post(link).status_code == 302
    with change(room, NOW_MS) as lent:
        lent.withdraw_invitations()
    assert charlie.post(link).status_code == 404
    assert bob.get(f"/r/{room.slug}").status_code == 200


@pytest.mark.parametrize("has_account", [False, True])
def test_a_server_may_let_only_accounts_make_rooms(room: Room, settings: Any, has_account: bool) -> None:
    settings.ANYONE_MAY_MAKE_ROOMS = False
    client = account("bob") if has_account else Client()
    by_call = client.post("/api/v1/rooms", {"name": "Bar"}, content_type="application/json")
    by_form = client.post("/", {"name": "Bar"})
    assert (by_call.status_code, by_form.status_code) == ((201, 302) if has_account else (401, 403))
    token = Client(headers={"Authorization": f"Bearer {Token.issue(room.members.get())}"})
    assert token.post("/api/v1/rooms", {"name": "Bar"}, content_type="application/json").status_code == 403


def test_the_check_of_a_role_is_one_for_every_way_in(room: Room) -> None:
    bob = Caller(person=Person.new())
    with change(room, NOW_MS) as lent:
        bob.join(lent, Role.MEMBER)
    assert bob.place_in(room).may_know
    with pytest.raises(Forbidden, match="member may not control the player here; that takes the role host"):
        bob.place_in(room).check_may(Action.CONTROL)
