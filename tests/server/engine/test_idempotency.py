"""A POST that is repeated with its Idempotency-Key is answered what the first was."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.http import HttpResponse
from django.test import Client, RequestFactory

from musicrooms.middleware import idempotency
from rooms.models import Room, StoredAnswer
from tests.support import patient
from tools.people import Lounge
from tools.server import Server

A, B = (f"https://media.example.org/{name}.mp3" for name in "ab")
numbers = count()


@pytest.fixture
def key() -> dict[str, str]:
    """A header with a key that no other test has."""
    return {"Idempotency-Key": f"key-{next(numbers)}"}


def rooms_named(server: Server, name: str) -> list[dict[str, Any]]:
    return list(server.client().get("/rooms", params={"search": name}).json()["items"])


# The same again


def test_a_repeat_makes_no_second_room_and_is_answered_the_same_token(server: Server, key: dict[str, str]) -> None:
    body = {"name": "Made once", "visibility": "public"}
    first, again = (server.client().post("/rooms", json=body, headers=key) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert again.headers["content-type"] == first.headers["content-type"]
    assert len(rooms_named(server, "Made once")) == 1
    slug, token = again.json()["slug"], again.json()["host_token"]
    assert server.client(token).patch(f"/rooms/{slug}", json={"name": "Mine"}).status_code == 200


@pytest.mark.parametrize("path", ["/queue", "/player/next", "/player/previous"])
def test_a_repeat_changes_nothing_whatever_the_call(lounge: Lounge, key: dict[str, str], path: str) -> None:
    for url in (A, B):
        lounge.add(url)
    lounge.control(playing=True)
    body = {"url": A} if path == "/queue" else {}
    first = lounge.alice.post(lounge.path + path, json=body, headers=key)
    after = lounge.snapshot()["version"]
    again = lounge.alice.post(lounge.path + path, json=body, headers=key)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert lounge.snapshot()["version"] == after


def test_a_refusal_is_not_kept(lounge: Lounge, key: dict[str, str]) -> None:
    for url in (A, B):
        lounge.add(url)
    lounge.control(playing=True)
    entry = {"entry_id": lounge.snapshot()["player"]["entry_id"] + 1}
    assert lounge.alice.post(f"{lounge.path}/player/next", json=entry, headers=key).status_code == 409
    lounge.alice.post(f"{lounge.path}/player/next")
    assert lounge.alice.post(f"{lounge.path}/player/next", json=entry, headers=key).status_code == 200


def test_a_key_is_a_post_s_alone(lounge: Lounge, key: dict[str, str]) -> None:
    for name in ("Bar", "Pub"):
        assert lounge.alice.patch(lounge.path, json={"name": name}, headers=key).json()["name"] == name
        assert lounge.alice.get(lounge.path, headers=key).json()["room"]["name"] == name


def test_without_a_key_every_call_counts(lounge: Lounge) -> None:
    for _ in range(2):
        lounge.add(A)
    assert len(lounge.snapshot()["queue"]) == 2


# Another call


@pytest.mark.parametrize("body", [{"url": B}, {"url": A, "after": None}, {}], ids=str)
def test_a_key_that_was_used_for_another_body_is_refused(
    lounge: Lounge, key: dict[str, str], body: dict[str, Any]
) -> None:
    assert lounge.alice.post(f"{lounge.path}/queue", json={"url": A}, headers=key).status_code == 201
    refused = lounge.alice.post(f"{lounge.path}/queue", json=body, headers=key)
    assert refused.status_code == 422
    assert "Idempotency-Key" in refused.json()["error"]["message"]
    assert len(lounge.snapshot()["queue"]) == 1


def test_a_key_is_one_of_its_path(lounge: Lounge, key: dict[str, str]) -> None:
    bar = Lounge.open(lounge.server, name="Bar")
    owner = lounge.server.client(bar.token)
    for room in (lounge, bar):
        caller = lounge.alice if room is lounge else owner
        assert caller.post(f"{room.path}/queue", json={"url": A}, headers=key).status_code == 201
        assert len(room.snapshot()["queue"]) == 1


# Another caller


def test_the_same_key_of_another_caller_is_another_key(lounge: Lounge, key: dict[str, str]) -> None:
    bob, dana = lounge.person(), lounge.person()
    ids = set()
    for caller, prefix in ((lounge.alice, ""), (bob, "/api/v1"), (dana, "/api/v1")):
        added = caller.post(f"{prefix}{lounge.path}/queue", json={"url": A}, headers=key)
        assert added.status_code == 201
        ids.add(added.json()["id"])
    assert len(ids) == len(lounge.snapshot()["queue"]) == 3


def test_nobody_gets_a_token_by_guessing_a_key(server: Server, key: dict[str, str]) -> None:
    alice, charlie = (Lounge.open(server).person() for _ in range(2))
    made, guessed = (who.post("/api/v1/rooms", json={"name": "Hers"}, headers=key) for who in (alice, charlie))
    assert made.json()["host_token"] != guessed.json()["host_token"]
    assert made.json()["slug"] != guessed.json()["slug"]


def test_a_browser_is_the_same_caller_after_it_loaded_a_page_again(lounge: Lounge, key: dict[str, str]) -> None:
    bob = lounge.person()
    added = []
    for _ in range(2):
        added.append(bob.post(f"/api/v1{lounge.path}/queue", json={"url": A}, headers=key).json())
        cookie = bob.cookies["person"]
        while bob.cookies["person"] == cookie:
            bob.get(f"/r/{lounge.slug}")
    assert added[0] == added[1]
    assert len(lounge.snapshot()["queue"]) == 1


# At once, and in between


def test_repeats_at_once_make_one_room(server: Server, key: dict[str, str]) -> None:
    body = {"name": "Made at once", "visibility": "public"}

    def make(_number: int) -> httpx.Response:
        return patient.post(f"{server.url}/api/v1/rooms", json=body, headers=key)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(make, range(8)))
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert all(answer.headers["retry-after"] == "1" for answer in answers if answer.status_code == 409)
    assert len(rooms_named(server, "Made at once")) == 1


@pytest.mark.django_db(transaction=True)
class TestInProcess:
    """What takes another clock, or a call that fails in the middle."""

    def make(self, key: dict[str, str], **headers: str) -> Any:
        client = Client(headers={**key, **headers}, raise_request_exception=False)
        return client.post("/api/v1/rooms", {"name": "Bar"}, content_type="application/json")

    def test_while_the_first_is_at_work_a_repeat_is_told_to_ask_again(self, key: dict[str, str]) -> None:
        self.make(key)
        StoredAnswer.objects.update(status=None, sealed_body=b"")
        answer = self.make(key)
        assert (answer.status_code, answer["Retry-After"]) == (409, "1")
        assert Room.objects.count() == 1

    def test_a_first_call_that_died_does_not_block_its_key_for_ever(self, key: dict[str, str]) -> None:
        self.make(key)
        StoredAnswer.objects.update(
            status=None,
            sealed_body=b"",
            created_at=F("created_at") - idempotency.ABANDONED_AFTER - timedelta(seconds=1),
        )
        assert self.make(key).status_code == 201
        assert Room.objects.count() == 2

    def test_a_first_call_that_failed_is_forgotten(self, key: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_args: Any) -> None:
            raise ConnectionError("the disk is gone")

        with monkeypatch.context() as patch:
            patch.setattr("rooms.api.rooms.make_room", fail)
            assert self.make(key).status_code == 500
        assert StoredAnswer.objects.count() == 0
        assert self.make(key).status_code == 201

    def test_a_receipt_is_forgotten_after_a_day(self, key: dict[str, str]) -> None:
        self.make(key)
        StoredAnswer.objects.update(created_at=F("created_at") - idempotency.KEPT_FOR - timedelta(seconds=1))
        self.make({"Idempotency-Key": "another"})
        assert StoredAnswer.objects.count() == 1

    def test_a_receipt_holds_no_token_that_could_be_read(self, key: dict[str, str]) -> None:
        token = self.make(key).json()["host_token"].encode()
        receipt = StoredAnswer.objects.get()
        assert token not in bytes(receipt.sealed_body)
        assert key["Idempotency-Key"] not in receipt.key_hash

    @pytest.mark.parametrize(("length", "status"), [(255, 201), (256, 422)])
    def test_a_key_has_a_largest_length(self, length: int, status: int) -> None:
        assert self.make({"Idempotency-Key": "k" * length}).status_code == status

    @pytest.mark.parametrize(
        ("path", "headers", "status"),
        [
            ("/api/v1/rooms", {"Authorization": "Bearer wrong"}, 401),
            ("/api/v1/rooms/nowhere/player/next", {}, 404),
            ("/api/v1/time", {}, 405),
            ("/api/v1/nothing", {}, 404),
            ("/api/nothing", {}, 404),
        ],
    )
    def test_nothing_is_stored_of_what_was_refused(
        self, key: dict[str, str], path: str, headers: dict[str, str], status: int
    ) -> None:
        for _ in range(2):
            answer = Client(headers={**key, **headers}).post(path, {}, content_type="application/json")
            assert answer.status_code == status
            assert answer["Content-Type"].startswith("application/json")
            assert "Idempotent-Replay" not in answer
        assert StoredAnswer.objects.count() == 0

    def test_an_answer_is_repeated_as_what_it_was(self, key: dict[str, str]) -> None:
        def page(_request: Any) -> HttpResponse:
            return HttpResponse("<p>Done</p>")

        again = idempotency.Idempotency(page)
        request = RequestFactory(headers=key).post("/api/v1/rooms")
        request.user = AnonymousUser()
        for _ in range(2):
            answer = again(request)
            assert (answer["Content-Type"], answer.content) == ("text/html; charset=utf-8", b"<p>Done</p>")
        assert answer["Idempotent-Replay"] == "1"
