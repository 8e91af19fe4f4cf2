"""What calls cost in SQL statements, which does not grow with the queue; what they answer stays right."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from players.timeline import TRACK_LEAD_MS
from rooms.clock import monotonic_s
from rooms.core import rate_limit
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.core.person import COOKIE, Person
from rooms.models import Room, Token
from rooms.models.roles import Role
from rooms.templatetags.queues import MOST_ROWS
from tests.support.rooms import add, hear, link

pytestmark = pytest.mark.django_db(transaction=True)

NOW_MS = 1_800_000_000_000
SHORT, LONG = 3, 250
LOCK = 1 if connection.features.has_select_for_update else 0
"""PostgreSQL locks the row by a statement of its own."""


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    hear(monkeypatch)
    monkeypatch.setattr(rate_limit, "_discarded_at_s", monotonic_s())  # which costs a statement, once a minute
    for module in (
        "rooms.api.rooms",
        "rooms.pages.shared",
        *(f"players.api.{name}" for name in ("common", "player", "queue", "entry")),
    ):
        monkeypatch.setattr(f"{module}.now_ms", lambda: NOW_MS)


class Lounge:
    """A room that plays, its host's token, and calls that are counted."""

    def __init__(self, length: int) -> None:
        self.room, owner = make_room("Lounge", Caller())
        self.headers = {"Authorization": f"Bearer {Token.issue(owner)}"}
        self.path = f"/api/v1/rooms/{self.room.slug}"
        add(self.room, *[60_000] * length)
        with change(self.room, NOW_MS - TRACK_LEAD_MS) as lent:
            lent.player.play(NOW_MS - TRACK_LEAD_MS)

    def read(self, **headers: str) -> HttpResponse:
        return Client().get(self.path, headers=headers)  # type: ignore[return-value]

    def call(self, method: str, path: str, body: dict[str, Any]) -> HttpResponse:
        return Client().generic(  # type: ignore[return-value]
            method, self.path + path, json.dumps(body), "application/json", headers=self.headers
        )


def statements(call: Any) -> list[str]:
    """What a call sends to the database, once everything was compiled by the first one of its kind."""
    call()
    with CaptureQueriesContext(connection) as queries:
        call()
    sent = [str(query["sql"]) for query in queries.captured_queries]
    return [sql for sql in sent if not sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]


# A room


@pytest.mark.parametrize("length", [SHORT, LONG])
def test_an_unchanged_room_is_answered_by_two_statements_of_which_none_reads_the_queue(length: int) -> None:
    lounge = Lounge(length)
    tag = lounge.read()["ETag"]
    sent = statements(lambda: lounge.read(**{"If-None-Match": tag}))
    assert lounge.read(**{"If-None-Match": tag}).status_code == 304
    assert len(sent) == 2
    assert not any("ORDER BY" in sql for sql in sent)


@pytest.mark.parametrize("length", [0, SHORT, LONG])
def test_a_room_is_read_whole_by_eight_statements_at_most_and_one_for_a_chat_that_is_on(length: int) -> None:
    lounge = Lounge(length)
    assert len(statements(lounge.read)) <= 9
    Room.objects.update(chat_kept="off")
    assert len(statements(lounge.read)) <= 8
    assert len(lounge.read().json()["queue"]) == length  # type: ignore[attr-defined]


def test_no_two_rooms_share_a_tag_though_they_are_at_one_version() -> None:
    first, second = Lounge(SHORT), Lounge(SHORT)
    assert first.read().json()["version"] == second.read().json()["version"]  # type: ignore[attr-defined]
    tag = first.read()["ETag"]
    assert second.read(**{"If-None-Match": tag}).status_code == 200


