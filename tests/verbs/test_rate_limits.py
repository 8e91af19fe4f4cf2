"""Limits of what one person, and one address, may do within a time: shared by processes, and kept through restarts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from players.adding.limits import LEAST_A_PERSON
from rooms.clock import monotonic_s
from rooms.core import rate_limit
from rooms.core.caller import Caller
from rooms.core.create_room import check_may_make, make_room
from rooms.core.person import Person
from rooms.errors import TooMany
from rooms.models import Bucket, Room, Token, Visibility
from rooms.models.bucket import Portion
from tests.support.rooms import NOW_MS, add, anew, hear

pytestmark = pytest.mark.django_db(transaction=True)

A = "https://media.example.org/a.mp3"


class Lounge:
    """A room with Alice's headers, who hosts it, and as many guests as are asked for."""

    def __init__(self) -> None:
        self.room, owner = make_room("Lounge", Caller(), Visibility.PUBLIC)
        self.path = f"/api/v1/rooms/{self.room.slug}"
        self.alice = {"Authorization": f"Bearer {Token.issue(owner)}"}

    def guest(self, address: str = "127.0.0.1") -> Client:
        client = Client(enforce_csrf_checks=False, REMOTE_ADDR=address)
        client.get(f"/r/{self.room.slug}")
        return client

    def host(self) -> Client:
        return Client(headers=self.alice)

    def vote(self, client: Client, entry_id: int, likes: bool) -> Any:
        return client.patch(f"{self.path}/queue/{entry_id}", {"vote": likes}, content_type="application/json")

    def add(self, client: Client, *urls: str) -> Any:
        return client.post(f"{self.path}/queue", {"url": " ".join(urls)}, content_type="application/json")


@pytest.fixture
def lounge(monkeypatch: pytest.MonkeyPatch) -> Lounge:
    hear(monkeypatch)
    for name in ("common", "player", "queue", "entry"):
        monkeypatch.setattr(f"players.api.{name}.now_ms", lambda: NOW_MS)
    return Lounge()


def urls(count: int, name: str = "song") -> list[str]:
    return [f"https://media.example.org/{name}/{number}.mp3" for number in range(count)]


def pour(key: str, each_ms: int, now_ms: int, window_ms: int = 1_000) -> int:
    with transaction.atomic():
        return Bucket.objects.pour([Portion(key, each_ms)], window_ms, now_ms)


# Buckets


def test_a_bucket_takes_so_much_at_once_and_then_as_fast_as_it_leaks() -> None:
    assert [pour("vote", 250, 0) for _ in range(6)] == [0, 0, 0, 0, 250, 250]
    assert [pour("vote", 250, 249), pour("vote", 250, 250), pour("vote", 250, 250)] == [1, 0, 250]
    assert [pour("vote", 250, 5_000) for _ in range(5)] == [0, 0, 0, 0, 250]
    assert pour("other", 250, 0) == 0


@pytest.mark.parametrize("late_ms", [1, 10_000])
def test_a_call_that_waited_for_its_lock_finds_a_full_bucket_full(late_ms: int) -> None:
    assert [pour("vote", 250, 20_000) for _ in range(5)] == [0, 0, 0, 0, 250]
    assert pour("vote", 250, 20_000 - late_ms) == 250 + late_ms
    assert pour("vote", 250, 20_000) == 250


def test_a_bucket_from_before_the_clock_was_set_back_is_empty() -> None:
    assert [pour("vote", 500, 10_000_000) for _ in range(3)] == [0, 0, 500]
    assert [pour("vote", 500, 10_000) for _ in range(3)] == [0, 0, 500]


def test_two_buckets_take_one_statement_and_empty_ones_are_discarded() -> None:
    with CaptureQueriesContext(connection) as sent, transaction.atomic():
        assert Bucket.objects.pour([Portion("person", 500), Portion("address", 10)], 1_000, 0) == 0
    assert len([query for query in sent if "rooms_bucket" in query["sql"]]) == 1
    Bucket.objects.discard_empty(500)
    assert [bucket.key for bucket in Bucket.objects.all()] == ["person"]


