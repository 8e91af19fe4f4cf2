"""Repeated calls of accounts: each account has keys of its own."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.models import StoredAnswer, Token
from tests.support.rooms import NOW_MS, link


@pytest.mark.django_db(transaction=True)
def test_so_much_is_kept_of_one_caller_and_the_others_are_not_held_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.core.rate_limit.ANSWERS_KIB", 64, raising=False)
    monkeypatch.setattr("rooms.core.rate_limit.ANSWER_KIB", 32, raising=False)
    room, owner = make_room("Lounge", Caller())
    with change(room, NOW_MS) as lent:
        lent.queue.add([link(str(n)) for n in range(40)], NOW_MS, after=None, at_end=True, member=None)
    path, key = f"/api/v1/rooms/{room.slug}/queue/shuffle", iter(range(100))

    def shuffle(token: str, **headers: str) -> int:
        answer = Client(headers={"Authorization": f"Bearer {token}", **headers}).post(path)
        return answer.status_code

    token, other = Token.issue(owner), Token.issue(owner)
    kept = [shuffle(token, **{"Idempotency-Key": str(next(key))}) for _ in range(10)]
    assert (kept[0], kept[-1]) == (200, 429)
    assert sum(len(answer.sealed_body) for answer in StoredAnswer.objects.all()) <= 64 * 1_024
    assert shuffle(token) == shuffle(other, **{"Idempotency-Key": "1"}) == 200
    assert shuffle(token, **{"Idempotency-Key": "0"}) == 200  # a repeat


@pytest.mark.django_db(transaction=True)
def test_two_accounts_behind_one_address_are_two_callers() -> None:
    tokens = set()
    for name in ("alice", "bob"):
        client = Client(headers={"Idempotency-Key": "key"})
        client.force_login(User.objects.create_user(name))
        made = client.post("/api/v1/rooms", {"name": "Mine"}, content_type="application/json")
        assert made.status_code == 201
        tokens.add(made.json()["host_token"])
    assert len(tokens) == 2


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_a_former_secret_key_sealed_is_refused_and_its_call_not_done_again(settings: Any) -> None:
    room, owner = make_room("Lounge", Caller())
    client = Client(headers={"Authorization": f"Bearer {Token.issue(owner)}", "Idempotency-Key": "key"})
    statuses = []
    for key in ("a" * 50, "b" * 50):
        settings.SECRET_KEY = key
        path = f"/api/v1/rooms/{room.slug}/queue"
        answer = client.post(path, {"url": "https://media.example.org/a.mp3"}, content_type="application/json")
        statuses.append(answer.status_code)
    assert statuses == [201, 409]
    assert room.queue.entries.count() == 1