def test_a_room_whose_track_is_over_is_not_answered_as_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    lounge = Lounge(SHORT)
    tag = lounge.read()["ETag"]
    monkeypatch.setattr("rooms.api.rooms.now_ms", lambda: NOW_MS + 90_000)
    answer = lounge.read(**{"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer["ETag"] != tag
    again = lounge.read(**{"If-None-Match": answer["ETag"]})
    assert (again.status_code, again["ETag"]) == (304, answer["ETag"])


def test_a_tag_that_is_asked_for_and_no_longer_current_is_refused() -> None:
    assert Lounge(SHORT).read(**{"If-Match": '"0-0"'}).status_code == 412


# A host's calls


@pytest.mark.parametrize("length", [SHORT, LONG])
def test_a_host_controls_the_player_by_seven_statements(length: int) -> None:
    lounge = Lounge(length)
    positions = iter(range(1_000, 9_000, 1_000))
    sent = statements(lambda: lounge.call("PATCH", "/player", {"position_ms": next(positions)}))
    assert Room.objects.get(pk=lounge.room.pk).player.position_ms == 2_000
    assert len(sent) == 7 + LOCK


def test_of_the_room_and_the_player_only_what_changed_is_written() -> None:
    lounge = Lounge(SHORT)
    positions = iter((1_000, 2_000))
    sent = statements(lambda: lounge.call("PATCH", "/player", {"position_ms": next(positions)}))
    updates = [sql.partition(" WHERE ")[0] for sql in sent if sql.startswith("UPDATE")]
    columns = [[part.partition("=")[0].split('"')[1] for part in sql.split(" SET ")[1].split(", ")] for sql in updates]
    assert columns[0] == ["version"]
    assert set(columns[1]) <= {"position_ms", "effective_at_ms"}


@pytest.mark.parametrize("length", [SHORT, LONG])
def test_a_link_that_is_known_is_added_by_ten_statements(length: int) -> None:
    lounge = Lounge(length)
    url = link("known").media_id
    sent = statements(lambda: lounge.call("POST", "/queue", {"url": url}))
    assert len(sent) == 10 + LOCK
    assert lounge.room.queue.entries.count() == length + 2


@pytest.mark.parametrize("length", [SHORT, LONG])
def test_a_message_is_said_by_seven_statements(length: int) -> None:
    lounge = Lounge(length)
    sent = statements(lambda: lounge.call("POST", "/chat", {"text": "What a bass line"}))
    assert len(sent) == 7 + LOCK


# A guest's calls


@pytest.mark.parametrize("has_bans", [False, True])
def test_a_guest_s_address_is_looked_for_only_where_one_is_banned(has_bans: bool) -> None:
    """The room's own row, read and locked anyway, says whether one is."""
    lounge = Lounge(SHORT)
    if has_bans:
        with change(lounge.room, NOW_MS) as lent:
            Caller(person=Person.new()).join(lent, Role.GUEST).ban(address="192.0.2.1")
    person = Person.new()
    bob = Client(REMOTE_ADDR="192.0.2.2")
    bob.cookies[COOKIE] = signing.dumps([str(person.id), person.name], salt="rooms.person")
    entry = lounge.room.queue.entries.first()
    assert entry is not None
    wants = iter((True, False))

    def vote() -> None:
        body = json.dumps({"vote": next(wants)})
        assert bob.patch(f"{lounge.path}/queue/{entry.pk}", body, content_type="application/json").status_code == 200

    assert len(statements(partial(bob.get, f"{lounge.path}/player"))) == 3 + has_bans
    sent = statements(vote)
    assert len(sent) == 14 + LOCK + 2 * has_bans
    assert sum("banned_address" in sql.partition(" WHERE ")[2] for sql in sent) == 2 * has_bans


# The page


def test_the_page_reads_as_much_of_a_long_queue_as_of_a_short_one() -> None:
    short, long = Lounge(SHORT), Lounge(LONG)
    sent = {lounge: statements(partial(Client().get, f"/r/{lounge.room.slug}")) for lounge in (short, long)}
    assert len(sent[short]) == len(sent[long]) <= 10
    (rows,) = [sql for sql in sent[long] if "players_track" in sql and f" LIMIT {MOST_ROWS}" in sql]
    assert rows


def test_a_person_who_is_new_is_looked_for_in_no_room() -> None:
    lounge, bob = Lounge(SHORT), Client()
    page = f"/r/{lounge.room.slug}"
    of_a_person = '"rooms_member"."person" = '
    assert not [sql for sql in statements(lambda: Client().get(page)) if of_a_person in sql]
    assert COOKIE in bob.get(page).cookies
    assert len([sql for sql in statements(partial(bob.get, page)) if of_a_person in sql]) == 1


def test_the_page_holds_as_many_rows_of_a_long_queue_as_it_reads() -> None:
    page = Client().get(f"/r/{Lounge(LONG).room.slug}").content.decode()
    assert page.count('<li class="row" data-id=') == MOST_ROWS
    assert f'"beyond": {{"before": 0, "behind": {LONG - MOST_ROWS}}}' in page