def test_what_nobody_counts_in_any_more_is_discarded_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    def search(at_ms: int) -> int:
        rate_limit.check_search(Caller(person=Person.new()), at_ms)
        return Bucket.objects.count()

    later_ms = rate_limit.SEARCHES_MS + rate_limit.KEPT_EMPTY_MS
    clock = monotonic_s()
    monkeypatch.setattr(rate_limit, "monotonic_s", lambda: clock)
    monkeypatch.setattr(rate_limit, "_discarded_at_s", clock)
    assert [search(NOW_MS), search(NOW_MS + later_ms)] == [1, 2]
    clock += rate_limit.DISCARD_EVERY_S
    assert [search(NOW_MS + later_ms), search(NOW_MS + 2 * later_ms)] == [2, 3]


# Changes


def test_a_guest_who_flips_votes_is_slowed_down_and_the_host_is_not(lounge: Lounge) -> None:
    (entry,) = add(lounge.room, 60_000)
    bob = lounge.guest()
    flips = [number % 2 == 0 for number in range(rate_limit.CHANGES_A_PERSON)]
    answers = [lounge.vote(bob, entry.pk, likes) for likes in [*flips, True, True, True]]
    refused = answers[rate_limit.CHANGES_A_PERSON :]
    assert {answer.status_code for answer in answers[: rate_limit.CHANGES_A_PERSON]} == {200}
    version = anew(lounge.room).version
    for answer in refused:
        assert answer.status_code == 429
        assert 0 < int(answer["Retry-After"]) <= rate_limit.CHANGES_MS / 1_000
        assert "too often" in answer.json()["error"]["message"]
    assert lounge.vote(bob, entry.pk, True).status_code == 429
    assert anew(lounge.room).version == version
    assert lounge.vote(lounge.guest(), entry.pk, True).status_code == 200
    for number in range(rate_limit.CHANGES_A_PERSON + 3):
        assert lounge.vote(lounge.host(), entry.pk, number % 2 == 0).status_code == 200


@pytest.mark.parametrize("is_long", [True, False])
def test_a_host_brings_a_long_queue_into_another_order_so_often_and_a_short_one_as_they_like(
    lounge: Lounge, monkeypatch: pytest.MonkeyPatch, is_long: bool
) -> None:
    monkeypatch.setattr(rate_limit, "REARRANGED", 4)
    monkeypatch.setattr(rate_limit, "LONG_QUEUE", 3)
    for module in ("players.api.history", "rooms.api.rooms"):
        monkeypatch.setattr(f"{module}.now_ms", lambda: NOW_MS)
    add(lounge.room, *[60_000] * (6 if is_long else 2))
    host, queue = lounge.host(), f"{lounge.path}/queue"
    answers = [host.post(f"{queue}/shuffle") for _ in range(3)]
    answers += [
        host.patch(lounge.path, {"rules": {"order": "fair"}}, "application/json"),
        host.post(f"{queue}/shuffle"),
    ]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429 if is_long else 200]
    for call in (host.post(f"{lounge.path}/undo"), host.delete(queue)):
        assert (call.status_code == 429) is is_long
    if is_long:
        assert "A queue of 6 entries was changed as a whole too often" in answers[-1].json()["error"]["message"]


def test_a_call_that_changes_nothing_is_not_counted(lounge: Lounge) -> None:
    (entry,) = add(lounge.room, 60_000)
    bob = lounge.guest()
    for _ in range(rate_limit.CHANGES_A_PERSON + 3):
        assert lounge.vote(bob, entry.pk, True).status_code == 200


def test_new_cookies_from_one_address_lead_no_further(lounge: Lounge, monkeypatch: pytest.MonkeyPatch) -> None:
    (entry,) = add(lounge.room, 60_000)
    monkeypatch.setattr(rate_limit, "CHANGES_AN_ADDRESS", 3)
    there = [lounge.vote(lounge.guest("203.0.113.7"), entry.pk, True).status_code for _ in range(4)]
    assert there == [200, 200, 200, 429]
    assert lounge.vote(lounge.guest("203.0.113.8"), entry.pk, True).status_code == 200
    # A /48 of IPv6 counts as a few of its networks.
    networks = [lounge.vote(lounge.guest(f"2001:db8:1:{n}::1"), entry.pk, True).status_code for n in range(14)]
    assert networks == [200] * 12 + [429] * 2


def test_a_guest_costs_two_statements_more_than_a_host(lounge: Lounge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "_discarded_at_s", monotonic_s())  # which costs a statement, once a minute
    (entry,) = add(lounge.room, 60_000)

    def statements(client: Client) -> int:
        for likes in (True, False):
            lounge.vote(client, entry.pk, likes)
        with CaptureQueriesContext(connection) as sent:
            assert lounge.vote(client, entry.pk, True).status_code == 200
        return len([query for query in sent if "SAVEPOINT" not in query["sql"]])

    bob = lounge.guest("203.0.113.7")
    lounge.add(bob, A)  # so that both have a place
    # For the rate limits, and for the room, which a token brings along; bans of the address are asked for where there
    # is one.
    assert statements(bob) == statements(lounge.host()) + 2


