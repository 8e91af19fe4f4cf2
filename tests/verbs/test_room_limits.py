"""How many rooms an account may make, and whom no limit holds."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from rooms.core.caller import Caller
from rooms.core.create_room import check_may_make, make_room
from rooms.core.person import Person
from rooms.errors import TooMany

# In this process: accounts, the admin, and no limit


@pytest.fixture
def most(transactional_db: None, settings: Any) -> int:
    settings.MAX_ROOMS_PER_PERSON = 2
    return 2


def try_to_make(client: Client, address: str = "203.0.113.9") -> int:
    made = client.post("/api/v1/rooms", {"name": "Bar"}, content_type="application/json", REMOTE_ADDR=address)
    return int(made.status_code)


def login(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_account_counts_in_all_its_browsers_and_by_no_address(most: int) -> None:
    alice = User.objects.create_user("alice")
    assert [try_to_make(login(alice)) for _ in range(most + 1)] == [201] * most + [429]
    assert try_to_make(login(User.objects.create_user("bob"))) == 201


def test_an_operator_is_not_limited(most: int) -> None:
    operator = login(User.objects.create_superuser("operator"))
    assert [try_to_make(operator) for _ in range(2 * most)] == [201] * (2 * most)


def test_the_rooms_that_the_admin_and_the_demo_make_are_not_limited(most: int) -> None:
    alice = Caller(person=Person.new())
    for _ in range(2 * most):
        make_room("Bar", alice)
    with pytest.raises(TooMany, match=f"You have {2 * most} open rooms"):
        check_may_make(alice)


@pytest.mark.usefixtures("most")
def test_nought_is_no_limit(settings: Any) -> None:
    settings.MAX_ROOMS_PER_PERSON = 0
    assert [try_to_make(Client()) for _ in range(10)] == [201] * 10
    alice = login(User.objects.create_user("alice"))
    assert [try_to_make(alice) for _ in range(10)] == [201] * 10
