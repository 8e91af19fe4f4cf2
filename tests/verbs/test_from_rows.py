"""Models that are made of rows at once are what Django would have made of them."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.db.models.signals import post_init, pre_init
from django.test.utils import CaptureQueriesContext

from rooms.models import Member, Room
from rooms.models.from_rows import FromRows
from rooms.models.roles import Role
from tests.support.rooms import add, make_lounge

pytestmark = pytest.mark.django_db

MODELS = [model for model in apps.get_models() if issubclass(model, FromRows)]


@pytest.mark.parametrize("model", MODELS)
def test_nobody_waits_for_the_signals_that_are_not_sent(model: type[Model]) -> None:
    assert not pre_init.has_listeners(model)
    assert not post_init.has_listeners(model)


def test_a_row_becomes_what_django_makes_of_it() -> None:
    room = make_lounge()
    room.members.create(person=uuid4(), nickname="Bob", role=Role.GUEST)
    add(room, 60_000)
    for model in (Room, Member, type(room.player), type(room.queue), type(room.queue.entries.get())):
        rows = list(model._default_manager.all())
        assert rows
        for found in rows:
            usual = Model.from_db.__func__(  # type: ignore[attr-defined]  # of a class method
                model,
                "default",
                [field.attname for field in model._meta.concrete_fields],
                [getattr(found, field.attname) for field in model._meta.concrete_fields],
            )
            expected = {name: value for name, value in vars(usual).items() if name != "_state"}
            assert {name: value for name, value in vars(found).items() if name != "_state"} == expected
            assert (found._state.db, found._state.adding) == (usual._state.db, usual._state.adding)


def test_a_field_that_was_not_read_is_read_when_it_is_asked_for() -> None:
    make_lounge().members.create(person=uuid4(), nickname="Bob", role=Role.GUEST)
    bob = Member.objects.only("nickname").get(nickname="Bob")
    assert bob.get_deferred_fields() > {"role", "person"}
    with CaptureQueriesContext(connection) as queries:
        assert (bob.nickname, bob.role) == ("Bob", Role.GUEST)
    assert len(queries) == 1


def test_what_was_read_is_saved_as_a_change_and_not_as_another_row() -> None:
    make_lounge().members.create(person=uuid4(), nickname="Bob", role=Role.GUEST)
    bob = Member.objects.get(nickname="Bob")
    bob.nickname = "Robert"
    bob.save()
    assert Member.objects.filter(person=bob.person).values_list("nickname", flat=True).get() == "Robert"