def test_names_are_flipped_only_so_often(lounge: Lounge) -> None:
    bob = lounge.guest()

    def rename(number: int) -> Any:
        path, headers = f"/r/{lounge.room.slug}/name", {"Accept": "application/json"}
        return bob.post(path, {"name": f"Bob {number}"}, headers=headers)

    answers = [rename(number) for number in range(rate_limit.NAMES + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert (answers[-1].status_code, answers[-1].json()["error"]["code"]) == (429, "too-many")
    assert int(answers[-1]["Retry-After"]) > 0


# The queue


def test_a_guest_fills_a_part_of_the_queue_and_a_host_has_room_left(lounge: Lounge, settings: Settings) -> None:
    settings.MAX_QUEUE = 160
    bob, charlie = lounge.guest(), lounge.guest()
    assert lounge.add(bob, *urls(LEAST_A_PERSON)).status_code == 201
    refused = lounge.add(bob, A)
    assert refused.status_code == 422
    assert f"{LEAST_A_PERSON} entries in this queue are yours" in refused.json()["error"]["message"]
    assert lounge.add(charlie, *urls(LEAST_A_PERSON)).status_code == 201
    assert lounge.add(lounge.guest(), *urls(20)).status_code == 201
    refused = lounge.add(lounge.guest(), A)
    assert refused.status_code == 422
    assert "kept for hosts" in refused.json()["error"]["message"]
    assert lounge.add(lounge.host(), *urls(40)).status_code == 201
    assert "at most 160" in lounge.add(lounge.host(), A).json()["error"]["message"]
    assert lounge.room.queue.entries.count() == 160


# Rooms


def make(client: Client, address: str) -> Any:
    return client.post("/api/v1/rooms", json.dumps({"name": "Bar"}), "application/json", REMOTE_ADDR=address)


def test_rooms_that_are_closed_again_are_counted_too(settings: Settings) -> None:
    settings.MAX_ROOMS_PER_PERSON = 2
    alice = Client()
    alice.get("/")
    answers = []
    for _ in range(5):
        answers.append(make(alice, "203.0.113.1"))
        if answers[-1].status_code == 201:
            token = answers[-1].json()["host_token"]
            path = f"/api/v1/rooms/{answers[-1].json()['slug']}"
            assert Client(headers={"Authorization": f"Bearer {token}"}).delete(path).status_code == 204
    # By address the third: she owns none, and so might be anybody each time.
    assert [answer.status_code for answer in answers] == [201, 201, 429, 429, 429]
    assert "first rooms were made from 203.0.113.1" in answers[2].json()["error"]["message"]


def test_who_keeps_a_room_is_counted_by_person(settings: Settings) -> None:
    settings.MAX_ROOMS_PER_PERSON = 2
    alice = Caller(person=Person.new())
    make_room("Kept", alice)
    for _ in range(4):
        with transaction.atomic():
            check_may_make(alice)
    refused = pytest.raises(TooMany, match=r"You made 4 rooms within the hour.* try again in 15 min")
    with refused, transaction.atomic():
        check_may_make(alice)
    assert Room.objects.count() == 1


def test_a_site_of_ipv6_makes_as_many_first_rooms_as_four_networks(settings: Settings) -> None:
    settings.MAX_ROOMS_PER_PERSON = 2
    made = [make(Client(), f"2001:db8:7:{number}::1").status_code for number in range(30)]
    assert made == [201] * 8 + [429] * 22
    assert make(Client(), "2001:db8:8::1").status_code == 201
    refused = make(Client(), "2001:db8:7:99::1")
    assert "2001:db8:7::/48" in refused.json()["error"]["message"]
    assert 0 < int(refused["Retry-After"]) <= 3_600


def test_a_room_that_comes_to_nothing_is_not_counted(settings: Settings) -> None:
    settings.MAX_ROOMS_PER_PERSON = 1
    nameless = Client().post("/api/v1/rooms", {"name": " "}, content_type="application/json", REMOTE_ADDR="203.0.113.1")
    assert nameless.status_code == 422
    assert make(Client(), "203.0.113.1").status_code == 201
