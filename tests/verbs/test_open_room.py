"""A room by its slug: to a caller who may not know of it, it is as if it did not exist."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.core.find_room import open_room
from rooms.core.person import Person
from rooms.core.room_search import way_to
from rooms.errors import Unknown
from rooms.live.hub import queries
from rooms.live.hub.identity import Credentials
from rooms.models import Member, Room, Visibility
from rooms.models.roles import Role
from tests.support.rooms import NOW_MS, anew, hear


@pytest.fixture
def bob(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Person:
    """A person whom the public room "banning" banned, and whom the room "private" does not know."""
    hear(monkeypatch)
    person = Person.new()
    private, _alice = make_room("private", Caller(), Visibility.PRIVATE)
    Room.objects.filter(pk=private.pk).update(slug="private")
    room, _alice = make_room("banning", Caller(), Visibility.PUBLIC)
    with change(room, NOW_MS) as lent:
        Caller(person=person).join(lent, Role.HOST).ban()
    return person


def refused(slug: str, caller: Caller) -> tuple[str, list[str]]:
    """The sentence of the refusal and the statements that led to it, both without what names the room."""
    with (
        CaptureQueriesContext(
            connection,
        ) as queries,
        pytest.raises(Unknown) as refusal,
    ):
        open_room(slug, caller)
    statements = [re.sub(r"\b\d+\b|'[^']*'", "?", query["sql"]) for query in queries]
    return refusal.value.message.replace(slug, "…"), statements


def test_no_room_a_private_one_and_one_that_banned_the_caller_are_refused_alike(bob: Person) -> None:
    nowhere, private, banning = (refused(slug, Caller(person=bob)) for slug in ("nowhere", "private", "banning"))
    assert nowhere == private == banning
    assert len(nowhere[1]) == 2


def test_they_are_refused_alike_to_an_account(bob: Person) -> None:
    account = User.objects.create_user("bob")
    Member.objects.filter(person=bob.id).update(user=account)
    nowhere, private, banning = (
        refused(slug, Caller(user=User.objects.get(pk=account.pk))) for slug in ("nowhere", "private", "banning")
    )
    assert nowhere == private == banning


def test_an_operator_opens_every_room_that_exists(bob: Person) -> None:
    operator = Caller(user=User.objects.create_superuser("operator"))
    assert open_room("private", operator).name == "private"
    with pytest.raises(Unknown):
        open_room("nowhere", operator)


def test_a_member_opens_a_private_room(bob: Person) -> None:
    dana, room = Caller(person=Person.new()), Room.objects.get(slug="private")
    with change(anew(room), NOW_MS) as lent:
        dana.join(lent, Role.MEMBER)
    assert open_room("private", dana) == room


def test_a_stream_is_refused_by_the_statements_that_find_no_room(bob: Person) -> None:
    refused_by = []
    for slug in ("nowhere", "private", "banning"):
        for asked in (queries.open_room, queries.may_know):
            with CaptureQueriesContext(connection) as sent:
                assert not asked(slug, Credentials(person=bob))
            refused_by.append([re.sub(r"\b\d+\b|'[^']*'", "?", query["sql"]) for query in sent])
    assert all(statements == refused_by[0] for statements in refused_by)
    assert len(refused_by[0]) == 2


@pytest.mark.parametrize("code", ["lounge", "Lounge", "LOUNGE!"])
def test_a_name_leads_to_no_room_that_is_not_listed(bob: Person, code: str) -> None:
    alice = Caller(person=Person.new())
    room, _owner = make_room("Lounge", alice, Visibility.PUBLIC)
    assert way_to(code, Caller(person=bob)) == "/r/lounge"
    with change(room, NOW_MS) as lent:
        lent.visibility = Visibility.UNLISTED
    make_room("Lounge", Caller(), Visibility.UNLISTED)
    assert way_to(code, Caller(person=bob)) is None
    assert way_to("http://elsewhere.example.org/r/lounge", Caller(person=bob)) == "/r/lounge"
    assert way_to(code, Caller(person=alice.person)) == "/r/lounge"


def test_they_are_refused_alike_to_a_guest_whose_address_was_banned(bob: Person) -> None:
    with change(Room.objects.get(slug="banning"), NOW_MS) as lent:
        Caller(person=Person.new()).join(lent, Role.GUEST).ban(address="192.0.2.7")
    charlie = Person.new()
    nowhere, private, banning = (
        refused(slug, Caller(person=charlie, address="192.0.2.7")) for slug in ("nowhere", "private", "banning")
    )
    assert nowhere == private == banning
