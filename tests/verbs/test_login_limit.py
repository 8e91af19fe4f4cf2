"""A password of the admin cannot be guessed by trying."""

from __future__ import annotations

import logging

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import get_user_model
from django.test import Client

from musicrooms.login_limit import FAILURES, LONGEST_NAME

LOGIN = "/admin/login/?next=/admin/"


def attempt(client: Client, password: str, address: str = "192.0.2.1") -> int:
    return client.post(LOGIN, {"username": "admin", "password": password}, REMOTE_ADDR=address).status_code


@pytest.fixture
def admin(db: None) -> None:
    get_user_model()._default_manager.create_superuser("admin", password="right")


@pytest.mark.usefixtures("admin")
def test_after_some_wrong_passwords_the_right_one_is_refused_too(caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    with caplog.at_level(logging.WARNING):
        statuses = [attempt(client, f"wrong {n}") for n in range(FAILURES)]
    assert statuses[:-1] == [200] * (FAILURES - 1)
    assert "login failure by" in caplog.text
    assert "192.0.2.1" in caplog.text
    assert "wrong 1" not in caplog.text
    refused = client.post(LOGIN, {"username": "admin", "password": "right"}, REMOTE_ADDR="192.0.2.1")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert attempt(client, "right", "192.0.2.2") == 302


@pytest.mark.usefixtures("admin")
def test_neighbours_of_one_ipv6_network_count_together() -> None:
    for n in range(FAILURES):
        attempt(Client(), "wrong", f"2001:db8::{n + 1:x}")
    assert attempt(Client(), "right", "2001:db8::ffff") == 429
    assert attempt(Client(), "right", "2001:db8:1::1") == 302


@pytest.mark.usefixtures("admin")
def test_a_right_password_is_not_held_against_anybody() -> None:
    client = Client()
    for _ in range(FAILURES + 2):
        assert attempt(client, "wrong") == 200
        assert attempt(client, "right") == 302


@pytest.mark.usefixtures("admin")
@pytest.mark.parametrize(("path", "field"), [(LOGIN, "username"), ("/accounts/login/", "login")])
def test_a_name_of_any_length_is_a_wrong_one(path: str, field: str) -> None:
    answer = Client().post(path, {field: "x" * 300, "password": "wrong"}, REMOTE_ADDR="192.0.2.1")
    assert answer.status_code == 200
    assert AccessAttempt.objects.get().username == "x" * LONGEST_NAME
