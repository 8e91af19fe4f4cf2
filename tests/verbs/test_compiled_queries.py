"""Queries that are compiled once answer like the querysets that they come from."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import connection, models
from django.db.models.sql.compiler import SQLCompiler, SQLUpdateCompiler
from django.test.utils import CaptureQueriesContext

from rooms.models import Member, Room
from rooms.models.compiled_query import CompiledQuery, CompiledRows, CompiledUpdate, Parameter
from rooms.models.roles import Role
from tests.support.rooms import make_lounge

pytestmark = pytest.mark.django_db


def by_person() -> models.QuerySet[Member]:
    return Member.objects.select_related("room").filter(
        person=Parameter("person", models.UUIDField()), role=Parameter("role", models.IntegerField())
    )


def test_each_run_brings_its_own_values() -> None:
    alice, bob = uuid4(), uuid4()
    room = make_lounge()
    for person, role in ((alice, Role.HOST), (bob, Role.GUEST)):
        room.members.create(person=person, nickname="x", role=role)
    members = CompiledQuery(by_person)
    for person, role in ((alice, Role.HOST), (bob, Role.GUEST), (alice, Role.HOST)):
        found = members.first(person=person, role=role)
        assert found is not None
        assert (found.person, found.role) == (person, role)
    assert members.first(person=alice, role=Role.GUEST) is None
    assert [member.person for member in members.all(person=bob, role=Role.GUEST)] == [bob]
    assert list(members.all(person=bob, role=Role.HOST)) == []


def test_what_it_finds_is_what_the_queryset_would_have_found() -> None:
    alice = uuid4()
    expected = make_lounge().members.create(person=alice, nickname="Alice", role=Role.HOST)
    found = CompiledQuery(by_person).first(person=alice, role=Role.HOST)
    assert found == expected
    assert found is not None
    columns = [field.attname for field in Member._meta.concrete_fields]
    anew = Member.objects.get(pk=expected.pk)
    assert [getattr(found, name) for name in columns] == [getattr(anew, name) for name in columns]
    with CaptureQueriesContext(connection) as queries:
        assert found.room.slug == expected.room.slug
    assert not queries
    found.nickname = "Alicia"
    found.save()
    assert Member.objects.get(pk=expected.pk).nickname == "Alicia"


def test_it_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    members = CompiledQuery(by_person)
    members.first(person=uuid4(), role=Role.HOST)

    def compile_again(*_: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(SQLCompiler, "as_sql", compile_again)
    assert members.first(person=uuid4(), role=Role.HOST) is None


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_through_its_own_connection() -> None:
    room = make_lounge()
    rooms = CompiledQuery(lambda: Room.objects.open().filter(slug=Parameter("slug", models.CharField())))
    found: list[Room | None] = [rooms.first(slug=room.slug)]

    def ask() -> None:
        try:
            found.append(rooms.first(slug=room.slug))
        finally:
            connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [room, room]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_opened_anew_is_asked_by_a_cursor_of_its_own() -> None:
    room = make_lounge()
    rooms = CompiledQuery(lambda: Room.objects.open().filter(slug=Parameter("slug", models.CharField())))
    for _ in range(2):
        assert rooms.first(slug=room.slug) == room
        connection.close()


def test_a_statement_is_logged_also_if_its_cursor_was_opened_before() -> None:
    room = make_lounge()
    rooms = CompiledQuery(lambda: Room.objects.open().filter(slug=Parameter("slug", models.CharField())))
    for _ in range(2):
        rooms.first(slug=room.slug)
        with CaptureQueriesContext(connection) as queries:
            rooms.first(slug=room.slug)
        assert len(queries) == 1


def test_a_value_that_was_not_given_is_an_error() -> None:
    with pytest.raises(KeyError, match="role"):
        CompiledQuery(by_person).first(person=uuid4())


# Rows


def test_rows_are_what_the_queryset_would_have_found() -> None:
    room = make_lounge()
    for number in range(3):
        room.members.create(person=uuid4(), nickname=f"Guest {number}", role=Role.GUEST)
    names = Member.objects.order_by("-pk").values_list("nickname", "joined_at", "room__slug")
    found = CompiledRows(lambda: names.filter(room=Parameter("room", models.BigIntegerField())))
    assert [tuple(row) for row in found.all(room=room.pk)] == list(names.filter(room=room))
    first = found.first(room=room.pk)
    assert first is not None
    assert first[0] == "Guest 2"
    assert found.all(room=0) == []
    assert found.first(room=0) is None


# Updates


def at_version() -> models.QuerySet[Room]:
    return Room.objects.get_queryset().filter(
        pk=Parameter("pk", models.BigIntegerField()), version=Parameter("version", models.BigIntegerField())
    )


def test_an_update_writes_what_it_is_given_where_its_filter_holds() -> None:
    room, other = make_lounge(), make_lounge()
    update = CompiledUpdate(at_version)
    changes = {"version": room.version + 1, "name": "Bar", "closed_at": room.created_at}
    assert update.run(changes, pk=room.pk, version=room.version) == 1
    assert update.run(changes, pk=room.pk, version=room.version) == 0
    again = Room.objects.get(pk=room.pk)
    assert (again.version, again.name, again.closed_at) == (room.version + 1, "Bar", room.created_at)
    assert Room.objects.get(pk=other.pk).name == "Lounge"


def test_an_update_is_compiled_once_for_each_set_of_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    room = make_lounge()
    update = CompiledUpdate(at_version)
    for changes in ({"version": 7}, {"version": 8, "name": "Bar"}):
        update.run(changes, pk=room.pk, version=0)

    def compile_again(*_: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(SQLUpdateCompiler, "as_sql", compile_again)
    assert update.run({"version": 8, "name": "Club"}, pk=room.pk, version=room.version) == 1
    assert update.run({"version": 9}, pk=room.pk, version=8) == 1
    assert Room.objects.get(pk=room.pk).name == "Club"
    with pytest.raises(AssertionError, match="compiled again"):
        update.run({"name": "Pub"}, pk=room.pk, version=9)
